"""What a long run is judged by, on samples whose answer is known."""

from __future__ import annotations

import pytest

from phases import CYCLE_MINUTES, cycles
from samples import Held, Run, Sample, middle, total, values, worst


def sample(at_s: float, renderer_mb: float = 100.0, phase: str = "steady", **stream: float | None) -> Sample:
    told = {"name": "camera", "heapBytes": 45e6, "fps": 30.0, "latencyMs": 10.0, "whole": 0.0, "frames": 5}
    return Sample(at_s, 0, phase, False, renderer_mb, 0.5, 1, [{**told, **stream}])


def test_what_has_come_to_the_memory_is_told_without_pythons_heap() -> None:
    before, after = Held(60, 310, 45), Held(120, 340, 65)
    assert after.since(before) == 10
    assert before.since(after) == -10


def test_what_a_stream_has_not_told_is_left_out() -> None:
    samples = [sample(0, latencyMs=None), sample(1, whole=0.9), sample(2, latencyMs=30.0)]
    assert values(samples, "latencyMs") == [10.0, 30.0]
    assert middle(values(samples, "latencyMs")) == 20.0
    assert worst(samples, "whole") == 0.9
    assert total(samples, "frames") == 15
    assert samples[0].heap_mb == 45


def test_samples_of_a_phase() -> None:
    run = Run(samples=[sample(0), sample(1, phase="asleep")])
    assert [one.at_s for one in run.of("asleep")] == [1]
    assert run.of("asleep", cycle=1) == []


@pytest.mark.parametrize(("minutes", "count"), [(0.25, 1), (10, 1), (30, 3), (180, 18)])
def test_hours_are_many_cycles(minutes: float, count: int) -> None:
    seconds = cycles(minutes)
    assert len(seconds) == count
    assert sum(seconds) == pytest.approx(60 * minutes)
    assert max(seconds) <= 60 * CYCLE_MINUTES * 1.5
