"""Python for the browser: Pyodide's interpreter, a minimal library, NumPy and blurstream as byte code.

Sources are compiled beforehand, as the browser would otherwise compile them at every start. The archives hold
their files uncompressed: a server compresses the whole far better, and unpacking costs nothing.
"""

from __future__ import annotations

import ast
import filecmp
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from . import numpy_wheel
from .download import Say
from .errors import BuildError
from .paths import checkout
from .runtime_contents import LICENCE, NUMPY_EMPTIED, in_numpy, in_package, in_stdlib
from .stamps import Stamp, digest, files_under

INTERPRETER = ("pyodide.asm.mjs", "pyodide.asm.wasm")
LOCK = "pyodide-lock.json"
STDLIB, NUMPY, BLURSTREAM = "python_stdlib.zip", "numpy.zip", "blurstream.zip"
SCRIPTS = ("compile-pyc.mjs", "check-runtime.mjs", "minimal-pyodide.mjs", "stored-zip.mjs")

# Where tracebacks say that modules lie: where Pyodide puts them.
STDLIB_SHOWN, SITE_SHOWN = "/lib/python314.zip", "/lib/python3.14/site-packages"
AS_WRITTEN, WITHOUT_DOCSTRINGS = 0, 2  # the latter as `python -OO`
NO_TIME = (1980, 1, 1, 0, 0, 0)
WIDEST = 300  # columns of an error's lines: those of minified scripts are of no use


@dataclass(frozen=True)
class Archive:
    """One archive to make: what to compile and what to take as it is; names are relative to `folder`."""

    name: str
    folder: Path
    names: list[str]
    shown: str
    optimize: int


@dataclass(frozen=True)
class Parts:
    """What the archives are made of, and with."""

    pyodide: Path
    wheel: Path
    package: Path
    node: Path
    scripts: Path
    work: Path

    def inputs(self, name: str) -> list[Path]:
        """The files that an archive depends on alone."""
        if name == BLURSTREAM:
            return [self.package.parent / file for file in packaged(self.package)]
        return [self.wheel if name == NUMPY else self.pyodide / STDLIB]

    def shared(self) -> list[Path]:
        """The files that all archives depend on."""
        here = Path(__file__)
        steps = [here, here.with_name("runtime_contents.py"), *(self.scripts / name for name in SCRIPTS)]
        return [*steps, *(self.pyodide / name for name in (*INTERPRETER, LOCK, "pyodide.mjs"))]


def build(pyodide_dir: Path, node: Path, package: Path, downloads: Path, out: Path, say: Say) -> None:
    """Makes `out` hold the interpreter, its lock and the three archives; does only what has changed.

    `package` is the folder of the package blurstream. Raises BuildError.
    """
    wheel = numpy_wheel.ensure(pyodide_dir, downloads, say)["numpy"]
    work = downloads.parent / "runtime"
    work.mkdir(parents=True, exist_ok=True)
    parts = Parts(pyodide_dir, wheel, package, node, checkout().web / "build", work)
    common = digest(parts.shared())
    stamps = {
        name: Stamp(work / f"{name}.json", digest(parts.inputs(name), common, package.parent.as_posix()))
        for name in (STDLIB, NUMPY, BLURSTREAM)
    }
    for name, stamp in stamps.items():
        if not stamp.fresh():
            say(f"compiling {name}")
            archive = _plan(name, parts)
            _write(archive, _compile(archive, parts), work / name)
            stamp.write([work / name])
    archives = [work / name for name in stamps]
    _copy([*(pyodide_dir / name for name in INTERPRETER), *archives, _lock(parts)], out)
    checked = Stamp(work / "checked.json", digest(archives, common))
    if not checked.fresh():
        say("starting it for a check")
        modules = [*_modules(package), *_imports(package)]
        check: list[str | Path] = [node, parts.scripts / "check-runtime.mjs", pyodide_dir, out, *modules]
        say(_run(check, "checking the Python for the browser"))
        checked.write()


def packaged(package: Path) -> list[str]:
    """The files of blurstream that go to the browser, relative to the folder that holds the package."""
    names = [f"blurstream/{file.relative_to(package).as_posix()}" for file in files_under(package, (".py",))]
    return [name for name in names if in_package(name)]


