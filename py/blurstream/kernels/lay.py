"""The person's picture, scaled, over their slides.

lay_over     premultiplied, over black (`zero`): person + (1 - alpha) (slide - zero)
lay_within   straight: alpha person + (1 - alpha) slide; exact at both ends
"""

from __future__ import annotations

import halide as hl

from .definition import VECTOR_U8, Kernel, by_255, from_origin, image, scalars


def lay_over() -> Kernel:
    person, alpha, slide = (image(name, hl.UInt(8), 2) for name in ("person", "alpha", "slide"))
    (zero,) = scalars(hl.Int(32), ["zero"])
    x, y = hl.Var("x"), hl.Var("y")
    out = hl.Func("out")
    black = hl.i16(zero)
    rest = hl.u16(255) - hl.u16(alpha[x, y])
    # what black has of it apart, so that both products are of one sign
    through = hl.i16(by_255(rest * hl.u16(slide[x, y]))) - hl.i16(by_255(rest * hl.u16(black)))
    out[x, y] = hl.u8_sat(hl.i16(person[x, y]) + through)
    out.vectorize(x, VECTOR_U8, hl.TailStrategy.GuardWithIf)
    from_origin(out)
    return Kernel("lay_over", (person, alpha, slide), (zero,), (out,))


def lay_within() -> Kernel:
    person, alpha, slide = (image(name, hl.UInt(8), 2) for name in ("person", "alpha", "slide"))
    x, y = hl.Var("x"), hl.Var("y")
    out = hl.Func("out")
    share = hl.u16(alpha[x, y])
    out[x, y] = hl.u8(by_255(share * hl.u16(person[x, y]) + (hl.u16(255) - share) * hl.u16(slide[x, y])))
    out.vectorize(x, VECTOR_U8, hl.TailStrategy.GuardWithIf)
    from_origin(out)
    return Kernel("lay_within", (person, alpha, slide), (), (out,))


KERNELS = (lay_over, lay_within)
