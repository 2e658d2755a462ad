"""How much of a coloured screen is in each pixel of a frame: a plane of chroma's size.

screen_sums    over each tile: the samples that are of the key's hue, and the sums of their Y, U and V; those
               that surely are not, and the sums of their U and V
screen_share   the share of the screen's own colour in each sample, 255 for all of it. Of any colour: how far
               its chroma goes along the screen's, less what it goes across beyond a wedge (the colour
               difference of Vlahos, US 3,158,477, as Jack has it for YCbCr, "Video Demystified", chapter 7).
               Near the screen, too: how far it has gone from the person's mean colour there to the screen's,
               if it lies on that way
"""

from __future__ import annotations

import halide as hl

from .definition import Kernel, from_origin, image, scalars
from .signatures import TILE

LANES = 8
SPAN = TILE // 2
SUMS = 7
GAIN_BITS = 8  # of the fraction of what a level of chroma is worth
SLOPE_BITS = 8


def screen_sums() -> Kernel:
    luma, u, v = (image(name, hl.UInt(8), 2) for name in "yuv")
    params = scalars(hl.Int(32), ["key_u", "key_v", "slope", "least", "other"])
    key_u, key_v, slope, least, other = params
    x, y, c = hl.Var("x"), hl.Var("y"), hl.Var("c")
    column = hl.Func("column")  # each column of a row of tiles, summed down
    total = [hl.i32(0)] * SUMS
    for j in range(SPAN):
        line = SPAN * y + j
        of_u, of_v = hl.i32(u[x, line]) - 128, hl.i32(v[x, line]) - 128
        along = of_u * key_u + of_v * key_v
        across = hl.abs(of_u * key_v - of_v * key_u)
        found = (along > least) & (hl.i32(across) << SLOPE_BITS < along * slope)
        four = sum((hl.i32(luma[2 * x + a, 2 * line + b]) for a in (0, 1) for b in (0, 1)), hl.i32(0))
        values = (hl.i32(1), four, hl.i32(u[x, line]), hl.i32(v[x, line]))
        added = [hl.select(found, value, 0) for value in values]
        added += [hl.select(along < other, values[k], 0) for k in (0, 2, 3)]
        total = [t + one for t, one in zip(total, added, strict=True)]
    column[x, y] = hl.Tuple(total)
    tile, sums = hl.Func("tile"), hl.Func("sums")
    tile[x, y] = hl.Tuple(
        [sum((column[SPAN * x + i, y][k] for i in range(SPAN)), hl.i32(0)) for k in range(SUMS)]
    )
    sums[x, y, c] = hl.mux(c, [tile[x, y][k] for k in range(SUMS)])
    sums.bound(c, 0, SUMS).reorder(c, x, y).unroll(c)
    tile.compute_at(sums, y).vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    column.compute_at(tile, y).vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    from_origin(sums)
    return Kernel("screen_sums", (luma, u, v), params, (sums,))


def screen_share() -> Kernel:
    u, v = (image(name, hl.UInt(8), 2) for name in "uv")
    maps = [image(f"{of}_{name}", hl.Int(32), 2) for of in ("gain", "person", "way") for name in "uv"]
    params = scalars(hl.Int(32), ["slope", "wedge", "dead", "beside", "doubt"])
    slope, wedge, dead, beside, doubt = params
    x, y = hl.Var("x"), hl.Var("y")
    inner, tile = hl.Var("inner"), hl.Var("tile")
    of_u, of_v = hl.i32(u[x, y]) - 128, hl.i32(v[x, y]) - 128
    gain_u, gain_v, person_u, person_v, way_u, way_v = (one[x / SPAN, y / SPAN] for one in maps)
    along = of_u * gain_u + of_v * gain_v
    across = hl.i32(hl.abs(of_u * gain_v - of_v * gain_u))
    beyond = hl.max(across - ((along * wedge) >> SLOPE_BITS), 0)
    any_colour = along - ((beyond * slope) >> SLOPE_BITS) - dead
    from_u, from_v = of_u - person_u, of_v - person_v
    gone = from_u * way_u + from_v * way_v
    off = hl.max(hl.i32(hl.abs(from_u * way_v - from_v * way_u)) - beside, 0)
    mixed = gone - ((off * slope) >> SLOPE_BITS) - doubt
    total = hl.max(any_colour, mixed)
    share = hl.Func("share")
    share[x, y] = hl.u8(hl.clamp((total + (1 << (GAIN_BITS - 1))) >> GAIN_BITS, 0, 255))
    share.split(x, tile, inner, SPAN, hl.TailStrategy.RoundUp).vectorize(inner)
    from_origin(share)
    return Kernel("screen_share", (u, v, *maps), params, (share,))


KERNELS = (screen_sums, screen_share)
