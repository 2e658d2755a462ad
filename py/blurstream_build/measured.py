"""Tests that measure: run in full, with a report of gates, tables and pictures."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence

from . import browser
from .browser import Chromium
from .console import Console
from .node import Node
from .paths import Paths

# One of them may take hours.
LIMIT = ("--timeout=0",)


def run(
    paths: Paths,
    console: Console,
    name: str,
    extra: Sequence[str],
    env: Mapping[str, str],
    *,
    node: Node,
    chromium: Chromium,
) -> int:
    """Runs tests/`name`, which write to build/`name`, and prints their report; returns the exit code."""
    given = {
        **os.environ,
        "PYTHONPATH": str(paths.py),
        browser.ENV: str(chromium.program),
        "BLURSTREAM_NODE": str(node.node),
        **env,
    }
    console.line()
    command = [str(paths.venv_python), "-m", "pytest", *LIMIT, f"tests/{name}", *extra]
    code = subprocess.run(command, cwd=paths.root, env=given, check=False).returncode
    report = paths.build / name / "report.md"
    if report.is_file():
        console.line(f"\n{report.read_text('utf-8')}\n{report}")
    return code
