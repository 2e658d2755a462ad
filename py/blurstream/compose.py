"""Person and ground -> SafeFrame.

What was shown last stays in memory, and only those tiles are written that must be another now: the boundary's
where something has changed, the background's when the plate has, the person's unless they rest.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from .frame import Geometry, Planes, Slot
from .ground import SIZES, Ground
from .kernels.loader import Bound, Kernels, Window
from .matte import Matte
from .prepare import Prepared
from .quiet import Quiet
from .safe_frame import SafeFrame, seal
from .seam import Seam
from .tile_list import TileList
from .tiles import BACKGROUND, BOUNDARY, NONE, PERSON, Tiles

Array = np.ndarray[Any, Any]


class Compose:
    """Keeps what is shown, and writes into it what has to change."""

    def __init__(self, geometry: Geometry, kernels: Kernels, matte: Matte, tiles: Tiles) -> None:
        self._geometry, self._kernels = geometry, kernels
        self._matte, self._tiles = matte, tiles
        self.picture = Planes(geometry)
        self._list = TileList(geometry)
        self._shown: Array = np.full(geometry.tiles, NONE, np.uint8)  # class that each tile was written as
        self._whole = False  # all of the picture is as `_shown` says
        self._none: Array = np.zeros(geometry.tiles, np.uint8)
        self._quiet = Quiet(geometry, kernels, self.picture)
        self._seam = Seam(geometry, kernels, matte, self._list.pairs, self.picture)
        self._size = (geometry.tiles_wide, geometry.tiles_high)
        self._ground: Ground | None = None  # that the picture was made on
        self._fill: list[Bound] = []
        self._veil = False  # the picture is all ground
        self.written = 0  # tiles, since the start

    def compose(
        self,
        slot: Slot,
        prepared: Prepared,
        ticket: int,
        ground: Ground,
        unsettled: Array | None,
        window: Window | None,
        *,
        denoise: float | None,
        fuse: bool = True,
    ) -> SafeFrame:
        """`ground`: what is behind the person.
        `unsettled`: u8, tiles in whose reach picture or mask have changed since they were written; None:
        the mask is the last one, and nothing has changed but within the person.
        `window`: what holds those of them that are near the person.
        `denoise`: the most that the camera's noise can be, in levels; None: the person is left as the camera
        has them.
        """
        self._stand_on(ground)
        self._veil = False
        whole, self._whole = self._whole, False  # what fails half way is written anew
        if not whole:
            self._shown.fill(NONE)
        if unsettled is not None or not whole or ground.touched.view(bool).any():
            stale = self._none if unsettled is None else unsettled
            self._replace(slot, prepared, ground, stale, window, fuse)
        self.written += self._quiet.copy(slot) if denoise is None else self._quiet.run(slot, denoise)
        self._whole = True
        return seal(slot, ticket, self.picture, "composed")

    def _replace(
        self,
        slot: Slot,
        prepared: Prepared,
        ground: Ground,
        unsettled: Array,
        window: Window | None,
        fuse: bool,
    ) -> None:
        """The background's and the boundary's tiles."""
        classes, shown = self._tiles.classes, self._shown
        other = classes != shown
        uncovered = other | ground.touched.view(bool)
        stale = uncovered | unsettled.view(bool)
        choose = self._list.choose
        self._cover(choose(np.flatnonzero((classes == BACKGROUND) & uncovered)))
        n = choose(np.flatnonzero((classes == BOUNDARY) & stale))
        self._seam.blend(slot, prepared, ground, n, window, fuse)
        self.written += n
        self._quiet.assign((classes == PERSON).ravel(), other.ravel())
        np.copyto(shown, classes)
        ground.touched.fill(0)

    def conceal(self, slot: Slot, ticket: int, reason: str, ground: Ground) -> SafeFrame:
        """The whole frame becomes `ground`; a plate must have been built without leaving anybody out."""
        self._veil = self._whole = False  # what fails half way is neither
        self._stand_on(ground)
        self._cover(self._list.choose_all())
        ground.touched.fill(0)
        self._veil = True
        return seal(slot, ticket, self.picture, "concealed", reason)

    @property
    def alpha(self) -> Array:
        """u8, padded: of the boundary's tiles, as they were written last; of all after `fill_alpha`."""
        return self._seam.alpha

    def fill_alpha(self) -> None:
        """For those who want it of every tile of what was composed last."""
        self._seam.fill(self._shown)

    def forget(self) -> None:
        """The next frame is written anew, all of it."""
        self._veil = self._whole = False

    @property
    def is_veil(self) -> bool:
        """Whether the picture is nothing but ground."""
        return self._veil

    def is_veil_of(self, ground: Ground) -> bool:
        """Whether the picture is all of `ground` as it is."""
        return self._veil and ground is self._ground and not ground.touched.view(bool).any()

    def repeat(
        self, slot: Slot, ticket: int, kind: Literal["composed", "concealed"], reason: str
    ) -> SafeFrame:
        """What is shown already, once more."""
        return seal(slot, ticket, self.picture, kind, reason)

    def _stand_on(self, ground: Ground) -> None:
        if ground is self._ground:
            return
        self._whole = False
        self._fill = [
            self._kernels.bind(f"{ground.cover}_{size}", self._list.pairs, source, plane)
            for size, source, plane in zip(SIZES, ground.sources, self.picture.planes, strict=True)
        ]
        self._ground = ground

    def _cover(self, n: int) -> None:
        self.written += n
        if n and self._ground is not None:
            for fill, scalars in zip(self._fill, self._ground.scalars, strict=True):
                fill(n, *self._size, *scalars)
