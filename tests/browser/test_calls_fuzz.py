"""Calls with anything in their arguments, and messages of any kind: a typed error that names the option.

What is right is done, and the stream goes on. The longer form, and the seed of a run before: see
test_loading_fuzz.py.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from subject import WORKERS, Subject, private

CASES = int(os.environ.get("BLURSTREAM_FUZZ", "250"))
FIRST = int(os.environ.get("BLURSTREAM_FUZZ_SEED") or random.SystemRandom().randrange(2**31))
AT_ONCE = 50
HANG_MS = 2000
LONGEST_MESSAGE = 700
SIZE = (320, 180)
SPECIAL = [
    *(
        "undefined",
        "nan",
        "infinity",
        "bigint",
        "symbol",
        "function",
        "throwing function",
        "throwing getters",
    ),
    *(
        "throwing proxy",
        "throwing list",
        "revoked",
        "cyclic",
        "without a prototype",
        "of another kind",
        "holes",
    ),
    *("long", "many", "date", "no primitive", "a blob", "an address", "an element", "an empty stream"),
    *("tracks of its own", "tracks that throw", "no tracks", "an aborted signal"),
]
SOURCE_THAT_THROWS = {"call": "replaceSource", "given": {"$": "throwing function"}}
special = st.sampled_from(SPECIAL).map(lambda name: {"$": name})
plain = st.one_of(
    *(st.none(), st.booleans(), st.integers(-3, 3), st.floats(-2, 2), st.text(max_size=8)),
    st.sampled_from(["blur", "private", "green", "#fff", "cover", "auto", "/nowhere.png", 2**60, 1e300]),
)
junk = st.recursive(
    plain | special | special,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these members, each as it should be or not; now and then with one more."""
    known = st.fixed_dictionaries({}, optional={name: one | junk for name, one in members.items()})
    return st.one_of(
        known, known, known, st.builds(lambda a, b: {**a, **b}, known, st.dictionaries(st.text(), junk))
    )


share, colour = st.floats(0, 1), st.sampled_from(["#008080", "#fff"])
place = st.lists(share, min_size=2, max_size=2)
blur = some(type=st.just("blur"), strength=share, background=st.sampled_from(["sealed", "fresh"]))
color = some(type=st.just("color"), color=colour)
picture = some(
    type=st.sampled_from(["image", "video"]),
    source=st.just("/nowhere.png"),
    fit=st.just("fill"),
    position=place,
)
screen = some(
    type=st.just("greenscreen"),
    background=color | picture,
    key=colour,
    tolerance=share,
    spill=share,
    softness=share,
)
presenter = some(
    type=st.just("presenter"), source=st.just("/nowhere.png"), size=share, position=place, background=blur
)
effect = st.one_of(blur, color, picture, screen, presenter, junk)
options = some(
    effect=effect, denoise=st.booleans(), assetBase=st.just("/"), signal=special, onProgress=special
)
cases = st.one_of(
    st.fixed_dictionaries({"call": st.sampled_from(["blurStream", "preload"]), "given": options | junk}),
    st.fixed_dictionaries(
        {"call": st.just("update"), "given": some(effect=effect, denoise=st.booleans()) | junk}
    ),
    st.fixed_dictionaries(
        {"call": st.sampled_from(["blurStream of", "replaceSource"]), "given": junk | special}
    ),
    st.fixed_dictionaries(
        {"call": st.just("replaceSource with"), "given": some(stopSource=st.just(False)) | junk}
    ),
    st.fixed_dictionaries(
        {
            "call": st.just("selfView"),
            "given": some(mode=st.just("page"), mirror=st.booleans(), label=st.text()) | junk,
        }
    ),
)
settings_ = some(effect=effect, denoise=st.booleans(), paused=st.booleans())
messages = st.fixed_dictionaries(
    {
        "to": st.sampled_from(["stream", "stream", "stream", "gate"]),
        "message": st.one_of(
            some(
                type=st.sampled_from(["update", "source", "hold", "start", "generate"]),
                id=st.integers(-5, 5).map(lambda number: number + 10**6),
                settings=settings_,
                picture=st.none(),
                moving=st.none(),
                source=st.none()
                | some(
                    type=st.sampled_from(["stream", "track", "element"]), readable=junk, track=junk, port=junk
                ),
                sink=some(type=st.sampled_from(["stream", "generated", "canvas"]), writable=junk, port=junk),
                reason=st.sampled_from(["", "source-muted"]),
            ),
            some(type=st.sampled_from(["probe", "open"]), port=junk, protocol=st.just(4), files=junk),
            junk,
        ),
    }
)


