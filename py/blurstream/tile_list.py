"""Some of a frame's tiles, in the form that kernels take."""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import Geometry

Array = np.ndarray[Any, Any]


class TileList:
    """`pairs`: int32 (tiles, 2), column and row of each tile; the first `choose()` of them count."""

    def __init__(self, geometry: Geometry) -> None:
        every = geometry.list_tiles()
        self.pairs: Array = every.copy()
        # a pair is moved as one number
        self._every: Array = every.view(np.int64)[:, 0]
        self._chosen: Array = self.pairs.view(np.int64)[:, 0]

    def choose(self, places: Array) -> int:
        """`places`: where the tiles are in a map of all, intp (n,), row by row. Returns n."""
        n = len(places)
        if n:
            self._every.take(places, out=self._chosen[:n], mode="clip")
        return n

    def choose_all(self) -> int:
        self._chosen[:] = self._every
        return len(self._every)
