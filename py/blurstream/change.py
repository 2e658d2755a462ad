"""Work planes -> which tiles of the picture have changed, beyond the camera's own noise.

Each tile is compared with what it was when it last changed, not with the frame before: slow change adds up
until it shows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import Geometry
from .kernels.loader import Bound, Kernels
from .noise import CameraNoise
from .prepare import Prepared

Array = np.ndarray[Any, Any]

LEARN_EVERY = 8  # frames
# Limits in standard deviations of the difference, and in levels where there is no noise at all.
PEAK, PEAK_LEVELS = 6.0, 3.0
ENERGY, ENERGY_LEVELS = 5.0, 0.5
DRIFT, DRIFT_LEVELS = 5.0, 0.75
CUT_LEVELS = 24  # root mean square difference of a tile that shows something else altogether
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
        columns_, rows_ = np.meshgrid(np.arange(geometry.tiles_wide), np.arange(geometry.tiles_high))
        self._every: Array = np.stack([columns_.ravel(), rows_.ravel()], axis=1).astype(np.int32)
        self._list: Array = self._every.copy()
        self._bound: dict[int, tuple[Bound, list[Bound]]] = {}
        self._limits = (0, 0, 0, 0)
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
            self._limits = self._set_limits()
        compare(*self._limits)
        self._frames += 1
        if self._fresh:
            prepared.changed.fill(1)
            self.cut = True
        else:
            if self._frames % LEARN_EVERY == 1:
                self.noise.learn(self._moved, self._texture)
            self.cut = self._is_cut()
        self._fresh = False
        n = int(np.count_nonzero(prepared.changed))
        self.any = n > 0
        if n:
            np.compress(prepared.changed.ravel(), self._every, axis=0, out=self._list[:n])
            for copy in renew:
                copy(n, self._geometry.tiles_wide, self._geometry.tiles_high)

    def _is_cut(self) -> bool:
        limit = CUT_LEVELS**2 * self._geometry.span**2
        return bool(np.count_nonzero(self._moved > limit) > CUT_SHARE * self._moved.size)

    def _set_limits(self) -> tuple[int, int, int, int]:
        """(peak, energy, drift, tint) for the kernel tile_change."""
        n = self._geometry.span**2
        spread = 2**0.5 * self.noise.sigma  # of the difference of two pictures
        chroma = max(n // 4, 1)
        return (
            int(PEAK * spread + PEAK_LEVELS),
            int(n * spread**2 * (1 + ENERGY * (2 / n) ** 0.5) + ENERGY_LEVELS * n),
            int(DRIFT * spread * n**0.5 + DRIFT_LEVELS * n),
            int(DRIFT * spread * chroma**0.5 + DRIFT_LEVELS * chroma),
        )

    def _of(self, prepared: Prepared) -> tuple[Bound, list[Bound]]:
        if prepared.number not in self._bound:
            bind, span = self._kernels.bind, self._geometry.span
            outputs = (prepared.changed, self._moved, self._texture)
            compare = bind(f"tile_change_{span}", *prepared.work, *self._kept, *outputs)
            sizes = (span, span // 2, span // 2)
            renew = [
                bind(f"copy_tiles_{size}", self._list, work, kept)
                for size, work, kept in zip(sizes, prepared.work, self._kept, strict=True)
            ]
            self._bound[prepared.number] = compare, renew
        return self._bound[prepared.number]
