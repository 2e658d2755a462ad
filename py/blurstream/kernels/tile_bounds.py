"""Planes at work resolution -> one value a tile.

tile_bounds   the least and the most alpha in a tile and the ring of pixels its interpolation reads
tile_differs  whether the soft mask of a tile is another one than before
"""

from __future__ import annotations

from functools import partial

import halide as hl

from .definition import Kernel, from_origin, image
from .signatures import TILE, WORK_FACTORS


def tile_bounds(span: int) -> Kernel:
    """`span`: work pixels to a tile, each way."""
    alpha = image("alpha", hl.UInt(8), 2)
    x, y = hl.Var("x"), hl.Var("y")
    width, height = alpha.dim(0).extent(), alpha.dim(1).extent()
    outputs = []
    for name, best in (("least", hl.min), ("most", hl.max)):
        rows = hl.Func(f"{name}_rows")
        values = [alpha[x, hl.clamp(span * y + j, 0, height - 1)] for j in range(-1, span + 1)]
        rows[x, y] = _fold(best, values)
        out = hl.Func(name)
        out[x, y] = _fold(best, [rows[hl.clamp(span * x + i, 0, width - 1), y] for i in range(-1, span + 1)])
        rows.compute_at(out, y).vectorize(x, 16, hl.TailStrategy.GuardWithIf)
        outputs.append(out)
    from_origin(*outputs)
    return Kernel(f"tile_bounds_{span}", (alpha,), (), tuple(outputs))


def _fold(best: object, values: list[hl.Expr]) -> hl.Expr:
    result = values[0]
    for value in values[1:]:
        result = best(result, value)  # type: ignore[operator]
    return result


def tile_differs(span: int) -> Kernel:
    """1 where any pixel of a tile differs between `a` and `b`."""
    a, b = image("a", hl.UInt(16), 2), image("b", hl.UInt(16), 2)
    x, y = hl.Var("x"), hl.Var("y")
    rows, differs = hl.Func("rows"), hl.Func("differs")
    pixel = [hl.select(a[x, span * y + j] != b[x, span * y + j], hl.u8(1), hl.u8(0)) for j in range(span)]
    rows[x, y] = _fold(hl.max, pixel)
    differs[x, y] = _fold(hl.max, [rows[span * x + i, y] for i in range(span)])
    rows.compute_at(differs, y).vectorize(x, 8, hl.TailStrategy.GuardWithIf)
    from_origin(differs)
    return Kernel(f"tile_differs_{span}", (a, b), (), (differs,))


KERNELS = tuple(partial(make, TILE // f) for make in (tile_bounds, tile_differs) for f in WORK_FACTORS)
