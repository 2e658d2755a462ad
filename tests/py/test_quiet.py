"""Denoised and held: what that may cost a face, and what it must gain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from blurstream.options import Settings
from call_bench import Bench
from scene import Scene, inside

Array = np.ndarray[Any, Any]
SETTLING = 60  # frames
noises = pytest.mark.parametrize("noise", [2.0, 4.0])


class Face:
    """A call in which the person's pixels can be looked at."""

    def __init__(self, width: int, height: int, noise: float, denoise: bool = True) -> None:
        self.scene, self.bench = Scene(width, height, noise, grain=12), Bench()
        self.bench.pipeline.configure(Settings(denoise=denoise))
        self.area = inside(self.scene.covered)
        self.camera = self.shown = self.scene.take()

    def frame(self) -> None:
        self.camera = self.scene.take()
        _, self.shown = self.bench.show(self.camera, self.scene.mask)

    def settle(self) -> None:
        for _ in range(SETTLING):
            self.frame()

    def error(self) -> Array:
        """Against the scene without noise, where the person surely is."""
        difference: Array = (self.shown[0] - self.scene.clean()[0])[self.area]
        return difference

    def means(self) -> Array:
        """The same, mean of each 16x16 pixels."""
        difference = np.where(self.area, self.shown[0] - self.scene.clean()[0], 0)
        rows, columns = (side // 16 for side in difference.shape)
        cut = difference[: rows * 16, : columns * 16].reshape(rows, 16, columns, 16)
        result: Array = cut.mean((1, 3))
        return result


@pytest.mark.parametrize(("width", "height"), [(640, 360), (641, 359), (161, 91), (1280, 720)])
def test_off_it_leaves_the_person_bit_for_bit(width: int, height: int) -> None:
    face = Face(width, height, 3, denoise=False)
    for _ in range(6):
        face.frame()
        np.testing.assert_array_equal(face.shown[0][face.area], face.camera[0][face.area])
        half = face.area[::2, ::2]
        for plane, source in zip(face.shown[1:], face.camera[1:], strict=True):
            np.testing.assert_array_equal(plane[half], source[half])


def test_without_noise_the_person_is_the_cameras() -> None:
    face = Face(640, 360, 0)
    for _ in range(20):
        face.frame()
        np.testing.assert_array_equal(face.shown[0][face.area], face.camera[0][face.area])


@noises
def test_the_power_of_the_noise_falls_by_half_and_nothing_else_comes_of_it(noise: float) -> None:
    face = Face(640, 360, noise)
    face.settle()
    assert face.error().std() <= 0.7 * noise
    assert np.abs(face.error()).max() <= 5 * noise
    assert np.abs(face.means()).max() <= 0.5 * noise
    chroma = face.shown[1][face.area[::2, ::2]].astype(float)
    assert chroma.std() <= 0.7 * noise


@noises
def test_the_noise_of_the_camera_is_measured(noise: float) -> None:
    face = Face(640, 360, noise)
    face.settle()
    assert face.bench.pipeline._workspace is not None
    variance = face.bench.pipeline._workspace.compose._quiet.variance
    assert variance == pytest.approx(noise**2, rel=0.4)


@pytest.mark.parametrize("noise", [0.0, 2.0, 4.0])
def test_what_jumps_is_there_at_once(noise: float) -> None:
    """Another texture, at once: it is the camera's, but for pixels that happen to be alike."""
    face = Face(640, 360, noise)
    face.settle()
    face.scene._clothes = np.roll(face.scene._clothes, 37, axis=1)
    face.frame()
    off = np.abs(face.shown[0].astype(float) - face.camera[0])[face.area]
    assert (off > 2 + 6 * noise).mean() < 0.03
    assert np.abs(face.means()).max() <= 2 + noise


@pytest.mark.parametrize("noise", [0.0, 2.0, 4.0])
def test_an_edge_that_moves_leaves_nothing_behind(noise: float) -> None:
    """A light stripe across the person, eight pixels on with every frame."""
    face = Face(640, 360, noise)
    face.settle()
    clothes = face.scene._clothes
    for number in range(6):
        face.scene._clothes = clothes.copy()
        face.scene._clothes[150:] += 60 * (np.arange(clothes.shape[1]) // 8 % 16 == number)
        face.frame()
        assert np.abs(face.error()).max() <= 3 + 6 * noise


@noises
@pytest.mark.parametrize("step", [0.1, 0.5, -0.3])
def test_a_fade_of_light_is_followed(noise: float, step: float) -> None:
    face = Face(640, 360, noise)
    face.settle()
    for _ in range(40):
        face.scene.light += step
        face.frame()
        assert abs(face.error().mean()) <= 0.75 + noise
        assert np.abs(face.means()).max() <= 1 + 1.25 * noise


def test_a_small_movement_of_a_mouth_is_not_held() -> None:
    """Twelve by six pixels that darken by twenty levels, over noise of two."""
    face = Face(640, 360, 2)
    face.settle()
    clothes = face.scene._clothes
    shift = int(0.75 * 640)
    for number in range(4):
        face.scene._clothes = clothes.copy()
        face.scene._clothes[200:206, shift + 310 : shift + 322] -= 20 * (number % 2 == 0)
        face.frame()
        mouth = (face.shown[0] - face.scene.clean()[0])[200:206, 310:322]
        assert abs(mouth.mean()) < 4
