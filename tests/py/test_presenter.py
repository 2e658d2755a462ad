"""The person over their slides: in the slides' size, movable, and nothing of the room with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blurstream.frame import FrameSpec, Geometry
from blurstream.options import Blur, Color, Effect, NoEffect, Presenter, Settings, Shape
from blurstream.placement import MARGIN, MOST, output_size, place, seen, shape_mask
from blurstream.quality import LEVELS, Ladder
from call_bench import Bench, mask_of, room, stirred
from scene import Person, Scene
from test_backdrop import landscape, planes_of
from test_backdrop import place as place_still
from test_moving_pictures import film, grey

Array = np.ndarray[Any, Any]
CAMERA, SLIDES = (640, 360), (960, 540)
SHAPES: tuple[Shape, ...] = ("cutout", "circle", "rounded")
BLACK = (16, 128, 128)


def asked_for(bench: Bench, effect: Effect, **more: Any) -> None:
    bench.pipeline.configure(Settings(effect, denoise=False, **more))


def presenting(effect: Presenter, slides: Sequence[Array]) -> Bench:
    bench = Bench()
    asked_for(bench, effect)
    film(bench, effect.picture, slides)
    return bench


def seen_from_near(bench: Bench, planes: Sequence[Array], mask: Array) -> list[Array]:
    for _ in range(2):
        shown = bench.show(planes, mask)[1]
    return shown


def calm(seed: int = 3) -> Scene:
    return Scene(*CAMERA, seed=seed)


def differs(shown: Sequence[Array], slides: Sequence[Array]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is not the slides, in luma pixels."""
    rows, columns = np.nonzero(shown[0] != slides[0])
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


@pytest.mark.parametrize("shape", SHAPES)
def test_outside_of_the_picture_are_the_slides(shape: Shape) -> None:
    effect, slides = Presenter(1, shape), room(*SLIDES, seed=9)
    bench = presenting(effect, slides)
    scene = calm()
    safe, shown = bench.one(scene.take(), scene.mask)
    assert (safe.kind, safe.spec.width, safe.spec.height) == ("composed", *SLIDES)
    rect = place(effect, SLIDES, (lambda r: (r.width, r.height))(seen(shape, CAMERA, 0.5, 0)))
    left, top, right, bottom = differs(shown, slides)
    assert left >= rect.left and top >= rect.top
    assert right <= rect.left + rect.width and bottom <= rect.top + rect.height
    assert bottom - top > 0.6 * rect.height, "and the person is in it"


def test_a_cut_out_stands_on_the_edge_and_nothing_of_the_room_is_around_it() -> None:
    scene, slides = calm(), grey(*SLIDES, 200)
    bench = presenting(Presenter(1, size=0.5), slides)
    _, shown = bench.one(scene.take(), scene.mask)
    left, top, _, bottom = differs(shown, slides)
    assert bottom == SLIDES[1], "no gap below"
    width = SLIDES[1] / 2 * 16 / 9
    assert abs(left - (SLIDES[0] - width * 0.75)) < 12, "from the person's left edge on"
    assert abs(top - (SLIDES[1] / 2 + 0.2 * SLIDES[1] / 2)) < 12


