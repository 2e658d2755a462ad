"""dist/integrity.json: what a page writes as the `integrity` (Subresource Integrity) of a script of dist."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from .assets import write_if_changed
from .console import Console
from .paths import Paths

FILE = "integrity.json"
ENTRIES = ("blurstream.js", "blurstream.mjs")  # what pages name, and what the build prints
# Those of assets/ are not named by pages: the script checks them itself, by the manifest.
SCRIPTS = (*ENTRIES, "adapters/*.js", "adapters/*.mjs")


def of(data: bytes) -> str:
    """The value for a file of these bytes, 'sha384-' and base64."""
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()


def describe(dist: Path) -> dict[str, str]:
    """The value of each script by its path in dist, in the order of the paths."""
    files = {file.relative_to(dist).as_posix(): file for name in SCRIPTS for file in dist.glob(name)}
    return {name: of(file.read_bytes()) for name, file in sorted(files.items())}


def write(paths: Paths, console: Console) -> None:
    """Writes the file, the same bytes for the same scripts."""
    with console.step("integrity") as step:
        values = describe(paths.dist)
        wrote = write_if_changed(paths.dist / FILE, (json.dumps(values, indent=1) + "\n").encode())
        step.done(f"of {len(values)} scripts" if wrote else "up to date")


def report(paths: Paths, console: Console) -> None:
    """Prints the values of the scripts that pages name."""
    values = describe(paths.dist)
    for name in ENTRIES:
        console.line(f"  {name:<16} {values[name]}")
    console.line()
