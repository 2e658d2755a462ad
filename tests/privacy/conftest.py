"""The privacy tests: each measures, tells the report, and fails where a gate is not kept to.

In `build.py test` they run in a short form. `build.py privacy` runs them in full and writes the report.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from blurstream_build.privacy import FORM, FULL, REPORT
from report import Report


@pytest.fixture(scope="session")
def full() -> bool:
    """Whether all is to be measured, however long it takes."""
    return os.environ.get(FORM) == FULL


@pytest.fixture(scope="session")
def report(full: bool) -> Iterator[Report]:
    folder = os.environ.get(REPORT)
    found = Report(Path(folder) if folder else None)
    yield found
    print(f"\n{found.text(FULL if full else 'short form')}")
    found.write(FULL if full else "short form")
