"""The line of blurstream.bitrate, fitted to the measured clips: what ours needs of the usual rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import linprog

from .summary import Clip, picked

QUANTILE = 0.75


def points(clips: Sequence[Clip]) -> list[tuple[float, float, float]]:
    """(person share, written share, needed share of the usual rate) of every clip, codec and variant."""
    found = []
    for clip in clips:
        for variant, written in clip["written_share"].items():
            changes = picked([clip], _change, variant=variant, reference="best")
            found += [(clip["matte_share"], written, 1 + c / 100) for c in changes if c is not None]
    return found


def fit(measured: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """(always, person, written): QUANTILE of the points lie on or below the line. None of the three falls
    below 0, for more person and more change cannot need less.
    """
    array = np.array(measured)
    shares, needed = np.c_[np.ones(len(array)), array[:, :2]], array[:, 2]
    count, terms = shares.shape
    cost = np.r_[np.zeros(terms), np.full(count, QUANTILE), np.full(count, 1 - QUANTILE)]
    equal = np.c_[shares, np.eye(count), -np.eye(count)]
    line = linprog(cost, A_eq=equal, b_eq=needed, bounds=(0, None)).x[:terms]
    return float(line[0]), float(line[1]), float(line[2])


def sentence(clips: Sequence[Clip]) -> str:
    """The line in words, for the report."""
    measured = points(clips)
    always, person, written = fit(measured)
    return (
        f"Share of the usual rate that {QUANTILE:.0%} of {len(measured)} cases do with: {always:.2f} + "
        f"{person:.2f} x person + {written:.2f} x written tiles."
    )


def _change(row: dict[str, Any]) -> float | None:
    change = row["at_usual_rate"]["change"]
    return None if change is None else float(change)
