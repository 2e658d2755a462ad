"""Settings on their way to Python, and what Python tells of its doing on its way to the application."""

from __future__ import annotations

from typing import Any

import pytest

import instrumented
from blurstream_build.paths import Paths
from blurstream_build.serve import Server
from faults import FaultySite, variant
from subject import OpenSubject, Subject

# Python that says what it was given, tells of one change of quality, and whose activity is known.
ACTIVITY = {
    "tiles": {"person": 800.5, "background": 2500, "boundary": 299.5, "written": 360},
    "modelRuns": 11,
    "maskReuses": 19,
    "plateSeals": 3,
    "quality": {"level": 1, "name": "lean", "reason": "late frames"},
    "noise": 1.75,
    "suggestedMaxBitrate": 420_000,
}
CHANGE = {"level": 1, "name": "lean", "reason": "late frames", "previousLevel": 0}
TALKATIVE = {
    "bridge.py": {
        "        self._pipeline.configure(parse_settings(settings))\n": f"""
        import js
        self._pipeline.configure(parse_settings(settings))
        js.BroadcastChannel.new("told").postMessage(settings)
        self._on_event("quality", "quality", "quality changed", {CHANGE!r})
""",
        "        ticket = self._pipeline.begin(spec)\n": """
        import js
        js.BroadcastChannel.new("told").postMessage(f"{width}x{height} {matrix}")
        ticket = self._pipeline.begin(spec)
""",
        "        pipeline.milliseconds.clear()\n": f"""
        text = json.dumps({{**json.loads(text), **{ACTIVITY!r}}})
        pipeline.milliseconds.clear()
""",
    }
}
LISTEN = """() => {
    globalThis.told = [];
    globalThis.qualities = [];
    globalThis.channel = new BroadcastChannel('told');
    channel.onmessage = ({data}) => { if (!told.includes(data)) told.push(data); };
}"""
HEAR = """() => {
    subject.safe.addEventListener('quality', ({detail}) => qualities.push(detail));
    return subject.safe.ready;
}"""


@pytest.fixture
def talkative(
    paths: Paths,
    dist: object,
    faulty_site: FaultySite,
    open_subject: OpenSubject,
) -> Subject:
    """A page with a stream whose Python tells what it is given."""

    def with_bridge(archive: bytes) -> bytes:
        return instrumented.with_sources(archive, paths.package, TALKATIVE)

    subject = open_subject(faulty_site(variant(paths.dist, {"blurstream.zip": with_bridge})))
    subject.page.evaluate(LISTEN)
    return subject


def settings(subject: Subject) -> list[Any]:
    """What configure was called with, in order."""
    return list(subject.page.evaluate("() => told.filter((text) => text[0] === '{').map(JSON.parse)"))


def test_settings_and_activity(talkative: Subject) -> None:
    """One start of Python for all of it: settings merge, counts add up, quality is told."""
    talkative.open()
    talkative.begin(denoise=False)
    talkative.page.evaluate(HEAR)
    private = {"type": "blur", "strength": "private", "background": "sealed"}
    assert settings(talkative) == [{"effect": private, "denoise": False, "paused": False}]
    talkative.page.evaluate("() => subject.safe.update({effect: {type: 'blur', background: 'fresh'}})")
    talkative.page.evaluate("() => subject.safe.update({denoise: true})")
    fresh = {**private, "background": "fresh"}
    talkative.until("told.filter((text) => text[0] === '{').length >= 3")
    assert settings(talkative)[1:] == [
        {"effect": fresh, "denoise": denoise, "paused": False} for denoise in (False, True)
    ]
    # Each call of configure told of one, the first while Python was starting.
    assert talkative.page.evaluate("() => qualities") == [CHANGE] * 3
    assert talkative.codes("warning", "error") == []

    talkative.until("subject.safe.stats?.modelRuns >= 33")
    stats = talkative.stats
    assert stats["tiles"] == ACTIVITY["tiles"]
    assert stats["quality"] == ACTIVITY["quality"]
    assert (stats["cameraNoiseLevels"], stats["suggestedMaxBitrate"]) == (1.75, 420_000)
    seconds = stats["modelRuns"] / 11
    assert seconds == int(seconds) >= 3
    assert (stats["maskReuses"], stats["plateSeals"]) == (19 * seconds, 3 * seconds)


# A red whose components differ between the matrices: BT.601 gives 254 0 0, BT.709 255 24 0.
SHOWN = """([width, height]) => {
    const luma = width * height;
    const pixels = new Uint8Array(luma * 1.5).fill(81, 0, luma);
    pixels.fill(90, luma, luma * 1.25).fill(240, luma * 1.25);
    const init = {format: 'I420', codedWidth: width, codedHeight: height, timestamp: 0, colorSpace: {}};
    const frame = new VideoFrame(pixels, init);
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(frame, 0, 0);
    const {matrix} = frame.colorSpace;
    frame.close();
    return {matrix, green: context.getImageData(width / 2, height / 2, 1, 1).data[1]};
}"""


def test_a_frame_without_a_colour_space_is_bt601(talkative: Subject) -> None:
    """At every size: so Chromium shows it, and cameras give no other."""
    sizes = ((640, 360), (1280, 720), (1920, 1080))
    for size in sizes:
        assert talkative.page.evaluate(SHOWN, size) == {"matrix": None, "green": 0}
    talkative.open()
    talkative.run()
    for size in sizes:
        first = talkative.show(size, colorSpace={})
        talkative.until(f"subject.rowsSince({first}).length >= 3")
        talkative.until(f"told.some((text) => text.startsWith('{size[0]}x{size[1]} '))")
    told = talkative.page.evaluate("() => told")
    assert "1280x720 bt601" in told and "1920x1080 bt601" in told
    assert not [text for text in told if text in ("1280x720 bt709", "1920x1080 bt709")]


def test_activity_of_the_pipeline(site: Server, open_subject: OpenSubject) -> None:
    """What the pipeline itself tells of a person who moves."""
    subject = open_subject(site)
    subject.open()
    subject.run()
    # counts are since the start, tiles of the last second: the first of them may hold no frame of the person
    subject.until("subject.safe.stats?.modelRuns > 0 && subject.safe.stats.cameraNoiseLevels !== null")
    subject.until("subject.safe.stats.tiles.written > 0")
    stats = subject.stats
    tiles = stats["tiles"]
    assert tiles["person"] + tiles["background"] + tiles["boundary"] == pytest.approx(40 * 23, abs=1)
    assert 0 < tiles["written"] <= 40 * 23
    assert all(tiles[kind] > 0 for kind in ("person", "background", "boundary"))
    assert 0 <= stats["quality"]["level"] <= 3 and stats["quality"]["name"]
    assert 0 <= stats["cameraNoiseLevels"] < 16
    assert 50_000 < stats["suggestedMaxBitrate"] < 10_000_000
    assert stats["maskReuses"] >= 0 and stats["plateSeals"] >= 0
