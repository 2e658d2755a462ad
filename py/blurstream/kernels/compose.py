"""Lists of tiles -> output planes. Work grows with the lists, not with the frame; tiles in no list are left
alone.

edge_alpha_F     the matte's coefficients interpolated and applied to the full-resolution luma, in the listed
                 tiles
fill_tiles_T     listed tiles become the plate
blend_tiles_T    listed tiles become alpha * source + (1 - alpha) * plate; exact at alpha 0 and 255. Chroma
                 tiles (T = 8) take the mean alpha of each 2x2 luma pixels
fuse_tiles_T     the same with the person's own colour in place of the source's, from which the room's share
                 is taken out: blur fusion (Forte, ICIP 2021), F = P + alpha (C - alpha P - (1 - alpha) R),
                 P and R the means on either side of the seam
blend_over_T, fuse_over_T
                 the same before a backdrop of the frame's size in place of the plate
"""

from __future__ import annotations

from functools import partial

import halide as hl

from .definition import Kernel, by_255, from_origin, image, scalars, spline_weights
from .signatures import COPY_SIZES, SEAM, TILE, WORK_FACTORS


class Listed:
    """Pixels of the tiles of a list: `tiles` holds (column, row) pairs, the first `n` count."""

    def __init__(self, tile: int) -> None:
        self.tiles = image("tiles", hl.Int(32), 2)
        self.params = scalars(hl.Int(32), ["n", "tiles_wide", "tiles_high"])
        n, wide, high = self.params
        self.each = hl.RDom([(0, tile), (0, tile), (0, n)], "each")
        self.column = hl.unsafe_promise_clamped(self.tiles[0, self.each.z], 0, wide - 1)
        self.row = hl.unsafe_promise_clamped(self.tiles[1, self.each.z], 0, high - 1)
        self.x = self.column * tile + self.each.x
        self.y = self.row * tile + self.each.y

    def store(self, name: str, value: hl.Expr) -> hl.Func:
        x, y = hl.Var("x"), hl.Var("y")
        out = hl.Func(name)
        out[x, y] = hl.undef(hl.UInt(8))
        out[self.x, self.y] = value
        # tiles of a list are distinct: no two lanes or iterations write one pixel
        out.update().allow_race_conditions().vectorize(self.each.x)
        from_origin(out)
        return out


def _between_rows(rows: hl.ImageParam, listed: Listed, cell: hl.Expr) -> hl.Expr:
    """The plate at a listed pixel, 0..255 in u16: 4 x value x 64 fits 16 bits exactly."""
    y = hl.Var("y")
    # row and weights of every line, worked out once a call instead of once a tile
    line = hl.Func("line")
    row = y // cell
    before, _, after = (
        hl.u16(weight * hl.f32(64) + hl.f32(0.5)) for weight in spline_weights(y - row * cell, cell)
    )
    line[y] = hl.Tuple([row, before, hl.u16(64) - before - after, after])
    line.compute_root().vectorize(y, 4)

    at = line[listed.y]
    last = rows.dim(1).extent() - 1
    three = (rows[listed.x, hl.clamp(at[0] + i, 0, last)] * at[2 + i] for i in (-1, 0, 1))
    return sum(three, hl.u16(128)) >> hl.u16(8)


def fill_tiles(tile: int) -> Kernel:
    listed = Listed(tile)
    rows = image("rows", hl.UInt(16), 2)
    (cell,) = scalars(hl.Int(32), ["cell"])
    out = listed.store("out", hl.u8(_between_rows(rows, listed, cell)))
    return Kernel(f"fill_tiles_{tile}", (listed.tiles, rows), (*listed.params, cell), (out,))


class _Behind:
    """What is behind the person at a listed pixel, 0..255 in u16: the plate, or a backdrop."""

    def __init__(self, listed: Listed, backdrop: bool) -> None:
        self.scalars: tuple[hl.Param, ...] = ()
        if backdrop:
            self.image = image("backdrop", hl.UInt(8), 2)
            self.pixel = hl.u16(self.image[listed.x, listed.y])
        else:
            self.image = image("rows", hl.UInt(16), 2)
            self.scalars = scalars(hl.Int(32), ["cell"])
            self.pixel = _between_rows(self.image, listed, self.scalars[0])


