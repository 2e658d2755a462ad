"""A tab that hides itself while its stream runs, and what came out of it: see pages/hidden.mjs."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

from blurstream_build import browser, headless
from blurstream_build.serve import Server

HIDDEN_S = 120


def report(
    mounts: dict[str, Path],
    chromium_program: Path,
    effect: dict[str, object] | None = None,
    *,
    call: bool = False,
    page: str = "hidden.html",
) -> dict[str, Any]:
    """What the page tells; with `call` of what a call receives, too. No test driver here: one would keep the
    page visible.
    """
    reports: list[bytes] = []
    over = threading.Event()

    def receive(body: bytes) -> None:
        reports.append(body)
        over.set()

    asked = [f"effect={quote(json.dumps(effect))}"] * bool(effect) + ["call=1"] * call
    with (
        Server(mounts, posts={"/report": receive}) as server,
        tempfile.TemporaryDirectory(prefix="blurstream-", ignore_cleanup_errors=True) as profile,
    ):
        words = [*browser.arguments(Path(profile)), "--disable-popup-blocking"]
        child = subprocess.Popen(
            [chromium_program, *words, f"{server.url}/pages/{page}?{'&'.join(asked)}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=os.name == "posix",
        )
        try:
            assert over.wait(HIDDEN_S), "the page has not reported"
        finally:
            headless.end(child)
    told: dict[str, Any] = json.loads(reports[0])
    assert "failure" not in told, told
    assert told["visible"]["hidden"] is False and told["hidden"] is True
    return told
