"""A headless Chromium of its own process group, with a fresh profile, that is surely ended afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from . import browser
from .browser import Chromium
from .errors import BuildError

END_S = 5.0
Child = subprocess.Popen[bytes]


@contextmanager
def running(chromium: Chromium, log: Path, url: str) -> Iterator[Child]:
    """Opens a page in a new headless browser; ends the browser and removes its profile on leaving."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="blurstream-", ignore_cleanup_errors=True) as profile,
        log.open("wb") as record,
    ):
        words = [str(chromium.program), *browser.arguments(Path(profile)), "--enable-logging=stderr", url]
        try:
            child = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=record,
                stderr=record,
                start_new_session=True,
            )
        except OSError as error:
            raise BuildError(
                f"starting {chromium.program}",
                str(error.strerror or error),
                f"Name another Chromium in the environment variable {browser.ENV}.",
            ) from error
        try:
            yield child
        finally:
            end(child)


def wait(child: Child, over: threading.Event, timeout_s: float, log: Path) -> None:
    """Waits for `over`; raises if the browser ends before it or the time is up."""
    until = time.monotonic() + timeout_s
    while not over.wait(0.2):
        if child.poll() is not None:
            raise BuildError(
                "the headless browser", f"it ended by itself with exit code {child.returncode}", f"See {log}"
            )
        if time.monotonic() > until:
            raise BuildError(
                "the headless browser",
                f"the page did not report within {timeout_s:.0f} s",
                f"Its console is in {log}. On a very slow machine run the same command once more.",
            )


def end(child: Child) -> None:
    """Ends a browser politely, then for good, and whatever of its processes is left."""
    child.terminate()
    try:
        child.wait(END_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if os.name == "posix":
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # start_new_session made it the leader of its group
