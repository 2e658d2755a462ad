"""How often a worker is started again: web/src/worker/restarts.ts, run by Node.js."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence

import pytest

from blurstream_build.paths import Paths

TAKE = """
import { build } from 'esbuild';
const options = { entryPoints: ['src/worker/restarts.ts'], bundle: true, format: 'esm', write: false };
const [{ text }] = (await build(options)).outputFiles;
const { RestartBudget } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
const budget = new RestartBudget();
const delays = JSON.parse(process.argv[1]).map((ranMs) => budget.take(ranMs));
console.log(JSON.stringify([delays, budget.total]));
"""
GROWING = [0, 500, 1000, 2000, 4000]


def take(paths: Paths, ran_ms: Sequence[int]) -> tuple[list[int | None], int]:
    """The delays (ms) before the starts that follow workers which ran so long; how many starts there were."""
    node = os.environ.get("BLURSTREAM_NODE") or shutil.which("node")
    if not node or not (paths.node_modules / "esbuild").is_dir():
        pytest.fail("Node.js or esbuild is missing: run `python3 build.py build` first")
    command = [node, "--input-type=module", "--eval", TAKE, json.dumps(ran_ms)]
    done = subprocess.run(command, cwd=paths.web, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    delays, total = json.loads(done.stdout)
    return delays, total


def test_one_that_dies_at_once(paths: Paths) -> None:
    assert take(paths, [0] * 7) == ([*GROWING, None, None], 5)


def test_one_that_takes_long_to_fail(paths: Paths) -> None:
    """A first frame is waited for 10 s: six of these take more than a minute, and that is no way out."""
    assert take(paths, [10_100] * 7) == ([*GROWING, None, None], 5)


def test_one_that_ran_well_meanwhile(paths: Paths) -> None:
    assert take(paths, [0, 0, 0, 3_600_000, 0, 0]) == ([0, 500, 1000, 0, 500, 1000], 6)
    assert take(paths, [40_000] * 9) == ([0] * 9, 9)
