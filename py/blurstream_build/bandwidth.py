"""`build.py bandwidth`: bytes of our output against the camera's picture at equal quality of the person."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from . import assemble, browser
from .console import Console
from .errors import BuildError
from .paths import Paths


def bandwidth(paths: Paths, console: Console, extra: Sequence[str]) -> int:
    """Builds and measures; results are written to bench/bandwidth.{json,md,svg}."""
    folder = paths.root / "tests" / "bench"
    if not (folder / "bandwidth" / "__main__.py").is_file():
        raise BuildError("bandwidth", f"{folder / 'bandwidth'} is missing", "Check it out again with git.")
    node = assemble.build(paths, console, packages="test", compress=False)
    chromium = browser.ensure(paths, console)
    paths.bench.mkdir(exist_ok=True)
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(paths.py), str(folder)]),
        "PYTHONUNBUFFERED": "1",
        browser.ENV: str(chromium.program),
        "BLURSTREAM_NODE": str(node.node),
    }
    console.line("\nbandwidth\n")
    command = [str(paths.venv_python), "-m", "bandwidth", *extra]
    return subprocess.run(command, cwd=paths.root, env=env, check=False).returncode
