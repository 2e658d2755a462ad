"""Node.js for the web part of the build: the one on PATH if new enough, else the one on PyPI."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import venv
from .console import Console
from .errors import BuildError
from .paths import Paths

OLDEST = 18


@dataclass(frozen=True)
class Node:
    """A usable Node.js: both programs are full paths."""

    node: Path
    npm: Path
    version: str


def find(paths: Paths, console: Console) -> Node:
    """Finds Node.js, installing it into .venv when there is none on PATH."""
    outside = _usable(_which("node", None), _which("npm", None))
    if outside:
        _tell(console, outside, "from PATH")
        return outside
    folder = str(paths.venv_bin)
    venv.install(paths, console, "node")
    inside = _usable(_which("node", folder), _which("npm", folder))
    if not inside:
        raise BuildError(
            "finding Node.js",
            f"none of version {OLDEST} or newer on PATH; that of py/requirements/node.txt does not start",
            f"Install Node.js {OLDEST} or newer with npm, see that `node --version` works, and try again.",
        )
    _tell(console, inside, "in .venv")
    return inside


def environment(node: Node) -> dict[str, str]:
    """What npm and scripts that start `node` need to find this one first."""
    return {"PATH": os.pathsep.join([str(node.node.parent), os.environ.get("PATH", "")])}


def parse_version(text: str) -> tuple[int, ...] | None:
    """'v20.20.2' -> (20, 20, 2); None if that is no version."""
    match = re.fullmatch(r"v(\d+)\.(\d+)\.(\d+).*", text.strip())
    return tuple(int(part) for part in match.groups()) if match else None


def _usable(node: str | None, npm: str | None) -> Node | None:
    if not node or not npm:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = parse_version(answer.stdout) if answer.returncode == 0 else None
    if version is None or version[0] < OLDEST:
        return None
    return Node(Path(node), Path(npm), answer.stdout.strip())


def _which(name: str, folder: str | None) -> str | None:
    return shutil.which(name, path=folder)


def _tell(console: Console, node: Node, where: str) -> None:
    with console.step("Node.js") as step:
        step.done(f"{node.version} {where}")
