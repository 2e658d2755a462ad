"""What the model is shown: the person and some room around, and whoever else comes in."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from blurstream.frame import FrameSpec, Geometry, Slot
from blurstream.kernels.loader import CompiledKernels, Window
from blurstream.matte import Matte
from blurstream.prepare import Placement, Prepared
from blurstream.view import SHRINK_AFTER, STIRRED, View
from call_bench import Bench
from given_mask import seen_of
from scene import Person, Scene, exposed

Array = np.ndarray[Any, Any]
GEOMETRY = Geometry(640, 352)
WHOLE = Window(0, 0, 40, 22)


def mask_of(*people: Person) -> Array:
    """Of the whole picture."""
    scene = Scene(GEOMETRY.width, GEOMETRY.height)
    scene.people = list(people)
    return scene.mask


def look(view: View, *people: Person, times: int = 1) -> Window:
    for _ in range(times):
        seen = view.window
        view.follow(seen_of(mask_of(*people), GEOMETRY, seen), seen)
    return view.window


def holds(window: Window, person: Person) -> bool:
    left, top, right, bottom = window
    across = left / 40 < person.left and (person.right < right / 40 or right == 40)
    return across and top / 22 < person.top and bottom == 22


def test_all_of_the_picture_until_somebody_is_there() -> None:
    view = View(GEOMETRY)
    assert view.window == WHOLE
    assert look(view) == WHOLE
    assert look(view, times=50) == WHOLE


def test_narrow_as_soon_as_somebody_is_there_and_whole_when_they_are_gone() -> None:
    view, person = View(GEOMETRY), Person(0.4, 0.6, 0.3)
    first = look(view, person)
    assert holds(first, person)
    assert first.right - first.left < 24
    assert look(view) == WHOLE


@pytest.mark.parametrize("size", [(640, 352), (640, 480), (1280, 720), (333, 217), (480, 640), (64, 48)])
def test_within_the_picture_whatever_its_size(size: tuple[int, int]) -> None:
    geometry, random = Geometry(*size), np.random.default_rng(5)
    for _ in range(200):
        view = View(geometry)
        mask = np.zeros((144, 256), np.float32)
        left, top = int(random.integers(250)), int(random.integers(140))
        mask[top : top + int(random.integers(1, 144)), left : left + int(random.integers(1, 256))] = 1
        view.follow(mask, view.window)
        first, upper, last, lower = view.window
        assert 0 <= first < last <= geometry.tiles_wide
        assert 0 <= upper < lower <= geometry.tiles_high
        assert (last - first) * geometry.span >= 0.4 * geometry.width / geometry.factor
        assert (lower - upper) * geometry.span >= 0.4 * geometry.height / geometry.factor


def test_grows_at_once_and_shrinks_late() -> None:
    view, slim, broad = View(GEOMETRY), Person(0.4, 0.6, 0.3), Person(0.3, 0.9, 0.3)
    small = look(view, slim)
    large = look(view, broad)
    assert large == small.joined(large) != small
    assert look(view, slim, times=SHRINK_AFTER) == large
    assert look(view, slim) == small


def test_who_sways_is_seen_in_one_view() -> None:
    view = View(GEOMETRY)
    windows = [
        look(view, Person(0.3 + sway, 0.7 + sway, 0.3)) for sway in 0.02 * np.sin(np.arange(200.0) / 7)
    ]
    assert len({*windows}) <= 2


def test_who_walks_stays_in_it() -> None:
    view = View(GEOMETRY)
    look(view, Person(0.1, 0.3))
    for left in np.linspace(0.1, 0.7, 60):
        walker = Person(left, left + 0.2)
        assert holds(look(view, walker), walker)


def test_what_stirs_outside_is_looked_at_before_it_is_known_what_it_is() -> None:
    view = View(GEOMETRY)
    narrow = look(view, Person(0.4, 0.6, 0.3))
    stirred = np.zeros(GEOMETRY.tiles, bool)
    stirred[10, 20] = True
    view.widen(stirred)
    assert view.window == narrow, "it is within the view"
    stirred[15, 2 : 2 + STIRRED - 1] = True
    view.widen(stirred)
    assert view.window == narrow, "hardly anything"
    stirred[16, 2] = True
    view.widen(stirred)
    assert view.window == narrow.joined(Window(2, 15, 2 + STIRRED - 1, 17))


def test_a_view_has_the_picture_of_its_place() -> None:
    """The model's input of a part is that part of a picture of twice the size."""
    kernels = CompiledKernels()
    ramp = np.add.outer(np.arange(352) * 0.2, np.arange(640) * 0.25).astype(np.uint8)
    slot = Slot(0, GEOMETRY, kernels)
    slot.target(FrameSpec("I420", 640, 352, 0))
    for plane in slot.planes:
        plane.fill(128)
    slot.planes[0][:352, :640] = ramp
    prepared = Prepared(slot, kernels)
    prepared.shrink()
    for seen in (WHOLE, Window(10, 4, 30, 22), Window(0, 0, 16, 9), Window(24, 13, 40, 22)):
        prepared.draw(FrameSpec("I420", 640, 352, 0, full_range=True), seen)
        place = Placement.of(GEOMETRY, seen)
        rows = (np.arange(144) + 0.5) * place.step_y + place.origin_y
        columns = (np.arange(256) + 0.5) * place.step_x + place.origin_x
        wanted = np.add.outer(rows * GEOMETRY.factor * 0.2, columns * GEOMETRY.factor * 0.25) / 255
        inner = np.s_[2:-2, 2:-2]
        np.testing.assert_allclose(prepared.image[..., 0][inner], wanted[inner], atol=0.012)
        share = (seen.right - seen.left) * (seen.bottom - seen.top) / 880
        assert prepared.share == pytest.approx(share)


