"""Drives the page of a soak through its phases, and takes samples."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import process_cpu
from devtools import DevTools
from phases import AGAIN, ASLEEP, FOUR, HIDDEN, LOST, PHASES, STARVED, STEADY, THROTTLED, Phase
from samples import Held, Run, Sample

MORE = ("second", "third", "fourth")
SLOWER = 6
SLICE_S = 0.02  # of a starved process: it runs that long, and stands still for five times as long
BACK_S = 90.0
LANDED_S = 10.0
SETTLE_S = 1.0


class Course:
    """`every_s`: between samples. `collections`: of the garbage, after each phase."""

    def __init__(self, tools: DevTools, every_s: float, collections: int) -> None:
        self.tools, self.every_s, self._collections = tools, every_s, collections
        self.run = Run()
        self._began = time.monotonic()
        self._cpu = process_cpu.sample(tools.root)
        self._cpu_at = time.monotonic()
        self._cycle, self._phase = 0, STEADY

    def go(self, cycles: list[float]) -> Run:
        self.tools.until("globalThis.soak")
        self.tools.evaluate("soak.openCamera()")
        doing: dict[Phase, Callable[[float], None]] = {
            STEADY: self._watch,
            FOUR: self._four,
            THROTTLED: self._throttled,
            STARVED: self._starved,
            HIDDEN: self._hidden,
            LOST: self._lost,
            ASLEEP: self._asleep,
            AGAIN: self._watch,
        }
        for self._cycle, seconds in enumerate(cycles):
            for self._phase in PHASES:
                print(f"{time.monotonic() - self._began:6.0f} s: {self._phase.name}", flush=True)
                self._settle()
                doing[self._phase](seconds * self._phase.share)
                self._collect()
                self.run.events += [
                    {"phase": self._phase.name, **event} for event in self.tools.evaluate("soak.takeEvents()")
                ]
        self._land()
        return self.run

    def _settle(self) -> None:
        """What one phase leaves behind is not the next one's."""
        time.sleep(SETTLE_S)
        self.tools.evaluate("soak.sample()")

    def _watch(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while True:
            time.sleep(max(0.0, min(self.every_s, end - time.monotonic())))
            self._sample()
            if time.monotonic() >= end:
                return

    def _collect(self) -> None:
        held = min(self._collected() for _ in range(self._collections))
        at_s = round(time.monotonic() - self._began, 2)
        heap = self.run.samples[-1].heap_mb
        self.run.held.append(Held(at_s, held, heap))

    def _collected(self) -> float:
        self.tools.evaluate("soak.collect()")
        time.sleep(1)  # what is freed is given back a little later
        return process_cpu.sample(self.tools.root).renderer_bytes / 1e6

    def _sample(self) -> None:
        told = self.tools.evaluate("soak.sample()")
        frames = self.tools.evaluate("soak.frames()")
        cpu, now = process_cpu.sample(self.tools.root), time.monotonic()
        cores = (cpu.tree_ms - self._cpu.tree_ms) / 1000 / (now - self._cpu_at)
        self._cpu, self._cpu_at = cpu, now
        self.run.samples.append(
            Sample(
                at_s=round(now - self._began, 2),
                cycle=self._cycle,
                phase=self._phase.name,
                hidden=told["hidden"],
                renderer_mb=cpu.renderer_bytes / 1e6,
                cores=max(cores, 0.0),
                open_frames=frames["open"],
                streams=told["streams"],
            )
        )

    def _four(self, seconds: float) -> None:
        for name in MORE:
            self.tools.evaluate(f"soak.openDrawn('{name}')")
        self._settle()
        self._watch(seconds)
        for name in MORE:
            self.tools.evaluate(f"soak.close('{name}')")

    def _throttled(self, seconds: float) -> None:
        self.tools.throttle(SLOWER)
        self._watch(seconds)
        self.tools.throttle(1)

    def _starved(self, seconds: float) -> None:
        """DevTools slow down the page's thread only, and the frames are other threads' affair."""
        end = time.monotonic() + seconds
        renderers = _children(self.tools.root, "--type=renderer")
        while time.monotonic() < end:
            sampled = min(end, time.monotonic() + self.every_s)
            while time.monotonic() < sampled:
                with _stopped(renderers):
                    time.sleep((SLOWER - 1) * SLICE_S)
                time.sleep(SLICE_S)
            self._sample()

    def _hidden(self, seconds: float) -> None:
        self.tools.evaluate("soak.hide()")
        self.tools.until("document.hidden")
        self._watch(seconds)
        self.tools.evaluate("soak.show()")
        self.tools.until("!document.hidden")

    def _lost(self, seconds: float) -> None:
        """First what draws is gone, which the browser replaces, then the camera. Another stream goes on."""
        began = time.monotonic()
        self.tools.evaluate(f"soak.openDrawn('{MORE[0]}')")
        for process in _children(self.tools.root, "--type=gpu-process"):
            os.kill(process, signal.SIGKILL)
        self._back("the GPU's process", time.monotonic())
        self._watch(max(0.0, seconds / 2 - (time.monotonic() - began)))
        for process in _children(self.tools.root, "video_capture.mojom.VideoCaptureService"):
            os.kill(process, signal.SIGKILL)
        self.tools.until("soak.states().camera === 'stopped'", BACK_S)
        lost = time.monotonic()
        self.tools.evaluate("soak.close('camera')")
        self.tools.evaluate("soak.openCamera()", BACK_S)
        self._back("the camera", lost)
        self.tools.evaluate(f"soak.close('{MORE[0]}')")
        self._watch(max(0.0, seconds - (time.monotonic() - began)))

    def _asleep(self, seconds: float) -> None:
        processes = [self.tools.root, *_children(self.tools.root, "")]
        with _stopped(processes):
            time.sleep(seconds * 2 / 3)
        self._back("sleep", time.monotonic())
        self._watch(seconds / 3)

    def _back(self, after: str, since: float) -> None:
        """Waits until new frames show the person."""
        self.tools.evaluate("soak.sample()")
        end = time.monotonic() + BACK_S
        while True:
            found = self.tools.evaluate("soak.sample()")["streams"]
            if found and all(one["state"] == "running" and one["frames"] > one["flat"] for one in found):
                break
            assert time.monotonic() < end, f"not back {BACK_S:.0f} s after {after}: {found}"
            time.sleep(0.05)
        took = time.monotonic() - since
        self.run.back_s[after] = max(took, self.run.back_s.get(after, 0.0))
        print(f"         back {took:.2f} s after {after}", flush=True)

    def _land(self) -> None:
        """With no frame on its way none is to be open; a stream of the page's own keeps the workers."""
        self.tools.evaluate(f"soak.openDrawn('{MORE[0]}')")
        self.tools.evaluate("soak.pause()")
        end = time.monotonic() + LANDED_S
        while True:
            counted = self.tools.evaluate("soak.frames()")
            if counted["open"] == 0 or time.monotonic() > end:
                break
            time.sleep(0.2)
        self.run.left_open, self.run.frames = counted["open"], counted["seen"]


@contextmanager
def _stopped(processes: list[int]) -> Iterator[None]:
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def _children(root: int, words: str) -> list[int]:
    """Processes of the browser's group whose command holds these words, but for its own."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == root:
            continue
        try:
            inside = os.getpgid(int(entry.name)) == root
            command = (entry / "cmdline").read_text("utf-8", "replace").replace("\0", " ")
        except OSError:
            continue  # it has ended meanwhile
        if inside and words in command:
            found.append(int(entry.name))
    return found
