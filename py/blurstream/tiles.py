"""Alpha -> three lists of tiles: the person's (left as they are), the background's (the plate), the boundary
(blended).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import Geometry
from .kernels.loader import Kernels
from .kernels.signatures import TILE

Array = np.ndarray[Any, Any]

SURE = 3  # of 255: alpha this near to 0 or 1 in a whole tile and around it is taken as 0 or 1


class Tiles:
    """`background` and `boundary`: int32 (n, 2), (column, row) of each tile; with the number of tiles that
    count.
    """

    def __init__(self, geometry: Geometry, kernels: Kernels, alpha: Array) -> None:
        shape = (geometry.tiles_high, geometry.tiles_wide)
        self._least: Array = np.zeros(shape, np.uint8)
        self._most: Array = np.zeros(shape, np.uint8)
        self._bounds = kernels.bind(f"tile_bounds_{TILE // geometry.factor}", alpha, self._least, self._most)
        columns, rows = np.meshgrid(np.arange(shape[1]), np.arange(shape[0]))
        self.every: Array = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.int32)
        self.background: Array = np.zeros_like(self.every)
        self.boundary: Array = np.zeros_like(self.every)
        self.backgrounds = self.boundaries = 0
        self._is_background: Array = np.zeros(shape, bool)
        self._is_boundary: Array = np.zeros(shape, bool)

    def run(self) -> None:
        self._bounds()
        np.less_equal(self._most, SURE, out=self._is_background)
        np.less(self._least, 255 - SURE, out=self._is_boundary)
        np.logical_and(self._is_boundary, ~self._is_background, out=self._is_boundary)
        self.backgrounds = self._list(self._is_background, self.background)
        self.boundaries = self._list(self._is_boundary, self.boundary)

    def _list(self, chosen: Array, tiles: Array) -> int:
        n = int(np.count_nonzero(chosen))
        np.compress(chosen.ravel(), self.every, axis=0, out=tiles[:n])
        return n
