"""Effects: what is taken, what is refused and how it is said."""

from __future__ import annotations

import json

import pytest

from blurstream.errors import OptionsError
from blurstream.options import PRIVATE, Blur, Settings, parse_effect, parse_settings


@pytest.mark.parametrize(
    ("strength", "value"),
    [("light", 0.12), ("medium", 0.33), ("private", 0.6), (0, 0.0), (1, 1.0), (0.25, 0.25)],
)
def test_strengths(strength: object, value: float) -> None:
    assert parse_effect(json.dumps({"type": "blur", "strength": strength})) == Blur(value)


def test_private_is_the_default_and_at_least_six_percent_of_the_height() -> None:
    assert parse_effect('{"type": "blur"}') == PRIVATE
    assert PRIVATE.sigma >= 0.06


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"type": "blurr"}', "'blurr'"),
        ("{}", "None"),
        ("[]", r"\[\]"),
        ("{", "not JSON"),
        ('{"type": "blur", "strength": 2}', "2 is not one; use 'light'"),
        ('{"type": "blur", "strength": -0.1}', "-0.1"),
        ('{"type": "blur", "strength": "strong"}', "'strong'"),
        ('{"type": "blur", "strength": true}', "True"),
        ('{"type": "blur", "strength": NaN}', "nan"),
        ('{"type": "blur", "strength": null}', "None"),
        ('{"type": "color"}', "color None is not one; use '#rrggbb'"),
        ('{"type": "color", "color": "teal"}', "'teal'"),
        ('{"type": "color", "color": "#12345g"}', "'#12345g'"),
        ('{"type": "color", "color": "123456"}', "'123456'"),
        ('{"type": "image", "picture": -1}', "-1"),
        ('{"type": "image", "picture": true}', "True"),
        ('{"type": "image", "source": "/a.png"}', "None is not the number of one"),
    ],
)
def test_bad_effects_are_named(text: str, named: str) -> None:
    with pytest.raises(OptionsError, match=named) as raised:
        parse_effect(text)
    assert raised.value.code == "options"


def test_settings() -> None:
    assert parse_settings("{}") == Settings(PRIVATE, denoise=True)
    text = '{"effect": {"type": "blur", "strength": 0.5, "background": "fresh"}, "denoise": false}'
    assert parse_settings(text) == Settings(Blur(0.5, "fresh"), denoise=False)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{", "not JSON"),
        ("[]", r"\[\]; use an object"),
        ('{"denoise": 1}', "denoise 1 is not one; use true or false"),
        ('{"denoise": null}', "None"),
        ('{"effect": null}', "None"),
        ('{"effect": {"type": "blur", "background": "open"}}', "'open' is not one; use 'sealed' or 'fresh'"),
        ('{"effect": {"type": "blur", "background": ["sealed"]}}', "sealed"),
    ],
)
def test_bad_settings_are_named(text: str, named: str) -> None:
    with pytest.raises(OptionsError, match=named):
        parse_settings(text)
