"""Model mask -> soft mask at work resolution: bilinear, then a one-sided temporal filter.

A pixel follows its new value at once when the change is large; small changes (the model's flicker) are
averaged, faster downwards than upwards, so that what leaves the person is hidden sooner than what joins it
is shown.
"""

from __future__ import annotations

import halide as hl

from .definition import VECTOR_F32, Kernel, from_origin, image, sample_position, scalars
from .signatures import SIGNATURES, SNAP


def soft_mask() -> Kernel:
    mask, previous = image("mask", hl.Float(32), 2), image("previous", hl.Float(32), 2)
    names = [s.split(":")[0] for s in SIGNATURES["soft_mask"].scalars]
    params = scalars(hl.Float(32), names)
    step_x, step_y, start_x, start_y, rise, fall, follow = params
    x, y = hl.Var("x"), hl.Var("y")
    last_x, last_y = mask.dim(0).extent() - 1, mask.dim(1).extent() - 1

    above, down = sample_position(y, step_y, start_y)
    row = hl.Func("row")
    upper, lower = mask[x, hl.clamp(above, 0, last_y)], mask[x, hl.clamp(above + 1, 0, last_y)]
    row[x, y] = upper + (lower - upper) * down
    left, across = sample_position(x, step_x, start_x)
    near, far = row[hl.clamp(left, 0, last_x), y], row[hl.clamp(left + 1, 0, last_x), y]
    lifted = hl.Func("lifted")
    lifted[x, y] = near + (far - near) * across

    change = lifted[x, y] - previous[x, y]
    floor = hl.select(change < 0.0, fall, rise)
    soft = hl.Func("soft")
    steady = previous[x, y] + change * hl.min(floor + follow * hl.abs(change), 1.0)
    # ends of the range are snapped to: a decay towards 0 would go on in denormal numbers, ten times as slow
    soft[x, y] = hl.select(steady < hl.f32(SNAP), 0.0, hl.select(steady > hl.f32(1 - SNAP), 1.0, steady))

    soft.vectorize(x, VECTOR_F32, hl.TailStrategy.GuardWithIf)
    lifted.compute_at(soft, x).vectorize(x)
    row.compute_at(soft, y).vectorize(x, 2 * VECTOR_F32, hl.TailStrategy.GuardWithIf)
    from_origin(soft)
    return Kernel("soft_mask", (mask, previous), params, (soft,))


KERNELS = (soft_mask,)
