"""The measurement of bandwidth: its arithmetic, its encoders, its material."""

from __future__ import annotations

import math
import os
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bandwidth import bd_rate, encode, material, measure, need, output, summary
from bandwidth.encode import CODECS, Codec, Planes

Array = np.ndarray[Any, Any]
CURVE = [(1000.0 * 2**step, 33.0 + 3 * step) for step in range(4)]  # 33 to 42 dB, twice the bytes for 3 dB


def scaled(factor: float, decibels: float = 0.0) -> list[tuple[float, float]]:
    return [(size * factor, quality + decibels) for size, quality in CURVE]


def moving(frames: int, wide: int = 96, high: int = 80) -> list[Planes]:
    """A texture that moves a pixel a frame."""
    rng = np.random.default_rng(4)
    texture = np.kron(rng.integers(40, 200, (high, wide // 4)), np.ones((1, 6))).astype(np.uint8)
    flat = np.full((high // 2, wide // 2), 120, np.uint8)
    return [(texture[:, n : n + wide].copy(), flat, flat) for n in range(frames)]


@pytest.mark.parametrize("factor", [0.3, 1.0, 1.7])
def test_bd_rate_is_the_factor_between_the_curves(factor: float) -> None:
    assert bd_rate.bd_rate(CURVE, scaled(factor)) == pytest.approx((factor - 1) * 100, abs=1e-6)


def test_bd_rate_counts_quality_as_bytes() -> None:
    """3 dB more for the same bytes is half the bytes."""
    assert bd_rate.bd_rate(CURVE, scaled(1.0, 3.0)) == pytest.approx(-50, abs=1e-6)


def test_bd_rate_of_curves_without_a_common_quality_is_none() -> None:
    assert bd_rate.bd_rate(CURVE, scaled(1.0, 8.5)) is None
    assert bd_rate.bd_rate(CURVE, scaled(1.0, -8.5)) is None


def test_bd_rate_looks_at_the_qualities_of_a_call_only() -> None:
    better = [*scaled(0.5), (1e6, 60.0)]  # above 42 dB it is much worse
    camera = [*CURVE, (1e4, 60.0)]
    above = bd_rate.bd_rate(camera, better, within=(32, 60))
    assert above is not None and above > 0
    assert bd_rate.bd_rate(camera, better) == pytest.approx(-50, abs=6)


def test_a_curve_of_one_point_is_refused() -> None:
    with pytest.raises(ValueError, match="two points"):
        bd_rate.bd_rate(CURVE, [(1000.0, 35.0), (2000.0, 35.0)])
    with pytest.raises(ValueError, match="0 bytes"):
        bd_rate.bd_rate(CURVE, [(0, 35.0), (2000.0, 36.0)])


def test_at_rate_compares_at_the_quality_that_the_rate_buys() -> None:
    found = bd_rate.at_rate(CURVE, scaled(0.4), 2000.0)
    assert found.quality == pytest.approx(36.0 - bd_rate.LEEWAY_DB, abs=0.05)
    assert found.size == pytest.approx(2000 * 2 ** (-bd_rate.LEEWAY_DB / 3), rel=0.01)
    assert found.change == pytest.approx(-60, abs=0.5)
    assert not found.capped


def test_at_rate_is_capped_where_the_camera_never_needs_so_many() -> None:
    found = bd_rate.at_rate(CURVE, scaled(0.4), 1e9)
    assert found.capped
    assert found.quality == pytest.approx(42.0 - bd_rate.LEEWAY_DB)
    assert found.change == pytest.approx(-60, abs=0.5)


def test_at_rate_does_not_compare_where_ours_falls_short() -> None:
    assert bd_rate.at_rate(CURVE, scaled(0.1, -2.0), 1e9).change is None
    little = bd_rate.at_rate(CURVE, scaled(1.0, -0.6), 1e9)
    assert little.change is not None and little.change > 0
    assert little.quality == pytest.approx(41.4)


def test_at_rate_does_not_make_much_of_a_curve_that_has_become_flat() -> None:
    """0.1 dB less at the noise's ceiling are 233 % more bytes to the letter, and nothing to the eye."""
    camera = [*CURVE, (16000.0, 42.3)]
    ours = [(size * 0.5, quality) for size, quality in CURVE] + [(8000.0, 42.2), (50000.0, 42.31)]
    found = bd_rate.at_rate(camera, ours, 16000.0)
    assert found.change is not None and found.change < -40


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_every_encoder_answers_each_frame_in_order(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVT_LOG", "1")
    frames = moving(8)
    sizes, errors = {}, {}
    for quantiser in (codec.quantisers[1], codec.quantisers[-1]):
        made = list(encode.encode(codec, quantiser, frames))
        assert len(made) == len(frames)
        assert [planes[0].shape for _, planes in made] == [(80, 96)] * 8
        sizes[quantiser] = sum(size for size, _ in made)
        apart = [float(np.abs(shown[0].astype(int) - sent[0]).mean()) for (_, shown), sent in zip(
            made, frames, strict=True)]  # fmt: skip
        # Of the frame it belongs to, and of no other: the texture moves.
        assert apart[4] < np.abs(made[4][1][0].astype(int) - frames[5][0]).mean()
        errors[quantiser] = np.mean(apart)
    fine, coarse = sizes
    assert sizes[fine] > sizes[coarse]
    assert errors[fine] < errors[coarse]


def test_only_the_persons_pixels_count() -> None:
    frames = moving(3)
    inside = np.zeros((80, 96), bool)
    inside[:, :48] = True
    elsewhere = [(np.where(inside, y, 255 - y).astype(np.uint8), u, v) for y, u, v in frames]
    found = measure.encoded(
        CODECS[2], CODECS[2].quantisers[0], frames, {"same": frames, "elsewhere": elsewhere}, [inside] * 3
    )
    assert found.errors["same"].tolist() == found.errors["elsewhere"].tolist()
    other = measure.encoded(
        CODECS[2], CODECS[2].quantisers[0], frames, {"elsewhere": elsewhere}, [~inside] * 3
    )
    assert other.errors["elsewhere"].min() > 100 * found.errors["elsewhere"].max()


def test_steady_state_leaves_the_first_second_out() -> None:
    sizes = np.r_[9000.0, np.full(measure.STEADY_FROM - 1, 50.0), np.full(20, 10.0)]
    encoded = measure.Encoded(sizes, {"camera": np.r_[np.full(measure.STEADY_FROM, 100.0), np.full(20, 1.0)]})
    assert encoded.point("camera", "steady") == pytest.approx((10.0, 20 * math.log10(255)))
    assert encoded.point("camera", "key")[0] == 9000.0


@pytest.mark.parametrize("share", [0.08, 0.25, 0.45])
def test_the_drawn_person_has_the_size_asked_for(share: float) -> None:
    made = material.drawn(2, share, 0.0, shaken=False)
    assert np.mean(made.alpha[0] > 127) == pytest.approx(share, rel=0.15)
    assert made.camera[0][0].shape == (material.HEIGHT, material.WIDTH)


def test_noise_is_of_the_strength_asked_for_and_the_clean_picture_has_none() -> None:
    made = material.drawn(2, 0.25, 4.0, shaken=False)
    apart = made.camera[1][0].astype(np.float64) - made.clean[1][0]
    assert apart.std() == pytest.approx(4.0, rel=0.1)
    assert made.camera[0][0][:40].std() > made.clean[0][0][:40].std()


def test_a_shaken_camera_moves_the_room_and_the_alpha_with_it() -> None:
    still, shaken = (material.drawn(3, 0.25, 0.0, shaken=shaken) for shaken in (False, True))
    corner = (slice(0, 60), slice(0, 60))
    assert (still.camera[0][0][corner] == still.camera[2][0][corner]).all()
    assert (shaken.camera[0][0][corner] != shaken.camera[2][0][corner]).any()
    assert shaken.alpha[0].shape == shaken.camera[0][0].shape == (material.HEIGHT, material.WIDTH)


def test_sure_pixels_keep_away_from_the_edge() -> None:
    alpha = np.zeros((40, 40), np.uint8)
    alpha[10:30, 10:30] = 255
    found = material.sure(alpha)
    assert found[12:28, 12:28].all()
    assert found.sum() == 16 * 16


def test_the_share_of_written_tiles_counts_tiles_with_any_difference() -> None:
    frames = [
        (np.zeros((64, 80), np.uint8), np.zeros((32, 40), np.uint8), np.zeros((32, 40), np.uint8))
        for _ in range(3)
    ]
    frames[1][0][0, 0] = 1  # there for one frame: written twice
    made = output.Output(frames, [], 3)
    assert made.written_share == pytest.approx(1 / 20)


def clip(name: str, changes: list[float | None], noise: float = 0.0, shaken: bool = False) -> dict[str, Any]:
    rows = [
        {
            "codec": "VP8",
            "variant": "sealed + denoise",
            "reference": reference,
            "bd_rate": dict.fromkeys(measure.PARTS, change),
            "at_usual_rate": {"kbits": 1, "psnr": 1, "change": change, "capped": False},
        }
        for reference, change in zip(("camera", "clean"), changes, strict=False)
    ]
    return {"name": name, "kind": "drawn", "noise": noise, "shaken": shaken, "person_share": 0.2,
            "person_cut": None, "rows": rows}  # fmt: skip


def test_the_summary_takes_the_clean_reference_where_there_is_one_and_counts_what_is_missing() -> None:
    clips = [clip("a", [-10.0]), clip("b", [50.0, -70.0], noise=2), clip("c", [5.0, None], noise=4)]
    found = summary.spread(
        summary.picked(clips, summary.at_usual, variant="sealed + denoise", reference="best")
    )
    assert (found.count, found.missing, found.median, found.least, found.most) == (2, 1, -40, -70, -10)
    said = summary.claim(clips)
    assert "40 % fewer bytes (from -70 to -10 %, 1 of 3 not comparable)" in said
    assert "3 clips" in said


def test_the_claim_says_more_where_it_is_more() -> None:
    assert "12 % more bytes" in summary.claim([clip("a", [12.0])])


def test_the_table_tells_the_classes_apart() -> None:
    text = summary.table([clip("a", [-10.0]), clip("b", [-30.0, -70.0], noise=2, shaken=True)])
    assert "| hand-held | sealed + denoise | -70 [-70 … -70]" in text
    assert "noise 4" not in text


def test_quantisers_go_from_fine_to_coarse() -> None:
    for codec in CODECS:
        assert all(fine < coarse for fine, coarse in pairwise(codec.quantisers))


def test_the_fitted_line_holds_for_three_of_four() -> None:
    rng = np.random.default_rng(3)
    shares = rng.uniform(0, 1, (200, 2)) * (0.5, 1.0)
    needed = 0.3 + 1.5 * shares[:, 0] + 0.1 * shares[:, 1] + rng.uniform(-0.04, 0.04, 200)
    always, person, written = need.fit([(p, w, n) for (p, w), n in zip(shares, needed, strict=True)])
    line = always + person * shares[:, 0] + written * shares[:, 1]
    assert np.mean(needed <= line + 1e-9) == pytest.approx(0.75, abs=0.02)
    assert (always, person, written) == pytest.approx((0.32, 1.5, 0.1), abs=0.04)


def test_the_fit_never_says_that_more_person_needs_less() -> None:
    line = need.fit([(0.1, 0.5, 0.9), (0.2, 0.5, 0.7), (0.3, 0.5, 0.5), (0.4, 0.5, 0.4)])
    assert min(line) >= 0


@pytest.mark.skipif(
    sys.platform != "linux", reason="real-time scheduling of threads is read from Linux's /proc"
)
@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_no_encoder_leaves_the_process_a_real_time_one(codec: Codec) -> None:
    """SVT-AV1 does, when root runs it; then a browser of the next test can starve the whole machine."""
    steps = encode.encode(codec, codec.quantisers[-1], moving(4))
    next(steps)
    found = {os.sched_getscheduler(int(thread.name)) for thread in Path("/proc/self/task").iterdir()}
    assert len(list(steps)) == 3
    assert found == {os.SCHED_OTHER}
