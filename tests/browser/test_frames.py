"""Frames: formats, sizes, timestamps, bursts; every one closed; nothing hangs on the page being painted."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import hidden
import instrumented
from blurstream_build.paths import Paths
from blurstream_build.serve import Server
from faults import FaultySite
from subject import OpenSubject, Row, Subject, private

# The last two the browser has to convert.
FORMATS = ("I420", "NV12", "RGBA", "RGBX", "BGRA", "BGRX", "I444", "I420A")
SIZES = ((160, 90), (161, 91), (322, 181), (640, 480), (1280, 720), (1920, 1080))
DETECTABLE = 180  # rows: below, a cell of the mark has not two pixels


def test_sizes_and_formats(warm_subject: Subject) -> None:
    """All of them through one stream, changed in mid-stream: each frame keeps its size and its timestamp."""
    subject = warm_subject
    subject.open(SIZES[0])
    subject.run()
    changes = {0: SIZES[0]}
    for number, size in enumerate(SIZES * 2):
        for pixels in FORMATS[number % 4 :: 4]:
            first = subject.show(size, pixels=pixels)
            changes[first] = size
            subject.until(f"subject.rowsSince({first}).filter(({{flat}}) => !flat).length >= 3")
    subject.pause()
    subject.look()
    kept_in_order(subject)
    starts = sorted(changes)
    for row in subject.rows:
        size = changes[max(start for start in starts if start <= row.timestamp)]
        assert (row.width, row.height) == size, row
    assert subject.state == "running"
    assert subject.codes("error", "warning") == []
    private([row for row in subject.rows if row.height >= DETECTABLE], "sizes and formats")


@pytest.mark.parametrize("pixels", ["I420", "NV12"])
def test_the_person_is_left_as_is(warm_subject: Subject, pixels: str) -> None:
    """To the bit; and the room is not."""
    subject = warm_subject
    subject.open(pixels=pixels)
    subject.run(denoise=False)
    subject.until_frames(10)
    face, wall = [0.46, 0.25, 0.52, 0.4], [0, 0, 0.15, 0.25]
    assert subject.page.evaluate("(box) => subject.distance('portrait', box)", face) == 0
    assert subject.page.evaluate("(box) => subject.distance('portrait', box)", wall) > 20


# what VideoFrame is made with -> size and look of what comes out
UNUSUAL: list[tuple[dict[str, Any], tuple[int, int], dict[str, Any]]] = [
    ({"rotation": 90}, (640, 360), {"rotation": 90, "displayWidth": 360, "displayHeight": 640}),
    ({"flip": True}, (640, 360), {"flip": True}),
    ({"displayWidth": 480, "displayHeight": 360}, (640, 360), {"displayWidth": 480, "displayHeight": 360}),
    ({"visibleRect": {"x": 160, "y": 20, "width": 321, "height": 301}}, (321, 301), {"displayWidth": 321}),
    (
        {"colorSpace": {"matrix": "bt709", "primaries": "bt709", "transfer": "bt709", "fullRange": True}},
        (640, 360),
        {"matrix": "bt709", "fullRange": True},
    ),
]


def test_unusual_frames(warm_subject: Subject) -> None:
    """Turned, mirrored, cropped, with pixels that are not square, of another colour space, of no clock."""
    subject = warm_subject
    subject.run()
    for extra, size, wanted in UNUSUAL:
        first = subject.show(**extra)
        subject.until(f"subject.rowsSince({first}).filter(({{flat}}) => !flat).length >= 3")
        row = subject.look()[-1]
        assert (row.width, row.height) == size, (extra, row)
        assert {name: row.look[name] for name in wanted} == wanted, (extra, row)
    subject.show(timestamp=0)
    subject.until_frames(5)
    assert subject.rows[-1].timestamp == 0
    assert subject.state == "running"
    assert subject.codes("error", "warning") == []
    private(subject.rows, "unusual frames")


@pytest.mark.parametrize(("size", "pixels"), [((161, 91), "NV12"), ((322, 181), "BGRX")])
def test_odd_sizes_from_the_start(
    site: Server, open_subject: OpenSubject, size: tuple[int, int], pixels: str
) -> None:
    subject = open_subject(site)
    subject.open(size, pixels=pixels)
    subject.run()
    subject.until_frames(5)
    assert {(row.width, row.height) for row in subject.rows} == {size}
    assert not subject.rows[-1].flat
    kept_in_order(subject)


def test_newest_wins(warm_subject: Subject) -> None:
    """Of twenty frames at once the last one is shown, most others are not, and none out of order."""
    subject = warm_subject
    subject.run()
    subject.pause()
    subject.page.wait_for_timeout(1000)
    subject.look()
    dropped = subject.stats["droppedFrames"]
    for _ in range(3):
        newest = subject.page.evaluate("() => subject.source.burst(20)")
        subject.until(f"subject.rowsSince({newest}).length > 0", 20)
        subject.page.wait_for_timeout(500)
        shown = subject.look()
        assert shown[-1].timestamp == newest
        assert len(shown) < 20
    kept_in_order(subject)
    assert subject.state == "running"
    private(subject.rows, "bursts")
    subject.show()
    subject.until(f"subject.safe.stats.droppedFrames >= {dropped}")


def test_every_frame_is_closed(faulty_site: FaultySite, open_subject: OpenSubject, paths: Paths) -> None:
    """The workers' ledgers, over bursts, size changes and effects: what was held is closed or handed on."""
    subject = open_subject(faulty_site(instrumented.build(paths)))
    subject.open()
    subject.run()
    for size in ((320, 180), (640, 360), (322, 181)):
        subject.show(size, pixels="NV12")
        subject.page.evaluate("() => subject.source.burst(10)")
        subject.page.evaluate("() => subject.safe.update({effect: {type: 'blur', strength: 'light'}})")
        subject.until_frames(20)
    subject.pause()
    subject.page.wait_for_timeout(1500)
    for worker, most in (("gate", 1), ("composer", 0)):  # the gate keeps one veil to copy from
        counted = subject.page.evaluate("(worker) => subject.count(worker)", worker)
        print("frames held:", counted)
        assert counted["seen"] > 60
        assert counted["open"] <= most, counted
        subject.page.evaluate("(worker) => subject.break(worker, 'leak')", worker)
        leaky = subject.page.evaluate("(worker) => subject.count(worker)", worker)
        assert leaky["open"] == counted["open"] + 1, "the ledger does not see an open frame"


