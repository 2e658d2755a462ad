"""What of the picture the model is shown: the person with some room around, enlarged to the model's size.

A person who fills a third of the frame is seen with three times the pixels. What lies outside is not looked
at, so it is hidden, whatever it shows: a view that is too small hides more, never less.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .frame import Geometry
from .kernels.loader import Window
from .prepare import Placement

Array = np.ndarray[Any, Any]

TRACE = 0.3  # mask above which it may be the person
# Shares of the person's larger side. There is ROOM around them when the view is chosen; it grows when they
# come nearer to its side than LEAST_ROOM, and shrinks when they have long been further away than MOST_ROOM.
LEAST_ROOM, ROOM, MOST_ROOM = 0.05, 0.1, 0.25
SHRINK_AFTER = 30  # masks
LEAST = 0.4  # of the frame's sides: the smallest view
STIRRED = 3  # tiles outside of the view in which something happens: it may be somebody


class View:
    """`window`: the tiles the next frame is to be seen in; the whole picture until somebody is there."""

    def __init__(self, geometry: Geometry) -> None:
        self._geometry = geometry
        self.whole = Window(0, 0, geometry.tiles_wide, geometry.tiles_high)
        self.window = self.whole
        self._sought, self._spare = True, 0

    def reset(self) -> None:
        """Somebody is to be looked for in the whole picture."""
        self.window, self._sought, self._spare = self.whole, True, 0

    def follow(self, mask: Array, seen: Window) -> None:
        """`mask`: float32 (144, 256), 0..1, of the tiles `seen`."""
        person = self._person(mask, seen)
        if person is None:
            self.reset()
            return
        needed, wanted, ample = (self._around(person, room) for room in (LEAST_ROOM, ROOM, MOST_ROOM))
        self._spare = 0 if ample.joined(self.window) == ample else self._spare + 1
        if self._sought or self._spare > SHRINK_AFTER:
            self.window, self._spare = wanted, 0
        elif self.window.joined(needed) != self.window:
            self.window = self.window.joined(wanted)
        self._sought = False

    def widen(self, stirred: Array) -> None:
        """`stirred`: bool, tiles in which something happens. Those outside are looked at, too."""
        if self.window == self.whole:
            return
        outside = stirred.copy()
        self.window.of(outside, 1)[:] = False
        if np.count_nonzero(outside) < STIRRED:
            return
        columns, rows = (np.flatnonzero(outside.any(axis)) for axis in (0, 1))
        there = Window(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        self.window, self._spare = self.window.joined(there), 0

    def _person(self, mask: Array, seen: Window) -> tuple[float, float, float, float] | None:
        """Left, top, right and bottom in work pixels; None if there is nobody."""
        traces = mask > TRACE
        columns, rows = (np.flatnonzero(traces.any(axis)) for axis in (0, 1))
        if not len(columns):
            return None
        place = Placement.of(self._geometry, seen)
        left, right = (place.origin_x + at * place.step_x for at in (int(columns[0]), int(columns[-1]) + 1))
        top, bottom = (place.origin_y + at * place.step_y for at in (int(rows[0]), int(rows[-1]) + 1))
        return left, top, right, bottom

    def _around(self, person: tuple[float, float, float, float], room: float) -> Window:
        geometry = self._geometry
        left, top, right, bottom = person
        margin, span = room * max(right - left, bottom - top), geometry.span
        sides = []
        for start, end, size, tiles in (
            (left - margin, right + margin, geometry.width / geometry.factor, geometry.tiles_wide),
            (top - margin, bottom + margin, geometry.height / geometry.factor, geometry.tiles_high),
        ):
            start, end = max(start, 0.0), min(end, size)
            lacking = max(LEAST * size - (end - start), 0.0)
            start = min(max(start - lacking / 2, 0.0), size - (end - start) - lacking)
            end = max(end, start + LEAST * size)
            sides.append((int(start / span + 1e-6), min(int(np.ceil(end / span - 1e-6)), tiles)))
        (first, last), (upper, lower) = sides
        return Window(first, upper, last, lower)
