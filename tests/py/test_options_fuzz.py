"""Settings of any kind: taken, or refused with OptionsError; nothing else leaves the parser."""

from __future__ import annotations

import json
import os

from hypothesis import given, settings
from hypothesis import strategies as st

from blurstream.errors import OptionsError
from blurstream.options import Settings, parse_effect, parse_settings

CASES = int(os.environ.get("BLURSTREAM_FUZZ", "200"))

junk = st.recursive(
    st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
        st.sampled_from(
            ["blur", "private", "sealed", "#008080", "#00b140", "cover", "circle", 10**400, -0.0]
        ),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    [
        *("type", "strength", "background", "color", "picture", "fit", "position", "key", "tolerance"),
        *("softness", "spill", "shape", "size", "effect", "denoise", "paused"),
    ]
)
types = st.sampled_from(["blur", "color", "image", "video", "greenscreen", "presenter", "none"])
effects = st.builds(
    lambda kind, rest: {**rest, "type": kind},
    types | junk,
    st.dictionaries(names, st.recursive(junk, lambda inner: st.dictionaries(names, inner)), max_size=4),
)
asked = st.dictionaries(names | st.text(max_size=8), effects | junk, max_size=4)
texts = (
    st.text()
    | st.builds(json.dumps, junk)
    | st.builds(
        lambda piece, count: piece * count, st.sampled_from(["[", '{"type":']), st.integers(0, 50_000)
    )
    | st.builds(lambda whole, cut: json.dumps(whole)[:cut], junk, st.integers(0, 60))
)


@settings(max_examples=CASES, deadline=2000)
@given(st.builds(json.dumps, effects) | texts)
def test_effects(text: str) -> None:
    try:
        parse_effect(text)
    except OptionsError as error:
        assert str(error)
        json.dumps(error.details)


@settings(max_examples=CASES, deadline=2000)
@given(
    st.builds(json.dumps, st.builds(lambda effect, rest: {**rest, "effect": effect}, effects, asked)) | texts
)
def test_settings(text: str) -> None:
    try:
        assert isinstance(parse_settings(text), Settings)
    except OptionsError as error:
        assert str(error)
