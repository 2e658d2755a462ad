"""A picture of any size -> planes of another: where it lies (fit, position), and the tables of the kernel.

Shrinking takes the mean over what a pixel covers, enlarging the straight line between two pixels; where both
meet, at the same size, both are a copy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from .kernels.loader import Bound, Kernels

Array = np.ndarray[Any, Any]
Fit = Literal["cover", "contain", "fill"]
ONE = 256  # what weights are parts of


@dataclass(frozen=True)
class Span:
    """One axis: source pixels from `start` on, `step` to each of the pixels `first` to `last` (left out)."""

    start: float
    step: float
    first: int
    last: int

    @property
    def pixels(self) -> slice:
        """Of the target."""
        return slice(self.first, self.last)

    @property
    def halved(self) -> Span:
        """The same of chroma."""
        return Span(self.start / 2, self.step, self.first // 2, (self.last + 1) // 2)


def spans(
    source: tuple[int, int], target: tuple[int, int], fit: Fit, position: tuple[float, float]
) -> tuple[Span, Span]:
    """How a picture lies in a frame; sizes as (width, height), `position` 0..1 each way: what of the rest is
    cut off ('cover') or left free ('contain') on the left and at the top. In the frame it begins at an even
    pixel.
    """
    scales = [there / here for here, there in zip(source, target, strict=True)]
    if fit != "fill":
        scales = [max(scales) if fit == "cover" else min(scales)] * 2
    found = []
    for here, there, scale, at in zip(source, target, scales, position, strict=True):
        size = there  # of the picture's part in the frame
        if fit == "contain" and here * scale < there - 1:
            size = max(2 * round(here * scale / 2), 2)
        first = 2 * round((there - size) * at / 2)
        seen = here if fit != "cover" else min(there / scale, here)
        found.append(Span((here - seen) * at, seen / size, first, min(first + size, there)))
    return found[0], found[1]


@lru_cache(maxsize=64)
def taps(span: Span, limit: int) -> tuple[Array, Array]:
    """Tables of the kernel `scale` for one axis of a source of `limit` pixels: the first pixel taken, int32
    (n,), and the weights from there on, u16 (taps, n), each pixel's sum exactly 256. Edges are repeated.
    Both are kept, and not to be written to.
    """
    pixels = np.arange(span.last - span.first)
    if span.step > 1:
        begin = span.start + pixels * span.step
        count = math.ceil(span.step - 1e-9) + 1
    else:
        begin = span.start + (pixels + 0.5) * span.step - 0.5
        count = 2
    first = np.floor(begin + 1e-9).astype(np.int64)
    each = first[:, None] + np.arange(count)
    width = max(span.step, 1.0)
    ends = begin[:, None] + width
    weights = np.clip(np.minimum(each + 1, ends) - np.maximum(each, begin[:, None]), 0, None)
    count = min(count, limit)
    base = np.clip(first, 0, limit - count)
    held = np.zeros((len(pixels), count))
    np.add.at(held, (pixels[:, None], np.clip(each, 0, limit - 1) - base[:, None]), weights)
    sums = np.rint(np.cumsum(held, axis=1) / held.sum(1, keepdims=True) * ONE)
    shares = np.diff(sums, axis=1, prepend=0).T
    while len(shares) > 1 and not shares[-1].any():
        shares = shares[:-1]
    return base.astype(np.int32), np.ascontiguousarray(shares, np.uint16)


class Scaled:
    """Bound once for a source, a target and how one lies in the other; `run` as often as the pixels change.

    `source` and `target`: Y, U, V, or Y alone; u8, padded or not; sizes as (width, height).
    """

    def __init__(
        self,
        kernels: Kernels,
        source: Sequence[Array],
        size: tuple[int, int],
        target: Sequence[Array],
        across: Span,
        down: Span,
    ) -> None:
        self._steps: list[tuple[Bound | None, Array, Array]] = []
        for index, (plane, out) in enumerate(zip(source, target, strict=True)):
            wide, high = (across.halved, down.halved) if index else (across, down)
            width, height = ((n + 1) // 2 if index else n for n in size)
            part = out[high.pixels, wide.pixels]
            if _copies(wide, width) and _copies(high, height):
                top, left = int(high.start), int(wide.start)
                pixels = plane[top : top + part.shape[0], left : left + part.shape[1]]
                self._steps.append((None, pixels, part))
                continue
            inside = plane[:height, :width]
            tables = (*taps(high, height), *taps(wide, width))
            self._steps.append((kernels.bind("scale", inside, *tables, part), inside, part))

    def run(self) -> None:
        for kernel, source, target in self._steps:
            if kernel is None:
                np.copyto(target, source)
            else:
                kernel()


def _copies(span: Span, limit: int) -> bool:
    end = span.start + span.last - span.first
    return span.step == 1 and span.start == int(span.start) and span.start >= 0 and end <= limit
