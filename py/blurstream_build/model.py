"""The segmentation model: models/convert.py turns the pinned npm package's file into ONNX and checks it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from .errors import BuildError
from .paths import checkout
from .stamps import Stamp, digest, files_under

TAIL_LINES = 8


def build(npm_package_dir: Path, venv_python: Path, out: Path, say: Callable[[str], None]) -> None:
    """Leaves NAME.onnx and NAME.json in `out`; does nothing if they are there and nothing has changed."""
    paths = checkout()
    if not npm_package_dir.is_dir():
        raise BuildError(
            "converting the model",
            f"the npm package is not at {npm_package_dir}",
            "Remove web/node_modules and run the same command again: it installs the package anew.",
        )
    sources = files_under(paths.models, (".py", ".json", ".npz"))
    inputs = [*sources, *files_under(npm_package_dir, (".tflite",)), paths.requirements / "build.txt"]
    stamp = Stamp(paths.stamps / "model-files.json", digest(inputs, str(out)))
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
    stamp.write(sorted(out.glob("*.onnx")) + sorted(out.glob("*.json")))