@pytest.fixture
def subject(warm_subject: Subject) -> Subject:
    """Running; with calls.mjs."""
    warm_subject.open(SIZE)
    warm_subject.page.evaluate(
        "async () => { globalThis.calls = await import('/pages/fuzz/calls.mjs'); calls.listenIn(); }"
    )
    assert sorted(warm_subject.page.evaluate("() => calls.names")) == sorted(SPECIAL)
    warm_subject.run()
    return warm_subject


def tried(batch: st.SearchStrategy[Any], run: Callable[[list[Any]], None]) -> None:
    """Gives `run` lists of them, CASES in all."""

    @seed(FIRST)
    @settings(
        max_examples=max(CASES // AT_ONCE, 1),
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(batch, min_size=AT_ONCE, max_size=AT_ONCE))
    def try_all(ones: list[Any]) -> None:
        run(ones)

    try_all()


def test_calls(subject: Subject) -> None:
    print(f"calls: seed {FIRST}")
    ends: Counter[str] = Counter()

    def run(ones: list[dict[str, Any]]) -> None:
        found = subject.page.evaluate("(cases) => calls.run(cases)", ones)
        for one, outcome in zip(ones, found, strict=True):
            assert outcome["ms"] < HANG_MS, (one, outcome)
            if "message" not in outcome:
                ends["taken"] += 1
                continue
            if one == SOURCE_THAT_THROWS:  # as when the user refuses the camera: the page's own error
                assert outcome["message"] == "broken by the test", outcome
                continue
            assert outcome["typed"] and outcome["exact"], (one, outcome)
            assert len(outcome["message"]) < LONGEST_MESSAGE, (one, outcome)
            if outcome["name"] == "OptionsError":
                assert outcome["details"]["option"], (one, outcome)
                assert outcome["details"]["option"].split(".")[0] in outcome["message"], (one, outcome)
            ends[outcome["code"]] += 1
        # A source that could not be opened has left the stream without one.
        subject.page.evaluate("() => subject.safe.replaceSource(subject.camera)")
        goes_on(subject)

    tried(cases, run)
    print(dict(ends.most_common()))
    assert ends["taken"] and ends["aborted"] and ends["invalid-option"] and ends["not-a-media-stream"], ends


def test_messages(subject: Subject) -> None:
    print(f"messages: seed {FIRST}")
    said = 0

    def run(ones: list[dict[str, Any]]) -> None:
        nonlocal said
        said += subject.page.evaluate("(messages) => calls.say(messages)", ones)
        subject.page.evaluate("() => calls.say([{to: 'stream', message: {type: 'hold', reason: null}}])")
        subject.page.evaluate("() => subject.safe.replaceSource(subject.camera)")
        goes_on(subject)

    tried(messages, run)
    codes = Counter(subject.codes("warning", "error"))
    print(f"{said} messages: {dict(codes)}")
    assert "message-refused" in codes
    assert not {"gate-died", "gate-hung", "composer-failed", "composer-garbled", "internal"} & set(codes), (
        codes
    )


def goes_on(subject: Subject) -> None:
    """Asserts that the person is shown, and that nothing of the room has been."""
    subject.page.evaluate("() => subject.safe.update({effect: {type: 'blur'}, denoise: true})")
    subject.until_frames(3)
    subject.until_state("running")
    private(subject.look() or subject.until_frames(3), "beside them")
    assert subject.workers() == sorted(WORKERS)
