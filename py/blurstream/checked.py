"""Values of a JSON object, checked: each function gives one, or raises OptionsError with what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .errors import OptionsError


def switch(value: Mapping[str, object], name: str, default: bool) -> bool:
    given = value.get(name, default)
    if not isinstance(given, bool):
        raise OptionsError(f"{name} {given!r} is not one; use true or false", value=repr(given)[:80])
    return given


def one_of(value: Mapping[str, object], name: str, allowed: Sequence[str], default: str) -> str:
    given = value.get(name, default)
    if isinstance(given, str) and given in allowed:
        return given
    known = " or ".join(f"'{one}'" for one in allowed)
    raise OptionsError(f"{name} {given!r} is not one; use {known}", value=repr(given)[:80])


def number(value: Mapping[str, object], name: str, default: float, least: float = 0.0) -> float:
    given = value.get(name, default)
    if isinstance(given, int | float) and not isinstance(given, bool) and least <= given <= 1:
        return float(given)
    raise OptionsError(
        f"{name} {given!r} is not one; use a number from {least:g} to 1", value=repr(given)[:80]
    )


def position(value: Mapping[str, object], default: tuple[float, float]) -> tuple[float, float]:
    given = value.get("position", default)
    if isinstance(given, list | tuple) and len(given) == 2:
        x, y = ({"position": at} for at in given)
        return number(x, "position", 0), number(y, "position", 0)
    raise OptionsError(f"position {given!r} is not one; use [x, y], from 0 to 1", value=repr(given)[:80])


def picture(value: Mapping[str, object]) -> int:
    given = value.get("picture")
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given
    raise OptionsError(
        f'picture {given!r} is not the number of one; use a whole number from 0, as "picture": 1',
        value=repr(given)[:80],
    )


def rgb(value: Mapping[str, object], name: str, default: str | None = None) -> tuple[int, int, int]:
    given = value.get(name, default)
    if not (isinstance(given, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", given)):
        raise OptionsError(f"{name} {given!r} is not one; use '#rrggbb'", value=repr(given)[:80])
    red, green, blue = bytes.fromhex(given[1:])
    return red, green, blue
