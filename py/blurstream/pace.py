"""How fast the camera goes, how long frames take, and so how many of them get a mask of their own."""

from __future__ import annotations

from time import perf_counter

from .activity import Activity, Tact
from .condition import Report
from .quality import Ladder
from .workspace import Ticket


class Pace:
    """Without a `ladder` every frame is taken, at full quality."""

    def __init__(self, ladder: Ladder | None, report: Report, activity: Activity) -> None:
        self.ladder = ladder
        self._report, self._activity = report, activity
        self._tact = Tact()
        self._left_out = 0

    @property
    def fps(self) -> float:
        """Of the camera."""
        return self._tact.fps

    @property
    def coarse(self) -> int:
        """See Geometry."""
        return self.ladder.level.work_factor_scale if self.ladder is not None else 1

    def new_size(self) -> None:
        """Of the camera's frames: what was measured holds no more."""
        if self.ladder is not None and self.coarse == 1:
            self.ladder.restart()

    def arrived(self, ticket: Ticket, timestamp_us: int) -> None:
        self._tact.arrived(timestamp_us)
        ticket.late = self._tact.late

    def leaves_out(self, ticket: Ticket) -> bool:
        """Of the frames that need a mask, the level takes one of so many."""
        if self.ladder is None or self.ladder.level.every == 1 or ticket.cut:
            return False
        self._left_out = (self._left_out + 1) % self.ladder.level.every
        return self._left_out > 0

    def observe(self, ticket: Ticket) -> None:
        """A frame that went the whole way is done."""
        if self.ladder is None or ticket.repeats:
            return
        change = self.ladder.observe(
            perf_counter() * 1e3, ticket.busy_ms, ticket.model_ms, self._tact.interval_ms, ticket.late
        )
        self._activity.level = self.ladder.level
        if change is not None:
            self._activity.reason = change.reason
            self._report("quality", "quality", f"{change.level.name}: {change.reason}", change.details)
