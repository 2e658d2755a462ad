"""The whole build in the order of its steps: everything that ends up in dist."""

from __future__ import annotations

from pathlib import Path

from . import (
    assets,
    bundle,
    clips,
    kernels,
    lock,
    model,
    node,
    npm,
    numpy_wheel,
    pyodide_runtime,
    sizes,
    venv,
)
from .console import Console, Step
from .node import Node
from .paths import Paths
from .stamps import Stamp, digest, files_under

MODEL_PACKAGE = "@mediapipe/selfie_segmentation"


def build(paths: Paths, console: Console, *, packages: str = "build") -> Node:
    """Builds dist and build/clips; `packages` names the set of Python packages to have."""
    with lock.held(paths.build / "lock", console):
        venv.create(paths, console)
        venv.install(paths, console, packages)
        found = node.find(paths, console)
        npm.install(paths, console, found)
        kernels.build(paths, console)
        _model(paths, console)
        _clips(paths, console)
        _runtime(paths, console, found)
        bundle.workers(paths, console, found)
        manifest = assets.collect(paths, console, staged(paths))
        bundle.library(paths, console, found, manifest)
        bundle.demo(paths, console, found)
        sizes.compress(paths, console, found)
        sizes.report(paths, console)
    return found


def staged(paths: Paths) -> list[Path]:
    """Every file that belongs into dist/assets, where its step has left it."""
    folders = (stage(paths, name) for name in ("runtime", "model", "workers"))
    return [file for folder in folders for file in files_under(folder)] + [paths.kernels / kernels.WASM]


def stage(paths: Paths, name: str) -> Path:
    """The folder that a step fills, before its files are collected into dist/assets."""
    return paths.build / "stage" / name


def _model(paths: Paths, console: Console) -> None:
    with console.step("model") as step:
        package = paths.node_modules / MODEL_PACKAGE
        inputs = [*files_under(paths.models), paths.steps / "model.py", package / "package.json"]
        stamp = _stamp(paths, "model", inputs)
        if stamp.fresh():
            step.done("up to date")
            return
        out = _empty(stage(paths, "model"))
        model.build(package, paths.venv_python, out, step.say)
        stamp.write(_made(step, out))


def _clips(paths: Paths, console: Console) -> None:
    with console.step("clips") as step:
        inputs = [*sorted(paths.steps.glob("clip*.py")), paths.requirements / "build.txt"]
        stamp = _stamp(paths, "clips", inputs)
        if stamp.fresh():
            step.done("up to date")
            return
        out = _empty(paths.clips)
        clips.build(paths.venv_python, out, step.say)
        stamp.write(_made(step, out))


def _runtime(paths: Paths, console: Console, found: Node) -> None:
    with console.step("Python for the browser") as step:
        package = paths.node_modules / "pyodide"
        sources = files_under(paths.package, (".py",))
        steps = [paths.steps / name for name in ("download.py", "numpy_wheel.py", "pyodide_runtime.py")]
        scripts = sorted((paths.web / "build").glob("*pyc*"))
        stamp = _stamp(paths, "runtime", [*sources, *steps, *scripts, package / "package.json"])
        if stamp.fresh():
            step.done("up to date")
            return
        paths.downloads.mkdir(parents=True, exist_ok=True)
        numpy_wheel.ensure(package, paths.downloads, step.say)
        out = _empty(stage(paths, "runtime"))
        pyodide_runtime.build(package, found.node, paths.package, paths.downloads, out, step.say)
        stamp.write(_made(step, out))


def _stamp(paths: Paths, name: str, inputs: list[Path]) -> Stamp:
    return Stamp(paths.stamps / f"{name}.json", digest(inputs, base=paths.root))


def _empty(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files_under(folder):
        file.unlink()
    return folder


def _made(step: Step, folder: Path) -> list[Path]:
    files = files_under(folder)
    step.done(f"{len(files)} files, {sum(f.stat().st_size for f in files) / 1e6:.1f} MB")
    return files
