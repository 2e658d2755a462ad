"""The picture of the figures: one mark for every clip and codec, the median of each group."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

import matplotlib
import numpy as np

from . import summary
from .summary import Clip

matplotlib.use("Agg")
import matplotlib.pyplot as plt

MOST = 100.0  # percent: what is above is drawn there
COLOURS = ("#1b6ca8", "#e07a1f", "#3c8d40", "#a03a6a")
MARKS = ("o", "s", "^", "D")


def draw(clips: Sequence[Clip], target: Path) -> None:
    """Change of bytes by variant, a panel for each way to compare."""
    matplotlib.rcParams["svg.hashsalt"] = "blurstream"  # the same figures make the same file
    panels = {
        "at the usual rate of a call": summary.at_usual,
        "32-42 dB, steady state": summary.part("steady"),
        "key frame": summary.part("key"),
    }
    names, kinds = summary.variants(clips), summary.codecs(clips)
    figure, axes = plt.subplots(1, len(panels), figsize=(12, 4.2), sharey=True, layout="constrained")
    rng = np.random.default_rng(1)
    for axis, (title, value) in zip(axes, panels.items(), strict=True):
        axis.axhline(0, color="black", linewidth=0.8)
        for at, variant in enumerate(names):
            every: list[float] = []
            for index, codec in enumerate(kinds):
                values = summary.picked(clips, value, variant=variant, reference="best", codec=codec)
                have = [min(v, MOST) for v in values if v is not None]
                every += have
                across = at + (index - (len(kinds) - 1) / 2) * 0.17 + rng.uniform(-0.05, 0.05, len(have))
                label = codec if at == 0 else None
                axis.scatter(
                    across,
                    have,
                    s=16,
                    color=COLOURS[index % 4],
                    marker=MARKS[index % 4],
                    alpha=0.75,
                    label=label,
                )
            if every:
                middle = median(every)
                axis.plot([at - 0.4, at + 0.4], [middle] * 2, color="black", linewidth=1.6)
                axis.annotate(
                    f"{middle:+.0f} %",
                    (at + 0.42, middle),
                    ha="right",
                    va="bottom",
                    fontsize=9,
                    weight="bold",
                )
        axis.set_xticks(range(len(names)), names)
        axis.set_title(title, fontsize=10)
        axis.grid(axis="y", alpha=0.3)
    axes[0].set_ylim(-100, min(MOST, max(25.0, axes[0].get_ylim()[1])))
    axes[0].set_ylabel("bytes against the camera's picture, %\n(equal quality of the person)")
    axes[0].legend(fontsize=8, loc="upper right")
    figure.savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None)
    plt.close(figure)
