"""The boundary's tiles: alpha at full resolution, the colours on either side, the person over the ground."""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import Geometry, Planes, Slot
from .ground import SIZES, Ground
from .kernels.loader import Bound, Kernels, Window
from .kernels.signatures import SEAM, TILE
from .matte import Matte
from .prepare import Prepared
from .tiles import BACKGROUND, NONE, PERSON

Array = np.ndarray[Any, Any]


class Seam:
    """Blends the tiles of a list into `picture`."""

    def __init__(
        self, geometry: Geometry, kernels: Kernels, matte: Matte, tiles: Array, picture: Planes
    ) -> None:
        self._geometry, self._kernels, self._matte = geometry, kernels, matte
        self._tiles, self._picture = tiles, picture
        self._size = (geometry.tiles_wide, geometry.tiles_high)
        self.alpha: Array = np.zeros(geometry.padded, np.uint8)
        self._filled: Array = np.full(geometry.tiles, NONE, np.uint8)  # class whose alpha a whole tile has
        shape = (geometry.tiles_high * SEAM, geometry.tiles_wide * SEAM)
        # colours on either side, SEAM points to a tile: (person, room) for Y, U and V
        self._sides = [(np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)) for _ in "yuv"]
        self._sides_old = True  # somewhere: tiles were blended without them
        self._slots: dict[int, _OfSlot] = {}
        self._grounds: dict[tuple[int, Ground], _OfGround] = {}

    def blend(
        self, slot: Slot, prepared: Prepared, ground: Ground, n: int, window: Window | None, fuse: bool
    ) -> None:
        """The first `n` tiles. `window`: what holds all of them; `fuse`: the room's share is taken out of the
        person's colours.
        """
        if not n:
            return
        if slot.number not in self._slots:
            self._slots[slot.number] = _OfSlot(self, slot, prepared)
        key = (slot.number, ground)
        if key not in self._grounds:
            self._grounds[key] = _OfGround(self, slot, ground)
        self._slots[slot.number].edge_alpha(n, *self._size)
        columns, rows = self._tiles[:n].T
        self._filled[rows, columns] = NONE
        if fuse and (self._sides_old or window is not None):
            self._slots[slot.number].sides(self._matte.region if self._sides_old else window)
        self._sides_old = not fuse
        kernels = self._grounds[key].fuse if fuse else self._grounds[key].blend
        for kernel, scalars in zip(kernels, ground.scalars, strict=True):
            kernel(n, *self._size, *scalars)

    def fill(self, classes: Array) -> None:
        """Alpha of the tiles that are all background or all person, too."""
        alpha = self.alpha.reshape(self._filled.shape[0], TILE, self._filled.shape[1], TILE)
        for one, value in ((BACKGROUND, 0), (PERSON, 255)):
            rows, columns = np.nonzero((classes == one) & (self._filled != one))
            alpha[rows, :, columns] = value
            self._filled[rows, columns] = one


class _OfSlot:
    """What is found out about a slot's frame."""

    def __init__(self, of: Seam, slot: Slot, prepared: Prepared) -> None:
        matte, span = of._matte, of._geometry.span
        self.edge_alpha: Bound = of._kernels.bind(
            f"edge_alpha_{of._geometry.factor}",
            *(of._tiles, slot.planes[0], matte.gain, matte.offset, of.alpha),
        )
        self.sides: Bound = of._kernels.bind_window(
            f"seam_colours_{span}",
            (span, span, span // 2, span // 2, *(SEAM,) * 6),
            *(matte.alpha, *prepared.work),
            *(side for sides in of._sides for side in sides),
        )


class _OfGround:
    """A slot's frame over a ground."""

    def __init__(self, of: Seam, slot: Slot, ground: Ground) -> None:
        bind, first = of._kernels.bind, (of._tiles, of.alpha)
        self.blend: list[Bound] = []
        self.fuse: list[Bound] = []
        for size, plane, source, sides, out in zip(
            SIZES, slot.planes, ground.sources, of._sides, of._picture.planes, strict=True
        ):
            self.blend.append(bind(f"{ground.blend}_{size}", *first, source, plane, out))
            self.fuse.append(bind(f"{ground.fuse}_{size}", *first, source, plane, *sides, out))
