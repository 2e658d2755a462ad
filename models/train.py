"""Trains the network further from the converted weights.

    python3 build.py train -- --material DIR --teacher FILE.tflite --prepare     once: labels, cut-outs, rooms
    python3 build.py train -- --material DIR [--hours 2] [--name second]         goes on where it ended
    python3 build.py train -- --config CONFIG --name third --after second        another lesson
    python3 build.py train -- --material DIR --name third --export NAME          weights for models/

All that is chosen stands in train.json. --out holds what is prepared, and a folder for each run: its last
state, log.jsonl, curves.png and the averaged weights as NAME.onnx, for evaluate.py. A run is the same with
the same seed and settings, however often it was interrupted and however many workers draw its scenes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
import torch

import convert
import faster_graph
import tflite_graph
import weights as weights_file
from evaluation import labelled, session
from evaluation.errors import EvaluationError
from evaluation.mattes import Network as Judged
from training import curves
from training.errors import TrainingError
from training.export import export
from training.losses import Weights, loss
from training.network import Network, UnknownNodeError
from training.prepared import prepare, prepared
from training.sampler import batches
from training.scenes import Mix, Scenes
from training.state import Run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TOLD_EVERY = 50
FAILURES = (
    TrainingError,
    EvaluationError,
    UnknownNodeError,
    convert.ConversionError,
    tflite_graph.UnsupportedModelError,
    weights_file.WeightsError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code; what is missing is named on stderr."""
    options = _options(arguments)
    try:
        config = read_config(options.config)
        if options.prepare:
            for done in prepare(config, options.material, options.teacher, options.out):
                print(done, flush=True)
            return 0
        train(config, options)
    except FAILURES as error:
        print(f"train: {error}", file=sys.stderr)
        return 1
    return 0


def read_config(file: Path) -> dict[str, Any]:
    """One that is `based_on` another has its settings, `without` the people named there and with its own.
    Raises TrainingError if it cannot be read, or names what nobody knows.
    """
    try:
        config: dict[str, Any] = json.loads(file.read_text("utf-8"))
        if "based_on" in config:
            base = read_config(file.parent / config.pop("based_on"))
            without = {*config.pop("without", [])}
            unknown = without - {people["name"] for people in base["people"]}
            if unknown:
                raise ValueError(f"it is without {sorted(unknown)}, who are not there")
            base["people"] = [people for people in base["people"] if people["name"] not in without]
            for name, value in config.items():
                base[name] = base[name] | value if isinstance(value, dict) else value
            config = base
        if not 0 <= config["kept"] < 1:
            raise ValueError(f"it keeps {config['kept']} of the converted weights: a share from 0 to 1")
        Mix(**config["mix"])
        Weights(**config["loss"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TrainingError(f"{file} is not a configuration: {error!r}") from error
    return config


def train(config: dict[str, Any], options: argparse.Namespace) -> None:
    torch.manual_seed(config["seed"])
    torch.set_num_threads(options.threads)
    plain = landscape(options.package)
    network = Network(plain).to(memory_format=torch.channels_last)
    run = Run(network, config, options.out / options.name)
    if options.export:
        if run.step == 0:
            raise TrainingError(f"{run.folder} holds no state: nothing was trained under that --name")
        export(run.given_away(plain), plain, options.export, HERE, options.package)
        return
    people, rooms = prepared(config, options.out)
    scenes = Scenes(people, rooms, Mix(**config["mix"]))
    weights = Weights(**config["loss"])
    print(f"{options.name}: from step {run.step} of {config['steps']}", flush=True)
    if run.step == 0:
        if options.after:
            run.begin_after(options.out / options.after)
        begun_with = run.given_away(plain).into(plain)
        run.note(validation=validated(begun_with, config, options.material, run.folder))
    begun, told, sums, since = time.monotonic(), time.monotonic(), dict[str, float](), run.step
    drawn = batches(scenes, config["seed"], config["pairs"], run.step, config["steps"], options.workers)
    for pictures, alpha in drawn:
        parts = loss(network(pictures), alpha, weights)
        if not torch.isfinite(parts["sum"]):
            raise TrainingError(f"the loss is {parts['sum'].item()} at step {run.step}: lower learning_rate")
        run.take_step(parts["sum"])
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + float(value.detach())
        if run.step % TOLD_EVERY == 0:
            now, steps = time.monotonic(), run.step - since
            pace = steps * 2 * config["pairs"] / (now - told)
            means = {name: total / steps for name, total in sums.items()}
            run.note(loss=means, pictures_a_second=round(pace, 1))
            told, sums, since = now, {}, run.step
        ended = run.step == config["steps"] or time.monotonic() - begun > options.hours * 3600
        if run.step % config["validate_every"] == 0 or ended:
            run.save()
            trained = run.given_away(plain).into(plain)
            onnx.save(faster_graph.faster(trained), run.folder / f"{options.name}.onnx")
            run.note(validation=validated(trained, config, options.material, run.folder))
            curves.draw(run.folder / "log.jsonl", run.folder / "curves.png")
            told = time.monotonic()
        if ended:
            break


def landscape(package: Path) -> onnx.ModelProto:
    """The converted model before faster_graph, whose nodes the network is made of."""
    entry = json.loads((HERE / "manifest.json").read_text("utf-8"))["models"][0]
    return convert.plain(package, entry)


def validated(
    model: onnx.ModelProto, config: dict[str, Any], material: Path, folder: Path
) -> dict[str, dict[str, float]]:
    """The measures of evaluate.py over what training has not seen."""
    file = folder / "validated.onnx"
    onnx.save(model, file)
    result = {}
    for wanted in config["validation"]:
        parts = labelled.read(material / wanted["folder"])
        every, most = wanted.get("every", 1), wanted["most"]
        chosen = [part.thinned(every, most) for part in parts]
        (figures,) = session.measure(chosen, [Judged(file)]).values()
        result[wanted["name"]] = {name: round(value, 3) for name, value in figures.summary().items()}
    return result


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    package = ROOT / "web" / "node_modules" / "@mediapipe" / "selfie_segmentation"
    given = os.environ.get("BLURSTREAM_DATA")
    parser.add_argument("--material", type=Path, default=given and Path(given), required=not given)
    parser.add_argument("--config", type=Path, default=HERE / "train.json")
    parser.add_argument("--prepare", action="store_true", help="label and cut out, and do not train")
    parser.add_argument("--teacher", type=Path, default=ROOT / "build" / "training" / "teacher.tflite")
    parser.add_argument("--package", type=Path, default=package, help="the model to begin with")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "training")
    parser.add_argument("--export", metavar="NAME", help="write a run's weights to models/NAME.npz")
    parser.add_argument("--name", default="run", help="of this run; its folder in --out")
    parser.add_argument("--after", metavar="RUN", help="begin with what that run in --out has learned")
    parser.add_argument("--hours", type=float, default=24.0, help="stop after this time; run again to go on")
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch")
    parser.add_argument("--workers", type=int, default=1, help="processes that draw scenes")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
