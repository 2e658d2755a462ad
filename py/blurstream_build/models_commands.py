"""`build.py evaluate` and `build.py train`: how good models are, and how they get better."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import assemble
from .console import Console
from .node import Node
from .paths import Paths
from .venv import NETWORK_FIX

# Its builds differ by system and index, for processors and for graphics cards: no hash would hold everywhere.
TORCH = "torch==2.13.0"


def evaluate(paths: Paths, console: Console, extra: Sequence[str]) -> int:
    """Builds what models and the pipeline need, then measures; returns the exit code."""
    node = assemble.build(paths, console, packages="test", compress=False)
    return _script(paths, console, node, "evaluate", extra)


def train(paths: Paths, console: Console, extra: Sequence[str]) -> int:
    """Sets up PyTorch and what labels pictures, then trains; returns the exit code."""
    node = assemble.build(paths, console, packages="train", compress=False)
    with console.step("PyTorch") as step:
        probe: list[str | Path] = [paths.venv_python, "-c", "import torch; print(torch.__version__)"]
        there = subprocess.run(probe, capture_output=True, text=True, check=False).stdout
        if f"torch=={there.split('+')[0].strip()}" == TORCH:
            step.done("up to date")
        else:
            pip: list[str | Path] = [paths.venv_python, "-m", "pip", "install", "--no-compile"]
            console.run(
                step,
                [*pip, "--progress-bar=off", TORCH],
                what=f"installing {TORCH} into .venv",
                fix=NETWORK_FIX,
            )
            step.done("installed")
    return _script(paths, console, node, "train", extra)


def _script(paths: Paths, console: Console, node: Node, name: str, extra: Sequence[str]) -> int:
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(paths.py), str(paths.models)]),
        "BLURSTREAM_NODE": str(node.node),
    }
    console.line(f"\n{name}\n")
    command = [str(paths.venv_python), str(paths.models / f"{name}.py"), *extra]
    return subprocess.run(command, env=env, check=False).returncode
