"""Effects as data: plain JSON in, checked values out. Mirrors web/src/effects.ts and options.ts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .errors import OptionsError

# Blur sigma as a share of the frame's height, so that an effect looks the same at every resolution.
WEAKEST_SIGMA, STRONGEST_SIGMA = 0.01, 0.10
STRENGTHS = {"light": 0.12, "medium": 0.33, "private": 0.6}  # sigma 2.1 %, 4 %, 6.4 % of the height


BACKGROUNDS = ("sealed", "fresh")


@dataclass(frozen=True)
class Blur:
    """Gaussian blur of the background. `strength` 0..1.

    `background` 'sealed': one sample of each place, taken again only when the place really changes; 'fresh':
    every frame's own.
    """

    strength: float = STRENGTHS["private"]
    background: str = "sealed"

    @property
    def sigma(self) -> float:
        """Share of the frame's height."""
        return WEAKEST_SIGMA + (STRONGEST_SIGMA - WEAKEST_SIGMA) * self.strength


@dataclass(frozen=True)
class Color:
    """One colour, sRGB: `rgb` 0..255 each."""

    rgb: tuple[int, int, int]


@dataclass(frozen=True)
class Image:
    """A picture. `picture`: the number it is handed over under, see Pipeline.place_picture."""

    picture: int


PRIVATE = Blur()
Effect = Blur | Color | Image


@dataclass(frozen=True)
class Settings:
    """What a stream is asked for. `denoise`: tiles of the person that rest are averaged and held. `paused`:
    every frame is concealed, and looked at once only.
    """

    effect: Effect = PRIVATE
    denoise: bool = True
    paused: bool = False


def parse_settings(text: str) -> Settings:
    """JSON {"effect": {...}, "denoise": bool, "paused": bool} -> settings; each may be left out.

    Raises OptionsError, naming the value and what is allowed.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise OptionsError(f"settings are not JSON: {error}", value=text[:80]) from error
    if not isinstance(value, dict):
        raise OptionsError(f"settings are {value!r}; use an object", value=repr(value)[:80])
    denoise, paused = _switch(value, "denoise", True), _switch(value, "paused", False)
    effect = parse_effect(json.dumps(value["effect"])) if "effect" in value else PRIVATE
    return Settings(effect, denoise, paused)


def _switch(value: Mapping[str, object], name: str, default: bool) -> bool:
    given = value.get(name, default)
    if not isinstance(given, bool):
        raise OptionsError(f"{name} {given!r} is not one; use true or false", value=repr(given)[:80])
    return given


def parse_effect(text: str) -> Effect:
    """JSON of an effect -> the effect.

    Raises OptionsError, naming the value and what is allowed.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise OptionsError(f"effect is not JSON: {error}", value=text[:80]) from error
    kind = value.get("type") if isinstance(value, dict) else value
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        known = ", ".join(f"'{name}'" for name in _READERS)
        raise OptionsError(f"unknown effect type {kind!r}; known are {known}", value=repr(kind)[:80])
    return reader(value)


def _blur(value: Mapping[str, object]) -> Blur:
    background = value.get("background", "sealed")
    if background not in BACKGROUNDS:
        raise OptionsError(
            f"background {background!r} is not one; use 'sealed' or 'fresh'", value=repr(background)[:80]
        )
    return Blur(_strength(value.get("strength", "private")), str(background))


def _color(value: Mapping[str, object]) -> Color:
    color = value.get("color")
    digits = color.removeprefix("#") if isinstance(color, str) else ""
    if not (isinstance(color, str) and color.startswith("#") and re.fullmatch(r"[0-9a-fA-F]{6}", digits)):
        raise OptionsError(f"color {color!r} is not one; use '#rrggbb'", value=repr(color)[:80])
    red, green, blue = bytes.fromhex(digits)
    return Color((red, green, blue))


def _image(value: Mapping[str, object]) -> Image:
    picture = value.get("picture")
    if not isinstance(picture, int) or isinstance(picture, bool) or picture < 0:
        raise OptionsError(f"picture {picture!r} is not the number of one", value=repr(picture)[:80])
    return Image(picture)


_READERS: dict[str, Callable[[Mapping[str, object]], Effect]] = {
    "blur": _blur,
    "color": _color,
    "image": _image,
}


def _strength(value: object) -> float:
    if isinstance(value, str) and value in STRENGTHS:
        return STRENGTHS[value]
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    allowed = " | ".join(repr(name) for name in STRENGTHS)
    raise OptionsError(
        f"strength {value!r} is not one; use {allowed} or a number from 0 to 1", value=repr(value)[:80]
    )
