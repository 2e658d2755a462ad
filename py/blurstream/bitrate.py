"""The bit rate that our output needs to show the person as well as the camera's picture would."""

from __future__ import annotations

import math
from itertools import pairwise

# What WebRTC applications usually give a camera at 30 frames a second: (pixels, bits a second).
USUAL = (
    (320 * 180, 200_000),
    (640 * 360, 600_000),
    (640 * 480, 1_000_000),
    (1280 * 720, 2_500_000),
    (1920 * 1080, 4_000_000),
)
USUAL_FPS = 30


def usual_bitrate(width: int, height: int, fps: float) -> int:
    """Bits a second that a call usually gives the camera's picture: USUAL, log-linear between and beyond."""
    pixels = math.log(max(1, width * height))
    table = [(math.log(size), math.log(rate)) for size, rate in USUAL]
    below, above = next((pair for pair in pairwise(table) if pixels <= pair[1][0]), (table[-2], table[-1]))
    slope = (above[1] - below[1]) / (above[0] - below[0])
    return round(math.exp(below[1] + slope * (pixels - below[0])) * fps / USUAL_FPS)
