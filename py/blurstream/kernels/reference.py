"""What each kernel computes, in NumPy and SciPy: one function a kernel, same buffers, same scalars, outputs
written in place.

The tests hold the compiled kernels to these; the browser does not ship them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from scipy import ndimage

from .loader import Array, Bound, Window
from .signatures import (
    CELL,
    COPY_SIZES,
    MATTE_STEP,
    RECOLOUR_BITS,
    ROW_SCALE,
    SEAM,
    SIGNATURES,
    SNAP,
    SOFT,
    TILE,
    WORK_FACTORS,
)

_PLATE_MARGIN, _FAINT_SHARE = 2, 0.02
_LEAST_SHARE = 1 / 64
_EPSILON = 30.0


def split_nv12(uv: Array, u: Array, v: Array) -> None:
    u[:], v[:] = uv[:, ::2], uv[:, 1::2]


def _rgb(rgba: Array, red_at: int) -> Array:
    pixels = rgba.reshape(rgba.shape[0], -1, 4)[..., :3].astype(np.int64)
    return pixels if red_at == 0 else pixels[..., ::-1]


def luma_of_rgba(rgba: Array, red_at: int, *args: Any) -> None:
    *weights, offset, y = args
    y[:] = ((_rgb(rgba, red_at) @ np.array(weights, np.int64) + (1 << 15)) >> 16) + offset


def chroma_of_rgba(rgba: Array, red_at: int, *args: Any) -> None:
    weights, planes = args[:6], args[6:]
    rgb = _rgb(rgba, red_at)
    four = rgb[::2, ::2] + rgb[::2, 1::2] + rgb[1::2, ::2] + rgb[1::2, 1::2]
    for plane, row in zip(planes, (weights[:3], weights[3:]), strict=True):
        plane[:] = np.minimum((four @ np.array(row, np.int64) + (128 << 18) + (1 << 17)) >> 18, 255)


def scale(
    plane: Array, row_at: Array, row_share: Array, column_at: Array, column_share: Array, out: Array
) -> None:
    def along(values: Array, at: Array, share: Array) -> Array:
        each = at[:, None] + np.arange(len(share))
        sums: Array = np.einsum("nkx,kn->nx", values[each].astype(np.int64), share.astype(np.int64))
        return (sums + 128) >> 8

    out[:] = along(along(plane, row_at, row_share).T, column_at, column_share).T


def recolour_luma(
    y: Array, u: Array, v: Array, gain: int, of_u: int, of_v: int, offset: int, out: Array
) -> None:
    tint = of_u * (u.astype(np.int64) - 128) + of_v * (v.astype(np.int64) - 128) + offset
    wide = tint.repeat(2, 0).repeat(2, 1)[: y.shape[0], : y.shape[1]]
    out[:] = _level(gain * y.astype(np.int64) + wide)


def recolour_chroma(u: Array, v: Array, *args: Any) -> None:
    u_of_u, u_of_v, v_of_u, v_of_v, out_u, out_v = args
    du, dv = u.astype(np.int64) - 128, v.astype(np.int64) - 128
    out_u[:] = _level(u_of_u * du + u_of_v * dv + (128 << RECOLOUR_BITS))
    out_v[:] = _level(v_of_u * du + v_of_v * dv + (128 << RECOLOUR_BITS))


def _level(total: Array) -> Array:
    level: Array = np.clip((total + (1 << (RECOLOUR_BITS - 1))) >> RECOLOUR_BITS, 0, 255)
    return level


def shrink(factor: int, plane: Array, work: Array) -> None:
    rows, columns = work.shape
    blocks = (
        plane[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor).astype(np.int64)
    )
    work[:] = (blocks.sum((1, 3)) + factor * factor // 2) // factor**2


def _sample(source: Array, xs: Array, ys: Array) -> Array:
    """Bilinear at the grid xs x ys, edges repeated."""
    sampled: Array = ndimage.map_coordinates(
        np.asarray(source, np.float64), np.meshgrid(ys, xs, indexing="ij"), order=1, mode="nearest"
    )
    return sampled


def model_input(*args: Any) -> None:
    y, u, v, step_x, step_y, start_x, start_y, y_gain, y_offset, red_v, green_u, green_v, blue_u, image = args
    xs = np.arange(image.shape[1]) * step_x + start_x
    ys = np.arange(image.shape[0]) * step_y + start_y
    luma = (_sample(y, xs, ys) - y_offset) * y_gain
    halves = np.arange(y.shape[1]) / 2 - 0.25
    wide = [_sample(plane, halves, np.arange(len(plane))) for plane in (u, v)]
    cb, cr = (_sample(plane, xs, ys / 2 - 0.25) - 128 for plane in wide)
    rgb = np.stack([luma + red_v * cr, luma + green_u * cb + green_v * cr, luma + blue_u * cb], axis=-1)
    image[:] = np.clip(rgb / 255, 0, 1)


def tile_change(span: int, *args: Any) -> None:
    y, u, v, kept_y, kept_u, kept_v, peak, energy, drift, tint, changed, moved, texture = args
    rows, columns = changed.shape
    height, width = rows * span, columns * span
    luma = y[:height, :width].astype(np.int64)
    difference = luma - kept_y[:height, :width]
    right = np.minimum(np.arange(width) + 1, y.shape[1] - 1)
    slope = y[:height, right].astype(np.int64) - luma
    moved[:] = _block_sums(difference**2, span, rows, columns)
    texture[:] = _block_sums(slope**2, span, rows, columns)
    most = np.abs(difference).reshape(rows, span, columns, span).max((1, 3))
    half = max(span // 2, 1)
    tints = [
        np.abs(_block_sums(a.astype(np.int64) - b, half, rows, columns))
        for a, b in ((u, kept_u), (v, kept_v))
    ]
    changed[:] = (
        (most > peak)
        | (moved > energy)
        | (np.abs(_block_sums(difference, span, rows, columns)) > drift)
        | (np.maximum(*tints) > tint)
    )


def tile_spread(reach: int, tiles: Array, spread: Array) -> None:
    spread[:] = ndimage.maximum_filter(tiles, 2 * reach + 1, mode="nearest")


def tile_differs(span: int, a: Array, b: Array, differs: Array) -> None:
    differs[:] = (a != b).reshape(differs.shape[0], span, differs.shape[1], span).any((1, 3))


def soft_mask(
    span: int,
    mask: Array,
    previous: Array,
    changed: Array,
    step_x: float,
    step_y: float,
    start_x: float,
    start_y: float,
    rise: float,
    fall: float,
    follow: float,
    rest: float,
    soft: Array,
) -> None:
    rows, columns = soft.shape
    lifted = _sample(mask, np.arange(columns) * step_x + start_x, np.arange(rows) * step_y + start_y)
    change = lifted - previous / SOFT
    changes = np.repeat(np.repeat(changed, span, axis=0), span, axis=1)[:rows, :columns] != 0
    step = change * np.minimum(np.where(change < 0, fall, rise) + follow * np.abs(change), 1)
    steady = np.rint(previous + SOFT * np.where(changes | (np.abs(change) >= rest), step, 0))
    soft[:] = np.where(steady < SNAP, 0, np.where(steady > SOFT - SNAP, SOFT, steady))


def _upsampled(values: Array) -> Array:
    """Twice the size: three quarters of the nearest, one of the next; not exact at the edges."""
    for axis in (0, 1):
        before, after = (np.roll(values, by, axis) for by in (1, -1))
        both = np.stack([0.75 * values + 0.25 * before, 0.75 * values + 0.25 * after], axis + 1)
        shape = list(values.shape)
        shape[axis] *= 2
        values = both.reshape(shape)
    return values


def matte(
    work_y: Array,
    soft: Array,
    epsilon: float,
    low: float,
    high: float,
    absent: float,
    present: float,
    gain: Array,
    offset: Array,
    alpha: Array,
) -> None:
    rows, columns = soft.shape[0] // 2, soft.shape[1] // 2
    luma, p = work_y[: soft.shape[0], : soft.shape[1]].astype(np.float64), soft.astype(np.float64) / SOFT
    levels = (soft // MATTE_STEP).astype(np.float64) * MATTE_STEP / SOFT
    margin = 5  # more than the filters reach
    mean_i, mean_p, mean_ii, mean_ip = (
        ndimage.uniform_filter(np.pad(_block_sums(values, 2, rows, columns) / 4, margin, mode="edge"), 5)
        for values in (luma, levels, luma * luma, luma * levels)
    )
    slope = (mean_ip - mean_i * mean_p) / (mean_ii - mean_i**2 + epsilon)
    inside = slice(2 * margin, -2 * margin)
    slopes, means = (
        _upsampled(ndimage.uniform_filter(values, 3))[inside, inside]
        for values in (slope, mean_p - slope * mean_i)
    )
    sure_not = np.clip((2 * absent - p) / absent, 0, 1)
    sure = np.clip((p - 2 * present + 1) / (1 - present), 0, 1)
    doubt = (1 - sure_not) * (1 - sure)
    gain[:] = slopes / (high - low) * doubt
    offset[:] = (means - low) / (high - low) * doubt + sure
    alpha[:] = np.clip((gain * luma + offset) * 255 + 0.5, 0, 255)


def tile_bounds(span: int, alpha: Array, least: Array, most: Array) -> None:
    rows, columns = least.shape
    near = np.pad(alpha, 1, mode="edge")
    for out, pick in ((least, np.min), (most, np.max)):
        for row in range(rows):
            for column in range(columns):
                top, left = row * span, column * span
                out[row, column] = pick(near[top : top + span + 2, left : left + span + 2])


def _block_sums(values: Array, size: int, rows: int, columns: int) -> Array:
    sums: Array = values[: rows * size, : columns * size].reshape(rows, size, columns, size).sum((1, 3))
    return sums


def plate_cells(y: Array, u: Array, v: Array, alpha: Array, cells: Array) -> None:
    _, rows, columns = cells.shape
    most = ndimage.maximum_filter(alpha, 2 * _PLATE_MARGIN + 1, mode="nearest")
    weight = (255.0 - most) / 255
    height, width = weight.shape
    chroma_weight = _block_sums(weight, 2, height // 2, width // 2)
    half = CELL // 2
    cells[0] = _block_sums(weight * y[:height, :width], CELL, rows, columns)
    cells[1] = _block_sums(chroma_weight * u[: height // 2, : width // 2], half, rows, columns)
    cells[2] = _block_sums(chroma_weight * v[: height // 2, : width // 2], half, rows, columns)
    cells[3] = _block_sums(weight, CELL, rows, columns)
    cells /= CELL**2


def plate_blur(cells: Array, taps: Array, mean_y: float, mean_u: float, mean_v: float, plate: Array) -> None:
    blurred = np.stack(
        [
            ndimage.correlate1d(
                ndimage.correlate1d(c, taps, axis=0, mode="constant"), taps, axis=1, mode="constant"
            )
            for c in cells.astype(np.float64)
        ]
    )
    mean = np.array([mean_y, mean_u, mean_v]).reshape(3, 1, 1)
    plate[:] = (blurred[:3] + _FAINT_SHARE * mean) / (blurred[3] + _FAINT_SHARE)


def _spline(pixels: int, cell: int, cells: int) -> Array:
    """Quadratic B-spline weights, (pixels, cells): each pixel's shares of the cells around it, edges
    repeated.
    """
    column, offset = np.divmod(np.arange(pixels), cell)
    t = (2 * offset + 1 - cell) / (2 * cell)
    weights: Array = np.zeros((pixels, cells))
    for i, share in zip((-1, 0, 1), ((0.5 - t) ** 2 / 2, 0.75 - t**2, (0.5 + t) ** 2 / 2), strict=True):
        np.add.at(weights, (np.arange(pixels), np.clip(column + i, 0, cells - 1)), share)
    return weights


def plate_rows(plate: Array, cell: int, rows: Array) -> None:
    wide = plate @ _spline(rows.shape[1], cell, plate.shape[1]).T
    rows[:] = np.clip(wide * ROW_SCALE + 0.5, 0, 255 * ROW_SCALE)


def _tiles(tiles: Array, n: int, size: int) -> list[tuple[slice, slice]]:
    return [(slice(r * size, (r + 1) * size), slice(c * size, (c + 1) * size)) for c, r in tiles[:n].tolist()]


def edge_alpha(
    factor: int,
    tiles: Array,
    y: Array,
    gain: Array,
    offset: Array,
    n: int,
    tiles_wide: int,
    tiles_high: int,
    alpha: Array,
) -> None:
    xs = (np.arange(tiles_wide * TILE) + 0.5) / factor - 0.5
    ys = (np.arange(tiles_high * TILE) + 0.5) / factor - 0.5
    slope, base = _sample(gain, xs, ys), _sample(offset, xs, ys)
    for at in _tiles(tiles, n, TILE):
        alpha[at] = np.clip((slope[at] * y[at] + base[at]) * 255 + 0.5, 0, 255)


def _between_rows(rows: Array, height: int, cell: int) -> Array:
    row, offset = np.divmod(np.arange(height), cell)
    t = (2 * offset + 1 - cell) / (2 * cell)
    before, after = ((64 * (0.5 + side * t) ** 2 / 2 + 0.5).astype(np.int64) for side in (-1, 1))
    total: Array = np.full((height, rows.shape[1]), 128, np.int64)
    for i, share in zip((-1, 0, 1), (before, 64 - before - after, after), strict=True):
        total += rows[np.clip(row + i, 0, len(rows) - 1)].astype(np.int64) * share[:, None]
    return total >> 8


def fill_tiles(
    size: int, tiles: Array, rows: Array, n: int, tiles_wide: int, tiles_high: int, cell: int, out: Array
) -> None:
    plate = _between_rows(rows, tiles_high * size, cell)
    for at in _tiles(tiles, n, size):
        out[at] = plate[at]


def _share(size: int, alpha: Array) -> Array:
    share: Array = alpha.astype(np.int64)
    if size != TILE:
        share = (_block_sums(share, 2, alpha.shape[0] // 2, alpha.shape[1] // 2) + 2) >> 2
    return share


def _blend(size: int, tiles: Array, alpha: Array, behind: Array, source: Array, n: int, out: Array) -> None:
    share = _share(size, alpha)
    for at in _tiles(tiles, n, size):
        out[at] = np.rint((share[at] * source[at] + (255 - share[at]) * behind[at]) / 255)


def blend_tiles(size: int, *args: Any) -> None:
    tiles, alpha, rows, source, n, _, tiles_high, cell, out = args
    _blend(size, tiles, alpha, _between_rows(rows, tiles_high * size, cell), source, n, out)


def blend_over(size: int, *args: Any) -> None:
    tiles, alpha, backdrop, source, n, _, _, out = args
    _blend(size, tiles, alpha, backdrop, source, n, out)


def seam_colours(span: int, alpha: Array, *planes: Array) -> None:
    work, sides = planes[:3], planes[3:]
    rows, columns = sides[0].shape
    point = span // SEAM

    def around(values: Array) -> Array:
        sums: Array = ndimage.convolve(values, np.ones((3, 3)), mode="nearest")
        return sums

    part = alpha[: rows * point, : columns * point].astype(np.float64)
    person = around(_block_sums(part, point, rows, columns)) / (255 * 9 * point**2)
    halved = _block_sums(part, 2, rows * point // 2, columns * point // 2) / 4
    for c, (weight, size) in enumerate(((part, point), (halved, point // 2), (halved, point // 2))):
        plane = work[c][: weight.shape[0], : weight.shape[1]].astype(np.float64)
        mean, mine = (
            around(_block_sums(values, size, rows, columns)) / (9 * size**2)
            for values in (plane, plane * weight / 255)
        )
        faint = mean * _LEAST_SHARE
        sides[2 * c][:] = np.clip((mine + faint) / (person + _LEAST_SHARE) + 0.5, 0, 255)
        sides[2 * c + 1][:] = np.clip((mean - mine + faint) / (1 - person + _LEAST_SHARE) + 0.5, 0, 255)


def fuse_tiles(size: int, *args: Any) -> None:
    tiles, alpha, rows, source, person, room, n, tiles_wide, tiles_high, cell, out = args
    plate = _between_rows(rows, tiles_high * size, cell)
    fuse_over(size, tiles, alpha, plate, source, person, room, n, tiles_wide, tiles_high, out)


def fuse_over(size: int, *args: Any) -> None:
    tiles, alpha, behind, source, person, room, n, tiles_wide, tiles_high, out = args
    share = _share(size, alpha)
    xs = (np.arange(tiles_wide * size) + 0.5) * SEAM / size - 0.5
    ys = (np.arange(tiles_high * size) + 0.5) * SEAM / size - 0.5
    own, other = (np.floor(_sample(side, xs, ys) + 0.5).astype(np.int64) for side in (person, room))
    for at in _tiles(tiles, n, size):
        mean = np.rint((share[at] * own[at] + (255 - share[at]) * other[at]) / 255).astype(np.int64)
        part = (share[at] + 1) >> 1
        colour = np.clip(own[at] + ((part * (source[at].astype(np.int64) - mean) + 64) >> 7), 0, 255)
        out[at] = np.rint((share[at] * colour + (255 - share[at]) * behind[at]) / 255)


def copy_tiles(
    size: int, tiles: Array, source: Array, n: int, tiles_wide: int, tiles_high: int, out: Array
) -> None:
    for at in _tiles(tiles, n, size):
        out[at] = source[at]


def screen_sums(
    y: Array, u: Array, v: Array, key_u: int, key_v: int, slope: int, least: int, other: int, sums: Array
) -> None:
    _, rows, columns = sums.shape
    du, dv = (plane.astype(np.int64) - 128 for plane in (u, v))
    along, across = du * key_u + dv * key_v, np.abs(du * key_v - dv * key_u)
    found = (along > least) & ((across << 8) < along * slope)
    one, four = np.ones_like(du), _block_sums(y.astype(np.int64), 2, *found.shape)
    each = [(found, values) for values in (one, four, u, v)]
    each += [(along < other, values) for values in (one, u, v)]
    for out, (where, values) in zip(sums, each, strict=True):
        out[:] = _block_sums(np.where(where, values, 0), TILE // 2, rows, columns)


def screen_share(u: Array, v: Array, *args: Any) -> None:
    maps, (slope, wedge, dead, beside, doubt, share) = args[:6], args[6:]
    du, dv = (plane.astype(np.int64) - 128 for plane in (u, v))
    gain_u, gain_v, person_u, person_v, way_u, way_v = (
        np.kron(one, np.ones((TILE // 2, TILE // 2), np.int64))[: du.shape[0], : du.shape[1]] for one in maps
    )
    along, across = du * gain_u + dv * gain_v, np.abs(du * gain_v - dv * gain_u)
    beyond = np.maximum(across - ((along * wedge) >> 8), 0)
    from_u, from_v = du - person_u, dv - person_v
    off = np.maximum(np.abs(from_u * way_v - from_v * way_u) - beside, 0)
    mixed = from_u * way_u + from_v * way_v - ((off * slope) >> 8) - doubt
    total = np.maximum(along - ((beyond * slope) >> 8) - dead, mixed)
    share[:] = np.clip((total + 128) >> 8, 0, 255)


def keyed_tiles(size: int, *args: Any) -> None:
    tiles, share, screen, backdrop, source, n, *_, whole, steep, spill, zero, least, most, out = args
    part = _fine_share(share, source) if size == TILE else share.astype(np.int64)
    alpha = np.clip(((whole - part) * steep) >> 8, 0, 255)
    gone = 255 - alpha
    taken = np.minimum(part, gone) + ((np.maximum(part - gone, 0) * spill) >> 8)
    light = np.kron(screen.astype(np.int64) - zero, np.ones((size, size), np.int64))
    own = (source.astype(np.int64) - zero) * 255 - taken * light[: part.shape[0], : part.shape[1]]
    own = np.clip(own, least * alpha, most * alpha)
    total = own + gone * (backdrop.astype(np.int64) - zero) + zero * 255
    for at in _tiles(tiles, n, size):
        out[at] = np.rint(total[at] / 255)


def _fine_share(share: Array, luma: Array) -> Array:
    rows, columns = share.shape
    part, half = (
        np.pad(values, 2, mode="edge")
        for values in (share.astype(np.float64), _block_sums(luma.astype(np.float64), 2, rows, columns) / 4)
    )
    mean_x, mean_y, mean_xy, mean_yy = (
        ndimage.uniform_filter(values, 3) for values in (part, half, part * half, half * half)
    )
    slope = (mean_xy - mean_x * mean_y) / (mean_yy - mean_y**2 + _EPSILON)
    at = [np.arange(2 * n) / 2 - 0.25 + 2 for n in (columns, rows)]
    coarse, mean, slopes = (_sample(values, *at) for values in (part, half, slope))
    fine: Array = np.clip(coarse + slopes * (luma - mean) + 0.5, 0, 255).astype(np.int64)
    return fine


def lay_over(person: Array, alpha: Array, slide: Array, zero: int, out: Array) -> None:
    rest = 255 - alpha.astype(np.int64)
    through = np.rint(rest * slide / 255) - np.rint(rest * zero / 255)
    out[:] = np.clip(person + through, 0, 255)


def lay_within(person: Array, alpha: Array, slide: Array, out: Array) -> None:
    share = alpha.astype(np.int64)
    out[:] = np.rint((share * person + (255 - share) * slide) / 255)


def tile_unrest(
    tiles: Array, source: Array, held: Array, n: int, tiles_wide: int, tiles_high: int, unrest: Array
) -> None:
    for index, at in enumerate(_tiles(tiles, n, TILE)):
        squares = (source[at].astype(np.int64) - held[at]) ** 2
        unrest[index] = _block_sums(squares, TILE // 2, 2, 2).max()


def stir_tiles(
    tiles: Array,
    source: Array,
    held: Array,
    n: int,
    tiles_wide: int,
    tiles_high: int,
    calm: int,
    slope: int,
    base: int,
    share: Array,
) -> None:
    difference = np.pad(source.astype(np.int64) - held, 3, mode="edge")
    sums: Array = ndimage.convolve(difference, np.ones((5, 5), np.int64), mode="nearest")
    widest = ndimage.maximum_filter(np.abs(sums), 3, mode="nearest")[3:-3, 3:-3]
    alone = (np.abs(difference[3:-3, 3:-3]) * 15 >> 2) - calm
    excess = np.clip(np.maximum(widest, alone) - calm, 0, calm)
    parts: Array = np.clip(base + (excess * slope >> 8), 0, 128)
    for at in _tiles(tiles, n, TILE):
        share[at] = parts[at]


def settle_tiles(
    size: int, tiles: Array, share: Array, source: Array, n: int, tiles_wide: int, tiles_high: int, out: Array
) -> None:
    parts: Array = share.astype(np.int64)
    if size != TILE:
        parts = (_block_sums(parts, 2, share.shape[0] // 2, share.shape[1] // 2) + 2) >> 2
    for at in _tiles(tiles, n, size):
        held = out[at].astype(np.int64)
        out[at] = held + ((parts[at] * (source[at] - held) + 64) >> 7)


TWINS: dict[str, Bound] = {
    "split_nv12": split_nv12,
    "luma_of_rgba": luma_of_rgba,
    "chroma_of_rgba": chroma_of_rgba,
    "scale": scale,
    "recolour_luma": recolour_luma,
    "recolour_chroma": recolour_chroma,
    "shrink_2": partial(shrink, 2),
    "shrink_4": partial(shrink, 4),
    "model_input": model_input,
    **{f"tile_change_{TILE // f}": partial(tile_change, TILE // f) for f in WORK_FACTORS},
    **{f"tile_spread_{reach}": partial(tile_spread, reach) for reach in (1, 2)},
    **{f"copy_tiles_{t}": partial(copy_tiles, t) for t in COPY_SIZES},
    **{f"tile_differs_{TILE // f}": partial(tile_differs, TILE // f) for f in WORK_FACTORS},
    **{f"soft_mask_{TILE // f}": partial(soft_mask, TILE // f) for f in WORK_FACTORS},
    "matte": matte,
    **{f"tile_bounds_{TILE // f}": partial(tile_bounds, TILE // f) for f in WORK_FACTORS},
    "plate_cells": plate_cells,
    "plate_blur": plate_blur,
    "plate_rows": plate_rows,
    **{f"edge_alpha_{f}": partial(edge_alpha, f) for f in WORK_FACTORS},
    **{f"fill_tiles_{t}": partial(fill_tiles, t) for t in (TILE, TILE // 2)},
    **{f"blend_tiles_{t}": partial(blend_tiles, t) for t in (TILE, TILE // 2)},
    **{f"blend_over_{t}": partial(blend_over, t) for t in (TILE, TILE // 2)},
    **{f"fuse_over_{t}": partial(fuse_over, t) for t in (TILE, TILE // 2)},
    **{f"seam_colours_{TILE // f}": partial(seam_colours, TILE // f) for f in WORK_FACTORS},
    **{f"fuse_tiles_{t}": partial(fuse_tiles, t) for t in (TILE, TILE // 2)},
    "lay_over": lay_over,
    "lay_within": lay_within,
    "screen_sums": screen_sums,
    "screen_share": screen_share,
    **{f"keyed_tiles_{t}": partial(keyed_tiles, t) for t in (TILE, TILE // 2)},
    "tile_unrest": tile_unrest,
    "stir_tiles": stir_tiles,
    **{f"settle_tiles_{t}": partial(settle_tiles, t) for t in (TILE, TILE // 2)},
}


class ReferenceKernels:
    """`Kernels` made of the twins: the whole pipeline can run on them, slowly."""

    def bind(self, name: str, *buffers: Array) -> Bound:
        count = len(SIGNATURES[name].inputs)
        inputs, outputs = buffers[:count], buffers[count:]
        return lambda *scalars: TWINS[name](*inputs, *scalars, *outputs)

    def bind_window(self, name: str, scales: Sequence[int], *buffers: Array) -> Bound:
        count = len(SIGNATURES[name].inputs)

        def call(window: Window, *scalars: float) -> None:
            parts = [
                window.of(buffer, scale) if scale else buffer
                for buffer, scale in zip(buffers, scales, strict=True)
            ]
            TWINS[name](*parts[:count], *scalars, *parts[count:])

        return call
