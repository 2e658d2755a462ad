"""Pictures in another size: where they lie, and that nothing is lost, stretched or aliased on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blurstream.frame import PictureGeometry, Planes
from blurstream.kernels.loader import CompiledKernels
from blurstream.scale import ONE, Fit, Scaled, Span, spans, taps

Array = np.ndarray[Any, Any]
KERNELS = CompiledKernels()
sides = st.integers(1, 300)
few = settings(max_examples=60, deadline=None)


def scaled(
    luma: Array, width: int, height: int, fit: Fit = "cover", at: tuple[float, float] = (0.5, 0.5)
) -> Array:
    size = (luma.shape[1], luma.shape[0])
    out: Array = np.full((height, width), 16, np.uint8)
    Scaled(KERNELS, [luma], size, [out], *spans(size, (width, height), fit, at)).run()
    return out


@few
@given(sides, sides, sides, sides, st.sampled_from(["cover", "contain", "fill"]), st.floats(0, 1))
def test_weights_are_whole_and_inside(w: int, h: int, wide: int, high: int, fit: Fit, at: float) -> None:
    for span, here, there in zip(
        spans((w, h), (wide, high), fit, (at, at)), (w, h), (wide, high), strict=True
    ):
        assert 0 <= span.first < span.last <= there and span.first % 2 == 0
        if fit != "contain":
            assert (span.first, span.last) == (0, there)
        for one, limit in ((span, here), (span.halved, (here + 1) // 2)):
            first, shares = taps(one, limit)
            assert (shares.sum(0) == ONE).all()
            assert (first >= 0).all() and (first + len(shares) <= limit).all()


@few
@given(sides, sides, sides, sides, st.integers(0, 255), st.sampled_from(["cover", "fill"]))
def test_one_colour_stays_one_colour(w: int, h: int, wide: int, high: int, value: int, fit: Fit) -> None:
    assert (scaled(np.full((h, w), value, np.uint8), wide, high, fit) == value).all()


@pytest.mark.parametrize("factor", [2, 3, 5])
def test_shrinking_takes_the_mean(factor: int) -> None:
    luma = np.random.default_rng(1).integers(0, 256, (36 * factor, 64 * factor)).astype(np.uint8)
    means = luma.reshape(36, factor, 64, factor).mean((1, 3))
    assert np.abs(scaled(luma, 64, 36) - means).max() <= 1.6, "two roundings, and weights in 1/256"


def test_a_fine_pattern_does_not_turn_into_a_coarse_one() -> None:
    """Lines of one pixel, 1080 -> 720 and 1080 -> 360: grey, where picking pixels gives broad stripes."""
    luma = np.zeros((1080, 1920), np.uint8)
    luma[:, ::2] = 255
    third = scaled(luma, 640, 360)
    assert np.abs(third.astype(int) - 128).max() <= 44  # of three pixels one or two are white
    smooth = third.reshape(360, 80, 8).mean(2)
    assert np.ptp(smooth) <= 2, "nothing slower than what was there"
    smooth = scaled(luma, 1280, 720).reshape(720, 80, 16).mean(2)
    assert np.ptp(smooth) <= 2


def test_enlarging_draws_straight_lines() -> None:
    ramp = np.tile(np.arange(0, 200, 10).astype(np.uint8), (20, 1))
    large = scaled(ramp, 80, 80)[40].astype(int)
    inner = np.diff(large[2:-2])
    assert set(inner.tolist()) <= {2, 3}
    assert large[0] == 0 and large[-1] == 190


@pytest.mark.parametrize(("at", "first"), [(0.0, 0), (0.5, 40), (1.0, 80)])
def test_cover_cuts_off_and_contain_leaves_free(at: float, first: int) -> None:
    wide = np.tile(np.arange(160, dtype=np.uint8), (80, 1))
    np.testing.assert_array_equal(scaled(wide, 80, 80, "cover", (at, 0.5)), wide[:, first : first + 80])
    tall = np.full((80, 40), 200, np.uint8)
    shown = scaled(tall, 120, 80, "contain", (at, 0.5))
    assert (shown[:, first : first + 40] == 200).all()
    assert (np.delete(shown, np.s_[first : first + 40], axis=1) == 16).all(), "beside it nothing is written"


@few
@given(st.integers(16, 200), st.integers(16, 200), st.data())
def test_the_middle_stays_in_the_middle(w: int, h: int, data: st.DataObject) -> None:
    """A picture that is the same mirrored comes out the same mirrored."""
    half = np.random.default_rng(data.draw(st.integers(0, 99))).integers(0, 256, (h, (w + 1) // 2))
    luma = np.concatenate([half, half[:, ::-1][:, w % 2 :]], axis=1).astype(np.uint8)
    shown = scaled(luma, 2 * data.draw(st.integers(8, 100)), h, "fill").astype(int)
    assert np.abs(shown - shown[:, ::-1]).max() <= 2


def test_the_same_size_is_a_copy() -> None:
    planes = Planes(PictureGeometry(33, 19)).planes
    for plane in planes:
        plane[:] = np.random.default_rng(2).integers(0, 256, plane.shape)
    out = Planes(PictureGeometry(33, 19)).planes
    Scaled(KERNELS, planes, (33, 19), out, *spans((33, 19), (33, 19), "cover", (0.5, 0.5))).run()
    for a, b in zip(planes, out, strict=True):
        width, height = (33, 19) if a is planes[0] else (17, 10)
        np.testing.assert_array_equal(a[:height, :width], b[:height, :width])


def test_edges_are_repeated() -> None:
    first, shares = taps(Span(-2, 0.5, 0, 12), 2)
    line = np.array([10, 50])
    at = np.clip(first[:, None] + np.arange(len(shares)), 0, 1)
    values = (line[at] * shares.T).sum(1) / ONE
    assert values[0] == 10 and values[-1] == 50 and (np.diff(values) >= 0).all()
