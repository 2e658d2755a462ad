"""Model mask -> soft mask at work resolution: bilinear, then a one-sided temporal filter.

A pixel follows its new value at once when the change is large; small changes (the model's flicker) are
averaged, faster downwards than upwards, so that what leaves the person is hidden sooner than what joins it
is shown. In a tile whose picture has not changed, changes below `rest` are the model's own and are left out.
"""

from __future__ import annotations

from functools import partial

import halide as hl

from .definition import VECTOR_F32, Kernel, from_origin, image, sample_position, scalars
from .signatures import SIGNATURES, SNAP, SOFT, TILE, WORK_FACTORS

LANES = 8
ONE = 1 << 12  # of shares of a change


def soft_mask(span: int) -> Kernel:
    """`span`: work pixels to a tile, each way."""
    mask, previous = image("mask", hl.Float(32), 2), image("previous", hl.UInt(16), 2)
    changed = image("changed", hl.UInt(8), 2)
    names = [s.split(":")[0] for s in SIGNATURES[f"soft_mask_{span}"].scalars]
    params = scalars(hl.Float(32), names)
    step_x, step_y, start_x, start_y, rise, fall, follow, rest = params
    x, y = hl.Var("x"), hl.Var("y")
    last_x, last_y = mask.dim(0).extent() - 1, mask.dim(1).extent() - 1

    levels = hl.Func("levels")
    levels[x, y] = _fixed(mask[x, y], SOFT)
    left, across = sample_position(x, step_x, start_x)
    column = hl.Func("column")  # worked out once instead of once a row
    column[x] = hl.Tuple([hl.clamp(left, 0, last_x), hl.clamp(left + 1, 0, last_x), _fixed(across, 32767)])
    wide = hl.Func("wide")  # the rows of the mask, as many columns as the result
    near, far = (levels[hl.unsafe_promise_clamped(column[x][i], 0, last_x), y] for i in (0, 1))
    wide[x, y] = near + _part(far - near, column[x][2])
    above, down = sample_position(y, step_y, start_y)
    upper, lower = (wide[x, hl.clamp(above + i, 0, last_y)] for i in (0, 1))
    lifted = upper + _part(lower - upper, _fixed(down, 32767))

    limit = hl.Func("limit")  # of changes that are left out
    limit[x, y] = hl.select(changed[x // span, y] == 0, _fixed(rest, SOFT), hl.i16(0))
    change = lifted - hl.i16(previous[x, y])
    size = hl.i16(hl.abs(change))
    floor = hl.select(change < 0, _fixed(fall, ONE), _fixed(rise, ONE))
    share = hl.min(floor + _part(size, _fixed(follow, 2 * ONE)), hl.i16(ONE))
    step = _part(change, share * 8 - hl.select(share == ONE, hl.i16(1), hl.i16(0)))
    steady = hl.i16(previous[x, y]) + hl.select(size < limit[x, y // span], hl.i16(0), step)
    soft = hl.Func("soft")
    snapped = hl.select(steady < SNAP, 0, hl.select(steady > SOFT - SNAP, hl.i16(SOFT), steady))
    soft[x, y] = hl.u16(snapped)

    line = hl.Var("line")
    tail = hl.TailStrategy
    soft.split(y, y, line, span).vectorize(x, LANES, tail.GuardWithIf)
    limit.compute_at(soft, y).vectorize(x, LANES, tail.GuardWithIf)
    wide.compute_root().vectorize(x, LANES, tail.GuardWithIf)
    column.compute_root().vectorize(x, VECTOR_F32, tail.GuardWithIf)
    levels.compute_root().vectorize(x, LANES, tail.GuardWithIf)
    from_origin(soft)
    return Kernel(f"soft_mask_{span}", (mask, previous, changed), params, (soft,))


def _fixed(value: hl.Expr, one: int) -> hl.Expr:
    return hl.i16(hl.i32(value * hl.f32(one) + 0.5))


def _part(value: hl.Expr, share: hl.Expr) -> hl.Expr:
    """value * share / 2^15, rounded: one instruction."""
    return hl.i16_sat((hl.i32(value) * hl.i32(share) + (1 << 14)) >> 15)


KERNELS = tuple(partial(soft_mask, TILE // f) for f in WORK_FACTORS)
