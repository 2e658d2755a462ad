"""Effects as data: plain JSON in, checked values out. Mirrors web/src/options.ts."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .errors import OptionsError

# Blur sigma as a share of the frame's height, so that an effect looks the same at every resolution.
WEAKEST_SIGMA, STRONGEST_SIGMA = 0.01, 0.10
STRENGTHS = {"light": 0.12, "medium": 0.33, "private": 0.6}  # sigma 2.1 %, 4 %, 6.4 % of the height


@dataclass(frozen=True)
class Blur:
    """Gaussian blur of the background. `strength` 0..1."""

    strength: float = STRENGTHS["private"]

    @property
    def sigma(self) -> float:
        """Share of the frame's height."""
        return WEAKEST_SIGMA + (STRONGEST_SIGMA - WEAKEST_SIGMA) * self.strength


PRIVATE = Blur()
Effect = Blur


def parse_effect(text: str) -> Effect:
    """JSON of an effect -> the effect.

    Raises OptionsError, naming the value and what is allowed.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise OptionsError(f"effect is not JSON: {error}", value=text[:80]) from error
    if not isinstance(value, dict) or value.get("type") != "blur":
        given = value.get("type") if isinstance(value, dict) else value
        raise OptionsError(f"unknown effect type {given!r}; use {{type: 'blur'}}", value=repr(given)[:80])
    return Blur(_strength(value.get("strength", "private")))


def _strength(value: object) -> float:
    if isinstance(value, str) and value in STRENGTHS:
        return STRENGTHS[value]
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    allowed = " | ".join(repr(name) for name in STRENGTHS)
    raise OptionsError(
        f"strength {value!r} is not one; use {allowed} or a number from 0 to 1", value=repr(value)[:80]
    )
