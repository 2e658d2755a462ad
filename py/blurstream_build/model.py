"""The segmentation models: models/convert.py makes and checks each, and one of them is the product's."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from .errors import BuildError
from .paths import checkout
from .stamps import Stamp, digest, files_under

TAIL_LINES = 8
PRODUCT = "segmenter"  # what the chosen one is called in dist/assets and for the native pipeline


def build(
    npm_package_dir: Path, venv_python: Path, out: Path, chosen: str, say: Callable[[str], None]
) -> None:
    """Leaves NAME.onnx and NAME.json of each model in `out`, the `chosen` one as segmenter.* as well;
    does nothing if all is there and nothing has changed.
    """
    paths = checkout()
    if not npm_package_dir.is_dir():
        raise BuildError(
            "converting the model",
            f"the npm package is not at {npm_package_dir}",
            "Remove web/node_modules and run the same command again: it installs the package anew.",
        )
    sources = files_under(paths.models, (".py", ".json", ".npz"))
    inputs = [*sources, *files_under(npm_package_dir, (".tflite",)), paths.requirements / "build.txt"]
    stamp = Stamp(paths.stamps / "model-files.json", digest(inputs, str(out), chosen))
    if stamp.fresh():
        say("up to date")
        return
    say("converting to ONNX and comparing with the original's masks")
    command: list[str | Path] = [
        venv_python,
        paths.models / "convert.py",
        "--package",
        npm_package_dir,
        "--out",
        out,
    ]
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if result.returncode != 0:
        tail = (result.stdout + result.stderr).strip().splitlines()[-TAIL_LINES:]
        raise BuildError(
            "converting the model",
            f"models/convert.py ended with exit code {result.returncode}\n" + "\n".join(tail),
            "If models/ is as it was checked out, remove .venv and web/node_modules and run the same\n"
            "command again: a package in one of them is not the pinned one.",
        )
    for suffix in (".onnx", ".json"):
        shutil.copyfile(out / f"{chosen}{suffix}", out / f"{PRODUCT}{suffix}")
    stamp.write(sorted(out.glob("*.onnx")) + sorted(out.glob("*.json")))


def choose(manifest: Path, name: str | None) -> str:
    """The model of that name, or the product's; raises BuildError with the names there are."""
    told = json.loads(manifest.read_text("utf-8"))
    names = [model["name"] for model in told["models"]]
    chosen: str = name or told["product"]
    if chosen not in names:
        raise BuildError(
            "choosing the model", f"there is no model {chosen!r}", f"There are: {', '.join(names)}."
        )
    return chosen
