"""Alpha -> the class of each tile: the person's, the background's or the boundary's."""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import Geometry
from .kernels.loader import Kernels
from .kernels.signatures import TILE

Array = np.ndarray[Any, Any]

REACH = 2  # tiles around a changed one in which the matte may be another
SURE = 3  # of 255: alpha this near to 0 or 1 in a whole tile and around it is taken as 0 or 1
_NOBODY, _SOMEBODY = np.uint8(SURE), np.uint8(255 - SURE)
# typed: NumPy compares a map of bytes with a Python int four times slower
NONE, BACKGROUND, BOUNDARY, PERSON = (np.uint8(code) for code in range(4))


class Tiles:
    """`classes`: u8 (rows, columns). `near`: u8, 0 where a tile and two around it are the person's."""

    def __init__(self, geometry: Geometry, kernels: Kernels, alpha: Array) -> None:
        shape = geometry.tiles
        self._least: Array = np.zeros(shape, np.uint8)
        self._most: Array = np.zeros(shape, np.uint8)
        self._bounds = kernels.bind(f"tile_bounds_{TILE // geometry.factor}", alpha, self._least, self._most)
        self.classes: Array = np.zeros(shape, np.uint8)
        self._found: Array = np.zeros(shape, np.uint8)
        self._others: Array = np.zeros(shape, np.uint8)
        self.near: Array = np.ones(shape, np.uint8)
        self._spread = kernels.bind("tile_spread_2", self._others, self.near)
        self.persons = self.boundaries = 0

    def run(self, unsettled: Array) -> None:
        """`unsettled`: u8, tiles in whose reach picture or mask have changed; others stay what they are."""
        self._bounds()
        found = self._found
        found.fill(BOUNDARY)
        found[self._most <= _NOBODY] = BACKGROUND
        found[self._least >= _SOMEBODY] = PERSON
        np.copyto(self.classes, found, where=unsettled.view(bool))
        np.not_equal(self.classes, PERSON, out=self._others.view(bool))
        self._spread()
        for edge in (self.near[:REACH], self.near[:, :REACH], self.near[:, -REACH:]):
            edge.fill(1)  # what comes in over the picture's edge crosses no boundary
        self.persons = int(self.classes.size - np.count_nonzero(self._others))
        self.boundaries = int(np.count_nonzero(self.classes == BOUNDARY))
