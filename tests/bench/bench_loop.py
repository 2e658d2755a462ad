"""The whole loop in headless Chromium: a fake camera through blurStream, beside one through an idle worker.

    python3 build.py bench --only loop -- --seconds 20 --repeats 3 --soak 300

Both kinds of run share browser, camera, taps and minutes; what is reported is above that floor. Figures that
are noisy on a shared machine are those of the best run (CPU) or the median run (rates, latency), and the CPU
that other programs took meanwhile is told.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

import loop_figures
import process_cpu
from blurstream_build import browser
from blurstream_build.paths import checkout
from blurstream_build.serve import Server
from loop_figures import Run

PAGES = Path(__file__).parent / "pages"
SETTLE_S = 4.0  # after ready, the compilers are still busy
SOAK_SAMPLE_S = 5.0
START_TIMEOUT_MS = 180_000
LEAK = "garbage collected without being closed"
LEAK_TOLD_S = 12.0  # the browser tells it at most this long after the collection


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    paths = checkout()
    found = browser.find(os.environ)
    if not found:
        raise SystemExit(f"no Chromium: run `python3 build.py bench`, or set {browser.ENV}")
    camera = options.camera or default_camera(paths.clips)
    with (
        Server({"/": paths.dist, "/bench/": PAGES}) as server,
        tempfile.TemporaryDirectory(prefix="blurstream-bench-", ignore_cleanup_errors=True) as profile,
        sync_playwright() as playwright,
    ):
        log = Path(profile) / "browser.log"
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=str(found.program),
            headless=True,
            chromium_sandbox=not browser.needs_no_sandbox(),
            args=[
                *browser.QUIET,
                *browser.camera_arguments(camera),
                "--js-flags=--expose-gc",
                "--enable-logging",
                f"--log-file={log}",
            ],
        )
        try:
            page = context.pages[0]
            page.set_default_timeout(START_TIMEOUT_MS)
            root = process_cpu.browser_root(Path(profile))
            result = Bench(page, root, f"{server.url}/bench/loop.html", options).run()
            result["unclosed_frames"] = float(log.read_text("utf-8", "replace").count(LEAK))
        finally:
            context.close()
    result |= {
        "browser": found.version,
        "camera": camera.name,
        "machine": machine(),
        "options": _plain(options),
    }
    text = loop_figures.table(result)
    print(text)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(f"\nall of it: {options.out}")


class Bench:
    """One page, driven through the runs."""

    def __init__(self, page: Page, root: int, url: str, options: argparse.Namespace) -> None:
        self.page = page
        self.root = root
        self.url = url
        self.options = options

    def run(self) -> Run:
        """Cold start first, then the two kinds in turn, then the long run."""
        floors, products = [], []
        cold = self.start_product()
        _say(f"cold start: ready after {cold['readyMs'] / 1000:.2f} s")
        self.page.evaluate("bench.stop()")
        for repeat in range(self.options.repeats):
            floors.append(self.measured("passThrough"))
            products.append(self.measured("product"))
            _say(
                f"run {repeat + 1} of {self.options.repeats}: {products[-1]['out_fps']:.1f} fps out, latency "
                f"{products[-1]['latency_ms']:.1f} ms, workers {products[-1]['worker_cpu_ms']:.1f} ms a frame"
            )
        soak = self.soak()
        result = loop_figures.summary(floors, products, cold)
        heap = {"heap_growth_bytes": loop_figures.growth(soak)}
        return result | heap | {"pass_through": floors, "product": products, "soak": soak}

    def measured(self, kind: str) -> Run:
        """A run of one kind: rates, latency and CPU over some seconds after it has settled."""
        taps = self.open()
        if kind == "product":
            started = self.call("product", {"type": "blur", "strength": self.options.strength})
        else:
            started = self.call("passThrough")
        time.sleep(SETTLE_S)
        self.page.evaluate("bench.measure()")
        before, began = process_cpu.sample(self.root), time.monotonic()
        time.sleep(self.options.seconds)
        seen = self.page.evaluate("bench.measure()")
        after, seconds = process_cpu.sample(self.root), time.monotonic() - began
        stats = self.page.evaluate("bench.stats()")
        self.page.evaluate("bench.stop()")
        frames = max(1, seen["after"])
        threads = {
            thread: ms - before.workers_ms.get(thread, 0.0)
            for thread, ms in after.workers_ms.items()
            if thread not in taps
        }
        tree_ms = after.tree_ms - before.tree_ms
        latencies = sorted(seen["latencies"]) or [float("nan")]
        return {
            **(started or {}),
            "in_fps": seen["before"] / seconds,
            "out_fps": seen["after"] / seconds,
            "latency_ms": statistics.median(latencies),
            "latency_p95_ms": latencies[int(len(latencies) * 0.95)],
            "tree_cpu_ms": tree_ms / frames,
            "worker_cpu_ms": sum(threads.values()) / frames,
            "threads_cpu_ms": sorted((round(ms / frames, 2) for ms in threads.values()), reverse=True),
            "others_cores": (after.machine_ms - before.machine_ms - tree_ms) / seconds / 1000,
            "stats": stats,
        }

    def start_product(self) -> Run:
        self.open()
        return dict(self.call("product", {"type": "blur", "strength": self.options.strength}))

    def soak(self) -> list[Run]:
        """The product for minutes: memory over time."""
        self.open()
        self.call("product", {"type": "blur", "strength": self.options.strength})
        time.sleep(SETTLE_S)
        samples: list[Run] = []
        began = time.monotonic()
        while not samples or time.monotonic() - began < self.options.soak:
            at = time.monotonic() - began
            stats = self.page.evaluate("bench.stats()")
            memory = process_cpu.sample(self.root).renderer_bytes
            samples.append(
                {
                    "at_s": at,
                    "heap_bytes": stats["heapBytes"],
                    "renderer_bytes": memory,
                    "fps": stats["outputFps"],
                    "restarts": stats["restarts"],
                }
            )
            if len(samples) % 6 == 1:
                _say(
                    f"long run {at:.0f} of {self.options.soak:.0f} s: heap {stats['heapBytes'] / 1e6:.1f} MB"
                )
            time.sleep(SOAK_SAMPLE_S)
        for worker in self.page.workers:  # frames that were lost instead of closed are told of now
            worker.evaluate("self.gc()")
        self.page.evaluate("gc()")
        time.sleep(LEAK_TOLD_S)
        self.page.evaluate("bench.stop()")
        return samples

    def open(self) -> set[int]:
        """Loads the page; returns the threads that it has before anything runs: the taps'."""
        self.page.goto(self.url)
        self.page.wait_for_function("globalThis.bench !== undefined")
        time.sleep(0.5)
        return set(process_cpu.sample(self.root).workers_ms)

    def call(self, name: str, *more: object) -> Any:
        options = self.options
        return self.page.evaluate(
            "([name, ...rest]) => bench[name](...rest)",
            [name, options.width, options.height, options.fps, *more],
        )


def default_camera(clips: Path) -> Path:
    """The first 720p clip for the fake camera that the build made."""
    found = sorted(clips.glob("*720*.y4m")) or sorted(clips.glob("*.y4m"))
    if not found:
        raise SystemExit(f"no .y4m in {clips}: run `python3 build.py build`")
    return found[0]


def machine() -> Run:
    """What this was measured on."""
    model = ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    return {
        "cores": os.cpu_count(),
        "processor": model or platform.processor(),
        "system": platform.platform(),
    }


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20, help="of each measured run")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each kind")
    parser.add_argument("--soak", type=float, default=300, help="seconds of the long run")
    parser.add_argument("--strength", default="private", help="of the blur")
    parser.add_argument("--camera", type=Path, help="a .y4m for the fake camera")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--out", type=Path, default=checkout().bench / "loop.json")
    return parser.parse_args(arguments)


def _plain(options: argparse.Namespace) -> dict[str, object]:
    return {name: str(value) if isinstance(value, Path) else value for name, value in vars(options).items()}


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    main()
