"""What is shown in the room's place: a colour, or a picture of the frame's size."""

from __future__ import annotations

from typing import Any

import numpy as np

from .colours import to_yuv
from .frame import FrameSpec, Geometry, Planes, repeat_edge
from .ground import backdrop_ground
from .kernels.loader import Kernels
from .options import Color, Image

Array = np.ndarray[Any, Any]


class Backdrop:
    """Planes of a frame's size, in the colour space of its frames."""

    def __init__(self, geometry: Geometry, kernels: Kernels) -> None:
        self.size = (geometry.width, geometry.height)
        self._geometry, self._kernels = geometry, kernels
        self._planes = Planes(geometry)
        self.ground = backdrop_ground(geometry, self._planes.planes)
        self._shown: object = None  # what the planes hold
        self._picture: _Picture | None = None

    @property
    def planes(self) -> tuple[Array, Array, Array]:
        return self._planes.planes

    def show(self, effect: Color | Image, spec: FrameSpec) -> bool:
        """Makes the planes that of the effect, if they are not; False if its picture is not here."""
        if isinstance(effect, Image) and (self._picture is None or self._picture.number != effect.picture):
            return False
        wanted = (effect if isinstance(effect, Color) else effect.picture, spec.colour_space)
        if wanted != self._shown:
            self._shown = None
            if isinstance(effect, Color):
                weights = to_yuv(*spec.colour_space)
                for plane, value in zip(self.planes, weights.of(*effect.rgb), strict=True):
                    plane.fill(value)
            elif self._picture is not None:
                self._picture.convert(spec, self.planes)
            self._shown = wanted
            self.ground.touched.fill(1)
        return True

    def place(self, number: int) -> tuple[Array, int]:
        """Where picture `number` is to be put: RGBA u8 of the frame's size, and its stride in bytes. It is
        shown from the next `show` on.
        """
        if self._picture is None:
            self._picture = _Picture(self._geometry, self._kernels, self.planes)
        self._picture.number, self._shown = number, None
        return self._picture.memory, self._picture.stride


class _Picture:
    """RGBA pixels of a frame's size."""

    def __init__(self, geometry: Geometry, kernels: Kernels, planes: tuple[Array, Array, Array]) -> None:
        rows, columns = geometry.padded
        self.number = -1
        self.memory: Array = np.zeros(rows * columns * 4, np.uint8)
        self.stride = columns * 4
        self._size = (geometry.width, geometry.height)
        self._packed = self.memory.reshape(rows, columns * 4)
        luma, u, v = planes
        self._luma = kernels.bind("luma_of_rgba", self._packed, luma)
        self._chroma = kernels.bind("chroma_of_rgba", self._packed, u, v)

    def convert(self, spec: FrameSpec, planes: tuple[Array, Array, Array]) -> None:
        repeat_edge(self._packed.reshape(planes[0].shape[0], -1, 4), *self._size)
        weights = to_yuv(*spec.colour_space)
        self._luma(0, *weights.luma, weights.offset)
        self._chroma(0, *weights.u, *weights.v)
