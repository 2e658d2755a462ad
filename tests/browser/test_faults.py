"""Every fault of the table, at every boundary: nothing leaks, one event tells of it, and it goes on.

A part of the table is for every day: one of each kind a boundary, once. BLURSTREAM_FAULTS=all takes each of
them once, three times in a row and for ever.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import instrumented
from blurstream_build.paths import Paths
from blurstream_build.serve import Server
from fault_table import COMPOSER, FAULTS, GATE, Fault
from faults import handler
from page_log import PageLog
from pages_open import OpenWindow, WarmPage
from subject import WORKERS, Subject, private

SIZE = (320, 180)
ALL = os.environ.get("BLURSTREAM_FAULTS") == "all"
MODES = {"once": 1.0, "thrice": 3.0, "for ever": math.inf}
LASTING_S = 3.0
GONE_S = 120.0  # six of a worker, with growing pauses; one may be waited for 10 s
MET_S = 20.0
# A recovery is to take a second and is printed; this only says that it is no accident of a busy machine.
RECOVERED_S = 40.0
MOST_STARTS = 6
ENGINES = 2  # that a worker gives a stream in a row
PAGE_HANGS_MS = 3000
SLEPT_MS = 3_600_000
WORDS = (b"trapdoor", b"injector", b"strike(")
STRIKES_A_SECOND = 100  # more would be a loop that does nothing else


def chosen() -> list[tuple[Fault, str]]:
    if ALL:
        pairs = [(fault, mode) for fault in FAULTS for mode in MODES]
        return [
            pair
            for pair in pairs
            if pair[1] != "thrice" or not (pair[0].restarts or pair[0].wears or pair[0].ends)
        ]
    first: dict[tuple[object, ...], Fault] = {}
    for fault in FAULTS:
        if not fault.restarts:
            first.setdefault((fault.boundary, fault.codes), fault)
    return [(fault, "once") for fault in first.values()]


class Bench:
    """A page of the instrumented build, and a stream in it that goes from fault to fault while it lives."""

    def __init__(self, window: OpenWindow, url: str) -> None:
        self._window, self._url = window, url
        self._warm: WarmPage | None = None
        self._subject: Subject | None = None

    def running(self) -> Subject:
        if self._warm is None:
            self._warm = WarmPage(self._window(None), self._url)
            self._warm.page.evaluate(
                "async () => { globalThis.injector = await import('/pages/injector.mjs'); }"
            )
        if self._subject is None:
            subject = self._warm.subject()
            subject.open(SIZE)
            subject.run()
            self._subject = subject
        self._subject.until_frames(5)
        return self._subject

    @property
    def log(self) -> PageLog:
        assert self._warm is not None
        return self._warm.log

    def renew(self, *, page: bool) -> None:
        """Another stream for the next, or another page."""
        self._subject = None
        if page and self._warm is not None:
            self._warm.close()
            self._warm = None

    def close(self) -> None:
        self.renew(page=True)


@pytest.fixture(scope="module")
def faulty(mounts: dict[str, Path], paths: Paths) -> Iterator[Server]:
    with Server(mounts, handler=handler(instrumented.build(paths))) as running:
        yield running


@pytest.fixture(scope="module")
def bench(faulty: Server, windows: OpenWindow) -> Iterator[Bench]:
    bench = Bench(windows, f"{faulty.url}/pages/classic.html")
    yield bench
    bench.close()


@pytest.mark.parametrize(
    ("fault", "mode"), [pytest.param(*pair, id=f"{pair[0].name}-{pair[1]}") for pair in chosen()]
)
def test_a_fault(bench: Bench, fault: Fault, mode: str) -> None:
    subject = bench.running()
    good = False
    try:
        broken(subject, fault, mode)
        assert not bench.log.problems
        good = True
    finally:
        spent = not good or fault.restarts or (fault.wears and mode == "for ever")
        # A stream tells the same only once in five seconds, and gets another engine once in thirty.
        if ALL or spent or fault.ends or fault.wears:
            bench.renew(page=spent)


def test_the_page_hangs(bench: Bench) -> None:
    """Its thread is not on the way of a frame."""
    subject = bench.running()
    subject.look()
    frames, told = len(subject.rows), len(subject.events)
    subject.page.evaluate(f"() => injector.block({PAGE_HANGS_MS})")
    subject.until_frames(5)
    rows = subject.rows[frames:]
    private(rows, "the page hangs")
    shown = [row.timestamp for row in rows if not row.flat]
    gap_ms = max(b - a for a, b in pairwise(shown)) / 1000
    print(f"the page hangs for {PAGE_HANGS_MS} ms: {len(shown)} frames, the longest gap {gap_ms:.0f} ms")
    assert gap_ms < PAGE_HANGS_MS / 2, "no frame was made meanwhile"
    assert subject.events[told:] == []


def test_the_clock_jumps(bench: Bench) -> None:
    """As when the machine has slept: what looks old then is not taken to hang."""
    subject = bench.running()
    subject.look()
    frames, told = len(subject.rows), len(subject.events)
    for worker in ("gate", "composer", "segmenter"):
        subject.page.evaluate("([worker, ms]) => injector.jump(worker, ms)", [worker, SLEPT_MS])
    subject.watch(LASTING_S)
    subject.until_frames(5)
    private(subject.rows[frames:], "the clock jumps")
    assert [event for event in subject.events[told:] if event.type != "statechange"] == []
    assert (subject.state, subject.stats["restarts"]) == ("running", 0)
    bench.renew(page=True)  # of another time than the rest


def test_nothing_of_it_is_in_dist(dist: Path) -> None:
    """What breaks the library is put in front of it when it is served, and only here."""
    own = [path.read_bytes() for path in instrumented.PREFACES]
    for file in dist.rglob("*"):
        if file.is_file() and file.suffix in (".js", ".mjs", ".zip", ".ts", ".html"):
            data = file.read_bytes()
            assert not any(word in data for word in WORDS), file
    assert all(any(word in text for text in own) for word in WORDS)


def broken(subject: Subject, fault: Fault, mode: str) -> None:
    what, times = f"{fault.name} {mode}", MODES[mode]
    subject.look()
    told, frames = len(subject.events), len(subject.rows)
    lasting = math.isinf(times)
    wears = lasting and (fault.restarts or fault.wears)
    number = arm(subject, fault, times * fault.streams)
    least = 1 if lasting or fault.ends or fault.restarts else int(times) * fault.streams
    subject.until(f"injector.struck({number}).length >= {least}", MET_S)
    if fault.ends:
        subject.until_state(fault.ends)
    elif lasting:
        subject.watch(LASTING_S)
        if wears:
            subject.until_state("failed", GONE_S)
        doubted = fault.may and subject.state == "concealed"
        assert doubted or subject.state == ("failed" if wears else fault.lasting), subject.summary()
        strikes = subject.page.evaluate(f"() => injector.struck({number}).length")
        assert wears or strikes < STRIKES_A_SECOND * LASTING_S, f"{what}: {strikes} strikes"
    elif fault.restarts and not fault.also:
        subject.until("subject.safe.stats?.restarts > 0")
    subject.page.evaluate("() => injector.disarm()")
    if subject.state not in ("failed", "stopped"):
        recovered(subject, number, what)
    subject.look()
    rows = subject.rows[frames:]
    events = [event for event in subject.events[told:] if event.type != "statechange"]
    if rows or not fault.ends:
        private(rows, what)
    codes = [event.code for event in events if event.code not in fault.may]
    if wears:  # one or two for each engine, until there have been too many
        assert set(codes) <= {*fault.codes, *fault.worn, *fault.also}, (what, codes)
        assert codes and len(codes) <= 2 * ENGINES * MOST_STARTS, (what, codes)
    else:
        expected = (fault.codes, fault.also) if fault.also else (fault.codes,)
        assert tuple(codes) in expected, (what, codes, subject.summary())
    assert all(event.name.endswith("Error") for event in events), events
    if not (wears or fault.restarts or fault.ends):
        assert subject.stats.get("restarts", 0) == 0, what
    closed(subject, what, alive=not fault.ends and not wears)


def arm(subject: Subject, fault: Fault, times: float) -> int:
    wanted = {"worker": fault.worker, "at": fault.at, "deed": fault.deed, "type": fault.type, "times": times}
    return int(subject.page.evaluate("(wanted) => injector.arm(wanted)", wanted))


def recovered(subject: Subject, number: int, what: str) -> None:
    """Waits until the person is shown again; prints how long that was after the last strike."""
    subject.until_frames(3)
    subject.until("subject.state === 'running'", RECOVERED_S)
    subject.until_frames(5)
    subject.until("subject.state === 'running'", RECOVERED_S)
    struck = subject.page.evaluate(f"() => injector.struck({number}).at(-1)")
    back = [
        event.atMs
        for event in subject.events
        if event.type == "statechange" and event.state == "running" and event.atMs > struck
    ]
    after = f"running again after {back[-1] - struck:.0f} ms" if back else "never left running"
    print(f"{what}: {after}")


def closed(subject: Subject, what: str, *, alive: bool) -> None:
    """Asserts that with no frame on its way none is open."""
    if alive:
        subject.pause()
    end = time.monotonic() + 10
    while True:
        holders = [one for one in (GATE, COMPOSER) if f"{one}.mjs" in subject.workers()]
        counts = [subject.page.evaluate("(worker) => subject.count(worker)", one) for one in holders]
        ended = [one for one, count in zip(holders, counts, strict=True) if count is None]
        assert not {f"{one}.mjs" for one in ended} & set(subject.workers()), f"{what}: no answer of {ended}"
        if not any(count["open"] for count in counts if count is not None):
            break
        assert time.monotonic() < end, f"{what}: left open {counts}"
        subject.page.wait_for_timeout(100)
    if alive:
        subject.show(SIZE)
        subject.until_frames(2)
        subject.until_state("running")
        assert subject.workers() == sorted(WORKERS)
