"""Milliseconds per stage and kernel on a synthetic talking head, the same file natively and inside Pyodide.

`python3 build.py bench kernels`; prints two tables and writes bench/kernels.json.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
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


def everything(repeat: int = 200) -> dict[str, Any]:
    return {name: measure(*size, repeat) for name, size in SIZES.items()}


def in_pyodide(root: Path, repeat: int) -> dict[str, Any]:
    """The same inside Pyodide, in Node: wasm SIMD as the browser runs it."""
    (numpy,) = (root / "build" / "downloads").glob("numpy-*wasm32.whl")
    script = Path(__file__).with_name("kernels_in_pyodide.mjs")
    command = [os.environ.get("BLURSTREAM_NODE", "node"), str(script), str(root), str(numpy), str(repeat)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the kernels did not run in Pyodide:\n{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def table(title: str, result: dict[str, Any]) -> str:
    stages = [name for name in result["720p"] if name != "share of tiles"]
    lines = [
        f"{title}, ms a frame: min (median)",
        "  ".join([f"{'':18}", *(f"{size:>15}" for size in result)]),
    ]
    for stage in stages:
        cells = (f"{r[stage]['min']:7.2f} ({r[stage]['median']:.2f})" for r in result.values())
        lines.append("  ".join([f"{stage:18}", *(f"{cell:>15}" for cell in cells)]))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--repeat", type=int, default=200, help="runs of each stage (default: 200)")
    repeat = parser.parse_known_args()[0].repeat
    root = Path(__file__).resolve().parents[2]
    results = {"Pyodide (wasm SIMD)": in_pyodide(root, repeat), "native": everything(repeat)}
    for title, result in results.items():
        print(table(title, result), end="\n\n")
    (root / "bench").mkdir(exist_ok=True)
    (root / "bench" / "kernels.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print("written: bench/kernels.json")


if __name__ == "__main__":
    main()
