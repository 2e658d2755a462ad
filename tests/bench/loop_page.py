"""One page in a headless browser with a fake camera, driven through the runs of the loop's benchmark."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright

import loop_figures
import process_cpu
from blurstream_build import browser
from loop_figures import Run

SETTLE_S = 4.0  # after ready, the compilers are still busy
SOAK_SAMPLE_S = 5.0
KEPT_SAMPLES = 12  # of the long run, in the result
START_TIMEOUT_MS = 180_000
LEAK = "garbage collected without being closed"
LEAK_TOLD_S = 12.0  # the browser tells it at most this long after the collection


def chromium() -> browser.Chromium:
    """The browser to measure in."""
    found = browser.find(os.environ)
    if not found:
        raise SystemExit(f"no Chromium: run `python3 build.py bench`, or set {browser.ENV}")
    return found


class LoopPage:
    """The page, the size of its camera, and the process of its browser."""

    def __init__(
        self, page: Page, root: int, url: str, size: tuple[int, int], options: argparse.Namespace, log: Path
    ) -> None:
        self.page, self.root, self.url = page, root, url
        self.size = size
        self.options = options
        self._log = log

    def run(self) -> Run:
        """Cold start first, then the two kinds in turn."""
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
        summary = loop_figures.summary(floors, products, cold)
        return summary | {"pass_through": floors, "product": products}

    def measured(self, kind: str) -> Run:
        """A run of one kind: rates, latency and CPU over some seconds after it has settled."""
        taps = self.open()
        started = self.call_product() if kind == "product" else self.call("passThrough")
        time.sleep(SETTLE_S)
        self.page.evaluate("bench.measure()")
        self.page.evaluate("bench.stats()")  # a new window of the stages begins
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
        return dict(self.call_product())

    def soak(self) -> Run:
        """The product for minutes: what memory does over time, and whether a frame was lost."""
        self.start_product()
        time.sleep(SETTLE_S)
        samples: list[Run] = []
        began = time.monotonic()
        while not samples or time.monotonic() - began < self.options.soak:
            at = time.monotonic() - began
            stats = self.page.evaluate("bench.stats()")
            samples.append(
                {
                    "at_s": round(at, 1),
                    "heap_bytes": stats["heapBytes"],
                    "renderer_bytes": process_cpu.sample(self.root).renderer_bytes,
                    "fps": stats["outputFps"],
                    "restarts": stats["restarts"],
                }
            )
            if len(samples) % 6 == 1:
                heap = stats["heapBytes"] / 1e6
                _say(f"long run {at:.0f} of {self.options.soak:.0f} s: heap {heap:.1f} MB")
            time.sleep(SOAK_SAMPLE_S)
        for worker in self.page.workers:  # frames that were lost instead of closed are told of now
            worker.evaluate("self.gc()")
        self.page.evaluate("gc()")
        time.sleep(LEAK_TOLD_S)
        self.page.evaluate("bench.stop()")
        lost = [line for line in self._log.read_text("utf-8", "replace").splitlines() if LEAK in line]
        for line in lost:
            _say(line)
        return {
            "seconds": self.options.soak,
            "heap_growth_bytes": loop_figures.growth(samples),
            "unclosed_frames": float(len(lost)),
            "samples": samples[:: -(-len(samples) // KEPT_SAMPLES)],
        }

    def open(self) -> set[int]:
        """Loads the page; returns the threads that it has before anything runs: the taps'."""
        self.page.goto(self.url)
        self.page.wait_for_function("globalThis.bench !== undefined")
        time.sleep(0.5)
        return set(process_cpu.sample(self.root).workers_ms)

    def call_product(self) -> Any:
        return self.call("product", {"type": "blur", "strength": self.options.strength})

    def call(self, name: str, *more: object) -> Any:
        return self.page.evaluate(
            "([name, ...rest]) => bench[name](...rest)", [name, *self.size, self.options.fps, *more]
        )


@contextmanager
def opened(
    playwright: Playwright,
    program: Path,
    camera: Path,
    size: tuple[int, int],
    url: str,
    options: argparse.Namespace,
) -> Iterator[LoopPage]:
    """A browser of its own, with nothing in its caches, whose fake camera plays a file."""
    with tempfile.TemporaryDirectory(prefix="blurstream-bench-", ignore_cleanup_errors=True) as profile:
        log = Path(profile) / "browser.log"
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=str(program),
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
            yield LoopPage(page, process_cpu.browser_root(Path(profile)), url, size, options, log)
        finally:
            context.close()


def _say(text: str) -> None:
    print(f"  {text}", flush=True)
