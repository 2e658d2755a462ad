"""Person and plate -> SafeFrame. The one place where a SafeFrame is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .frame import FrameSpec, Geometry, Slot
from .kernels.loader import Kernels
from .kernels.signatures import TILE
from .matte import Matte
from .plate import Plate
from .tiles import Tiles

Array = np.ndarray[Any, Any]
_COMPOSER = object()


@dataclass(frozen=True)
class SafeFrame:
    """A frame whose background has been replaced in every pixel; the only thing that may leave the pipeline.

    `ticket` is the number the frame was begun under. `slot.planes` holds its pixels (I420, padded) until the
    slot is used again. `kind` says whether the person is shown ('composed') or the whole frame is blurred
    ('concealed', for `reason`).
    """

    ticket: int
    slot: Slot
    spec: FrameSpec
    kind: Literal["composed", "concealed"]
    reason: str
    _made_by: object

    def __post_init__(self) -> None:
        if self._made_by is not _COMPOSER:
            raise TypeError("a SafeFrame is made by Compose only")


class Compose:
    """Writes the plate into a slot's planes, in place, wherever the person is not."""

    def __init__(
        self, geometry: Geometry, kernels: Kernels, matte: Matte, tiles: Tiles, plate: Plate
    ) -> None:
        self._geometry, self._kernels = geometry, kernels
        self._matte, self._tiles, self._plate = matte, tiles, plate
        self.alpha: Array = np.zeros(geometry.padded, np.uint8)
        self._bound: dict[int, _Bound] = {}

    def compose(self, slot: Slot, ticket: int) -> SafeFrame:
        """Boundary tiles blended, background tiles from the plate, the person's tiles untouched."""
        bound, tiles = self._of(slot), self._tiles
        size = (self._geometry.tiles_wide, self._geometry.tiles_high)
        bound.edge_alpha(tiles.boundaries, *size)
        for blend, fill, cell in zip(bound.blend, bound.fill, self._plate.cell, strict=True):
            blend(tiles.boundaries, *size, cell)
            fill(tiles.backgrounds, *size, cell)
        return self._seal(slot, ticket, "composed", "")

    def conceal(self, slot: Slot, ticket: int, reason: str) -> SafeFrame:
        """The whole frame becomes the plate; the plate must have been built without leaving anybody out."""
        bound = self._of(slot)
        for cover, cell in zip(bound.cover, self._plate.cell, strict=True):
            cover(len(self._tiles.every), self._geometry.tiles_wide, self._geometry.tiles_high, cell)
        return self._seal(slot, ticket, "concealed", reason)

    def _seal(
        self, slot: Slot, ticket: int, kind: Literal["composed", "concealed"], reason: str
    ) -> SafeFrame:
        assert slot.spec is not None
        return SafeFrame(ticket, slot, slot.spec, kind, reason, _COMPOSER)

    def _of(self, slot: Slot) -> _Bound:
        if slot.number not in self._bound:
            self._bound[slot.number] = _Bound(self, slot)
        return self._bound[slot.number]


class _Bound:
    """The kernels bound to one slot's planes."""

    def __init__(self, of: Compose, slot: Slot) -> None:
        bind, tiles, matte = of._kernels.bind, of._tiles, of._matte
        self.edge_alpha = bind(
            f"edge_alpha_{of._geometry.factor}",
            tiles.boundary,
            slot.planes[0],
            matte.gain,
            matte.offset,
            of.alpha,
        )
        self.blend, self.fill, self.cover = [], [], []
        for plane, rows, size in zip(slot.planes, of._plate.rows, (TILE, TILE // 2, TILE // 2), strict=True):
            self.blend.append(bind(f"blend_tiles_{size}", tiles.boundary, of.alpha, rows, plane, plane))
            self.fill.append(bind(f"fill_tiles_{size}", tiles.background, rows, plane))
            self.cover.append(bind(f"fill_tiles_{size}", tiles.every, rows, plane))
