"""The plate: the background without the person, blurred, ready to be put behind any tile."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .frame import Geometry
from .ground import plate_ground
from .kernels.loader import Bound, Kernels
from .prepare import Prepared
from .seal import Seal

Array = np.ndarray[Any, Any]

_REACH = 2.5  # sigmas that the taps cover
_LEAST = 0.3  # cells
FADE = 5  # frames from one sealed plate to the next
VISIBLE = 0.25  # levels that a cell must have moved for its tile to be written anew


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
    """`rows`: for Y, U and V each row of cells interpolated to the plane's width, u16, 4 x value.

    `ground`: the same for compose.
    """

    def __init__(self, geometry: Geometry, kernels: Kernels, alpha: Array) -> None:
        self._geometry, self._kernels, self._alpha = geometry, kernels, alpha
        high, wide = geometry.cells
        self._cells: Array = np.zeros((4, high, wide), np.float32)
        self.seal = Seal(geometry)
        self._wanted: Array = np.zeros((3, high, wide), np.float32)  # what the plate is to become
        self._plate: Array = np.zeros((3, high, wide), np.float32)  # what it is
        self._step: Array = np.zeros((3, high, wide), np.float32)
        columns = geometry.padded[1]
        self.rows: tuple[Array, ...] = tuple(
            np.zeros((high, n), np.uint16) for n in (columns, columns // 2, columns // 2)
        )
        self.ground = plate_ground(geometry, self.rows)
        self._written: Array = np.zeros((3, high, wide), np.float32)  # cells as they were last touched
        self._moved: Array = np.zeros(geometry.tiles, np.uint8)
        self._near: Array = np.zeros(geometry.tiles, np.uint8)
        self._spread_one = kernels.bind("tile_spread_1", self._moved, self._near)
        self._widen = [kernels.bind("plate_rows", self._plate[c], self.rows[c]) for c in range(3)]
        self._nobody: Array = np.zeros_like(alpha)
        self._weigh: dict[tuple[int, bool], Bound] = {}
        self._blur: dict[tuple[float, bool, bool], Bound] = {}
        self._sigma = 0.0  # of the sealed plate; 0 while `rows` hold something else
        self._fading = 0

    def reset(self) -> None:
        """The next sealed plate starts anew."""
        self.seal.reset()
        self._sigma = 0.0

    def sealed(self, prepared: Prepared, sigma: float) -> None:
        """The plate of the sealed samples; fades to its new state when some were taken. `sigma` as a share of
        the frame's height.
        """
        taken, first = False, self.seal.empty
        if self.seal.due(prepared.changed):
            self._gather(prepared, person=True)
            taken = self.seal.look(self._cells)
        if sigma != self._sigma or (taken and first):
            self._spread(sigma, sealed=True, to_wanted=False)
            self._wanted[:] = self._plate
            self._fading, self._sigma = 0, sigma
            self._finish()
            self._written[:] = self._plate
            self.ground.touched.fill(1)
        elif taken:
            self._spread(sigma, sealed=True, to_wanted=True)
            self._fading = FADE
        if self._fading:
            np.subtract(self._wanted, self._plate, out=self._step)
            self._step *= 1 / self._fading
            self._plate += self._step
            self._fading -= 1
            self._finish()
            self._touch()

    def fresh(self, prepared: Prepared, sigma: float, person: bool = True) -> None:
        """The plate of this frame's background alone. `person` False: nobody is left out."""
        self._gather(prepared, person)
        self._spread(sigma, sealed=False, to_wanted=False)
        if person:
            self.seal.reset()
        self._sigma = 0.0
        self._finish()
        self.ground.touched.fill(1)

    def _gather(self, prepared: Prepared, person: bool) -> None:
        key = (prepared.number, person)
        if key not in self._weigh:
            alpha = self._alpha if person else self._nobody
            self._weigh[key] = self._kernels.bind("plate_cells", *prepared.work, alpha, self._cells)
        self._weigh[key]()

    def _spread(self, sigma: float, *, sealed: bool, to_wanted: bool) -> None:
        cells, plate = self.seal.cells if sealed else self._cells, self._wanted if to_wanted else self._plate
        key = (sigma, sealed, to_wanted)
        if key not in self._blur:
            if len(self._blur) > 8:
                self._blur.clear()
            taps = gaussian_taps(sigma * self._geometry.height / self._geometry.cell)
            self._blur[key] = self._kernels.bind("plate_blur", cells, taps, plate)
        sums = cells.sum(axis=(1, 2), dtype=np.float64)
        self._blur[key](*(sums[:3] / max(sums[3], 1e-6)).tolist())

    def _touch(self) -> None:
        """Marks the tiles that the plate has visibly moved in; the others keep what little they differ by."""
        moved = np.abs(self._plate - self._written).max(0) > VISIBLE
        np.copyto(self._written, self._plate, where=moved)
        rows, columns = self._moved.shape
        tiles = moved.reshape(rows, moved.shape[0] // rows, columns, -1)
        np.any(tiles, axis=(1, 3), out=self._moved.view(bool))
        self._spread_one()  # a cell reaches into the tiles beside it
        np.bitwise_or(self.ground.touched, self._near, out=self.ground.touched)

    def _finish(self) -> None:
        for widen, cell in zip(self._widen, self.ground.scalars, strict=True):
            widen(*cell)
