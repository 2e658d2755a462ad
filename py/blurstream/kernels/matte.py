"""Soft mask + luma -> matte: the coefficients of a guided filter and the alpha they give at work resolution.

alpha = gain * luma + offset, luma 0..255, alpha 0..1 after the levels (low -> 0, high -> 1). The
coefficients are kept because applying them to the full-resolution luma is what gives a sharp edge there (He
& Sun, "Fast Guided Filter", 2015).
"""

from __future__ import annotations

import halide as hl

from .definition import VECTOR_F32, Kernel, from_origin, image, scalars
from .signatures import BOX_RADIUS

assert BOX_RADIUS == 4, "the sums below are of three times three"

SPAN = 2 * BOX_RADIUS + 1


def _three(func: hl.Func, x: hl.Var, y: hl.Var, dx: int, dy: int, count: int) -> list[hl.Expr]:
    """The sum of a pixel and the two at (-dx, -dy) and (dx, dy): nine in a row are three of three."""
    return [func[x - dx, y - dy][i] + func[x, y][i] + func[x + dx, y + dy][i] for i in range(count)]


def matte() -> Kernel:
    work_y, soft = image("work_y", hl.UInt(8), 2), image("soft", hl.Float(32), 2)
    params = scalars(hl.Float(32), ["epsilon", "low", "high", "absent", "present"])
    epsilon, low, high, absent, present = params
    x, y = hl.Var("x"), hl.Var("y")
    width, height = soft.dim(0).extent(), soft.dim(1).extent()
    wide = 2 * VECTOR_F32

    moments = hl.Func("moments")
    column, line = hl.clamp(x, 0, width - 1), hl.clamp(y, 0, height - 1)
    luma, mask = hl.f32(work_y[column, line]), soft[column, line]
    moments[x, y] = hl.Tuple([luma, mask, luma * luma, luma * mask])
    thirds, columns, across = hl.Func("thirds"), hl.Func("columns"), hl.Func("across")
    thirds[x, y] = hl.Tuple(_three(moments, x, y, 0, 1, 4))
    columns[x, y] = hl.Tuple(_three(thirds, x, y, 0, 3, 4))
    across[x, y] = hl.Tuple(_three(columns, x, y, 1, 0, 4))
    means = hl.Func("means")
    scale = hl.f32(1 / SPAN**2)
    means[x, y] = hl.Tuple([value * scale for value in _three(across, x, y, 3, 0, 4)])

    mean_i, mean_p, mean_ii, mean_ip = (means[x, y][i] for i in range(4))
    slope = (mean_ip - mean_i * mean_p) / (mean_ii - mean_i * mean_i + epsilon)
    local = hl.Func("local")
    local[x, y] = hl.Tuple([slope, mean_p - slope * mean_i])

    edge = hl.Func("edge")  # box of the coefficients, repeated at the border
    edge[x, y] = hl.Tuple([local[column, line][0], local[column, line][1]])
    edge_thirds, sums, sums_across = hl.Func("edge_thirds"), hl.Func("sums"), hl.Func("sums_across")
    edge_thirds[x, y] = hl.Tuple(_three(edge, x, y, 0, 1, 2))
    sums[x, y] = hl.Tuple(_three(edge_thirds, x, y, 0, 3, 2))
    sums_across[x, y] = hl.Tuple(_three(sums, x, y, 1, 0, 2))
    blurred = hl.Func("blurred")
    blurred[x, y] = hl.Tuple([value * scale for value in _three(sums_across, x, y, 3, 0, 2)])

    gain, offset, alpha = hl.Func("gain"), hl.Func("offset"), hl.Func("alpha")
    level = 1.0 / (high - low)
    # where the mask is sure, texture must not bend alpha: fade the filter out towards 0 or 1
    sure_not = hl.clamp((2.0 * absent - soft[x, y]) / absent, 0.0, 1.0)
    sure = hl.clamp((soft[x, y] - 2.0 * present + 1.0) / (1.0 - present), 0.0, 1.0)
    doubt = (1.0 - sure_not) * (1.0 - sure)
    gain[x, y] = blurred[x, y][0] * level * doubt
    offset[x, y] = (blurred[x, y][1] - low) * level * doubt + sure
    value = gain[x, y] * hl.f32(work_y[x, y]) + offset[x, y]
    alpha[x, y] = hl.u8(hl.clamp(value * 255.0 + 0.5, 0.0, 255.0))

    alpha.compute_root().vectorize(x, wide, hl.TailStrategy.GuardWithIf)
    for out in (gain, offset):
        out.compute_root().vectorize(x, wide, hl.TailStrategy.GuardWithIf)
    blurred.compute_root().vectorize(x, wide, hl.TailStrategy.RoundUp)
    for func, at in ((sums_across, blurred), (sums, blurred), (across, local), (columns, local)):
        func.compute_at(at, y).vectorize(x, wide, hl.TailStrategy.RoundUp)
    for func, at in ((edge_thirds, blurred), (thirds, local), (moments, local)):
        func.store_root().compute_at(at, y).vectorize(x, wide, hl.TailStrategy.RoundUp)
    edge.compute_root().vectorize(x, wide, hl.TailStrategy.GuardWithIf)
    local.compute_root().vectorize(x, wide, hl.TailStrategy.RoundUp)
    from_origin(gain, offset, alpha)
    return Kernel("matte", (work_y, soft), params, (gain, offset, alpha))


KERNELS = (matte,)
