"""The person's tiles: averaged over time where they rest, as the camera has them where they move.

The camera's noise is what most bits of a call are spent on. In a tile at rest a pixel is averaged with what
was shown before, as far as noise alone explains the difference around it; a tile that has settled is held
until it stirs, which costs an encoder nothing. The noise is measured on the tiles themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import Geometry, Planes, Slot
from .kernels.loader import Bound, Kernels
from .kernels.signatures import TILE

Array = np.ndarray[Any, Any]

BASE = 0.25  # share of the new picture where a tile rests
AVERAGED = 3.0  # frames that what is held is worth in the end: some of its noise passes for motion
SETTLED = 10  # frames at rest before a tile is held
MARGIN = 1.7  # times the noise that a quarter's difference may have; 4 deviations of 64 samples
LEVELS = 0.35  # squared levels that no eye sees
QUANTILE = 0.2  # of the tiles: that many rest in any frame that is not all motion
OF_QUANTILE = 1.1  # what the quietest fifth shows of the noise, the most of four quarters being taken
LEAST_TILES = 20
FOLLOW = 0.1
CALM = 7.5  # of the deviations of a sum over 5x5, which has 5 of a pixel: one and a half
LEAST_CALM = 8  # a third of a level
_QUARTER = (TILE // 2) ** 2
_ALL = 128  # of a share


class Quiet:
    """Writes the person's tiles into `picture`."""

    def __init__(self, geometry: Geometry, kernels: Kernels, picture: Planes) -> None:
        self._kernels, self._picture = kernels, picture
        self._size = (geometry.tiles_wide, geometry.tiles_high)
        count = geometry.tiles_wide * geometry.tiles_high
        self._every = geometry.list_tiles()
        self._list: Array = self._every.copy()
        self._unrest: Array = np.zeros(count, np.int32)
        self._share: Array = np.zeros(geometry.padded, np.uint8)
        self._age: Array = np.zeros(count, np.int32)  # frames at rest
        self.variance = 0.0  # of the camera's noise, squared levels
        self._bound: dict[int, _Bound] = {}

    def copy(self, slot: Slot, chosen: Array) -> int:
        """The chosen tiles (bool, one a tile) as the camera has them; returns their number."""
        tiles = np.flatnonzero(chosen)
        if self._choose(tiles):
            for kernel in self._of(slot).copy:
                kernel(len(tiles), *self._size)
        return len(tiles)

    def run(self, slot: Slot, persons: Array, new: Array, sigma: float) -> int:
        """`persons`: the person's tiles; `new`: those that show something else by now. Bool, one a tile.
        `sigma`: the most that the camera's noise can be, in levels. Returns the number of tiles written.
        """
        arrived = persons & new
        copied = self.copy(slot, arrived)
        self._age[arrived] = 0
        tiles = np.flatnonzero(persons & ~new)
        if not len(tiles):
            return copied
        age = self._rest(slot, tiles, sigma)
        moving = tiles[age == 0]
        if self._choose(moving):
            for kernel in self._of(slot).copy:
                kernel(len(moving), *self._size)
        going = tiles[(age > 0) & (age <= SETTLED)]
        if self._choose(going):
            bound, n = self._of(slot), len(going)
            calm = max(round(CALM * (self.variance * (1 + 1 / AVERAGED)) ** 0.5), LEAST_CALM)
            base = int(BASE * _ALL)
            bound.stir(n, *self._size, calm, ((_ALL - base) << 8) // calm + 1, base)
            for kernel in bound.settle:
                kernel(n, *self._size)
        return copied + len(moving) + len(going)

    def _rest(self, slot: Slot, tiles: Array, sigma: float) -> Array:
        """For how many frames each of the tiles has been at rest, this one included."""
        n = self._choose(tiles)
        self._of(slot).measure(n, *self._size)
        unrest, age = self._unrest[:n], self._age[tiles]
        noise = 1 + 1 / np.clip(age, 1, AVERAGED)  # of the new picture and of what is held
        rests = unrest <= (MARGIN * self.variance * noise + LEVELS) * _QUARTER
        if n >= LEAST_TILES:
            each = unrest / (OF_QUANTILE * _QUARTER * noise)
            at = int(QUANTILE * n)
            estimate = min(float(np.partition(each, at)[at]), sigma**2)
            self.variance += (estimate - self.variance) * FOLLOW
        age += 1
        age *= rests
        self._age[tiles] = age
        return age

    def _choose(self, tiles: Array) -> int:
        if len(tiles):
            np.take(self._every, tiles, axis=0, out=self._list[: len(tiles)])
        return len(tiles)

    def _of(self, slot: Slot) -> _Bound:
        if slot.number not in self._bound:
            self._bound[slot.number] = _Bound(self, slot)
        return self._bound[slot.number]


class _Bound:
    """The kernels bound to one slot's planes."""

    def __init__(self, of: Quiet, slot: Slot) -> None:
        bind, held, tiles = of._kernels.bind, of._picture.planes, of._list
        self.measure: Bound = bind("tile_unrest", tiles, slot.planes[0], held[0], of._unrest)
        self.stir: Bound = bind("stir_tiles", tiles, slot.planes[0], held[0], of._share)
        self.settle: list[Bound] = []
        self.copy: list[Bound] = []
        for size, plane, out in zip((TILE, TILE // 2, TILE // 2), slot.planes, held, strict=True):
            self.settle.append(bind(f"settle_tiles_{size}", tiles, of._share, plane, out))
            self.copy.append(bind(f"copy_tiles_{size}", tiles, plane, out))
