"""Bjontegaard delta rate: how many more or fewer bytes one curve needs for the quality of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

Curve = Sequence[tuple[float, float]]  # (bytes, PSNR in dB), any order
LEAST_OVERLAP_DB = 1.0
SHORTFALL_DB = 0.5
LEEWAY_DB = (
    0.25  # near the noise the curve is flat: the last of the quality costs many times the bytes, unseen
)
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
    """At LEEWAY_DB below the quality that the camera's picture has at some rate: what both take for it.

    `size`: bytes a frame of the camera there. `capped`: it never needs as many as the rate allows. Where ours
    falls short by up to SHORTFALL_DB the comparison is made at its best quality. `change`: percent; None
    where it falls shorter than that.
    """

    size: float
    quality: float
    change: float | None
    capped: bool


def at_rate(camera: Curve, ours: Curve, size: float) -> AtRate:
    """Compares a little below the quality that `size` bytes a frame buy the camera's picture."""
    low, high, log_bytes = _curve(camera)
    qualities = np.linspace(low, high, STEPS)
    sizes = np.exp(log_bytes(qualities))
    bought = float(np.interp(np.clip(size, sizes[0], sizes[-1]), sizes, qualities))
    wanted = max(low, bought - LEEWAY_DB)
    least, most, log_ours = _curve(ours)
    quality = min(wanted, most)
    used = float(np.exp(log_bytes(quality))) if quality >= low else float(sizes[0])
    if wanted - quality > SHORTFALL_DB or not max(low, least) <= quality:
        return AtRate(float(np.clip(size, sizes[0], sizes[-1])), wanted, None, capped=False)
    return AtRate(used, quality, (float(np.exp(log_ours(quality))) / used - 1) * 100, bool(sizes[-1] < size))


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
