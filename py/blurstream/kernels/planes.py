"""Formats of cameras and pictures -> I420 planes: NV12's interleaved chroma taken apart, RGBA and BGRA
converted with the weights given, in 1/65536 (see colours).
"""

from __future__ import annotations

import halide as hl

from .definition import VECTOR_U8, Kernel, from_origin, image, scalars


def split_nv12() -> Kernel:
    uv = image("uv", hl.UInt(8), 2)
    x, y = hl.Var("x"), hl.Var("y")
    u, v = hl.Func("u"), hl.Func("v")
    u[x, y] = uv[2 * x, y]
    v[x, y] = uv[2 * x + 1, y]
    for plane in (u, v):
        plane.vectorize(x, VECTOR_U8, hl.TailStrategy.GuardWithIf)
    from_origin(u, v)
    return Kernel("split_nv12", (uv,), (), (u, v))


def _channel(rgba: hl.ImageParam, column: hl.Expr, row: hl.Expr, at: hl.Expr) -> hl.Expr:
    return hl.i32(rgba[4 * column + at, row])


def luma_of_rgba() -> Kernel:
    rgba = image("rgba", hl.UInt(8), 2)
    params = scalars(hl.Int(32), ["red_at", "red", "green", "blue", "offset"])
    red_at, *weights, offset = params
    x, y = hl.Var("x"), hl.Var("y")
    first, green, third = (_channel(rgba, x, y, at) for at in (0, 1, 2))
    red, blue = hl.select(red_at == 0, first, third), hl.select(red_at == 0, third, first)
    luma = hl.Func("y")
    total = weights[0] * red + weights[1] * green + weights[2] * blue
    luma[x, y] = hl.u8(((total + (1 << 15)) >> 16) + offset)
    luma.vectorize(x, VECTOR_U8, hl.TailStrategy.GuardWithIf)
    from_origin(luma)
    return Kernel("luma_of_rgba", (rgba,), params, (luma,))


def chroma_of_rgba() -> Kernel:
    rgba = image("rgba", hl.UInt(8), 2)
    params = scalars(
        hl.Int(32), ["red_at", *(f"{plane}_{c}" for plane in "uv" for c in ("red", "green", "blue"))]
    )
    red_at = params[0]
    x, y = hl.Var("x"), hl.Var("y")

    def block(at: int) -> hl.Expr:
        return sum(
            (_channel(rgba, 2 * x + i, 2 * y + j, hl.i32(at)) for i in (0, 1) for j in (0, 1)), hl.i32(0)
        )

    first, green, third = block(0), block(1), block(2)
    red, blue = hl.select(red_at == 0, first, third), hl.select(red_at == 0, third, first)
    u, v = hl.Func("u"), hl.Func("v")
    for plane, (r, g, b) in ((u, params[1:4]), (v, params[4:7])):
        # four pixels are summed, hence 18 bits; pure blue and red of the full range come to 255.5
        total = (r * red + g * green + b * blue + (128 << 18) + (1 << 17)) >> 18
        plane[x, y] = hl.u8(hl.min(total, 255))
        plane.vectorize(x, VECTOR_U8 // 2, hl.TailStrategy.GuardWithIf)
    from_origin(u, v)
    return Kernel("chroma_of_rgba", (rgba,), params, (u, v))


KERNELS = (split_nv12, luma_of_rgba, chroma_of_rgba)
