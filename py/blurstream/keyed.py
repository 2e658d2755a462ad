"""A coloured screen and what is in front of it -> SafeFrame: chroma keying, without the model.

What is not of the screen's colour is shown as the person, wherever it is: what the screen does not cover of
the room, too. When hardly any screen is in sight frames are concealed, see Screen. Method and figures:
docs/greenscreen.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .frame import Geometry, Planes, Slot
from .ground import SIZES, Ground
from .kernels.loader import Bound, Kernels
from .kernels.signatures import TILE
from .options import Greenscreen
from .safe_frame import SafeFrame, seal, spec_of
from .screen import Screen
from .tile_list import TileList
from .tiles import BACKGROUND, BOUNDARY, NONE, PERSON

Array = np.ndarray[Any, Any]

TOLERATED = 0.4  # at tolerance 1, of the screen's colour a pixel may lack and be all screen
HARDER = 3  # power of 1 - softness: at 0.5 what has an eighth of that is all person
SPILL_LUMA = 0.5  # of the screen's light on the person, what their luma is darkened by
_ONE = 256  # of the kernels' fractions
_NOTHING = np.uint8(0)  # typed: see tiles


class Keyed:
    """Keeps what is shown; the background's tiles are written when they change, all others every time."""

    def __init__(self, geometry: Geometry, kernels: Kernels) -> None:
        self._kernels = kernels
        self.picture = Planes(geometry)
        self.screen = Screen(geometry, kernels)
        shape = geometry.tiles
        self._least: Array = np.zeros(shape, np.uint8)
        self._most: Array = np.zeros(shape, np.uint8)
        self._bounds = kernels.bind(f"tile_bounds_{TILE // 2}", self.screen.share, self._least, self._most)
        self.classes: Array = np.zeros(shape, np.uint8)
        self._shown: Array = np.full(shape, NONE, np.uint8)  # class that each tile was written as
        self._whole = False  # all of the picture is as `_shown` says
        self._list = TileList(geometry)
        self._size = (geometry.tiles_wide, geometry.tiles_high)
        self._copy: dict[int, list[Bound]] = {}  # by slot
        self._over: dict[tuple[int, Ground], tuple[list[Bound], list[Bound]]] = {}
        self._ground: Ground | None = None  # that the picture was made on
        self.written = 0  # tiles, since the start
        self.persons = self.boundaries = 0

    def forget(self, *, interrupted: bool) -> None:
        """The next frame is written anew, all of it. `interrupted`: the screen may have gone meanwhile."""
        self._whole = False
        if interrupted:
            self.screen.forget()

    def compose(
        self, slot: Slot, ticket: int, ground: Ground, effect: Greenscreen, *, anew: bool
    ) -> SafeFrame | None:
        """`ground`: a backdrop. `anew`: the picture is another one altogether. None: there is no screen."""
        whole, self._whole = self._whole and ground is self._ground, False  # what fails is written anew
        space = spec_of(slot).colour_space
        if not self.screen.look(slot, effect.key, space, anew=anew):
            return None
        if not whole:
            self._shown.fill(NONE)
        self._ground = ground
        opaque = 255 * (1 - TOLERATED * effect.tolerance)
        clear = opaque * (1 - effect.softness) ** HARDER
        self._sort(opaque)
        copy, cover, blend = self._of(slot, ground)
        stale = (self.classes != self._shown) | ground.touched.view(bool)
        n = self._choose((self.classes == BACKGROUND) & stale)
        self._run(cover, n, [()] * 3)
        n = self._choose(self.classes == PERSON)
        self._run(copy, n, [()] * 3)
        n = self._choose(self.classes == BOUNDARY)
        zero, steep = (0 if space[1] else 16), round(255 * _ONE / max(opaque - clear, 1))
        spills = [round(_ONE * effect.spill * part) for part in (SPILL_LUMA, 1, 1)]
        bounds = [(zero, -zero, 255 - zero), (128, -128, 127), (128, -128, 127)]
        edge = [(round(opaque), steep, spill, *of) for spill, of in zip(spills, bounds, strict=True)]
        self._run(blend, n, edge)
        ground.touched.fill(0)
        np.copyto(self._shown, self.classes)
        self._whole = True
        return seal(slot, ticket, self.picture, "composed")

    def _sort(self, opaque: float) -> None:
        """A tile is the person's if nothing of the screen's colour is in it, not even its light."""
        self._bounds()
        self.classes.fill(BOUNDARY)
        self.classes[self._most == _NOTHING] = PERSON
        self.persons = int(np.count_nonzero(self._most == _NOTHING))
        self.classes[self._least >= np.uint8(min(opaque + 1, 255))] = BACKGROUND
        self.boundaries = int(np.count_nonzero(self.classes == BOUNDARY))

    def _choose(self, which: Array) -> int:
        n = self._list.choose(np.flatnonzero(which))
        self.written += n
        return n

    def _run(self, kernels: list[Bound], n: int, scalars: Sequence[tuple[int, ...]]) -> None:
        if n:
            for kernel, more in zip(kernels, scalars, strict=True):
                kernel(n, *self._size, *more)

    def _of(self, slot: Slot, ground: Ground) -> tuple[list[Bound], list[Bound], list[Bound]]:
        bind, tiles, outs = self._kernels.bind, self._list.pairs, self.picture.planes
        if slot.number not in self._copy:
            self._copy[slot.number] = [
                bind(f"copy_tiles_{size}", tiles, plane, out)
                for size, plane, out in zip(SIZES, slot.planes, outs, strict=True)
            ]
        key = (slot.number, ground)
        if key not in self._over:
            each = list(zip(SIZES, self.screen.colour, ground.sources, slot.planes, outs, strict=True))
            self._over[key] = (
                [bind(f"copy_tiles_{size}", tiles, source, out) for size, _, source, _, out in each],
                [
                    bind(f"keyed_tiles_{size}", tiles, self.screen.share, colour, source, plane, out)
                    for size, colour, source, plane, out in each
                ],
            )
        return self._copy[slot.number], *self._over[key]
