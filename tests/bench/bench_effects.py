"""Effects on one running stream, in turn: frames, latency, CPU, and the longest gap when switched to.

    python3 build.py bench --only effects
    python3 build.py bench --only effects -- --seconds 20 --repeats 3

All share browser, camera and minutes, so that they can be compared. Of several rounds the least CPU counts,
the median rate and the longest gap. Writes effects.json and effects.md, and prints what is different from the
last committed result.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import sync_playwright

import last_result
import loop_figures
import loop_page
import process_cpu
from bench_loop import PAGES, camera_for
from blurstream_build.paths import checkout
from blurstream_build.serve import Server

FILM = "/demo/demo.webm"
BESIDE = "color, and a film decoded for nothing"
EFFECTS: dict[str, dict[str, object]] = {
    "blur": {"type": "blur"},
    "blur fresh": {"type": "blur", "background": "fresh"},
    "color": {"type": "color", "color": "#204060"},
    "image": {"type": "image", "source": "slides"},
    BESIDE: {"type": "color", "color": "#204060"},
    "video": {"type": "video", "source": FILM},
    "presenter cut out": {"type": "presenter", "source": "slides"},
    "presenter circle": {"type": "presenter", "source": "slides", "shape": "circle"},
    "presenter, slides move": {"type": "presenter", "source": "talk"},
    "none": {"type": "none"},
}
SIZE = (1280, 720)
SETTLE_S = 3.0
COLUMNS = {
    "out_fps": "frames out a second",
    "latency_ms": "latency, median ms",
    "worker_cpu_ms": "CPU of the workers, ms a frame",
    "tree_cpu_ms": "CPU of the whole browser, ms a frame",
    "gap_ms": "longest gap when switched to, ms",
}


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    paths = checkout()
    found = loop_page.chromium()
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in EFFECTS}
    with Server({"/": paths.dist, "/bench/": PAGES}) as server, sync_playwright() as playwright:
        camera = camera_for(paths, *SIZE, None)
        url = f"{server.url}/bench/loop.html"
        with loop_page.opened(playwright, found.program, camera, SIZE, url, options) as page:
            taps = page.open()
            page.call_product()
            for repeat in range(options.repeats):
                for name, effect in EFFECTS.items():
                    page.page.evaluate("(film) => bench.playBeside(film)", FILM if name == BESIDE else None)
                    runs[name].append(_measured(page, effect, taps, options.seconds))
                    print(f"round {repeat + 1}, {name}: {_told(runs[name][-1])}", flush=True)
    results = {name: _best(each) for name, each in runs.items()}
    result = {
        "measured_on": last_result.measured_on(
            paths.root,
            browser=found.version,
            others_cores=round(max(run["others_cores"] for run in results.values()), 2),
        ),
        "settings": {
            "size": "x".join(map(str, SIZE)),
            "seconds": options.seconds,
            "repeats": options.repeats,
        },
        "figures": {f"{name}, {column}": run[column] for name, run in results.items() for column in COLUMNS},
        "results": results,
    }
    result = loop_figures.rounded(result)
    out = paths.build / "bench" if options.quick else paths.bench
    before = last_result.last(paths.root, paths.bench / "effects.json")
    last_result.write(out / "effects.json", result)
    (out / "effects.md").write_text(_markdown(result), "utf-8")
    print(f"\n{last_result.comparison(result, before)}\n\nwritten: effects.json, effects.md in {out}")


def _measured(
    page: loop_page.LoopPage, effect: dict[str, object], taps: set[int], seconds: float
) -> dict[str, float]:
    page.page.evaluate("bench.measure()")
    page.page.evaluate("(effect) => bench.update(effect)", effect)
    time.sleep(SETTLE_S)
    gap = page.page.evaluate("bench.measure()")["longestGapMs"]
    before, began = process_cpu.sample(page.root), time.monotonic()
    time.sleep(seconds)
    seen = page.page.evaluate("bench.measure()")
    after, took = process_cpu.sample(page.root), time.monotonic() - began
    frames = max(1, seen["after"])
    workers = sum(
        ms - before.workers_ms.get(thread, 0.0)
        for thread, ms in after.workers_ms.items()
        if thread not in taps
    )
    tree_ms = after.tree_ms - before.tree_ms
    return {
        "out_fps": seen["after"] / took,
        "latency_ms": statistics.median(seen["latencies"] or [float("nan")]),
        "worker_cpu_ms": workers / frames,
        "tree_cpu_ms": tree_ms / frames,
        "gap_ms": gap,
        "others_cores": (after.machine_ms - before.machine_ms - tree_ms) / took / 1000,
    }


def _best(runs: list[dict[str, float]]) -> dict[str, float]:
    pick: dict[str, Any] = {"worker_cpu_ms": min, "tree_cpu_ms": min, "gap_ms": max}
    return {name: float(pick.get(name, statistics.median)(run[name] for run in runs)) for name in runs[0]}


def _told(run: dict[str, float]) -> str:
    return ", ".join(f"{run[name]:.1f} {words}" for name, words in COLUMNS.items())


def _markdown(result: dict[str, Any]) -> str:
    on = result["measured_on"]
    lines = [
        "# Effects",
        "",
        f"Camera {result['settings']['size']}, slides 1920x1080; {on.get('processor', '')}, "
        f"{on.get('cores', '')} cores, {on.get('browser', '')}; others took {on['others_cores']} cores.",
        "",
        f"| effect | {' | '.join(COLUMNS.values())} |",
        f"| --- {'| --- ' * len(COLUMNS)}|",
        *(
            f"| {name} | {' | '.join(f'{run[column]:.1f}' for column in COLUMNS)} |"
            for name, run in result["results"].items()
        ),
    ]
    return "\n".join(lines) + "\n"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10, help="of each effect and round (default: 10)")
    parser.add_argument("--repeats", type=int, default=2, help="rounds (default: 2)")
    parser.add_argument("--quick", action="store_true", help="one short round; results in build/bench")
    options = parser.parse_args(arguments)
    if options.quick:
        vars(options).update(seconds=2.0, repeats=1)
    return argparse.Namespace(**vars(options), fps=30, strength="private")


if __name__ == "__main__":
    main()
