"""Soft mask + luma -> matte: the coefficients of a guided filter and the alpha they give at work resolution.

alpha = gain * luma + offset, luma 0..255, alpha 0..1 after the levels (low -> 0, high -> 1). The
coefficients are kept because applying them to the full-resolution luma is what gives a sharp edge there. They
are worked out for every second pixel, each way, and interpolated (He & Sun, "Fast Guided Filter", 2015); the
sums they come from are of all pixels. Beyond its edges the picture goes on as its last two pixels.
"""

from __future__ import annotations

import halide as hl

from .definition import VECTOR_F32, VECTOR_U8, Kernel, image, scalars
from .signatures import BOX_RADIUS, MATTE_STEP, SOFT

assert BOX_RADIUS == 4, "5 of every second pixel, then 3, and the two that are interpolated between"

FIRST, SECOND = 2, 1  # radii of the boxes, in every second pixel


def matte() -> Kernel:
    work_y, soft = image("work_y", hl.UInt(8), 2), image("soft", hl.UInt(16), 2)
    params = scalars(hl.Float(32), ["epsilon", "low", "high", "absent", "present"])
    epsilon, low, high, absent, present = params
    x, y = hl.Var("x"), hl.Var("y")
    width, height = soft.dim(0).extent() // 2, soft.dim(1).extent() // 2

    blocks = hl.Func("blocks")  # sums over 2x2 pixels
    column, line = hl.clamp(x, 0, width - 1), hl.clamp(y, 0, height - 1)
    at = [(2 * column + i, 2 * line + j) for j in (0, 1) for i in (0, 1)]
    luma = [hl.i16(work_y[place]) for place in at]
    mask = [hl.i16(soft[place] // MATTE_STEP) for place in at]
    products = (
        [hl.i32(a) * hl.i32(b) for a, b in zip(first, second, strict=True)]
        for first, second in ((luma, luma), (luma, mask))
    )
    blocks[x, y] = hl.Tuple([_sum(values) for values in (luma, mask, *products)])
    columns, sums = hl.Func("columns"), hl.Func("sums")
    columns[x, y] = hl.Tuple(_box(blocks, 4, [(x, y + j) for j in range(-FIRST, FIRST + 1)]))
    sums[x, y] = hl.Tuple(_box(columns, 4, [(x + i, y) for i in range(-FIRST, FIRST + 1)]))

    count = 4 * (2 * FIRST + 1) ** 2
    steps = SOFT / MATTE_STEP
    mean_i, mean_p, mean_ii, mean_ip = (
        hl.f32(sums[x, y][i]) * hl.f32(1 / (count * unit)) for i, unit in enumerate((1, steps, 1, steps))
    )
    slope = (mean_ip - mean_i * mean_p) / (mean_ii - mean_i * mean_i + epsilon)
    local, down, blurred = hl.Func("local"), hl.Func("down"), hl.Func("blurred")
    local[x, y] = hl.Tuple([slope, mean_p - slope * mean_i])
    down[x, y] = hl.Tuple(_box(local, 2, [(x, y + j) for j in range(-SECOND, SECOND + 1)]))
    level = 1.0 / (high - low)
    scale = level * hl.f32(1 / (2 * SECOND + 1) ** 2)
    total = _box(down, 2, [(x + i, y) for i in range(-SECOND, SECOND + 1)])
    blurred[x, y] = hl.Tuple([total[0] * scale, total[1] * scale - low * level])

    # to all pixels: three quarters of the nearest, one of the next
    tall, wide = hl.Func("tall"), hl.Func("wide")
    side = hl.Var("side")
    other = y // 2 - 1 + y % 2 * 2
    tall[x, y] = hl.Tuple([0.75 * blurred[x, y // 2][i] + 0.25 * blurred[x, other][i] for i in (0, 1)])
    wide[side, x, y] = hl.Tuple(
        [
            0.75 * tall[x, y][i] + 0.25 * hl.select(side == 0, tall[x - 1, y][i], tall[x + 1, y][i])
            for i in (0, 1)
        ]
    )

    coefficients, alpha = hl.Func("coefficients"), hl.Func("alpha")
    share = hl.f32(hl.i32(soft[x, y])) * hl.f32(1 / SOFT)
    # where the mask is sure, texture must not bend alpha: fade the filter out towards 0 or 1
    sure_not = hl.clamp((2.0 * absent - share) / absent, 0.0, 1.0)
    sure = hl.clamp((share - 2.0 * present + 1.0) / (1.0 - present), 0.0, 1.0)
    doubt = (1.0 - sure_not) * (1.0 - sure)
    gain, offset = (wide[x % 2, x // 2, y][i] for i in (0, 1))
    coefficients[x, y] = hl.Tuple([gain * doubt, offset * doubt + sure])
    value = coefficients[x, y][0] * hl.f32(work_y[x, y]) + coefficients[x, y][1]
    # added to 2^23 a number is rounded to its lowest bits; what is beyond 0..255 stays so, and saturates
    rounded = hl.reinterpret(hl.Int(32), value * 255.0 + hl.f32(1 << 23)) - (0x4B << 24)
    alpha[x, y] = hl.u8_sat(hl.i16_sat(rounded))

    up, two = 2 * VECTOR_F32, hl.Var("two")
    tail = hl.TailStrategy
    alpha.compute_root().vectorize(x, VECTOR_U8, tail.GuardWithIf)
    coefficients.compute_root().split(y, y, two, 2).unroll(two).vectorize(x, VECTOR_F32, tail.GuardWithIf)
    wide.bound(side, 0, 2).compute_at(coefficients, two).vectorize(x, VECTOR_F32, tail.RoundUp).unroll(side)
    tall.compute_at(coefficients, two).vectorize(x, VECTOR_F32, tail.RoundUp)
    blurred.compute_root().vectorize(x, VECTOR_F32, tail.RoundUp)
    local.compute_root().vectorize(x, VECTOR_F32, tail.RoundUp)
    blocks.compute_root().vectorize(x, up, tail.RoundUp)
    down.compute_at(blurred, y).vectorize(x, VECTOR_F32, tail.RoundUp)
    columns.compute_at(local, y).vectorize(x, up, tail.RoundUp)
    for func in (coefficients, alpha):
        first = func.output_buffers()[0]  # the other one of a pair is as the first
        for axis in (0, 1):
            first.dim(axis).set_min(0)
    return Kernel("matte", (work_y, soft), params, (coefficients, alpha))


def _sum(values: list[hl.Expr]) -> hl.Expr:
    return sum(values[1:], values[0])


def _box(func: hl.Func, parts: int, places: list[tuple[hl.Expr, hl.Expr]]) -> list[hl.Expr]:
    return [_sum([func[place][i] for place in places]) for i in range(parts)]


KERNELS = (matte,)
