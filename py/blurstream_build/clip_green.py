"""The clip to try the green screen with: the portrait before a green wall, which colours their edges.

    python -m blurstream_build.clip_green OUT

The wall is lit unevenly, as real ones are, and throws some of its colour on the person.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import ndimage

from . import clip_encoded, clip_portrait, clip_y4m
from .clip_y4m import Plane, Planes

NAME = "demo-green.webm"
BIT_RATE = 900_000
WALL = (54, 168, 76)  # sRGB of a painted wall in good light
LIT, SHADED = 1.12, 0.80  # how much brighter and darker its middle and its corners are
SPILL = 0.3  # share of the wall's colour at the person's very edge
SPILL_REACH = 0.018  # in heights of the frame


def frames() -> Iterator[Planes]:
    """One loop of the movement, 1280x720."""
    clip = clip_portrait.CLIPS["portrait_720p"]
    wall = _wall(clip.width, clip.height)
    for pose in clip_portrait.poses(clip_portrait.person(clip.height), clip):
        y, u, v = clip_portrait.compose(pose, wall)
        cover = clip_y4m.halve(pose[..., 3]) / 255
        near = ndimage.gaussian_filter(1 - cover, SPILL_REACH * clip.height / 2, truncate=3)
        share = SPILL * near * cover
        yield y, _coloured(u, wall[1], share), _coloured(v, wall[2], share)


def _wall(width: int, height: int) -> Planes:
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    light = SHADED + (LIT - SHADED) * np.exp(-((x + 0.3) ** 2 + (y + 0.4) ** 2) / 1.2)
    yuv = clip_y4m.to_yuv(np.clip(light[..., None] * np.array(WALL), 0, 255))
    u, v = (clip_y4m.halve(yuv[..., band]) for band in (1, 2))
    return _bytes(yuv[..., 0]), _bytes(u), _bytes(v)


def _coloured(plane: Plane, wall: Plane, share: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Plane:
    return _bytes(plane + share * (wall.astype(np.float64) - plane))


def _bytes(values: np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> Plane:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


if __name__ == "__main__":
    clip_encoded.write(Path(sys.argv[1]), NAME, frames(), BIT_RATE)
