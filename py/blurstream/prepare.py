"""Planes -> work planes -> the model's input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .frame import FrameSpec, Geometry, Slot
from .kernels.loader import Kernels, Window
from .kernels.signatures import MODEL_HEIGHT, MODEL_WIDTH

Array = np.ndarray[Any, Any]

# (y_gain, y_offset, red_v, green_u, green_v, blue_u): ITU-R BT.601-7 and BT.709-6, 8 bits
_LIMITED = {
    "bt601": (1.164384, 16.0, 1.596027, -0.391762, -0.812968, 2.017232),
    "bt709": (1.164384, 16.0, 1.792741, -0.213249, -0.532909, 2.112402),
}
_FULL = {
    "bt601": (1.0, 0.0, 1.402, -0.344136, -0.714136, 1.772),
    "bt709": (1.0, 0.0, 1.5748, -0.187324, -0.468124, 1.8556),
}


@dataclass(frozen=True)
class Placement:
    """How the model's picture lies on the work plane: work = (model + 1/2) * step + origin - 1/2, each
    way.
    """

    step_x: float
    step_y: float
    origin_x: float
    origin_y: float

    @classmethod
    def of(cls, geometry: Geometry, seen: Window) -> Placement:
        """`seen`: the tiles that the model is shown; of those at the end, what holds a picture."""
        span, factor = geometry.span, geometry.factor
        right = min(seen.right * span, geometry.width / factor)
        bottom = min(seen.bottom * span, geometry.height / factor)
        left, top = float(seen.left * span), float(seen.top * span)
        return cls((right - left) / MODEL_WIDTH, (bottom - top) / MODEL_HEIGHT, left, top)

    @property
    def to_work(self) -> tuple[float, float, float, float]:
        """(step_x, step_y, start_x, start_y) from model pixels to work pixels."""
        return (
            self.step_x,
            self.step_y,
            0.5 * self.step_x + self.origin_x - 0.5,
            0.5 * self.step_y + self.origin_y - 0.5,
        )

    @property
    def to_model(self) -> tuple[float, float, float, float]:
        """The inverse: from work pixels to model pixels."""
        return (
            1 / self.step_x,
            1 / self.step_y,
            (0.5 - self.origin_x) / self.step_x - 0.5,
            (0.5 - self.origin_y) / self.step_y - 0.5,
        )


class Prepared:
    """One slot's work planes and model input, and the bound kernels that make them.

    `work`: Y, U, V, u8, at 1/factor of the frame (chroma half of that). `changed`: u8 (rows, columns) of
    tiles, 1 where the picture is another than before (see change). `image`: float32 (144, 256, 3), RGB 0..1,
    of the tiles `seen`.
    """

    def __init__(self, slot: Slot, kernels: Kernels) -> None:
        geometry = slot.geometry
        self.number = slot.number
        self._geometry = geometry
        self.seen = Window(0, 0, geometry.tiles_wide, geometry.tiles_high)
        self._shrink = []
        if geometry.factor == 1:
            self.work = slot.planes
        else:
            rows, columns = geometry.work
            half = (rows // 2, columns // 2)
            self.work = (
                np.zeros((rows, columns), np.uint8),
                np.zeros(half, np.uint8),
                np.zeros(half, np.uint8),
            )
            for plane, work in zip(slot.planes, self.work, strict=True):
                self._shrink.append(kernels.bind(f"shrink_{geometry.factor}", plane, work))
        self.changed: Array = np.ones(geometry.tiles, np.uint8)
        self.image: Array = np.zeros((MODEL_HEIGHT, MODEL_WIDTH, 3), np.float32)
        self._picture = kernels.bind("model_input", *self.work, self.image)

    def shrink(self) -> None:
        """Planes -> work planes."""
        for shrink in self._shrink:
            shrink()

    def draw(self, spec: FrameSpec, seen: Window) -> None:
        """Work planes -> the model's input, of the tiles `seen`."""
        self.seen = seen
        colours = (_FULL if spec.full_range else _LIMITED)[spec.matrix]
        self._picture(*Placement.of(self._geometry, seen).to_work, *colours)

    @property
    def share(self) -> float:
        """Of the picture, that the model was shown."""
        rows, columns = self._geometry.tiles
        return (self.seen.right - self.seen.left) * (self.seen.bottom - self.seen.top) / (rows * columns)
