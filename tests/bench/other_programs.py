"""How busy other programs kept the machine while something was measured (Linux; not known elsewhere)."""

from __future__ import annotations

import os
import time
from pathlib import Path

STAT = Path("/proc/stat")
DISTURBING = 0.25  # cores; from here on times are too long


class OtherPrograms:
    """Counts from when it is made. What this process and its children that have ended took is not theirs."""

    def __init__(self) -> None:
        self._busy, self._own, self._at = _busy_s(), _own_s(), time.monotonic()

    def cores(self) -> float | None:
        """The mean number of cores that other programs took."""
        busy = _busy_s()
        if busy is None or self._busy is None:
            return None
        others = busy - self._busy - (_own_s() - self._own)
        return round(max(0.0, others) / max(time.monotonic() - self._at, 1e-3), 2)


def told_of(cores: float | None) -> str:
    """A sentence that warns, if there is a reason to."""
    if cores is None or cores <= DISTURBING:
        return ""
    return (
        f"NOTE other programs took {cores:.1f} cores meanwhile: times are far too long, CPU by up to a third."
    )


def _busy_s() -> float | None:
    if not STAT.is_file():
        return None
    ticks = [int(n) for n in STAT.read_text("utf-8").split("\n", 1)[0].split()[1:]]
    return sum(ticks[i] for i in (0, 1, 2, 5, 6, 7)) / os.sysconf("SC_CLK_TCK")


def _own_s() -> float:
    return sum(os.times()[:4])  # user and system, this process's and those of its children
