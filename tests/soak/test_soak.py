"""Hours of a call in short: a long run, four streams, slow machines, a hidden tab, lost devices, sleep.

Nothing of the room is ever shown, no frame stays open, no memory is lost, and all goes on. How fast it is
`build.py soak` judges; in the short form, on a machine that may be busy, it is only told.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import instrumented
import soak_plot
from blurstream_build import browser
from blurstream_build.paths import Paths
from blurstream_build.serve import Server
from blurstream_build.soak import MINUTES, REPORT
from course import Course
from devtools import opened
from faults import handler
from phases import AGAIN, FOUR, HIDDEN, PHASES, STARVED, STEADY, THROTTLED, cycles
from report import Report
from samples import Run, middle, total, values, worst
from subject import TILE_LIMIT, WHOLE_LIMIT

SAMPLE_S = {True: 5.0, False: 0.5}
COLLECTIONS = {True: 3, False: 1}  # one leaves what only finalizers held, and only the long form judges
SHORT_MINUTES = 0.25
CAMERA = "portrait_marked_720p.y4m"
PAGES = Path(__file__).parent / "pages"
FPS = 30.0

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are stopped by /proc")


@pytest.fixture(scope="module")
def minutes() -> float | None:
    """None for the short form."""
    given = os.environ.get(MINUTES)
    return float(given) if given else None


@pytest.fixture(scope="module")
def report(minutes: float | None) -> Iterator[Report]:
    folder = os.environ.get(REPORT)
    found = Report(Path(folder) if folder else None, "Long runs, measured")
    yield found
    form = "short form" if minutes is None else f"{minutes:g} minutes"
    print(f"\n{found.text(form)}")
    found.write(form)


@pytest.fixture(scope="module")
def run(
    mounts: dict[str, Path],
    paths: Paths,
    built_clips: Path,
    chromium_program: Path,
    minutes: float | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Run:
    folder = tmp_path_factory.mktemp("soak")
    words = browser.arguments(folder / "profile", camera=built_clips / CAMERA)
    served = {**mounts, "/soak/": PAGES}
    with Server(served, handler=handler(instrumented.build(paths))) as server:
        url = f"{server.url}/soak/soak.html"
        more = ("--disable-popup-blocking", "--js-flags=--expose-gc")
        with opened(chromium_program, [*words, *more], url, folder / "browser.log") as tools:
            long = minutes is not None
            course = Course(tools, SAMPLE_S[long], COLLECTIONS[long])
            return course.go(cycles(minutes or SHORT_MINUTES))


def test_nothing_of_the_room_is_shown(run: Run, report: Report) -> None:
    seen = total(run.samples, "frames")
    shown = worst(run.samples, "whole"), worst(run.samples, "strongest")
    bad = sum(
        one["whole"] > WHOLE_LIMIT or one["strongest"] > TILE_LIMIT
        for sample in run.samples
        for one in sample.streams
    )
    print(f"{seen} frames, correlation at most {shown[0]:.3f}, in a tile {shown[1]:.3f}")
    assert seen > 100, "the witness has seen next to nothing"
    report.gate("privacy", f"samples that show the room, of {seen} frames", bad, 0)
    report.gate("order", "frames that came before an older one", total(run.samples, "disorder"), 0)


def test_it_goes_on(run: Run, report: Report) -> None:
    """In all that happens every stream stays, and only a lost camera ends one."""
    errors = Counter(
        f"{event['name']}: {event['code']}" for event in run.events if event["type"] != "statechange"
    )
    print(Counter(f"{event['phase']}: {event['name']} {event['code']}" for event in run.events))
    report.gate("events", f"warnings and errors {dict(errors) or ''}".strip(), sum(errors.values()), 0)
    report.gate("restarts", "workers that were started again", worst(run.samples, "restarts"), 0)
    for phase in PHASES:
        assert run.of(phase.name), f"no sample of {phase.name}"
        assert run.of(phase.name)[-1].streams[-1]["state"] == "running", phase.name
    assert len(run.of(FOUR.name)[-1].streams) == 4
    assert all(sample.hidden for sample in run.of(HIDDEN.name))
    assert set(run.back_s) == {"the GPU's process", "the camera", "sleep"}


def test_nothing_is_lost(run: Run, report: Report) -> None:
    """Frames and memory."""
    assert run.frames > 100, "the ledger has seen next to nothing"
    report.gate("frames", f"open at the end, of {run.frames}", run.left_open, 0)
    held = max(sample.open_frames / max(1, len(sample.streams)) for sample in run.samples)
    report.gate("frames", "open at a time, for each stream", held, 12)
    steady = run.of(STEADY.name, cycle=0)
    settled = steady[len(steady) // 3 :]
    report.gate(
        "memory", "growth of Python's heap in a steady run, MB", settled[-1].heap_mb - settled[0].heap_mb, 0
    )
    last = max(sample.cycle for sample in run.samples)
    if last:
        before, after = (run.of(AGAIN.name, cycle=cycle)[-1] for cycle in (0, last))
        report.gate("memory", f"growth of the heap in {last} cycles, MB", after.heap_mb - before.heap_mb, 0)


def test_how_fast_it_is(run: Run, report: Report, minutes: float | None, paths: Paths) -> None:
    for phase in PHASES:
        found = run.of(phase.name)
        report.table(
            "Phases",
            phase.name,
            {
                "streams": len(found[-1].streams),
                "fps, median": middle(values(found, "fps")),
                "fps, least": min(values(found, "fps")),
                "latency, median ms": middle(values(found, "latencyMs")),
                "latency, most ms": worst(found, "latencyMs"),
                "cores": middle([one.cores for one in found]),
                "heap MB": found[-1].heap_mb,
                "renderer MB": found[-1].renderer_mb,
                "frames open, most": max(one.open_frames for one in found),
                "quality level, worst": worst(found, "level"),
            },
        )
    for after, seconds in run.back_s.items():
        report.table("Seconds until the person is shown again", after, {"s": seconds})
    if minutes is None:
        return
    soak_plot.draw(run, paths.build / "soak" / "soak.png")
    steady, again = run.of(STEADY.name), run.of(AGAIN.name)
    begun, *_, last = run.held
    minutes_since = (last.at_s - begun.at_s) / 60
    report.gate(
        "memory",
        "growth of the renderer from the first phase to the last, MB a minute",
        last.since(begun) / minutes_since,
        1,
    )
    report.gate("speed", "frames a second missed in a steady run", FPS - middle(values(steady, "fps")), 3)
    for phase, most in ((THROTTLED, 3.0), (HIDDEN, 3.0), (FOUR, 15.0), (STARVED, 27.0)):
        missed = FPS - middle(values(run.of(phase.name), "fps"))
        report.gate("speed", f"frames a second missed: {phase.name}", missed, most)
    first, then = (middle(values(found, "latencyMs")) for found in (steady, again))
    report.gate("latency", "drift from the first phase to the last, ms", then - first, 5)
    before, then = (middle(values(found, "lagMs")) for found in (run.of(STEADY.name, cycle=0), again))
    report.gate("latency", "drift of timestamps against the clock, ms", then - before, 20)
    report.gate("recovery", "seconds until the person is shown again after sleep", run.back_s["sleep"], 2)
