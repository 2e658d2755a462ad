"""A page with a safe stream in a browser that is not Chromium, seen from Python: pages/elsewhere.mjs."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from blurstream_build.serve import Server
from subject import TILE_LIMIT, WHOLE_LIMIT

START_S = 20.0
# The person's orange suit in the first picture of the footage, where nothing is blended.
PERSON = [0.3, 0.8, 0.6, 0.98]
VEIL = (46, 54, 66)


class Driven(Protocol):
    """A browser with one page."""

    name: str

    def go(self, url: str) -> None: ...
    # Of a JavaScript expression, awaited; raises AssertionError where that fails.
    def evaluate(self, expression: str) -> Any: ...
    def screenshot(self, path: Path) -> None: ...
    def close(self) -> None: ...


class Elsewhere:
    """`rows`: of every picture that was shown so far."""

    def __init__(self, browser: Driven, site: Server) -> None:
        self.browser, self.rows = browser, list[dict[str, Any]]()
        browser.go(f"{site.url}/pages/elsewhere.html")
        end = time.monotonic() + START_S
        while self("typeof elsewhere") != "object":
            assert time.monotonic() < end, "the page's script does not run"
            time.sleep(0.1)

    def __call__(self, expression: str) -> Any:
        return self.browser.evaluate(expression)

    def begin(self, size: str = "640x360", pace_ms: int = 40) -> None:
        self(f"elsewhere.open('portrait', '{size}').then(() => elsewhere.camera.pace({pace_ms}))")
        self("elsewhere.begin()")

    def run(self, size: str = "640x360", pace_ms: int = 40, *, wait_s: int = 30) -> None:
        """Until the person is shown."""
        self.begin(size, pace_ms)
        self.until("elsewhere.safe.state === 'running'", wait_s)
        self.look(4)

    def until(self, condition: str, wait_s: int = 30) -> None:
        self(f"elsewhere.until(() => {condition}, {wait_s * 1000})")

    def look(self, pictures: int) -> dict[str, Any]:
        """Waits for so many more; the newest."""
        self(f"elsewhere.frames({pictures})")
        self.rows += self("elsewhere.watch.take()")
        return self.rows[-1]

    def show(self, effect: str) -> dict[str, Any]:
        self(f"elsewhere.safe.update({{effect: {effect}}})")
        return self.look(5)

    def turns(self, samples: int = 14) -> int:
        """How often what is shown in the corner changes while somebody looks on."""
        corners = []
        for _ in range(samples):
            self("elsewhere.pause(150)")
            corners.append(self.look(1)["corner"])
        return sum(not near(one, other) for one, other in pairwise(corners))

    def private(self, what: str) -> None:
        """Asserts that none of them shows the wall."""
        whole, tile = (max(row[name] for row in self.rows) for name in ("whole", "strongest"))
        veils = sum(row["flat"] for row in self.rows)
        print(
            f"{self.browser.name}, {what}: {len(self.rows)} pictures, {veils} flat, correlation at most "
            f"{whole:.3f}, in a tile {tile:.3f}"
        )
        assert self.rows and whole < WHOLE_LIMIT and tile < TILE_LIMIT

    def leave(self) -> None:
        self("elsewhere.safe?.stop()")
        self("elsewhere.camera?.close()")


def near(one: list[int], other: list[int] | tuple[int, ...], by: int = 24) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < by
