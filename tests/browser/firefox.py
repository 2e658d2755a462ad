"""Firefox, driven over WebDriver BiDi as it speaks it itself: no driver between."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import websocket

ENV = "BLURSTREAM_FIREFOX"
PROGRAMS = ("firefox-esr", "firefox")
ANSWER_S = 90
LEAVE_S = 10
PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
}
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


def find() -> Path | None:
    """The program that BLURSTREAM_FIREFOX names, or one on PATH."""
    named = os.environ.get(ENV)
    found = named or next(filter(None, map(shutil.which, PROGRAMS)), None)
    return Path(found) if found else None


class Firefox:
    """Without a window, with a profile of its own."""

    def __init__(self, program: Path, profile: Path) -> None:
        lines = (
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()
        )
        (profile / "user.js").write_text("\n".join(lines), "utf-8")
        words = [
            "--headless",
            "--no-remote",
            "--profile",
            str(profile),
            "--remote-debugging-port=0",
            "about:blank",
        ]
        self._process = subprocess.Popen(
            [program, *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "HOME": str(profile)},
        )
        assert self._process.stderr is not None
        told = (LISTENS.search(line) for line in self._process.stderr)
        address = next((found[1] for found in told if found), None)
        assert address, f"{program} ended before it listened"
        threading.Thread(target=self._process.stderr.read, daemon=True).start()
        self._socket = websocket.create_connection(f"{address}/session", ANSWER_S, suppress_origin=True)
        self._asked = 0
        told_of = self._ask("session.new", capabilities={})["capabilities"]
        self.name = f"Firefox {told_of['browserVersion']}"
        self._page = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def go(self, url: str) -> None:
        self._ask("browsingContext.navigate", context=self._page, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        script = f"(async () => JSON.stringify((await ({expression})) ?? null))()"
        answer = self._ask(
            "script.evaluate",
            expression=script,
            target={"context": self._page},
            awaitPromise=True,
            userActivation=True,
        )
        assert answer["type"] == "success", f"{expression}: {answer['exceptionDetails']['text']}"
        return json.loads(answer["result"]["value"])

    def hide(self) -> None:
        """Puts another tab before the page."""
        other = self._ask("browsingContext.create", type="tab")["context"]
        self._ask("browsingContext.activate", context=other)

    def screenshot(self, path: Path) -> None:
        data = self._ask("browsingContext.captureScreenshot", context=self._page)["data"]
        path.write_bytes(base64.b64decode(data))

    def close(self) -> None:
        self._socket.send(json.dumps({"id": 0, "method": "browser.close", "params": {}}))
        try:
            self._process.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._socket.close()

    def _ask(self, method: str, **params: object) -> Any:
        self._asked += 1
        self._socket.send(json.dumps({"id": self._asked, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._asked:
                assert answer["type"] == "success", f"{method}: {answer.get('message')}"
                return answer["result"]
