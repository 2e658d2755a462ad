"""What tests inside Pyodide need: Node.js, and a folder with NumPy, SciPy, pytest and hypothesis for it."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from blurstream_build import download, numpy_wheel
from blurstream_build.download import Say, Wheel
from blurstream_build.paths import Paths

# The last release in pure Python: those of the environment that runs the tests outside hold native code.
HYPOTHESIS = Wheel(
    name="hypothesis",
    version="6.155.7",
    file="hypothesis-6.155.7-py3-none-any.whl",
    sha256="9f634bdb1f9e9b8ab6ba09431cf2deedb750c96978125a6fb3c5a0f6c6db4131",
    size=544_762,
)
# Pure Python and pinned for the environment that runs the tests outside: the same files serve inside.
FROM_HERE = ("pytest", "pluggy", "iniconfig", "packaging", "pygments", "sortedcontainers")
MARK = ".made-of.json"


@pytest.fixture(scope="session")
def node_program() -> str:
    """Node.js as the build found it, else the one on PATH."""
    found = os.environ.get("BLURSTREAM_NODE") or shutil.which("node")
    if not found:
        pytest.fail("Node.js is not on PATH: run `python3 build.py test`, which brings its own")
    return found


@pytest.fixture(scope="session")
def pyodide_site(paths: Paths) -> Path:
    """The folder of packages, made anew if it does not hold exactly those wanted."""
    folder = paths.build / "pyodide-tests" / "site"
    fill(paths, folder, print)
    return folder


def fill(paths: Paths, folder: Path, say: Say) -> None:
    wheels = numpy_wheel.ensure(paths.node_modules / "pyodide", paths.downloads, say, scipy=True)
    files = [*wheels.values(), download.from_pypi(HYPOTHESIS, paths.downloads, say)]
    wanted = [file.name for file in files] + [f"{name} {metadata.version(name)}" for name in FROM_HERE]
    mark = folder / MARK
    if mark.is_file() and json.loads(mark.read_text("utf-8")) == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in files:
        say(f"unpacking {file.name}")
        with zipfile.ZipFile(file) as wheel:
            wheel.extractall(folder)
    for name in FROM_HERE:
        copy_installed(name, folder)
    mark.write_text(json.dumps(wanted), "utf-8")


def copy_installed(name: str, folder: Path) -> None:
    """Copies the modules and metadata of an installed package."""
    for file in metadata.files(name) or []:
        source = Path(str(file.locate()))
        if ".." in file.parts or source.suffix == ".pyc" or not source.is_file():
            continue  # programs in bin, and byte code of this Python
        if source.suffix in {".so", ".pyd"}:
            raise RuntimeError(f"{name} holds native code ({file}) and cannot be used inside Pyodide")
        target = folder / Path(*file.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
