"""The camera's noise is measured while it runs: neither motion nor what is drawn is taken for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from blurstream.change import LEARN_EVERY
from blurstream.noise import MOST
from scene import Scene
from test_change import FACTORS, Watch

Array = np.ndarray[Any, Any]


def flicker_of(watch: Watch, scene: Scene) -> float:
    """Standard deviation over time of the work planes' luma, from twelve pictures."""
    pictures = []
    for _ in range(12):
        watch.look(scene.take())
        pictures.append(watch.prepared[watch.turn].work[0].astype(float))
    return float(np.sqrt(np.var(pictures, axis=0, ddof=1).mean()))


@pytest.mark.parametrize("noise", [1.0, 2.0, 4.0])
@pytest.mark.parametrize(("width", "height"), FACTORS)
def test_white_noise(width: int, height: int, noise: float) -> None:
    scene, watch = Scene(width, height, noise), Watch(width, height)
    true = flicker_of(watch, scene)
    assert watch.change.noise.sigma == pytest.approx(true, rel=0.25)


def test_no_noise() -> None:
    scene, watch = Scene(640, 352), Watch(640, 352)
    for _ in range(3 * LEARN_EVERY):
        watch.look(scene.take())
    assert watch.change.noise.sigma == 0


@pytest.mark.parametrize(("width", "height"), FACTORS)
def test_motion_of_textured_things_is_not_noise(width: int, height: int) -> None:
    """Six tenths of the picture are never the same twice; a wall is left."""
    scene, watch, random = Scene(width, height, 2, grain=0), Watch(width, height), np.random.default_rng(1)
    scene.people = []
    still = flicker_of(Watch(width, height), scene)
    for _ in range(4 * LEARN_EVERY):
        planes = scene.take()
        moving = planes[0][:, : int(0.6 * width)]
        moving[:] = random.integers(16, 235, moving.shape)
        watch.look(planes)
    assert watch.change.noise.sigma == pytest.approx(still, rel=0.3)


@pytest.mark.parametrize("black", [0.5, 0.9])
def test_bars_of_digital_black_are_left_out(black: float) -> None:
    scene, watch = Scene(640, 352, 2), Watch(640, 352)
    for _ in range(2 * LEARN_EVERY):
        planes = scene.take()
        planes[0][:, : int(black * 640)] = 16
        watch.look(planes)
    assert watch.change.noise.sigma == pytest.approx(1.05, rel=0.25)


def test_a_black_picture_teaches_nothing() -> None:
    scene, watch = Scene(640, 352, 2), Watch(640, 352)
    for _ in range(LEARN_EVERY + 1):
        watch.look(scene.take())
    known = watch.change.noise.sigma
    assert known > 0
    for _ in range(2 * LEARN_EVERY):
        watch.look([np.full_like(plane, 16) for plane in scene.take()])
    assert watch.change.noise.sigma == known


def test_there_is_a_most() -> None:
    watch, random = Watch(640, 352), np.random.default_rng(1)
    for _ in range(2 * LEARN_EVERY):
        shapes = ((352, 640), (176, 320), (176, 320))
        watch.look([random.integers(16, 235, shape).astype(np.uint8) for shape in shapes])
    assert watch.change.noise.sigma == pytest.approx(MOST)


def test_it_follows_the_camera_up_and_down() -> None:
    """When the light changes, the gain does, and so the noise."""
    scene, watch = Scene(160, 96, 1), Watch(160, 96)
    for noise in (1.0, 4.0, 1.0):
        scene.noise, scene.light = noise, -10 * noise
        for _ in range(12 * LEARN_EVERY):
            watch.look(scene.take())
        assert watch.change.noise.sigma == pytest.approx(noise, rel=0.25)
