"""How much of a coloured screen is in each pixel of a frame: a plane of chroma's size.

screen_sums    over each tile, the samples that are of the key's hue, and the sums of their Y, U and V
screen_share   the share of the screen's own colour in each sample, 255 for all of it: how far its chroma goes
               along the screen's, less what it goes across beyond a wedge (the colour difference of Vlahos,
               US 3,158,477, in the form that Jack gives it for YCbCr, "Video Demystified", chapter 7)
"""

from __future__ import annotations

import halide as hl

from .definition import Kernel, from_origin, image, scalars
from .signatures import TILE

LANES = 8
SPAN = TILE // 2
GAIN_BITS = 8  # of the fraction of what a level of chroma is worth
SLOPE_BITS = 8


def screen_sums() -> Kernel:
    luma, u, v = (image(name, hl.UInt(8), 2) for name in "yuv")
    params = scalars(hl.Int(32), ["key_u", "key_v", "slope", "least"])
    key_u, key_v, slope, least = params
    x, y, c = hl.Var("x"), hl.Var("y"), hl.Var("c")
    column = hl.Func("column")  # each column of a row of tiles, summed down
    total = [hl.i32(0)] * 4
    for j in range(SPAN):
        line = SPAN * y + j
        of_u, of_v = hl.i32(u[x, line]) - 128, hl.i32(v[x, line]) - 128
        along = of_u * key_u + of_v * key_v
        across = hl.abs(of_u * key_v - of_v * key_u)
        found = (along > least) & (hl.i32(across) << SLOPE_BITS < along * slope)
        four = sum((hl.i32(luma[2 * x + a, 2 * line + b]) for a in (0, 1) for b in (0, 1)), hl.i32(0))
        values = (hl.i32(1), four, hl.i32(u[x, line]), hl.i32(v[x, line]))
        total = [t + hl.select(found, value, 0) for t, value in zip(total, values, strict=True)]
    column[x, y] = hl.Tuple(total)
    tile, sums = hl.Func("tile"), hl.Func("sums")
    tile[x, y] = hl.Tuple(
        [sum((column[SPAN * x + i, y][k] for i in range(SPAN)), hl.i32(0)) for k in range(4)]
    )
    sums[x, y, c] = hl.mux(c, [tile[x, y][k] for k in range(4)])
    sums.bound(c, 0, 4).reorder(c, x, y).unroll(c)
    tile.compute_at(sums, y).vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    column.compute_at(tile, y).vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    from_origin(sums)
    return Kernel("screen_sums", (luma, u, v), params, (sums,))


def screen_share() -> Kernel:
    u, v = (image(name, hl.UInt(8), 2) for name in "uv")
    gain_u, gain_v = (image(f"gain_{name}", hl.Int(32), 2) for name in "uv")
    params = scalars(hl.Int(32), ["slope", "wedge", "dead"])
    slope, wedge, dead = params
    x, y = hl.Var("x"), hl.Var("y")
    inner, tile = hl.Var("inner"), hl.Var("tile")
    of_u, of_v = hl.i32(u[x, y]) - 128, hl.i32(v[x, y]) - 128
    g_u, g_v = gain_u[x / SPAN, y / SPAN], gain_v[x / SPAN, y / SPAN]
    along = of_u * g_u + of_v * g_v
    across = hl.i32(hl.abs(of_u * g_v - of_v * g_u))
    beyond = hl.max(across - ((along * wedge) >> SLOPE_BITS), 0)
    share = hl.Func("share")
    total = along - ((beyond * slope) >> SLOPE_BITS) - dead
    share[x, y] = hl.u8(hl.clamp((total + (1 << (GAIN_BITS - 1))) >> GAIN_BITS, 0, 255))
    share.split(x, tile, inner, SPAN, hl.TailStrategy.RoundUp).vectorize(inner)
    from_origin(share)
    return Kernel("screen_share", (u, v, gain_u, gain_v), params, (share,))


KERNELS = (screen_sums, screen_share)
