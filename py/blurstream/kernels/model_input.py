"""Work planes -> model input: bilinear resampling and YUV -> RGB, interleaved (height, width, 3), 0..1.

The chroma is first made as wide as the luma, so that one place in a row serves all three.
"""

from __future__ import annotations

import halide as hl

from .definition import VECTOR_F32, Kernel, from_origin, image, sample_position, scalars
from .signatures import MODEL_WIDTH, SIGNATURES

FINE = 128  # of a level: the rows are interpolated in 16 bits


def model_input() -> Kernel:
    planes = [image(f"work_{c}", hl.UInt(8), 2) for c in "yuv"]
    names = [s.split(":")[0] for s in SIGNATURES["model_input"].scalars]
    params = scalars(hl.Float(32), names)
    step_x, step_y, start_x, start_y, y_gain, y_offset, red_v, green_u, green_v, blue_u = params
    x, y, c = hl.Var("x"), hl.Var("y"), hl.Var("c")

    picture = hl.Func("image")
    last_x = planes[0].dim(0).extent() - 1
    left, across = sample_position(x, step_x, start_x)
    column = hl.Func("column")  # worked out once instead of once a row
    column[x] = hl.Tuple([hl.clamp(left, 0, last_x), hl.clamp(left + 1, 0, last_x), across])
    # 320 to 256, as of 360p, 480p and 720p: four pixels lie between five, which need not be looked up; an
    # image is MODEL_WIDTH wide at most
    simple = (step_x == 1.25) & (start_x == 0.125) & (4 * last_x + 4 >= 5 * MODEL_WIDTH)
    fixed = 5 * (x // 4) + x % 4

    rows: list[hl.Func] = []
    resampled: list[hl.Expr] = []
    for index, plane in enumerate(planes):
        # chroma samples sit between luma samples: half the step, start shifted to keep centres aligned
        sy, by = (step_y, start_y) if index == 0 else (step_y * 0.5, start_y * 0.5 - 0.25)
        last_y = plane.dim(1).extent() - 1
        above, down = sample_position(y, sy, by)
        row = hl.Func(f"row_{'yuv'[index]}")
        upper, lower = (hl.i16(plane[x, hl.clamp(above + i, 0, last_y)]) for i in (0, 1))
        share = hl.i32(hl.i16(hl.i32(down * 32767.0 + 0.5)))
        part = hl.i16_sat((hl.i32((lower - upper) * FINE) * share + (1 << 14)) >> 15)  # one instruction
        row[x, y] = hl.f32(upper * FINE + part) * hl.f32(1 / FINE)
        rows.append(row)
        if index:
            row = _doubled(row, x, y, plane.dim(0).extent() - 1, picture)
        near, far = (
            row[hl.unsafe_promise_clamped(hl.select(simple, fixed + i, column[x][i]), 0, last_x), y]
            for i in (0, 1)
        )
        share = hl.select(simple, 0.125 + 0.25 * hl.f32(x % 4), column[x][2])
        resampled.append(near + (far - near) * share)

    yuv = hl.Func("yuv")
    yuv[x, y] = hl.Tuple([(resampled[0] - y_offset) * y_gain, resampled[1] - 128.0, resampled[2] - 128.0])
    luma, u, v = yuv[x, y][0], yuv[x, y][1], yuv[x, y][2]
    rgb = hl.mux(c, [luma + red_v * v, luma + green_u * u + green_v * v, luma + blue_u * u])
    picture[c, x, y] = hl.clamp(rgb * hl.f32(1 / 255), 0.0, 1.0)

    picture.bound(c, 0, 3).reorder(c, x, y).unroll(c).vectorize(x, VECTOR_F32, hl.TailStrategy.GuardWithIf)
    column.compute_root().vectorize(x, VECTOR_F32)
    yuv.compute_at(picture, x).vectorize(x)
    picture.specialize(simple)
    for row in rows:
        row.compute_at(picture, y).vectorize(x, 2 * VECTOR_F32, hl.TailStrategy.GuardWithIf)
    from_origin(picture)
    picture.output_buffer().dim(1).set_stride(3)
    return Kernel("model_input", tuple(planes), params, (picture,))


def _doubled(row: hl.Func, x: hl.Var, y: hl.Var, last: hl.Expr, picture: hl.Func) -> hl.Func:
    """As wide as the luma: three quarters of the nearest, one of the next."""
    side, wide, flat = hl.Var("side"), hl.Func(f"{row.name()}_wide"), hl.Func(f"{row.name()}_flat")
    other = hl.clamp(hl.select(side == 0, x - 1, x + 1), 0, last)
    wide[side, x, y] = 0.75 * row[x, y] + 0.25 * row[other, y]
    wide.bound(side, 0, 2).compute_at(picture, y).vectorize(x, VECTOR_F32, hl.TailStrategy.GuardWithIf)
    wide.unroll(side)
    flat[x, y] = wide[x % 2, x // 2, y]
    return flat


KERNELS = (model_input,)
