"""`build.py privacy`: every privacy test in full, with a report of gates, tables and pictures."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from . import assemble, browser, measured
from .console import Console
from .errors import BuildError
from .paths import Paths

# What tests/privacy look at.
FORM, REPORT = "BLURSTREAM_PRIVACY", "BLURSTREAM_PRIVACY_REPORT"
FULL, SHORT = "full", "short"


def privacy(paths: Paths, console: Console, extra: Sequence[str], *, quick: bool = False) -> int:
    """Builds, measures, writes build/privacy/report.{md,json} and pictures; returns the exit code."""
    node = assemble.build(paths, console, packages="test")
    chromium = browser.ensure(paths, console)
    if not quick:
        _reader(console)
    env = {FORM: SHORT if quick else FULL, REPORT: str(paths.build / "privacy")}
    return measured.run(paths, console, "privacy", extra, env, node=node, chromium=chromium)


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
