"""Results of many pictures, summed up, and set against a baseline's of the same pictures."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

Array = npt.NDArray[Any]

HIGHER_IS_BETTER = ("IoU, %", "pixel accuracy, %", "boundary F, %", "band IoU, %")
RESAMPLES, CONFIDENCE, SEED = 2000, 0.95, 7
LEAST_FOR_AN_INTERVAL = 5
MOST_WITHOUT = 0.01  # of the draws may be without an error of the baseline's
# As much of a percentage point, or of a thousandth, as an error's mean is rounded to at most.
NOTHING = 1e-9


@dataclass(frozen=True)
class Change:
    """How much less error than the baseline, %, and the interval that holds it; negative is worse."""

    less: float
    low: float
    high: float


def summary(values: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Means over what is not NaN."""
    result: dict[str, float] = {}
    for measure in dict.fromkeys(key for value in values for key in value):
        column = _column(values, measure)
        known = column[~np.isnan(column)]
        result[measure] = float(known.mean()) if known.size else float("nan")
    return result


def change(
    ours: Sequence[Mapping[str, float]], theirs: Sequence[Mapping[str, float]], measure: str
) -> Change | None:
    """The error of the same pictures, paired: 1 - ours / theirs, with a bootstrap interval (percentiles); NaN
    for too few pictures, or where so few have an error that many draws have none.

    None where the baseline has no error, or nothing was measured.
    """
    pairs = np.stack([_errors(ours, measure), _errors(theirs, measure)])
    pairs = pairs[:, ~np.isnan(pairs).any(0)]
    if pairs.shape[1] == 0 or pairs[1].mean() < NOTHING:
        return None
    less = float(_less(pairs[0], pairs[1], axis=-1))
    none = Change(less, float("nan"), float("nan"))
    if pairs.shape[1] < LEAST_FOR_AN_INTERVAL:
        return none
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        drawn = stats.bootstrap(
            (pairs[0], pairs[1]),
            _less,
            paired=True,
            vectorized=True,
            n_resamples=RESAMPLES,
            method="percentile",
            rng=np.random.default_rng(SEED),
        ).bootstrap_distribution
    if np.isnan(drawn).mean() > MOST_WITHOUT:
        return none
    low, high = np.nanpercentile(drawn, [50 * (1 - CONFIDENCE), 50 * (1 + CONFIDENCE)])
    return Change(less, float(low), float(high))


def _less(ours: Array, theirs: Array, axis: int) -> Any:
    """NaN where the baseline has no error: of a draw of pictures that are all right nothing can be said."""
    baseline = theirs.mean(axis)
    return 100 * (1 - ours.mean(axis) / np.where(baseline < NOTHING, np.nan, baseline))


def _errors(values: Sequence[Mapping[str, float]], measure: str) -> Array:
    column = _column(values, measure)
    return 100 - column if measure in HIGHER_IS_BETTER else column


def _column(values: Sequence[Mapping[str, float]], measure: str) -> Array:
    return np.array([value.get(measure, np.nan) for value in values], np.float64)


def without_nan(value: Any) -> Any:
    """JSON has no NaN: what could not be measured is null."""
    if isinstance(value, dict):
        return {key: without_nan(inner) for key, inner in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value