def _share(alpha: hl.ImageParam, listed: Listed, tile: int) -> hl.Expr:
    if tile == TILE:
        return hl.u16(alpha[listed.x, listed.y])
    four = [hl.u16(alpha[2 * listed.x + i, 2 * listed.y + j]) for i in (0, 1) for j in (0, 1)]
    return (sum(four, hl.u16(2))) >> hl.u16(2)


def blend_tiles(tile: int, *, backdrop: bool = False) -> Kernel:
    listed = Listed(tile)
    alpha, source = image("alpha", hl.UInt(8), 2), image("source", hl.UInt(8), 2)
    behind = _Behind(listed, backdrop)
    share = _share(alpha, listed, tile)
    mix = share * hl.u16(source[listed.x, listed.y]) + (hl.u16(255) - share) * behind.pixel
    out = listed.store("out", hl.u8(by_255(mix)))
    name = f"blend_{'over' if backdrop else 'tiles'}_{tile}"
    inputs = (listed.tiles, alpha, behind.image, source)
    return Kernel(name, inputs, (*listed.params, *behind.scalars), (out,))


def fuse_tiles(tile: int, *, backdrop: bool = False) -> Kernel:
    listed = Listed(tile)
    alpha = image("alpha", hl.UInt(8), 2)
    source, person, room = (image(name, hl.UInt(8), 2) for name in ("source", "person", "room"))
    behind = _Behind(listed, backdrop)
    share = _share(alpha, listed, tile)
    rest = hl.u16(255) - share
    sides, widened = _enlarged((person, room), listed, tile)
    mean = by_255(share * sides[0] + rest * sides[1])
    part = hl.i16((share + hl.u16(1)) >> hl.u16(1))  # 0..128: the product below fits 16 bits
    pixel = source[listed.x, listed.y]
    own = hl.i16(sides[0]) + ((part * (hl.i16(pixel) - hl.i16(mean)) + hl.i16(64)) >> hl.i16(7))
    own = hl.u16(hl.clamp(own, hl.i16(0), hl.i16(255)))
    out = listed.store("out", hl.u8(by_255(share * own + rest * behind.pixel)))
    widened.compute_at(out, listed.each.z).vectorize(widened.args()[0], 8)
    inputs = (listed.tiles, alpha, behind.image, source, person, room)
    name = f"fuse_{'over' if backdrop else 'tiles'}_{tile}"
    return Kernel(name, inputs, (*listed.params, *behind.scalars), (out,))


def _enlarged(fields: tuple[hl.ImageParam, ...], listed: Listed, tile: int) -> tuple[list[hl.Expr], hl.Func]:
    """Fields of SEAM points to a tile at a listed pixel, bilinear, u16; and the Func of them widened."""
    factor, span = tile // SEAM, SEAM
    whole = 2 * factor
    x, k, t = hl.Var("x"), hl.Var("k"), hl.Var("t")
    last_x, last_y = fields[0].dim(0).extent() - 1, fields[0].dim(1).extent() - 1
    column = hl.unsafe_promise_clamped(listed.tiles[0, t], 0, listed.params[1] - 1)
    row = hl.unsafe_promise_clamped(listed.tiles[1, t], 0, listed.params[2] - 1)
    left = (2 * x + 1 + factor) // whole - 1  # in -1..span-1, relative to the tile
    share = hl.u16(2 * x + 1 - factor - left * whole)
    at_left, at_right = (hl.clamp(column * span + left + i, 0, last_x) for i in (0, 1))
    line = hl.clamp(row * span + k - 1, 0, last_y)
    wide = hl.Func("wide")
    spare = max((whole * whole).bit_length() - 9, 0)  # bits that the sum of both ways has above 16
    wide[x, k, t] = hl.Tuple(
        [
            (hl.u16(field[at_left, line]) * (hl.u16(whole) - share) + hl.u16(field[at_right, line]) * share)
            >> hl.u16(spare)
            for field in fields
        ]
    )
    above = (2 * listed.each.y + 1 + factor) // whole  # k of the upper row
    down = hl.u16(2 * listed.each.y + 1 - factor - (above - 1) * whole)
    above = hl.unsafe_promise_clamped(above, 0, span)
    upper, lower = (wide[listed.each.x, above + i, listed.each.z] for i in (0, 1))
    bits = (whole * whole).bit_length() - 1 - spare
    half = hl.u16(1 << (bits - 1))
    return [
        (upper[i] * (hl.u16(whole) - down) + lower[i] * down + half) >> hl.u16(bits)
        for i in range(len(fields))
    ], wide


