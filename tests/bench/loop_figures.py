"""The figures of the whole loop, from its runs: those that have a target, and the tables of them."""

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
NAMES = {
    "in_fps": "frames in a second",
    "out_fps": "frames out a second",
    "added_latency_ms": "added latency, median ms",
    "added_latency_p95_ms": "added latency, p95 ms",
    "worker_cpu_ms": "CPU of the workers, ms a frame",
    "tree_cpu_ms": "CPU of the whole browser, ms a frame",
    "ready_cold_s": "ready, cold, s",
    "ready_warm_s": "ready, warm, s",
    "written_tiles": "tiles written, share",
    "model_runs": "model runs a frame",
    "heap_growth_bytes": "growth of the wasm heap, bytes",
    "unclosed_frames": "VideoFrames not closed",
    "others_cores": "cores that other programs took",
}
COMPARED = [name for name in NAMES if name not in ("in_fps", "others_cores")]
ROUNDED = 3  # digits behind the point, in the result


def summary(floors: list[Run], products: list[Run], cold: Run) -> Run:
    """The figures of one size."""

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
        **_pixels(products[-1]["stats"] or {}),
        "others_cores": middle(products, "others_cores"),
    }


def _pixels(stats: Run) -> dict[str, float]:
    """Which share of the tiles was written and how often the model ran, where `safe.stats` tells."""
    found = {}
    tiles = stats.get("tiles") or {}
    every = sum(tiles.get(kind, 0) for kind in ("person", "background", "boundary"))
    if every:
        found["written_tiles"] = tiles["written"] / every
    runs, kept = stats.get("modelRuns"), stats.get("maskReuses")
    if runs is not None and kept is not None and runs + kept:
        found["model_runs"] = runs / (runs + kept)
    return found


def growth(soak: list[Run]) -> float:
    """How much larger the heap is at the end than after the first tenth."""
    settled = soak[len(soak) // 10]
    return float(soak[-1]["heap_bytes"] - settled["heap_bytes"])


def figures(results: dict[str, Run], long_run: Run) -> dict[str, float]:
    """What two results are compared by: every figure of every size, under a name of its own."""
    flat: dict[str, float] = {}
    for size, run in results.items():
        seen = run | (long_run if long_run.get("size") == size else {})
        flat |= {f"{size} {NAMES[key]}": round(seen[key], ROUNDED) for key in COMPARED if key in seen}
    return flat


def rounded(run: Any) -> Any:
    """The same with fewer digits, to keep results small."""
    if isinstance(run, dict):
        return {key: rounded(value) for key, value in run.items()}
    if isinstance(run, list):
        return [rounded(value) for value in run]
    return round(run, ROUNDED) if isinstance(run, float) else run


def table(size: str, run: Run, long_run: Run) -> str:
    """The figures of one size for people, with the targets."""
    seen = run | (long_run if long_run.get("size") == size else {})
    lines = [f"\n  {f'{size}, above the pass-through':<40} {'measured':>10} {'target':>10}"]
    for key, name in NAMES.items():
        if key not in seen:
            continue
        sign, limit = TARGETS.get(key, ("", 0.0))
        target = f"{sign} {limit:g}" if sign else ""
        met = not sign or (seen[key] >= limit if sign == ">=" else seen[key] <= limit)
        lines.append(f"  {name:<40} {seen[key]:>10.2f} {target:>10} {'' if met else '  missed'}")
    return "\n".join([*lines, "", *(f"  {line}" for line in _besides(run)), ""])


def markdown(result: Run) -> str:
    """The same for reading on a page, the sizes side by side."""
    on, settings, results = result["measured_on"], result["settings"], result["results"]
    sizes = list(results)
    lines = [
        "# The whole loop in a browser",
        "",
        f"`python3 build.py bench --only loop`, {on['at']}, commit {on['commit']}. {on['processor']}, "
        f"{on['cores']} cores, {on['system']}, without a GPU; {on['browser']}.",
        f"{settings['repeats']} runs of {settings['seconds']:g} s of each kind at each size; CPU is that of "
        "the best run, all else the median. Latency and CPU are above a pass-through in the same browser.",
        "",
        "![Frames, CPU and latency by size](loop.png)",
        "",
        f"| | {' | '.join(sizes)} | target |",
        "| --- |" + " --- |" * (len(sizes) + 1),
    ]
    long_run = result["long_run"]
    for key, name in NAMES.items():
        cells = [run | (long_run if long_run.get("size") == size else {}) for size, run in results.items()]
        if any(key in cell for cell in cells):
            words = [f"{cell[key]:.2f}" if key in cell else "-" for cell in cells]
            target = "{} {:g}".format(*TARGETS[key]) if key in TARGETS else ""
            lines.append(f"| {name} | {' | '.join(words)} | {target} |")
    for size, run in results.items():
        lines += ["", f"{size}: " + "; ".join(_besides(run)) + "."]
    return "\n".join(lines) + "\n"


def _besides(run: Run) -> list[str]:
    floor, last = run["pass_through"][0], run["product"][-1]
    stats = last["stats"] or {}
    stages = ", ".join(f"{name} {ms:.2f}" for name, ms in (stats.get("stageMs") or {}).items())
    return [
        f"pass-through itself: {floor['out_fps']:.1f} fps, latency {floor['latency_ms']:.2f} ms, "
        f"workers {floor['worker_cpu_ms']:.2f} ms, browser {floor['tree_cpu_ms']:.2f} ms a frame",
        f"stages, ms: {stages}; model {stats.get('modelMs')}",
        f"threads of the workers, ms a frame: {', '.join(f'{ms:.2f}' for ms in last['threads_cpu_ms'])}",
    ]
