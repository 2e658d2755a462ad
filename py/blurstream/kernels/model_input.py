"""Work planes -> model input: bilinear resampling and YUV -> RGB, interleaved (height, width, 3), 0..1."""

from __future__ import annotations

import halide as hl

from .definition import VECTOR_F32, Kernel, from_origin, image, sample_position, scalars
from .signatures import SIGNATURES


def model_input() -> Kernel:
    planes = [image(f"work_{c}", hl.UInt(8), 2) for c in "yuv"]
    names = [s.split(":")[0] for s in SIGNATURES["model_input"].scalars]
    params = scalars(hl.Float(32), names)
    step_x, step_y, start_x, start_y, y_gain, y_offset, red_v, green_u, green_v, blue_u = params
    x, y, c = hl.Var("x"), hl.Var("y"), hl.Var("c")

    rows: list[hl.Func] = []
    resampled: list[hl.Expr] = []
    for index, plane in enumerate(planes):
        # chroma samples sit between luma samples: half the step, start shifted to keep centres aligned
        sx, bx = (step_x, start_x) if index == 0 else (step_x * 0.5, start_x * 0.5 - 0.25)
        sy, by = (step_y, start_y) if index == 0 else (step_y * 0.5, start_y * 0.5 - 0.25)
        last_x, last_y = plane.dim(0).extent() - 1, plane.dim(1).extent() - 1
        above, down = sample_position(y, sy, by)
        row = hl.Func(f"row_{'yuv'[index]}")
        upper = hl.f32(plane[x, hl.clamp(above, 0, last_y)])
        lower = hl.f32(plane[x, hl.clamp(above + 1, 0, last_y)])
        row[x, y] = upper + (lower - upper) * down
        left, across = sample_position(x, sx, bx)
        column = hl.Func(f"column_{'yuv'[index]}")  # worked out once instead of once a row
        column[x] = hl.Tuple([hl.clamp(left, 0, last_x), hl.clamp(left + 1, 0, last_x), across])
        column.compute_root().vectorize(x, VECTOR_F32)
        near, far = (row[hl.unsafe_promise_clamped(column[x][i], 0, last_x), y] for i in (0, 1))
        resampled.append(near + (far - near) * column[x][2])
        rows.append(row)

    yuv = hl.Func("yuv")
    yuv[x, y] = hl.Tuple([(resampled[0] - y_offset) * y_gain, resampled[1] - 128.0, resampled[2] - 128.0])
    luma, u, v = yuv[x, y][0], yuv[x, y][1], yuv[x, y][2]
    picture = hl.Func("image")
    rgb = hl.mux(c, [luma + red_v * v, luma + green_u * u + green_v * v, luma + blue_u * u])
    picture[c, x, y] = hl.clamp(rgb * hl.f32(1 / 255), 0.0, 1.0)

    picture.bound(c, 0, 3).reorder(c, x, y).unroll(c).vectorize(x, VECTOR_F32, hl.TailStrategy.GuardWithIf)
    yuv.compute_at(picture, x).vectorize(x)
    for row in rows:
        row.compute_at(picture, y).vectorize(x, 2 * VECTOR_F32, hl.TailStrategy.GuardWithIf)
    from_origin(picture)
    picture.output_buffer().dim(1).set_stride(3)
    return Kernel("model_input", tuple(planes), params, (picture,))


KERNELS = (model_input,)
