"""Mask -> matte: temporally steady, snapped to the edges of the luma. Only where a person is, or was."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .frame import Geometry
from .kernels.loader import Bound, Kernels
from .kernels.signatures import BOX_RADIUS, MODEL_HEIGHT, MODEL_WIDTH
from .prepare import Placement, Prepared

Array = np.ndarray[Any, Any]

# Temporal filter: share of a change taken over per frame, at least; grows with the size of the change.
# Alpha falls at once and rises with confidence.
RISE, FALL, FOLLOW = 0.25, 1.0, 1.5
REST = 0.15  # change of the mask that is left out where the picture has not changed
EPSILON = 40.0  # guided filter: luma variance (0..255 squared) below which an edge is not followed
LOW, HIGH = 0.53, 0.98  # levels: filtered mask at which alpha is 0 and 1: what is in doubt is hidden

ABSENT, PRESENT = 0.2, 0.9  # mask below / above which the filter has no say; it fades in over as much again
NOTHING = 0.1  # mask below which there is no trace of a person; alpha is 0 up to ABSENT
SNAP_WIDE, SNAP_HIGH = 8, 4  # tiles that a region grows by
SHRINK_AFTER = 30  # masks


class Region(NamedTuple):
    """A rectangle of tiles, the last ones left out."""

    left: int
    top: int
    right: int
    bottom: int

    def of(self, plane: Array, scale: int) -> Array:
        """The view of a plane with `scale` pixels to a tile."""
        return plane[self.top * scale : self.bottom * scale, self.left * scale : self.right * scale]

    def holds(self, other: Region) -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def joined(self, other: Region) -> Region:
        return Region(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


class Matte:
    """Alpha of the last frame: coefficients (gain, offset; float32) and alpha (u8) at work resolution.

    `differs`: u8, tiles whose soft mask is another than for the mask before.
    """

    def __init__(self, geometry: Geometry, kernels: Kernels) -> None:
        self._geometry, self._kernels = geometry, kernels
        shape = geometry.work
        self._mask: Array = np.zeros((MODEL_HEIGHT, MODEL_WIDTH), np.float32)
        self._soft: tuple[Array, Array] = (np.zeros(shape, np.float32), np.zeros(shape, np.float32))
        self.gain: Array = np.zeros(shape, np.float32)
        self.offset: Array = np.zeros(shape, np.float32)
        self.alpha: Array = np.zeros(shape, np.uint8)
        self.differs: Array = np.ones(geometry.tiles, np.uint8)
        self._changed: Array = np.ones(geometry.tiles, np.uint8)
        self._placement = Placement.of(geometry)
        self.region = Region(0, 0, geometry.tiles_wide, geometry.tiles_high)
        self._smaller = 0
        self._bound: dict[tuple[int, int], tuple[Bound, Bound, Bound]] = {}
        self._turn = 0
        self.fresh = True

    def reset(self) -> None:
        """The next mask starts anew: nothing of the masks before it is kept."""
        self.fresh = True

    def run(self, mask: Array, prepared: Prepared, changed: Array) -> None:
        """`mask`: float32 (144, 256), 0..1. `changed`: u8, tiles near which the picture changed since the
        last mask.
        """
        self._mask[:] = mask
        self._changed[:] = 1 if self.fresh else changed
        self._choose_region(mask)
        steady, differs, guided = self._of(prepared)
        rise, fall = (1.0, 1.0) if self.fresh else (RISE, FALL)
        steady(*self._to_model, rise, fall, FOLLOW, REST)
        differs()
        guided(EPSILON, LOW, HIGH, ABSENT, PRESENT)
        self._turn ^= 1
        if self.fresh:
            self.differs.fill(1)
        self.fresh = False

    @property
    def _to_model(self) -> tuple[float, float, float, float]:
        step_x, step_y, start_x, start_y = self._placement.to_model
        span = self._geometry.span
        return (
            step_x,
            step_y,
            start_x + self.region.left * span * step_x,
            start_y + self.region.top * span * step_y,
        )

    def _choose_region(self, mask: Array) -> None:
        """Follows the person; grows at once, shrinks when there has long been room to spare."""
        wanted = self._around(mask)
        if self.fresh or not self.region.holds(wanted):
            self._enter(wanted if self.fresh else self.region.joined(wanted))
        self._smaller = self._smaller + 1 if wanted != self.region else 0
        if self._smaller > SHRINK_AFTER:
            self._enter(wanted)

    def _around(self, mask: Array) -> Region:
        """What the guided filter can reach from any trace of a person, in whole steps of tiles."""
        geometry, traces = self._geometry, mask > NOTHING
        columns, rows = (np.flatnonzero(traces.any(axis)) for axis in (0, 1))
        if not len(columns):
            return Region(0, 0, min(SNAP_WIDE, geometry.tiles_wide), min(SNAP_HIGH, geometry.tiles_high))
        margin = 2 * BOX_RADIUS + 2
        sides = []
        for found, step, snap, tiles in (
            (columns, self._placement.step_x, SNAP_WIDE, geometry.tiles_wide),
            (rows, self._placement.step_y, SNAP_HIGH, geometry.tiles_high),
        ):
            unit = snap * geometry.span
            first = int((found[0] - 1) * step - margin) // unit * snap
            last = -(int(-(found[-1] + 2) * step - margin) // unit) * snap
            sides.append((max(first, 0), min(last, tiles)))
        (left, right), (top, bottom) = sides
        return Region(left, top, right, bottom)

    def _enter(self, region: Region) -> None:
        """Nothing is left outside of the new region."""
        span = self._geometry.span
        for plane in (*self._soft, self.gain, self.offset, self.alpha):
            inside = region.of(plane, span).copy()
            plane.fill(0)
            region.of(plane, span)[:] = inside
        self.differs.fill(1)
        self.region, self._smaller = region, 0
        self._bound.clear()

    def _of(self, prepared: Prepared) -> tuple[Bound, Bound, Bound]:
        key = (prepared.number, self._turn)
        if key not in self._bound:
            bind, span, part = self._kernels.bind, self._geometry.span, self.region.of
            before, after = (part(self._soft[turn], span) for turn in (self._turn, self._turn ^ 1))
            outputs = (part(plane, span) for plane in (self.gain, self.offset, self.alpha))
            self._bound[key] = (
                bind(f"soft_mask_{span}", self._mask, before, part(self._changed, 1), after),
                bind(f"tile_differs_{span}", before, after, part(self.differs, 1)),
                bind("matte", part(prepared.work[0], span), after, *outputs),
            )
        return self._bound[key]