def _plan(name: str, parts: Parts) -> Archive:
    if name == BLURSTREAM:
        return Archive(name, parts.package.parent, packaged(parts.package), SITE_SHOWN, AS_WRITTEN)
    if name == STDLIB:
        folder, names = _extract(parts.pyodide / STDLIB, parts.work / "stdlib", in_stdlib)
        return Archive(name, folder, names, STDLIB_SHOWN, WITHOUT_DOCSTRINGS)
    folder, names = _extract(parts.wheel, parts.work / "numpy", in_numpy)
    for emptied in NUMPY_EMPTIED:
        (folder / emptied).write_text("", "utf-8")
    # At start Pyodide looks into every *.dist-info, and fails at one that is not whole.
    licence = next(n for n in names if n.endswith(LICENCE))
    (folder / licence).replace(folder / "numpy" / LICENCE)
    names = [n for n in names if n != licence] + [f"numpy/{LICENCE}"]
    return Archive(name, folder, names, SITE_SHOWN, WITHOUT_DOCSTRINGS)


def _extract(archive: Path, folder: Path, wanted: Callable[[str], bool]) -> tuple[Path, list[str]]:
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(archive) as source:
        names = sorted(name for name in source.namelist() if not name.endswith("/") and wanted(name))
        source.extractall(folder, names)
    return folder, names


def _compile(archive: Archive, parts: Parts) -> Path:
    """Compiles the sources of an archive; returns the folder of the results."""
    made = parts.work / "pyc" / archive.name
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    # An interpreter of its own for every archive: what was compiled before leaves traces in marshalled code.
    job = {
        "pyodide": str(parts.pyodide),
        "from": str(archive.folder),
        "to": str(made),
        "shown": archive.shown,
        "optimize": archive.optimize,
        "files": [name for name in archive.names if name.endswith(".py")],
    }
    file = parts.work / f"{archive.name}.job.json"
    file.write_text(json.dumps(job), "utf-8")
    _run([parts.node, parts.scripts / "compile-pyc.mjs", file], f"compiling {archive.name}")
    return made


def _write(archive: Archive, compiled: Path, target: Path) -> None:
    """Writes the archive, the same bytes for the same contents: sorted, no times, no compression."""
    members = {}
    for name in archive.names:
        if name.endswith(".py"):
            members[f"{name}c"] = compiled / f"{name}c"
        else:
            members[name] = archive.folder / name
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as result:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, NO_TIME)
            info.create_system, info.external_attr = 3, 0o644 << 16
            result.writestr(info, members[name].read_bytes())


def _lock(parts: Parts) -> Path:
    """Pyodide's lock without packages: nothing is ever loaded through it."""
    info = json.loads((parts.pyodide / LOCK).read_text("utf-8"))["info"]
    file = parts.work / LOCK
    file.write_text(json.dumps({"info": info, "packages": {}}, indent=1, sort_keys=True) + "\n", "utf-8")
    return file


def _copy(files: Iterable[Path], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for file in files:
        target = out / file.name
        if not (target.is_file() and filecmp.cmp(file, target, shallow=False)):
            shutil.copyfile(file, target)


def _modules(package: Path) -> list[str]:
    return [n.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for n in packaged(package)]


def _imports(package: Path) -> list[str]:
    """Every module that the packaged sources import by its full name, wherever in the code they do."""
    found: set[str] = set()
    for name in packaged(package):
        for item in ast.walk(ast.parse((package.parent / name).read_text("utf-8"), name)):
            if isinstance(item, ast.Import):
                found.update(alias.name for alias in item.names)
            elif isinstance(item, ast.ImportFrom) and item.level == 0 and item.module:
                found.add(item.module)
    return sorted(found)


def _run(command: list[str | Path], what: str) -> str:
    """Runs a script in Node and returns what it printed."""
    words = [str(part) for part in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise BuildError(what, f"{words[0]} could not be started: {error}", "Install Node.js 20.") from error
    if done.returncode != 0:
        lines = [line[:WIDEST] for line in (done.stdout + done.stderr).splitlines()]
        raise BuildError(
            what,
            "\n".join([f"node ended with exit code {done.returncode}", *lines]),
            "If a module is missing: either blurstream does without it, or it belongs into STDLIB of\n"
            "py/blurstream_build/runtime_contents.py. A module for native use belongs into PACKAGE_WITHOUT.",
        )
    return done.stdout.strip()
