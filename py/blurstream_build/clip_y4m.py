"""Raw video files that Chromium's fake camera plays: YUV4MPEG2, 8-bit 4:2:0, limited range, BT.601."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]

FPS = 30
# Rows: Y, U, V of RGB in 0..255. What Chromium takes the fake camera's frames for at every size.
BT601_LIMITED = (
    np.array([[65.481, 128.553, 24.966], [-37.797, -74.203, 112.0], [112.0, -93.786, -18.214]]) / 255
)
OFFSET = np.array([16.0, 128.0, 128.0])


def to_yuv(rgb: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """RGB (..., 3) in 0..255 to YUV (..., 3), not rounded."""
    converted: npt.NDArray[np.float64] = rgb @ BT601_LIMITED.T + OFFSET
    return converted


def to_rgb(planes: Planes) -> npt.NDArray[np.uint8]:
    """I420 planes to RGB (height, width, 3), for looking at frames."""
    y, u, v = planes
    large = [np.repeat(np.repeat(c, 2, 0), 2, 1)[: y.shape[0], : y.shape[1]] for c in (u, v)]
    yuv = np.stack([y, *large], -1).astype(np.float64) - OFFSET
    return np.asarray(np.clip(np.rint(yuv @ np.linalg.inv(BT601_LIMITED).T), 0, 255), np.uint8)


def halve(plane: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """The mean of every 2x2 block; both sides must be even."""
    wide = plane.astype(np.float32)
    return (wide[0::2, 0::2] + wide[0::2, 1::2] + wide[1::2, 0::2] + wide[1::2, 1::2]) / np.float32(4)


class Writer:
    """Appends I420 frames to a file, which appears under its name only when it is complete."""

    def __init__(self, file: Path, width: int, height: int) -> None:
        self.file, self.width, self.height = file, width, height
        self._part = file.with_name(file.name + ".part")
        self._stream = self._part.open("wb")
        self._stream.write(f"YUV4MPEG2 W{width} H{height} F{FPS}:1 Ip A1:1 C420jpeg\n".encode())

    def write(self, planes: Planes) -> None:
        sizes = [(self.height, self.width), *[(self.height // 2, self.width // 2)] * 2]
        if [plane.shape for plane in planes] != sizes:
            raise ValueError(
                f"planes of {[p.shape for p in planes]} do not fit {self.width}x{self.height} I420"
            )
        self._stream.write(b"FRAME\n")
        for plane in planes:
            self._stream.write(np.ascontiguousarray(plane, np.uint8).data)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        if kind is None:
            self._part.replace(self.file)
        else:
            self._part.unlink()


def read(file: Path) -> Iterator[Planes]:
    """Yields the I420 planes of every frame of a file that Writer made."""
    with file.open("rb") as stream:
        fields = stream.readline().split()
        if not fields or fields[0] != b"YUV4MPEG2":
            raise ValueError(f"{file} is not a YUV4MPEG2 file")
        width, height = (int(next(f[1:] for f in fields if f.startswith(key))) for key in (b"W", b"H"))
        luma, chroma = width * height, width * height // 4
        while stream.readline() == b"FRAME\n":
            data = np.frombuffer(stream.read(luma + 2 * chroma), np.uint8)
            yield (
                data[:luma].reshape(height, width),
                data[luma : luma + chroma].reshape(height // 2, width // 2),
                data[luma + chroma :].reshape(height // 2, width // 2),
            )
