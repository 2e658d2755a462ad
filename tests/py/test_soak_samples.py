"""What a long run is judged by, on samples whose answer is known."""

from __future__ import annotations

import pytest

from phases import CYCLE_MINUTES, cycles
from samples import Run, Sample, a_minute, middle, total, values, worst


def sample(at_s: float, renderer_mb: float = 100.0, phase: str = "steady", **stream: float | None) -> Sample:
    told = {"name": "camera", "heapBytes": 45e6, "fps": 30.0, "latencyMs": 10.0, "whole": 0.0, "frames": 5}
    return Sample(at_s, 0, phase, False, renderer_mb, 0.5, 1, [{**told, **stream}])


def test_a_leak_is_seen_through_noise() -> None:
    """Half a megabyte a second, and one odd sample that would turn a least-squares line."""
    leaking = [sample(at, 100 + at / 2) for at in range(20)]
    leaking[3] = sample(3, 4000)
    assert a_minute(leaking, "renderer_mb") == pytest.approx(30, abs=1)
    assert a_minute([sample(at, 100 + at % 2) for at in range(20)], "renderer_mb") == pytest.approx(0, abs=1)
    assert a_minute(leaking[:1], "renderer_mb") == 0


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
