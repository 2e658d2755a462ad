"""A clip of the demo page: frames as small VP9 in WebM, the same bytes at every build."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np

from . import clip_y4m

LARGEST = 1_500_000  # bytes: they are downloaded with the page


def write(out: Path, name: str, frames: Iterable[clip_y4m.Planes], bit_rate: int) -> None:
    """Encodes I420 frames, all of one size; raises SystemExit if the result is larger than LARGEST."""
    part = out / f"{name}.part"
    with av.open(str(part), "w", format="webm") as container:
        stream = container.add_stream("libvpx-vp9", rate=clip_y4m.FPS)
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = bit_rate
        stream.thread_count = 1  # the same bytes at every build
        # One key frame only: another one in the middle would show as a beat.
        stream.options = {"deadline": "realtime", "cpu-used": "7", "g": "480"}
        for index, planes in enumerate(frames):
            height, width = planes[0].shape
            if index == 0:
                stream.width, stream.height = width, height
            packed = np.concatenate([plane.reshape(-1) for plane in planes]).reshape(height * 3 // 2, width)
            frame = av.VideoFrame.from_ndarray(packed, format="yuv420p")
            frame.colorspace = av.video.reformatter.Colorspace.ITU601
            frame.pts = index
            container.mux(stream.encode(frame))
            if index % clip_y4m.FPS == 0:
                print(f"{name}: {index} frames encoded", flush=True)
        container.mux(stream.encode())
    size = part.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{name} has {size} bytes, {LARGEST} are allowed: encode it at less than {bit_rate}")
    part.replace(out / name)
