"""The stages for one frame size, and the order in which a mask goes through them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .change import Change
from .compose import Compose
from .frame import Geometry, Slot
from .kernels.loader import Kernels, Window
from .kernels.signatures import BOX_RADIUS
from .keyed import Keyed
from .matte import Matte
from .plate import Plate
from .prepare import Prepared
from .seal import CHECK
from .tiles import Tiles
from .view import View

Array = np.ndarray[Any, Any]

SLOTS = 2
REUSES = 30  # frames that a mask is used for at most
DEEP_TILES, DEEP_SHARE = 8, 0.04  # that may change deep inside the person without a new mask


class Workspace:
    """Everything whose size depends on the frame's: slots, planes, matte, plate. Replaced when the frame
    size changes.
    """

    def __init__(self, geometry: Geometry, kernels: Kernels) -> None:
        self.geometry = geometry
        self.slots = [Slot(number, geometry, kernels) for number in range(SLOTS)]
        self.prepared = [Prepared(slot, kernels) for slot in self.slots]
        self.change = Change(geometry, kernels)
        self.view = View(geometry)
        self.matte = Matte(geometry, kernels)
        self.tiles = Tiles(geometry, kernels, self.matte.alpha)
        self.plate = Plate(geometry, kernels, self.matte.alpha)
        self.compose = Compose(geometry, kernels, self.matte, self.tiles)
        self._kernels = kernels
        self._keyed: Keyed | None = None
        self._since: Array = np.zeros(geometry.tiles, np.uint8)  # changed since the last mask
        self._stirred: Array = np.zeros(geometry.tiles, np.uint8)
        self.unsettled: Array = np.ones(geometry.tiles, np.uint8)
        self._reach = -(-2 * BOX_RADIUS // geometry.span)  # of the guided filter, in tiles
        self._spread = kernels.bind(f"tile_spread_{self._reach}", self._stirred, self.unsettled)
        self.window: Window | None = None  # tiles that alpha is new in
        self._masked = self.view.whole  # what the last mask is of
        self.veiled: int | None = None  # frames since the plate shown is a concealed frame's; None: it is not
        self._veil_stale = False
        self.reuses: int | None = None  # frames since the last mask; None: there is none to be used again

    @property
    def keyed(self) -> Keyed:
        """Made when it is first needed."""
        if self._keyed is None:
            self._keyed = Keyed(self.geometry, self._kernels)
        return self._keyed

    def veil_is_due(self, still: bool = False) -> bool:
        """Whether a concealed frame needs a plate of its own: one sample serves while nothing has changed, or
        for good if it is to be `still`.
        """
        self._veil_stale |= self.change.any
        if self.veiled is not None and (still or self.veiled < CHECK or not self._veil_stale):
            self.veiled += 1
            return False
        self.veiled, self._veil_stale = None, False
        return True

    def reset(self) -> None:
        """Nothing of what was seen is used again."""
        self.matte.reset()
        self.view.reset()
        self.reuses = None

    def leave_keyed(self, *, interrupted: bool = True) -> None:
        """Another picture than that of keyed frames is shown. `interrupted`: the screen is not seen."""
        if self._keyed is not None:
            self._keyed.forget(interrupted=interrupted)

    def forget(self) -> None:
        """Nor of what was shown: this place has been out of sight."""
        self.reset()
        self.compose.forget()
        self.plate.reset()
        self.veiled = None

    def may_reuse(self, prepared: Prepared) -> bool:
        """Whether the last mask is this frame's too: what has changed lies deep inside the person."""
        if self.reuses is None or self.reuses >= REUSES or self.view.window != self._masked:
            return False
        if np.count_nonzero(prepared.changed) > max(DEEP_TILES, DEEP_SHARE * prepared.changed.size):
            return False  # more than a mouth: a gap may have opened
        # frames that were left out count, too: what changed in them does not change once more
        return not np.any((prepared.changed | self._since) & self.tiles.near)

    def take(self, mask: Array | None, prepared: Prepared) -> None:
        """Mask, or None to use the last one again -> matte and tiles; `unsettled` for compose."""
        self.veiled = None
        np.bitwise_or(self._since, prepared.changed, out=self._since)
        if mask is None:
            assert self.reuses is not None
            self.reuses += 1
            self.unsettled.fill(0)
            self.window = None
            return
        self._stirred[:] = self._since
        self._spread()
        if prepared.seen != self.view.whole == self._masked:
            self.matte.reset()  # seen from near for the first time: nothing of the coarse mask stays
            self.unsettled.fill(1)
        self._masked = prepared.seen
        self.matte.follow(mask, prepared.seen, self.unsettled)
        self.view.follow(mask, prepared.seen)
        np.bitwise_or(self._since, self.matte.differs, out=self._stirred)
        self._spread()
        self.window = self._around_unsettled()
        if self.window is not None:
            self.matte.refine(prepared, self.window)
        self.tiles.run(self.unsettled)
        self._since.fill(0)
        self.reuses = 0

    def leave_out(self, prepared: Prepared) -> None:
        """The frame is not shown: what has changed in it is still to be written."""
        np.bitwise_or(self._since, prepared.changed, out=self._since)

    def _around_unsettled(self) -> Window | None:
        """The unsettled tiles near the person, and as many around them as the guided filter reaches."""
        region, reach = self.matte.region, self._reach
        part = region.of(self.unsettled, 1)
        columns, rows = (np.flatnonzero(part.any(axis)) for axis in (0, 1))
        if not len(columns):
            return None
        return Window(
            max(region.left + int(columns[0]) - reach, region.left),
            max(region.top + int(rows[0]) - reach, region.top),
            min(region.left + int(columns[-1]) + 1 + reach, region.right),
            min(region.top + int(rows[-1]) + 1 + reach, region.bottom),
        )


class Ticket:
    """A frame on its way: its slot and the workspace the slot belongs to."""

    def __init__(self, number: int, workspace: Workspace, slot: Slot) -> None:
        self.number, self.workspace, self.slot = number, workspace, slot
        self.sent_at = self.busy_ms = self.model_ms = 0.0
        self.late = 0  # frames of the camera that are missing before it
        self.drawn = False  # the model's input is
        self.cut = False  # the picture is another one altogether
        self.repeats = False  # what is shown already is to be shown once more

    @property
    def prepared(self) -> Prepared:
        return self.workspace.prepared[self.slot.number]
