"""The sealed background: one sample of each place, kept until the place really changes.

An observer who averages frames gets nothing out of a plate that does not change, and an encoder nothing to
send. A place is sampled when it is first seen, and again only when it differs from its sample, has come to
rest, and some time has gone by.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import Geometry

Array = np.ndarray[Any, Any]

CHECK = 15  # frames between two looks at the background
AGAIN = 30  # frames that a sample stays at least
RESTLESS = 90  # frames after which a place that never rests is sampled all the same
SEEN = 0.5  # share of a cell that must be free of the person for a sample
DIFFERS = 5.0  # levels
ALL = 0.35  # share of the cells in sight from which all of them are sampled again, together


class Seal:
    """`cells`: float32 (4, rows, columns), the samples: sums of Y, U, V and of their weight."""

    def __init__(self, geometry: Geometry) -> None:
        shape = geometry.cells
        self._per_tile = (shape[0] // geometry.tiles_high, shape[1] // geometry.tiles_wide)
        self.cells: Array = np.zeros((4, *shape), np.float32)
        self._age: Array = np.zeros(shape, np.int32)
        self._restless: Array = np.zeros(geometry.tiles, np.uint8)
        self._frames = 0
        self._empty = True
        self.samples = 0  # cells taken since the start

    def reset(self) -> None:
        """Everything in sight is sampled at the next look."""
        self._empty = True

    @property
    def empty(self) -> bool:
        """Nothing has been sampled."""
        return self._empty

    def due(self, changed: Array) -> bool:
        """To be asked once a frame, with its changed tiles: whether to look at the background now."""
        np.bitwise_or(self._restless, changed, out=self._restless)
        self._frames += 1
        return self._empty or self._frames >= CHECK

    def look(self, cells: Array) -> bool:
        """`cells`: the background as it is, like `self.cells`. Says whether a sample was taken."""
        restless = np.repeat(np.repeat(self._restless, self._per_tile[0], 0), self._per_tile[1], 1) != 0
        self._age += self._frames
        self._frames = 0
        self._restless.fill(0)
        if self._empty:
            self.cells[:] = 0
            self._empty = not self._take(cells, cells[3] > 0)
            return not self._empty
        return self._take(cells, self._stale(cells, restless))

    def _stale(self, cells: Array, restless: Array) -> Array:
        seen: Array = cells[3] >= SEEN
        now, then = (c[:3] / np.maximum(c[3], 1e-3) for c in (cells, self.cells))
        differs = seen & (np.abs(now - then).max(0) > DIFFERS)
        new = seen & (self.cells[3] < SEEN)
        old = self._age >= AGAIN
        if int(np.count_nonzero(differs & old)) > ALL * int(np.count_nonzero(seen)):
            return seen  # the light or the camera: one look for all, so that no patchwork comes of it
        rested = ~restless | (self._age >= RESTLESS)
        stale: Array = (new | (differs & old)) & rested
        return stale

    def _take(self, cells: Array, which: Array) -> bool:
        count = int(np.count_nonzero(which))
        if count:
            np.copyto(self.cells, cells, where=which)
            self._age[which] = 0
            self.samples += count
        return count > 0
