"""The whole build in the order of its steps: everything that ends up in dist."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from . import (
    assets,
    bundle,
    clips,
    components,
    integrity,
    kernels,
    licences,
    lock,
    model,
    node,
    npm,
    numpy_wheel,
    pyodide_runtime,
    sbom,
    sizes,
    venv,
)
from .console import Console
from .node import Node
from .paths import Paths
from .stamps import Stamp, digest, files_under

RUNTIME_STEPS = r"download|numpy_wheel|pyodide_runtime|runtime_"


def build(
    paths: Paths,
    console: Console,
    *,
    packages: str = "build",
    compress: bool = True,
    model_name: str | None = None,
) -> Node:
    """Builds dist and build/clips; `packages` names the set of Python packages to have, `model_name` a model
    of models/manifest.json to use instead of the product's.

    Without `compress` the copies for web servers and the table of sizes are left out: they take a minute.
    """
    with lock.held(paths.build / "lock", console):
        venv.create(paths, console)
        venv.install(paths, console, packages)
        found = node.find(paths, console)
        npm.install(paths, console, found)
        kernels.build(paths, console)
        _model(paths, console, model_name)
        _clips(paths, console)
        _runtime(paths, console, found)
        bundle.workers(paths, console, found)
        manifest = assets.collect(paths, console, staged(paths))
        bundle.library(paths, console, found, manifest)
        bundle.adapters(paths, console, found)
        bundle.demo(paths, console, found)
        bundle.examples(paths, console, found)
        integrity.write(paths, console)
        parts = components.installed(paths)
        licences.collect(paths, console, parts)
        sbom.write(paths, console, parts, bundle.packages(bundle.records(paths)))
        if compress:
            sizes.compress(paths, console, found)
            sizes.report(paths, console)
            integrity.report(paths, console)
    return found


def staged(paths: Paths) -> list[Path]:
    """Every file that belongs into dist/assets, where its step has left it."""
    folders = (stage(paths, "runtime"), stage(paths, "workers"))
    network = [paths.built_models / f"{model.PRODUCT}{suffix}" for suffix in (".onnx", ".json")]
    files = [file for folder in folders for file in files_under(folder)]
    return [*files, *network, paths.kernels / kernels.WASM]


def stage(paths: Paths, name: str) -> Path:
    """The folder that a step fills, before its files are collected into dist/assets."""
    return paths.build / "stage" / name


def _model(paths: Paths, console: Console, name: str | None) -> None:
    package = paths.node_modules / components.MODEL_PACKAGE
    inputs = [*files_under(paths.models), paths.steps / "model.py", package / "package.json"]
    out = paths.built_models
    chosen = model.choose(paths.models / "manifest.json", name)
    make = partial(model.build, package, paths.venv_python, out, chosen)
    _produce(paths, console, "model", inputs, out, make, chosen)


def _clips(paths: Paths, console: Console) -> None:
    inputs = [*sorted(paths.steps.glob("clip*.py")), paths.requirements / "build.txt"]
    make = partial(clips.build, paths.venv_python, paths.clips)  # it knows itself which of them to make anew
    _produce(paths, console, "clips", inputs, paths.clips, make, fresh_folder=False)


def _runtime(paths: Paths, console: Console, found: Node) -> None:
    package = paths.node_modules / "pyodide"
    steps = [p for p in sorted(paths.steps.glob("*.py")) if re.match(RUNTIME_STEPS, p.name)]
    scripts = sorted((paths.web / "build").glob("*.mjs"))
    inputs = [*files_under(paths.package, (".py",)), *steps, *scripts, package / "package.json"]
    out = stage(paths, "runtime")

    def make(say: Callable[[str], None]) -> None:
        paths.downloads.mkdir(parents=True, exist_ok=True)
        numpy_wheel.ensure(package, paths.downloads, say)
        pyodide_runtime.build(package, found.node, paths.package, paths.downloads, out, say)

    _produce(paths, console, "Python in browsers", inputs, out, make)


def _produce(
    paths: Paths,
    console: Console,
    name: str,
    inputs: list[Path],
    out: Path,
    make: Callable[[Callable[[str], None]], object],
    *facts: str,
    fresh_folder: bool = True,
) -> None:
    """Runs a step that fills a folder of its own, unless its inputs and what it made are as they were."""
    with console.step(name) as step:
        stamp = Stamp(paths.stamps / f"{out.name}.json", digest(inputs, *facts, base=paths.root))
        if stamp.fresh():
            step.done("up to date")
            return
        out.mkdir(parents=True, exist_ok=True)
        for stale in files_under(out) if fresh_folder else ():
            stale.unlink()
        make(step.say)
        files = files_under(out)
        stamp.write(files)
        step.done(f"{len(files)} files, {sum(f.stat().st_size for f in files) / 1e6:.1f} MB")
