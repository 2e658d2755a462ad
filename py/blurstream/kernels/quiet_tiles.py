"""Tiles of the person: how much they differ from what is held of them, and their mean over time.

tile_unrest      sum of squared luma differences in the 8x8 quarter of a listed tile that differs the most
stir_tiles       for each pixel of the listed tiles the share of the new picture, 0..128: `base` where the
                 sums of the differences in 5x5 pixels are within +-`calm`, which noise explains, for it and
                 the 8 pixels around it; all of it from 2 `calm` on, linear between: nothing that moves
                 is smeared. Where a fine pattern moves the sums may cancel: a pixel's own difference counts,
                 too, from 8/15 of `calm` on, and for all from 12/15 on
settle_tiles_T   held += share / 128 * (source - held); chroma takes the mean share of 2x2
"""

from __future__ import annotations

from functools import partial

import halide as hl

from .compose import Listed
from .definition import Kernel, from_origin, image, scalars
from .signatures import TILE

HALF = TILE // 2
REACH = 2
ALL = 128  # of a share: a product with a difference of 8-bit values fits 16 bits
LANES = 8


def tile_unrest() -> Kernel:
    tiles = image("tiles", hl.Int(32), 2)
    params = scalars(hl.Int(32), ["n", "tiles_wide", "tiles_high"])
    n, wide, high = params
    source, held = image("source", hl.UInt(8), 2), image("held", hl.UInt(8), 2)
    x, k, t = hl.Var("x"), hl.Var("k"), hl.Var("t")
    column = hl.unsafe_promise_clamped(tiles[0, t], 0, wide - 1) * TILE + x
    row = hl.unsafe_promise_clamped(tiles[1, t], 0, high - 1) * TILE
    down = hl.Func("down")  # squares of 8 rows, for each column
    squares = hl.i32(0)
    for j in range(HALF):
        line = row + k * HALF + j
        difference = hl.i32(hl.i16(source[column, line]) - hl.i16(held[column, line]))
        squares += difference * difference
    down[x, k, t] = squares
    each = hl.RDom([(0, n)], "each")
    most = hl.i32(0)
    for k_ in (0, 1):
        for left in (0, HALF):
            most = hl.max(most, sum((down[left + i, k_, each.x] for i in range(HALF)), hl.i32(0)))
    unrest = hl.Func("unrest")
    unrest[t] = hl.undef(hl.Int(32))
    unrest[each.x] = most
    down.compute_at(unrest, each.x).bound(x, 0, TILE).bound(k, 0, 2).vectorize(x, LANES).unroll(k)
    from_origin(unrest)
    return Kernel("tile_unrest", (tiles, source, held), params, (unrest,))


def stir_tiles() -> Kernel:
    listed = Listed(TILE)
    source, held = image("source", hl.UInt(8), 2), image("held", hl.UInt(8), 2)
    calm, slope, base = scalars(hl.Int(32), ["calm", "slope", "base"])
    x, y, t = hl.Var("x"), hl.Var("y"), hl.Var("t")
    width, height = source.dim(0).extent(), source.dim(1).extent()
    left = hl.unsafe_promise_clamped(listed.tiles[0, t], 0, listed.params[1] - 1) * TILE
    top = hl.unsafe_promise_clamped(listed.tiles[1, t], 0, listed.params[2] - 1) * TILE
    column, line = hl.clamp(left + x, 0, width - 1), hl.clamp(top + y, 0, height - 1)
    near = range(-REACH, REACH + 1)
    difference, across, down = hl.Func("difference"), hl.Func("across"), hl.Func("down")
    difference[x, y, t] = hl.i16(source[column, line]) - hl.i16(held[column, line])
    down[x, y, t] = sum((difference[x, y + j, t] for j in near), hl.i16(0))
    across[x, y, t] = hl.i16(hl.abs(sum((down[x + i, y, t] for i in near), hl.i16(0))))
    most, widest = hl.Func("most"), hl.Func("widest")
    most[x, y, t] = hl.max(hl.max(across[x, y - 1, t], across[x, y, t]), across[x, y + 1, t])
    widest[x, y, t] = hl.max(hl.max(most[x - 1, y, t], most[x, y, t]), most[x + 1, y, t])
    at = (listed.each.x, listed.each.y, listed.each.z)
    alone = ((hl.i16(hl.abs(difference[at])) * hl.i16(15)) >> hl.i16(2)) - hl.i16(calm)
    stirred = hl.max(widest[at], alone)
    excess = hl.clamp(stirred - hl.i16(calm), hl.i16(0), hl.i16(calm))
    share = hl.i16(base) + ((excess * hl.i16(slope)) >> hl.i16(8))
    out = listed.store("share", hl.u8(hl.clamp(share, hl.i16(0), hl.i16(ALL))))
    for func in (difference, down, across, most):
        func.compute_at(out, listed.each.z).vectorize(x, LANES)
    inputs = (listed.tiles, source, held)
    return Kernel("stir_tiles", inputs, (*listed.params, calm, slope, base), (out,))


def settle_tiles(tile: int) -> Kernel:
    listed = Listed(tile)
    share, source = image("share", hl.UInt(8), 2), image("source", hl.UInt(8), 2)
    if tile == TILE:
        part = hl.i16(share[listed.x, listed.y])
    else:
        four = [hl.i16(share[2 * listed.x + i, 2 * listed.y + j]) for i in (0, 1) for j in (0, 1)]
        part = (sum(four, hl.i16(2))) >> hl.i16(2)
    x, y = hl.Var("x"), hl.Var("y")
    out = hl.Func("out")
    out[x, y] = hl.undef(hl.UInt(8))
    held = hl.i16(out[listed.x, listed.y])
    step = (part * (hl.i16(source[listed.x, listed.y]) - held) + hl.i16(ALL // 2)) >> hl.i16(7)
    out[listed.x, listed.y] = hl.u8(held + step)
    out.update().allow_race_conditions().vectorize(listed.each.x)
    from_origin(out)
    return Kernel(f"settle_tiles_{tile}", (listed.tiles, share, source), listed.params, (out,))


KERNELS = (tile_unrest, stir_tiles, *(partial(settle_tiles, tile) for tile in (TILE, HALF)))
