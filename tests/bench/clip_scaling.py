"""A clip at another size, as .y4m: for the benchmarks at sizes that no clip was made in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np

from blurstream.errors import MediaError
from blurstream_build import clip_y4m
from blurstream_build.clip_y4m import Planes


def scaled(source: Path, width: int, height: int, folder: Path, frames: int | None = None) -> Path:
    """`source` cut to the shape and scaled, its first `frames` or all; made only if it is not there."""
    key = f"{source.stem}_{width}x{height}_{frames or 'all'}_{source.stat().st_mtime_ns // 10**9:x}"
    target = folder / f"{key}.y4m"
    if not target.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with av.open(str(source)) as container, clip_y4m.Writer(target, width, height) as video:
                for index, frame in enumerate(container.decode(video=0)):
                    if index == frames:
                        break
                    video.write(_scaled(frame, width, height))
        except (av.error.FFmpegError, IndexError) as error:
            raise MediaError(f"cannot scale {source}: {error}", path=str(source)) from error
    return target


def _scaled(frame: Any, width: int, height: int) -> Planes:
    """The middle of a frame in the shape of width x height, at that size."""
    packed = frame.to_ndarray(format="yuv420p")
    rows, columns = frame.height, frame.width
    high = min(rows, round(columns * height / width)) // 2 * 2
    wide = min(columns, round(rows * width / height)) // 2 * 2
    top, left = (rows - high) // 4 * 2, (columns - wide) // 4 * 2
    luma = packed[:rows]
    chroma = packed[rows:].reshape(2, rows // 2, columns // 2)
    half = slice(top // 2, (top + high) // 2), slice(left // 2, (left + wide) // 2)
    cut = [luma[top : top + high, left : left + wide], chroma[0][half], chroma[1][half]]
    whole = np.concatenate([np.ascontiguousarray(plane).reshape(-1) for plane in cut])
    picture = av.VideoFrame.from_ndarray(whole.reshape(high * 3 // 2, wide), format="yuv420p")
    large = picture.reformat(width, height, interpolation="BICUBIC")
    packed = np.asarray(large.to_ndarray(format="yuv420p"), np.uint8)
    u, v = packed[height:].reshape(2, height // 2, width // 2)
    return packed[:height], u, v
