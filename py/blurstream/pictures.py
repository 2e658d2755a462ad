"""The pictures that effects name by number: drawn in the size they are shown in, or moving, in their own.

They are handed over apart from the settings, before or after them, so the last few are kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .colours import Space, to_yuv
from .errors import FrameError
from .frame import FrameSpec, Geometry, PictureGeometry, Slot, repeat_edge
from .kernels.loader import Bound, Kernels
from .safe_frame import spec_of

Array = np.ndarray[Any, Any]
KEPT = 3  # of each kind: that of the effect before, of this one, and of the next


class Drawn:
    """RGBA, u8, of the size that it is shown in. `version`: another one whenever the pixels may be others."""

    def __init__(self, geometry: Geometry, kernels: Kernels) -> None:
        rows, columns = geometry.padded
        self.size = (geometry.width, geometry.height)
        self.memory: Array = np.zeros(rows * columns * 4, np.uint8)
        self.stride = columns * 4
        self.version = 0
        self._kernels, self._packed = kernels, self.memory.reshape(rows, columns * 4)
        self._bound: tuple[Array, Bound, Bound] | None = None

    def convert(self, planes: tuple[Array, Array, Array], space: Space) -> None:
        """Into padded planes of the same size."""
        luma, u, v = planes
        if self._bound is None or self._bound[0] is not luma:
            bind = self._kernels.bind
            self._bound = (
                luma,
                bind("luma_of_rgba", self._packed, luma),
                bind("chroma_of_rgba", self._packed, u, v),
            )
        repeat_edge(self._packed.reshape(len(luma), -1, 4), *self.size)
        weights = to_yuv(*space)
        self._bound[1](0, *weights.luma, weights.offset)
        self._bound[2](0, *weights.u, *weights.v)


class Moving:
    """A picture that comes again and again. One slot is filled while the other is shown."""

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels
        self._slots: list[Slot | None] = [None, None]
        self._turn = 0  # of the one to be filled
        self.version = 0
        self.shown: Slot | None = None  # the last one that came whole

    @property
    def size(self) -> tuple[int, int]:
        assert self.shown is not None
        return self.shown.geometry.width, self.shown.geometry.height

    @property
    def space(self) -> Space:
        assert self.shown is not None
        return spec_of(self.shown).colour_space

    def begin(self, spec: FrameSpec) -> tuple[Array, list[tuple[int, int]]]:
        """See Slot.target."""
        slot, geometry = self._slots[self._turn], PictureGeometry(spec.width, spec.height)
        if slot is None or slot.geometry != geometry:
            slot = self._slots[self._turn] = Slot(self._turn, geometry, self._kernels)
        return slot.target(spec)

    def end(self) -> None:
        slot = self._slots[self._turn]
        assert slot is not None
        slot.unpack()
        self.shown = slot
        self.version += 1
        self._turn ^= 1


class Pictures:
    """By number."""

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels
        self._drawn: dict[tuple[int, int, int], Drawn] = {}  # by number and size, the last one at the end
        self._moving: dict[int, Moving] = {}
        self._begun: set[int] = set()
        self._version = 0

    def place(self, number: int, geometry: Geometry) -> tuple[Array, int]:
        """Where a drawn picture is to be put: RGBA, u8, and its stride in bytes."""
        key = (number, geometry.width, geometry.height)
        drawn = self._drawn.pop(key, None) or Drawn(geometry, self._kernels)
        self._drawn[key] = drawn
        _keep_last(self._drawn)
        self._moving.pop(number, None)
        self._version += 1
        drawn.version = self._version
        return drawn.memory, drawn.stride

    def begin(self, number: int, spec: FrameSpec) -> tuple[Array, list[tuple[int, int]]]:
        """Where a moving picture is to be put: the memory, and each plane's (offset, stride) in bytes. It is
        shown once it has come whole, see `end`.
        """
        moving = self._moving.pop(number, None) or Moving(self._kernels)
        self._moving[number] = moving
        target = moving.begin(spec)
        self._begun.add(number)
        _keep_last(self._moving)
        return target

    def end(self, number: int) -> None:
        """The pixels are in place. Raises FrameError when that picture was not begun."""
        if number not in self._begun or number not in self._moving:
            raise FrameError(f"picture {number} is not begun; begin it before its pixels are copied")
        self._begun.discard(number)
        self._moving[number].end()
        for key in [key for key in self._drawn if key[0] == number]:
            del self._drawn[key]

    def drawn(self, number: int, geometry: Geometry | None = None) -> Drawn | None:
        """Of that size, or the last one of any."""
        if geometry is not None:
            return self._drawn.get((number, geometry.width, geometry.height))
        return next((found for key, found in reversed(self._drawn.items()) if key[0] == number), None)

    def moving(self, number: int) -> Moving | None:
        """If one has come whole."""
        found = self._moving.get(number)
        return found if found is not None and found.shown is not None else None


def _keep_last(pictures: dict[Any, Any]) -> None:
    while len(pictures) > KEPT:
        del pictures[next(iter(pictures))]
