"""A plane in another size: each row and column of the result is a weighted sum of some of the source's.

Which ones, and their weights in 1/256, come as tables (see scale): `row_at[y]` is the first source row of row
y, `row_share[k, y]` the weight of the k-th from there; columns likewise. Down first, rounded to 8 bits, then
across.
"""

from __future__ import annotations

import halide as hl

from .definition import VECTOR_U8, Kernel, from_origin, image

ACROSS = 8  # lanes of a sum in 16 bits


def scale() -> Kernel:
    plane = image("plane", hl.UInt(8), 2)
    row_at, column_at = image("row_at", hl.Int(32), 1), image("column_at", hl.Int(32), 1)
    row_share, column_share = image("row_share", hl.UInt(16), 2), image("column_share", hl.UInt(16), 2)
    x, y = hl.Var("x"), hl.Var("y")
    last_x, last_y = plane.dim(0).extent() - 1, plane.dim(1).extent() - 1
    down = hl.RDom([(0, row_share.dim(1).extent())], "down")
    across = hl.RDom([(0, column_share.dim(1).extent())], "across")

    tall, high = hl.Func("tall"), hl.Func("high")
    line = hl.unsafe_promise_clamped(row_at[y] + down.x, 0, last_y)
    tall[x, y] = hl.u16(128)
    tall[x, y] += row_share[y, down.x] * hl.u16(plane[x, line])
    high[x, y] = hl.u8(tall[x, y] >> hl.u16(8))

    wide, out = hl.Func("wide"), hl.Func("out")
    column = hl.unsafe_promise_clamped(column_at[x] + across.x, 0, last_x)
    wide[x, y] = hl.u16(128)
    wide[x, y] += column_share[x, across.x] * hl.u16(high[column, y])
    out[x, y] = hl.u8(wide[x, y] >> hl.u16(8))

    guard, inwards = hl.TailStrategy.GuardWithIf, hl.TailStrategy.ShiftInwards
    out.specialize(out.output_buffer().dim(0).extent() >= ACROSS).vectorize(x, ACROSS, inwards)
    wide.compute_at(out, x).vectorize(x, ACROSS, guard).update().vectorize(x, ACROSS, guard)
    high.compute_at(out, y).specialize(last_x >= VECTOR_U8 - 1).vectorize(x, VECTOR_U8, inwards)
    tall.compute_at(high, x).vectorize(x, VECTOR_U8, guard).update().vectorize(x, VECTOR_U8, guard)
    for taps in (2, 3):
        wide.update().specialize(column_share.dim(1).extent() == taps).unroll(across.x)
        tall.update().specialize(row_share.dim(1).extent() == taps).unroll(down.x)
    from_origin(out)
    return Kernel("scale", (plane, row_at, row_share, column_at, column_share), (), (out,))


KERNELS = (scale,)
