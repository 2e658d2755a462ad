"""Random calls of the API: no raw frame but where asked for, no frame left open, no memory lost."""

from __future__ import annotations

import os
import random
from typing import Any

import instrumented
from blurstream_build.paths import Paths
from faults import FaultySite
from subject import TILE_LIMIT, WHOLE_LIMIT, OpenSubject, Row, Subject, private

CALLS = int(os.environ.get("BLURSTREAM_RANDOM_CALLS", "200"))
STEPS = 5
KEEP = """async () => {
    globalThis.randomCalls = await import('/pages/random-calls.mjs');
    // Keeps the engine alive between the calls, and shows its memory.
    subject.watch(await subject.blurStream(subject.camera));
    await subject.safe.ready;
}"""
AT_ONCE = 4
CLOSING = 2  # are not gone yet when the next begin
SOME = "(calls) => Promise.all(calls.map(randomCalls.call))"
EFFECTS = [
    {"type": "blur", "strength": "medium"},
    {"type": "blur", "background": "fresh"},
    {"type": "color", "color": "#204060"},
    {"type": "image", "source": "/footage/quadrants.png"},
    {"type": "greenscreen", "background": {"type": "color", "color": "#204060"}},
    {"type": "presenter", "source": "/footage/quadrants.png", "shape": "circle"},
    {"type": "presenter", "source": "/footage/quadrants.png"},
    {"type": "none"},
]


def test_random_calls(faulty_site: FaultySite, open_subject: OpenSubject, paths: Paths) -> None:
    first = random.SystemRandom().randrange(2**31)
    print(f"seeds from {first}")
    subject = open_subject(faulty_site(instrumented.build(paths)))
    subject.open((320, 180))
    subject.page.evaluate(KEEP)
    subject.page.evaluate("(all) => randomCalls.fill(all)", {"count": AT_ONCE + CLOSING, "effects": EFFECTS})
    subject.look()
    subject.rows.clear()
    warm, frames = heap(subject), 0
    for done in range(0, CALLS, AT_ONCE):
        seeds = range(first + done, first + min(done + AT_ONCE, CALLS))
        calls = [{"seed": seed, "effects": EFFECTS, "steps": STEPS} for seed in seeds]
        frames += sum(as_asked(result) for result in subject.page.evaluate(SOME, calls))
        private(subject.look(), "the one beside them")
        subject.rows.clear()
    print(f"{CALLS} calls, {frames} frames; heap {warm} bytes before, {heap(subject)} after")
    assert heap(subject) <= warm
    for worker in ("gate", "composer"):
        counted = subject.page.evaluate("(worker) => subject.count(worker)", worker)
        print(f"{worker}: {counted['seen']} frames seen, {counted['open']} open")
        assert counted["open"] <= 4, counted  # of the stream that goes on
    assert subject.page.evaluate("() => subject.safe.state") == "running"
    subject.page.evaluate("() => subject.safe.stop()")
    subject.nothing_left()


def as_asked(result: dict[str, Any]) -> int:
    """Asserts that nothing was wrong in a call; the number of its frames."""
    rows = [Row(**row) for row in result.pop("rows")]
    assert not result["wrong"], result
    for row in rows:
        asked = any(raw["fromMs"] <= row.atMs <= (raw["toMs"] or row.atMs) for raw in result["raw"])
        shows = row.whole > WHOLE_LIMIT or row.strongest > TILE_LIMIT
        assert asked or row.height < 180 or not shows, (row, result)
    return len(rows)


def heap(subject: Subject) -> int:
    """Bytes of the engine's WebAssembly memory, which never shrinks."""
    seen = subject.page.evaluate("() => subject.statsSeen")
    subject.until(f"subject.statsSeen > {seen + 1}")  # the newest one
    return int(subject.stats["heapBytes"])
