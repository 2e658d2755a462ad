"""How much work a frame gets: a ladder of levels, chosen from what frames have really taken.

Levels save work in the matte, the work planes and the frame rate. Privacy is not for sale: at every level a
frame is composed with its own mask or concealed.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Level:
    """`matte`: 'fast' leaves out what costs most. `work_factor_scale`: frame pixels to a work pixel, times
    this. `every`: one of so many camera frames is taken.
    """

    number: int
    name: str
    matte: Literal["fine", "fast"]
    work_factor_scale: Literal[1, 2]
    every: Literal[1, 2]


LEVELS = (
    Level(0, "full", "fine", 1, 1),
    Level(1, "light matte", "fast", 1, 1),
    Level(2, "coarse work planes", "fast", 2, 1),
    Level(3, "half rate", "fast", 2, 2),
)

# Shares of the time there is for a frame. Far apart: the level above needs more than what is measured here.
TOO_LONG, CALM = 0.85, 0.6
LATE_SHARE = 0.2  # of frames that a newer one overtook; counts only if they are long too (LATE_COUNTS)
LATE_COUNTS = 0.5
WINDOW_MS = 2000.0  # what is judged: the median over this long, so that half of it must have been too long
LEAST_FRAMES = 5  # and over so many frames, with a slow camera
JUDGE_EVERY_MS = 250.0
WARM_UP_MS = 3000.0  # the first runs of model and kernels are slow: code is still being compiled
SHORTEST_WAIT_MS, LONGEST_WAIT_MS = 5000.0, 80_000.0  # of calm, before a step up
HELD_MS = (
    30_000.0  # a step down sooner after a step up says that it was wrong: the next wait is twice as long
)
PAUSE_MS = 2000.0  # a longer gap is a camera that stopped or a machine that slept


@dataclass(frozen=True)
class Change:
    """`reason` is for people."""

    level: Level
    previous: Level
    reason: str

    @property
    def details(self) -> dict[str, object]:
        """Of the event, plain JSON values."""
        return {
            "level": self.level.number,
            "name": self.level.name,
            "reason": self.reason,
            "previousLevel": self.previous.number,
        }


@dataclass(frozen=True)
class _Frame:
    at: float
    busy: float
    model: float
    interval: float
    late: int

    @property
    def share(self) -> float:
        """Of the camera's interval; the two workers work side by side, so the slower one counts."""
        return max(self.busy, self.model) / self.interval


class Ladder:
    """Told about every frame; says when the level changes."""

    def __init__(self) -> None:
        self.level = LEVELS[0]
        self._frames: deque[_Frame] = deque()
        self._wait = SHORTEST_WAIT_MS
        self._stepped_up = -math.inf
        self._climbing = False  # the last step was one up, and has not held yet
        self._start: float | None = None  # what comes before is not counted
        self._last = self._judged = self._calm_since = -math.inf

    def restart(self) -> None:
        """Another model or frame size: frames are slow again at first. The level stays."""
        self._start = None

    def observe(
        self, now_ms: float, busy_ms: float, model_ms: float, interval_ms: float, late: int = 0
    ) -> Change | None:
        """A frame is done. `busy_ms`: of the composer's thread for it. `model_ms`: until its mask came, 0
        where the model was not run. `interval_ms`: between frames of the camera, taken or not. `late`: frames
        overtaken by a newer one since the last call, other than those that the level leaves out.

        Returns the change of level, if there is one; figures that are none are passed over.
        """
        figures = (now_ms, busy_ms, model_ms, interval_ms)
        if not all(math.isfinite(x) for x in figures) or interval_ms <= 0 or min(busy_ms, model_ms) < 0:
            return None
        gap, before = now_ms - self._last, self._last
        self._last = now_ms
        if self._start is None:
            self._start = self._begin(now_ms + WARM_UP_MS)
        elif not 0 <= gap <= PAUSE_MS + max(busy_ms, model_ms):
            # Nothing is known of the time between, nor whether the clock still is the one it was.
            self._start = self._begin(now_ms + max(self._start - before, 0))
        if now_ms < self._start:
            return None
        self._frames.append(_Frame(now_ms, busy_ms, model_ms, interval_ms, max(late, 0)))
        while len(self._frames) > LEAST_FRAMES and self._frames[0].at <= now_ms - WINDOW_MS:
            self._frames.popleft()
        full = len(self._frames) >= LEAST_FRAMES and now_ms - self._start >= WINDOW_MS
        if not full or now_ms - self._judged < JUDGE_EVERY_MS:
            return None
        self._judged = now_ms
        return self._judge(now_ms)

    def _judge(self, now: float) -> Change | None:
        number = self.level.number
        share = _median([frame.share for frame in self._frames])
        late = sum(frame.late for frame in self._frames)
        late_share = late / (late + len(self._frames))
        here = share / self.level.every
        too_late = late_share > LATE_SHARE and here > LATE_COUNTS
        above = share / LEVELS[max(number - 1, 0)].every
        if above > CALM or too_late:
            self._calm_since = now
        if self._climbing and now - self._stepped_up >= HELD_MS:
            self._wait, self._climbing = SHORTEST_WAIT_MS, False
        if here > TOO_LONG or too_late:
            if number == len(LEVELS) - 1:
                return None
            if self._climbing:
                self._wait = min(2 * self._wait, LONGEST_WAIT_MS)
            reason = self._took() if here > TOO_LONG else f"{late} of {late + len(self._frames)} frames late"
            return self._step(1, now, reason)
        if number and now - self._calm_since >= self._wait:
            change = self._step(-1, now, f"{self._took()} for {round((now - self._calm_since) / 1e3)} s")
            self._stepped_up = now
            return change
        return None

    def _took(self) -> str:
        busy, model = (_median([getattr(f, name) for f in self._frames]) for name in ("busy", "model"))
        interval = _median([frame.interval for frame in self._frames]) * self.level.every
        who = "the model" if model > busy else "frames"
        return f"{who} took {max(busy, model):.0f} ms of {interval:.0f} ms"

    def _step(self, by: int, now: float, reason: str) -> Change:
        previous, self.level = self.level, LEVELS[self.level.number + by]
        self._climbing = by < 0
        self._start = self._begin(now)
        return Change(self.level, previous, reason)

    def _begin(self, start: float) -> float:
        self._frames.clear()
        self._calm_since = start
        self._judged = -math.inf
        # After a jump of the clock a step up may seem to lie ahead.
        self._stepped_up = min(self._stepped_up, start)
        return start


def _median(values: list[float]) -> float:
    """The upper one of two."""
    return sorted(values)[len(values) // 2]
