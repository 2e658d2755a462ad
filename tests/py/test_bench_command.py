"""`build.py bench`: which benchmarks it runs, and which arguments each of them is given."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import pytest

from blurstream_build import assemble, browser, cli
from blurstream_build.browser import Chromium
from blurstream_build.console import Console
from blurstream_build.errors import BuildError
from blurstream_build.node import Node
from blurstream_build.paths import Paths


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The benchmarks that would have been started: script and arguments."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append([Path(command[1]).name, *command[2:]])
        return subprocess.CompletedProcess(command, 3 if "kernels" in command[1] else 0)

    node, chromium = Node(Path("node"), Path("npm"), "20"), Chromium(Path("chromium"), "1", "PATH")
    monkeypatch.setattr(assemble, "build", lambda *_, **__: node)
    monkeypatch.setattr(browser, "ensure", lambda *_: chromium)
    monkeypatch.setattr(subprocess, "run", run)
    return commands


def measure(paths: Paths, *words: str) -> int:
    options = cli.parser().parse_args(["bench", *words])
    return cli.run(options, paths, Console(paths.logs, io.StringIO(), tty=False))


def test_all_sizes_are_the_loops_business(paths: Paths, started: list[list[str]]) -> None:
    assert measure(paths) == 3, "the worst of the exit codes"
    assert measure(paths, "--all") == 3
    assert started == [
        ["bench_kernels.py"],
        ["bench_loop.py"],
        ["bench_effects.py"],
        ["bench_kernels.py"],
        ["bench_loop.py", "--all"],
        ["bench_effects.py"],
    ]


def test_arguments_go_to_the_one_benchmark_named(paths: Paths, started: list[list[str]]) -> None:
    assert measure(paths, "--only", "loop", "--", "--size", "640x480") == 0
    assert started == [["bench_loop.py", "--size", "640x480"]]
    with pytest.raises(BuildError, match="for one benchmark"):
        measure(paths, "--", "--quick")
    assert len(started) == 1


def test_a_missing_script_is_named(tmp_path: Path, started: list[list[str]]) -> None:
    with pytest.raises(BuildError, match=r"bench_kernels\.py is missing"):
        measure(Paths(tmp_path), "--only", "kernels")
