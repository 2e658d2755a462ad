"""What the hours of a call may bring, one after the other, and for how long each."""

from __future__ import annotations

from dataclasses import dataclass

CYCLE_MINUTES = 10.0  # a longer run is so many cycles


@dataclass(frozen=True)
class Phase:
    """`share`: of a cycle's time."""

    name: str
    share: float


STEADY, AGAIN = Phase("steady", 0.30), Phase("steady again", 0.12)
FOUR = Phase("four streams", 0.18)
THROTTLED = Phase("page 6 times slower", 0.08)
STARVED = Phase("all of it 6 times slower", 0.08)
HIDDEN = Phase("tab hidden", 0.12)
LOST = Phase("devices lost and back", 0.05)
ASLEEP = Phase("asleep", 0.07)
PHASES = (STEADY, FOUR, THROTTLED, STARVED, HIDDEN, LOST, ASLEEP, AGAIN)
assert abs(sum(phase.share for phase in PHASES) - 1) < 1e-9


def cycles(minutes: float) -> list[float]:
    """Seconds of each cycle."""
    count = max(1, round(minutes / CYCLE_MINUTES))
    return [60 * minutes / count] * count
