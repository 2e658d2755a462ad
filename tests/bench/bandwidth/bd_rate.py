"""Bjontegaard delta rate: how many more or fewer bytes one curve needs for the quality of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

Curve = Sequence[tuple[float, float]]  # (bytes, PSNR in dB), any order
LEAST_OVERLAP_DB = 1.0
SHORTFALL_DB = 0.5
STEPS = 500  # in which a curve is turned around
CALL_DB = (32.0, 42.0)  # the person's quality in a call that works


def bd_rate(camera: Curve, ours: Curve, within: tuple[float, float] = CALL_DB) -> float | None:
    """Percent of bytes; negative where `ours` needs fewer. The mean of log bytes over the common qualities.

    None where the curves share less than LEAST_OVERLAP_DB: there is no quality at which to compare them.
    """
    (low_a, high_a, a), (low_b, high_b, b) = _curve(camera), _curve(ours)
    low, high = max(low_a, low_b, within[0]), min(high_a, high_b, within[1])
    if high - low < LEAST_OVERLAP_DB:
        return None
    mean = (b.integrate(low, high) - a.integrate(low, high)) / (high - low)
    return float(np.expm1(mean) * 100)


@dataclass(frozen=True)
class AtRate:
    """At the quality that the camera's picture has at some rate: what ours takes for it.

    `size`: bytes a frame of the camera there. Less than the wanted ones, and `capped`, where the camera never
    needs so many, or where ours falls short of the best quality by up to SHORTFALL_DB, so that the comparison
    is made a little below. `change`: percent; None where ours falls shorter than that.
    """

    size: float
    quality: float
    change: float | None
    capped: bool


def at_rate(camera: Curve, ours: Curve, size: float) -> AtRate:
    """Compares at the quality that `size` bytes a frame buy the camera's picture."""
    low, high, log_bytes = _curve(camera)
    qualities = np.linspace(low, high, STEPS)
    sizes = np.exp(log_bytes(qualities))
    wanted = float(np.interp(np.clip(size, sizes[0], sizes[-1]), sizes, qualities))
    least, most, log_ours = _curve(ours)
    quality = min(wanted, most)
    used = float(np.exp(log_bytes(quality))) if quality >= low else float(sizes[0])
    if wanted - quality > SHORTFALL_DB or not max(low, least) <= quality:
        return AtRate(float(np.clip(size, sizes[0], sizes[-1])), wanted, None, capped=False)
    return AtRate(used, quality, (float(np.exp(log_ours(quality))) / used - 1) * 100, used < size * 0.99)


def _curve(points: Curve) -> tuple[float, float, PchipInterpolator]:
    """(least, greatest PSNR, PSNR -> log bytes). What costs more for less is left out."""
    kept: list[tuple[float, float]] = []
    for size, quality in sorted(points):
        if size <= 0 or not np.isfinite(quality):
            raise ValueError(f"a point of {size} bytes and {quality} dB is not one of a rate curve")
        if not kept or quality > kept[-1][1] + 1e-6:
            kept.append((size, quality))
    if len(kept) < 2:
        raise ValueError(f"a rate curve needs two points of rising quality, not {list(points)}")
    qualities = [quality for _, quality in kept]
    return qualities[0], qualities[-1], PchipInterpolator(qualities, np.log([size for size, _ in kept]))
