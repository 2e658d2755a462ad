"""Which tiles have changed: each limit by itself, slow change, noise alone, and a picture that is another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from blurstream.change import CUT_LEVELS, CUT_SHARE, LEARN_EVERY, Change
from blurstream.frame import Geometry, Slot
from blurstream.kernels.loader import CompiledKernels
from blurstream.prepare import Prepared
from scene import Scene

Array = np.ndarray[Any, Any]
GREY = 120
FACTORS = [(160, 96), (640, 352), (1280, 704)]  # whose work planes are 1/1, 1/2 and 1/4


class Watch:
    """Change by itself: planes in, map of changed tiles out. Two slots in turn, as in a call."""

    def __init__(self, width: int, height: int) -> None:
        geometry, kernels = Geometry(width, height), CompiledKernels()
        self.slots = [Slot(number, geometry, kernels) for number in (0, 1)]
        self.prepared = [Prepared(slot, kernels) for slot in self.slots]
        self.change = Change(geometry, kernels)
        self.turn = 0

    def look(self, planes: Sequence[Array]) -> Array:
        """u8 (rows, columns)."""
        self.turn ^= 1
        slot, prepared = self.slots[self.turn], self.prepared[self.turn]
        for plane, target in zip(planes, slot.planes, strict=True):
            target[: plane.shape[0], : plane.shape[1]] = plane
        slot.unpack()
        prepared.shrink()
        self.change.run(prepared)
        return prepared.changed.copy()

    def know(self, sigma: float, planes: Sequence[Array]) -> None:
        """Sets the camera's noise, and the limits that follow from it."""
        self.look(planes)
        self.change.noise.sigma = sigma
        while self.change._frames % LEARN_EVERY:
            self.look(planes)
        self.change.noise.sigma = sigma
        self.look(planes)


def grey(width: int, height: int) -> list[Array]:
    half = ((height + 1) // 2, (width + 1) // 2)
    return [np.full(shape, GREY, np.uint8) for shape in ((height, width), half, half)]


def only(changed: Array, row: int, column: int) -> bool:
    return bool(changed[row, column] and changed.sum() == 1)


def test_the_first_picture_has_changed_and_the_same_again_has_not() -> None:
    watch, planes = Watch(160, 96), grey(160, 96)
    for _ in range(2):
        assert watch.look(planes).all()
        assert (watch.change.any, watch.change.cut) == (True, True)
        for _ in range(3):
            assert not watch.look(planes).any()
            assert (watch.change.any, watch.change.cut) == (False, False)
        watch.change.reset()


@pytest.mark.parametrize(("levels", "found"), [(3, False), (-3, False), (4, True), (-4, True)])
def test_one_pixel(levels: int, found: bool) -> None:
    watch, planes = Watch(160, 96), grey(160, 96)
    watch.look(planes)
    planes[0][37, 50] = GREY + levels
    changed = watch.look(planes)
    assert only(changed, 2, 3) if found else not changed.any()


@pytest.mark.parametrize(("levels", "found"), [(1, False), (10, True)])
def test_fine_texture(levels: int, found: bool) -> None:
    """As much up as down, none of it a peak: 4 levels of noise let 47 of 256 squared levels pass."""
    watch, planes = Watch(160, 96), grey(160, 96)
    watch.know(4, planes)
    planes[0][32:48:2, 48:64] += levels
    planes[0][33:48:2, 48:64] -= levels
    changed = watch.look(planes)
    assert only(changed, 2, 3) if found else not changed.any()


@pytest.mark.parametrize(("levels", "found"), [(2, False), (3, True), (-2, False), (-3, True)])
def test_brightness(levels: int, found: bool) -> None:
    """Less than noise in every pixel, but in all of them: 4 levels of noise let 2.5 pass."""
    watch, planes = Watch(160, 96), grey(160, 96)
    watch.know(4, planes)
    planes[0][32:48, 48:64] = GREY + levels
    changed = watch.look(planes)
    assert only(changed, 2, 3) if found else not changed.any()


@pytest.mark.parametrize("plane", [1, 2])
def test_colour_alone(plane: int) -> None:
    watch, planes = Watch(160, 96), grey(160, 96)
    watch.look(planes)
    planes[plane][16:24, 24:32] += 1
    assert only(watch.look(planes), 2, 3)


@pytest.mark.parametrize(("width", "height"), [(161, 91), (641, 359), (1279, 721)])
def test_the_last_pixel_of_a_picture(width: int, height: int) -> None:
    watch, planes = Watch(width, height), grey(width, height)
    watch.look(planes)
    planes[0][-1, -1] = 255
    changed = watch.look(planes)
    assert changed[-1, -1]
    assert not changed[:-1, :-1].any()


def test_what_comes_and_goes_is_found_each_time() -> None:
    watch, planes = Watch(640, 352), grey(640, 352)
    other = [plane.copy() for plane in planes]
    other[0][100:120, 200:220] = 200
    watch.look(planes)
    for number in range(6):
        assert watch.look(planes if number % 2 else other).any()
    assert not watch.look(planes).any()


@pytest.mark.parametrize("noise", [0.0, 2.0])
@pytest.mark.parametrize(("width", "height"), FACTORS)
def test_slow_change_adds_up(width: int, height: int, noise: float) -> None:
    scene, watch = Scene(width, height, noise), Watch(width, height)
    for _ in range(2 * LEARN_EVERY + 1):
        changed = watch.look(scene.take())
    unseen = np.zeros(changed.shape)
    for _ in range(25):
        scene.light += 0.2
        unseen += 0.2
        unseen[watch.look(scene.take()) > 0] = 0
        assert np.quantile(unseen, 0.95) <= 2, "levels"
        assert unseen.max() <= 3, "levels"


@pytest.mark.parametrize("noise", [1.0, 2.0, 4.0])
@pytest.mark.parametrize(("width", "height"), FACTORS)
def test_noise_alone_is_no_change(width: int, height: int, noise: float) -> None:
    scene, watch = Scene(width, height, noise), Watch(width, height)
    for _ in range(2 * LEARN_EVERY + 1):
        watch.look(scene.take())
    alarms = [watch.look(scene.take()).mean() for _ in range(10)]
    assert np.mean(alarms) < 0.005


def test_a_picture_that_is_another() -> None:
    watch, planes = Watch(640, 352), grey(640, 352)
    watch.look(planes)
    for share, cut in ((0.5, False), (CUT_SHARE - 0.05, False), (1.0, True)):
        columns = int(share * 40) * 16
        planes[0][:, :columns] += CUT_LEVELS + 2
        watch.look(planes)
        assert watch.change.cut == cut
    planes[0] += CUT_LEVELS - 2
    watch.look(planes)
    assert (watch.change.any, watch.change.cut) == (True, False), "a light has gone on"
