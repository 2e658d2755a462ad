"""What a frame costs: milliseconds of each stage of the pipeline, natively and inside Pyodide.

The model is a stand-in that answers at once with the mask that belongs to the frame, so that the time is that
of everything but the model. What is a stage is the pipeline's business: its names are taken as they come.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from blurstream.frame import FrameSpec
from blurstream.kernels.loader import CompiledKernels
from blurstream.options import parse_settings
from blurstream.pipeline import Pipeline
from blurstream.safe_frame import SafeFrame
from given_mask import GivenMask
from recorded_clip import RecordedClip
from scenes import MOTIONS, Frame, Scene

Array = np.ndarray[Any, Any]
Result = dict[str, Any]

SIZES = {"360p": (640, 360), "480p": (640, 480), "720p": (1280, 720), "1080p": (1920, 1080)}
SHARES = (0.08, 0.25, 0.45)
EVERY_SHARE = ("at rest", "talking", "moving")  # the other motions are measured with the middle share only
FRAME_US = 33_333
TILE = 16
SUM, CALL, CPU = "all stages", "whole call", "CPU"
TOTALS = (SUM, CALL, CPU)


def _thread_ms() -> float:
    return time.thread_time() * 1e3  # not there in Pyodide


class Camera:
    """Frames through one pipeline, one after the other, each timed by itself.

    `cpu_ms`: the CPU time spent so far; other programs lengthen it by a third, the other times by any factor.
    """

    def __init__(self, settings: str = "{}", cpu_ms: Callable[[], float] = _thread_ms) -> None:
        self._cpu_ms = cpu_ms
        self.session = GivenMask()
        self.pipeline = Pipeline(CompiledKernels(), self._emit, self._report)
        self.pipeline.configure(parse_settings(settings))
        self.pipeline.open(self.session)
        self.safe: SafeFrame | None = None
        self._frames = 0
        self._shown: list[Array] = []

    def _emit(self, safe: SafeFrame) -> None:
        self.safe = safe

    def _report(self, severity: str, code: str, message: str, details: Mapping[str, object]) -> None:
        if severity == "error":
            raise RuntimeError(f"the pipeline fails, {code}: {message}")

    def push(self, frame: Frame) -> dict[str, float]:
        """Milliseconds of each stage of this frame, and of the call that ran them."""
        planes, self.session.mask = frame
        height, width = planes[0].shape
        ticket = self.pipeline.begin(FrameSpec("I420", width, height, self._frames * FRAME_US))
        for plane, target in zip(planes, ticket.slot.planes, strict=True):
            target[: plane.shape[0], : plane.shape[1]] = plane
        self._frames += 1
        self.pipeline.milliseconds.clear()
        spent, start = self._cpu_ms(), perf_counter()
        self.pipeline.submit(ticket)
        whole, cpu = (perf_counter() - start) * 1e3, self._cpu_ms() - spent
        stages = dict(self.pipeline.milliseconds)
        return {**stages, SUM: sum(stages.values()), CALL: whole, CPU: cpu}

    def changed(self) -> float:
        """Share of the tiles that differ in any pixel from what was shown the last time."""
        assert self.safe is not None
        planes = self.safe.planes
        before, self._shown = self._shown, [plane.copy() for plane in planes]
        if not before:
            return 1.0
        differ = [
            _tiles(a != b, TILE >> bool(i)) for i, (a, b) in enumerate(zip(before, planes, strict=True))
        ]
        return float((differ[0] | differ[1] | differ[2]).mean())


def measure(frame: Callable[[int], Frame], camera: Camera, frames: int, warm_up: int) -> Result:
    """Pushes `warm_up` frames, then `frames` that count.

    Milliseconds are [least, median, mean, 95th percentile] over the frames; a stage that did not run took 0.
    """
    for index in range(warm_up):
        camera.push(frame(index))
    camera.changed()
    activity: Callable[[], Result] | None = getattr(camera.pipeline, "activity", None)
    if activity:
        activity()  # a new window begins
    camera.pipeline.frames.update(composed=0, concealed=0)
    camera.session.runs = 0
    taken, changed = [], []
    for index in range(warm_up, warm_up + frames):
        taken.append(camera.push(frame(index)))
        changed.append(camera.changed())
    names = [name for name in dict.fromkeys(n for one in taken for n in one) if name not in TOTALS]
    ms = {name: _spread([one.get(name, 0.0) for one in taken]) for name in (*names, *TOTALS)}
    result = {
        "ms": ms,
        "changed_tiles": round(float(np.mean(changed)), 4),
        "model_runs": round(camera.session.runs / frames, 4),
        "composed": round(camera.pipeline.frames["composed"] / frames, 4),
    }
    if activity and (tiles := activity().get("tiles")):
        every = sum(tiles.get(kind, 0) for kind in ("person", "background", "boundary")) or 1
        result["tiles"] = {kind: round(count / every, 4) for kind, count in tiles.items()}
    return result


def everything(
    request: Mapping[str, Any], cpu_ms: Callable[[], float] = _thread_ms
) -> dict[str, dict[str, Result]]:
    """Every scene and clip of a request, by size and name.

    {"sizes": [...], "motions": [...], "frames": n, "warm_up": n, "noise": sigma, "settings": "{}",
     "clips": [[size, name, file.y4m, masks.npy], ...]}
    """
    results: dict[str, dict[str, Result]] = {}

    def cell(frame: Callable[[int], Frame]) -> Result:
        camera = Camera(request["settings"], cpu_ms)
        return measure(frame, camera, int(request["frames"]), int(request["warm_up"]))

    for size in request["sizes"]:
        results[size] = {}
        for share, name in cells(request["motions"]):
            _say(f"{size}: {label(name, share)}")
            scene = Scene(*SIZES[size], share, MOTIONS[name], float(request["noise"]))
            results[size][label(name, share)] = cell(scene.frame)
    for size, name, file, masks in request["clips"]:
        _say(f"{size}: {name}")
        clip = RecordedClip(Path(file), Path(masks))
        results.setdefault(size, {})[name] = cell(clip.frame)
    return results


def cells(motions: Sequence[str] = tuple(MOTIONS)) -> list[tuple[float, str]]:
    """(share of the picture, motion) of every synthetic scene."""
    middle = SHARES[len(SHARES) // 2]
    return [(share, name) for share in SHARES for name in motions if share == middle or name in EVERY_SHARE]


def label(motion: str, share: float) -> str:
    return f"{motion}, person {share:.0%}" if MOTIONS[motion].person else motion


def in_pyodide(request: str, cpu_ms: Callable[[], float]) -> str:
    """The same for JavaScript: JSON in, JSON out."""
    return json.dumps(everything(json.loads(request), cpu_ms))


def _spread(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    mean = sum(ordered) / len(ordered)
    return [round(v, 3) for v in (ordered[0], float(np.median(ordered)), mean, p95)]


def _tiles(plane: Array, side: int) -> Array:
    rows, columns = plane.shape
    return np.asarray(plane.reshape(rows // side, side, columns // side, side).any((1, 3)))


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)
