"""Map of tiles -> the map spread by `reach` tiles: the most of each tile's neighbourhood, a square."""

from __future__ import annotations

from functools import partial

import halide as hl

from .definition import Kernel, from_origin, image

REACHES = (1, 2)
LANES = 16


def tile_spread(reach: int) -> Kernel:
    tiles = image("map", hl.UInt(8), 2)
    x, y = hl.Var("x"), hl.Var("y")
    width, height = tiles.dim(0).extent(), tiles.dim(1).extent()
    rows, spread = hl.Func("rows"), hl.Func("spread")
    near = range(-reach, reach + 1)
    rows[x, y] = _most([tiles[x, hl.clamp(y + j, 0, height - 1)] for j in near])
    spread[x, y] = _most([rows[hl.clamp(x + i, 0, width - 1), y] for i in near])
    rows.compute_at(spread, y).vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    from_origin(spread)
    return Kernel(f"tile_spread_{reach}", (tiles,), (), (spread,))


def _most(values: list[hl.Expr]) -> hl.Expr:
    result = values[0]
    for value in values[1:]:
        result = hl.max(result, value)
    return result


KERNELS = tuple(partial(tile_spread, reach) for reach in REACHES)
