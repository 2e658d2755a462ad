"""Where a presenter's picture lies on their slides, what of the camera's it shows, and its shape."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .frame import MIN_SIDE
from .options import Presenter, Shape

Array = np.ndarray[Any, Any]

MOST = (1920, 1080)  # pixels of the output: what a call shows of slides, and an encoder keeps up with
MARGIN = 0.03  # of the slides' height, between a circle or rounded rectangle and their edge
ROUND = 0.12  # radius of a rounded rectangle's corners, as a share of its height
ASPECT = {"circle": 1.0, "rounded": 4 / 3}


@dataclass(frozen=True)
class Rect:
    """Whole luma pixels; all of them even."""

    left: int
    top: int
    width: int
    height: int

    def of(self, planes: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        """Views of Y, U and V."""
        luma, u, v = planes
        half = self.halved
        return luma[self._slices], u[half._slices], v[half._slices]

    @property
    def halved(self) -> Rect:
        """The same of chroma."""
        return Rect(self.left // 2, self.top // 2, self.width // 2, self.height // 2)

    @property
    def _slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)


def output_size(width: int, height: int) -> tuple[int, int]:
    """Of slides of that size: their own, even, and no larger than MOST."""
    scale = min(1.0, MOST[0] / width, MOST[1] / height)
    return max(_even(width * scale), MIN_SIDE), max(_even(height * scale), MIN_SIDE)


def seen(shape: Shape, camera: tuple[int, int], centre: float, top: float) -> Rect:
    """What of the camera's picture is shown: all of it for a cut-out, else as much as the shape holds, with
    the person in the middle. `centre` of the person and `top` of their head, as shares of the picture.
    """
    width, height = (_even(side) for side in camera)
    if shape == "cutout":
        return Rect(0, 0, width, height)
    wide = _even(min(width, height * ASPECT[shape]))
    high = _even(min(height, width / ASPECT[shape]))
    left = min(max(_even(centre * width - wide / 2), 0), width - wide)
    above = min(max(_even(top * height - 0.1 * high), 0), height - high)
    return Rect(left, above, wide, high)


def place(effect: Presenter, slides: tuple[int, int], shown: tuple[int, int]) -> Rect:
    """Where the picture lies; sizes are those of the slides and of what is `seen` of the camera's picture.

    A cut-out goes to the very edge: at the bottom the person stands on it.
    """
    scale = min(effect.size * slides[1] / shown[1], slides[0] / shown[0])
    width, height = (max(_even(side * scale), 2) for side in shown)
    margin = 0.0 if effect.shape == "cutout" else MARGIN * slides[1]
    starts = []
    for there, here, at in zip(slides, (width, height), effect.position, strict=True):
        room = _even(there) - here
        beside = min(margin, room / 2)
        starts.append(_even(beside + (room - 2 * beside) * at))
    return Rect(starts[0], starts[1], width, height)


@lru_cache(maxsize=8)
def shape_mask(shape: Shape, width: int, height: int) -> Array:
    """u8 (height, width): 255 inside, 0 outside, smooth for a pixel between."""
    radius = min(width, height) / 2 if shape == "circle" else ROUND * height
    across, down = (np.abs(np.arange(side) + 0.5 - side / 2) for side in (width, height))
    beyond_x, beyond_y = (
        np.maximum(away - (side / 2 - radius), 0) for away, side in ((across, width), (down, height))
    )
    distance = np.hypot(beyond_x[None, :], beyond_y[:, None])
    mask: Array = np.rint(np.clip(radius - distance + 0.5, 0, 1) * 255).astype(np.uint8)
    return mask


def _even(value: float) -> int:
    return 2 * int(value / 2 + 1e-6)