@pytest.mark.parametrize("seen", [Window(10, 4, 30, 22), Window(0, 0, 16, 9), Window(24, 13, 40, 22), WHOLE])
def test_nothing_is_shown_outside_of_it(seen: Window) -> None:
    """Whatever the model says at its sides."""
    kernels = CompiledKernels()
    slot = Slot(0, GEOMETRY, kernels)
    prepared, matte = Prepared(slot, kernels), Matte(GEOMETRY, kernels)
    prepared.work[0][:] = np.random.default_rng(1).integers(0, 255, prepared.work[0].shape)
    for _ in range(3):
        matte.follow(np.ones((144, 256), np.float32), seen, np.ones(GEOMETRY.tiles, np.uint8))
        matte.refine(prepared, matte.region)
    outside = np.ones(GEOMETRY.work, bool)
    seen.of(outside, GEOMETRY.span)[:] = False
    assert not matte.alpha[outside].any()
    centre = Window(seen.left + 3, seen.top + 3, seen.right - 3, seen.bottom - 3)
    assert (centre.of(matte.alpha, GEOMETRY.span) == 255).all()
    rows, columns = GEOMETRY.height // GEOMETRY.factor, GEOMETRY.width // GEOMETRY.factor
    for side, ends in (
        (matte.alpha[:rows, 0], seen.left == 0),
        (matte.alpha[:rows, columns - 1], seen.right == 40),
        (matte.alpha[0, :columns], seen.top == 0),
        (matte.alpha[rows - 1, :columns], seen.bottom == 22),
    ):
        assert bool(side.any()) == ends, "where the picture ends the person may go on"


def test_who_comes_in_is_seen_in_their_first_frame() -> None:
    scene = Scene(640, 352)
    scene.people = [Person(0.4, 0.6, 0.3)]
    bench = Bench()
    for _ in range(4):
        bench.show(scene.take(), scene.mask)
    workspace = bench.pipeline._workspace
    assert workspace is not None and not holds(workspace.view.window, Person(0.02, 0.1))
    scene.people.append(Person(0.02, 0.12, 0.2))
    bench.push(scene.take())
    seen = bench.session.asked[0][2].prepared.seen
    assert seen.left == 0, "the frame they come in with"
    bench.session.answer(scene.mask)
    for _ in range(12):
        _, shown = bench.show(scene.take(), scene.mask)
        assert not exposed(shown, scene.covered).any()
    luma = shown[0].astype(int) - scene.take()[0]
    assert np.abs(luma[120:, 30:60]).mean() < 3, "shown"


def test_what_another_view_adds_to_the_same_picture_is_shown_from_its_second_mask_on() -> None:
    """A model saw half a sofa for somebody at a change of view, once. Who comes in does not wait."""
    kernels = CompiledKernels()
    slot = Slot(0, GEOMETRY, kernels)
    prepared, matte = Prepared(slot, kernels), Matte(GEOMETRY, kernels)
    prepared.work[0][:] = 100
    place = Window(4, 10, 8, 18)
    near, wide = Window(10, 0, 40, 22), Window(2, 0, 40, 22)

    def shown(seen: Window, *people: Person, changed: int = 0) -> int:
        mask = seen_of(mask_of(*people), GEOMETRY, seen)
        matte.follow(mask, seen, np.full(GEOMETRY.tiles, changed, np.uint8))
        matte.refine(prepared, matte.region)
        return int(place.of(matte.alpha, GEOMETRY.span).max())

    person, sofa = Person(0.5, 0.8, 0.3), Person(0.05, 0.22, 0.3)
    assert [shown(near, person) for _ in range(4)] == [0] * 4
    assert [shown(wide, person, sofa), shown(wide, person)] == [0, 0], "a sofa of one mask"
    assert [shown(near, person), shown(wide, person, sofa)] == [0, 0]
    assert shown(wide, person, sofa) == 255, "somebody"
    assert [shown(near, person, changed=1), shown(wide, person, sofa, changed=1)] == [0, 255], "who comes in"


def test_a_view_that_changes_moves_no_edge() -> None:
    """Alpha of a mask without steps is the same from every view."""
    kernels = CompiledKernels()
    slot = Slot(0, GEOMETRY, kernels)
    prepared = Prepared(slot, kernels)
    prepared.work[0][:] = 100
    x, y = (np.arange(256) + 0.5) / 256, (np.arange(144) + 0.5) / 144
    alphas = []
    for seen in (WHOLE, Window(4, 0, 36, 22), Window(8, 2, 32, 21)):
        place = Placement.of(GEOMETRY, seen)
        across = (x * 256 * place.step_x + place.origin_x) * GEOMETRY.factor / 640
        down = (y * 144 * place.step_y + place.origin_y) * GEOMETRY.factor / 352
        away = np.hypot((across[None, :] - 0.5) * 640, (down[:, None] - 0.55) * 352)
        matte = Matte(GEOMETRY, kernels)
        mask = (1 / (1 + np.exp((away - 90) / 8))).astype(np.float32)
        matte.follow(mask, seen, np.ones(GEOMETRY.tiles, np.uint8))
        matte.refine(prepared, matte.region)
        alphas.append(matte.alpha.astype(int))
    for one, other in pairwise(alphas):
        assert np.abs(one - other).max() <= 12
