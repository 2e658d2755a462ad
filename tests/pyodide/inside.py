"""Runs inside Pyodide: pytest with the outcome of every test written down as it becomes known.

One JSON object a line: {"test", "phase", "outcome", "why"}; outcome is started, passed, failed or skipped.
What is written before a crash of the whole interpreter is kept that way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest


class Writer:
    """A pytest plugin."""

    def __init__(self, report: str) -> None:
        self.file = Path(report).open("w", encoding="utf-8")  # noqa: SIM115 - closed when the session ends

    def write(self, test: str, phase: str, outcome: str, why: str = "") -> None:
        record = {"test": test, "phase": phase, "outcome": outcome, "why": why}
        self.file.write(json.dumps(record) + "\n")
        self.file.flush()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.write(nodeid, "start", "started")

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.write(report.nodeid, report.when, report.outcome, report.longreprtext)

    def pytest_collectreport(self, report: Any) -> None:
        if report.outcome != "passed":
            self.write(report.nodeid, "collection", report.outcome, report.longreprtext)

    def pytest_sessionfinish(self) -> None:
        self.file.close()


def main(args: Sequence[str], report: str) -> int:
    """Runs pytest; returns its exit code."""
    return int(pytest.main(list(args), plugins=[Writer(report)]))
