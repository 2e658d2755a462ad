"""Effects: what is taken, what is refused and how it is said."""

from __future__ import annotations

import json

import pytest

from blurstream.errors import OptionsError
from blurstream.options import (
    PRIVATE,
    Blur,
    Color,
    Effect,
    Greenscreen,
    Image,
    NoEffect,
    Presenter,
    Settings,
    parse_effect,
    parse_settings,
)


@pytest.mark.parametrize(
    ("strength", "value"),
    [("light", 0.12), ("medium", 0.33), ("private", 0.6), (0, 0.0), (1, 1.0), (0.25, 0.25)],
)
def test_strengths(strength: object, value: float) -> None:
    assert parse_effect(json.dumps({"type": "blur", "strength": strength})) == Blur(value)


def test_private_is_the_default_and_at_least_six_percent_of_the_height() -> None:
    assert parse_effect('{"type": "blur"}') == PRIVATE
    assert PRIVATE.sigma >= 0.06


GREENSCREEN = '"type": "greenscreen", "background": {"type": "color", "color": "#102030"}'


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ('{"type": "none"}', NoEffect()),
        ('{"type": "video", "picture": 2}', Image(2)),
        ('{"type": "video", "picture": 2, "fit": "fill", "position": [0, 1]}', Image(2, "fill", (0, 1))),
        (f"{{{GREENSCREEN}}}", Greenscreen(Color((16, 32, 48)), (0, 255, 0), 0.5, 0.5, 1)),
        (
            '{"type": "greenscreen", "key": "#0000ff", "tolerance": 0, "softness": 1, "spill": 0.25, '
            '"background": {"type": "video", "picture": 7, "fit": "contain", "position": [0.5, 0.5]}}',
            Greenscreen(Image(7, "contain"), (0, 0, 255), 0, 1, 0.25),
        ),
        ('{"type": "presenter", "picture": 3}', Presenter(3, "cutout", 1 / 3, (1, 1), PRIVATE)),
        (
            '{"type": "presenter", "picture": 3, "shape": "circle", "size": 0.25, "position": [0, 0.5], '
            '"background": {"type": "color", "color": "#ffffff"}}',
            Presenter(3, "circle", 0.25, (0, 0.5), Color((255, 255, 255))),
        ),
    ],
)
def test_effects_of_every_type(text: str, effect: Effect) -> None:
    assert parse_effect(text) == effect


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
        ('{"type": "image", "source": "/a.png"}', 'one; use a whole number from 0, as "picture": 1'),
        ('{"type": "video", "picture": 1, "fit": "tile"}', "'tile' is not one; use 'cover' or 'contain' or"),
        ('{"type": "video", "picture": 1, "position": [0.5]}', r"position \[0.5\] is not one"),
        ('{"type": "video", "picture": 1, "position": [0.5, 1.5]}', "position 1.5 is not one"),
        ('{"type": "video", "picture": 1, "position": "left"}', "'left'"),
        ('{"type": "greenscreen"}', "type None; known are 'color', 'image', 'video'"),
        ('{"type": "greenscreen", "background": {"type": "blur"}}', "type 'blur'; known are 'color'"),
        ('{"type": "greenscreen", "background": {"type": "color"}}', "color None"),
        (f'{{{GREENSCREEN}, "key": "green"}}', "key 'green' is not one; use '#rrggbb'"),
        (f'{{{GREENSCREEN}, "key": "#808080"}}', "'#808080' is hardly a colour"),
        (f'{{{GREENSCREEN}, "tolerance": -0.1}}', "tolerance -0.1 is not one; use a number from 0 to 1"),
        (f'{{{GREENSCREEN}, "softness": "hard"}}', "softness 'hard'"),
        (f'{{{GREENSCREEN}, "spill": NaN}}', "spill nan"),
        ('{"type": "presenter"}', "picture None"),
        ('{"type": "presenter", "picture": 1, "shape": "star"}', "shape 'star' is not one; use 'cutout' or"),
        ('{"type": "presenter", "picture": 1, "size": 0.05}', "size 0.05 is not one; use a number from 0.1"),
        ('{"type": "presenter", "picture": 1, "background": {"type": "none"}}', "'none'; known are 'blur'"),
        ('{"type": "presenter", "picture": 1, "background": null}', "type None"),
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
