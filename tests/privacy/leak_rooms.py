"""Two secret rooms that blur to the same picture, so that whatever differs in the output is a leak.

A and B are one room plus and minus a texture whose mean over any few pixels is zero. At every pixel they
differ by the same known amount: the difference of two outputs over it is the weight of the room in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from blurstream_build import clip_room, clip_y4m
from blurstream_build.clip_y4m import Plane, Planes

Array = npt.NDArray[Any]

LUMA_SWING, CHROMA_SWING = 24, 20  # the rooms are this far above and below their mean, LSB
PERSON_SWING = 8  # the other person's texture: enough to measure half of it, too little to hide a face


@dataclass(frozen=True)
class Rooms:
    """`a`, `b`: I420 planes. `mean`: what both are without the texture, float32. `sign`: of A's texture in
    luma, -1 or 1 a pixel."""

    a: Planes
    b: Planes
    mean: tuple[Array, Array, Array]
    sign: Array


def texture(height: int, width: int, grain: int, seed: int) -> Array:
    """int8 (height, width) of -1 and 1: squares of `grain` pixels; each 2x2 of them hold two of each sign."""
    random = np.random.default_rng(seed)
    patterns = np.array([[1, -1, -1, 1], [1, 1, -1, -1], [1, -1, 1, -1]], np.int8)
    rows, columns = -(-height // (2 * grain)), -(-width // (2 * grain))
    chosen = patterns[random.integers(0, 3, (rows, columns))] * random.choice([-1, 1], (rows, columns, 1))
    squares = chosen.reshape(rows, columns, 2, 2).transpose(0, 2, 1, 3).reshape(2 * rows, 2 * columns)
    whole = np.repeat(np.repeat(squares, grain, 0), grain, 1)[:height, :width]
    return np.ascontiguousarray(whole, np.int8)


def person_texture(height: int, width: int) -> Array:
    """int8 (height, width): what the other person's luma is brighter by; two signs in even shares."""
    return texture(height, width, _grain(height), 7) * np.int8(PERSON_SWING)


def drawn(width: int, height: int) -> Rooms:
    """A furnished room by day."""
    yuv = clip_y4m.to_yuv(clip_room.room(width, height))
    return _rooms(yuv[..., 0], clip_y4m.halve(yuv[..., 1]), clip_y4m.halve(yuv[..., 2]), 1)


def coloured(width: int, height: int) -> Rooms:
    """Spots of light and colour of many sizes: a cluttered room out of focus."""
    random = np.random.default_rng(5)

    def spots(shape: tuple[int, int], spread: float) -> Array:
        surface = sum(
            ndimage.gaussian_filter(random.standard_normal(shape), shape[0] * size) * shape[0] * size
            for size in (0.012, 0.04, 0.12)
        )
        return np.asarray(surface / np.std(surface) * spread)

    half = (height // 2, width // 2)
    return _rooms(120 + spots((height, width), 34), 128 + spots(half, 14), 128 + spots(half, 14), 2)


def _grain(height: int) -> int:
    return max(2, round(height / 120))


def _rooms(y: Array, u: Array, v: Array, seed: int) -> Rooms:
    height, width = y.shape
    grain = _grain(height)
    sign = texture(height, width, grain, seed)
    above: list[Plane] = []
    below: list[Plane] = []
    means: list[Array] = []
    signs = [
        sign,
        *(texture(len(c), c.shape[1], max(1, grain // 2), seed + k) for c, k in ((u, 10), (v, 20))),
    ]
    for plane, signed, swing in zip((y, u, v), signs, (LUMA_SWING, CHROMA_SWING, CHROMA_SWING), strict=True):
        # Room for the texture and the noise in the range of 8 bits, so that nothing is cut off.
        mean = np.clip(np.rint(plane), 16 + swing, 235 - swing).astype(np.int16)
        above.append((mean + signed.astype(np.int16) * swing).astype(np.uint8))
        below.append((mean - signed.astype(np.int16) * swing).astype(np.uint8))
        means.append(mean.astype(np.float32))
    return Rooms(
        (above[0], above[1], above[2]), (below[0], below[1], below[2]), (means[0], means[1], means[2]), sign
    )