def test_a_cut_out_has_the_cameras_colours() -> None:
    """At the size of the camera's picture: the very pixels of the person."""
    scene = calm()
    bench = presenting(Presenter(1, size=360 / 540), room(*SLIDES, seed=4))
    planes = scene.take()
    _, shown = bench.one(planes, scene.mask)
    part = np.s_[-150:-20, -380:-260]
    for plane, camera in zip(shown, planes, strict=True):
        half = 1 if plane is shown[0] else 2
        at = tuple(slice(s.start // half, s.stop // half) for s in part)
        np.testing.assert_array_equal(plane[at], camera[at])


def test_shrunk_it_is_the_mean() -> None:
    scene = calm()
    bench = presenting(Presenter(1, size=180 / 540), grey(*SLIDES, 60))
    planes = scene.take()
    _, shown = bench.one(planes, scene.mask)
    want = planes[0].reshape(180, 2, 320, 2).mean((1, 3))
    part = np.s_[-75:-10, -190:-130]
    assert np.abs(shown[0][part] - want[part]).max() <= 1.1


def test_a_soft_edge_has_no_dark_rim() -> None:
    """Black is only lent: over slides as bright as the person there is no darker pixel between them."""
    camera = grey(*CAMERA, 180)
    bench = presenting(Presenter(1, size=0.6), grey(*SLIDES, 180))
    for _ in range(2):
        _, shown = bench.one(camera, mask_of())
        bench.pipeline._restart()
    assert np.abs(shown[0].astype(int) - 180).max() <= 2
    assert np.abs(shown[1].astype(int) - 128).max() <= 1


@pytest.mark.parametrize("shape", ["circle", "rounded"])
def test_inside_of_a_shape_is_the_background_asked_for(shape: Shape) -> None:
    scene, slides = calm(), grey(*SLIDES, 220)
    effect = Presenter(1, shape, 0.5, (0.5, 0.5), Color((0, 0, 0)))
    bench = presenting(effect, slides)
    _, shown = bench.one(scene.take(), scene.mask)
    rect = place(effect, SLIDES, (lambda r: (r.width, r.height))(seen(shape, CAMERA, 0.5, 0.2)))
    top_middle = shown[0][rect.top + 6 : rect.top + 12, rect.left + rect.width // 2]
    assert (top_middle == 16).all(), "black above the head"
    corner = shown[0][rect.top : rect.top + 4, rect.left : rect.left + 4]
    assert (corner == 220).all(), "the slide in the corner"


@pytest.mark.parametrize("effect", [Presenter(1), Presenter(1, "circle"), Presenter(1, "rounded", 0.6)])
def test_nothing_depends_on_the_room(effect: Presenter) -> None:
    """Before a colour, or cut out: two rooms, the same person: the same output outside the person's rim."""
    effect = replace(effect, background=Color((10, 80, 90)))
    shown = []
    for seed in (1, 2):
        bench = presenting(effect, room(*SLIDES, seed=7))
        scene = calm()
        planes = scene.take()
        outside = ~scene.covered
        other = room(*CAMERA, seed)
        planes[0][outside] = other[0][outside]
        frames = [bench.show(stirred(planes, 5 * seed + turn), scene.mask)[1] for turn in range(3)]
        frames.append(bench.show(room(*CAMERA, seed + 9), np.zeros_like(scene.mask))[1])
        shown.append(frames)
    for one, other_room in zip(*shown, strict=True):
        for a, b in zip(one, other_room, strict=True):
            apart = np.mean(a != b)
            assert apart < 0.02, "but for the rim"
    for a, b in zip(shown[0][-1], shown[1][-1], strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_room_far_from_the_person_is_nowhere() -> None:
    """A white room, a dark person, grey slides: no pixel brighter than the slides."""
    scene = calm()
    planes = scene.take()
    planes[0][:] = np.where(scene.covered, 40, 235)
    bench = presenting(Presenter(1, size=0.8), grey(*SLIDES, 90))
    _, shown = bench.one(planes, scene.mask)
    assert (shown[0] > 100).mean() < 0.002


CONCEALED: dict[str, Any] = {
    "no-person": lambda bench, scene: bench.one(scene.take(), np.zeros_like(scene.mask)),
    "model-error": lambda bench, scene: bench.one(stirred(scene.take(), 1, 0.3, 0.6), None, "lost"),
    "bad-mask": lambda bench, scene: bench.one(stirred(scene.take(), 1, 0.3, 0.6), scene.mask * np.nan),
}


@pytest.mark.parametrize("reason", CONCEALED)
@pytest.mark.parametrize("shape", SHAPES)
def test_concealed_frames_are_the_slides_alone(reason: str, shape: Shape) -> None:
    slides, scene = room(*SLIDES, seed=4), calm()
    bench = presenting(Presenter(1, shape), slides)
    assert bench.one(scene.take(), scene.mask)[0].kind == "composed"
    bench.pipeline._restart()
    safe, shown = CONCEALED[reason](bench, scene)
    assert (safe.kind, safe.reason) == ("concealed", reason)
    for a, b in zip(shown, slides, strict=True):
        np.testing.assert_array_equal(a, b)
    for _ in range(8):  # somebody must be there for some frames
        bench.show(stirred(scene.take(), 1), scene.mask)
    assert bench.safe[-1][0].kind == "composed"


def test_a_pause_and_no_model_too() -> None:
    slides, scene = room(*SLIDES, seed=4), calm()
    bench = presenting(Presenter(1, "circle"), slides)
    bench.one(scene.take(), scene.mask)
    asked_for(bench, Presenter(1, "circle"), paused=True)
    bench.push(scene.take())
    bench.pipeline.close()
    asked_for(bench, Presenter(1, "circle"))
    bench.push(scene.take())
    for (safe, shown), reason in zip(bench.safe[-2:], ("paused", "no-model"), strict=True):
        assert (safe.kind, safe.reason) == ("concealed", reason)
        np.testing.assert_array_equal(shown[0], slides[0])


def test_until_the_slides_come_it_is_black() -> None:
    bench, scene = Bench(), calm()
    asked_for(bench, Presenter(5, "circle"))
    for _ in range(2):
        safe, shown = bench.show(scene.take(), scene.mask)[1], bench.safe[-1]
        assert (shown[0].kind, shown[0].reason) == ("concealed", "no-picture")
        assert all((plane == value).all() for plane, value in zip(shown[1], BLACK, strict=True))
        assert safe[0].shape == (360, 640)
    film(bench, 5, grey(*SLIDES, 99))
    assert bench.show(scene.take(), scene.mask)[1][0].shape == (540, 960)


def test_moving_it_leaves_no_trace() -> None:
    """Any way through positions, sizes and shapes: each frame is as if it were the first."""
    random, slides, scene = np.random.default_rng(3), room(*SLIDES, seed=5), calm()
    bench = presenting(Presenter(1), slides)
    planes = scene.take()
    bench.show(planes, scene.mask)
    for turn in range(14):
        position = (float(random.uniform()), float(random.uniform()))
        shape = SHAPES[turn % 3]
        effect = Presenter(1, shape, float(random.uniform(0.1, 1)), position, Color((90, 0, 0)))
        asked_for(bench, effect)
        shown = bench.show(planes, scene.mask)[1]
        wanted = seen_from_near(presenting(effect, slides), planes, scene.mask)
        for a, b in zip(shown, wanted, strict=True):
            np.testing.assert_array_equal(a, b)


def test_new_slides_before_a_person_at_rest() -> None:
    bench, scene = presenting(Presenter(1), grey(*SLIDES, 50)), calm()
    planes = scene.take()
    for _ in range(4):
        bench.show(planes, scene.mask)
    for value in (90, 120):
        slides = grey(*SLIDES, value)
        film(bench, 1, slides)
        asked, shown = bench.show(planes, scene.mask)
        assert not asked
        wanted = seen_from_near(presenting(Presenter(1), slides), planes, scene.mask)
        for a, b in zip(shown, wanted, strict=True):
            np.testing.assert_array_equal(a, b)


def test_slides_of_another_size_under_way() -> None:
    bench, scene = presenting(Presenter(1), grey(*SLIDES, 50)), calm()
    for size, out in (((1920, 1080), (1920, 1080)), ((3000, 2000), (1620, 1080)), ((333, 777), (332, 776))):
        film(bench, 1, grey(*size, 70))
        bench.show(scene.take(), scene.mask)
        safe = bench.safe[-1][0]
        assert (safe.spec.width, safe.spec.height) == out
        assert (safe.planes[0][0, 0], safe.kind) == (70, "composed")


def test_still_slides_are_taken_in_the_size_they_were_drawn() -> None:
    bench, scene = Bench(), calm()
    asked_for(bench, Presenter(3))
    slides = landscape(*SLIDES)
    place_still(bench, 3, slides)
    safe, shown = bench.one(scene.take(), scene.mask)
    assert (safe.spec.width, safe.spec.height) == SLIDES
    for plane, want in zip(shown, planes_of(slides), strict=True):
        rows = len(plane) // 2
        assert np.abs(plane[:rows] - want[:rows]).max() < 0.51


def test_in_the_colour_space_of_the_camera() -> None:
    bench = Bench()
    asked_for(bench, Presenter(1))
    film(bench, 1, grey(*SLIDES, 255), full_range=True)
    ticket = bench.pipeline.begin(FrameSpec("I420", *CAMERA, 0, "bt601", full_range=False))
    for plane, target in zip(calm().take(), ticket.slot.planes, strict=True):
        target[: len(plane), : plane.shape[1]] = plane
    bench.pipeline.submit(ticket)
    bench.session.answer(calm().mask)
    assert bench.safe[-1][1][0][0, 0] == 235
    assert bench.safe[-1][0].spec.colour_space == ("bt601", False)


def test_still_frames_do_nothing() -> None:
    bench, scene = presenting(Presenter(1), room(*SLIDES)), calm()
    asked_for(bench, Presenter(1))
    planes = scene.take()
    bench.pipeline.configure(Settings(Presenter(1)))
    for _ in range(25):
        bench.show(planes, scene.mask)
    person = bench.pipeline._render._presenting._person  # type: ignore[union-attr]
    person.scale = person.lay = None  # type: ignore[union-attr, method-assign]
    bench.show(planes, scene.mask)
    assert bench.safe[-1][0].kind == "composed"


def test_at_half_rate_the_slides_go_on() -> None:
    bench, scene = presenting(Presenter(1), grey(*SLIDES, 50)), calm()
    ladder = bench.pipeline._pace.ladder = bench.pipeline._render._ladder = Ladder()
    for turn in range(8):
        ladder.level = LEVELS[-1]
        film(bench, 1, grey(*SLIDES, 50 + turn))
        bench.show(stirred(scene.take(), turn, 0.3, 0.6), scene.mask)
        safe, shown = bench.safe[-1]
        assert (safe.kind, shown[0][0, 0]) == ("composed", 50 + turn)


def test_between_other_effects_nothing_is_left() -> None:
    slides, scene = room(*SLIDES, seed=5), calm()
    effect, planes = Presenter(1, size=0.7), scene.take()
    wanted = seen_from_near(presenting(effect, slides), planes, scene.mask)
    bench = presenting(effect, slides)
    for other in (Blur(), NoEffect(), Color((9, 9, 9))):
        bench.show(planes, scene.mask)
        asked_for(bench, other)
        bench.show(planes, scene.mask)
        assert bench.safe[-1][0].spec.width == CAMERA[0]
        asked_for(bench, effect)
        shown = seen_from_near(bench, planes, scene.mask)
        for a, b in zip(shown, wanted, strict=True):
            np.testing.assert_array_equal(a, b)


def test_the_head_is_in_the_middle() -> None:
    """Also when there is more of the person on one side of it."""
    scene = calm()
    scene.people = [Person(0.35, 0.5, 0.2), Person(0.35, 0.9, 0.6)]
    bench = presenting(Presenter(1, "circle"), grey(*SLIDES, 200))
    bench.one(scene.take(), scene.mask)
    centre = bench.pipeline._render._presenting._centre  # type: ignore[union-attr]
    assert abs(centre.x - 0.425) < 0.03 and abs(centre.y - 0.2) < 0.03


def test_a_circle_follows_who_walks_and_stays_with_who_sways() -> None:
    scene, effect = calm(), Presenter(1, "circle", 0.5)
    bench = presenting(effect, grey(*SLIDES, 50))
    scene.people = [Person(0.1, 0.4)]
    bench.one(scene.take(), scene.mask)
    centre = bench.pipeline._render._presenting._centre  # type: ignore[union-attr]
    assert abs(centre.x - 0.25) < 0.03
    for left in (0.11, 0.09, 0.12):
        scene.people = [Person(left, left + 0.3)]
        bench.show(scene.take(), scene.mask)
        assert abs(centre.x - 0.25) < 0.03
    for left in np.linspace(0.1, 0.6, 40):
        scene.people = [Person(left, left + 0.3)]
        bench.show(scene.take(), scene.mask)
    for _ in range(20):
        bench.show(stirred(scene.take(), 1), scene.mask)
    assert abs(centre.x - 0.75) < 0.06


def test_the_suggested_rate_is_that_of_the_slides_size() -> None:
    bench, scene = presenting(Presenter(1), grey(1920, 1080, 50)), calm()
    for turn in range(3):
        bench.show(stirred(scene.take(), turn, 0.3, 0.6), scene.mask)
    assert bench.pipeline.activity()["suggestedMaxBitrate"] == 4_000_000


sizes = st.tuples(st.integers(16, 2000), st.integers(16, 2000))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SHAPES), st.floats(0.1, 1), st.tuples(*(st.floats(0, 1),) * 2), sizes, sizes)
def test_it_lies_on_the_slides(
    shape: Shape, size: float, at: tuple[float, float], slides: tuple[int, int], camera: tuple[int, int]
) -> None:
    slides = output_size(*slides)
    assert all(side % 2 == 0 and 16 <= side <= most for side, most in zip(slides, MOST, strict=True))
    crop = seen(shape, camera, *at)
    assert crop.left >= 0 and crop.top >= 0
    assert crop.left + crop.width <= camera[0] and crop.top + crop.height <= camera[1]
    rect = place(Presenter(1, shape, size, at), slides, (crop.width, crop.height))
    assert rect.left >= 0 and rect.top >= 0
    assert rect.left + rect.width <= slides[0] and rect.top + rect.height <= slides[1]
    assert not any(n % 2 for n in (rect.left, rect.top, rect.width, rect.height, crop.left, crop.top))
    if at[1] == 1 and shape == "cutout":
        assert rect.top + rect.height == slides[1]


@pytest.mark.parametrize("shape", ["circle", "rounded"])
def test_corners_keep_their_distance(shape: Shape) -> None:
    shown = (lambda r: (r.width, r.height))(seen(shape, (1280, 720), 0.5, 0))
    for x in (0, 1):
        for y in (0, 1):
            rect = place(Presenter(1, shape, 0.3, (x, y)), (1920, 1080), shown)
            beside = (rect.left, 1920 - rect.left - rect.width)[x]
            above = (rect.top, 1080 - rect.top - rect.height)[y]
            assert abs(beside - MARGIN * 1080) <= 2 and abs(above - MARGIN * 1080) <= 2


def test_shapes_are_smooth_and_symmetric() -> None:
    for shape, share in (("circle", np.pi / 4), ("rounded", 0.99)):
        mask = shape_mask(shape, 200, 200 if shape == "circle" else 150).astype(float) / 255
        np.testing.assert_array_equal(mask, mask[::-1, ::-1])
        assert abs(mask.mean() - share) < 0.01
        soft = (mask > 0) & (mask < 1)
        assert 0 < soft.mean() < 0.02


def test_small_cameras_and_slides() -> None:
    for camera, slides in (((16, 16), (16, 16)), ((64, 48), (20, 300)), ((48, 64), (300, 20))):
        for shape in SHAPES:
            bench = presenting(Presenter(1, shape, 0.1), grey(*slides, 77))
            safe, _ = bench.one(room(*camera), mask_of())
            assert safe.kind == "composed", bench.events
            assert safe.picture.geometry == Geometry(*output_size(*slides))
