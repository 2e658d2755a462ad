"""Milliseconds per stage and kernel on a synthetic talking head, the same file natively and inside Pyodide.

`python tests/bench/bench_kernels.py [--repeat N]` natively; `python3 build.py bench` also runs it in Pyodide.
Prints one JSON object: {"360p": {stage: {"min": ms, "median": ms}, ...}, ...}.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from blurstream.frame import FrameSpec, Geometry
from blurstream.kernels.loader import CompiledKernels
from blurstream.options import PRIVATE
from blurstream.pipeline import Workspace

SIZES = {"360p": (640, 360), "480p": (640, 480), "720p": (1280, 720), "1080p": (1920, 1080)}


def person(height: int, width: int) -> np.ndarray[Any, Any]:
    """Probability of a head and shoulders covering about a quarter of the picture, soft at the edge."""
    y, x = np.mgrid[0:height, 0:width]
    v, u = y / height, (x / width - 0.5) * width / height
    head = 1 - np.hypot(u / 0.17, (v - 0.38) / 0.24)
    body = 1 - np.hypot(u / 0.42, (v - 1.05) / 0.45)
    probability: np.ndarray[Any, Any] = 1 / (1 + np.exp(-np.maximum(head, body) * 24))
    return probability.astype(np.float32)


def timed(call: Callable[[], object], repeat: int) -> dict[str, float]:
    times = []
    for _ in range(repeat):
        start = perf_counter()
        call()
        times.append((perf_counter() - start) * 1e3)
    times.sort()
    return {"min": round(times[0], 3), "median": round(times[len(times) // 2], 3)}


def measure(width: int, height: int, repeat: int) -> dict[str, dict[str, float]]:
    space = Workspace(Geometry(width, height), CompiledKernels())
    slot, prepared = space.slots[0], space.prepared[0]
    spec = FrameSpec("I420", width, height, 0)
    slot.target(spec)
    slot.memory[:] = np.random.default_rng(1).integers(90, 130, slot.memory.size)
    rows, columns = space.geometry.padded
    slot.planes[0][:] = np.where(person(rows, columns) > 0.5, slot.planes[0] // 2, slot.planes[0])
    mask = person(144, 256)
    before = slot.memory.copy()

    def restore() -> None:
        slot.memory[:] = before

    stages: dict[str, Callable[[], object]] = {
        "prepare": lambda: prepared.run(spec),
        "matte": lambda: space.matte.run(mask, prepared),
        "tiles": space.tiles.run,
        "plate": lambda: space.plate.run(prepared, PRIVATE.sigma),
        "compose": lambda: space.compose.compose(slot, 1),
    }

    def whole() -> None:
        for stage in stages.values():
            stage()

    whole()
    result = {name: timed(stage, repeat) for name, stage in stages.items()}
    result["all"] = timed(whole, repeat)
    result["conceal"] = timed(lambda: space.compose.conceal(slot, 1, "bench"), repeat)
    result["copy of the frame"] = timed(restore, repeat)
    tiles = len(space.tiles.every)
    result["share of tiles"] = {
        "background": round(space.tiles.backgrounds / tiles, 3),
        "boundary": round(space.tiles.boundaries / tiles, 3),
    }
    return result


def main(repeat: int = 200) -> dict[str, Any]:
    return {name: measure(*size, repeat) for name, size in SIZES.items()}


if __name__ == "__main__":
    repeats = int(sys.argv[sys.argv.index("--repeat") + 1]) if "--repeat" in sys.argv else 200
    print(json.dumps(main(repeats), indent=1))
