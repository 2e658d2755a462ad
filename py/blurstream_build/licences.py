"""dist/licences: the licences of what dist holds of others, taken from the packages that are installed.

npm:PACKAGE/FILE     in web/node_modules
py:PATTERN           in the site-packages of .venv; with #NAME the part of that name, if there are parts
wheel:NAME           every licence file of a wheel for Pyodide
root:FILE            of the project's own
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from . import numpy_wheel, venv
from .assets import mirror
from .components import Component
from .console import Console
from .errors import BuildError
from .paths import Paths

FOLDER = "licences"
PARTS = re.compile(r"^-{4}$", re.MULTILINE)  # what Pillow has between the licences of its libraries


def file_name(component: Component) -> str:
    """Where the licence of a component is, relative to dist; '' for one that has a reason for having none."""
    return f"{FOLDER}/{slug(component.name)}.txt" if component.texts else ""


def slug(name: str) -> str:
    """A name as part of a file's."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def collect(paths: Paths, console: Console, components: list[Component]) -> None:
    """Makes dist/licences hold one file for each component that has a text. Raises BuildError."""
    with console.step("licences") as step, tempfile.TemporaryDirectory() as made:
        files = {}
        for component in components:
            if component.texts:
                file = Path(made) / f"{slug(component.name)}.txt"
                file.write_text(text_of(paths, component), "utf-8", newline="\n")
                files[file.name] = file
        changed = mirror(files, paths.dist / FOLDER, keep=())
        step.done(f"{len(files)} files, {changed} written" if changed else "up to date")


def text_of(paths: Paths, component: Component) -> str:
    """All its texts, one after another."""
    found = [text for source in component.texts for text in _texts(paths, source)]
    if not found or not all(text.strip() for text in found):
        raise BuildError(
            f"collecting the licence of {component.name}",
            f"{', '.join(component.texts)}: there is none",
            "The pinned package has it elsewhere now: correct `texts` in components.py.",
        )
    return "\n\n".join(text.strip("\n") for text in found) + "\n"


def _texts(paths: Paths, source: str) -> Iterator[str]:
    kind, _, place = source.partition(":")
    place, _, part = place.partition("#")
    if kind == "wheel":
        pyodide = paths.node_modules / "pyodide"
        with zipfile.ZipFile(paths.downloads / numpy_wheel.locked(pyodide, place).file) as wheel:
            for name in sorted(name for name in wheel.namelist() if ".dist-info/licenses/" in name):
                title = name.partition("/licenses/")[2]
                yield f"{title}\n{'-' * len(title)}\n\n{wheel.read(name).decode('utf-8', 'replace')}"
        return
    folder = {"npm": paths.node_modules, "root": paths.root}.get(kind) or venv.site_packages(paths)
    for file in sorted(folder.glob(place)):
        text = file.read_text("utf-8", errors="replace")
        named = [piece for piece in PARTS.split(text) if part and piece.strip().startswith(f"{part}\n")]
        # Where it has no such parts (it depends on the platform) the whole file holds the text, too.
        yield named[0] if named else text
