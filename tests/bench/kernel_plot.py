"""The picture of the kernels' benchmark: time against resolution and person, its stages, and the tiles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from frame_times import CPU, EVERY_SHARE, SHARES, SIZES, TOTALS, label
from kernel_tables import MEDIAN, PLAIN, TARGETS
from other_programs import told_of
from scenes import MOTIONS

Result = dict[str, Any]
MIDDLE = SHARES[len(SHARES) // 2]
TARGET = max(TARGETS.values())


def draw(result: Result, file: Path) -> None:
    """Four panels, of the first runtime that was measured (Pyodide, as in the browser, unless left out)."""
    runtime, sizes = next(iter(result["results"].items()))
    figure, axes = plt.subplots(2, 2, figsize=(12, 8.4), dpi=110, layout="constrained")
    _resolutions(axes[0][0], sizes)
    plain = PLAIN if PLAIN in sizes else next(iter(sizes))
    _people(axes[0][1], sizes[plain], plain, "ms")
    _stages(axes[1][0], sizes[plain], plain)
    _people(axes[1][1], sizes[plain], plain, "tiles")
    on = result["measured_on"]
    title = f"Everything but the model: {runtime}, {on['processor']}, commit {on['commit']}"
    figure.suptitle(f"{title}\n{told_of(on['others_cores'])}".strip(), fontsize=11)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)


def _resolutions(axes: Axes, sizes: Result) -> None:
    named = [size for size in SIZES if size in sizes]
    pixels = [SIZES[size][0] * SIZES[size][1] / 1e6 for size in named]
    for motion in MOTIONS:
        _line(axes, pixels, [sizes[size].get(label(motion, MIDDLE)) for size in named], label(motion, MIDDLE))
    heads = [sizes[size].get("talking head") for size in named]
    _line(axes, pixels, heads, "talking head, recorded", "k*")
    axes.set_xscale("log")
    axes.set_xticks(pixels, named)
    axes.set_xticks([], minor=True)
    axes.set(
        title="against resolution", xlabel="frame (logarithm of its pixels)", ylabel="CPU ms a frame, median"
    )
    _finish(axes)


def _people(axes: Axes, cells: Result, size: str, what: str) -> None:
    shares = [100 * share for share in SHARES]
    for motion in EVERY_SHARE:
        _line(axes, shares, [cells.get(label(motion, share)) for share in SHARES], motion, what=what)
    axes.set_xticks(shares, [f"{share:.0f} %" for share in shares])
    axes.set_xlabel("share of the picture that is the person")
    if what == "ms":
        axes.set(title=f"against the size of the person, {size}", ylabel="CPU ms a frame, median")
        if size == PLAIN:
            axes.axhline(TARGET, color="0.6", linestyle="--", linewidth=1)
            axes.annotate(f"target {TARGET} ms", (shares[0], TARGET), fontsize=8, color="0.4", va="bottom")
    else:
        axes.set(title=f"tiles of the output that changed, {size}", ylabel="% of all tiles, mean")
    _finish(axes)
    if what == "tiles":
        axes.set_ylim(0, 105)


def _stages(axes: Axes, cells: Result, size: str) -> None:
    scenes = [scene for motion in MOTIONS if (scene := label(motion, MIDDLE)) in cells]
    scenes += [scene for scene in cells if scene not in scenes and "person" not in scene]
    stages = list(dict.fromkeys(s for scene in scenes for s in cells[scene]["ms"] if s not in TOTALS))
    left = [0.0] * len(scenes)
    for stage in stages:
        values = [cells[scene]["ms"].get(stage, [0.0] * 4)[MEDIAN] for scene in scenes]
        axes.barh(scenes, values, left=left, label=stage)
        left = [a + b for a, b in zip(left, values, strict=True)]
    axes.invert_yaxis()
    axes.set(title=f"stages, {size}", xlabel="ms a frame, median")
    axes.set_xlim(0, 1.05 * max(left, default=1.0))
    axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=len(stages))
    axes.grid(axis="x", alpha=0.3)


def _line(
    axes: Axes, at: list[float], cells: list[Result | None], name: str, style: str = "o-", what: str = "ms"
) -> None:
    """A line through the cells that were measured."""
    there = [(x, cell) for x, cell in zip(at, cells, strict=True) if cell]
    values = [c["ms"][CPU][MEDIAN] if what == "ms" else 100 * c["changed_tiles"] for _, c in there]
    if there:
        axes.plot([x for x, _ in there], values, style, label=name, markersize=11 if "*" in style else 6)


def _finish(axes: Axes) -> None:
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
