"""`build.py privacy`: every privacy test in full, with a report of gates, tables and pictures."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from . import assemble, browser
from .console import Console
from .errors import BuildError
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
    if not quick:
        _reader(console)
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


def _reader(console: Console) -> None:
    """Tesseract, which tries to read what is on the wall; the report has no figure of it without."""
    with console.step("tesseract") as step:
        if shutil.which("tesseract"):
            return step.done("on PATH")
        if not (shutil.which("apt-get") and browser.needs_no_sandbox()):
            return step.done("not here: install tesseract-ocr to have its figures, too")
        try:
            quiet = {"DEBIAN_FRONTEND": "noninteractive"}
            console.run(step, ["apt-get", "update", "-q"], what="apt-get update", fix="", env=quiet)
            install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "tesseract-ocr"]
            console.run(step, install, what="apt-get install tesseract-ocr", fix="", env=quiet)
            return step.done("installed with apt-get")
        except BuildError as error:
            return step.done(f"could not be installed ({error.why.splitlines()[0]}): no figures of it")
