"""A colour or a picture in the room's place: exact where nobody is, nothing of the room anywhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from blurstream.colours import to_yuv
from blurstream.frame import FrameSpec
from blurstream.options import Blur, Color, Effect, Image, Settings, parse_effect
from call_bench import Bench, mask_of, room, stirred

Array = np.ndarray[Any, Any]
TEAL, RED = Color((0, 128, 128)), Color((255, 0, 0))
SIZES = [(320, 180), (331, 187), (640, 480), (1280, 720)]


def asked_for(bench: Bench, effect: Effect, **more: Any) -> None:
    bench.pipeline.configure(Settings(effect, **more))


def place(bench: Bench, number: int, rgb: Array) -> None:
    """Hands a picture over; `rgb` (rows, columns, 3)."""
    rows, columns = rgb.shape[:2]
    memory, stride = bench.pipeline.place_picture(number, columns, rows)
    pixels = memory.reshape(-1, stride // 4, 4)
    pixels[:rows, :columns, :3] = rgb
    pixels[:rows, :columns, 3] = 255


def landscape(width: int, height: int, seed: int = 1) -> Array:
    """Random blocks of 2x2: chroma is exact in them."""
    random = np.random.default_rng(seed)
    blocks = random.integers(0, 256, ((height + 1) // 2, (width + 1) // 2, 3), np.uint8)
    return np.kron(blocks, np.ones((2, 2, 1), np.uint8))[:height, :width]


def planes_of(rgb: Array, matrix: str = "bt709", full_range: bool = False) -> list[Array]:
    """Y, and U and V of every second pixel, computed in floating point."""
    weights = to_yuv(matrix, full_range)
    offsets = (weights.offset, 128, 128)
    rows = [np.array(row) / 65536 for row in (weights.luma, weights.u, weights.v)]
    whole = [rgb.astype(float) @ row + offset for row, offset in zip(rows, offsets, strict=True)]
    return [whole[0], whole[1][::2, ::2], whole[2][::2, ::2]]


def away(plane: Array) -> Array:
    """The part of a plane that the person of mask_of() is far from."""
    return plane[:, : plane.shape[1] // 8]


def near(shown: Sequence[Array], wanted: Sequence[Array | int], within: float = 0.51) -> None:
    for plane, want in zip(shown, wanted, strict=True):
        expected = away(want) if isinstance(want, np.ndarray) else want
        np.testing.assert_allclose(away(plane).astype(float), expected, rtol=0, atol=within)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_colour_is_exact_and_the_person_untouched(width: int, height: int) -> None:
    bench = Bench()
    asked_for(bench, TEAL, denoise=False)
    planes = room(width, height)
    safe, shown = bench.one(planes, mask_of())
    assert safe.kind == "composed"
    near(shown, to_yuv("bt709", full_range=False).of(*TEAL.rgb), 0)
    rows, columns = slice(int(0.6 * height), int(0.9 * height)), slice(int(0.45 * width), int(0.55 * width))
    np.testing.assert_array_equal(shown[0][rows, columns], planes[0][rows, columns])


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_picture_is_shown_as_it_is(width: int, height: int) -> None:
    bench = Bench()
    picture = landscape(width, height)
    asked_for(bench, Image(7))
    place(bench, 7, picture)
    safe, shown = bench.one(room(width, height), mask_of())
    assert safe.kind == "composed"
    near(shown, planes_of(picture))


@pytest.mark.parametrize("matrix", ["bt601", "bt709"])
@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("effect", [TEAL, Image(0)])
def test_it_is_in_the_colour_space_of_the_camera(effect: Effect, matrix: str, full_range: bool) -> None:
    bench, size = Bench(), (320, 180)
    picture = landscape(*size)
    asked_for(bench, effect)
    place(bench, 0, picture)
    bench.one(room(*size), mask_of())
    ticket = bench.pipeline.begin(FrameSpec("I420", *size, 1, matrix, full_range))
    for plane, target in zip(room(*size, seed=9), ticket.slot.planes, strict=True):
        target[: plane.shape[0], : plane.shape[1]] = plane
    bench.pipeline.submit(ticket)
    bench.session.answer(mask_of())
    wanted = (
        planes_of(picture, matrix, full_range)
        if isinstance(effect, Image)
        else to_yuv(matrix, full_range).of(*TEAL.rgb)
    )
    near(bench.safe[-1][1], wanted)


def test_an_rgb_camera_gets_bt709_of_limited_range() -> None:
    assert FrameSpec("RGBA", 320, 180, 0, "bt709", True).colour_space == ("bt709", False)


@pytest.mark.parametrize("effect", [TEAL, Image(0)])
def test_nothing_depends_on_the_room(effect: Effect) -> None:
    """Two rooms, one person and mask: away from the seam the output is the same, bit for bit, over time."""
    shown = []
    for seed in (1, 2):
        bench = Bench()
        asked_for(bench, effect)
        place(bench, 0, landscape(320, 180))
        rooms = room(320, 180, seed)
        frames = []
        for turn in range(6):
            planes = stirred(rooms, 10 * seed + turn)
            frames.append(bench.show(planes, mask_of())[1])
        frames.append(bench.show(room(320, 180, seed + 50), np.zeros_like(mask_of()))[1])  # nobody: concealed
        shown.append(frames)
    for one, other in zip(*shown, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(away(a), away(b))
    for a, b in zip(shown[0][-1], shown[1][-1], strict=True):
        np.testing.assert_array_equal(a, b)


def test_nobody_there_shows_the_backdrop_alone() -> None:
    bench = Bench()
    asked_for(bench, TEAL)
    safe, shown = bench.one(room(320, 180), np.zeros((144, 256), np.float32))
    assert (safe.kind, safe.reason) == ("concealed", "no-person")
    for plane, value in zip(shown, to_yuv("bt709", full_range=False).of(*TEAL.rgb), strict=True):
        assert (plane == value).all()


def test_a_picture_that_is_not_here_conceals() -> None:
    bench = Bench()
    asked_for(bench, Image(3))
    place(bench, 2, landscape(320, 180))
    safe, shown = bench.one(room(320, 180), mask_of())
    assert (safe.kind, safe.reason) == ("concealed", "no-picture")
    assert ("error", "no-picture") in bench.events
    assert all((plane == value).all() for plane, value in zip(shown, (16, 128, 128), strict=True)), "the room"
    place(bench, 3, landscape(320, 180))
    assert bench.one(room(320, 180), mask_of())[0].kind == "composed"


def test_effects_follow_each_other_at_once() -> None:
    """Still frames, so that the last mask and tiles are in use: still every tile is of the new effect."""
    bench, planes = Bench(), room(640, 360)
    picture = landscape(640, 360)
    asked_for(bench, Blur())
    bench.show(planes, mask_of())
    blurred = bench.show(planes, mask_of())[1]
    limited = to_yuv("bt709", full_range=False)
    for effect in (TEAL, RED, Image(1), TEAL, Blur(), Image(1), Blur()):
        asked_for(bench, effect)
        if isinstance(effect, Image):
            place(bench, 1, picture)
        shown = bench.show(planes, mask_of())[1]
        if isinstance(effect, Color):
            near(shown, limited.of(*effect.rgb), 0)
        elif isinstance(effect, Image):
            near(shown, planes_of(picture))
        else:
            near(shown, blurred, 1)


def test_another_picture_under_way() -> None:
    bench, planes = Bench(), room(640, 360)
    for number in (1, 2):
        picture = landscape(640, 360, seed=number)
        asked_for(bench, Image(number))
        place(bench, number, picture)
        near(bench.show(planes, mask_of())[1], planes_of(picture))


def test_a_new_size_needs_a_picture_of_that_size() -> None:
    bench = Bench()
    asked_for(bench, Image(1))
    place(bench, 1, landscape(320, 180))
    assert bench.one(room(320, 180), mask_of())[0].kind == "composed"
    assert bench.one(room(640, 360), mask_of())[0].reason == "no-picture"
    picture = landscape(640, 360)
    place(bench, 1, picture)
    near(bench.one(room(640, 360), mask_of())[1], planes_of(picture))


def test_a_picture_that_comes_while_a_frame_is_on_its_way() -> None:
    bench, picture = Bench(), landscape(320, 180, seed=2)
    asked_for(bench, Image(1))
    place(bench, 1, landscape(320, 180))
    bench.one(room(320, 180), mask_of())
    bench.push(room(320, 180, 5))
    asked_for(bench, Image(2))
    place(bench, 2, picture)
    bench.session.answer(mask_of())
    assert bench.safe[-1][0].kind == "composed" and not bench.events
    near(bench.safe[-1][1], planes_of(picture))


def test_a_frame_of_the_old_size_is_still_on_its_way() -> None:
    bench, picture = Bench(), landscape(640, 360)
    asked_for(bench, Image(1))
    place(bench, 1, landscape(320, 180))
    bench.push(room(320, 180))
    place(bench, 1, picture)
    bench.push(room(640, 360))
    bench.session.answer(mask_of())
    bench.session.answer(mask_of())
    assert [safe.kind for safe, _ in bench.safe] == ["composed", "composed"]
    near(bench.safe[0][1], planes_of(landscape(320, 180)))
    near(bench.safe[1][1], planes_of(picture))


def test_a_camera_that_is_moved_is_not_concealed_before_a_backdrop() -> None:
    bench = Bench()
    asked_for(bench, TEAL)
    bench.one(room(320, 180), mask_of())
    for seed in (20, 21, 22):
        assert bench.one(room(320, 180, seed), mask_of())[0].kind == "composed"


def test_still_frames_before_a_colour_write_nothing() -> None:
    bench, planes = Bench(), room(640, 360)
    asked_for(bench, TEAL)
    for _ in range(20):
        bench.show(planes, mask_of())
    compose = bench.pipeline._workspace.compose  # type: ignore[union-attr]
    before = compose.written
    bench.show(planes, mask_of())
    assert compose.written == before


@pytest.mark.parametrize(
    ("effect", "parsed"),
    [
        ({"type": "color", "color": "#008080"}, TEAL),
        ({"type": "color", "color": "#FF0000"}, RED),
        ({"type": "image", "picture": 4, "fit": "cover"}, Image(4)),
    ],
)
def test_effects_as_json(effect: dict[str, object], parsed: Effect) -> None:
    assert parse_effect(json.dumps(effect)) == parsed
