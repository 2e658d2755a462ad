"""Work planes + alpha -> the colours on either side of the seam, SEAM points to a tile each way.

Blur fusion (Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021), its first step: around each
point the mean colour of the person (weighted by alpha) and of the room (weighted by 1 - alpha), over 3x3
points. Where there is none of one side, the mean of both stands in for it; it has no weight there.
"""

from __future__ import annotations

from functools import partial

import halide as hl

from .definition import Kernel, by_255, from_origin, image
from .signatures import SEAM, TILE, WORK_FACTORS

LANES = 8
LEAST_SHARE = 1 / 64  # of the weight of all: keeps a division by next to nothing away


def seam_colours(span: int) -> Kernel:
    """`span`: work pixels to a tile, each way."""
    alpha = image("alpha", hl.UInt(8), 2)
    planes = [image(f"work_{c}", hl.UInt(8), 2) for c in "yuv"]
    x, y = hl.Var("x"), hl.Var("y")
    wide = planes[0].dim(0).extent() * SEAM // span
    high = planes[0].dim(1).extent() * SEAM // span
    column, line = hl.clamp(x, 0, wide - 1), hl.clamp(y, 0, high - 1)
    point = span // SEAM  # work pixels to a point
    half = point // 2

    # the sums over the largest point, 256 x 255, fit 16 bits
    share, own, both = hl.u16(0), [hl.u16(0)] * 3, [hl.u16(0)] * 3
    for j in range(point):
        for i in range(point):
            at = (point * column + i, point * line + j)
            part, value = hl.u16(alpha[at]), hl.u16(planes[0][at])
            share += part
            own[0] += by_255(part * value)
            both[0] += value
    for j in range(half):
        for i in range(half):
            at = (half * column + i, half * line + j)
            four = [
                hl.u16(alpha[point * column + 2 * i + a, point * line + 2 * j + b])
                for a in (0, 1)
                for b in (0, 1)
            ]
            part = sum(four, hl.u16(2)) >> hl.u16(2)
            for c in (1, 2):
                value = hl.u16(planes[c][at])
                own[c] += by_255(part * value)
                both[c] += value
    sums = hl.Func("sums")
    sums[x, y] = hl.Tuple([share, *own, *both])

    near = (-1, 0, 1)
    down, around = hl.Func("down"), hl.Func("around")
    down[x, y] = hl.Tuple([sum((hl.f32(sums[x, y + j][k]) for j in near), hl.f32(0)) for k in range(7)])
    around[x, y] = hl.Tuple([sum((down[x + i, y][k] for i in near), hl.f32(0)) for k in range(7)])

    pixels = 9 * point**2
    person_share = around[x, y][0] * hl.f32(1 / 255 / pixels)  # 0..1
    person = 1.0 / (person_share + hl.f32(LEAST_SHARE))
    room = 1.0 / (1.0 + hl.f32(LEAST_SHARE) - person_share)
    sides = hl.Func("sides")
    values = []
    for c in range(3):
        scale = hl.f32(1 / (pixels if c == 0 else pixels / 4))
        mean = around[x, y][4 + c] * scale
        mine = around[x, y][1 + c] * scale
        faint = mean * hl.f32(LEAST_SHARE)
        values += [(mine + faint) * person, (mean - mine + faint) * room]
    sides[x, y] = hl.Tuple([hl.u8(hl.clamp(value + 0.5, 0.0, 255.0)) for value in values])
    outputs = []
    for index, name in enumerate(f"{side}_{c}" for c in "yuv" for side in ("person", "room")):
        out = hl.Func(name)
        out[x, y] = sides[x, y][index]
        outputs.append(out)

    sides.compute_root().vectorize(x, LANES, hl.TailStrategy.RoundUp)
    down.compute_at(sides, y).vectorize(x, LANES, hl.TailStrategy.RoundUp)
    sums.store_root().compute_at(sides, y).vectorize(x, LANES, hl.TailStrategy.RoundUp)
    for out in outputs:
        out.vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    from_origin(*outputs)
    return Kernel(f"seam_colours_{span}", (alpha, *planes), (), tuple(outputs))


KERNELS = tuple(partial(seam_colours, TILE // f) for f in WORK_FACTORS)
