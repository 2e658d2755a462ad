"""A Chromium that is told what to do over two pipes, by the DevTools protocol.

Not Playwright's: that keeps every page visible and focused, so that no tab is ever in the background.
https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from blurstream_build import headless

# The browser reads commands from descriptor 3, and writes to 4. Ours must not be among these.
READS, WRITES, OURS = 3, 4, 10
ANSWER_S = 90.0
START_S = 60.0
CHUNK = 1 << 16


class DevTools:
    """One page of the browser; `root` is the browser's process."""

    def __init__(self, child: subprocess.Popen[bytes], write_to: int, read_from: int) -> None:
        self.root = child.pid
        self._to, self._from = write_to, read_from
        self._rest = b""
        self._number = 0
        self._session = ""

    def attach(self, url: str) -> None:
        """To the page at this address, which the browser was started with."""
        end = time.monotonic() + START_S
        while True:
            targets = self.call("Target.getTargets")["targetInfos"]
            found = [one["targetId"] for one in targets if one["type"] == "page" and one["url"] == url]
            if found:
                break
            assert time.monotonic() < end, f"the browser shows no {url}: {targets}"
            time.sleep(0.1)
        attached = self.call("Target.attachToTarget", targetId=found[0], flatten=True)
        self._session = attached["sessionId"]

    def evaluate(self, expression: str, limit_s: float = ANSWER_S) -> Any:
        """What an expression of the page comes to, as data; waits for a promise. Raises AssertionError."""
        answer = self.call(
            "Runtime.evaluate",
            limit_s=limit_s,
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in answer, f"{expression}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    def until(self, condition: str, limit_s: float = ANSWER_S) -> None:
        end = time.monotonic() + limit_s
        while not self.evaluate(f"Boolean({condition})"):
            assert time.monotonic() < end, f"not within {limit_s:.0f} s: {condition}"
            time.sleep(0.1)

    def throttle(self, times: float) -> None:
        """Makes the page's own thread so many times slower; 1 ends it."""
        self.call("Emulation.setCPUThrottlingRate", rate=times)

    def call(self, method: str, limit_s: float = ANSWER_S, **params: Any) -> dict[str, Any]:
        """Asks the page, or the browser as long as none is attached; events meanwhile are left out."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + limit_s
        while True:
            answer = json.loads(self._next(end, method))
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self, end: float, what: str) -> bytes:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"the browser has not answered to {what}"
            chunk = os.read(self._from, CHUNK)
            assert chunk, f"the browser has ended, asked for {what}"
            self._rest += chunk
        message, _, self._rest = self._rest.partition(b"\0")
        return message


@contextmanager
def opened(program: Path, words: Sequence[str], url: str, log: Path) -> Iterator[DevTools]:
    """A browser that shows this page, in a process group of its own; ended on leaving."""
    pipes = [os.pipe(), os.pipe()]
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD, OURS) for pipe in pipes for end in pipe]
    for end in (end for pipe in pipes for end in pipe):
        os.close(end)
    commands, ours_to, ours_from, answers = ends

    def place() -> None:
        os.dup2(commands, READS)
        os.dup2(answers, WRITES)

    with log.open("wb") as record:
        child = subprocess.Popen(
            [program, *words, "--remote-debugging-pipe", url],
            stdin=subprocess.DEVNULL,
            stdout=record,
            stderr=record,
            start_new_session=True,
            preexec_fn=place,
            pass_fds=(READS, WRITES),
        )
        for end in (commands, answers):
            os.close(end)
        try:
            tools = DevTools(child, ours_to, ours_from)
            tools.attach(url)
            yield tools
        finally:
            headless.end(child)
            for end in (ours_to, ours_from):
                with suppress(OSError):
                    os.close(end)
