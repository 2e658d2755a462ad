"""One build at a time in a checkout: two would write the same files."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from .console import Console

POLL_S = 0.5


@contextmanager
def held(file: Path, console: Console) -> Iterator[None]:
    """Holds the lock while the body runs; waits, and says so, while another build.py holds it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as handle:
        if not _try(handle):
            with console.step("waiting") as step:
                handle.seek(0)
                step.say(
                    f"another build.py works in this checkout (process {handle.read().strip() or 'unknown'})"
                )
                while not _try(handle):
                    time.sleep(POLL_S)
                step.done("the other build.py has ended")
        handle.seek(0)
        handle.truncate()
        handle.write(f"{os.getpid()}\n")
        handle.flush()
        yield


def _try(handle: TextIO) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: builds there are not guarded
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
