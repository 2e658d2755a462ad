"""Work planes -> plate: the background without the person, coarse, Gaussian-blurred, and its rows widened to
the frame.

plate_cells   weighted sums of 4x4 work pixels; a pixel's weight is 0 as far as the person reaches, two
              pixels' margin included
plate_blur    normalised convolution (Knutsson & Westin, 1993): blur of the sums over blur of the weights, so
              that the person's colours never enter; where no weight is near, the mean of the background
plate_rows    each row of cells interpolated to the frame's width, 4 x value in 16 bits; compose interpolates
              between rows. Quadratic B-spline both ways: no grid of cells shows, as it would with bilinear
"""

from __future__ import annotations

import halide as hl

from .definition import VECTOR_F32, Kernel, from_origin, image, scalars, spline_weights
from .signatures import CELL, ROW_SCALE

MARGIN = 2  # work pixels kept clear around the person
FAINT_SHARE = 0.02  # weight of the mean background, against 1 for a cell that is all background


def plate_cells() -> Kernel:
    planes = [image(f"work_{c}", hl.UInt(8), 2) for c in "yuv"]
    alpha = image("alpha", hl.UInt(8), 2)
    x, y, c = hl.Var("x"), hl.Var("y"), hl.Var("c")
    width, height = alpha.dim(0).extent(), alpha.dim(1).extent()

    most_rows, most = hl.Func("most_rows"), hl.Func("most")
    reach = range(-MARGIN, MARGIN + 1)
    most_rows[x, y] = _most([alpha[hl.clamp(x, 0, width - 1), hl.clamp(y + j, 0, height - 1)] for j in reach])
    most[x, y] = _most([most_rows[x + i, y] for i in reach])
    weight = hl.Func("weight")
    weight[x, y] = hl.f32(255 - most[x, y]) * hl.f32(1 / 255)

    luma, u, v, total = (hl.f32(0),) * 4
    for j in range(CELL):
        for i in range(CELL):
            at = weight[CELL * x + i, CELL * y + j]
            luma += at * hl.f32(planes[0][CELL * x + i, CELL * y + j])
            total += at
    half = CELL // 2
    for j in range(half):
        for i in range(half):
            block = sum(
                (weight[CELL * x + 2 * i + a, CELL * y + 2 * j + b] for a in (0, 1) for b in (0, 1)),
                hl.f32(0),
            )
            u += block * hl.f32(planes[1][half * x + i, half * y + j])
            v += block * hl.f32(planes[2][half * x + i, half * y + j])
    sums = hl.Func("sums")
    sums[x, y] = hl.Tuple([value * hl.f32(1 / CELL**2) for value in (luma, u, v, total)])
    cells = hl.Func("cells")
    cells[x, y, c] = hl.mux(c, [sums[x, y][i] for i in range(4)])

    cells.bound(c, 0, 4).reorder(c, x, y).unroll(c).vectorize(x, VECTOR_F32, hl.TailStrategy.GuardWithIf)
    sums.compute_at(cells, x).vectorize(x)
    weight.compute_at(cells, y).vectorize(x, 16, hl.TailStrategy.RoundUp)
    most_rows.compute_at(cells, y).vectorize(x, 16, hl.TailStrategy.RoundUp)
    from_origin(cells)
    return Kernel("plate_cells", (*planes, alpha), (), (cells,))


def _most(values: list[hl.Expr]) -> hl.Expr:
    result = values[0]
    for value in values[1:]:
        result = hl.max(result, value)
    return result


def plate_blur() -> Kernel:
    cells, taps = image("cells", hl.Float(32), 3), image("taps", hl.Float(32), 1)
    means = scalars(hl.Float(32), ["mean_y", "mean_u", "mean_v"])
    x, y, c = hl.Var("x"), hl.Var("y"), hl.Var("c")
    width, height = cells.dim(0).extent(), cells.dim(1).extent()
    radius = taps.dim(0).extent() // 2
    reach = hl.RDom([(0, taps.dim(0).extent())], "reach")

    down = hl.Func("down")
    down[x, y, c] = hl.f32(0)
    # Nothing lies beyond the frame: repeated there, a corner would stand for a quarter of its own plate.
    row = y + reach - radius
    tap = hl.select((row >= 0) & (row < height), taps[reach], hl.f32(0))
    down[x, y, c] += tap * cells[x, hl.clamp(row, 0, height - 1), c]
    padded = hl.Func("padded")
    padded[x, y, c] = hl.select((x >= 0) & (x < width), down[hl.clamp(x, 0, width - 1), y, c], hl.f32(0))
    across = hl.Func("across")
    across[x, y, c] = hl.f32(0)
    across[x, y, c] += taps[reach] * padded[x + reach - radius, y, c]
    plate = hl.Func("plate")
    weight = across[x, y, 3] + hl.f32(FAINT_SHARE)
    plate[x, y, c] = (across[x, y, c] + hl.f32(FAINT_SHARE) * hl.mux(c, list(means))) / weight

    plate.bound(c, 0, 3).reorder(x, c, y).unroll(c).vectorize(x, VECTOR_F32, hl.TailStrategy.GuardWithIf)
    across.bound(c, 0, 4).compute_at(plate, y).vectorize(x, VECTOR_F32, hl.TailStrategy.RoundUp)
    across.update().reorder(x, reach, c, y).vectorize(x, VECTOR_F32, hl.TailStrategy.RoundUp)
    padded.compute_at(plate, y).vectorize(x, VECTOR_F32, hl.TailStrategy.RoundUp)
    down.compute_at(plate, y).vectorize(x, VECTOR_F32, hl.TailStrategy.GuardWithIf)
    down.update().reorder(x, reach, c, y).vectorize(x, VECTOR_F32, hl.TailStrategy.GuardWithIf)
    from_origin(plate)
    return Kernel("plate_blur", (cells, taps), means, (plate,))


def plate_rows() -> Kernel:
    plate = image("plate", hl.Float(32), 2)
    (cell,) = scalars(hl.Int(32), ["cell"])
    x, y = hl.Var("x"), hl.Var("y")
    last = plate.dim(0).extent() - 1
    # column and weights of every pixel, worked out once instead of once a row
    pixel = hl.Func("pixel")
    column = x // cell
    pixel[x] = hl.Tuple([column, *spline_weights(x - column * cell, cell)])
    pixel.compute_root().vectorize(x, VECTOR_F32)

    at = pixel[x]
    rows = hl.Func("rows")
    value = sum((plate[hl.clamp(at[0] + i, 0, last), y] * at[2 + i] for i in (-1, 0, 1)), hl.f32(0))
    rows[x, y] = hl.u16(hl.clamp(value * hl.f32(ROW_SCALE) + 0.5, 0.0, 255.0 * ROW_SCALE))
    rows.vectorize(x, 2 * VECTOR_F32, hl.TailStrategy.GuardWithIf)
    from_origin(rows)
    return Kernel("plate_rows", (plate,), (cell,), (rows,))


KERNELS = (plate_cells, plate_blur, plate_rows)
