"""Mask -> matte: temporally steady, snapped to the edges of the luma."""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import Geometry
from .kernels.loader import Kernels
from .kernels.signatures import MODEL_HEIGHT, MODEL_WIDTH
from .prepare import Placement, Prepared

Array = np.ndarray[Any, Any]

# Temporal filter: share of a change taken over per frame, at least; grows with the size of the change.
RISE, FALL, FOLLOW = 0.25, 0.5, 1.5
EPSILON = 40.0  # guided filter: luma variance (0..255 squared) below which an edge is not followed
LOW, HIGH = 0.3, 0.85  # levels: filtered mask at which alpha is 0 and 1; cuts the filter's haze on both sides

ABSENT, PRESENT = 0.2, 0.9  # mask below / above which the filter has no say; it fades in over as much again


class Matte:
    """Alpha of the last frame: coefficients (gain, offset; float32) and alpha (u8) at work resolution."""

    def __init__(self, geometry: Geometry, kernels: Kernels) -> None:
        shape = geometry.work
        self._mask: Array = np.zeros((MODEL_HEIGHT, MODEL_WIDTH), np.float32)
        self._soft: tuple[Array, Array] = (np.zeros(shape, np.float32), np.zeros(shape, np.float32))
        self.gain: Array = np.zeros(shape, np.float32)
        self.offset: Array = np.zeros(shape, np.float32)
        self.alpha: Array = np.zeros(shape, np.uint8)
        self._placement = Placement.of(geometry)
        self._kernels = kernels
        a, b = self._soft
        self._steady = (
            kernels.bind("soft_mask", self._mask, a, b),
            kernels.bind("soft_mask", self._mask, b, a),
        )
        self._guided: dict[tuple[int, int], Any] = {}
        self._turn = 0
        self._fresh = True

    def reset(self) -> None:
        """The next mask starts anew: nothing of the masks before it is kept."""
        self._fresh = True

    def run(self, mask: Array, prepared: Prepared) -> None:
        """`mask`: float32 (144, 256), 0..1."""
        self._mask[:] = mask
        rise, fall = (1.0, 1.0) if self._fresh else (RISE, FALL)
        self._steady[self._turn](*self._placement.to_model, rise, fall, FOLLOW)
        self._turn ^= 1
        self._fresh = False
        key = (prepared.number, self._turn)
        if key not in self._guided:
            buffers = (prepared.work[0], self._soft[self._turn], self.gain, self.offset, self.alpha)
            self._guided[key] = self._kernels.bind("matte", *buffers)
        self._guided[key](EPSILON, LOW, HIGH, ABSENT, PRESENT)
