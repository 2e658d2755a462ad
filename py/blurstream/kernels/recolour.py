"""I420 planes of one colour space -> those of another: a matrix whose weights are given in 1/8192 (see
colours). Grey stays grey: chroma takes nothing of luma.
"""

from __future__ import annotations

import halide as hl

from .definition import Kernel, from_origin, image, scalars
from .signatures import RECOLOUR_BITS

LANES = 16
ROUND = 1 << (RECOLOUR_BITS - 1)


def _level(total: hl.Expr) -> hl.Expr:
    return hl.u8(hl.clamp((total + ROUND) >> RECOLOUR_BITS, 0, 255))


def recolour_luma() -> Kernel:
    luma, u, v = (image(name, hl.UInt(8), 2) for name in "yuv")
    params = scalars(hl.Int(32), ["gain", "of_u", "of_v", "offset"])
    gain, of_u, of_v, offset = params
    x, y = hl.Var("x"), hl.Var("y")
    tint, out = hl.Func("tint"), hl.Func("out")
    tint[x, y] = of_u * (hl.i32(u[x, y]) - 128) + of_v * (hl.i32(v[x, y]) - 128) + offset
    out[x, y] = _level(gain * hl.i32(luma[x, y]) + tint[x / 2, y / 2])
    out.vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    tint.compute_at(out, y).vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    from_origin(out)
    return Kernel("recolour_luma", (luma, u, v), params, (out,))


def recolour_chroma() -> Kernel:
    u, v = (image(name, hl.UInt(8), 2) for name in "uv")
    params = scalars(hl.Int(32), ["u_of_u", "u_of_v", "v_of_u", "v_of_v"])
    x, y = hl.Var("x"), hl.Var("y")
    from_u, from_v = hl.i32(u[x, y]) - 128, hl.i32(v[x, y]) - 128
    outs = []
    for name, of_u, of_v in (("out_u", *params[:2]), ("out_v", *params[2:])):
        out = hl.Func(name)
        out[x, y] = _level(of_u * from_u + of_v * from_v + (128 << RECOLOUR_BITS))
        out.vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
        outs.append(out)
    from_origin(*outs)
    return Kernel("recolour_chroma", (u, v), params, tuple(outs))


KERNELS = (recolour_luma, recolour_chroma)
