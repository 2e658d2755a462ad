"""Planes -> work planes: the mean of each 2x2 or 4x4 block, rounded."""

from __future__ import annotations

from functools import partial

import halide as hl

from .definition import VECTOR_U8, Kernel, from_origin, image


def shrink(factor: int) -> Kernel:
    plane = image("plane", hl.UInt(8), 2)
    x, y = hl.Var("x"), hl.Var("y")
    wide = hl.Func("wide")
    # rows first: adding whole rows is dense SIMD, only the short sum across columns has to shuffle
    wide[x, y] = sum((hl.u16(plane[x, factor * y + j]) for j in range(factor)), hl.u16(0))
    total = sum((wide[factor * x + i, y] for i in range(factor)), hl.u16(factor * factor // 2))
    work = hl.Func("work")
    work[x, y] = hl.u8(total // (factor * factor))
    work.vectorize(x, VECTOR_U8, hl.TailStrategy.GuardWithIf)
    wide.compute_at(work, y).vectorize(x, VECTOR_U8, hl.TailStrategy.GuardWithIf)
    from_origin(work)
    return Kernel(f"shrink_{factor}", (plane,), (), (work,))


KERNELS = (partial(shrink, 2), partial(shrink, 4))
