"""Films in the room's place: every picture is shown, whole, in the frame's size and colour space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from blurstream.colours import between, to_yuv
from blurstream.errors import FrameError
from blurstream.frame import FORMATS, FrameSpec
from blurstream.options import Blur, Color, Image, Settings
from blurstream.quality import LEVELS, Ladder
from blurstream.scale import Fit
from call_bench import Bench, mask_of, room, stirred
from test_backdrop import away, landscape, near, place, planes_of

Array = np.ndarray[Any, Any]
SIZE = (320, 180)


def film(bench: Bench, number: int, planes: Sequence[Array], **more: Any) -> None:
    """The next picture of a film; Y, U, V."""
    height, width = planes[0].shape
    spec = FrameSpec("I420", width, height, 0, **more)
    memory, layout = bench.pipeline.begin_picture(number, spec)
    for plane, (offset, stride) in zip(planes, layout, strict=True):
        rows = memory[offset : offset + stride * plane.shape[0]].reshape(-1, stride)
        rows[:, : plane.shape[1]] = plane
    bench.pipeline.end_picture(number)


def grey(width: int, height: int, value: int) -> list[Array]:
    half = ((height + 1) // 2, (width + 1) // 2)
    return [np.full(s, v, np.uint8) for s, v in (((height, width), value), (half, 128), (half, 128))]


def shown(bench: Bench, effect: Image | Color | Blur | None = None, seed: int = 3) -> list[Array]:
    if effect is not None:
        bench.pipeline.configure(Settings(effect))
    return bench.show(room(*SIZE, seed), mask_of())[1]


def test_the_same_size_is_shown_as_it_is() -> None:
    bench, picture = Bench(), room(*SIZE, seed=8)
    film(bench, 1, picture)
    near(shown(bench, Image(1)), picture, 0)


def test_every_new_picture_is_shown_before_a_still_person() -> None:
    """Nothing but the film changes: the mask is used again, and every tile of the background is new."""
    bench, still = Bench(), room(*SIZE)
    bench.pipeline.configure(Settings(Image(1)))
    film(bench, 1, grey(*SIZE, 40))
    for _ in range(3):
        bench.show(still, mask_of())
    for value in (60, 200, 90):
        film(bench, 1, grey(*SIZE, value))
        asked, planes = bench.show(still, mask_of())
        assert not asked
        near(planes, (value, 128, 128), 0)


def test_a_picture_that_stays_costs_nothing() -> None:
    bench, still = Bench(), room(*SIZE)
    film(bench, 1, grey(640, 360, 40))
    bench.pipeline.configure(Settings(Image(1)))
    for _ in range(20):
        bench.show(still, mask_of())
    compose = bench.pipeline._workspace.compose  # type: ignore[union-attr]
    before = compose.written
    bench.show(still, mask_of())
    assert compose.written == before


def test_half_the_picture_is_not_shown() -> None:
    bench = Bench()
    film(bench, 1, grey(*SIZE, 50))
    near(shown(bench, Image(1)), (50, 128, 128), 0)
    memory, _ = bench.pipeline.begin_picture(1, FrameSpec("I420", *SIZE, 0))
    memory[: len(memory) // 2] = 200
    for seed in range(3):
        near(shown(bench, seed=seed), (50, 128, 128), 0)
    near(shown(bench, Color((255, 255, 255))), (235, 128, 128), 0)
    near(shown(bench, Image(1)), (50, 128, 128), 0)
    memory[:] = 128
    bench.pipeline.end_picture(1)
    near(shown(bench), (128, 128, 128), 0)


def test_without_a_whole_picture_frames_are_concealed() -> None:
    bench = Bench()
    bench.pipeline.begin_picture(1, FrameSpec("I420", *SIZE, 0))
    shown(bench, Image(1))
    assert bench.safe[-1][0].reason == "no-picture"
    bench.pipeline.end_picture(1)
    shown(bench)
    assert bench.safe[-1][0].kind == "composed"


@pytest.mark.parametrize("format", FORMATS)
def test_every_format(format: str) -> None:
    bench, rgb = Bench(), np.zeros((90, 160, 3), np.uint8)
    rgb[:, :80], rgb[:, 80:] = (200, 30, 60), (20, 180, 90)
    weights = to_yuv("bt709", full_range=False)
    memory, layout = bench.pipeline.begin_picture(1, FrameSpec(format, 160, 90, 0))
    rows = [memory[offset:] for offset, _ in layout]
    strides = [stride for _, stride in layout]
    for column, colour in ((slice(0, 80), (200, 30, 60)), (slice(80, 160), (20, 180, 90))):
        y, u, v = weights.of(*colour)
        half = slice(column.start // 2, column.stop // 2)
        if format in ("I420", "NV12"):
            as_rows(rows[0], strides[0], 90)[:, column] = y
        if format == "I420":
            as_rows(rows[1], strides[1], 45)[:, half] = u
            as_rows(rows[2], strides[2], 45)[:, half] = v
        elif format == "NV12":
            as_rows(rows[1], strides[1], 45)[:, column] = np.tile((u, v), 40)
        else:
            order = colour if format.startswith("RGB") else colour[::-1]
            as_rows(rows[0], strides[0], 90).reshape(90, -1, 4)[:, column] = (*order, 255)
    bench.pipeline.end_picture(1)
    planes = shown(bench, Image(1))
    near(planes, weights.of(200, 30, 60), 0)


def as_rows(memory: Array, stride: int, rows: int) -> Array:
    return memory[: stride * rows].reshape(rows, stride)


@pytest.mark.parametrize("camera", [("bt601", False), ("bt709", True)])
@pytest.mark.parametrize("given", [("bt601", False), ("bt601", True), ("bt709", False), ("bt709", True)])
def test_colours_are_those_of_the_film(camera: tuple[str, bool], given: tuple[str, bool]) -> None:
    """A film in one colour space before a camera in another: the same colours, to a level."""
    bench, colour = Bench(), landscape(*SIZE)
    colour[:] = colour // 2 + 60  # what every colour space holds
    levels = [np.rint(plane).astype(np.uint8) for plane in planes_of(colour, *given)]
    film(bench, 1, levels, matrix=given[0], full_range=given[1])
    bench.pipeline.configure(Settings(Image(1)))
    ticket = bench.pipeline.begin(FrameSpec("I420", *SIZE, 0, *camera))
    for plane, target in zip(room(*SIZE), ticket.slot.planes, strict=True):
        target[: plane.shape[0], : plane.shape[1]] = plane
    bench.pipeline.submit(ticket)
    bench.session.answer(mask_of())
    near(bench.safe[-1][1], planes_of(colour, *camera), within=2.1)


def test_there_and_back_is_the_same_colour() -> None:
    for a in (("bt601", False), ("bt709", True)):
        for b in (("bt709", False), ("bt601", True)):
            there, back = (np.array(matrix(between(*pair))) for pair in ((a, b), (b, a)))
            np.testing.assert_allclose(there @ back, np.eye(3), atol=1e-3)


def matrix(recolour: Any) -> list[list[float]]:
    luma, chroma = ([n / 8192 for n in row] for row in recolour)
    return [luma[:3], [0, *chroma[:2]], [0, *chroma[2:]]]


@pytest.mark.parametrize("fit", ["cover", "contain", "fill"])
def test_fit_and_colour_at_once(fit: Fit) -> None:
    """Of another size, colour space and format than the camera's; beside it is the camera's black."""
    bench = Bench()
    film(bench, 1, grey(180, 180, 128), full_range=True)
    planes = shown(bench, Image(1, fit, (1.0, 0.5)))
    value = 16 + round(128 * 219 / 255)
    if fit == "contain":  # all of the left is free
        near(planes, (16, 128, 128), 0)
        assert (planes[0][:40, -20:] == value).all()
    else:
        near(planes, (value, 128, 128), 0)


def test_bars_are_black_again_after_a_colour() -> None:
    bench = Bench()
    film(bench, 1, grey(180, 180, 128))
    effect = Image(1, "contain", (1.0, 0.5))
    for colour in (Color((255, 0, 0)), Color((0, 0, 255))):
        near(shown(bench, effect), (16, 128, 128), 0)
        shown(bench, colour)


def test_its_size_may_change_under_way() -> None:
    bench = Bench()
    bench.pipeline.configure(Settings(Image(1)))
    for number, size in enumerate([(320, 180), (1921, 1081), (64, 360), (1, 1), (320, 180)]):
        film(bench, 1, grey(*size, 50 + 10 * number))
        near(shown(bench), (50 + 10 * number, 128, 128), 0)


def test_a_concealed_frame_shows_the_film() -> None:
    bench, nobody = Bench(), np.zeros_like(mask_of())
    bench.pipeline.configure(Settings(Image(1)))
    for value in (70, 120):
        film(bench, 1, grey(*SIZE, value))
        safe, planes = bench.one(room(*SIZE, value), nobody)
        assert safe.reason == "no-person"
        assert (planes[0] == value).all()
    bench.pipeline.configure(Settings(Image(1), paused=True))
    film(bench, 1, grey(*SIZE, 200))
    assert (bench.show(room(*SIZE), mask_of())[1][0] == 200).all()


def test_at_half_rate_the_film_goes_on_with_the_next_frame_that_is_taken() -> None:
    ladder = Ladder()
    bench = Bench()
    bench.pipeline._pace.ladder = bench.pipeline._render._ladder = ladder
    ladder.level = LEVELS[-1]
    bench.pipeline.configure(Settings(Image(1)))
    seen = []
    for turn in range(8):
        film(bench, 1, grey(*SIZE, 60 + 10 * turn))
        seen.append(int(bench.show(stirred(room(*SIZE), turn), mask_of())[1][0][0, 0]))
        ladder.level = LEVELS[-1]
    assert all(60 + 10 * turn - value in (0, 10) for turn, value in enumerate(seen)), seen


def test_nothing_depends_on_the_room() -> None:
    outputs = []
    for seed in (1, 2):
        bench = Bench()
        bench.pipeline.configure(Settings(Image(1)))
        frames = []
        for turn in range(4):
            film(bench, 1, room(400, 300, seed=50 + turn))
            frames.append(bench.show(room(*SIZE, seed=seed), mask_of())[1])
        outputs.append(frames)
    for one, other in zip(*outputs, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(away(a), away(b))


def test_a_still_picture_and_a_film_side_by_side() -> None:
    bench, still = Bench(), landscape(*SIZE)
    place(bench, 1, still)
    film(bench, 2, grey(*SIZE, 77))
    for _ in range(2):
        near(shown(bench, Image(1)), planes_of(still))
        near(shown(bench, Image(2)), (77, 128, 128), 0)


def test_what_was_not_begun_cannot_end() -> None:
    bench = Bench()
    with pytest.raises(FrameError, match="picture 4 is not begun"):
        bench.pipeline.end_picture(4)
    film(bench, 4, grey(*SIZE, 77))
    with pytest.raises(FrameError, match="picture 4 is not begun"):
        bench.pipeline.end_picture(4)


@pytest.mark.parametrize("size", [(0, 10), (10, 8193)])
def test_an_impossible_size_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(FrameError, match="sides of 1 to 8192"):
        Bench().pipeline.begin_picture(1, FrameSpec("I420", *size, 0))


def test_only_the_last_few_are_kept() -> None:
    bench = Bench()
    for number in range(20):
        film(bench, number, grey(*SIZE, 20 + number))
    pictures = bench.pipeline._render.background.pictures
    assert len(pictures._moving) == 3
    near(shown(bench, Image(19)), (39, 128, 128), 0)
