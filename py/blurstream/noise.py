"""How much the camera's noise alone changes a picture, measured while it runs."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

FLAT_SHARE = 0.3  # of the tiles: those with the least texture, where motion shows least
LEAST_TILES = 8
FOLLOW = 0.25  # share of a new estimate taken over
MOST = 6.0  # standard deviations above this, in work pixels, are motion


class CameraNoise:
    """`sigma`: standard deviation of a work pixel's luma over time, in 8-bit levels; 0 until it is known.

    In a flat tile nothing but noise can change a pixel, whatever moves. Tiles without any texture are left
    out: they are clipped or drawn, not seen. The median over the others withstands those that did change.
    """

    def __init__(self, span: int) -> None:
        self._pixels = span * span
        self.sigma = 0.0
        self._known = False

    def learn(self, moved: Array, texture: Array) -> None:
        """`moved`, `texture`: int32, sums over each tile of squared differences in time and across."""
        seen = texture.ravel() > 0
        count = int(np.count_nonzero(seen))
        if count < LEAST_TILES:
            return
        slopes, squares = texture.ravel()[seen], moved.ravel()[seen]
        flattest = max(int(FLAT_SHARE * count), LEAST_TILES) - 1
        flat = squares[slopes <= np.partition(slopes, flattest)[flattest]]
        # the difference of two pictures holds the noise of both
        estimate = min(float(np.median(flat)) / (2 * self._pixels), MOST**2) ** 0.5
        self.sigma += (estimate - self.sigma) * (FOLLOW if self._known else 1.0)
        self._known = True
