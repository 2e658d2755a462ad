"""WebKitGTK's MiniBrowser, driven by its own WebDriver on a screen that nobody sees."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ANSWER_S = 200
START_S = 20.0
SCRIPT_MS = 180_000
# Where Debian puts it.
BROWSERS = "usr/lib/*/webkit2gtk-4.*/MiniBrowser"


@dataclass(frozen=True)
class Programs:
    """What it takes; on Debian they are in webkit2gtk-driver and xvfb."""

    driver: Path
    browser: Path
    screen: Path


def find() -> Programs | None:
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browser = next(iter(sorted(Path("/").glob(BROWSERS))), None)
    return Programs(Path(driver), browser, Path(screen)) if driver and screen and browser else None


class WebKit:
    """`features`: of those that WebKit has and MiniBrowser leaves off."""

    def __init__(self, programs: Programs, features: tuple[str, ...] = ()) -> None:
        number = 70 + os.getpid() % 900
        self._screen = _started([programs.screen, f":{number}"], {})
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words: list[str | Path] = [programs.driver, f"--port={port}", "--host=127.0.0.1"]
        self._driver = _started(words, {"DISPLAY": f":{number}"})
        self._at = f"http://127.0.0.1:{port}"
        self._ready()
        switches = [f"--features=+{name}" for name in features]
        options = {"binary": str(programs.browser), "args": ["--automation", *switches]}
        asked = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        told = self._ask("POST", "/session", asked)
        self._at += f"/session/{told['sessionId']}"
        self.name = f"WebKitGTK {told['capabilities']['browserVersion']}"
        self._ask("POST", "/timeouts", {"script": SCRIPT_MS})

    def go(self, url: str) -> None:
        self._ask("POST", "/url", {"url": url})

    def evaluate(self, expression: str) -> Any:
        script = f"""const done = arguments[0];
            (async () => ({expression}))().then(
                (value) => done(JSON.stringify({{value: value ?? null}})),
                (error) => done(JSON.stringify({{error: String(error)}})))"""
        answer = json.loads(self._ask("POST", "/execute/async", {"script": script, "args": []}))
        assert "error" not in answer, f"{expression}: {answer['error']}"
        return answer["value"]

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def close(self) -> None:
        try:
            self._ask("DELETE", "")
        finally:
            for process in (self._driver, self._screen):
                process.terminate()
                process.wait()

    def _ready(self) -> None:
        end = time.monotonic() + START_S
        while True:
            try:
                self._ask("GET", "/status")
                return
            except OSError:
                assert time.monotonic() < end, "WebKitWebDriver does not answer"
                time.sleep(0.1)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._at + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:
                return json.loads(answer.read())["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()[:400]}") from error


def _started(words: list[str | Path], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environment}
    )
