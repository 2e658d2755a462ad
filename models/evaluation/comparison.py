"""Results of many pictures, summed up, and set against a baseline's of the same pictures."""

from __future__ import annotations

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
    """The error of the same pictures, paired: 1 - ours / theirs, with a bootstrap interval (percentiles).

    None where the baseline has no error, or nothing was measured.
    """
    pairs = np.stack([_errors(ours, measure), _errors(theirs, measure)])
    pairs = pairs[:, ~np.isnan(pairs).any(0)]
    if pairs.shape[1] == 0 or pairs[1].mean() < NOTHING:
        return None
    less = _less(pairs[0], pairs[1], axis=-1)
    if pairs.shape[1] < LEAST_FOR_AN_INTERVAL:
        return Change(float(less), float("nan"), float("nan"))
    found = stats.bootstrap(
        (pairs[0], pairs[1]),
        _less,
        paired=True,
        vectorized=True,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Change(float(less), float(found.low), float(found.high))


def _less(ours: Array, theirs: Array, axis: int) -> Any:
    return 100 * (1 - ours.mean(axis) / np.maximum(theirs.mean(axis), NOTHING))


def _errors(values: Sequence[Mapping[str, float]], measure: str) -> Array:
    column = _column(values, measure)
    return 100 - column if measure in HIGHER_IS_BETTER else column


def _column(values: Sequence[Mapping[str, float]], measure: str) -> Array:
    return np.array([value.get(measure, np.nan) for value in values], np.float64)
