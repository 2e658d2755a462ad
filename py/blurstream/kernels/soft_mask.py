"""Model mask -> soft mask at work resolution: bilinear, then a one-sided temporal filter.

A pixel follows its new value at once when the change is large; small changes (the model's flicker) are
averaged, faster downwards than upwards, so that what leaves the person is hidden sooner than what joins it
is shown. In a tile whose picture has not changed, changes below `rest` are the model's own and are left out.
"""

from __future__ import annotations

from functools import partial

import halide as hl

from .definition import VECTOR_F32, Kernel, from_origin, image, sample_position, scalars
from .signatures import SIGNATURES, SNAP, TILE, WORK_FACTORS


def soft_mask(span: int) -> Kernel:
    """`span`: work pixels to a tile, each way."""
    mask, previous = image("mask", hl.Float(32), 2), image("previous", hl.Float(32), 2)
    changed = image("changed", hl.UInt(8), 2)
    names = [s.split(":")[0] for s in SIGNATURES[f"soft_mask_{span}"].scalars]
    params = scalars(hl.Float(32), names)
    step_x, step_y, start_x, start_y, rise, fall, follow, rest = params
    x, y = hl.Var("x"), hl.Var("y")
    last_x, last_y = mask.dim(0).extent() - 1, mask.dim(1).extent() - 1

    above, down = sample_position(y, step_y, start_y)
    row = hl.Func("row")
    upper, lower = mask[x, hl.clamp(above, 0, last_y)], mask[x, hl.clamp(above + 1, 0, last_y)]
    row[x, y] = upper + (lower - upper) * down
    left, across = sample_position(x, step_x, start_x)
    column = hl.Func("column")  # worked out once instead of once a row
    column[x] = hl.Tuple([hl.clamp(left, 0, last_x), hl.clamp(left + 1, 0, last_x), across])
    column.compute_root().vectorize(x, VECTOR_F32)
    near, far = (row[hl.unsafe_promise_clamped(column[x][i], 0, last_x), y] for i in (0, 1))
    lifted = hl.Func("lifted")
    lifted[x, y] = near + (far - near) * column[x][2]

    change = lifted[x, y] - previous[x, y]
    floor = hl.select(change < 0.0, fall, rise)
    soft = hl.Func("soft")
    still = (changed[x // span, y // span] == 0) & (hl.abs(change) < rest)
    step = change * hl.min(floor + follow * hl.abs(change), 1.0)
    steady = previous[x, y] + hl.select(still, 0.0, step)
    # ends of the range are snapped to: a decay towards 0 would go on in denormal numbers, ten times as slow
    soft[x, y] = hl.select(steady < hl.f32(SNAP), 0.0, hl.select(steady > hl.f32(1 - SNAP), 1.0, steady))

    soft.vectorize(x, VECTOR_F32, hl.TailStrategy.GuardWithIf)
    lifted.compute_at(soft, x).vectorize(x)
    row.compute_at(soft, y).vectorize(x, 2 * VECTOR_F32, hl.TailStrategy.GuardWithIf)
    from_origin(soft)
    return Kernel(f"soft_mask_{span}", (mask, previous, changed), params, (soft,))


KERNELS = tuple(partial(soft_mask, TILE // f) for f in WORK_FACTORS)
