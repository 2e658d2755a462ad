"""What esbuild makes of web/: the workers, the library, its adapters, the demo page and the examples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from . import node as node_step
from .assets import mirror, write_if_changed
from .console import Console, Step
from .errors import BuildError
from .node import Node
from .paths import Paths
from .stamps import Stamp, digest, files_under

FIX = "The output above names the file and line in web/. Correct it and run the same command again."
SOURCES = (".ts", ".mts", ".mjs", ".json", ".html", ".css")
LIBRARY = ("blurstream.js", "blurstream.mjs", "blurstream.d.ts", "blurstream.d.mts")
LICENCES = ("LICENSE", "THIRD_PARTY.md")
BUNDLES = {"workers": "assets/", "library": "", "adapters": "adapters/", "demo": "demo/"}  # and where they go

Packages = dict[str, set[str]]  # the npm packages in a script, by its path in dist
PACKAGE = re.compile(r".*node_modules/((?:@[^/]+/)?[^/]+)/")  # the innermost one


def workers(paths: Paths, console: Console, node: Node) -> None:
    """Bundles the three workers and takes over the files of onnxruntime-web, into build/stage/workers."""
    out = paths.build / "stage" / "workers"
    with console.step("workers") as step:
        stamp = Stamp(paths.stamps / "workers.json", _key(paths, node))
        if stamp.fresh():
            step.done("up to date")
            return
        out.mkdir(parents=True, exist_ok=True)
        for stale in files_under(out):
            stale.unlink()
        record = _record(paths, "workers")
        _phase(paths, console, node, step, ["--assets", str(out), "--record", str(record)])
        stamp.write([*files_under(out), record])
        step.done(f"{len(files_under(out))} files")


def library(paths: Paths, console: Console, node: Node, manifest_sha256: str) -> None:
    """Bundles blurstream.js and .mjs with the hash of the manifest compiled in, and the types."""
    with console.step("library") as step:
        stamp = Stamp(paths.stamps / "library.json", _key(paths, node, manifest_sha256))
        if stamp.fresh():
            step.done("up to date")
            return
        record = _record(paths, "library")
        arguments = ["--manifest-sha256", manifest_sha256, "--out", str(paths.dist), "--record", str(record)]
        _phase(paths, console, node, step, arguments)
        for name in LICENCES:  # whoever hosts dist passes these on, too
            write_if_changed(paths.dist / name, (paths.root / name).read_bytes())
        stamp.write([*(paths.dist / name for name in (*LIBRARY, *LICENCES)), record])
        step.done(", ".join(LIBRARY))


def adapters(paths: Paths, console: Console, node: Node) -> None:
    """Bundles web/adapters into dist/adapters, with their types checked against the packages they are for."""
    with console.step("adapters") as step:
        out = paths.build / "stage" / "adapters"
        stamp = Stamp(paths.stamps / "adapters.json", _key(paths, node))
        if not stamp.fresh():
            _emptied(out)
            record = _record(paths, "adapters")
            _script(paths, console, node, step, "adapters.mjs", ["--out", str(out), "--record", str(record)])
            stamp.write([*files_under(out), record])
        files = {p.name: p for p in files_under(out)}
        changed = mirror(files, paths.dist / "adapters", keep=())
        step.done(f"{len(files)} files, {changed} written" if changed else "up to date")


def examples(paths: Paths, console: Console, node: Node) -> None:
    """Puts the pages of web/examples into build/examples: they hold packages that dist is not to pass on."""
    with console.step("examples") as step:
        source = paths.web / "examples"
        scripts = [p for p in sorted(source.glob("*.mjs")) if p.with_suffix(".html").is_file()]
        out = paths.build / "stage" / "examples"
        stamp = Stamp(paths.stamps / "examples.json", _key(paths, node))
        if not stamp.fresh():
            _emptied(out)
            pages(paths, console, node, step, scripts, out)
            stamp.write(files_under(out))
        files = {p.name: p for p in files_under(source, (".html", ".css"))}
        files |= {p.name: p for p in files_under(out)}
        changed = mirror(files, paths.examples, keep=())
        step.done(f"{len(files)} files, {changed} written" if changed else "up to date")


def pages(paths: Paths, console: Console, node: Node, step: Step, scripts: Sequence[Path], out: Path) -> None:
    """Makes one file of each script and of what it imports from web/node_modules, but not of the library."""
    _script(paths, console, node, step, "adapters.mjs", ["--pages", str(out), *map(str, scripts)])


def demo(paths: Paths, console: Console, node: Node) -> None:
    """Puts the demo page, its scripts and its clips into dist/demo."""
    with console.step("demo page") as step:
        source = paths.web / "demo"
        scripts = sorted(source.glob("*.ts"))
        entries = [p for p in scripts if (source / f"{p.stem}.html").is_file() or p.stem == "demo"]
        out = paths.build / "stage" / "demo"
        out.mkdir(parents=True, exist_ok=True)
        record = _record(paths, "demo")
        stamp = Stamp(paths.stamps / "demo.json", _key(paths, node))
        if not stamp.fresh():
            step.say("esbuild")
            console.run(
                step,
                [
                    node.node, paths.node_modules / "esbuild" / "bin" / "esbuild", *entries, "--bundle",
                    "--format=esm", "--target=es2022", f"--outdir={out}", "--external:*/blurstream.mjs",
                    "--log-level=warning", f"--metafile={record}",
                ],
                what="bundling the demo page",
                fix=FIX,
                cwd=paths.web,
                env=node_step.environment(node),
            )  # fmt: skip
            stamp.write([*(out / f"{p.stem}.js" for p in entries), record])
        wanted = {f"{p.stem}.js": out / f"{p.stem}.js" for p in entries}
        wanted |= {
            p.relative_to(source).as_posix(): p
            for p in files_under(source)
            if p.suffix not in (".ts", ".mts") and p.name != "tsconfig.json"
        }
        wanted |= {p.name: p for p in _clips(paths)}
        changed = mirror(wanted, paths.dist / "demo", keep=())
        step.done(f"{len(wanted)} files, {changed} written" if changed else "up to date")


def records(paths: Paths) -> list[tuple[Path, str]]:
    """What esbuild has told of each bundle that goes into dist, with the folder of dist that it goes to."""
    return [(_record(paths, name), folder) for name, folder in BUNDLES.items()]


def packages(told: Iterable[tuple[Path, str]]) -> Packages:
    """The npm packages in each script of these records."""
    found: Packages = {}
    for file, folder in told:
        for output, described in json.loads(file.read_text("utf-8"))["outputs"].items():
            inputs = [name for name, share in described["inputs"].items() if share["bytesInOutput"]]
            inside = {match[1] for match in map(PACKAGE.match, inputs) if match}
            found[f"{folder}{Path(output).name}"] = inside
    return found


def _record(paths: Paths, name: str) -> Path:
    return paths.build / "stage" / f"{name}.json"


def _clips(paths: Paths) -> list[Path]:
    found = sorted(paths.clips.glob("demo*.webm"))
    if not found:
        raise BuildError(
            "making the demo page",
            f"there are no demo clips in {paths.clips}",
            "Run: python3 build.py clean, then the same command again.",
        )
    return found


def _emptied(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for stale in files_under(folder):
        stale.unlink()


def _phase(paths: Paths, console: Console, node: Node, step: Step, arguments: list[str]) -> None:
    _script(paths, console, node, step, "bundle.mjs", ["--phase", step.name, *arguments])


def _script(
    paths: Paths, console: Console, node: Node, step: Step, name: str, arguments: Sequence[str]
) -> None:
    console.run(
        step,
        [node.node, paths.web / "build" / name, *arguments],
        what=f"bundling the {step.name} with esbuild",
        fix=FIX,
        cwd=paths.web,
        env=node_step.environment(node),
    )


def _key(paths: Paths, node: Node, *facts: str) -> str:
    folders = [paths.web / name for name in ("src", "adapters", "demo", "examples", "build")]
    files = [file for folder in folders if folder.is_dir() for file in files_under(folder, SOURCES)]
    single = [paths.web / "package.json", paths.web / "package-lock.json", paths.web / "tsconfig.json"]
    single += [paths.root / name for name in LICENCES]
    return digest([*files, *single], node.version, *facts, base=paths.root)
