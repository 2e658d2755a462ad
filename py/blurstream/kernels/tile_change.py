"""Work planes against those kept from before -> which tiles have changed, beyond what noise explains.

A tile has changed when one pixel differs by more than `peak` (something small moved), the squares sum up to
more than `energy` (texture moved), the sum itself leaves +-`drift` (light changed slowly) or the chroma's
sum leaves +-`tint`. Compared is with the picture kept, not with the last one, so that slow change adds up.
`moved` (sum of squared differences) and `texture` (sum of squared horizontal gradients) are what the camera's
noise is estimated from.
"""

from __future__ import annotations

from functools import partial

import halide as hl

from .definition import Kernel, from_origin, image, scalars
from .signatures import TILE, WORK_FACTORS

LANES = 8


def tile_change(span: int) -> Kernel:
    """`span`: work pixels to a tile, each way."""
    now = [image(f"work_{c}", hl.UInt(8), 2) for c in "yuv"]
    kept = [image(f"kept_{c}", hl.UInt(8), 2) for c in "yuv"]
    params = scalars(hl.Int(32), ["peak", "energy", "drift", "tint"])
    peak, energy, drift, tint = params
    x, y = hl.Var("x"), hl.Var("y")
    width = now[0].dim(0).extent()

    luma, tone = hl.Func("luma"), hl.Func("tone")  # each column of a row of tiles, summed down
    squares, sums, most, slopes = hl.i32(0), hl.i16(0), hl.u8(0), hl.i32(0)
    for j in range(span):
        line = span * y + j
        value = now[0][x, line]
        difference = hl.i16(value) - hl.i16(kept[0][x, line])
        slope = hl.i16(now[0][hl.min(x + 1, width - 1), line]) - hl.i16(value)
        squares += hl.i32(difference) * hl.i32(difference)
        slopes += hl.i32(slope) * hl.i32(slope)
        sums += difference
        most = hl.max(most, hl.u8(hl.abs(difference)))
    luma[x, y] = hl.Tuple([squares, slopes, sums, most])
    half = max(span // 2, 1)
    shifts = []
    for a, b in zip(now[1:], kept[1:], strict=True):
        rows = [(half * y + j) for j in range(half)]
        shifts.append(sum((hl.i16(a[x, r]) - hl.i16(b[x, r]) for r in rows), hl.i16(0)))
    tone[x, y] = hl.Tuple(shifts)

    columns = [luma[span * x + i, y] for i in range(span)]
    tones = [tone[half * x + i, y] for i in range(half)]
    total = sum((c[0] for c in columns), hl.i32(0))
    gradient = sum((c[1] for c in columns), hl.i32(0))
    shift = sum((hl.i32(c[2]) for c in columns), hl.i32(0))
    highest = columns[0][3]
    for column in columns[1:]:
        highest = hl.max(highest, column[3])
    tinted = [hl.abs(sum((hl.i32(t[i]) for t in tones), hl.i32(0))) for i in (0, 1)]
    over = (hl.i32(highest) > peak) | (total > energy) | (hl.i32(hl.abs(shift)) > drift)
    over = over | (hl.i32(hl.max(tinted[0], tinted[1])) > tint)
    changed, moved, texture = hl.Func("changed"), hl.Func("moved"), hl.Func("texture")
    out = hl.Func("tile")
    out[x, y] = hl.Tuple([hl.select(over, hl.u8(1), hl.u8(0)), total, gradient])
    changed[x, y], moved[x, y], texture[x, y] = out[x, y][0], out[x, y][1], out[x, y][2]

    out.compute_root().vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    luma.compute_at(out, y).vectorize(x, 2 * LANES, hl.TailStrategy.GuardWithIf)
    tone.compute_at(out, y).vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    for plane in (changed, moved, texture):
        plane.vectorize(x, LANES, hl.TailStrategy.GuardWithIf)
    from_origin(changed, moved, texture)
    return Kernel(f"tile_change_{span}", (*now, *kept), params, (changed, moved, texture))


KERNELS = tuple(partial(tile_change, TILE // f) for f in WORK_FACTORS)
