"""The clip that the demo page plays when there is no camera: the portrait, encoded small (VP9 in WebM).

    python -m blurstream_build.clip_demo OUT NAME

NAME is a portrait clip in OUT. Behind the person the noise is taken out again: the room is known, and noise
is what would cost most of the bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from . import clip_y4m

NAME = "demo.webm"
BIT_RATE = 1_200_000
LARGEST = 1_500_000  # bytes: it is downloaded with the page


def write(out: Path, clip: str) -> None:
    """Encodes every frame of the clip; raises SystemExit if the result is larger than LARGEST."""
    part = out / f"{NAME}.part"
    with av.open(str(part), "w", format="webm") as container:
        stream = container.add_stream("libvpx-vp9", rate=clip_y4m.FPS)
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = BIT_RATE
        stream.thread_count = 1  # the same bytes at every build
        # One key frame only: another one in the middle would show as a beat.
        stream.options = {"deadline": "realtime", "cpu-used": "7", "g": "480"}
        for index, planes in enumerate(_without_noise(out, clip)):
            height, width = planes[0].shape
            if index == 0:
                stream.width, stream.height = width, height
            packed = np.concatenate([plane.reshape(-1) for plane in planes]).reshape(height * 3 // 2, width)
            frame = av.VideoFrame.from_ndarray(packed, format="yuv420p")
            frame.colorspace = av.video.reformatter.Colorspace.ITU601
            frame.pts = index
            container.mux(stream.encode(frame))
            if index % clip_y4m.FPS == 0:
                print(f"{NAME}: {index} frames encoded", flush=True)
        container.mux(stream.encode())
    size = part.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{NAME} has {size} bytes, {LARGEST} are allowed: lower BIT_RATE in {__file__}")
    part.replace(out / NAME)


def _without_noise(out: Path, clip: str) -> Iterator[clip_y4m.Planes]:
    with np.load(out / f"{clip}_truth.npz") as truth:
        room = [truth[f"background_{key}"] for key in "yuv"]
        for index, planes in enumerate(clip_y4m.read(out / f"{clip}.y4m")):
            alpha = truth[f"alpha_{index:04}"]
            small = clip_y4m.halve(alpha)
            y, u, v = (
                np.where(cover == 0, still, plane)
                for cover, still, plane in zip((alpha, small, small), room, planes, strict=True)
            )
            yield y, u, v


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2])
