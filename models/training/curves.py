"""log.jsonl as a picture: the parts of the loss, and each measure of validation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SHOWN = ("IoU, %", "band IoU, %", "boundary F, %", "dtSSD, x100", "leak, %", "person cut, %")


def draw(log: Path, file: Path) -> None:
    """Writes a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    lines: list[dict[str, Any]] = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    losses = [line for line in lines if line.get("loss")]
    checks = [line for line in lines if "validation" in line]
    figure, axes = pyplot.subplots(2, 4, figsize=(18, 8))
    for part in losses[0]["loss"] if losses else ():
        axes.flat[0].plot([x["step"] for x in losses], [x["loss"][part] for x in losses], label=part)
    axes.flat[0].set(title="loss", yscale="log")
    axes.flat[0].legend()
    for axis, measure in zip(axes.flat[1:], SHOWN, strict=False):
        for name in checks[0]["validation"] if checks else ():
            found = [(x["step"], x["validation"][name].get(measure)) for x in checks]
            steps, values = zip(*[pair for pair in found if pair[1] is not None] or [((), ())], strict=True)
            axis.plot(steps, values, marker="o", label=name)
        axis.set(title=measure)
        axis.legend()
    figure.tight_layout()
    figure.savefig(file, dpi=70)
    pyplot.close(figure)
