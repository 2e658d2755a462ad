"""Random calls of the API: no raw frame but where asked for, no frame left open, no memory lost."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping

import instrumented
from blurstream_build.paths import Paths
from blurstream_build.serve import Server
from faults import Fault
from subject import TILE_LIMIT, WHOLE_LIMIT, OpenSubject, Subject

CALLS = int(os.environ.get("BLURSTREAM_RANDOM_CALLS", "200"))
WARM = 20  # calls after which memory has found its size
STEPS = 5
KEEP = """async () => {
    globalThis.randomCalls = await import('/pages/random-calls.mjs');
    // Keeps the engine alive between the calls, and shows its memory.
    subject.safe = await subject.blurStream(subject.camera);
    await subject.safe.ready;
}"""
ONE = "(call) => randomCalls.call(call)"
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


def test_random_calls(
    faulty_site: Callable[[Mapping[str, Fault]], Server], open_subject: OpenSubject, paths: Paths
) -> None:
    first = random.SystemRandom().randrange(2**31)
    print(f"seeds from {first}")
    subject = open_subject(faulty_site(instrumented.build(paths)))
    subject.open((320, 180))
    subject.page.evaluate(KEEP)
    warm = frames = 0
    for seed in range(first, first + CALLS):
        result = subject.page.evaluate(ONE, {"seed": seed, "effects": EFFECTS, "steps": STEPS})
        assert not result["wrong"], (seed, result)
        for row in subject.look():
            asked = any(raw["fromMs"] <= row.atMs <= (raw["toMs"] or row.atMs) for raw in result["raw"])
            shows = row.whole > WHOLE_LIMIT or row.strongest > TILE_LIMIT
            assert asked or row.height < 180 or not shows, (seed, row, result)
        frames += len(subject.rows)
        subject.rows.clear()
        if seed - first == WARM:
            warm = heap(subject)
    print(f"{CALLS} calls, {frames} frames; heap {warm} bytes after {WARM} calls, {heap(subject)} in the end")
    assert heap(subject) <= warm
    for worker in ("gate", "composer"):
        counted = subject.page.evaluate("(worker) => subject.count(worker)", worker)
        print(f"{worker}: {counted['seen']} frames seen, {counted['open']} open")
        assert counted["open"] <= 4, counted  # of the stream that goes on
    assert subject.page.evaluate("() => subject.safe.state") == "running"
    subject.page.evaluate("() => subject.safe.stop()")
    subject.nothing_left()


def heap(subject: Subject) -> int:
    """Bytes of the engine's WebAssembly memory, which never shrinks."""
    subject.until("subject.safe.stats !== null")
    return int(subject.stats["heapBytes"])
