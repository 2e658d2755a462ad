"""The plate: the background without the person, blurred, ready to be put behind any tile."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .frame import Geometry
from .kernels.loader import Bound, Kernels
from .prepare import Prepared

Array = np.ndarray[Any, Any]

_REACH = 2.5  # sigmas that the taps cover
_LEAST = 0.3  # cells


def gaussian_taps(sigma: float) -> Array:
    """Normalised taps, float32, odd count; `sigma` in cells, of the whole way from pixels to pixels.

    The mean over a cell (variance 1/12) and the interpolation between cells (3/12) are blurs too.
    """
    rest = math.sqrt(max(sigma**2 - 1 / 3, _LEAST**2))
    radius = max(1, math.ceil(_REACH * rest))
    taps: Array = np.exp(-0.5 * (np.arange(-radius, radius + 1) / rest) ** 2)
    taps /= taps.sum()
    return taps.astype(np.float32)


class Plate:
    """`rows`: for Y, U and V each row of cells interpolated to the plane's width, u16, 4 x value."""

    def __init__(self, geometry: Geometry, kernels: Kernels, alpha: Array) -> None:
        self._geometry, self._kernels, self._alpha = geometry, kernels, alpha
        high, wide = geometry.cells
        self._cells: Array = np.zeros((4, high, wide), np.float32)
        self._sums: Array = np.zeros(4, np.float64)
        self._plate: Array = np.zeros((3, high, wide), np.float32)
        columns = geometry.padded[1]
        self.rows: tuple[Array, ...] = tuple(
            np.zeros((high, n), np.uint16) for n in (columns, columns // 2, columns // 2)
        )
        self.cell = (geometry.cell, geometry.cell // 2, geometry.cell // 2)
        self._widen = [kernels.bind("plate_rows", self._plate[c], self.rows[c]) for c in range(3)]
        self._nobody: Array = np.zeros_like(alpha)
        self._weigh: dict[tuple[int, bool], Bound] = {}
        self._blur: dict[float, Bound] = {}

    def run(self, prepared: Prepared, sigma: float, person: bool = True) -> None:
        """Build the plate. `sigma` as a share of the frame's height; `person` False: nobody is left out."""
        key = (prepared.number, person)
        if key not in self._weigh:
            alpha = self._alpha if person else self._nobody
            self._weigh[key] = self._kernels.bind("plate_cells", *prepared.work, alpha, self._cells)
        self._weigh[key]()
        if sigma not in self._blur:
            self._blur.clear()
            taps = gaussian_taps(sigma * self._geometry.height / self._geometry.cell)
            self._blur[sigma] = self._kernels.bind("plate_blur", self._cells, taps, self._plate)
        np.sum(self._cells, axis=(1, 2), out=self._sums)
        weight = max(self._sums[3], 1e-6)
        self._blur[sigma](*(self._sums[:3] / weight).tolist())
        for widen, cell in zip(self._widen, self.cell, strict=True):
            widen(cell)
