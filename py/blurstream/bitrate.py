"""The bit rate that our output needs to show the person as well as the camera's picture would.

An encoder that is given more spends it on the person instead; an application that gives this much takes the
saving. What is needed was measured: for every clip and codec of `build.py bandwidth`, the quality that the
person has in the camera's picture at its usual rate, and the share of that rate that ours takes for it. The
line below is the 75 % quantile of those shares over person and written tiles: three of four need no more.
"""

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

# Share of the usual rate = ALWAYS + PERSON * share of the picture + WRITTEN * share of tiles; the last
# made no difference that could be measured.
ALWAYS, PERSON, WRITTEN = 0.45, 1.77, 0.0
KEY_FRAMES = 1.1  # headroom: the fit is of the steady state
LEAST_SHARE = 0.4  # nothing measured asks for less
LEAST_BITRATE = 50_000  # below it estimation and retransmission of WebRTC get rough
STEP = 10_000  # bits a second: a limit that moves by less is noise


def usual_bitrate(width: int, height: int, fps: float) -> int:
    """Bits a second that a call usually gives the camera's picture: USUAL, log-linear between and beyond.

    Proportional to the frame rate. Raises ValueError for a size or rate that is not positive.
    """
    if not (width > 0 and height > 0 and fps > 0):
        raise ValueError(f"{width}x{height} at {fps} fps: all three must be above 0")
    pixels = math.log(width * height)
    table = [(math.log(size), math.log(rate)) for size, rate in USUAL]
    below, above = next((pair for pair in pairwise(table) if pixels <= pair[1][0]), (table[-2], table[-1]))
    slope = (above[1] - below[1]) / (above[0] - below[0])
    return round(math.exp(below[1] + slope * (pixels - below[0])) * fps / USUAL_FPS)


def suggested_max_bitrate(
    width: int, height: int, fps: float, person_share: float, written_share: float
) -> int:
    """Bits a second for `maxBitrate` of the sender, so that the person looks as in the camera's picture.

    `person_share`: of the picture, 0..1. `written_share`: of the tiles, that change from frame to frame,
    0..1. Both are best averaged over some seconds. Never above `usual_bitrate`. Raises ValueError outside of
    that.
    """
    for name, share in (("person_share", person_share), ("written_share", written_share)):
        if not 0 <= share <= 1:
            raise ValueError(f"{name} is {share}; it must be from 0 to 1")
    usual = usual_bitrate(width, height, fps)
    share = KEY_FRAMES * (ALWAYS + PERSON * person_share + WRITTEN * written_share)
    wanted = usual * min(1.0, max(LEAST_SHARE, share))
    return min(max(usual, STEP), max(LEAST_BITRATE, round(wanted / STEP) * STEP))
