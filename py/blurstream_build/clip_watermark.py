"""A known pattern on the wall of the marked clips, and the detector that finds what is left of it in a frame.

The pattern is a grid of square cells, ROWS of them over the height of the frame (10 px each at 720p), each
lighter or darker by AMPLITUDE. It is bound to the frame and not to pixels, so a frame that was scaled as a
whole still carries it. The detector looks only at what each cell has over its neighbours: a picture that is
blurred much wider than a cell scores 0, however bright or dark it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Floats = npt.NDArray[np.floating[Any]]

ROWS = 72
AMPLITUDE = 24  # in steps of 8-bit luma
SEED = 7919
NEIGHBOURS = 3  # cells; a cell is compared with the mean of this many by this many around it
FULL_CELL = 0.95  # share of a cell that must lie in the mask for the cell to count
RAW = 0.5  # a frame that shows the wall as it is scores above this
FEWEST_CELLS = 24  # fewer say nothing


def columns(width: int, height: int) -> int:
    """Number of cells across a frame of this size."""
    return max(1, round(ROWS * width / height))


def cells(width: int, height: int) -> npt.NDArray[np.int8]:
    """The pattern as (ROWS, columns) of -1 and +1; the same for all frames of one shape."""
    # Drawn for the widest frame and cut from the middle, as the room is: 4:3 shows the middle of 16:9.
    widest = np.random.default_rng(SEED).choice(np.array([-1, 1], np.int8), (ROWS, 4 * ROWS))
    count = columns(width, height)
    left = (widest.shape[1] - count) // 2
    return widest[:, left : left + count]


def pattern(width: int, height: int) -> npt.NDArray[np.int8]:
    """What to add to luma, (height, width), -AMPLITUDE or +AMPLITUDE."""
    grid = cells(width, height)
    rows = np.arange(height) * ROWS // height
    across = np.arange(width) * grid.shape[1] // width
    return (grid[rows][:, across] * AMPLITUDE).astype(np.int8)


def correlation(luma: npt.NDArray[Any], mask: npt.NDArray[Any] | None = None) -> float:
    """How much of the pattern is in a luma plane (any size, the whole frame), -1..1; 0 means nothing.

    `mask` (of luma's shape) is true, or 1, where to look: the background. Raises ValueError if that is nearly
    nothing.
    """
    residual, expected, use = _compare(luma, mask)
    if use.sum() < FEWEST_CELLS:
        raise ValueError(
            f"the mask leaves {int(use.sum())} cells of the pattern, {FEWEST_CELLS} are the fewest"
        )
    return _normalised(residual[use], expected[use])


def strongest(
    luma: npt.NDArray[Any], mask: npt.NDArray[Any] | None = None, tiles: tuple[int, int] = (4, 6)
) -> float:
    """The largest correlation of any tile: finds a raw strip in a frame that is otherwise blurred."""
    residual, expected, use = _compare(luma, mask)
    scores = [
        _normalised(r[u], e[u])
        for rows in zip(
            *(np.array_split(plane, tiles[0], 0) for plane in (residual, expected, use)), strict=True
        )
        for r, e, u in zip(*(np.array_split(row, tiles[1], 1) for row in rows), strict=True)
        if u.sum() >= FEWEST_CELLS
    ]
    if not scores:
        raise ValueError("the mask leaves no tile with enough cells of the pattern")
    return max(scores)


def _compare(
    luma: npt.NDArray[Any], mask: npt.NDArray[Any] | None
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """What each cell has over its neighbours in the frame and in the pattern, and which cells count."""
    height, width = luma.shape
    if height < ROWS or width < ROWS:
        raise ValueError(f"a frame of {width}x{height} is too small for a pattern of {ROWS} rows")
    grid = cells(width, height).astype(np.float64)
    weight = np.ones(luma.shape) if mask is None else np.asarray(mask, np.float64)
    if weight.shape != luma.shape:
        raise ValueError(f"the mask is {weight.shape}, the luma {luma.shape}")
    share = _cell_means(weight, grid.shape)
    use = share >= FULL_CELL
    mean = _cell_means(luma * weight, grid.shape) / np.maximum(share, 1e-9)
    return _over_neighbours(mean, use), _over_neighbours(grid, use), use


def _cell_means(plane: npt.NDArray[Any], shape: tuple[int, ...]) -> Floats:
    """The mean of the inner part of each cell: its rim is mixed with the next one's."""
    means = plane.astype(np.float64)
    for axis, count in enumerate(shape):
        size = plane.shape[axis]
        edges = np.arange(count + 1) * size / count
        inset = 0.2 * size / count
        total = np.concatenate([np.zeros_like(means.take([0], axis)), means.cumsum(axis)], axis)
        low, high = _between(total, edges[:-1] + inset, axis), _between(total, edges[1:] - inset, axis)
        means = (high - low) / (size / count - 2 * inset)
    return np.asarray(means)


def _between(total: Floats, at: Floats, axis: int) -> Floats:
    """Cumulative sums at fractional places."""
    floor = np.floor(at).astype(int)
    part = np.expand_dims(at - floor, 1 - axis)
    upper = np.minimum(floor + 1, total.shape[axis] - 1)
    return np.asarray(total.take(floor, axis) * (1 - part) + total.take(upper, axis) * part)


def _over_neighbours(plane: Floats, use: npt.NDArray[np.bool_]) -> Floats:
    inside = use.astype(np.float64)
    around = ndimage.uniform_filter(plane * inside, NEIGHBOURS, mode="constant")
    share = ndimage.uniform_filter(inside, NEIGHBOURS, mode="constant")
    return np.asarray(plane - around / np.maximum(share, 1e-9))


def _normalised(found: Floats, expected: Floats) -> float:
    found, expected = found - found.mean(), expected - expected.mean()
    # Rounding alone leaves up to one step of luma: less than that must not be blown up into a trace.
    strength = max(float(np.sqrt((found**2).mean())), 1.0) * float(np.sqrt((expected**2).mean()))
    return float((found * expected).mean()) / max(strength, 1e-9)
