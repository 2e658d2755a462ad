"""Work planes + alpha -> the colours on either side of the seam, at work resolution.

Blur fusion (Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021), its first step: around
each pixel the mean colour of the person (weighted by alpha) and of the room (weighted by 1 - alpha). Where
there is none of one side, the mean of both stands in for it; it has no weight there.
"""

from __future__ import annotations

from functools import partial

import halide as hl

from .definition import Kernel, from_origin, image
from .signatures import SEAM_RADIUS

LANES = 8
LEAST_WEIGHT = 0.5  # of (2 radius + 1)^2: keeps a division by next to nothing away


def seam_colours(chroma: bool) -> Kernel:
    """Luma: alpha as it is. Chroma: two planes, alpha the mean of 2x2."""
    alpha = image("alpha", hl.UInt(8), 2)
    names = "uv" if chroma else "y"
    planes = [image(f"work_{c}", hl.UInt(8), 2) for c in names]
    x, y = hl.Var("x"), hl.Var("y")
    radius = SEAM_RADIUS // 2 if chroma else SEAM_RADIUS
    near = range(-radius, radius + 1)
    width, height = planes[0].dim(0).extent(), planes[0].dim(1).extent()
    wide, high = alpha.dim(0).extent(), alpha.dim(1).extent()
    column, line = hl.clamp(x, 0, width - 1), hl.clamp(y, 0, height - 1)

    pixel = hl.Func("pixel")
    if chroma:
        four = [
            hl.u16(alpha[hl.min(2 * column + i, wide - 1), hl.min(2 * line + j, high - 1)])
            for i in (0, 1)
            for j in (0, 1)
        ]
        share = (sum(four, hl.u16(2))) >> hl.u16(2)
    else:
        share = hl.u16(alpha[hl.min(column, wide - 1), hl.min(line, high - 1)])
    values = [hl.u16(plane[column, line]) for plane in planes]
    pixel[x, y] = hl.Tuple([share, *((share * value) >> hl.u16(8) for value in values), *values])
    count = 1 + 2 * len(planes)
    down, around = hl.Func("down"), hl.Func("around")
    down[x, y] = hl.Tuple([sum((pixel[x, y + j][i] for j in near), hl.u16(0)) for i in range(count)])
    around[x, y] = hl.Tuple([sum((down[x + i, y][k] for i in near), hl.u16(0)) for k in range(count)])

    cells = (2 * radius + 1) ** 2
    weight = hl.f32(around[x, y][0]) * hl.f32(1 / 256)
    rest = hl.f32(cells) - weight
    outputs = []
    for index, name in enumerate(names):
        person = hl.f32(around[x, y][1 + index])
        both = hl.f32(around[x, y][1 + len(planes) + index])
        faint = both * hl.f32(LEAST_WEIGHT / cells)
        for side, total, mass in (("person", person, weight), ("room", both - person, rest)):
            out = hl.Func(f"{side}_{name}")
            mean = (total + faint) / (mass + hl.f32(LEAST_WEIGHT))
            out[x, y] = hl.u8(hl.clamp(mean + hl.f32(0.5), 0.0, 255.0))
            outputs.append(out)

    around.compute_root().vectorize(x, LANES, hl.TailStrategy.RoundUp)
    down.compute_at(around, y).vectorize(x, LANES, hl.TailStrategy.RoundUp)
    pixel.compute_root().vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    for out in outputs:
        out.vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    from_origin(*outputs)
    return Kernel(f"seam_{'chroma' if chroma else 'luma'}", (alpha, *planes), (), tuple(outputs))


KERNELS = (partial(seam_colours, False), partial(seam_colours, True))
