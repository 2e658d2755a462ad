"""Effects as data: plain JSON in, checked values out. Mirrors web/src/effects.ts and options.ts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from .checked import number, one_of, picture, position, rgb, switch
from .errors import OptionsError
from .scale import Fit

Shape = Literal["cutout", "circle", "rounded"]

# Blur sigma as a share of the frame's height, so that an effect looks the same at every resolution.
WEAKEST_SIGMA, STRONGEST_SIGMA = 0.01, 0.10
STRENGTHS = {"light": 0.12, "medium": 0.33, "private": 0.6}  # sigma 2.1 %, 4 %, 6.4 % of the height


BACKGROUNDS = ("sealed", "fresh")
FITS = ("cover", "contain", "fill")
SHAPES = ("cutout", "circle", "rounded")
SMALLEST_PRESENTER = 0.1
LEAST_COLOURED = 64  # between the largest and the smallest of a key's red, green and blue


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
    """A picture. `picture`: the number it is handed over under, see Pipeline.place_picture and begin_picture.

    `fit` and `position` (0..1 each way, of what is cut off or left free) are of pictures in a size of their
    own; those that are placed have been drawn in the frame's already.
    """

    picture: int
    fit: Fit = "cover"
    position: tuple[float, float] = (0.5, 0.5)


@dataclass(frozen=True)
class Greenscreen:
    """What is of the key's hue is taken for a screen behind the person; no model. `key`: sRGB, 0..255 each.

    `tolerance` 0..1: how far from the screen's own colour still counts as screen. `softness` 0..1: how wide
    the edge is. `spill` 0..1: how much of the screen's light is taken off the person. See keyed.
    """

    background: Color | Image
    key: tuple[int, int, int] = (0, 255, 0)
    tolerance: float = 0.5
    softness: float = 0.5
    spill: float = 1.0


@dataclass(frozen=True)
class Presenter:
    """The person over their slides. `picture`: the number of the slides, in whose size frames come out.

    `size` 0.1..1: height of the person's picture as a share of the slides'. `position`: 0..1 each way, where
    in what is left free beside it. `background`: of the room inside of a circle or rounded rectangle.
    """

    picture: int
    shape: Shape = "cutout"
    size: float = 1 / 3
    position: tuple[float, float] = (1.0, 1.0)
    background: Blur | Color = Blur()


@dataclass(frozen=True)
class NoEffect:
    """The camera's picture as it is: the one way for raw pixels."""


PRIVATE = Blur()
Effect = Blur | Color | Image | Greenscreen | Presenter | NoEffect


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
    except (ValueError, RecursionError) as error:
        raise OptionsError(f"settings are not JSON: {error}", value=text[:80]) from error
    if not isinstance(value, dict):
        raise OptionsError(f"settings are {value!r}; use an object", value=repr(value)[:80])
    denoise, paused = switch(value, "denoise", True), switch(value, "paused", False)
    effect = parse_effect(json.dumps(value["effect"])) if "effect" in value else PRIVATE
    return Settings(effect, denoise, paused)


def parse_effect(text: str) -> Effect:
    """JSON of an effect -> the effect.

    Raises OptionsError, naming the value and what is allowed.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OptionsError(f"effect is not JSON: {error}", value=text[:80]) from error
    return _effect(value, tuple(_READERS))


def _effect(value: object, allowed: Sequence[str]) -> Effect:
    """`allowed`: the types that may stand here."""
    kind = value.get("type") if isinstance(value, dict) else value
    if not (isinstance(value, dict) and isinstance(kind, str) and kind in allowed):
        known = ", ".join(f"'{name}'" for name in allowed)
        raise OptionsError(f"unknown effect type {kind!r}; known are {known}", value=repr(kind)[:80])
    return _READERS[kind](value)


def _blur(value: Mapping[str, object]) -> Blur:
    background = one_of(value, "background", BACKGROUNDS, "sealed")
    return Blur(_strength(value.get("strength", "private")), background)


def _color(value: Mapping[str, object]) -> Color:
    return Color(rgb(value, "color"))


def _image(value: Mapping[str, object]) -> Image:
    fit = cast(Fit, one_of(value, "fit", FITS, "cover"))
    return Image(picture(value), fit, position(value, (0.5, 0.5)))


def _greenscreen(value: Mapping[str, object]) -> Greenscreen:
    key = rgb(value, "key", "#00ff00")
    if max(key) - min(key) < LEAST_COLOURED:
        raise OptionsError(
            f"key {value.get('key')!r} is hardly a colour; use a green, a blue, or another clear one",
            value=repr(value.get("key")),
        )
    return Greenscreen(
        cast(Color | Image, _effect(value.get("background"), ("color", "image", "video"))),
        key,
        number(value, "tolerance", 0.5),
        number(value, "softness", 0.5),
        number(value, "spill", 1.0),
    )


def _presenter(value: Mapping[str, object]) -> Presenter:
    background = value.get("background", {"type": "blur"})
    return Presenter(
        picture(value),
        cast(Shape, one_of(value, "shape", SHAPES, "cutout")),
        number(value, "size", 1 / 3, least=SMALLEST_PRESENTER),
        position(value, (1.0, 1.0)),
        cast(Blur | Color, _effect(background, ("blur", "color"))),
    )


_READERS: dict[str, Callable[[Mapping[str, object]], Effect]] = {
    "blur": _blur,
    "color": _color,
    "image": _image,
    "video": _image,
    "greenscreen": _greenscreen,
    "presenter": _presenter,
    "none": lambda _: NoEffect(),
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
