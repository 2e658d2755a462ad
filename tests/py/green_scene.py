"""A drawn person in front of a lit screen: colours, alpha and light are known, to judge a key by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from blurstream.colours import to_yuv

Array = np.ndarray[Any, Any]
SKIN, HAIR, SHIRT, TIE = (205, 160, 135), (42, 32, 28), (92, 96, 120), (200, 190, 40)
CLOTH = (60, 170, 75)  # a screen as cameras see one: no pure green
FINER = 3  # drawn this much larger, then averaged: that gives alpha


@dataclass
class GreenScene:
    """`uneven`: how much darker the screen is in its corners, 0..1. `spill`: of the screen's light on the
    person's rim. `noise`: levels, sigma. `blur`: pixels that a hand moves while the shutter is open.
    """

    width: int = 640
    height: int = 360
    screen: tuple[int, int, int] = CLOTH
    uneven: float = 0.0
    spill: float = 0.0
    noise: float = 0.0
    blur: int = 0
    seed: int = 1
    left: float = 0.0  # where the person has moved to, in widths

    def __post_init__(self) -> None:
        self.alpha, self.person = self._draw()
        lit = self._light()[..., None]
        self.room = np.array(self.screen, float) * lit

    @property
    def camera(self) -> Array:
        """float (height, width, 3), RGB, without noise."""
        rim = ndimage.gaussian_filter(1 - self.alpha, 6 * self.height / 360)[..., None]
        spilt = self.person + self.spill * rim * self.room
        seen: Array = self.alpha[..., None] * spilt + (1 - self.alpha[..., None]) * self.room
        return seen

    def over(self, rgb: Array | tuple[int, int, int]) -> Array:
        """What a perfect key shows."""
        a = self.alpha[..., None]
        shown: Array = a * self.person + (1 - a) * np.asarray(rgb, float)
        return shown

    def take(self) -> list[Array]:
        """Y, U, V as the camera gives them."""
        return yuv(self.camera, self.noise, np.random.default_rng(self.seed))

    def _light(self) -> Array:
        y, x = np.mgrid[0 : self.height, 0 : self.width]
        away = np.hypot(x / self.width - 0.35, y / self.height - 0.3) / 0.95
        light: Array = 1 - self.uneven * np.clip(away, 0, 1) ** 2
        return light

    def _draw(self) -> tuple[Array, Array]:
        wide, high = self.width * FINER, self.height * FINER
        y, x = np.mgrid[0:high, 0:wide] / high
        x = x - 0.5 * wide / high - self.left * wide / high
        alpha: Array = np.zeros((high, wide), np.float32)
        colour: Array = np.zeros((high, wide, 3), np.float32)
        colour[:] = HAIR

        def paint(where: Array, rgb: tuple[int, int, int]) -> None:
            alpha[where] = 1
            colour[where] = rgb

        random = np.random.default_rng(self.seed)
        for _ in range(70):  # strands of one or two pixels, bent
            angle, length = random.uniform(-2.9, -0.25), random.uniform(0.08, 0.2)
            bend, thick = random.uniform(-0.6, 0.6), random.uniform(0.3, 1.1) / self.height
            t = np.linspace(0, 1, 200)
            reach = 0.13 + length * t
            at_x = reach * np.cos(angle + bend * t)
            at_y = 0.36 + reach * np.sin(angle + bend * t) * 1.15
            columns = np.rint((at_x + 0.5 * wide / high + self.left * wide / high) * high).astype(int)
            rows = np.rint(at_y * high).astype(int)
            size = max(round(thick * high), 1)
            for dy in range(size):
                for dx in range(size):
                    r, c = np.clip(rows + dy, 0, high - 1), np.clip(columns + dx, 0, wide - 1)
                    alpha[r, c] = 1
        paint((x / 0.17) ** 2 + ((y - 0.34) / 0.2) ** 2 < 1, HAIR)
        paint((np.abs(x) < 0.07) & (y > 0.45) & (y < 0.72), SKIN)
        paint((x / 0.13) ** 2 + ((y - 0.4) / 0.175) ** 2 < 1, SKIN)
        paint((x / 0.42) ** 2 + ((y - 1.05) / 0.42) ** 2 < 1, SHIRT)
        paint((np.abs(x) < 0.025) & (y > 0.66), TIE)
        hand = ((x - 0.48) / 0.07) ** 2 + ((y - 0.62) / 0.11) ** 2 < 1
        premultiplied = colour * alpha[..., None]
        share = hand.astype(np.float32)
        if self.blur:
            share = ndimage.uniform_filter1d(share, self.blur * FINER, axis=1)
        premultiplied = premultiplied * (1 - share[..., None]) + np.array(SKIN, np.float32) * share[..., None]
        alpha = alpha * (1 - share) + share
        small = _mean(alpha)
        own = _mean(premultiplied) / np.maximum(small, 1e-3)[..., None]
        return small, own


def _mean(values: Array) -> Array:
    rows, columns = values.shape[0] // FINER, values.shape[1] // FINER
    means: Array = values.reshape(rows, FINER, columns, FINER, *values.shape[2:]).mean((1, 3))
    return means


def yuv(rgb: Array, noise: float = 0.0, random: np.random.Generator | None = None) -> list[Array]:
    """BT.709, limited range; chroma is the mean of four pixels."""
    weights = to_yuv("bt709", full_range=False)
    rows = [np.array(row) / 65536 for row in (weights.luma, weights.u, weights.v)]
    luma, u, v = (rgb @ row + offset for row, offset in zip(rows, (16, 128, 128), strict=True))
    planes = [luma, *(plane.reshape(len(plane) // 2, 2, -1, 2).mean((1, 3)) for plane in (u, v))]
    if noise and random is not None:
        planes = [plane + random.normal(0, noise, plane.shape) for plane in planes]
    return [np.clip(np.rint(plane), 0, 255).astype(np.uint8) for plane in planes]


def rgb_of(planes: list[Array]) -> Array:
    """float (height, width, 3); chroma enlarged linearly."""
    luma = (planes[0].astype(float) - 16) / 219 * 255
    cb, cr = (
        ndimage.zoom(plane - 128.0, 2, order=1, grid_mode=True, mode="nearest") * (255 / 224)
        for plane in planes[1:]
    )
    red, blue = luma + 1.5748 * cr, luma + 1.8556 * cb
    green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152
    rgb: Array = np.clip(np.stack([red, green, blue], -1), 0, 255)
    return rgb
