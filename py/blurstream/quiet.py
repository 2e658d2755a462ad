"""The person's tiles: averaged over time where they rest, as the camera has them where they move.

The camera's noise is what most bits of a call are spent on. In a tile at rest a pixel is averaged with what
was shown before, as far as noise alone explains the difference around it; a tile that has settled is held
until it stirs, which costs an encoder nothing. The noise is measured on the tiles themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import Geometry, Planes, Slot
from .ground import SIZES
from .kernels.loader import Bound, Kernels
from .kernels.signatures import TILE
from .tile_list import TileList

Array = np.ndarray[Any, Any]

BASE = 0.25  # share of the new picture where a tile rests
AVERAGED = 3.0  # frames that what is held is worth in the end: some of its noise passes for motion
SETTLED = 10  # frames at rest before a tile is held
MARGIN = 1.7  # times the noise that a quarter's difference may have; 4 deviations of 64 samples
LEVELS = 0.35  # squared levels that no eye sees
QUANTILE = 0.2  # of the tiles: that many rest in any frame that is not all motion
OF_QUANTILE = 1.1  # what the quietest fifth shows of the noise, the most of four quarters being taken
LEAST_TILES = 20
FOLLOW = 0.34
EVERY = 4  # frames from one estimate of the noise to the next
NEW = -1  # age of a tile that shows something else: what is held of it is not to be averaged with
CALM = 7.5  # of the deviations of a sum over 5x5, which has 5 of a pixel: one and a half
LEAST_CALM = 8  # a third of a level
_QUARTER = (TILE // 2) ** 2
_ALL = 128  # of a share
# of the new picture and of what is held, by age; the last is NEW's
_NOISE = 1 + 1 / np.clip(np.r_[0 : SETTLED + 2, 0], 1, AVERAGED)


class Quiet:
    """Writes the person's tiles into `picture`."""

    def __init__(self, geometry: Geometry, kernels: Kernels, picture: Planes) -> None:
        self._kernels, self._picture = kernels, picture
        self._size = (geometry.tiles_wide, geometry.tiles_high)
        count = geometry.tiles_wide * geometry.tiles_high
        self._persons, self._list = TileList(geometry), TileList(geometry)
        self._tiles: Array = np.zeros(0, np.intp)  # the person's, as places in a map
        self._unrest: Array = np.zeros(count, np.int32)
        self._share: Array = np.zeros(geometry.padded, np.uint8)
        self._age: Array = np.full(count, NEW, np.int32)  # frames at rest, to SETTLED + 1
        self._ages: Array = np.zeros(0, np.int32)  # the same of the person's tiles
        self._frames = 0
        self.variance = 0.0  # of the camera's noise, squared levels
        self._bound: dict[int, _Bound] = {}

    def assign(self, persons: Array, new: Array) -> None:
        """`persons`: the person's tiles from now on; `new`: those that show something else by now. Bool, one
        a tile.
        """
        self._age[self._tiles] = self._ages
        self._age[new] = NEW
        self._tiles = np.flatnonzero(persons)
        self._ages = self._age[self._tiles]
        self._persons.choose(self._tiles)

    def copy(self, slot: Slot) -> int:
        """The person as the camera has them; returns the number of tiles."""
        self._ages.fill(0)
        return self._copy(slot, self._tiles)

    def run(self, slot: Slot, sigma: float) -> int:
        """`sigma`: the most that the noise can be, in levels. Returns the number of tiles written."""
        if not len(self._tiles):
            return 0
        self._rest(slot, sigma)
        age = self._ages
        moving, going = age == 0, age <= SETTLED
        copied = self._copy(slot, self._tiles[moving])
        going ^= moving
        n = self._list.choose(self._tiles[going])
        if n:
            bound = self._of(slot)
            calm = max(round(CALM * (self.variance * (1 + 1 / AVERAGED)) ** 0.5), LEAST_CALM)
            base = int(BASE * _ALL)
            bound.stir(n, *self._size, calm, ((_ALL - base) << 8) // calm + 1, base)
            for kernel in bound.settle:
                kernel(n, *self._size)
        return copied + n

    def _rest(self, slot: Slot, sigma: float) -> None:
        """Counts for how many frames each tile has been at rest, this one included."""
        n, age = len(self._tiles), self._ages
        self._of(slot).measure(n, *self._size)
        unrest = self._unrest[:n]
        rests = unrest <= ((MARGIN * self.variance * _NOISE + LEVELS) * _QUARTER)[age]
        self._frames += 1
        if self._frames % EVERY == 0:
            self._estimate(unrest[age != NEW], age[age != NEW], sigma)
        age += 1
        age *= rests
        np.minimum(age, SETTLED + 1, out=age)

    def _estimate(self, unrest: Array, age: Array, sigma: float) -> None:
        if len(age) >= LEAST_TILES:
            each = unrest / (OF_QUANTILE * _QUARTER * _NOISE[age])
            at = int(QUANTILE * len(age))
            estimate = min(float(np.partition(each, at)[at]), sigma**2)
            self.variance += (estimate - self.variance) * FOLLOW

    def _copy(self, slot: Slot, tiles: Array) -> int:
        n = self._list.choose(tiles)
        if n:
            for kernel in self._of(slot).copy:
                kernel(n, *self._size)
        return n

    def _of(self, slot: Slot) -> _Bound:
        if slot.number not in self._bound:
            self._bound[slot.number] = _Bound(self, slot)
        return self._bound[slot.number]


class _Bound:
    """The kernels bound to one slot's planes."""

    def __init__(self, of: Quiet, slot: Slot) -> None:
        bind, held, tiles = of._kernels.bind, of._picture.planes, of._list.pairs
        self.measure: Bound = bind("tile_unrest", of._persons.pairs, slot.planes[0], held[0], of._unrest)
        self.stir: Bound = bind("stir_tiles", tiles, slot.planes[0], held[0], of._share)
        self.settle: list[Bound] = []
        self.copy: list[Bound] = []
        for size, plane, out in zip(SIZES, slot.planes, held, strict=True):
            self.settle.append(bind(f"settle_tiles_{size}", tiles, of._share, plane, out))
            self.copy.append(bind(f"copy_tiles_{size}", tiles, plane, out))
