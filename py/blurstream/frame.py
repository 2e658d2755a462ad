"""A camera frame in memory: its geometry, and the padded planes it is copied into and composed in.

Planes are padded to whole 16x16 tiles by repeating the last column and row, so that every stage works on
whole tiles and every grid (work planes 1/1, 1/2 or 1/4; plate cells) divides the frame exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .colours import to_yuv
from .errors import FrameError
from .kernels.loader import Kernels
from .kernels.signatures import CELL, TILE, WORK_FACTORS

Array = np.ndarray[Any, Any]

MIN_SIDE, MAX_SIDE = 16, 4096
# The network looks at every frame as at one of 16:9: in a ribbon it finds people where there are none.
MOST_OBLONG = 8.0
RED_AT = {"RGBA": 0, "RGBX": 0, "BGRA": 2, "BGRX": 2}
FORMATS = ("I420", "NV12", *RED_AT)
MATRICES = ("bt601", "bt709")


@dataclass(frozen=True)
class Geometry:
    """Sizes that follow from a frame's size. `coarse` 2 doubles the factor, as far as that goes. Raises
    FrameError outside 16..4096 pixels.
    """

    width: int
    height: int
    coarse: int = 1
    sides: ClassVar[tuple[int, int]] = (MIN_SIDE, MAX_SIDE)

    def __post_init__(self) -> None:
        least, most = self.sides
        if not (least <= self.width <= most and least <= self.height <= most):
            raise FrameError(
                f"frame is {self.width}x{self.height}; sides of {least} to {most} pixels are taken",
                width=self.width,
                height=self.height,
            )

    @classmethod
    def of_camera(cls, width: int, height: int, coarse: int) -> Geometry:
        """The same of a camera's frame. Raises FrameError for ribbons, too, of more than 8 to 1."""
        geometry = cls(width, height, coarse)
        short, long = sorted((width, height))
        if long > MOST_OBLONG * short:
            raise FrameError(
                f"frame is {width}x{height}; sides of at most {MOST_OBLONG:g} to 1 are taken",
                width=width,
                height=height,
            )
        return geometry

    @property
    def tiles_wide(self) -> int:
        return -(-self.width // TILE)

    @property
    def tiles_high(self) -> int:
        return -(-self.height // TILE)

    @property
    def padded(self) -> tuple[int, int]:
        """(rows, columns) of the padded luma plane."""
        return self.tiles_high * TILE, self.tiles_wide * TILE

    @property
    def factor(self) -> int:
        """Frame pixels to a work pixel: the work plane stays at about the model's resolution or above."""
        short = min(self.width, self.height)
        return min((1 if short < 300 else 2 if short < 600 else 4) * self.coarse, max(WORK_FACTORS))

    @property
    def tiles(self) -> tuple[int, int]:
        """(rows, columns) of tiles."""
        return self.tiles_high, self.tiles_wide

    def list_tiles(self) -> Array:
        """Every tile, row by row: int32 (n, 2), its column and row."""
        columns, rows = np.meshgrid(np.arange(self.tiles_wide), np.arange(self.tiles_high))
        return np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.int32)

    @property
    def span(self) -> int:
        """Work pixels to a tile, each way."""
        return TILE // self.factor

    @property
    def work(self) -> tuple[int, int]:
        rows, columns = self.padded
        return rows // self.factor, columns // self.factor

    @property
    def cell(self) -> int:
        """Luma pixels to a plate cell, each way."""
        return self.factor * CELL

    @property
    def cells(self) -> tuple[int, int]:
        rows, columns = self.padded
        return rows // self.cell, columns // self.cell


@dataclass(frozen=True)
class PictureGeometry(Geometry):
    """Of a picture that is shown in another size: screens and films may be larger than any camera's frame."""

    sides: ClassVar[tuple[int, int]] = (1, 8192)


@dataclass(frozen=True)
class FrameSpec:
    """What a frame is, without its pixels. `timestamp` in microseconds, kept as it came."""

    format: str
    width: int
    height: int
    timestamp: int
    matrix: str = "bt709"
    full_range: bool = False

    @property
    def colour_space(self) -> tuple[str, bool]:
        """(matrix, full range) of the frame's I420 planes: RGB is converted to BT.709 of limited range."""
        return ("bt709", False) if self.format in RED_AT else (self.matrix, self.full_range)

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise FrameError(
                f"frame format {self.format!r} is not one of {', '.join(FORMATS)}", format=self.format
            )
        if self.matrix not in MATRICES:
            raise FrameError(
                f"colour matrix {self.matrix!r} is not one of {', '.join(MATRICES)}", matrix=self.matrix
            )


class Planes:
    """An I420 frame in memory. Allocated once for a geometry, used again and again.

    `planes` are Y, U, V, padded, u8, views of `memory`, one behind the other; `layout` has each plane's
    (offset, stride) in bytes.
    """

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        rows, columns = geometry.padded
        luma, chroma = rows * columns, rows * columns // 4
        self.memory: Array = np.zeros(luma + 2 * chroma, np.uint8)
        half = (rows // 2, columns // 2)
        self.planes: tuple[Array, Array, Array] = (
            self.memory[:luma].reshape(rows, columns),
            self.memory[luma : luma + chroma].reshape(half),
            self.memory[luma + chroma :].reshape(half),
        )
        self.layout = [(0, columns), (luma, columns // 2), (luma + chroma, columns // 2)]


class Slot(Planes):
    """A camera frame on its way."""

    def __init__(self, number: int, geometry: Geometry, kernels: Kernels) -> None:
        super().__init__(geometry)
        self.number = number
        self.spec: FrameSpec | None = None
        self._kernels = kernels
        self._packed: _Packed | None = None

    def target(self, spec: FrameSpec) -> tuple[Array, list[tuple[int, int]]]:
        """Where a frame of `spec` is to be copied: the memory, and each plane's (offset, stride) in bytes."""
        self.spec = spec
        if spec.format == "I420":
            return self.memory, self.layout
        if self._packed is None or self._packed.format != spec.format:
            self._packed = _Packed(spec.format, self, self._kernels)
        return self._packed.memory, self._packed.layout

    def unpack(self) -> None:
        """Copied pixels -> padded I420 planes."""
        if self.spec is not None and self.spec.format != "I420" and self._packed is not None:
            self._packed.run(self)
        width, height = self.geometry.width, self.geometry.height
        repeat_edge(self.planes[0], width, height)
        for plane in self.planes[1:]:
            repeat_edge(plane, (width + 1) // 2, (height + 1) // 2)


class _Packed:
    """Staging memory of a slot for NV12 and the RGBA family, and the kernels that turn it into planes."""

    def __init__(self, format: str, slot: Slot, kernels: Kernels) -> None:
        self.format = format
        rows, columns = slot.geometry.padded
        luma, u, v = slot.planes
        if format == "NV12":
            self.memory: Array = np.zeros(rows * columns * 3 // 2, np.uint8)
            self.layout = [(0, columns), (rows * columns, columns)]
            self._chroma = kernels.bind(
                "split_nv12", self.memory[rows * columns :].reshape(rows // 2, columns), u, v
            )
        else:
            self.memory = np.zeros(rows * columns * 4, np.uint8)
            self.layout = [(0, columns * 4)]
            packed = self.memory.reshape(rows, columns * 4)
            self._luma = kernels.bind("luma_of_rgba", packed, luma)
            self._chroma = kernels.bind("chroma_of_rgba", packed, u, v)

    def run(self, slot: Slot) -> None:
        rows, columns = slot.geometry.padded
        if self.format == "NV12":
            slot.planes[0][:] = self.memory[: rows * columns].reshape(rows, columns)
            self._chroma()
            return
        repeat_edge(self.memory.reshape(rows, columns, 4), slot.geometry.width, slot.geometry.height)
        assert slot.spec is not None
        weights = to_yuv(*slot.spec.colour_space)
        self._luma(RED_AT[self.format], *weights.luma, weights.offset)
        self._chroma(RED_AT[self.format], *weights.u, *weights.v)


def repeat_edge(plane: Array, width: int, height: int) -> None:
    """The last column and row of a picture of that size, over the rest of a padded plane."""
    if width < plane.shape[1]:
        plane[:height, width:] = plane[:height, width - 1 : width]
    if height < plane.shape[0]:
        plane[height:] = plane[height - 1]
