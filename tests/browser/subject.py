"""A page with a safe stream, seen from Python: its source, every frame that came out, and every event."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page

from blurstream_build.serve import Server

# Of the whole frame and of its strongest tile. A raw frame has 0.6 and 0.95 (test_watermark.py), one that is
# blurred as at 'light' 0.05 and 0.16; a tile of a composed one may hold a thin rim along the person.
WHOLE_LIMIT, TILE_LIMIT = 0.2, 0.55
POLL_S = 0.05
WAIT_S = 60.0  # two busy cores
WORKERS = ("gate.mjs", "composer.mjs", "segmenter.mjs")


@dataclass(frozen=True)
class Row:
    """A frame of the output. `whole` and `strongest`: how much of the marked wall is in it; `corner`: luma of
    the upper left one.
    """

    atMs: float  # noqa: N815
    timestamp: int
    format: str
    width: int
    height: int
    whole: float
    strongest: float
    flat: bool
    corner: int
    detail: float
    look: dict[str, Any]  # size to show at, rotation, colour space


@dataclass(frozen=True)
class Event:
    """An event of the safe stream. `count`: frames that had come out before it."""

    type: str
    atMs: float  # noqa: N815
    count: int
    name: str
    code: str
    state: str
    message: str


class Subject:
    """Drives pages/subject.mjs. `rows` grows with every look at the output."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.rows: list[Row] = []
        self.until("globalThis.subject !== undefined")

    def open(
        self,
        size: tuple[int, int] = (640, 360),
        picture: str = "portrait",
        pixels: str = "I420",
        pose: int | None = None,
    ) -> None:
        """Makes a source of the page's own the input; with `pose` always the same picture of it."""
        self.page.evaluate("(look) => subject.open(look)", {**look(size, picture, pixels), "pose": pose})

    def show(
        self,
        size: tuple[int, int] = (640, 360),
        picture: str = "portrait",
        pixels: str = "I420",
        **extra: object,
    ) -> int:
        """Goes on with other pictures; returns the timestamp they begin at. `extra` goes to VideoFrame."""
        wanted = {**look(size, picture, pixels), "extra": extra}
        return int(self.page.evaluate("(look) => subject.source.show(look)", wanted))

    def pause(self) -> None:
        """The source delivers nothing until the next `show`, as a muted camera does."""
        self.page.evaluate("() => subject.source.show(null)")

    def begin(self, **options: object) -> dict[str, Any]:
        """Calls blurStream; returns what the stream was like when it resolved."""
        begun: dict[str, Any] = self.page.evaluate("(options) => subject.begin(options)", options)
        return begun

    def run(self, **options: object) -> None:
        """Begins, and waits until the person is shown."""
        self.begin(**options)
        self.page.evaluate("() => subject.safe.ready")

    def fails(self, call: str) -> dict[str, Any]:
        """The error that a JavaScript call of blurStream rejects with; `camera` is the input."""
        error = self.page.evaluate(f"() => subject.attempt((camera) => {call})")
        assert error is not None, f"{call} resolved"
        assert isinstance(error, dict)
        return error

    def look(self) -> list[Row]:
        """Takes the rows of the frames that have come out since the last look."""
        new = [Row(**row) for row in self.page.evaluate("() => subject.rows()")]
        self.rows += new
        return new

    def watch(self, seconds: float) -> list[Row]:
        """Lets it run for a while; the rows of that time."""
        new: list[Row] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.page.wait_for_timeout(100)
            new += self.look()
        return new

    def until(self, condition: str, timeout_s: float = WAIT_S) -> None:
        """Waits for a JavaScript expression. No page timer or animation frame takes part."""
        end = time.monotonic() + timeout_s
        while not self.page.evaluate(f"() => Boolean({condition})"):
            if time.monotonic() > end:
                raise AssertionError(f"not within {timeout_s:.0f} s: {condition}; {self.summary()}")
            self.page.wait_for_timeout(POLL_S * 1000)

    def until_state(self, state: str, timeout_s: float = WAIT_S) -> None:
        self.until(f"subject.state === '{state}'", timeout_s)

    def until_frames(self, count: int, timeout_s: float = WAIT_S) -> list[Row]:
        """Waits for so many more frames; their rows."""
        self.look()
        wanted = self.page.evaluate("() => subject.tapped()") + count
        self.until(f"subject.tapped() >= {wanted}", timeout_s)
        return self.look()

    def newest(self) -> tuple[tuple[int, int], bytes]:
        """Size and luma of the newest frame that came out."""
        found = self.page.evaluate("() => subject.newest()")
        return (found["width"], found["height"]), base64.b64decode(found["luma"])

    @property
    def state(self) -> str:
        return str(self.page.evaluate("() => subject.state"))

    @property
    def stats(self) -> dict[str, Any]:
        return dict(self.page.evaluate("() => subject.safe.stats") or {})

    @property
    def events(self) -> list[Event]:
        return [Event(**event) for event in self.page.evaluate("() => subject.events")]

    def codes(self, *types: str) -> list[str]:
        """The codes of the events of these types, in their order."""
        return [event.code for event in self.events if event.type in types]

    def workers(self) -> list[str]:
        """The library's workers that are alive, by file name."""
        names = [worker.url.rpartition("/")[2] for worker in self.page.workers]
        return sorted(name for name in names if name in WORKERS)

    def until_workers(self, wanted: list[str], timeout_s: float = 10.0) -> None:
        """Waits until just these are alive: one that loops takes Chromium two seconds to end."""
        end = time.monotonic() + timeout_s
        while self.workers() != wanted and time.monotonic() < end:
            self.page.wait_for_timeout(POLL_S * 1000)
        assert self.workers() == wanted

    def nothing_left(self) -> None:
        """Asserts that no worker and no output track is alive."""
        self.until_workers([])
        assert self.page.evaluate("() => subject.liveOutputs()") == 0

    def summary(self) -> str:
        said = self.page.evaluate(
            """() => globalThis.subject && [subject.state, ...subject.events.map(
                ({type, code, state, message}) => `${type} ${state} ${code} ${message}`)].join('\\n  ')"""
        )
        return f"state and events:\n  {said}"


class OpenSubject(Protocol):
    """`open_subject(site, page="classic.html", camera=None)`: the fixture that makes a Subject."""

    def __call__(self, at: Server, page: str = ..., camera: Path | None = None) -> Subject: ...


def look(size: tuple[int, int], picture: str, pixels: str) -> dict[str, object]:
    """What pages/source.mjs is told to show."""
    return {"picture": picture, "width": size[0], "height": size[1], "format": pixels}


def private(rows: list[Row], what: str) -> None:
    """Asserts that no frame shows the wall; prints the figures."""
    assert rows, f"{what}: no frame came out"
    whole, tile = max(row.whole for row in rows), max(row.strongest for row in rows)
    veils = sum(row.flat for row in rows)
    print(f"{what}: {len(rows)} frames, {veils} veils, correlation at most {whole:.3f}, in a tile {tile:.3f}")
    bad = [index for index, row in enumerate(rows) if row.whole > WHOLE_LIMIT or row.strongest > TILE_LIMIT]
    assert not bad, f"{what}: {len(bad)} frames show the wall: {[rows[index] for index in bad[:3]]}"
