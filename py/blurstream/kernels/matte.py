"""Soft mask + luma -> matte: the coefficients of a guided filter and the alpha they give at work resolution.

alpha = gain * luma + offset, luma 0..255, alpha 0..1 after the levels (low -> 0, high -> 1). The
coefficients are kept because applying them to the full-resolution luma is what gives a sharp edge there (He
& Sun, "Fast Guided Filter", 2015).
"""

from __future__ import annotations

import halide as hl

from .definition import VECTOR_F32, Kernel, from_origin, image, scalars
from .signatures import BOX_RADIUS

SPAN = 2 * BOX_RADIUS + 1


def matte() -> Kernel:
    work_y, soft = image("work_y", hl.UInt(8), 2), image("soft", hl.Float(32), 2)
    params = scalars(hl.Float(32), ["epsilon", "low", "high", "absent", "present"])
    epsilon, low, high, absent, present = params
    x, y = hl.Var("x"), hl.Var("y")
    width, height = soft.dim(0).extent(), soft.dim(1).extent()
    wide = 2 * VECTOR_F32

    guide = hl.Func("guide")
    column, line = hl.clamp(x, 0, width - 1), hl.clamp(y, 0, height - 1)
    guide[x, y] = hl.Tuple([hl.f32(work_y[column, line]), soft[column, line]])
    padded = guide.compute_root()
    padded.vectorize(x, wide, hl.TailStrategy.GuardWithIf)

    def down(func: hl.Func, dy: int) -> list[hl.Expr]:
        luma, mask = func[x, y + dy][0], func[x, y + dy][1]
        return [luma, mask, luma * luma, luma * mask]

    shifts = range(-BOX_RADIUS, BOX_RADIUS + 1)
    columns = hl.Func("columns")
    moments = [down(guide, dy) for dy in shifts]
    columns[x, y] = hl.Tuple([sum((m[i] for m in moments), hl.f32(0)) for i in range(4)])
    means = hl.Func("means")
    scale = hl.f32(1 / SPAN**2)
    means[x, y] = hl.Tuple(
        [sum((columns[x + dx, y][i] for dx in shifts), hl.f32(0)) * scale for i in range(4)]
    )

    mean_i, mean_p, mean_ii, mean_ip = (means[x, y][i] for i in range(4))
    slope = (mean_ip - mean_i * mean_p) / (mean_ii - mean_i * mean_i + epsilon)
    local = hl.Func("local")
    local[x, y] = hl.Tuple([slope, mean_p - slope * mean_i])

    edge = hl.Func("edge")  # box of the coefficients, repeated at the border
    edge[x, y] = hl.Tuple([local[column, line][0], local[column, line][1]])
    sums = hl.Func("sums")
    sums[x, y] = hl.Tuple([sum((edge[x, y + dy][i] for dy in shifts), hl.f32(0)) for i in range(2)])
    blurred = hl.Func("blurred")
    blurred[x, y] = hl.Tuple(
        [sum((sums[x + dx, y][i] for dx in shifts), hl.f32(0)) * scale for i in range(2)]
    )

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
    sums.compute_at(blurred, y).vectorize(x, wide, hl.TailStrategy.RoundUp)
    edge.compute_root().vectorize(x, wide, hl.TailStrategy.GuardWithIf)
    local.compute_root().vectorize(x, wide, hl.TailStrategy.RoundUp)
    columns.compute_at(local, y).vectorize(x, wide, hl.TailStrategy.RoundUp)
    from_origin(gain, offset, alpha)
    return Kernel("matte", (work_y, soft), params, (gain, offset, alpha))


KERNELS = (matte,)
