"""Person and plate -> SafeFrame. The one place where a SafeFrame is made.

What was shown last stays in memory, and only those tiles are written that must be another now: the boundary's
where something has changed, the background's when the plate has, the person's unless they rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .frame import FrameSpec, Geometry, Planes, Slot
from .kernels.loader import Bound, Kernels, Window
from .kernels.signatures import SEAM, TILE
from .matte import Matte
from .plate import Plate
from .prepare import Prepared
from .quiet import Quiet
from .tile_list import TileList
from .tiles import BACKGROUND, BOUNDARY, NONE, PERSON, Tiles

Array = np.ndarray[Any, Any]
SIZES = (TILE, TILE // 2, TILE // 2)
_COMPOSER = object()


@dataclass(frozen=True)
class SafeFrame:
    """A frame whose background has been replaced in every pixel; the only thing that may leave the pipeline.

    `ticket` is the number the frame was begun under. `picture` holds its pixels (I420, padded) until the next
    SafeFrame is made. `kind` says whether the person is shown ('composed') or the whole frame is blurred
    ('concealed', for `reason`).
    """

    ticket: int
    picture: Planes
    spec: FrameSpec
    kind: Literal["composed", "concealed"]
    reason: str
    _made_by: object

    def __post_init__(self) -> None:
        if self._made_by is not _COMPOSER:
            raise TypeError("a SafeFrame is made by Compose only")

    @property
    def planes(self) -> tuple[Array, Array, Array]:
        return self.picture.planes

    @property
    def memory(self) -> Array:
        return self.picture.memory

    @property
    def layout(self) -> list[tuple[int, int]]:
        return self.picture.layout


class Compose:
    """Keeps what is shown, and writes into it what has to change."""

    def __init__(
        self, geometry: Geometry, kernels: Kernels, matte: Matte, tiles: Tiles, plate: Plate
    ) -> None:
        self._geometry, self._kernels = geometry, kernels
        self._matte, self._tiles, self._plate = matte, tiles, plate
        self.picture = Planes(geometry)
        self.alpha: Array = np.zeros(geometry.padded, np.uint8)
        self._list = TileList(geometry)
        self._shown: Array = np.full(geometry.tiles, NONE, np.uint8)  # class that each tile was written as
        self._whole = False  # all of the picture is as `_shown` says
        self._none: Array = np.zeros(geometry.tiles, np.uint8)
        self._quiet = Quiet(geometry, kernels, self.picture)
        self._sides = _Sides(geometry)
        self._size = (geometry.tiles_wide, geometry.tiles_high)
        bind, picture = kernels.bind, self.picture.planes
        self._fill = [
            bind(f"fill_tiles_{size}", self._list.pairs, rows_, plane)
            for size, rows_, plane in zip(SIZES, plate.rows, picture, strict=True)
        ]
        self._bound: dict[int, _Bound] = {}
        self.written = 0  # tiles, since the start

    def compose(
        self,
        slot: Slot,
        prepared: Prepared,
        ticket: int,
        unsettled: Array | None,
        window: Window | None,
        *,
        denoise: float | None,
        fuse: bool = True,
    ) -> SafeFrame:
        """`unsettled`: u8, tiles in whose reach picture or mask have changed since they were written; None:
        the mask is the last one, and nothing has changed but within the person.
        `window`: what holds those of them that are near the person.
        `denoise`: the most that the camera's noise can be, in levels; None: the person is left as the camera
        has them.
        """
        whole, self._whole = self._whole, False  # what fails half way is written anew
        if not whole:
            self._shown.fill(NONE)
        if unsettled is not None or not whole or self._plate.touched.view(bool).any():
            stale = self._none if unsettled is None else unsettled
            self._replace(slot, prepared, stale, window, fuse)
        self.written += self._quiet.copy(slot) if denoise is None else self._quiet.run(slot, denoise)
        self._whole = True
        return self._seal(slot, ticket, "composed", "")

    def _replace(
        self, slot: Slot, prepared: Prepared, unsettled: Array, window: Window | None, fuse: bool
    ) -> None:
        """The background's and the boundary's tiles."""
        classes, shown = self._tiles.classes, self._shown
        other = classes != shown
        uncovered = other | self._plate.touched.view(bool)
        stale = uncovered | unsettled.view(bool)
        choose = self._list.choose
        self._cover(choose(np.flatnonzero((classes == BACKGROUND) & uncovered)))
        seam = choose(np.flatnonzero((classes == BOUNDARY) & stale))
        self._blend(slot, prepared, seam, window, fuse)
        self._quiet.assign((classes == PERSON).ravel(), other.ravel())
        np.copyto(shown, classes)
        self._plate.touched.fill(0)

    def conceal(self, slot: Slot, ticket: int, reason: str) -> SafeFrame:
        """The whole frame becomes the plate; the plate must have been built without leaving anybody out."""
        self._whole = False
        self._cover(self._list.choose_all())
        return self._seal(slot, ticket, "concealed", reason)

    def repeat(
        self, slot: Slot, ticket: int, kind: Literal["composed", "concealed"], reason: str
    ) -> SafeFrame:
        """What is shown already, once more."""
        return self._seal(slot, ticket, kind, reason)

    def _cover(self, n: int) -> None:
        self.written += n
        if n:
            for fill, cell in zip(self._fill, self._plate.cell, strict=True):
                fill(n, *self._size, cell)

    def _blend(self, slot: Slot, prepared: Prepared, n: int, window: Window | None, fuse: bool) -> None:
        self.written += n
        if not n:
            return
        bound = self._of(slot, prepared)
        bound.edge_alpha(n, *self._size)
        if fuse and window is not None:
            bound.sides(window)
        for blend, cell in zip(bound.fuse if fuse else bound.blend, self._plate.cell, strict=True):
            blend(n, *self._size, cell)

    def _seal(
        self, slot: Slot, ticket: int, kind: Literal["composed", "concealed"], reason: str
    ) -> SafeFrame:
        assert slot.spec is not None
        return SafeFrame(ticket, self.picture, slot.spec, kind, reason, _COMPOSER)

    def _of(self, slot: Slot, prepared: Prepared) -> _Bound:
        if slot.number not in self._bound:
            self._bound[slot.number] = _Bound(self, slot, prepared)
        return self._bound[slot.number]


class _Sides:
    """Colours on either side of the seam, SEAM points to a tile: (person, room) for Y, U and V."""

    def __init__(self, geometry: Geometry) -> None:
        shape = (geometry.tiles_high * SEAM, geometry.tiles_wide * SEAM)
        self.planes: list[tuple[Array, Array]] = [
            (np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)) for _ in "yuv"
        ]


class _Bound:
    """The kernels bound to one slot's planes."""

    def __init__(self, of: Compose, slot: Slot, prepared: Prepared) -> None:
        bind, tiles, matte, factor = of._kernels.bind, of._list.pairs, of._matte, of._geometry.factor
        self.edge_alpha = bind(
            f"edge_alpha_{factor}", tiles, slot.planes[0], matte.gain, matte.offset, of.alpha
        )
        span = of._geometry.span
        self.sides: Bound = of._kernels.bind_window(
            f"seam_colours_{span}",
            (span, span, span // 2, span // 2, *(SEAM,) * 6),
            *(matte.alpha, *prepared.work),
            *(side for sides in of._sides.planes for side in sides),
        )
        self.blend, self.fuse = [], []
        for size, plane, rows, sides, out in zip(
            SIZES, slot.planes, of._plate.rows, of._sides.planes, of.picture.planes, strict=True
        ):
            self.blend.append(bind(f"blend_tiles_{size}", tiles, of.alpha, rows, plane, out))
            self.fuse.append(bind(f"fuse_tiles_{size}", tiles, of.alpha, rows, plane, *sides, out))
