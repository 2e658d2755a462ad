"""NumPy for Pyodide, and SciPy for the tests: exactly the wheels that Pyodide's own lock file names.

They are fetched from where the Pyodide package says its distribution is, or, where that cannot be reached,
out of a package on PyPI that carries the same files. The hash of the lock is checked whatever the source.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from . import download
from .download import Say, Wheel
from .errors import BuildError

CARRIER = Wheel(
    name="open-webui",
    version="0.12.4",
    file="open_webui-0.12.4-py3-none-any.whl",
    sha256="02e9caba96234db3fa17a92e56163b3f7f2b8ca8227fa886b85c178d696483f6",
    size=106_366_595,
)
CARRIED_UNDER = "open_webui/frontend/pyodide"


@dataclass(frozen=True)
class Locked:
    """A package as Pyodide's lock file pins it."""

    name: str
    version: str
    file: str
    sha256: str


def ensure(pyodide_dir: Path, downloads: Path, say: Say, scipy: bool = False) -> dict[str, Path]:
    """The verified wheels by name ('numpy', and 'scipy' if asked for), downloaded unless they are there."""
    wanted = {name: locked(pyodide_dir, name) for name in (("numpy", "scipy") if scipy else ("numpy",))}
    missing = [w for w in wanted.values() if not download.verified(downloads / w.file, w.sha256)]
    if missing:
        downloads.mkdir(parents=True, exist_ok=True)
        refusal = _from_distribution(pyodide_dir, missing, downloads, say)
        if refusal:
            _from_carrier(pyodide_dir, missing, downloads, say, refusal)
    return {name: downloads / w.file for name, w in wanted.items()}


def locked(pyodide_dir: Path, name: str) -> Locked:
    """What the lock file in the Pyodide package says about a package."""
    file = pyodide_dir / "pyodide-lock.json"
    try:
        entry = json.loads(file.read_text("utf-8"))["packages"][name]
        return Locked(name, entry["version"], entry["file_name"], entry["sha256"])
    except (OSError, ValueError, KeyError) as error:
        raise BuildError(
            f"looking up {name} for Pyodide",
            f"{file} cannot be used: {error!r}",
            "Remove web/node_modules and run the same command again.",
        ) from error


def _from_distribution(pyodide_dir: Path, missing: list[Locked], downloads: Path, say: Say) -> str:
    """Fetches from the official distribution; returns why that did not work, or ''."""
    base = _distribution(pyodide_dir)
    if not base:
        return "the Pyodide package does not say where its distribution is"
    for wheel in missing:
        say(f"{wheel.file}: asking the Pyodide distribution")
        try:
            download.from_address(base + wheel.file, wheel.sha256, downloads / wheel.file, say)
        except (OSError, ValueError) as error:
            return f"{base}: {error}"
    return ""


def _distribution(pyodide_dir: Path) -> str:
    """The address that loadPyodide itself would load packages from."""
    script = (pyodide_dir / "pyodide.mjs").read_text("utf-8")
    version = json.loads((pyodide_dir / "package.json").read_text("utf-8"))["version"]
    match = re.search(r"https://[\w./-]+/v\$\{\w+\}/full/", script)
    return re.sub(r"\$\{\w+\}", version, match[0]) if match else ""


def _from_carrier(pyodide_dir: Path, missing: list[Locked], downloads: Path, say: Say, refusal: str) -> None:
    """Takes them out of the wheel on PyPI that carries them; SciPy, too, as it is large to fetch twice."""
    say(f"the Pyodide distribution cannot be reached; taking it out of {CARRIER.file}")
    try:
        carrier = download.from_pypi(CARRIER, downloads, say)
    except BuildError as error:
        raise BuildError(error.what, f"{error.why}\nand before that, {refusal}", error.fix) from error
    names = {w.name for w in missing}
    try:
        for wheel in [*missing, *(locked(pyodide_dir, n) for n in ("numpy", "scipy") if n not in names)]:
            say(f"taking out {wheel.file}")
            member = f"{CARRIED_UNDER}/{wheel.file}"
            download.extract(carrier, member, wheel.sha256, downloads / wheel.file)
    except ValueError as error:
        raise BuildError(
            f"getting NumPy for Pyodide out of {CARRIER.file}",
            f"{error}\nand before that, {refusal}",
            "The pinned Pyodide and the pinned package no longer fit: see CARRIER in numpy_wheel.py.",
        ) from error
    finally:
        carrier.unlink(missing_ok=True)
