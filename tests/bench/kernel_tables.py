"""The kernels' benchmark as figures to compare, as tables for a terminal and as Markdown."""

from __future__ import annotations

from typing import Any

from frame_times import CPU, SUM, TOTALS
from other_programs import told_of

Result = dict[str, Any]
Rows = list[list[str]]  # the first is the head, the first column names
PLAIN = "720p"  # the size whose stages are told one by one
LEAST, MEDIAN, MEAN, P95 = range(4)

# What the project wants of 720p inside Pyodide, median ms of all stages: a real face, and nothing that moves.
TARGETS = {"talking head": 1.5, "at rest, person 25%": 0.3}
OVERVIEW = "ms a frame, median of all stages (least); CPU of the whole call; share of tiles that changed"
STAGES = f"stages at {PLAIN}, ms a frame: median (least); model runs a frame; tiles of each kind, %"


def figures(results: dict[str, Result]) -> dict[str, float]:
    """Median CPU of every runtime, size and scene; where there is a target, of all stages and each, too."""
    flat: dict[str, float] = {}
    for runtime, sizes in results.items():
        for size, scenes in sizes.items():
            for scene, cell in scenes.items():
                flat[f"{_short(runtime)} {size} {scene}: CPU"] = cell["ms"][CPU][MEDIAN]
    for runtime, sizes in results.items():
        for scene in (scene for scene in TARGETS if scene in sizes.get(PLAIN, {})):
            stages = sizes[PLAIN][scene]["ms"]
            for name in (SUM, *(name for name in stages if name not in TOTALS)):
                flat[f"{_short(runtime)} {PLAIN} {scene}: {name}"] = stages[name][MEDIAN]
    return flat


def console(results: dict[str, Result]) -> str:
    """All stages together by scene and size, then the stages of the plain size."""
    parts = []
    for runtime, sizes in results.items():
        parts += [f"{runtime}: {OVERVIEW}", _aligned(_overview(sizes))]
        if PLAIN in sizes:
            parts += ["", f"{runtime}: {STAGES}", _aligned(_stages(sizes[PLAIN]))]
        parts += [*(f"  {line}" for line in _targets(runtime, sizes)), ""]
    return "\n".join(parts)


def markdown(result: Result) -> str:
    """The same for reading on a page."""
    on, settings = result["measured_on"], result["settings"]
    lines = [
        "# Kernels: what a frame costs besides the model",
        "",
        f"`python3 build.py bench --only kernels`, {on['at']}, commit {on['commit']}. {on['processor']}, "
        f"{on['cores']} cores, {on['system']}; {on['runtime']}.",
        f"{settings['frames']} frames after {settings['warm_up']}, camera noise sigma {settings['noise']}, "
        f"settings {settings['settings']}. "
        f"The model is not in it. {told_of(on['others_cores'])}".rstrip(),
        "",
        "![Kernel milliseconds by resolution, person and movement](kernels.png)",
    ]
    for runtime, sizes in result["results"].items():
        lines += ["", f"## {runtime}", "", f"In each cell: {OVERVIEW}.", "", *_piped(_overview(sizes))]
        if PLAIN in sizes:
            lines += ["", f"{STAGES[0].upper()}{STAGES[1:]}:", "", *_piped(_stages(sizes[PLAIN]))]
        told = _targets(runtime, sizes)
        lines += ["", f"{'; '.join(told)}."] if told else []
    return "\n".join(lines) + "\n"


def _overview(sizes: Result) -> Rows:
    scenes = list(dict.fromkeys(scene for cells in sizes.values() for scene in cells))
    return [["", *sizes], *([scene, *(_cell(sizes[size].get(scene)) for size in sizes)] for scene in scenes)]


def _cell(cell: Result | None) -> str:
    if cell is None:
        return "-"
    return f"{_times(cell, SUM)}; {cell['ms'][CPU][MEDIAN]:.2f}; {100 * cell['changed_tiles']:.0f} %"


def _times(cell: Result, stage: str) -> str:
    ms = cell["ms"].get(stage)
    return f"{ms[MEDIAN]:.2f} ({ms[LEAST]:.2f})" if ms else "-"


def _stages(cells: Result) -> Rows:
    stages = dict.fromkeys(stage for cell in cells.values() for stage in cell["ms"] if stage not in TOTALS)
    kinds = list(dict.fromkeys(kind for cell in cells.values() for kind in cell.get("tiles", {})))
    rows = [["", *stages, "mean of all", *TOTALS, "model runs", *kinds, "changed"]]
    for scene, cell in cells.items():
        shares = {kind: f"{100 * share:.0f}" for kind, share in cell.get("tiles", {}).items()}
        rows.append(
            [
                scene,
                *(_times(cell, stage) for stage in stages),
                f"{cell['ms'][SUM][MEAN]:.2f}",
                *(_times(cell, total) for total in TOTALS),
                f"{cell['model_runs']:.2f}",
                *(shares.get(kind, "-") for kind in kinds),
                f"{100 * cell['changed_tiles']:.0f}",
            ]
        )
    return rows


def _targets(runtime: str, sizes: Result) -> list[str]:
    """Whether the targets are met, for those that were measured."""
    told = []
    for scene, limit in TARGETS.items():
        cell = sizes.get(PLAIN, {}).get(scene)
        if cell and _short(runtime) == "pyodide":
            ms, cpu = cell["ms"][SUM][MEDIAN], cell["ms"][CPU][MEDIAN]
            said = "met" if ms <= limit else "missed"
            told.append(f"target for {PLAIN}, {scene}: {ms:.2f} ms (CPU {cpu:.2f}), wanted {limit}: {said}")
    return told


def _aligned(rows: Rows) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            [f"  {row[0]:{widths[0]}}", *(f"{w:>{n}}" for w, n in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    return "\n".join(lines)


def _piped(rows: Rows) -> list[str]:
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return [head, "| --- |" + " --- |" * (len(rows[0]) - 1), *body]


def _short(runtime: str) -> str:
    return runtime.split()[0].lower()
