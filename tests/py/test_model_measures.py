"""Measures of mattes, on cases whose answer is known by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from model_scripts import script

measures, comparison = script("evaluation.measures"), script("evaluation.comparison")

HEIGHT, WIDTH = 144, 256


def half(columns: int) -> Any:
    """float32: the person is the first `columns` columns."""
    alpha = np.zeros((HEIGHT, WIDTH), np.float32)
    alpha[:, :columns] = 1
    return alpha


def test_a_perfect_matte() -> None:
    found = measures.of_picture(half(100), half(100))
    for name in ("IoU, %", "pixel accuracy, %", "boundary F, %", "band IoU, %"):
        assert found[name] == 100, name
    for name in ("band MAD, x1000", "leak, %", "person cut, %"):
        assert found[name] == 0, name


def test_counts_of_an_edge_that_lies_ten_columns_off() -> None:
    found = measures.of_picture(half(110), half(100))
    assert found["IoU, %"] == pytest.approx(100 * 100 / 110)
    assert found["pixel accuracy, %"] == pytest.approx(100 * (WIDTH - 10) / WIDTH)
    assert found["leak, %"] == pytest.approx(100 * 10 / (WIDTH - 100))
    assert found["person cut, %"] == 0
    other = measures.of_picture(half(90), half(100))
    assert other["person cut, %"] == pytest.approx(10) and other["leak, %"] == 0


def test_band_is_two_percent_of_the_diagonal_to_either_side() -> None:
    """Of 5.87 pixels: six columns to either side have their middle within it."""
    reach = 0.02 * math.hypot(HEIGHT, WIDTH)
    columns = int(reach + 0.5)
    found = measures.of_picture(half(100 + columns // 2), half(100))
    assert found["band IoU, %"] == pytest.approx(100 * columns / (columns + columns // 2))
    far = half(100)
    far[:, 200:] = 1  # what is wrong far from the contour is none of the band's
    assert measures.of_picture(far, half(100))["band IoU, %"] == 100


@pytest.mark.parametrize(("off", "score"), [(2, 100.0), (3, 0.0)])
def test_boundary_f_has_a_tolerance(off: int, score: float) -> None:
    """0.75 % of the diagonal, here 2.2 pixels."""
    assert measures.of_picture(half(100 + off), half(100))["boundary F, %"] == score


def test_boundary_f_weighs_precision_and_recall() -> None:
    """A piece that is not there adds a contour as long as the true one: precision 1/2, recall 1."""
    ours = half(100)
    ours[:, 200:] = 1
    assert measures.of_picture(ours, half(100))["boundary F, %"] == pytest.approx(100 * 2 / 3)


def test_mad_is_of_the_band_alone() -> None:
    """Alpha of 0.4 on four columns beside the contour; the band is 20/720 of the height to either side."""
    ours = half(100)
    ours[:, 100:104] = 0.4
    assert measures.of_picture(ours, half(100))["band MAD, x1000"] == pytest.approx(1000 * 0.4 / 2)


def test_islands_and_holes() -> None:
    """An island of 60 pixels in the room; in the person a hole of 30 and a bay of 30, open to the side."""
    ours, true = half(100), half(100)
    ours[20:30, 200:206] = 1
    ours[50:55, 40:46] = 0
    ours[80:85, :6] = 0
    found = measures.of_picture(ours, true)
    assert found["leak in islands, %"] == pytest.approx(100 * 60 / (156 * HEIGHT))
    assert found["cut in holes, %"] == pytest.approx(100 * 30 / (100 * HEIGHT))
    assert found["person cut, %"] == pytest.approx(100 * 60 / (100 * HEIGHT))
    for one in (true, half(0)):
        clean = measures.of_picture(one, true)
        assert clean["leak in islands, %"] == clean["cut in holes, %"] == 0


def test_nobody_there() -> None:
    nobody = half(0)
    found = measures.of_picture(nobody, nobody)
    assert found["IoU, %"] == 100 and found["boundary F, %"] == 100
    assert math.isnan(found["person cut, %"]) and math.isnan(found["band IoU, %"])
    wrong = measures.of_picture(half(10), nobody)
    assert wrong["IoU, %"] == 0 and wrong["leak, %"] == pytest.approx(100 * 10 / WIDTH)


def test_dtssd_flicker_and_cumulative_leak() -> None:
    """One column of the room comes and goes: it was shown, whatever the frames after it say."""
    clip = measures.OfClip()
    for shown in (0.0, 0.6, 0.0, 0.3):
        alpha = half(100)
        alpha[:, 150] = shown
        clip.add(alpha, half(100))
    found = clip.result()
    steps = [0.6, 0.6, 0.3]
    assert found["dtSSD, x100"] == pytest.approx(
        100 * np.mean([s / math.sqrt(WIDTH) for s in steps]), rel=1e-5
    )
    assert found["flicker, x1000"] == pytest.approx(1000 * np.mean(steps) / WIDTH, rel=1e-5)
    assert found["ever shown > 50 %, %"] == pytest.approx(100 / (WIDTH - 100))
    assert found["ever shown > 25 %, %"] == pytest.approx(100 / (WIDTH - 100))


def test_a_matte_that_follows_the_person_does_not_flicker() -> None:
    clip = measures.OfClip()
    for at in (90, 95, 100):
        clip.add(half(at), half(at))
    assert clip.result() == {
        "dtSSD, x100": 0,
        "flicker, x1000": 0,
        "ever shown > 25 %, %": 0,
        "ever shown > 50 %, %": 0,
    }


def units(*ious: float) -> list[dict[str, float]]:
    return [{"IoU, %": value, "leak, %": 100 - value} for value in ious]


def test_change_is_of_the_error_and_paired() -> None:
    """Each picture has half the error: the interval is that one number, however unlike the pictures are."""
    theirs, ours = units(90, 98, 60, 99, 80), units(95, 99, 80, 99.5, 90)
    for measure in ("IoU, %", "leak, %"):
        found = comparison.change(ours, theirs, measure)
        assert (found.less, found.low, found.high) == pytest.approx((50, 50, 50))


def test_interval_holds_what_is_not_sure() -> None:
    rng = np.random.default_rng(1)
    theirs = rng.uniform(80, 99, 100)
    found = comparison.change(units(*(theirs + rng.normal(0, 5, 100))), units(*theirs), "IoU, %")
    assert found.low < 0 < found.high and found.low < found.less < found.high
    few = comparison.change(units(90, 91), units(80, 81), "IoU, %")
    assert few.less > 40 and math.isnan(few.low)


def test_interval_of_errors_that_are_rare() -> None:
    """One picture in six has an error: too few to say how sure the change is. One in six of 60: enough."""
    theirs = [{"leak, %": value} for value in (0, 0, 0, 0, 0, 3.0)]
    same = comparison.change(theirs, theirs, "leak, %")
    assert same.less == 0 and math.isnan(same.low) and math.isnan(same.high)
    many = comparison.change(theirs * 10, theirs * 10, "leak, %")
    assert (many.less, many.low, many.high) == (0, 0, 0)
    ours = [{"leak, %": value} for value in (0, 0.5, 0, 0, 0, 3.0)] * 10
    worse = comparison.change(ours, theirs * 10, "leak, %")
    assert worse.less == pytest.approx(-100 / 6) and -60 < worse.low < worse.less < worse.high < 0


def test_change_without_anything_to_compare() -> None:
    assert comparison.change(units(100, 100), units(100, 100), "IoU, %") is None
    nothing = [{"person cut, %": math.nan}] * 3
    assert comparison.change(nothing, nothing, "person cut, %") is None
