"""The moving background of the demo page: slow waves in green and blue, a loop without a seam.

python -m blurstream_build.clip_tide OUT
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from . import clip_encoded, clip_y4m
from .clip_y4m import Planes

NAME = "demo-tide.webm"
BIT_RATE = 700_000
WIDTH, HEIGHT = 960, 540
LOOP_S = 8
SKY = np.array([(14, 40, 60), (38, 104, 122), (150, 205, 190)], np.float64)  # sRGB, from above to the horizon
SEA = np.array([(44, 128, 126), (26, 96, 104), (18, 72, 88), (12, 54, 72), (8, 40, 58)], np.float64)
EDGE_PX = 3.0  # softness of a crest


def frames() -> Iterator[Planes]:
    """One loop."""
    x, y = np.meshgrid(np.arange(WIDTH) / WIDTH, np.arange(HEIGHT) / HEIGHT)
    steps = np.linspace(0, 0.42, len(SKY))
    sky = np.stack([np.interp(y, steps, SKY[:, band]) for band in range(3)], -1)
    glow = np.exp(-((x - 0.7) ** 2 + (1.6 * (y - 0.3)) ** 2) / 0.02)
    sky += glow[..., None] * np.array([70, 60, 30])
    count = LOOP_S * clip_y4m.FPS
    for index in range(count):
        yuv = clip_y4m.to_yuv(np.clip(_sea(sky, x, y, 2 * np.pi * index / count), 0, 255))
        planes = (yuv[..., 0], clip_y4m.halve(yuv[..., 1]), clip_y4m.halve(yuv[..., 2]))
        luma, u, v = (np.clip(np.rint(plane), 0, 255).astype(np.uint8) for plane in planes)
        yield luma, u, v


def _sea(
    sky: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    x: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    y: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    phase: float,
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Waves from the far to the near; each moves a whole number of times in a loop."""
    picture = sky
    for wave, colour in enumerate(SEA):
        base = 0.42 + 0.115 * wave
        turn = phase * (1 if wave % 2 else -1)
        crest = base + (0.012 + 0.006 * wave) * (
            np.sin(2 * np.pi * (1.5 + 0.3 * wave) * x[:1] + turn + 1.3 * wave)
            + 0.5 * np.sin(2 * np.pi * (3.1 - 0.4 * wave) * x[:1] - 2 * turn + wave)
        )
        cover = np.clip((y - crest) * HEIGHT / EDGE_PX + 0.5, 0, 1)[..., None]
        foam = np.exp(-np.clip(y - crest, 0, None) / 0.012)[..., None] * 34
        picture = picture * (1 - cover) + (colour + foam) * cover
    return picture


if __name__ == "__main__":
    clip_encoded.write(Path(sys.argv[1]), NAME, frames(), BIT_RATE)
