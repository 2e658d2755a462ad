"""What a run of hours is judged by: samples of every few seconds, and what they come to."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sample:
    """At `at_s` of the run, in a phase of a cycle. `streams`: as pages/soak.js tells of each."""

    at_s: float
    cycle: int
    phase: str
    hidden: bool
    renderer_mb: float
    cores: float  # that the browser took since the last one
    open_frames: int
    streams: list[dict[str, Any]]

    @property
    def heap_mb(self) -> float:
        """Of the one Python that all streams share."""
        return max((stream["heapBytes"] / 1e6 for stream in self.streams), default=0.0)


@dataclass(frozen=True)
class Held:
    """Memory of the renderer without the garbage of any thread: what it swings by says nothing."""

    at_s: float
    mb: float
    heap_mb: float  # Python's, which is in it

    def since(self, before: Held) -> float:
        """MB that have come to it, Python's heap aside: that has a gate of its own."""
        return (self.mb - self.heap_mb) - (before.mb - before.heap_mb)


@dataclass
class Run:
    """`back_s`: how long it took until the person was shown again, by what had happened."""

    samples: list[Sample] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    back_s: dict[str, float] = field(default_factory=dict)
    events: list[dict[str, str]] = field(default_factory=list)
    left_open: int = -1
    frames: int = 0

    def of(self, *phases: str, cycle: int | None = None) -> list[Sample]:
        return [one for one in self.samples if one.phase in phases and cycle in (None, one.cycle)]


def values(samples: Iterable[Sample], key: str) -> list[float]:
    """Of all streams, where they have one."""
    return [one[key] for sample in samples for one in sample.streams if one[key] is not None]


def middle(found: Sequence[float]) -> float:
    return statistics.median(found) if found else float("nan")


def worst(samples: Iterable[Sample], key: str) -> float:
    return max(values(samples, key), default=-1.0)


def total(samples: Iterable[Sample], key: str) -> int:
    return int(sum(values(samples, key)))
