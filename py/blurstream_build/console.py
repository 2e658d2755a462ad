"""What the person at the terminal sees: a line a step: what it does, for how long, how it ended."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from .errors import BuildError

NAME_WIDTH = 22
TAIL_LINES = 40  # of a failed command's output, shown with the error
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
QUIET_S = 10.0  # without a terminal, a running step says something at least this often ...
BETWEEN_S = 2.0  # ... and at most this often


class Step:
    """One running step. `say` may be called as often as one likes and from any thread."""

    def __init__(self, console: Console, name: str) -> None:
        self.console = console
        self.name = name
        self.started = console.clock()
        self.message = ""
        self.summary = "done"
        self._printed_message = ""
        self._printed_at = self.started
        self._lock = threading.Lock()

    @property
    def elapsed(self) -> float:
        return self.console.clock() - self.started

    def say(self, message: str) -> None:
        """Tells what the step is doing now."""
        with self._lock:
            self.message = " ".join(message.split())
            self._show()

    def done(self, summary: str) -> None:
        """The text of the closing line, for instance 'up to date'."""
        self.summary = summary

    def tick(self) -> None:
        """Called a few times a second while the step runs."""
        with self._lock:
            self._show()

    def _show(self) -> None:
        line = f"  {self.name:<{NAME_WIDTH}} {self.message}"
        if self.console.tty:
            self.console.redraw(f"{line}  {self.elapsed:.0f} s")
            return
        since = self.console.clock() - self._printed_at
        if since >= QUIET_S or (since >= BETWEEN_S and self.message != self._printed_message):
            self._printed_message, self._printed_at = self.message, self.console.clock()
            self.console.line(f"{line}  ({self.elapsed:.0f} s)")


class Console:
    """Prints steps; runs commands of a step with their output kept in a log instead of on the screen."""

    def __init__(
        self,
        logs: Path,
        stream: TextIO | None = None,
        *,
        verbose: bool = False,
        tty: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.logs = logs
        self.stream = stream if stream is not None else sys.stdout
        self.verbose = verbose
        self.tty = (self.stream.isatty() and not verbose) if tty is None else tty
        self.clock = clock
        self._drawn = False
        self._lock = threading.RLock()

    def line(self, text: str = "") -> None:
        with self._lock:
            self._erase()
            self.stream.write(text + "\n")
            self.stream.flush()

    def redraw(self, text: str) -> None:
        """Replaces the last line of a terminal."""
        with self._lock:
            width = shutil.get_terminal_size().columns - 1
            self._erase()
            self.stream.write(text[:width])
            self.stream.flush()
            self._drawn = True

    def _erase(self) -> None:
        if self._drawn:
            self.stream.write("\r\x1b[2K")
            self._drawn = False

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Runs the body as a step: progress while it runs, one closing line after it."""
        step = Step(self, name)
        over = threading.Event()

        def heart() -> None:
            while not over.wait(0.25):
                step.tick()

        beat = threading.Thread(target=heart, name="progress", daemon=True)
        beat.start()
        try:
            yield step
        except BaseException as error:
            over.set()
            beat.join()
            end = "stopped" if isinstance(error, KeyboardInterrupt) else "FAILED"
            self.line(f"  {name:<{NAME_WIDTH}} {end}  ({step.elapsed:.1f} s)")
            raise
        over.set()
        beat.join()
        took = f"  ({step.elapsed:.1f} s)" if step.elapsed >= 0.5 else ""
        self.line(f"  {name:<{NAME_WIDTH}} {step.summary}{took}")

    def run(
        self,
        step: Step,
        command: Sequence[str | os.PathLike[str]],
        *,
        what: str,
        fix: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> str:
        """Runs a command and returns what it printed; raises BuildError with the tail of it when it fails."""
        words = [os.fspath(part) for part in command]
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{re.sub('[^a-z0-9]+', '-', step.name.lower())}.log"
        tail: deque[str] = deque(maxlen=TAIL_LINES)
        full: list[str] = []
        try:
            child = subprocess.Popen(
                words,
                cwd=cwd,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        except OSError as error:
            why = f"{words[0]} could not be started: {error.strerror or error}"
            raise BuildError(what, why, fix) from error
        late = threading.Event()

        def expire() -> None:
            late.set()
            child.kill()

        alarm = threading.Timer(timeout_s, expire) if timeout_s else None
        if alarm:
            alarm.start()
        try:
            with log.open("a", encoding="utf-8") as record:
                record.write(f"$ {' '.join(words)}\n")
                assert child.stdout is not None
                for raw in child.stdout:
                    text = COLOURS.sub("", raw).rstrip()
                    record.write(text + "\n")
                    full.append(text)
                    if text:
                        tail.append(text)
                        if self.verbose:
                            self.line(f"    | {text}")
                        else:
                            step.say(text)
            code = child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise
        finally:
            if alarm:
                alarm.cancel()
        if late.is_set():
            raise BuildError(what, f"no end after {timeout_s:.0f} s\n" + "\n".join(tail), fix)
        if code != 0:
            why = f"{Path(words[0]).name} ended with exit code {code}\n" + "\n".join(tail)
            raise BuildError(what, why, f"{fix}\nThe whole output is in {log}")
        return "\n".join(full)
