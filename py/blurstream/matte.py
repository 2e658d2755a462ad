"""Mask -> matte: temporally steady, snapped to the edges of the luma. Only where a person is, or was."""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import Geometry
from .kernels.loader import Bound, Kernels, Window
from .kernels.signatures import BOX_RADIUS, MODEL_HEIGHT, MODEL_WIDTH
from .prepare import Placement, Prepared

Array = np.ndarray[Any, Any]

# Temporal filter: share of a change taken over per frame, at least; grows with the size of the change.
# Alpha falls at once and rises with confidence.
RISE, FALL, FOLLOW = 0.25, 1.0, 1.5
REST = 0.15  # change of the mask that is left out where the picture has not changed
EVERY = 1.1  # larger than any change
EPSILON = 150.0  # guided filter: luma variance (0..255 squared) below which an edge is not followed
LOW, HIGH = 0.28, 0.77  # levels: filtered mask at which alpha is 0 and 1: what is in doubt is hidden

ABSENT, PRESENT = 0.2, 0.9  # mask below / above which the filter has no say; it fades in over as much again
NOTHING = 0.1  # mask below which there is no trace of a person; alpha is 0 up to ABSENT
LOOK = 2  # of the mask, every so many rows and columns are looked at for traces
SHRINK_AFTER = 15  # masks


class Matte:
    """Alpha of the last frame: coefficients (gain, offset; float32) and alpha (u8) at work resolution.

    `differs`: u8, tiles whose soft mask is another than for the mask before. `region`: the tiles that hold
    any of this; beyond it everything is 0.
    """

    def __init__(self, geometry: Geometry, kernels: Kernels) -> None:
        self._geometry, self._kernels = geometry, kernels
        shape, span = geometry.work, geometry.span
        self._mask: Array = np.zeros((MODEL_HEIGHT, MODEL_WIDTH), np.float32)
        self._soft: tuple[Array, Array] = (np.zeros(shape, np.uint16), np.zeros(shape, np.uint16))
        self.gain: Array = np.zeros(shape, np.float32)
        self.offset: Array = np.zeros(shape, np.float32)
        self.alpha: Array = np.zeros(shape, np.uint8)
        self.differs: Array = np.ones(geometry.tiles, np.uint8)
        self._changed: Array = np.ones(geometry.tiles, np.uint8)
        self.region = self._seen = self._whole = Window(0, 0, geometry.tiles_wide, geometry.tiles_high)
        self._spare = 0  # masks in a row that would have done with less
        self._steady, self._compare = [], []
        for before, after in (self._soft, self._soft[::-1]):
            buffers = (self._mask, before, self._changed, after)
            self._steady.append(kernels.bind_window(f"soft_mask_{span}", (0, span, 1, span), *buffers))
            self._compare.append(
                kernels.bind_window(f"tile_differs_{span}", (span, span, 1), before, after, self.differs)
            )
        self._guided: dict[tuple[int, int], Bound] = {}
        self._turn = 0
        self.fresh = True

    def reset(self) -> None:
        """The next mask starts anew: nothing of the masks before it is kept."""
        self.fresh = True

    def follow(self, mask: Array, seen: Window, changed: Array) -> None:
        """Mask -> soft mask, and `differs`. `mask`: float32 (144, 256), 0..1, of the tiles `seen`; there is
        nobody elsewhere. `changed`: u8, tiles near which the picture changed since the last mask.
        """
        self._mask[:] = mask
        self._close(seen)
        self._changed[:] = 1 if self.fresh else changed
        self.differs.fill(0)  # outside of the region, too
        placement = Placement.of(self._geometry, seen)
        self._choose_region(placement)
        rise, fall = (1.0, 1.0) if self.fresh else (RISE, FALL)
        # From another view the model may see somebody else in the same picture, for one mask.
        rest = REST if self.fresh or seen == self._seen else EVERY
        self._seen = seen
        step_x, step_y, start_x, start_y = placement.to_model
        span = self._geometry.span
        start_x += self.region.left * span * step_x
        start_y += self.region.top * span * step_y
        self._steady[self._turn](self.region, step_x, step_y, start_x, start_y, rise, fall, FOLLOW, rest)
        self._compare[self._turn](self.region)
        self._turn ^= 1
        if self.fresh:
            self.differs.fill(1)
        self.fresh = False

    def refine(self, prepared: Prepared, window: Window) -> None:
        """Soft mask + luma -> alpha, in the window; at its edge, as wide as the filter, it is not exact."""
        key = (prepared.number, self._turn)
        if key not in self._guided:
            scales = (self._geometry.span,) * 5
            buffers = (prepared.work[0], self._soft[self._turn], self.gain, self.offset, self.alpha)
            self._guided[key] = self._kernels.bind_window("matte", scales, *buffers)
        self._guided[key](window, EPSILON, LOW, HIGH, ABSENT, PRESENT)

    def _close(self, seen: Window) -> None:
        """A mask goes on beyond its sides as it ends there; where the picture goes on, that is in nothing."""
        mask, whole = self._mask, self._whole
        for side, inside in (
            (mask[:, 0], seen.left > whole.left),
            (mask[0], seen.top > whole.top),
            (mask[:, -1], seen.right < whole.right),
            (mask[-1], seen.bottom < whole.bottom),
        ):
            if inside:
                side.fill(0)

    def _choose_region(self, placement: Placement) -> None:
        """Follows the person; grows at once, shrinks when there has long been room to spare."""
        wanted, region = self._around(placement), self.region
        joined = region.joined(wanted)
        self._spare = self._spare + 1 if wanted != joined else 0
        if self.fresh or self._spare > SHRINK_AFTER:
            self._enter(wanted)
        elif joined != region:
            self._enter(joined)

    def _around(self, placement: Placement) -> Window:
        """What the guided filter can reach from any trace of a person."""
        geometry = self._geometry
        sides = []
        traces = self._mask[::LOOK, ::LOOK] > NOTHING
        for axis, origin, step, tiles in (
            (0, placement.origin_x, placement.step_x, geometry.tiles_wide),
            (1, placement.origin_y, placement.step_y, geometry.tiles_high),
        ):
            found = LOOK * np.flatnonzero(traces.any(axis))
            if not len(found):
                return Window(0, 0, 1, 1)
            margin = 2 * BOX_RADIUS + 2
            first = int(origin + (found[0] - LOOK) * step - margin) // geometry.span
            last = int(origin + (found[-1] + LOOK + 1) * step + margin) // geometry.span + 1
            sides.append((max(first, 0), min(last, tiles)))
        (left, right), (top, bottom) = sides
        return Window(left, top, right, bottom)

    def _enter(self, region: Window) -> None:
        """Nothing is left outside of the new region."""
        span = self._geometry.span
        if not _within(self.region, region):
            for plane in (*self._soft, self.gain, self.offset, self.alpha):
                inside = region.of(plane, span).copy()
                plane.fill(0)
                region.of(plane, span)[:] = inside
            self.differs.fill(1)
        self.region, self._spare = region, 0


def _within(inner: Window, outer: Window) -> bool:
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and outer.right >= inner.right
        and outer.bottom >= inner.bottom
    )