def test_nothing_waits_for_animation_frames(site: Server, open_subject: OpenSubject) -> None:
    subject = open_subject(site, "lacking.html?never=requestAnimationFrame")
    subject.open()
    subject.run()
    subject.until_frames(10)
    assert subject.state == "running"


def test_hidden_tab_goes_on(mounts: dict[str, Path], chromium_program: Path) -> None:
    report = hidden.report(mounts, chromium_program)
    assert report["animationFrames"] <= 1
    rows = [Row(**row) for row in report["rows"]]
    print(f"hidden for 4 s: {len(rows)} frames out, {len(report['visible']['rows'])} until 1 s after ready")
    assert len(rows) > 40, "nearly nothing came out while the tab was hidden"
    assert report["state"] == "running" and not rows[-1].flat
    private(rows, "hidden tab")


def kept_in_order(subject: Subject) -> None:
    """Timestamps are the source's own, and rise. A veil may keep time by itself while no frame comes."""
    written = set(subject.page.evaluate("() => subject.source.written()"))
    assert {row.timestamp for row in subject.rows if not row.flat} <= written
    stamps = [row.timestamp for row in subject.rows]
    back = [(a, b) for a, b in pairwise(stamps) if a >= b]
    assert not back, f"{len(back)} of {len(stamps)} frames are not newer than the one before: {back[:5]}"
