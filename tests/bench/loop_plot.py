"""The picture of the loop's benchmark: frames, CPU and latency of each size, beside the pass-through."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

Result = dict[str, Any]
BAR = 0.38
KINDS = {"product": ("blurStream", "tab:blue"), "pass_through": ("pass-through", "0.7")}


def draw(result: Result, file: Path) -> None:
    """Three panels with a pair of bars for each size."""
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.4), dpi=110, layout="constrained")
    _bars(axes[0], result["results"], "out_fps", "frames a second, median run", best=statistics.median)
    _bars(
        axes[1], result["results"], "tree_cpu_ms", "CPU of the whole browser, ms a frame, best run", best=min
    )
    _bars(axes[2], result["results"], "latency_ms", "latency, median ms, median run", best=statistics.median)
    on = result["measured_on"]
    figure.suptitle(f"{on['browser']}, {on['processor']}, no GPU, commit {on['commit']}", fontsize=10)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)


def _bars(axes: Axes, results: Result, key: str, title: str, *, best: Any) -> None:
    for place, (kind, (name, colour)) in enumerate(KINDS.items()):
        at = [index + (place - 0.5) * BAR for index in range(len(results))]
        values = [float(best([run[key] for run in size[kind]])) for size in results.values()]
        bars = axes.bar(at, values, BAR, label=name, color=colour)
        axes.bar_label(bars, fmt="%.1f", fontsize=8)
    axes.set_xticks(range(len(results)), list(results))
    axes.set_title(title, fontsize=10)
    axes.margins(y=0.15)
    axes.grid(axis="y", alpha=0.3)
    axes.legend(fontsize=8, loc="lower right" if key == "out_fps" else "upper left")
