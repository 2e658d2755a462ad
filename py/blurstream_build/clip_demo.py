"""The clip that the demo page plays when there is no camera: the portrait, encoded small.

    python -m blurstream_build.clip_demo OUT NAME

NAME is a portrait clip in OUT. Behind the person the noise is taken out again: the room is known, and noise
is what would cost most of the bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from . import clip_encoded, clip_y4m

NAME = "demo.webm"
BIT_RATE = 1_200_000


def frames(out: Path, clip: str) -> Iterator[clip_y4m.Planes]:
    """Every frame of the clip, without the noise of the room."""
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
    clip_encoded.write(Path(sys.argv[1]), NAME, frames(Path(sys.argv[1]), sys.argv[2]), BIT_RATE)
