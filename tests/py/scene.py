"""A drawn call: people in front of a textured room, with light and a noisy camera; all of it known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from blurstream.kernels.signatures import MODEL_HEIGHT, MODEL_WIDTH, TILE

Array = np.ndarray[Any, Any]

ROOM_UV, PERSON_UV = (128, 128), (104, 160)
SHARP = 4.0  # levels: what is sharper than this in any tile is not a plate


@dataclass(frozen=True)
class Person:
    """Edges as shares of the frame."""

    left: float = 0.25
    right: float = 0.75
    top: float = 0.2
    bottom: float = 1.0

    def covers(self, height: int, width: int) -> Array:
        """bool (height, width), by the centres of the pixels."""
        x, y = (np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height
        return np.outer((y >= self.top) & (y < self.bottom), (x >= self.left) & (x < self.right))


class Scene:
    """`light`: levels added to luma; `shadow`: middle column of a soft one; `people`: whom the mask shows;
    `spots`: textured squares that the mask does not show, (left, top, side, seed) in pixels.
    """

    def __init__(self, width: int, height: int, noise: float = 0.0, seed: int = 3, grain: float = 25) -> None:
        self.width, self.height, self.noise = width, height, noise
        self._random = np.random.default_rng(seed)
        self._room = _texture(self._random, height, width, 110, grain)
        self._clothes = _texture(self._random, height, 3 * width, 130, grain)
        self.light = 0.0
        self.shadow: float | None = None
        self.people = [Person()]
        self.spots: list[tuple[int, int, int, int]] = []

    def move_camera(self, seed: int) -> None:
        """Another room altogether."""
        self._room = _texture(np.random.default_rng(seed), self.height, self.width, 150)

    @property
    def covered(self) -> Array:
        """Where people are: bool (height, width)."""
        return self._union(self.height, self.width)

    @property
    def mask(self) -> Array:
        """What a perfect model answers."""
        return self._union(MODEL_HEIGHT, MODEL_WIDTH).astype(np.float32)

    def _union(self, height: int, width: int) -> Array:
        covered: Array = np.zeros((height, width), bool)
        for person in self.people:
            covered |= person.covers(height, width)
        return covered

    def clean(self) -> list[Array]:
        """Y, U, V without noise, float; a person's texture moves with them."""
        luma = self._room.copy()
        for left, top, side, seed in self.spots:
            part = luma[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
            part[:] = _texture(np.random.default_rng(seed), side, side, 150)[: part.shape[0], : part.shape[1]]
        for person in self.people:
            covered, shift = person.covers(self.height, self.width), int((1 - person.left) * self.width)
            luma[covered] = self._clothes[:, shift : shift + self.width][covered]
        if self.shadow is not None:
            luma -= 40 * np.exp(-0.5 * ((np.arange(self.width) - self.shadow) / 30) ** 2)
        half = self.covered[::2, ::2]
        chroma = [np.where(half, p, r).astype(float) for p, r in zip(PERSON_UV, ROOM_UV, strict=True)]
        return [luma + self.light, *chroma]

    def take(self) -> list[Array]:
        """Y, U, V, u8, as the camera gives them."""
        planes = []
        for plane in self.clean():
            noisy = plane + self._random.standard_normal(plane.shape) * self.noise if self.noise else plane
            planes.append(np.clip(np.floor(noisy + 0.5), 0, 255).astype(np.uint8))
        return planes


def _texture(
    random: np.random.Generator, height: int, width: int, mean: float, contrast: float = 25
) -> Array:
    """Blotches and fine grain: any tile of it that is shown raw is seen to be sharp."""
    texture: Array = np.full((height, width), mean, float)
    for side in (24, 3):
        blocks = random.uniform(-contrast, contrast, (height // side + 1, width // side + 1))
        texture += blocks.repeat(side, 0).repeat(side, 1)[:height, :width]
    return texture


def sharpness(luma: Array) -> Array:
    """Standard deviation of what is finer than 7 pixels, one value a tile; cut-off tiles count too."""
    height, width = luma.shape
    values = luma.astype(np.float32)
    fine = (values - ndimage.uniform_filter(values, 7, mode="nearest")) ** 2
    rows, columns = np.arange(0, height, TILE), np.arange(0, width, TILE)
    sums = np.add.reduceat(np.add.reduceat(fine, rows, 0), columns, 1)
    counts = np.minimum(TILE, height - rows)[:, None] * np.minimum(TILE, width - columns)
    result: Array = np.sqrt(sums / counts)
    return result


def tiles_of(covered: Array) -> Array:
    """Tiles in which any pixel is covered."""
    height, width = covered.shape
    rows, columns = np.arange(0, height, TILE), np.arange(0, width, TILE)
    hit: Array = np.logical_or.reduceat(np.logical_or.reduceat(covered, rows, 0), columns, 1)
    return hit


def exposed(shown: list[Array], covered: Array, margin: int = 2) -> Array:
    """Tiles, further than `margin` tiles from the person, that show anything but a plate of the room: texture
    of any age and origin, or the person's colour.
    """
    near = ndimage.binary_dilation(tiles_of(covered), np.ones((3, 3)), iterations=margin)
    tinted = [np.abs(p.astype(int) - c) > 8 for p, c in zip(shown[1:], ROOM_UV, strict=True)]
    coloured = tiles_of((tinted[0] | tinted[1]).repeat(2, 0).repeat(2, 1)[: len(covered), : covered.shape[1]])
    result: Array = ((sharpness(shown[0]) > SHARP) | coloured) & ~near
    return result


def inside(covered: Array, by: int = 2 * TILE) -> Array:
    """The person without a rim; the frame's own edges are no rim."""
    least: Array = ndimage.minimum_filter(covered, 2 * by + 1, mode="nearest")
    return least
