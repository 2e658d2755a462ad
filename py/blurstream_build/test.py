"""`build.py test`: lint, types and every test, with whatever they need set up first."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import assemble, browser
from . import node as node_step
from .console import Console
from .errors import BuildError
from .node import Node
from .paths import Paths

CHECKED = ("build.py", "py", "tests", "models")
SLOWEST = 15
# A test that hangs is to be named, not waited for: no call into a page has a limit of its own.
LIMIT = ("--timeout=600", "--timeout-method=thread")
SIDE_BY_SIDE = ("-n", "auto")
IN_NO_BROWSER = ("tests/py", "tests/privacy", "-m", "not browser", *SIDE_BY_SIDE, "--dist", "worksteal")
# One alone leaves a good third of two cores idle. The tests of a file share a browser.
IN_BROWSERS = (
    "tests/pyodide",
    "tests/browser",
    "tests/privacy",
    "tests/soak",
    "-m",
    "not native",
    *SIDE_BY_SIDE,
    "--dist",
    "loadfile",
)


def test(paths: Paths, console: Console, extra: Sequence[str], *, checks: bool = True) -> int:
    """Sets up, runs the checks and pytest; returns the exit code. `extra` goes to pytest."""
    node = assemble.build(paths, console, packages="test")
    chromium = browser.ensure(paths, console)
    failed = check(paths, console, node) if checks else []
    code = _pytest(paths, console, extra, str(chromium.program), node)
    if failed:
        raise BuildError(
            f"checks: {', '.join(failed)}",
            "see the output of each above",
            "Correct what they name; `.venv/bin/ruff check --fix` and `.venv/bin/ruff format` do part of it.",
        )
    return code


def check(paths: Paths, console: Console, node: Node) -> list[str]:
    """Runs the linters and type checkers; prints what each complains about and returns the names of those."""
    there = [name for name in CHECKED if (paths.root / name).exists()]
    ruff = paths.venv_bin / "ruff"
    typescript = paths.node_modules / "typescript" / "bin" / "tsc"
    folders = (paths.web, paths.web / "demo", paths.web / "adapters")
    projects = [p for p in (folder / "tsconfig.json" for folder in folders) if p.is_file()]
    types: list[tuple[str, list[str | Path]]] = [
        (f"tsc {project.parent.relative_to(paths.root)}", [node.node, typescript, "--noEmit", "-p", project])
        for project in projects
    ]
    commands: list[tuple[str, list[str | Path]]] = [
        ("ruff check", [ruff, "check", "--quiet", "--output-format=concise", *there]),
        ("ruff format", [ruff, "format", "--check", "--quiet", *there]),
        ("mypy", [paths.venv_python, "-m", "mypy", "--no-error-summary", *there]),
        *types,
    ]
    failed = []
    for name, command in commands:
        with console.step(name) as step:
            env = node_step.environment(node)
            try:
                console.run(step, command, what=name, fix="", cwd=paths.root, env=env)
                step.done("passed")
            except BuildError as error:
                failed.append(name)
                step.done("FAILED\n" + "\n".join(f"    {line}" for line in error.why.splitlines()[1:]))
    return failed


def _pytest(paths: Paths, console: Console, extra: Sequence[str], chromium: str, node: Node) -> int:
    """What is asked for, or everything: first what needs no browser."""
    env = {
        **os.environ,
        "PYTHONPATH": str(paths.py),
        browser.ENV: chromium,
        "BLURSTREAM_NODE": str(node.node),
    }
    command = [str(paths.venv_python), "-m", "pytest", f"--durations={SLOWEST}", *LIMIT]
    codes = []
    for part in [extra] if extra else [IN_NO_BROWSER, IN_BROWSERS]:
        console.line()
        codes.append(subprocess.run([*command, *part], cwd=paths.root, env=env, check=False).returncode)
    return next((code for code in codes if code), 0)
