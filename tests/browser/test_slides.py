"""The person over their slides: in every shape and place, over still and moving ones, in the slides' size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from looks import (
    BLUE,
    GREEN,
    HIGH_LEFT,
    HIGH_RIGHT,
    NEAR,
    PICTURE,
    RED,
    TEAL,
    WHITE,
    Rgb,
    color,
    keep_ledger,
    left,
    run,
    shows,
    shows_film,
    turn_of,
    update,
)
from subject import Row, Subject, private

LOW_LEFT, LOW_RIGHT = (0.04, 0.95), (0.96, 0.95)
CORNERS: dict[str, tuple[tuple[float, float], Rgb]] = {
    "top-left": (HIGH_LEFT, RED),
    "top-right": (HIGH_RIGHT, GREEN),
    "bottom-left": (LOW_LEFT, BLUE),
    "bottom-right": (LOW_RIGHT, WHITE),
}


def slides(source: str = f"'{PICTURE}'", more: str = "") -> str:
    return f"{{type: 'presenter', source: {source}{more and ', ' + more}}}"


@pytest.fixture
def subject(warm_subject: Subject) -> Subject:
    keep_ledger(warm_subject)
    return warm_subject


def share_of(subject: Subject, at: str) -> float:
    """How much of the quarter of the slides in this corner is not as it was drawn."""
    (x, y), colour = CORNERS[at]
    points = [
        [(x > 0.5) / 2 + column / 64 + 1 / 128, (y > 0.5) / 2 + row / 64 + 1 / 128]
        for column in range(32)
        for row in range(32)
    ]
    seen = subject.page.evaluate("(points) => subject.seen(points)", points)
    other = [max(abs(a - b) for a, b in zip(colour, pixel, strict=True)) > 3 * NEAR for pixel in seen]
    return float(sum(other) / len(other))


def size_of(rows: list[Row]) -> set[tuple[int, int, int, int]]:
    return {(row.width, row.height, row.look["displayWidth"], row.look["displayHeight"]) for row in rows}


@pytest.mark.parametrize("shape", ["cutout", "circle", "rounded"])
def test_every_corner(subject: Subject, shape: str) -> None:
    """Where the person is not the slides are as they were drawn, and nothing is left of where they were."""
    run(subject, slides(more=f"shape: '{shape}'"))
    for at in reversed(CORNERS):
        assert update(subject, slides(more=f"shape: '{shape}', position: '{at}'")) is None
        rows = subject.until_frames(3)
        assert size_of(rows[-1:]) == {(400, 200, 400, 200)}
        shows(subject, dict([CORNERS[other] for other in CORNERS if other != at]))
        shares = {other: share_of(subject, other) for other in CORNERS}
        assert shares.pop(at) > 0.08, (at, shares)
        assert max(shares.values()) < 0.02, (at, shares)
    assert subject.codes("error", "warning") == []
    subject.look()
    private(subject.rows, shape)


def test_sizes_and_places(subject: Subject) -> None:
    """Larger is more of the slides; a free place lies between the corners."""
    run(subject, slides(more="shape: 'rounded', background: {type: 'color', color: '#008080'}"))
    shares = []
    for size in (0.1, 0.25, 0.45):
        more = f"shape: 'rounded', size: {size}, background: {{type: 'color', color: '#008080'}}"
        assert update(subject, slides(more=more)) is None
        shares.append(share_of(subject, "bottom-right"))
    assert shares == sorted(shares) and shares[0] < shares[1] / 2 < shares[2] / 3, shares
    more = "shape: 'rounded', size: 0.5, position: [0.5, 0.5], background: {type: 'color', color: '#008080'}"
    assert update(subject, slides(more=more)) is None
    corners = {at: share_of(subject, at) for at in CORNERS}
    assert all(0.1 < share < 0.6 for share in corners.values()), corners
    beside_the_head = (0.36, 0.33)
    shows(subject, dict(CORNERS.values()) | {beside_the_head: TEAL})


def test_a_shared_screen(subject: Subject) -> None:
    """It moves, it may be larger than what is sent, and its end leaves its last picture."""
    run(subject, color("#008080"))
    assert update(subject, slides("(globalThis.given = screen())", "shape: 'circle'")) is None
    shows_film(subject, "screen")
    assert update(subject, slides("given", "position: 'bottom-left'")) is None
    assert turn_of(subject) is not None
    shows_film(subject, "moved")
    subject.page.evaluate("() => given.getTracks()[0].stop()")
    subject.until("subject.events.some(({code}) => code === 'picture-ended')")
    turn = turn_of(subject)
    assert turn is not None
    for at in ("bottom-right", "bottom-left"):
        assert update(subject, slides("given", f"position: '{at}'")) is None
        assert turn_of(subject) == turn
    assert update(subject, slides("(globalThis.given = screen(2600, 1300))")) is None
    assert size_of(subject.until_frames(3)[-1:]) == {(1920, 960, 1920, 960)}
    shows_film(subject, "large")
    assert update(subject, color("#008080")) is None
    assert size_of(subject.until_frames(3)[-1:]) == {(640, 360, 640, 360)}
    assert subject.page.evaluate("() => given.getVideoTracks()[0].readyState") == "live"
    assert subject.codes("error", "warning") == ["picture-ended"]
    subject.look()
    private(subject.rows, "screen")


SOURCES = {
    "a film": "'/footage/film.webm'",
    "a film as Blob": "await (await fetch('/footage/film.webm')).blob()",
    "an animated picture": "await (await fetch('/footage/film.gif')).blob()",
    "a <video>": "await own()",
}


def test_every_moving_source(subject: Subject) -> None:
    run(subject, color("#008080"))
    for name, source in SOURCES.items():
        subject.page.evaluate(f"async () => {{ globalThis.given = {source}; }}")
        for at in ("bottom-left", "bottom-right"):
            assert update(subject, slides("given", f"position: '{at}'")) is None, name
            assert size_of(subject.until_frames(3)[-1:]) == {(400, 200, 400, 200)}, name
        shows_film(subject, name)
    assert subject.page.evaluate("() => made.videos.length") == 2
    assert update(subject, color("#008080")) is None
    assert left(subject) == {"playing": 0, "addresses": 0}


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_camera(subject: Subject, rotation: int) -> None:
    """Slides are upright and of their own size, and so is the person."""
    subject.show(rotation=rotation)
    run(subject, slides(more="shape: 'circle', size: 0.5"))
    rows = subject.until_frames(5)
    assert size_of(rows[-1:]) == {(400, 200, 400, 200)} and rows[-1].look["rotation"] == 0
    shows(subject, dict([CORNERS[at] for at in ("top-left", "top-right", "bottom-left")]))
    assert share_of(subject, "bottom-right") > 0.2


def test_nobody_there_is_the_slides_alone(subject: Subject) -> None:
    subject.open(picture="room")
    subject.page.evaluate(
        f"async () => {{ subject.watch(await subject.blurStream(subject.camera, {{effect: {slides()}}})); }}"
    )
    subject.until("subject.safe.reason === 'no-person'")
    shows(subject, dict(CORNERS.values()))
    assert max(share_of(subject, at) for at in CORNERS) < 0.02
    subject.page.evaluate("() => subject.safe.pause()")
    shows(subject, dict(CORNERS.values()))
    private(subject.look(), "room")


def test_slides_that_cannot_be_had(subject: Subject, page_log: Callable[[Any], Any]) -> None:
    run(subject, color("#008080"))
    for source in ("'/footage/nowhere'", "new Blob(['words'])", "'/footage/pattern.i8'"):
        refused = update(subject, slides(source))
        assert refused and refused["code"] == "picture-unloadable", source
    for more, option in {
        "size: 0.05": "effect.size",
        "shape: 'star'": "effect.shape",
        "position: 'middle'": "effect.position",
        "background: {type: 'image', source: 'x'}": "effect.background.type",
        "background: {type: 'blur', strength: 2}": "effect.background.strength",
    }.items():
        refused = update(subject, slides(more=more))
        assert refused and (refused["code"], refused["details"]["option"]) == ("invalid-option", option)
    shows(subject, {HIGH_LEFT: TEAL})
    assert left(subject) == {"playing": 0, "addresses": 0}
    page_log(subject.page).problems.clear()  # the browser tells of the missing file