def copy_tiles(tile: int) -> Kernel:
    listed = Listed(tile)
    source = image("source", hl.UInt(8), 2)
    out = listed.store("out", source[listed.x, listed.y])
    return Kernel(f"copy_tiles_{tile}", (listed.tiles, source), listed.params, (out,))


def edge_alpha(factor: int) -> Kernel:
    listed = Listed(TILE)
    luma = image("y", hl.UInt(8), 2)
    gain, offset = image("gain", hl.Float(32), 2), image("offset", hl.Float(32), 2)
    span = TILE // factor
    x, k, t = hl.Var("x"), hl.Var("k"), hl.Var("t")
    last_x, last_y = gain.dim(0).extent() - 1, gain.dim(1).extent() - 1
    column = hl.unsafe_promise_clamped(listed.tiles[0, t], 0, listed.params[1] - 1)
    row = hl.unsafe_promise_clamped(listed.tiles[1, t], 0, listed.params[2] - 1)

    # the work rows that a tile needs (its own and one each side), interpolated across to its 16 columns
    left = (2 * x + 1 + factor) // (2 * factor) - 1  # in -1..span-1, relative to the tile
    share = hl.f32(2 * x + 1 - factor - left * 2 * factor) * hl.f32(1 / (2 * factor))
    at_left, at_right = (hl.clamp(column * span + left + i, 0, last_x) for i in (0, 1))
    line = hl.clamp(row * span + k - 1, 0, last_y)
    wide = hl.Func("wide")
    wide[x, k, t] = hl.Tuple(
        [
            (values[at_left, line] + (values[at_right, line] - values[at_left, line]) * share) * hl.f32(255)
            for values in (gain, offset)
        ]
    )

    above = (2 * listed.each.y + 1 + factor) // (2 * factor)  # k of the upper row
    down = hl.f32(2 * listed.each.y + 1 - factor - (above - 1) * 2 * factor) * hl.f32(1 / (2 * factor))
    above = hl.unsafe_promise_clamped(above, 0, span)
    upper, lower = (wide[listed.each.x, above + i, listed.each.z] for i in (0, 1))
    slope = upper[0] + (lower[0] - upper[0]) * down
    base = upper[1] + (lower[1] - upper[1]) * down
    value = slope * hl.f32(luma[listed.x, listed.y]) + (base + hl.f32(0.5))
    # two saturating narrowings, an instruction each, in place of clamping floats
    out = listed.store("alpha", hl.u8_sat(hl.i16_sat(hl.i32(value))))
    wide.compute_at(out, listed.each.z).vectorize(x, 4)
    return Kernel(f"edge_alpha_{factor}", (listed.tiles, luma, gain, offset), listed.params, (out,))


KERNELS = (
    *(partial(edge_alpha, f) for f in WORK_FACTORS),
    *(partial(fill_tiles, tile) for tile in (TILE, TILE // 2)),
    *(
        partial(kernel, tile, backdrop=backdrop)
        for kernel in (blend_tiles, fuse_tiles)
        for tile in (TILE, TILE // 2)
        for backdrop in (False, True)
    ),
    *(partial(copy_tiles, size) for size in COPY_SIZES),
)
