"""The figures of the whole loop that have a target, from its runs, and the table of them."""

from __future__ import annotations

import statistics
from typing import Any

Run = dict[str, Any]

# What the project wants on two cores of a server, all but ready above the pass-through.
TARGETS = {
    "out_fps": (">=", 27.0),
    "added_latency_ms": ("<=", 50.0),
    "worker_cpu_ms": ("<=", 22.0),
    "ready_cold_s": ("<=", 8.0),
    "ready_warm_s": ("<=", 3.5),
    "heap_growth_bytes": ("<=", 0.0),
    "unclosed_frames": ("<=", 0.0),
}


def summary(floors: list[Run], products: list[Run], cold: Run) -> Run:
    """The figures that have a target."""

    def middle(runs: list[Run], key: str) -> float:
        return float(statistics.median(run[key] for run in runs))

    def least(runs: list[Run], key: str) -> float:
        return float(min(run[key] for run in runs))

    return {
        "in_fps": middle(products, "in_fps"),
        "out_fps": middle(products, "out_fps"),
        "added_latency_ms": middle(products, "latency_ms") - middle(floors, "latency_ms"),
        "added_latency_p95_ms": middle(products, "latency_p95_ms") - middle(floors, "latency_p95_ms"),
        "worker_cpu_ms": least(products, "worker_cpu_ms") - least(floors, "worker_cpu_ms"),
        "tree_cpu_ms": least(products, "tree_cpu_ms") - least(floors, "tree_cpu_ms"),
        "ready_cold_s": cold["readyMs"] / 1000,
        "ready_warm_s": least(products, "readyMs") / 1000,
        "others_cores": middle(products, "others_cores"),
    }


def growth(soak: list[Run]) -> float:
    """How much larger the heap is at the end than after the first tenth."""
    settled = soak[len(soak) // 10]
    return float(soak[-1]["heap_bytes"] - settled["heap_bytes"])


def table(result: Run) -> str:
    """The figures for people, with the targets."""
    names = {
        "in_fps": "frames in a second",
        "out_fps": "frames out a second",
        "added_latency_ms": "added latency, median ms",
        "added_latency_p95_ms": "added latency, p95 ms",
        "worker_cpu_ms": "CPU of the workers, ms a frame",
        "tree_cpu_ms": "CPU of the whole browser, ms a frame",
        "ready_cold_s": "ready, cold, s",
        "ready_warm_s": "ready, warm, s",
        "heap_growth_bytes": "growth of the wasm heap, bytes",
        "unclosed_frames": "VideoFrames not closed",
        "others_cores": "cores that other programs took",
    }
    lines = [f"\n  {'above the pass-through':<40} {'measured':>10} {'target':>10}"]
    for key, name in names.items():
        if key not in result:
            continue
        sign, limit = TARGETS.get(key, ("", 0.0))
        target = f"{sign} {limit:g}" if sign else ""
        met = not sign or (result[key] >= limit if sign == ">=" else result[key] <= limit)
        lines.append(f"  {name:<40} {result[key]:>10.2f} {target:>10} {'' if met else '  missed'}")
    floor = result["pass_through"][0]
    lines.append(
        f"\n  pass-through itself: {floor['out_fps']:.1f} fps, latency {floor['latency_ms']:.2f} ms, "
    )
    lines[-1] += f"workers {floor['worker_cpu_ms']:.2f} ms, browser {floor['tree_cpu_ms']:.2f} ms a frame"
    stats = result["product"][-1]["stats"] or {}
    stages = ", ".join(f"{name} {ms:.2f}" for name, ms in (stats.get("stageMs") or {}).items())
    lines.append(f"  stages, ms: {stages}; model {stats.get('modelMs')}")
    lines.append(f"  threads of the workers, ms a frame: {result['product'][-1]['threads_cpu_ms']}")
    return "\n".join(lines)
