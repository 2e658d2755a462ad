"""Every compiled kernel against its NumPy/SciPy twin, over shapes, strides and values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blurstream.colours import Space, between, to_yuv
from blurstream.errors import KernelError
from blurstream.frame import MATRICES
from blurstream.kernels.reference import TWINS
from blurstream.kernels.signatures import CELL, SIGNATURES, SNAP, SOFT, TILE, WORK_FACTORS
from blurstream.scale import Fit, spans, taps
from side_by_side import COMPILED, both, close, equal, share_of, zeros
from strategies import planes, sized

Array = np.ndarray[Any, Any]
few = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
small = st.integers(1, 40)
even = small.map(lambda n: 2 * n)
ROUNDINGS = 6  # of the soft mask's numbers


def test_every_kernel_has_a_twin() -> None:
    assert TWINS.keys() == SIGNATURES.keys()


@few
@given(planes(small, small.map(lambda w: 2 * w)))
def test_split_nv12(uv: Array) -> None:
    half = (uv.shape[0], uv.shape[1] // 2)
    equal("split_nv12", [uv], (), [zeros(*half), zeros(*half)])


spaces = st.sampled_from([(matrix, full) for matrix in MATRICES for full in (False, True)])


@few
@given(planes(small.map(lambda h: 2 * h), small.map(lambda w: 8 * w)), st.sampled_from([0, 2]), spaces)
def test_rgba(rgba: Array, red_at: int, space: tuple[str, bool]) -> None:
    rows, columns = rgba.shape[0], rgba.shape[1] // 4
    weights = to_yuv(*space)
    equal("luma_of_rgba", [rgba], (red_at, *weights.luma, weights.offset), [zeros(rows, columns)])
    chroma = [zeros(rows // 2, columns // 2) for _ in "uv"]
    equal("chroma_of_rgba", [rgba], (red_at, *weights.u, *weights.v), chroma)


@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize(("full_range", "limits"), [(False, (16, 235)), (True, (0, 255))])
def test_greys_reach_the_limits_of_the_range(matrix: str, full_range: bool, limits: tuple[int, int]) -> None:
    weights = to_yuv(matrix, full_range)
    for colour, luma in zip((0, 255), limits, strict=True):
        assert weights.of(colour, colour, colour) == (luma, 128, 128)


# ITU-T H.273: the primaries at full strength, limited range
@pytest.mark.parametrize(
    ("matrix", "rgb", "yuv"),
    [
        ("bt601", (255, 0, 0), (81, 90, 240)),
        ("bt601", (0, 255, 0), (145, 54, 34)),
        ("bt601", (0, 0, 255), (41, 240, 110)),
        ("bt709", (255, 0, 0), (63, 102, 240)),
        ("bt709", (0, 255, 0), (173, 42, 26)),
        ("bt709", (0, 0, 255), (32, 240, 118)),
    ],
)
def test_primaries(matrix: str, rgb: tuple[int, int, int], yuv: tuple[int, int, int]) -> None:
    weights = to_yuv(matrix, full_range=False)
    assert weights.of(*rgb) == yuv
    rgba = np.tile(np.array([*rgb, 255], np.uint8), (2, 2))
    (luma,) = equal("luma_of_rgba", [rgba], (0, *weights.luma, weights.offset), [zeros(2, 2)])
    chroma = equal("chroma_of_rgba", [rgba], (0, *weights.u, *weights.v), [zeros(1, 1), zeros(1, 1)])
    assert (luma == yuv[0]).all()
    assert [int(plane[0, 0]) for plane in chroma] == list(yuv[1:])


@few
@given(*(st.integers(1, 60),) * 4, st.sampled_from(["cover", "contain", "fill"]), st.floats(0, 1), st.data())
def test_scale(w: int, h: int, wide: int, high: int, fit: Fit, at: float, data: st.DataObject) -> None:
    plane = data.draw(sized(h, w))
    across, down = spans((w, h), (wide, high), fit, (at, at))
    shape = (down.last - down.first, across.last - across.first)
    (out,) = equal("scale", [plane, *taps(down, h), *taps(across, w)], (), [zeros(*shape)])
    if (plane == plane[0, 0]).all():
        assert (out == plane[0, 0]).all()


@few
@given(small, small, spaces, spaces, st.data())
def test_recolour(rows: int, columns: int, given: Space, wanted: Space, data: st.DataObject) -> None:
    half = ((rows + 1) // 2, (columns + 1) // 2)
    planes = [data.draw(sized(rows, columns)), *(data.draw(sized(*half)) for _ in "uv")]
    weights = between(given, wanted)
    (luma,) = equal("recolour_luma", planes, weights.luma, [zeros(rows, columns)])
    chroma = equal("recolour_chroma", planes[1:], weights.chroma, [zeros(*half), zeros(*half)])
    if given == wanted:
        for out, plane in zip((luma, *chroma), planes, strict=True):
            np.testing.assert_array_equal(out, plane)


@few
@given(st.integers(1, 5), st.integers(1, 5), *(st.integers(-256, 256),) * 2, st.integers(0, 5000), st.data())
def test_screen_sums(rows: int, columns: int, u: int, v: int, least: int, data: st.DataObject) -> None:
    half = (rows * TILE // 2, columns * TILE // 2)
    planes = [data.draw(sized(rows * TILE, columns * TILE)), *(data.draw(sized(*half)) for _ in "uv")]
    (sums,) = equal(
        "screen_sums", planes, (u, v, 180, least, least // 2), [np.zeros((7, rows, columns), np.int32)]
    )
    assert (sums[0] <= (TILE // 2) ** 2).all()


@few
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32), st.data())
def test_screen_share(rows: int, columns: int, seed: int, data: st.DataObject) -> None:
    half = (rows * TILE // 2, columns * TILE // 2)
    planes = [data.draw(sized(*half)) for _ in "uv"]
    maps = np.random.default_rng(seed).integers(-3000, 3000, (6, rows, columns)).astype(np.int32)
    maps[2:4] //= 30
    equal("screen_share", [*planes, *maps], (400, 130, 2000, 5000, 7000), [zeros(*half)])


@few
@given(
    *(st.integers(1, 4),) * 2, st.sampled_from([0, 16]), st.integers(0, 255), st.integers(0, 256), st.data()
)
def test_keyed_tiles(wide: int, high: int, black: int, opaque: int, spill: int, data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    tiles = some_tiles(random, wide, high)
    n = int(random.integers(0, len(tiles) + 1))
    share = data.draw(sized(high * TILE // 2, wide * TILE // 2))
    screen = random.integers(0, 256, (high, wide)).astype(np.uint8)
    steep = int(random.integers(256, 65281))
    for size, zero, least, most in ((TILE, black, -black, 255 - black), (TILE // 2, 128, -128, 127)):
        backdrop, source, before = (data.draw(sized(high * size, wide * size)) for _ in range(3))
        scalars = (n, wide, high, opaque, steep, spill, zero, least, most)
        inputs = [tiles, share, screen, backdrop, source]
        ((out, wanted),) = both(f"keyed_tiles_{size}", inputs, scalars, [before])
        off = np.abs(out.astype(int) - wanted)
        # of luma the share is found in floating point: it may fall on either side of a level, which alpha of
        # a hard edge makes much of
        assert (off > 0).mean() <= (0.02 if size == TILE else 0)
        assert off.max(initial=0) <= (steep >> 8) + 2


@pytest.mark.parametrize(("part", "shown"), [(0, "source"), (255, "backdrop")])
def test_keyed_tiles_are_exact_at_both_ends(part: int, shown: str) -> None:
    random = np.random.default_rng(5)
    tiles = np.array([[0, 0], [1, 0]], np.int32)
    planes: dict[str, Array]
    share = np.full((8, 16), part, np.uint8)
    screen = np.array([[60, 90]], np.uint8)
    for size, zero, least, most in ((16, 16, -16, 239), (8, 128, -128, 127)):
        planes = {
            name: random.integers(0, 256, (size, 2 * size), np.uint8) for name in ("source", "backdrop")
        }
        inputs: list[Array] = [tiles, share, screen, planes["backdrop"], planes["source"]]
        scalars = (2, 2, 1, 200, 340, 256, zero, least, most)
        (out,) = equal(f"keyed_tiles_{size}", inputs, scalars, [zeros(size, 2 * size)])
        np.testing.assert_array_equal(out, planes[shown])


@few
@given(small, small, st.sampled_from([0, 16, 128]), st.data())
def test_lay(rows: int, columns: int, zero: int, data: st.DataObject) -> None:
    person, alpha, slide = (data.draw(sized(rows, columns)) for _ in range(3))
    (out,) = equal("lay_within", [person, alpha, slide], (), [zeros(rows, columns)])
    np.testing.assert_array_equal(out[alpha == 255], person[alpha == 255])
    np.testing.assert_array_equal(out[alpha == 0], slide[alpha == 0])
    (out,) = equal("lay_over", [person, alpha, slide], (zero,), [zeros(rows, columns)])
    np.testing.assert_array_equal(out[alpha == 255], person[alpha == 255])
    empty = (alpha == 0) & (person == zero)
    np.testing.assert_array_equal(out[empty], slide[empty])


@few
@given(st.sampled_from([2, 4]), small, small, st.data())
def test_shrink(factor: int, rows: int, columns: int, data: st.DataObject) -> None:
    plane = data.draw(sized(rows * factor, columns * factor))
    (work,) = equal(f"shrink_{factor}", [plane], (), [zeros(rows, columns)])
    if (plane == plane[0, 0]).all():
        assert (work == plane[0, 0]).all()


@few
@given(
    *(small.map(lambda n: 2 * n),) * 2,
    *(st.floats(0.1, 3),) * 2,
    *(st.floats(-20, 20),) * 2,
    st.data(),
)
def test_model_input(
    rows: int, columns: int, step_x: float, step_y: float, start_x: float, start_y: float, data: st.DataObject
) -> None:
    work = [data.draw(sized(rows, columns)), *(data.draw(sized(rows // 2, columns // 2)) for _ in "uv")]
    scalars = (step_x, step_y, start_x, start_y, 1.164384, 16.0, 1.792741, -0.213249, -0.532909, 2.112402)
    image = np.zeros((9, 17, 3), np.float32)
    # a step between extremes may fall on either side of a float32 rounding of the position
    close("model_input", work, scalars, [image], 2e-3)


@few
@given(
    st.sampled_from([TILE // f for f in WORK_FACTORS]),
    *(st.integers(2, 20),) * 2,
    st.floats(0.1, 2),
    st.floats(-3, 3),
    st.integers(0, 2**32),
)
def test_soft_mask(span: int, rows: int, columns: int, step: float, start: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    mask = random.random((rows, columns), np.float32)
    previous = random.integers(0, SOFT, (2 * span, 3 * span), np.uint16, endpoint=True)
    changed = random.integers(0, 2, (2, 3)).astype(np.uint8)
    rise, fall, follow, rest = 0.3, 0.6, 2.0, 0.2
    scalars = (step, step, start, start, rise, fall, follow, rest)
    inputs: list[Array] = [mask, previous, changed]
    ((compiled, reference),) = both(f"soft_mask_{span}", inputs, scalars, [np.zeros_like(previous)])
    compiled, reference = compiled.astype(np.int64), reference.astype(np.int64)
    off = np.abs(compiled - reference) > ROUNDINGS
    still = ~np.kron(changed, np.ones((span, span), np.uint8)).astype(bool)
    # a change of `rest` may fall on either side of it: then one has stayed and the other made that step
    before = previous.astype(np.int64)
    stayed = np.where(before < SNAP, 0, np.where(before > SOFT - SNAP, SOFT, before))
    either = off & still & ((compiled == stayed) != (reference == stayed))
    moved = (compiled + reference - stayed - before)[either]
    wanted = rest * SOFT * np.minimum(np.where(moved < 0, fall, rise) + follow * rest, 1)
    assert (np.abs(np.abs(moved) - wanted) < SNAP + ROUNDINGS).all()
    compiled, reference = compiled[~either], reference[~either]
    off = off[~either]
    # a rounding may fall on the other side of the snap
    assert (np.minimum(reference[off], SOFT - reference[off]) < SNAP + ROUNDINGS).all()
    assert np.abs(compiled - reference).max() < SNAP + ROUNDINGS


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_soft_mask_keeps_extremes(value: float) -> None:
    mask = np.full((144, 256), value, np.float32)
    changed = np.ones((12, 20), np.uint8)
    previous = np.full((48, 80), value * SOFT, np.uint16)
    scalars = (3.2, 3.2, 1.1, 1.1, 0.3, 0.6, 2.0, 0.1)
    (soft,) = close("soft_mask_4", [mask, previous, changed], scalars, [np.zeros_like(previous)], 0)
    assert (soft == value * SOFT).all()


@few
@given(even, even, st.sampled_from([0.0, 1.0, 0.5, None]), st.data())
def test_matte(rows: int, columns: int, level: float | None, data: st.DataObject) -> None:
    luma = data.draw(sized(rows, columns))
    random = np.random.default_rng(rows * 97 + columns)
    soft = (
        np.full((rows, columns), level * SOFT, np.uint16)
        if level is not None
        else random.integers(0, SOFT, (rows, columns), np.uint16, endpoint=True)
    )
    outputs = [np.zeros((rows, columns), np.float32) for _ in range(2)]
    scalars = (100.0, 0.1, 0.9, 0.1, 0.9)
    (gain, _), (offset, _), (alpha, wanted) = both(
        "matte", [luma, soft], scalars, [*outputs, zeros(rows, columns)]
    )
    assert np.abs(alpha.astype(int) - wanted).max() <= 1
    if level in (0.0, 1.0):
        assert (alpha == 255 * level).all()
        assert np.isfinite(gain).all() and np.isfinite(offset).all()


@few
@given(st.sampled_from([TILE // f for f in WORK_FACTORS]), st.integers(1, 6), st.integers(1, 6), st.data())
def test_tile_bounds(span: int, rows: int, columns: int, data: st.DataObject) -> None:
    alpha = data.draw(sized(rows * span, columns * span))
    least, most = equal(f"tile_bounds_{span}", [alpha], (), [zeros(rows, columns), zeros(rows, columns)])
    assert (least <= most).all()


@few
@given(st.integers(1, 12), st.integers(1, 12), st.data())
def test_plate_cells(rows: int, columns: int, data: st.DataObject) -> None:
    luma, alpha = (data.draw(sized(rows * CELL, columns * CELL)) for _ in range(2))
    chroma = [data.draw(sized(rows * CELL // 2, columns * CELL // 2)) for _ in "uv"]
    close("plate_cells", [luma, *chroma, alpha], (), [np.zeros((4, rows, columns), np.float32)], 1e-3)


@few
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 9), st.integers(0, 2**32))
def test_plate_blur(rows: int, columns: int, radius: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    cells = random.random((4, rows, columns), np.float32)
    cells[:3] *= 255 * cells[3]
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / max(radius / 2.5, 0.5)) ** 2).astype(np.float32)
    taps /= taps.sum()
    close(
        "plate_blur", [cells, taps], (100.0, 120.0, 130.0), [np.zeros((3, rows, columns), np.float32)], 2e-2
    )


@pytest.mark.parametrize("cell", [(0, 0), (0, 20), (15, 0), (29, 39)])
def test_a_cell_at_the_edge_has_no_more_than_its_share(cell: tuple[int, int]) -> None:
    """Of two halves of a blur one is missing there, and the other stands for it: twice as much each way."""

    def share(row: int, column: int) -> float:
        cells = np.zeros((4, 30, 40), np.float32)
        cells[3] = 1
        cells[0, row, column] = 255
        taps = np.exp(-0.5 * (np.arange(-10, 11) / 4) ** 2).astype(np.float32)
        taps /= taps.sum()
        (plate,) = close("plate_blur", [cells, taps], (0.0,) * 3, [np.zeros((3, 30, 40), np.float32)], 2e-2)
        return float(plate[0].max())

    sides = sum((at in (0, last)) for at, last in zip(cell, (29, 39), strict=True))
    assert share(*cell) < 2.05**sides * share(15, 20)


@few
@given(st.integers(0, 255), st.integers(1, 20), st.integers(1, 20))
def test_a_constant_background_stays_constant(value: int, rows: int, columns: int) -> None:
    """Whatever the person covers, the plate of a one-coloured room is that colour, through every stage."""
    work = [np.full((rows * CELL, columns * CELL), value, np.uint8)]
    work += [np.full((rows * CELL // 2, columns * CELL // 2), value, np.uint8) for _ in "uv"]
    alpha = np.random.default_rng(value).integers(0, 256, work[0].shape).astype(np.uint8)
    (cells,) = close("plate_cells", [*work, alpha], (), [np.zeros((4, rows, columns), np.float32)], 1e-3)
    taps = np.array([0.25, 0.5, 0.25], np.float32)
    (plate,) = close(
        "plate_blur", [cells, taps], (value,) * 3, [np.zeros((3, rows, columns), np.float32)], 2e-2
    )
    (wide,) = equal(
        "plate_rows",
        [
            plate[0].round(2),
        ],
        (16,),
        [np.zeros((rows, columns * 16), np.uint16)],
    )
    tiles = np.array([(c, r) for r in range(rows) for c in range(columns)], np.int32)
    (out,) = equal(
        "fill_tiles_16", [tiles, wide], (len(tiles), columns, rows, 16), [zeros(rows * 16, columns * 16)]
    )
    assert (out == value).all()


@few
@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([2, 4, 8, 16]), st.integers(0, 2**32))
def test_plate_rows(rows: int, columns: int, cell: int, seed: int) -> None:
    plate = (np.random.default_rng(seed).random((rows, columns)) * 255).astype(np.float32)
    close("plate_rows", [plate], (cell,), [np.zeros((rows, columns * cell), np.uint16)], 1)


def some_tiles(random: np.random.Generator, wide: int, high: int) -> Array:
    every = np.array([(c, r) for r in range(high) for c in range(wide)], np.int32)
    return np.ascontiguousarray(random.permutation(every))


@few
@given(st.sampled_from(WORK_FACTORS), st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32))
def test_edge_alpha(factor: int, wide: int, high: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    tiles = some_tiles(random, wide, high)
    n = int(random.integers(0, len(tiles) + 1))
    luma = random.integers(0, 256, (high * TILE, wide * TILE)).astype(np.uint8)
    shape = (high * TILE // factor, wide * TILE // factor)
    gain, offset = random.normal(0, 0.01, shape).astype(np.float32), random.random(shape, np.float32)
    before = random.integers(0, 256, luma.shape).astype(np.uint8)
    close(f"edge_alpha_{factor}", [tiles, luma, gain, offset], (n, wide, high), [before], 1)


@few
@given(
    st.sampled_from([TILE, TILE // 2]),
    st.integers(1, 4),
    st.integers(1, 4),
    st.sampled_from([4, 8, 16]),
    st.data(),
)
def test_fill_and_blend(tile: int, wide: int, high: int, cell: int, data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    tiles = some_tiles(random, wide, high)
    n = int(random.integers(0, len(tiles) + 1))
    cell = cell * tile // TILE
    rows = random.integers(0, 255 * 4 + 1, (high * tile // cell, wide * tile)).astype(np.uint16)
    source = data.draw(sized(high * tile, wide * tile))
    alpha = data.draw(sized(high * TILE, wide * TILE))
    listed = np.zeros((high, wide), bool)
    listed[tiles[:n, 1], tiles[:n, 0]] = True
    inside = np.kron(listed, np.ones((tile, tile), bool))
    scalars = (n, wide, high, cell)
    (filled,) = equal(f"fill_tiles_{tile}", [tiles, rows], scalars, [source])
    np.testing.assert_array_equal(filled[~inside], source[~inside])
    (blended,) = equal(f"blend_tiles_{tile}", [tiles, alpha, rows, source], scalars, [source])
    np.testing.assert_array_equal(blended[~inside], source[~inside])
    share = share_of(alpha, tile)
    np.testing.assert_array_equal(blended[share == 255], source[share == 255])  # the person, bit for bit
    nothing = inside & (share == 0)
    np.testing.assert_array_equal(blended[nothing], filled[nothing])  # no trace of the room


@few
@given(st.sampled_from([TILE, TILE // 2]), st.integers(1, 4), st.integers(1, 4), st.data())
def test_blend_over_a_backdrop(tile: int, wide: int, high: int, data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    tiles = some_tiles(random, wide, high)
    n = int(random.integers(0, len(tiles) + 1))
    backdrop, source = (data.draw(sized(high * tile, wide * tile)) for _ in range(2))
    alpha = data.draw(sized(high * TILE, wide * TILE))
    listed = np.zeros((high, wide), bool)
    listed[tiles[:n, 1], tiles[:n, 0]] = True
    inside = np.kron(listed, np.ones((tile, tile), bool))
    (out,) = equal(f"blend_over_{tile}", [tiles, alpha, backdrop, source], (n, wide, high), [source])
    np.testing.assert_array_equal(out[~inside], source[~inside])
    share = share_of(alpha, tile)
    np.testing.assert_array_equal(out[share == 255], source[share == 255])
    np.testing.assert_array_equal(out[inside & (share == 0)], backdrop[inside & (share == 0)])


def test_blend_in_place_is_the_same() -> None:
    random = np.random.default_rng(5)
    tiles = some_tiles(random, 3, 2)
    alpha, source = (random.integers(0, 256, (2 * TILE, 3 * TILE)).astype(np.uint8) for _ in range(2))
    rows = random.integers(0, 255 * 4 + 1, (2, 3 * TILE)).astype(np.uint16)
    apart, scalars = np.zeros_like(source), (6, 3, 2, 16)
    COMPILED.bind("blend_tiles_16", tiles, alpha, rows, source, apart)(*scalars)
    COMPILED.bind("blend_tiles_16", tiles, alpha, rows, source, source)(*scalars)
    np.testing.assert_array_equal(source, apart)


def test_wrong_buffers_are_named() -> None:
    with pytest.raises(KernelError, match="plane must be u8"):
        COMPILED.bind("shrink_2", np.zeros((4, 4), np.float32), zeros(2, 2))
    with pytest.raises(KernelError, match="takes the buffers"):
        COMPILED.bind("shrink_2", zeros(2, 2))


def test_too_small_a_buffer_is_refused_by_the_kernel_itself() -> None:
    with pytest.raises(KernelError, match="-4"):
        COMPILED.bind("shrink_2", zeros(4, 4), zeros(40, 40))()
