"""The picture of a long run: rates, latency, memory and open frames over time, phase by phase."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from samples import Run, Sample

SHADES = ("0.96", "0.90")


def draw(run: Run, file: Path) -> None:
    """Four panels, one above the other, over the minutes of the run."""
    figure, axes = plt.subplots(4, 1, figsize=(13, 10), dpi=100, sharex=True, layout="constrained")
    _streams(axes[0], run, "fps", "frames a second, out")
    _streams(axes[1], run, "latencyMs", "latency, median ms", log=True)
    _line(axes[2], run, lambda one: one.renderer_mb, "renderer, MB", "tab:purple")
    held = [(one.at_s / 60, one.mb) for one in run.held]
    axes[2].plot(*zip(*held, strict=True), "o", markersize=4, label="without garbage, MB", color="tab:orange")
    _line(axes[2], run, lambda one: one.heap_mb, "Python's heap, MB", "tab:green")
    _line(axes[3], run, lambda one: one.open_frames, "frames open", "tab:red")
    _line(axes[3], run, lambda one: 10 * one.cores, "cores of the browser, tenths", "0.5")
    axes[2].legend(fontsize=8, loc="center left")
    axes[3].legend(fontsize=8, loc="upper left")
    for panel in axes:
        _phases(panel, run, named=panel is axes[0])
        panel.margins(x=0)
        panel.grid(axis="y", alpha=0.3)
        panel.set_ylim(bottom=None if panel is axes[1] else 0)
    axes[-1].set_xlabel("minutes")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)


def _streams(axes: Axes, run: Run, key: str, title: str, *, log: bool = False) -> None:
    names = dict.fromkeys(one["name"] for sample in run.samples for one in sample.streams)
    for name in names:
        points = [
            (sample.at_s / 60, one[key])
            for sample in run.samples
            for one in sample.streams
            if one["name"] == name and one[key] is not None
        ]
        axes.plot(*zip(*points, strict=True), ".-", markersize=3, linewidth=0.8, label=name)
    if log:
        axes.set_yscale("log")
    axes.set_title(title, fontsize=10, loc="left")
    axes.legend(fontsize=8, loc="lower left")


def _line(axes: Axes, run: Run, value: Callable[[Sample], float], name: str, colour: str) -> None:
    at = [sample.at_s / 60 for sample in run.samples]
    axes.plot(
        at, [value(one) for one in run.samples], ".-", markersize=3, linewidth=0.8, label=name, color=colour
    )


def _phases(axes: Axes, run: Run, *, named: bool) -> None:
    start = 0.0
    for index, ((_, name), found) in enumerate(groupby(run.samples, lambda one: (one.cycle, one.phase))):
        end = list(found)[-1].at_s / 60
        axes.axvspan(start, end, color=SHADES[index % 2], zorder=0)
        if named:
            place = ((start + end) / 2, 1.12)
            axes.annotate(
                name, place, xycoords=("data", "axes fraction"), ha="center", fontsize=7, rotation=12
            )
        start = end
