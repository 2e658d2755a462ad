"""dist/assets and its manifest: all that the steps before have staged, with the hash of every file."""

from __future__ import annotations

import hashlib
import json
import shutil
import tomllib
from collections.abc import Iterable
from pathlib import Path

from .console import Console
from .errors import BuildError
from .paths import Paths

MANIFEST = "manifest.json"
COMPRESSED = (".br", ".gz")


def version(paths: Paths) -> str:
    """The version of the project, from pyproject.toml."""
    return str(tomllib.loads((paths.root / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def collect(paths: Paths, console: Console, staged: Iterable[Path]) -> str:
    """Makes dist/assets hold exactly the staged files and a manifest of them; returns the sha256 of that."""
    with console.step("assets") as step:
        wanted: dict[str, Path] = {}
        for file in staged:
            other = wanted.setdefault(file.name, file)
            if other != file:
                raise BuildError(
                    "collecting dist/assets",
                    f"two steps make {file.name}: {other} and {file}",
                    "Give one of them another name.",
                )
        changed = mirror(wanted, paths.assets)
        manifest = describe(paths.assets, version(paths))
        changed += write_if_changed(paths.assets / MANIFEST, manifest)
        step.done(f"{len(wanted)} files, {changed} written" if changed else "up to date")
        return hashlib.sha256(manifest).hexdigest()


def describe(folder: Path, release: str) -> bytes:
    """The manifest of a folder of assets, the same bytes for the same files."""
    files = {
        file.name: {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "bytes": file.stat().st_size}
        for file in sorted(folder.iterdir())
        if file.is_file() and file.name != MANIFEST and file.suffix not in COMPRESSED
    }
    return (json.dumps({"version": release, "files": files}, indent=1, sort_keys=True) + "\n").encode()


def mirror(wanted: dict[str, Path], folder: Path, keep: tuple[str, ...] = (MANIFEST,)) -> int:
    """Copies files into a folder where they differ and removes all others; returns how many it touched.

    Unchanged files keep their time, so that servers and the compressed copies beside them stay valid.
    """
    folder.mkdir(parents=True, exist_ok=True)
    changed = 0
    for name, source in sorted(wanted.items()):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        changed += write_if_changed(target, source.read_bytes())
    valid = {*wanted, *keep}
    valid |= {name + suffix for name in valid for suffix in COMPRESSED}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.relative_to(folder).as_posix() not in valid:
            file.unlink()
            changed += 1
    for empty in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        if not any(empty.iterdir()):
            shutil.rmtree(empty)
    return changed


def write_if_changed(target: Path, data: bytes) -> int:
    """Writes a file at once (never half), only when its bytes differ; returns 1 if it wrote."""
    if target.is_file() and target.stat().st_size == len(data) and target.read_bytes() == data:
        return 0
    temporary = target.with_name(f".{target.name}.part")
    temporary.write_bytes(data)
    temporary.replace(target)
    return 1
