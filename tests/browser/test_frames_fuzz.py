"""Frames of any format, size, cut, turn, time and colour: concealed or told of, and then good ones are shown.

They hold nothing but noise, which is nobody: where it is still noise in the output it was let through. The
longer form, and the seed of a run before: see test_loading_fuzz.py.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from subject import Subject

CASES = int(os.environ.get("BLURSTREAM_FUZZ", "90"))
FIRST = int(os.environ.get("BLURSTREAM_FUZZ_SEED") or random.SystemRandom().randrange(2**31))
AT_ONCE = 30
SIZE = (320, 180)
# Mean step between neighbours in a corner: raw noise has 50 to 85, and blurred 'light' less than 5.
RAW_DETAIL = 20
MIN_SIDE, MOST_OBLONG = 16, 8  # others are not looked at, but veiled
FORMATS = ("I420", "I420A", "I422", "I444", "NV12", "RGBA", "RGBX", "BGRA", "BGRX", "canvas")
TYPED = {
    "frame",
    "frame-unreadable",
    "frame-unwritable",
    "frame-refused",
    "no-person",
    "low-confidence",
    "new-scene",
}

# Large ones take seconds to make: few of them.
small = st.sampled_from((1, 2, 3, 15, 16, 17, 31, 160, 161, 255, 322))
sides = st.one_of(small, small, small, small, small, st.sampled_from((640, 1279, 4096, 4097)))
times = st.sampled_from((0, 1, -1, -(2**40), 2**31, 2**40, 2**53 - 1, -(2**53) + 1, 33_333, 33_333))
colours = st.none() | st.fixed_dictionaries(
    {
        "matrix": st.sampled_from((None, "rgb", "bt709", "bt470bg", "smpte170m", "bt2020-ncl")),
        "primaries": st.sampled_from((None, "bt709", "bt2020", "smpte432")),
        "transfer": st.sampled_from((None, "bt709", "pq", "hlg", "linear", "iec61966-2-1")),
        "fullRange": st.sampled_from((None, True, False)),
    }
)


@st.composite
def odd_frames(draw: st.DrawFn) -> dict[str, Any]:
    width, height = draw(sides), draw(sides)
    if width * height > 2**22:
        height = draw(small)
    frame: dict[str, Any] = {
        "format": draw(st.sampled_from(FORMATS)),
        "codedWidth": width,
        "codedHeight": height,
        "timestamp": draw(times),
        "stride": draw(st.sampled_from((0, 0, 0, 1, 7, 64))),
    }
    if draw(st.booleans()):
        left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        frame["visibleRect"] = {
            "x": left,
            "y": top,
            "width": draw(st.integers(1, width - left)),
            "height": draw(st.integers(1, height - top)),
        }
    if draw(st.integers(0, 3)) == 0:
        frame |= {"displayWidth": draw(sides), "displayHeight": draw(sides)}
    if draw(st.integers(0, 3)) == 0:
        frame |= {"rotation": draw(st.sampled_from((0, 90, 180, 270))), "flip": draw(st.booleans())}
    if draw(st.booleans()):
        frame["colorSpace"] = draw(colours) or {}
    if draw(st.integers(0, 3)) == 0:
        frame["duration"] = draw(st.sampled_from((0, 1, 2**40)))
    return frame


@pytest.fixture
def subject(warm_subject: Subject) -> Subject:
    return warm_subject


def test_odd_frames(subject: Subject) -> None:
    print(f"frames: seed {FIRST}")
    subject.open(SIZE)
    subject.run(effect={"type": "blur", "strength": "light"})
    made = Counter[str]()

    @seed(FIRST)
    @settings(
        max_examples=max(CASES // AT_ONCE, 1),
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(odd_frames(), min_size=AT_ONCE, max_size=AT_ONCE))
    def try_all(frames: list[dict[str, Any]]) -> None:
        made["asked"] += len(frames)
        made["made"] += odd(subject, frames)

    try_all()
    print(dict(made))
    assert made["made"] > made["asked"] / 4, made


def odd(subject: Subject, frames: list[dict[str, Any]]) -> int:
    """Shows them, and then good ones; asserts what came out of it. How many the browser could make."""
    subject.pause()
    subject.look()
    before, told = len(subject.rows), len(subject.events)
    written = int(subject.page.evaluate("(frames) => subject.source.odd(frames)", frames))
    shown = subject.page.evaluate("() => subject.safe.stats?.composedFrames ?? 0")
    subject.show(SIZE)
    subject.until_state("running")
    subject.until(f"(subject.safe.stats?.composedFrames ?? 0) > {shown}")
    subject.until_frames(3)
    for row in subject.rows[before:]:
        short, long = sorted((row.width, row.height))
        if short < MIN_SIDE or long > MOST_OBLONG * short:
            assert row.flat, row
        assert not row.detail > RAW_DETAIL, row
    codes = {event.code for event in subject.events[told:] if event.type in ("warning", "error")}
    assert codes <= TYPED, (codes, subject.summary())
    return written
