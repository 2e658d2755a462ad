"""`build.py privacy`: every privacy test in full, with a report of gates, tables and pictures."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from . import assemble, browser
from .console import Console
from .paths import Paths

# What tests/privacy look at.
FORM, REPORT = "BLURSTREAM_PRIVACY", "BLURSTREAM_PRIVACY_REPORT"
FULL, SHORT = "full", "short"
# One of them may take many minutes: a hundred random orders of calls, each received in a call.
LIMIT = ("--timeout=3600", "--timeout-method=thread")


def privacy(paths: Paths, console: Console, extra: Sequence[str], *, quick: bool = False) -> int:
    """Builds, measures, writes build/privacy/report.{md,json} and pictures; returns the exit code."""
    node = assemble.build(paths, console, packages="test")
    chromium = browser.ensure(paths, console)
    folder = paths.build / "privacy"
    env = {
        **os.environ,
        "PYTHONPATH": str(paths.py),
        browser.ENV: str(chromium.program),
        "BLURSTREAM_NODE": str(node.node),
        FORM: SHORT if quick else FULL,
        REPORT: str(folder),
    }
    console.line()
    command = [str(paths.venv_python), "-m", "pytest", *LIMIT, "tests/privacy", *extra]
    code = subprocess.run(command, cwd=paths.root, env=env, check=False).returncode
    if (folder / "report.md").is_file():
        console.line(f"\n{(folder / 'report.md').read_text('utf-8')}\n{folder / 'report.md'}")
    return code
