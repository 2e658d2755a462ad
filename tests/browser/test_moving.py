"""Moving pictures in the room's place: from every source, in every fit, and all of it let go of."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import hidden
import instrumented
from blurstream_build.paths import Paths
from faults import FaultySite
from looks import (
    BLACK,
    FILM,
    GREEN,
    HIGH_LEFT,
    LEFT,
    NEAR,
    RED,
    TEAL,
    Rgb,
    color,
    keep_ledger,
    left,
    person_is_there,
    run,
    shows,
    shows_film,
    turn_of,
    update,
    video,
)
from subject import WAIT_S, OpenSubject, Row, Subject, private

RED_LUMA, GREEN_LUMA = 81, 145  # BT.601, limited range
SOURCES = {
    "an address": f"'{FILM}'",
    "a URL": f"new URL('{FILM}', location.href)",
    "a Blob": f"await (await fetch('{FILM}')).blob()",
    "a File": f"new File([await (await fetch('{FILM}')).blob()], 'film.webm', {{type: 'video/webm'}})",
    "a GIF's address": "'/footage/film.gif'",
    "a GIF as Blob": "await (await fetch('/footage/film.gif')).blob()",
    "a <video>": "await own()",
    "a MediaStream": "screen()",
}


@pytest.fixture
def subject(warm_subject: Subject) -> Subject:
    return prepared(warm_subject)


def prepared(subject: Subject) -> Subject:
    subject.open()
    keep_ledger(subject)
    return subject


def test_every_source(subject: Subject) -> None:
    """Each moves, the person is before it, and when it is shown no more nothing of it goes on."""
    run(subject, color("#008080"))
    for name, source in SOURCES.items():
        subject.page.evaluate(f"async () => {{ globalThis.given = {source}; }}")
        assert update(subject, video("given")) is None, name
        shows_film(subject, name)
        person_is_there(subject, RED)
        person_is_there(subject, GREEN)
        assert update(subject, color("#008080")) is None
        shows(subject, {HIGH_LEFT: TEAL})
        assert left(subject) == {"playing": 0, "addresses": 0}, name
        assert subject.codes("error", "warning") == [], name
    assert subject.page.evaluate("() => !document.querySelector('video').paused")
    assert subject.page.evaluate("() => given.getVideoTracks()[0].readyState") == "live"
    subject.look()
    private(subject.rows, "moving pictures")


SEEK = """async ([paused, at]) => {
    await (paused ? given.pause() : given.play());
    given.currentTime = at * given.duration;
}"""


@pytest.mark.parametrize("paused", [False, True])
def test_a_film_that_seeks(subject: Subject, paused: bool) -> None:
    """As one does at the seam of its loop: it has no picture for a moment, and is waited for."""
    run(subject, color("#008080"))
    subject.page.evaluate("async () => { globalThis.given = await own(); }")
    for at in (0, 0.5, 1):
        ready, error = subject.page.evaluate(
            f"""async (how) => {{
                await ({SEEK})(how);
                const [ready, effect] = [given.readyState, {video("given")}];
                return [ready, await subject.safe.update({{effect}}).then(() => null, asData)];
            }}""",
            [paused, at],
        )
        assert (ready, error) == (1, None), at
        assert turn_of(subject) is not None, at
        assert update(subject, color("#008080")) is None
    assert subject.codes("error", "warning") == []


# The next `late` frames of videos are not there yet.
LATE_FRAMES = """() => {
    const { VideoFrame } = globalThis;
    globalThis.late = 0;
    globalThis.VideoFrame = new Proxy(VideoFrame, {
        construct(target, [source, ...rest]) {
            if (source instanceof HTMLVideoElement && late-- > 0) throw new DOMException('none yet');
            return Reflect.construct(target, [source, ...rest]);
        },
    });
    subject.leaving.push(() => { globalThis.VideoFrame = VideoFrame; });
}"""


def test_a_first_frame_that_is_late(subject: Subject) -> None:
    """As now and then of a video that has only just begun to play."""
    run(subject, color("#008080"))
    subject.page.evaluate(LATE_FRAMES)
    for source in ("an address", "a <video>"):
        subject.page.evaluate(f"async () => {{ globalThis.given = {SOURCES[source]}; }}")
        subject.page.evaluate("() => { globalThis.late = 3; }")
        assert update(subject, video("given")) is None
        assert subject.page.evaluate("() => late") < 0, source
        assert turn_of(subject) is not None, source
        assert update(subject, color("#008080")) is None
    assert subject.codes("error", "warning") == []


def test_it_begins_with_the_film(subject: Subject) -> None:
    """The first frame that shows the person has it already, and so has the first after an update."""
    run(subject, video())
    assert turn_of(subject) is not None
    assert update(subject, color("#008080")) is None
    for source in SOURCES.values():
        subject.page.evaluate(f"async () => {{ globalThis.given = {source}; }}")
        assert update(subject, video("given")) is None
        assert turn_of(subject) is not None, source
    assert "no-picture" not in subject.codes("statechange", "error")


FITS: dict[str, tuple[Mapping[tuple[float, float], Rgb], Mapping[tuple[float, float], Rgb]]] = {
    # 400x200 before 640x360, for either turn of the film
    "fit: 'contain'": (
        {HIGH_LEFT: BLACK, (0.03, 0.12): RED, (0.97, 0.12): GREEN},
        {HIGH_LEFT: BLACK, (0.03, 0.12): GREEN, (0.97, 0.12): RED},
    ),
    "fit: 'contain', position: [0, 0]": (
        {HIGH_LEFT: RED, (0.03, 0.95): BLACK},
        {HIGH_LEFT: GREEN, (0.03, 0.95): BLACK},
    ),
    "fit: 'cover', position: [0, 0]": (
        {HIGH_LEFT: RED, (0.54, 0.03): RED, (0.6, 0.03): GREEN},
        {HIGH_LEFT: GREEN, (0.54, 0.03): GREEN, (0.6, 0.03): RED},
    ),
    "fit: 'fill'": (
        {(0.47, 0.03): RED, (0.53, 0.03): GREEN},
        {(0.47, 0.03): GREEN, (0.53, 0.03): RED},
    ),
}


def looks_like(subject: Subject, wanted: Mapping[tuple[float, float], Rgb]) -> bool:
    seen = subject.page.evaluate("(points) => subject.seen(points)", [list(point) for point in wanted])
    pairs = zip(wanted.values(), seen, strict=True)
    return all(abs(a - b) <= NEAR for one, other in pairs for a, b in zip(one, other, strict=True))


def either(subject: Subject, turns: tuple[Mapping[tuple[float, float], Rgb], ...], what: str) -> None:
    """Asserts that one of the looks is seen, once it has got there."""
    end = time.monotonic() + WAIT_S
    while not any(looks_like(subject, turn) for turn in turns):
        assert time.monotonic() < end, what
        subject.page.wait_for_timeout(30)


def test_every_fit(subject: Subject) -> None:
    """An address that stays is not loaded anew: the film goes on."""
    run(subject, color("#000"))
    for fit, turns in FITS.items():
        assert update(subject, video(more=fit)) is None, fit
        either(subject, turns, fit)
    assert subject.page.evaluate("() => made.videos.length") == 1


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_upright_before_a_turned_camera(subject: Subject, rotation: int) -> None:
    subject.show(rotation=rotation)
    run(subject, video(more="fit: 'fill'"))
    shows_film(subject, f"{rotation}")
    subject.show()
    shows_film(subject, "upright")


def test_another_size_under_way(subject: Subject) -> None:
    run(subject, video())
    for size in ((320, 180), (1280, 720), (161, 91)):
        subject.show(size)
        subject.until(f"subject.safe.stats?.frameWidth === {size[0]}")
        shows_film(subject, f"{size}")
    subject.look()
    private(subject.rows, "sizes")


REFUSED = {
    "'/footage/nowhere.webm'": ("picture-unloadable", "nowhere.webm"),
    "'/footage/pattern.i8'": ("picture-unloadable", "pattern.i8"),
    "new Blob(['words'], {type: 'video/mp4'})": ("picture-unloadable", "video/mp4"),
    "new Blob(['words'], {type: 'image/gif'})": ("picture-unloadable", "image/gif"),
    "'/footage/sound.webm'": ("picture-no-video", "sound.webm"),
    "new MediaStream()": ("picture-no-video", "MediaStream of 0"),
    "new MediaStream([(() => { const [track] = screen().getTracks(); track.stop(); return track; })()])": (
        "picture-ended",
        "MediaStream of 1",
    ),
    "document.createElement('video')": ("picture-unloadable", "<video"),
    "new Image()": ("invalid-option", "effect.source"),
    "42": ("invalid-option", "42"),
    "''": ("invalid-option", "''"),
    "undefined": ("invalid-option", "undefined"),
}


def test_a_film_that_cannot_be_had(cold_subject: Subject, page_log: Callable[[Any], Any]) -> None:
    """A typed error; the effect before stays. And at the start: nothing is left running."""
    subject = prepared(cold_subject)
    for source, (code, value) in REFUSED.items():
        error = subject.fails(f"blurStream(camera, {{effect: {video(source)}}})")
        assert (error["name"], error["code"], error["exact"]) == ("OptionsError", code, True), (source, error)
        assert value in error["message"], error["message"]
        assert left(subject) == {"playing": 0, "addresses": 0}, source
    subject.nothing_left()
    run(subject, video())
    for source, (code, _) in REFUSED.items():
        refused = update(subject, video(source))
        assert refused and refused["code"] == code, source
    shows_film(subject)
    assert subject.state == "running"
    assert left(subject) == {"playing": 1, "addresses": 0}
    page_log(subject.page).problems.clear()  # the browser tells of the missing file


def test_the_newest_of_two_wins(subject: Subject) -> None:
    run(subject, color("#008080"))
    answers = subject.page.evaluate(
        f"""() => Promise.all([
            {video()}, {video("'/footage/film.gif'")}, {video("screen()")}, {color("#008080")},
        ].map((effect) => subject.safe.update({{effect}}).then(() => null, asData)))"""
    )
    assert answers[3] is None
    assert {answer["code"] for answer in answers[:3]} == {"superseded"}
    shows(subject, {LEFT: TEAL})
    assert left(subject) == {"playing": 0, "addresses": 0}


def test_the_end_leaves_nothing(cold_subject: Subject) -> None:
    """Not while it is shown, and not while it is loaded."""
    subject = prepared(cold_subject)
    run(subject, video(SOURCES["a Blob"]))
    subject.page.evaluate("() => subject.safe.stop()")
    assert left(subject) == {"playing": 0, "addresses": 0}
    run(subject, color("#008080"))
    code = subject.page.evaluate(
        f"""async () => {{
            const update = subject.safe.update({{effect: {video()}}}).catch(asData);
            subject.safe.stop();
            return (await update).code;
        }}"""
    )
    assert code == "stopped"
    subject.nothing_left()
    assert left(subject) == {"playing": 0, "addresses": 0}


def test_a_screen_that_is_stopped(subject: Subject) -> None:
    """Its last picture stays, and a warning tells of it."""
    run(subject, video("(globalThis.given = screen())"))
    shows_film(subject)
    subject.page.evaluate("() => given.getTracks()[0].stop()")
    subject.until("subject.events.some(({code}) => code === 'picture-ended')")
    turn = turn_of(subject)
    assert turn is not None
    subject.until_frames(20)
    assert turn_of(subject) == turn
    assert subject.state == "running" and subject.codes("warning", "error") == ["picture-ended"]


def test_it_outlives_the_composer(faulty_site: FaultySite, open_subject: OpenSubject, paths: Paths) -> None:
    """A picture that stands still is given to the next composer, too. No frame of it is left open."""
    subject = prepared(open_subject(faulty_site(instrumented.build(paths))))
    run(subject, video("(globalThis.given = await own())"))
    subject.page.evaluate("() => given.pause()")
    subject.until_frames(3)
    turn = turn_of(subject)
    assert turn is not None
    subject.page.evaluate("() => subject.break('composer', 'throw')")
    subject.until("subject.safe.stats.restarts === 1")
    subject.until_state("running")
    assert turn_of(subject) == turn
    subject.page.evaluate("() => given.play()")
    shows_film(subject)
    private(subject.look(), "composer throw")
    for worker in ("gate", "composer"):
        counts = subject.page.evaluate(f"() => subject.count('{worker}')")
        assert counts["seen"] > 50 and counts["open"] <= 8, (worker, counts)
    assert update(subject, color("#008080")) is None
    subject.pause()
    subject.page.wait_for_timeout(500)
    for worker in ("gate", "composer"):
        assert subject.page.evaluate(f"() => subject.count('{worker}')")["open"] == 0, worker


def test_it_goes_on_in_a_hidden_tab(mounts: dict[str, Path], chromium_program: Path) -> None:
    """A video is stored as JSON, and turns as often as before while nobody looks."""
    report = hidden.report(mounts, chromium_program, {"type": "video", "source": FILM})
    rows = [Row(**row) for row in report["rows"]]
    turns = [row.corner > (RED_LUMA + GREEN_LUMA) / 2 for row in rows]
    changes = sum(a != b for a, b in pairwise(turns))
    print(f"hidden for 4 s: {len(rows)} frames out, {changes} turns of the film")
    assert {min(abs(row.corner - luma) for luma in (RED_LUMA, GREEN_LUMA)) < NEAR for row in rows} == {True}
    assert changes >= 5
    private(rows, "a film in a hidden tab")
