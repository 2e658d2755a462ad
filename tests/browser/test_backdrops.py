"""Colours and pictures in the room's place, as they are seen: from every source, in every fit, for good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

import instrumented
from blurstream_build.paths import Paths
from faults import FaultySite
from looks import (
    BLACK,
    BLUE,
    GREEN,
    HIGH_LEFT,
    HIGH_RIGHT,
    LEFT,
    NEAR,
    PICTURE,
    RED,
    RIGHT,
    TEAL,
    WHITE,
    Rgb,
    color,
    image,
    person_is_there,
    run,
    shows,
    update,
)
from subject import OpenSubject, Subject, private


@pytest.fixture
def subject(warm_subject: Subject) -> Subject:
    return warm_subject


def test_colours_one_after_the_other(subject: Subject) -> None:
    run(subject, color("#008080"))
    shows(subject, dict.fromkeys((LEFT, RIGHT, HIGH_LEFT, HIGH_RIGHT), TEAL))
    person_is_there(subject, TEAL)
    assert update(subject, color("#F00")) is None
    shows(subject, dict.fromkeys((LEFT, RIGHT, HIGH_LEFT, HIGH_RIGHT), RED))
    assert update(subject, "{type: 'blur'}") is None
    subject.until_frames(10)
    subject.until("subject.safe.stats !== null")  # told once a second, and all this may take less
    assert subject.stats["restarts"] == 0 and subject.codes("error") == []
    private(subject.rows, "colours")


@pytest.mark.parametrize("pixels", ["I420", "NV12", "RGBA"])
def test_a_picture_before_every_camera(subject: Subject, pixels: str) -> None:
    subject.open((640, 360), pixels=pixels)
    run(subject, image())
    shows(subject, {HIGH_LEFT: RED, HIGH_RIGHT: GREEN, (0.03, 0.95): BLUE, (0.97, 0.95): WHITE})
    person_is_there(subject, RED)
    subject.until_frames(5)
    private(subject.rows, pixels)


SOURCES = {
    "an address": f"'{PICTURE}'",
    "a URL": f"new URL('{PICTURE}', location.href)",
    "a Blob": f"await (await fetch('{PICTURE}')).blob()",
    "a File": f"new File([await (await fetch('{PICTURE}')).blob()], 'room.png')",
    "an <img>": f"Object.assign(new Image(), {{src: '{PICTURE}'}})",
    "an ImageBitmap": f"await createImageBitmap(await (await fetch('{PICTURE}')).blob())",
    "a blob: address": f"URL.createObjectURL(await (await fetch('{PICTURE}')).blob())",
    "an SVG": """'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2">"""
    """<rect width="2" height="1" fill="red"/><rect x="2" width="2" height="1" fill="lime"/></svg>'""",
}


def test_every_source(subject: Subject) -> None:
    """What was given stays the application's: an ImageBitmap can be used again."""
    run(subject, color("#008080"))
    for name, source in SOURCES.items():
        subject.page.evaluate(f"async () => {{ globalThis.given = {source}; }}")
        for _ in range(2):
            assert update(subject, image("given")) is None, name
            shows(subject, {HIGH_LEFT: RED, HIGH_RIGHT: GREEN})
        assert update(subject, color("#008080")) is None
        shows(subject, {HIGH_LEFT: TEAL})
    assert subject.codes("error", "warning") == []


FITS: dict[str, Mapping[tuple[float, float], Rgb]] = {
    # 400x200 before 640x360: all its height, 320 of its 360 columns' worth of width at a time
    "fit: 'fill'": {HIGH_LEFT: RED, HIGH_RIGHT: GREEN, (0.47, 0.03): RED, (0.53, 0.03): GREEN},
    "fit: 'contain'": {HIGH_LEFT: BLACK, HIGH_RIGHT: BLACK, (0.03, 0.12): RED, (0.97, 0.12): GREEN},
    "fit: 'contain', position: [0, 0]": {HIGH_LEFT: RED, HIGH_RIGHT: GREEN, (0.03, 0.95): BLACK},
    "fit: 'contain', position: [0, 1]": {HIGH_LEFT: BLACK, (0.03, 0.95): BLUE},
    "fit: 'cover', position: [0, 0]": {HIGH_LEFT: RED, (0.54, 0.03): RED, (0.6, 0.03): GREEN},
    "fit: 'cover', position: [1, 0]": {HIGH_RIGHT: GREEN, (0.46, 0.03): GREEN, (0.4, 0.03): RED},
}


def test_every_fit(subject: Subject) -> None:
    run(subject, color("#000"))
    for fit, wanted in FITS.items():
        assert update(subject, image(more=fit)) is None, fit
        shows(subject, wanted)


