"""Between RGB and the YUV that a frame is in: ITU-R BT.601-7 and BT.709-6, limited and full range, 8 bits."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from .kernels.signatures import RECOLOUR_BITS

Space = tuple[str, bool]  # matrix, 'bt601' or 'bt709', and whether of full range
WEIGHTS = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722)}  # of red and blue in luma
ONE = 1 << 16  # what the kernels' integer weights are parts of


class ToYuv(NamedTuple):
    """Weights of red, green and blue, in 1/65536; `offset` of luma, in levels."""

    luma: tuple[int, int, int]
    offset: int
    u: tuple[int, int, int]
    v: tuple[int, int, int]

    def of(self, red: int, green: int, blue: int) -> tuple[int, int, int]:
        """One colour, rounded as the kernels do."""
        y, u, v = (
            weights[0] * red + weights[1] * green + weights[2] * blue + ONE // 2
            for weights in (self.luma, self.u, self.v)
        )
        return (y >> 16) + self.offset, min((u >> 16) + 128, 255), min((v >> 16) + 128, 255)


@cache
def to_yuv(matrix: str, full_range: bool) -> ToYuv:
    """`matrix`: 'bt601' or 'bt709'."""
    red, blue = WEIGHTS[matrix]
    luma, chroma = (1.0, 1.0) if full_range else (219 / 255, 224 / 255)
    shares = (red, 1 - red - blue, blue)
    # of a difference to luma, which is 1 - blue (or red) at most, half goes to each side of 128
    u = [((i == 2) - share) / (2 * (1 - blue)) * chroma for i, share in enumerate(shares)]
    v = [((i == 0) - share) / (2 * (1 - red)) * chroma for i, share in enumerate(shares)]
    return ToYuv(_whole([luma * share for share in shares]), 0 if full_range else 16, _whole(u), _whole(v))


def _whole(weights: list[float]) -> tuple[int, int, int]:
    """In 1/65536, with the rounding put into green so that greys stay grey."""
    red, blue = round(weights[0] * ONE), round(weights[2] * ONE)
    return red, round(sum(weights) * ONE) - red - blue, blue


class Recolour(NamedTuple):
    """From one colour space to another, in 1 / 2**RECOLOUR_BITS: `luma` (of Y, U - 128, V - 128, and offset),
    `chroma` (U of U - 128, V - 128; V of both).
    """

    luma: tuple[int, int, int, int]
    chroma: tuple[int, int, int, int]


@cache
def between(source: Space, target: Space) -> Recolour:
    """What the kernels `recolour_luma` and `recolour_chroma` take."""
    one = 1 << RECOLOUR_BITS
    # a step of Y, U and V alone, as red, green and blue, and those in the target's space
    steps = [_encoded(_decoded(step, source), target) for step in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
    (y, _, _), of_u, of_v = steps
    offset = (0 if target[1] else 16) - (0 if source[1] else 16) * y
    return Recolour(
        (round(y * one), round(of_u[0] * one), round(of_v[0] * one), round(offset * one)),
        (round(of_u[1] * one), round(of_v[1] * one), round(of_u[2] * one), round(of_v[2] * one)),
    )


def _decoded(yuv: tuple[float, float, float], space: Space) -> tuple[float, float, float]:
    """Differences of Y, U and V in levels -> of red, green and blue, 0..1."""
    red_share, blue_share = WEIGHTS[space[0]]
    luma, chroma = (255, 255) if space[1] else (219, 224)
    y, u, v = yuv[0] / luma, yuv[1] / chroma, yuv[2] / chroma
    red, blue = y + 2 * (1 - red_share) * v, y + 2 * (1 - blue_share) * u
    return red, (y - red_share * red - blue_share * blue) / (1 - red_share - blue_share), blue


def _encoded(rgb: tuple[float, float, float], space: Space) -> tuple[float, float, float]:
    red_share, blue_share = WEIGHTS[space[0]]
    luma, chroma = (255, 255) if space[1] else (219, 224)
    red, green, blue = rgb
    y = red_share * red + (1 - red_share - blue_share) * green + blue_share * blue
    u, v = (blue - y) / (2 * (1 - blue_share)), (red - y) / (2 * (1 - red_share))
    return y * luma, u * chroma, v * chroma
