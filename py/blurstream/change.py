"""Work planes -> which tiles of the picture have changed, beyond the camera's own noise.

Each tile is compared with what it was when it last changed, not with the frame before: slow change adds up
until it shows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import Geometry
from .kernels.loader import Bound, Kernels
from .kernels.signatures import TILE
from .noise import CameraNoise
from .prepare import Prepared
from .tile_list import TileList

Array = np.ndarray[Any, Any]

LEARN_EVERY = 8  # frames
# Limits in standard deviations of the difference, and in levels where there is no noise at all.
PEAK, PEAK_LEVELS = 6.0, 3.0
ENERGY, ENERGY_LEVELS = 5.0, 0.5
DRIFT, DRIFT_LEVELS = 5.0, 0.75
CUT_LEVELS = 24  # root mean square difference of a tile that shows something else altogether
STIR_LEVELS = 10  # of one in which something moves
CUT_SHARE = 0.85  # of the tiles


class Change:
    """Keeps the work planes of when each tile last changed."""

    def __init__(self, geometry: Geometry, kernels: Kernels) -> None:
        self._geometry, self._kernels = geometry, kernels
        span, (rows, columns) = geometry.span, geometry.work
        half = (rows // 2, columns // 2)
        self._kept: tuple[Array, ...] = tuple(np.zeros(s, np.uint8) for s in ((rows, columns), half, half))
        self._moved: Array = np.zeros(geometry.tiles, np.int32)
        self._texture: Array = np.zeros(geometry.tiles, np.int32)
        self.noise = CameraNoise(span)
        self._list = TileList(geometry)
        self._bound: dict[int, tuple[list[Bound], list[Bound]]] = {}
        self._limits: list[tuple[int, int, int, int]] = []
        width = TILE - (-geometry.width) % TILE
        height = TILE - (-geometry.height) % TILE
        # (columns, rows) seen of the tiles: of all, then of those at the right, at the bottom, in the corner
        self._cut_off = [(TILE, TILE)]
        self._cut_off += [(width, TILE)] * (width < TILE) + [(TILE, height)] * (height < TILE)
        self._cut_off += [(width, height)] * (width < TILE and height < TILE)
        self._before: Array = np.zeros(geometry.work, np.uint8)  # luma of one frame before
        self._frames = 0
        self._fresh = True
        self.any = self.cut = True  # of the last run

    def reset(self) -> None:
        """Everything of the next frame counts as changed."""
        self._fresh = True

    def run(self, prepared: Prepared) -> None:
        """Fills `prepared.changed`."""
        compare, renew = self._of(prepared)
        if self._frames % LEARN_EVERY == 0:
            self._limits = [self._set_limits(*cut) for cut in self._cut_off]
        for one, limits in zip(compare, self._limits, strict=True):
            one(*limits)
        self._frames += 1
        if self._fresh:
            prepared.changed.fill(1)
        elif self._frames % LEARN_EVERY == 1:
            self.noise.learn(self._flickered(prepared), self._texture)
        n = self._list.choose(np.flatnonzero(prepared.changed.view(bool)))
        self.any = n > 0
        # where no tile has changed there is no difference as large as that of a cut
        self.cut = self._fresh or (self.any and self._is_cut())
        if self._frames % LEARN_EVERY == 0:
            self._before[:] = prepared.work[0]
        self._fresh = False
        if n:
            for copy in renew:
                copy(n, self._geometry.tiles_wide, self._geometry.tiles_high)

    def stirred(self) -> Array:
        """bool (rows, columns): tiles in which more than a shadow moves, in the last run."""
        return np.asarray(self._moved > STIR_LEVELS**2 * self._geometry.span**2)

    def _flickered(self, prepared: Prepared) -> Array:
        """Squared differences of two pictures in a row, summed over each tile; change of light left out."""
        span, (rows, columns) = self._geometry.span, self._geometry.tiles
        difference = prepared.work[0].astype(np.int32) - self._before
        tiles = difference.reshape(rows, span, columns, span)
        sums: Array = (tiles**2).sum((1, 3)) - tiles.sum((1, 3)) ** 2 / span**2
        return sums * (span**2 / (span**2 - 1))

    def _is_cut(self) -> bool:
        limit = CUT_LEVELS**2 * self._geometry.span**2
        return bool(np.count_nonzero(self._moved > limit) > CUT_SHARE * self._moved.size)

    def _set_limits(self, columns: int, rows: int) -> tuple[int, int, int, int]:
        """(peak, energy, drift, tint) for the kernel tile_change, for tiles that are seen in part: their last
        column and row are repeated, and so is the noise in them.
        """
        n, factor = self._geometry.span**2, self._geometry.factor
        one, summed, alone = 1.0, 1.0, 1.0
        for seen in (columns, rows):
            summed *= (seen - 1 + (TILE + 1 - seen) ** 2) / TILE  # variance of the sum
            one *= (seen + (TILE - seen) * factor) / TILE  # of a work pixel, on average
            alone *= factor if seen < TILE else 1  # of a repeated one
        spread = 2**0.5 * self.noise.sigma  # of the difference of two pictures
        chroma = max(n // 4, 1)
        return (
            int(PEAK * spread * alone**0.5 + PEAK_LEVELS),
            int(n * spread**2 * (one + ENERGY * (2 / n) ** 0.5 * summed) + ENERGY_LEVELS * n),
            int(DRIFT * spread * (n * summed) ** 0.5 + DRIFT_LEVELS * n),
            int(DRIFT * spread * (chroma * summed) ** 0.5 + DRIFT_LEVELS * chroma),
        )

    def _of(self, prepared: Prepared) -> tuple[list[Bound], list[Bound]]:
        if prepared.number not in self._bound:
            bind, span = self._kernels.bind, self._geometry.span
            outputs = (prepared.changed, self._moved, self._texture)
            compare = []
            for columns, rows in self._cut_off:
                across = slice(-1, None) if columns < TILE else slice(None)
                down = slice(-1, None) if rows < TILE else slice(None)
                planes = [
                    plane[_times(down, size), _times(across, size)]
                    for work in (prepared.work, self._kept)
                    for plane, size in zip(work, (span, span // 2, span // 2), strict=True)
                ]
                compare.append(bind(f"tile_change_{span}", *planes, *(o[down, across] for o in outputs)))
            sizes = (span, span // 2, span // 2)
            renew = [
                bind(f"copy_tiles_{size}", self._list.pairs, work, kept)
                for size, work, kept in zip(sizes, prepared.work, self._kept, strict=True)
            ]
            self._bound[prepared.number] = compare, renew
        return self._bound[prepared.number]


def _times(part: slice, size: int) -> slice:
    return slice(None) if part.start is None else slice(part.start * size, None)
