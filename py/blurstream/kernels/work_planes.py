"""Planes -> work planes: the mean of each 2x2 or 4x4 block, rounded."""

from __future__ import annotations

from functools import partial

import halide as hl

from .definition import VECTOR_U8, Kernel, from_origin, image


def shrink(factor: int) -> Kernel:
    plane = image("plane", hl.UInt(8), 2)
    x, y = hl.Var("x"), hl.Var("y")
    wide, work = hl.Func("wide"), hl.Func("work")
    if factor == 2:
        # rows first: adding whole rows is dense SIMD, only the short sum across columns has to shuffle
        wide[x, y] = _sum([hl.u16(plane[x, factor * y + j]) for j in range(factor)])
        group = factor
    else:
        # pairs first: one instruction adds them, and leaves half as many columns
        part = hl.RDom([(0, 2), (0, factor)])
        wide[x, y] = hl.u16(0)
        wide[x, y] += hl.u16(plane[2 * x + part.x, factor * y + part.y])
        wide.update().reorder(part.x, part.y, x).unroll(part.y).atomic().vectorize(part.x)
        wide.update().vectorize(x, 8, hl.TailStrategy.GuardWithIf)
        group = factor // 2
    total = _sum([wide[group * x + i, y] for i in range(group)])
    work[x, y] = hl.u8((total + factor * factor // 2) // (factor * factor))
    work.vectorize(x, VECTOR_U8, hl.TailStrategy.GuardWithIf)
    wide.compute_at(work, y).vectorize(x, VECTOR_U8 // (factor // 2), hl.TailStrategy.GuardWithIf)
    from_origin(work)
    return Kernel(f"shrink_{factor}", (plane,), (), (work,))


def _sum(values: list[hl.Expr]) -> hl.Expr:
    return sum(values[1:], values[0])


KERNELS = (partial(shrink, 2), partial(shrink, 4))
