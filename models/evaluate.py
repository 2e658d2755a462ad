"""How good models are: pictures with masks or clips with alpha, any ONNX model, alone or in the pipeline.

    python3 build.py evaluate -- --set portraits=DIR --set clips=DIR --model A.onnx --model B.onnx
    python3 build.py evaluate -- --set clips=DIR --pipeline --baseline build/models/selfie_landscape.onnx

Prints a table a set, with how much less error than the baseline and the interval that holds it (paired
bootstrap over pictures or clips, 95 %), and writes evaluation.json, evaluation.md and a contact sheet of the
worst pictures for each model and set to --out. Folders are described in evaluation/labelled.py, measures in
evaluation/measures.py.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation import comparison, cost, labelled, session
from evaluation.errors import EvaluationError
from evaluation.mattes import Matte, Network, WholePipeline

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "build" / "models"
LANDSCAPE = BUILT / "selfie_landscape.onnx"


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code; what cannot be measured is named on stderr."""
    options = _options(arguments)
    try:
        evaluate(options)
    except EvaluationError as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 1
    return 0


def evaluate(options: argparse.Namespace) -> None:
    models = list(dict.fromkeys(model.resolve() for model in [options.baseline, *options.model]))
    _refuse_doubles([model.stem for model in models], "models")
    mattes: list[Matte] = [Network(model, options.scale) for model in models]
    if options.pipeline:
        mattes += [WholePipeline(model) for model in models]
    baseline = mattes[0].name
    named = [_named(given) for given in options.set]
    _refuse_doubles([name for name, _ in named], "sets")
    sets = dict(named)
    parts = {name: labelled.read(folder, options.most) for name, folder in sets.items()}
    options.out.mkdir(parents=True, exist_ok=True)

    result: dict[str, Any] = {"baseline": baseline, "models": _costs(models, options.node), "sets": {}}
    lines = [_cost_table(result["models"])]
    for name, found in parts.items():
        _say(name)
        figures = session.measure(found, mattes, _say)
        summaries = {matte: of.summary() for matte, of in figures.items()}
        changes = {
            matte: {
                measure: vars(change) if change else None
                for measure in summaries[matte]
                for change in [comparison.change(of.units, figures[baseline].units, measure)]
                if "percentile" not in measure
            }
            for matte, of in figures.items()
            if matte != baseline
        }
        result["sets"][name] = {
            "pictures": len(figures[baseline].ious),
            "units": len(figures[baseline].units),
            "means": summaries,
            "less error, %": changes,
            "each": {matte: dict(zip(of.names, of.units, strict=True)) for matte, of in figures.items()},
        }
        lines.append(_table(name, result["sets"][name], baseline))
        for matte, of in figures.items():
            of.sheet.save(options.out / f"worst {name} {matte}.png".replace(" ", "_").replace(",", ""))
    text = "\n\n".join(lines) + "\n"
    print(text)
    (options.out / "evaluation.md").write_text(text, "utf-8")
    (options.out / "evaluation.json").write_text(
        json.dumps(comparison.without_nan(result), indent=1), "utf-8"
    )


def _costs(models: Sequence[Path], node: str | None) -> dict[str, dict[str, float]]:
    web = ROOT / "web"
    times = cost.web_ms(models, node, web) if node and (web / "node_modules").is_dir() else {}
    return {
        model.stem: {
            "bytes": model.stat().st_size,
            "multiply-adds": cost.multiply_adds(model),
            **{f"{which} ms": value for which, value in times.get(model.stem, {}).items()},
        }
        for model in models
    }


def _cost_table(models: dict[str, dict[str, float]]) -> str:
    rows = [
        f"| {name} | {of['bytes'] / 1000:.0f} | {of['multiply-adds'] / 1e6:.1f} | "
        f"{_ms(of, 'min')} / {_ms(of, 'median')} |"
        for name, of in models.items()
    ]
    head = "| model | kB | million multiply-adds | onnxruntime-web, wasm, 1 thread, min / median ms |"
    return "\n".join([head, "| --- | --- | --- | --- |", *rows])


def _ms(of: dict[str, float], which: str) -> str:
    return f"{of[f'{which} ms']:.2f}" if f"{which} ms" in of else "-"


def _table(name: str, found: dict[str, Any], baseline: str) -> str:
    """Measures down, mattes across; in brackets how much less error than the baseline."""
    mattes = list(found["means"])
    rows = []
    for measure in found["means"][baseline]:
        cells = []
        for matte in mattes:
            cell = f"{found['means'][matte][measure]:.2f}"
            change = found["less error, %"].get(matte, {}).get(measure)
            if change:
                interval = (
                    "" if math.isnan(change["low"]) else f", {change['low']:+.0f}..{change['high']:+.0f}"
                )
                cell += f" ({change['less']:+.0f} %{interval})"
            cells.append(cell)
        rows.append(f"| {measure} | {' | '.join(cells)} |")
    head = f"**{name}**: {found['pictures']} pictures"
    return "\n".join(
        [
            f"{head}; in brackets: less error than {baseline}, and the 95 % interval of it\n",
            f"| | {' | '.join(mattes)} |",
            "| --- |" + " --- |" * len(mattes),
            *rows,
        ]
    )


def _refuse_doubles(names: Sequence[str], what: str) -> None:
    double = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if double:
        raise EvaluationError(f"two {what} are called {double[0]}: results go by name, give another one")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _named(given: str) -> tuple[str, Path]:
    name, sign, folder = given.partition("=")
    return (name, Path(folder)) if sign else (Path(given).name, Path(given))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--set", action="append", required=True, metavar="[NAME=]DIR", help="labelled material"
    )
    parser.add_argument(
        "--model", action="append", type=Path, default=[], help="an ONNX model; may be repeated"
    )
    parser.add_argument(
        "--baseline", type=Path, default=LANDSCAPE, help="the model that others are set against"
    )
    parser.add_argument("--pipeline", action="store_true", help="measure each in the whole pipeline, too")
    parser.add_argument("--scale", type=float, nargs=2, metavar=("LOW", "HIGH"), help="range of the input")
    parser.add_argument("--most", type=int, help="pictures a folder (evenly), frames a clip (the first)")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "evaluation", help="where results go")
    parser.add_argument(
        "--node", default=os.environ.get("BLURSTREAM_NODE"), help="Node.js, to time models in"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
