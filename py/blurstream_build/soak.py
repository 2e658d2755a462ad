"""`build.py soak`: streams that run for long, through all that may happen, with a report and plots."""

from __future__ import annotations

from collections.abc import Sequence

from . import assemble, browser, measured
from .console import Console
from .paths import Paths

# What tests/soak look at.
MINUTES, REPORT = "BLURSTREAM_SOAK_MINUTES", "BLURSTREAM_SOAK_REPORT"


def soak(paths: Paths, console: Console, extra: Sequence[str], *, minutes: float) -> int:
    """Builds, runs, writes build/soak/report.{md,json} and soak.png; returns the exit code."""
    node = assemble.build(paths, console, packages="test")
    chromium = browser.ensure(paths, console)
    env = {MINUTES: f"{minutes:g}", REPORT: str(paths.build / "soak")}
    return measured.run(paths, console, "soak", ["-s", *extra], env, node=node, chromium=chromium)
