"""The kernels that work on tiles and lists of tiles against their twins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import ndimage

from blurstream.kernels.signatures import COPY_SIZES, SEAM, SOFT, TILE, WORK_FACTORS
from side_by_side import COMPILED, both, close, equal, share_of, zeros
from strategies import sized

Array = np.ndarray[Any, Any]
few = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
spans = st.sampled_from([TILE // f for f in WORK_FACTORS])
few_tiles = st.integers(1, 5)


def listed(random: np.random.Generator, wide: int, high: int) -> tuple[Array, int, Array]:
    """Tiles in random order, how many of them count, and a map of those."""
    every = np.array([(c, r) for r in range(high) for c in range(wide)], np.int32)
    tiles = np.ascontiguousarray(random.permutation(every))
    n = int(random.integers(0, len(tiles) + 1))
    chosen = np.zeros((high, wide), bool)
    chosen[tiles[:n, 1], tiles[:n, 0]] = True
    return tiles, n, chosen


def change(span: int, now: list[Array], kept: list[Array], *limits: int) -> list[Array]:
    shape = (now[0].shape[0] // span, now[0].shape[1] // span)
    outputs = [zeros(*shape), np.zeros(shape, np.int32), np.zeros(shape, np.int32)]
    return equal(f"tile_change_{span}", [*now, *kept], limits, outputs)


@few
@given(spans, few_tiles, few_tiles, st.data())
def test_tile_change(span: int, rows: int, columns: int, data: st.DataObject) -> None:
    luma = [data.draw(sized(rows * span, columns * span)) for _ in range(2)]
    half = (rows * span // 2, columns * span // 2)
    chroma = [[data.draw(sized(*half)) for _ in "uv"] for _ in range(2)]
    limits = [data.draw(st.integers(0, 255 * span)) for _ in range(4)]
    change(span, [luma[0], *chroma[0]], [luma[1], *chroma[1]], *limits)


@pytest.mark.parametrize("which", ["peak", "energy", "drift", "u", "v"])
@pytest.mark.parametrize("span", [4, 8, 16])
def test_each_limit_is_enough_by_itself(span: int, which: str) -> None:
    """Limits nothing reaches, except the one: it alone finds the tile, and that tile only."""
    kept = [np.full(s, 100, np.uint8) for s in ((3 * span, 4 * span), *[(3 * span // 2, 2 * span)] * 2)]
    now = [plane.copy() for plane in kept]
    limits = dict.fromkeys(("peak", "energy", "drift", "tint"), 10**6)
    row, column = span, 2 * span
    if which == "peak":
        now[0][row, column], limits["peak"] = 109, 8
    elif which == "energy":
        now[0][row : row + span : 2, column : column + span] += 2
        now[0][row + 1 : row + span : 2, column : column + span] -= 2
        limits["energy"] = 4 * span * span - 1
    elif which == "drift":
        now[0][row : row + span, column : column + span] -= 1
        limits["drift"] = span * span - 1
    else:
        now["yuv".index(which)][row // 2 : (row + span) // 2, column // 2 : (column + span) // 2] += 1
        limits["tint"] = span * span // 4 - 1
    changed, _, _ = change(span, now, kept, *limits.values())
    wanted = zeros(3, 4)
    wanted[1, 2] = 1
    np.testing.assert_array_equal(changed, wanted)


@few
@given(st.sampled_from([1, 2]), st.integers(1, 20), st.integers(1, 40), st.integers(0, 2**32))
def test_tile_spread(reach: int, rows: int, columns: int, seed: int) -> None:
    tiles = (np.random.default_rng(seed).random((rows, columns)) < 0.1).astype(np.uint8)
    equal(f"tile_spread_{reach}", [tiles], (), [zeros(rows, columns)])


@few
@given(spans, few_tiles, few_tiles, st.integers(0, 2**32))
def test_tile_differs(span: int, rows: int, columns: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    before = random.integers(0, SOFT, (rows * span, columns * span), np.uint16)
    after = before.copy()
    after[random.integers(0, len(after)), random.integers(0, after.shape[1])] += 1
    (differs,) = equal(f"tile_differs_{span}", [before, after], (), [zeros(rows, columns)])
    assert differs.sum() == 1


@few
@given(st.sampled_from(COPY_SIZES), few_tiles, few_tiles, st.integers(0, 2**32), st.data())
def test_copy_tiles(size: int, wide: int, high: int, seed: int, data: st.DataObject) -> None:
    tiles, n, chosen = listed(np.random.default_rng(seed), wide, high)
    source, before = (data.draw(sized(high * size, wide * size)) for _ in range(2))
    (out,) = equal(f"copy_tiles_{size}", [tiles, source], (n, wide, high), [before])
    inside = np.kron(chosen, np.ones((size, size), bool))
    np.testing.assert_array_equal(out, np.where(inside, source, before))


@few
@given(few_tiles, few_tiles, st.integers(0, 2**32), st.data())
def test_tile_unrest(wide: int, high: int, seed: int, data: st.DataObject) -> None:
    tiles, n, _ = listed(np.random.default_rng(seed), wide, high)
    source, held = (data.draw(sized(high * TILE, wide * TILE)) for _ in range(2))
    equal("tile_unrest", [tiles, source, held], (n, wide, high), [np.full(len(tiles), -1, np.int32)])


@few
@given(few_tiles, few_tiles, st.integers(0, 2**32), st.integers(1, 200), st.data())
def test_stir_tiles(wide: int, high: int, seed: int, calm: int, data: st.DataObject) -> None:
    tiles, n, _ = listed(np.random.default_rng(seed), wide, high)
    source, held = (data.draw(sized(high * TILE, wide * TILE)) for _ in range(2))
    slope = 90 * 256 // calm
    before = np.full(source.shape, 7, np.uint8)
    equal("stir_tiles", [tiles, source, held], (n, wide, high, calm, slope, 38), [before])


def test_what_moves_is_taken_whole_and_what_rests_in_part() -> None:
    tiles = np.array([[0, 0], [1, 0]], np.int32)
    held = np.full((16, 32), 100, np.uint8)
    source = held.copy()
    source[:, 20:] = 104
    (share,) = equal("stir_tiles", [tiles, source, held], (2, 2, 1, 25, 922, 38), [zeros(16, 32)])
    assert (share[:, :16] == 38).all() and (share[:, 24:] > 100).all()


@few
@given(st.sampled_from([16, 8]), few_tiles, few_tiles, st.integers(0, 2**32), st.data())
def test_settle_tiles(size: int, wide: int, high: int, seed: int, data: st.DataObject) -> None:
    random = np.random.default_rng(seed)
    tiles, n, chosen = listed(random, wide, high)
    share = random.integers(0, 129, (high * TILE, wide * TILE)).astype(np.uint8)
    source, before = (data.draw(sized(high * size, wide * size)) for _ in range(2))
    (out,) = equal(f"settle_tiles_{size}", [tiles, share, source], (n, wide, high), [before])
    outside = ~np.kron(chosen, np.ones((size, size), bool))
    np.testing.assert_array_equal(out[outside], before[outside])
    low, high_ = np.minimum(source, before), np.maximum(source, before)
    assert ((out >= low) & (out <= high_)).all()
    everything = np.full_like(share, 128)
    (taken,) = equal(f"settle_tiles_{size}", [tiles, everything, source], (n, wide, high), [before])
    np.testing.assert_array_equal(taken[~outside], source[~outside])


@few
@given(spans, few_tiles, few_tiles, st.data())
def test_seam_colours(span: int, rows: int, columns: int, data: st.DataObject) -> None:
    alpha, luma = (data.draw(sized(rows * span, columns * span)) for _ in range(2))
    chroma = [data.draw(sized(rows * span // 2, columns * span // 2)) for _ in "uv"]
    points = [zeros(SEAM * rows, SEAM * columns) for _ in range(6)]
    # products are rounded to levels: where a side has little weight, that is magnified
    point = span // SEAM
    blocks = alpha.reshape(SEAM * rows, point, SEAM * columns, point).mean((1, 3))
    person = ndimage.uniform_filter(blocks, 3, mode="nearest") / 255
    pairs = both(f"seam_colours_{span}", [alpha, luma, *chroma], (), points)
    for (got, wanted), weight in zip(pairs, [person, 1 - person] * 3, strict=True):
        assert (np.abs(got.astype(int) - wanted) * (weight + 1 / 64) <= 1.6).all()


@pytest.mark.parametrize("span", [4, 8, 16])
def test_the_sides_of_a_seam_are_told_apart(span: int) -> None:
    """Where a pixel is mixed, the means are those of the person beyond it and of the room beyond it."""
    columns = np.arange(6 * span)
    alpha = np.where(columns < 3 * span, 255, 0).astype(np.uint8)[None].repeat(6 * span, 0)
    alpha[:, 3 * span] = 128
    luma = np.where(columns < 3 * span, 200, 40).astype(np.uint8)[None].repeat(6 * span, 0)
    luma[:, 3 * span] = 120
    chroma = [luma[::2, ::2].copy() for _ in "uv"]
    inputs = [np.ascontiguousarray(p) for p in (alpha, luma, *chroma)]
    sides = close(f"seam_colours_{span}", inputs, (), [zeros(6 * SEAM, 6 * SEAM) for _ in range(6)], 3)
    for person, room in zip(sides[::2], sides[1::2], strict=True):
        assert (person[:, 2:4] > 170).all() and (room[:, 3:4] < 90).all()


@few
@given(
    st.sampled_from([TILE, TILE // 2]),
    st.integers(1, 4),
    st.integers(1, 4),
    st.sampled_from([4, 8, 16]),
    st.data(),
)
def test_fuse_tiles(tile: int, wide: int, high: int, cell: int, data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    tiles, n, chosen = listed(random, wide, high)
    cell = cell * tile // TILE
    rows: Array = random.integers(0, 255 * 4 + 1, (high * tile // cell, wide * tile)).astype(np.uint16)
    source = data.draw(sized(high * tile, wide * tile))
    alpha = data.draw(sized(high * TILE, wide * TILE))
    person, room = (data.draw(sized(SEAM * high, SEAM * wide)) for _ in range(2))
    before = np.zeros(source.shape, np.uint8) + random.integers(0, 256, source.shape, np.uint8)
    scalars = (n, wide, high, cell)
    inputs: list[Array] = [tiles, alpha, rows, source, person, room]
    (fused,) = close(f"fuse_tiles_{tile}", inputs, scalars, [before], 1)
    inside = np.kron(chosen, np.ones((tile, tile), bool))
    np.testing.assert_array_equal(fused[~inside], before[~inside])
    share = share_of(alpha, tile)
    whole = inside & (share == 255)
    np.testing.assert_array_equal(fused[whole], source[whole])  # the person, bit for bit
    plate = before.copy()
    COMPILED.bind(f"fill_tiles_{tile}", tiles, rows, plate)(*scalars)
    np.testing.assert_array_equal(fused[inside & (share == 0)], plate[inside & (share == 0)])


@few
@given(st.sampled_from([TILE, TILE // 2]), few_tiles, few_tiles, st.data())
def test_fuse_over_a_backdrop(tile: int, wide: int, high: int, data: st.DataObject) -> None:
    """As before a plate of the same values."""
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    tiles, n, _ = listed(random, wide, high)
    source = data.draw(sized(high * tile, wide * tile))
    alpha = data.draw(sized(high * TILE, wide * TILE))
    person, room = (data.draw(sized(SEAM * high, SEAM * wide)) for _ in range(2))
    scalars, cell = (n, wide, high), tile
    rows: Array = random.integers(0, 255 * 4 + 1, (high, wide * tile)).astype(np.uint16)
    backdrop, before = zeros(high * tile, wide * tile), zeros(high * tile, wide * tile)
    every = np.array([(c, r) for r in range(high) for c in range(wide)], np.int32)
    COMPILED.bind(f"fill_tiles_{tile}", every, rows, backdrop)(len(every), wide, high, cell)
    inputs: list[Array] = [tiles, alpha, backdrop, source, person, room]
    (over,) = close(f"fuse_over_{tile}", inputs, scalars, [before], 1)
    (behind,) = close(f"fuse_tiles_{tile}", [*inputs[:2], rows, *inputs[3:]], (*scalars, cell), [before], 1)
    np.testing.assert_array_equal(over, behind)


def test_fusion_takes_the_room_out_of_a_mixed_pixel() -> None:
    """A person of 200 before a room of 40, half covering a pixel: shown is half of 200, and none of 40."""
    tiles = np.array([[0, 0]], np.int32)
    alpha, source = np.full((16, 16), 128, np.uint8), np.full((16, 16), 120, np.uint8)
    rows = np.full((1, 16), 4 * 90, np.uint16)
    person, room = np.full((SEAM, SEAM), 200, np.uint8), np.full((SEAM, SEAM), 40, np.uint8)
    inputs: list[Array] = [tiles, alpha, rows, source, person, room]
    (out,) = close("fuse_tiles_16", inputs, (1, 1, 1, 16), [zeros(16, 16)], 1)
    assert np.abs(out.astype(int) - round(200 * 128 / 255 + 90 * 127 / 255)).max() <= 1
    ((blended, _),) = both("blend_tiles_16", inputs[:4], (1, 1, 1, 16), [zeros(16, 16)])
    assert (blended < 110).all(), "a plain blend would show the room's share"
