"""Listed tiles become the person over a backdrop, the screen's light taken out of them.

Of a pixel C with the share x of the screen's colour K alpha is 1 where x is small, 0 where it is large, and
runs straight between. C - r K is shown of it, r what is the screen's (1 - alpha, but no more than x) and so
much of the light it throws on the person as `spill` says; and 1 - alpha of the backdrop. Exact at both ends.

Luma is known finer than the share of the screen: that follows luma where the two go together around a pixel
(a guided filter's slope, He et al., ECCV 2010, over 3x3 samples).
"""

from __future__ import annotations

from functools import partial

import halide as hl

from .compose import Listed
from .definition import Kernel, by_255, image, scalars
from .signatures import TILE

SPAN = TILE // 2
STEEP_BITS, SPILL_BITS = 8, 8
EPSILON = 30.0  # squared levels of luma: what varies less is noise


def _fine(share: hl.ImageParam, luma: hl.ImageParam, listed: Listed) -> tuple[hl.Expr, list[hl.Func]]:
    """The share at a listed luma pixel, 0..255, i32; and the Funcs to be computed once a tile."""
    i, j, t = hl.Var("i"), hl.Var("j"), hl.Var("t")
    last_x, last_y = share.dim(0).extent() - 1, share.dim(1).extent() - 1
    column = hl.unsafe_promise_clamped(listed.tiles[0, t], 0, listed.params[1] - 1)
    row = hl.unsafe_promise_clamped(listed.tiles[1, t], 0, listed.params[2] - 1)
    x, y = hl.clamp(column * SPAN + i, 0, last_x), hl.clamp(row * SPAN + j, 0, last_y)
    half, slope = hl.Func("half"), hl.Func("slope")
    four = sum((hl.i32(luma[2 * x + a, 2 * y + b]) for a in (0, 1) for b in (0, 1)), hl.i32(0))
    half[i, j, t] = hl.Tuple([hl.f32(share[x, y]), hl.f32(four) * hl.f32(0.25)])
    around = [half[i + a, j + b, t] for a in (-1, 0, 1) for b in (-1, 0, 1)]
    values = [(p[0], p[1], p[0] * p[1], p[1] * p[1]) for p in around]
    mean_x, mean_y, mean_xy, mean_yy = (
        sum((one[k] for one in values), hl.f32(0)) * hl.f32(1 / 9) for k in range(4)
    )
    slope[i, j, t] = (mean_xy - mean_x * mean_y) / (mean_yy - mean_y * mean_y + hl.f32(EPSILON))

    left, above = (listed.each.x + 1) / 2 - 1, (listed.each.y + 1) / 2 - 1
    right_share = hl.select(listed.each.x % 2 == 0, hl.f32(0.75), hl.f32(0.25))
    lower_share = hl.select(listed.each.y % 2 == 0, hl.f32(0.75), hl.f32(0.25))

    at = [[(left + m, above + k, listed.each.z) for m in (0, 1)] for k in (0, 1)]

    def enlarged(of: list[list[hl.Expr]]) -> hl.Expr:
        upper, lower = (a + (b - a) * right_share for a, b in of)
        return upper + (lower - upper) * lower_share

    coarse, mean = (enlarged([[half[one][k] for one in line] for line in at]) for k in (0, 1))
    rest = hl.f32(luma[listed.x, listed.y]) - mean
    value = coarse + rest * enlarged([[slope[one] for one in line] for line in at])
    return hl.i32(hl.clamp(value + hl.f32(0.5), hl.f32(0), hl.f32(255))), [half, slope]


def keyed_tiles(tile: int) -> Kernel:
    listed = Listed(tile)
    share, screen = image("share", hl.UInt(8), 2), image("screen", hl.UInt(8), 2)
    backdrop, source = image("backdrop", hl.UInt(8), 2), image("source", hl.UInt(8), 2)
    params = scalars(hl.Int(32), ["whole", "steep", "spill", "zero", "least", "most"])
    whole, steep, spill, zero, least, most = params
    part, funcs = _fine(share, source, listed) if tile == TILE else (hl.i32(share[listed.x, listed.y]), [])
    alpha = hl.clamp(((whole - part) * steep) >> STEEP_BITS, 0, 255)
    gone = 255 - alpha
    taken = hl.min(part, gone) + ((hl.max(part - gone, 0) * spill) >> SPILL_BITS)
    light = hl.i32(screen[listed.column, listed.row]) - zero
    own = (hl.i32(source[listed.x, listed.y]) - zero) * 255 - taken * light
    own = hl.clamp(own, least * alpha, most * alpha)  # a colour that there is, in as much as there is of it
    total = own + gone * (hl.i32(backdrop[listed.x, listed.y]) - zero) + zero * 255
    out = listed.store("out", hl.u8(by_255(hl.u16(total))))
    for func in funcs:
        func.compute_at(out, listed.each.z).vectorize(func.args()[0], 8, hl.TailStrategy.RoundUp)
    inputs = (listed.tiles, share, screen, backdrop, source)
    return Kernel(f"keyed_tiles_{tile}", inputs, (*listed.params, *params), (out,))


KERNELS = tuple(partial(keyed_tiles, tile) for tile in (TILE, TILE // 2))