def test_a_fine_pattern_becomes_grey(subject: Subject) -> None:
    """Scaled down without aliasing: every pixel is the mean of those it stands for."""
    subject.open((320, 180))
    run(subject, image("'/footage/checks.png'", "fit: 'fill'"))
    subject.until_frames(3)
    points = [[x / 320 + 0.001, y / 180 + 0.001] for x in range(0, 40, 3) for y in range(0, 60, 3)]
    seen = subject.page.evaluate("(points) => subject.seen(points)", points)
    assert all(118 <= level <= 200 for pixel in seen for level in pixel), sorted(seen)[:: len(seen) // 10]
    assert max(pixel[0] for pixel in seen) - min(pixel[0] for pixel in seen) <= NEAR


def test_another_size_under_way(subject: Subject) -> None:
    run(subject, image())
    for size in ((320, 180), (640, 480), (1280, 720), (161, 91)):
        subject.show(size)
        subject.until(f"subject.safe.stats?.frameWidth === {size[0]}")
        shows(subject, {HIGH_LEFT: RED, HIGH_RIGHT: GREEN})
    subject.until_frames(5)
    assert subject.codes("error") == []
    private(subject.rows, "sizes")


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_upright_before_a_turned_camera(subject: Subject, rotation: int) -> None:
    subject.show(rotation=rotation)
    run(subject, image(more="fit: 'fill'"))
    shows(subject, {HIGH_LEFT: RED, HIGH_RIGHT: GREEN})


REFUSED = {
    "'/footage/nowhere.png'": ("picture-unloadable", "nowhere.png"),
    "'http://'": ("picture-unloadable", "http://"),
    "new Blob(['words'], {type: 'text/plain'})": ("picture-unloadable", "text/plain"),
    "new Blob([])": ("picture-unloadable", "Blob of 0 bytes"),
    "42": ("invalid-option", "42"),
    "''": ("invalid-option", "''"),
    "undefined": ("invalid-option", "undefined"),
}


def test_a_picture_that_cannot_be_had(cold_subject: Subject, page_log: Callable[[Any], Any]) -> None:
    """A typed error; the effect before stays. And at the start: nothing is left running."""
    subject = cold_subject
    for source, (code, value) in REFUSED.items():
        error = subject.fails(f"blurStream(camera, {{effect: {image(source)}}})")
        assert (error["name"], error["code"], error["exact"]) == ("OptionsError", code, True), source
        assert value in error["message"], error["message"]
        subject.nothing_left()
    run(subject, color("#008080"))
    for source, (code, _) in REFUSED.items():
        refused = update(subject, image(source))
        assert refused and refused["code"] == code, source
        shows(subject, {LEFT: TEAL})
    assert subject.state == "running"
    page_log(subject.page).problems.clear()  # the browser tells of the missing file


def test_a_picture_of_another_origin(
    subject: Subject, faulty_site: FaultySite, page_log: Callable[[Any], Any]
) -> None:
    """The policy of these pages keeps it out, as a server without CORS would."""
    other = faulty_site({})
    run(subject, color("#008080"))
    refused = update(subject, image(f"'{other.url}{PICTURE}'"))
    assert refused and refused["code"] == "picture-unloadable"
    shows(subject, {LEFT: TEAL})
    page_log(subject.page).problems.clear()


def test_the_newest_of_two_wins(subject: Subject) -> None:
    run(subject, color("#008080"))
    answers = subject.page.evaluate(
        f"""() => Promise.all([{image()}, {color("#00f")}].map(
            (effect) => subject.safe.update({{effect}}).then(() => null, asData)))"""
    )
    assert answers[1] is None
    assert (answers[0]["name"], answers[0]["code"]) == ("AbortError", "superseded")
    shows(subject, {LEFT: BLUE, RIGHT: BLUE})


def test_the_end_while_a_picture_is_loaded(cold_subject: Subject) -> None:
    """Nothing stays open: not the update of a stream that is stopped, not a start that is aborted."""
    subject = cold_subject
    run(subject, color("#008080"))
    code = subject.page.evaluate(
        f"""async () => {{
            const update = subject.safe.update({{effect: {image()}}}).catch(asData);
            subject.safe.stop();
            return (await update).code;
        }}"""
    )
    assert code == "stopped"
    error = subject.page.evaluate(
        f"""() => {{
            const abort = new AbortController();
            setTimeout(() => abort.abort());
            const options = {{effect: {image()}, signal: abort.signal}};
            return subject.blurStream(subject.camera, options).catch(asData);
        }}"""
    )
    assert (error["name"], error["code"]) == ("AbortError", "aborted")
    subject.nothing_left()


def test_it_outlives_the_composer(faulty_site: FaultySite, open_subject: OpenSubject, paths: Paths) -> None:
    """A composer that takes the place of one that died gets the picture, too."""
    subject = open_subject(faulty_site(instrumented.build(paths)))
    subject.open()
    run(subject, image())
    shows(subject, {HIGH_LEFT: RED, HIGH_RIGHT: GREEN})
    for restarts in (1, 2):
        subject.page.evaluate("() => subject.break('composer', 'throw')")
        subject.until(f"subject.safe.stats.restarts === {restarts}")
        subject.until_state("running")
        shows(subject, {HIGH_LEFT: RED, HIGH_RIGHT: GREEN})
    private(subject.rows, "composer throw")


def test_nobody_there_is_the_picture_alone(subject: Subject) -> None:
    subject.open(picture="room")
    subject.page.evaluate(
        f"async () => {{ subject.watch(await subject.blurStream(subject.camera, {{effect: {image()}}})); }}"
    )
    subject.until("subject.safe.reason === 'no-person'")
    shows(subject, {HIGH_LEFT: RED, HIGH_RIGHT: GREEN, (0.2, 0.7): BLUE, (0.8, 0.7): WHITE})
    subject.until_frames(5)
    private(subject.rows, "room")
