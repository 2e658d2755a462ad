"""Removes what builds have made."""

from __future__ import annotations

import shutil
from pathlib import Path

from .console import Console
from .paths import Paths

CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")


def clean(paths: Paths, console: Console, *, everything: bool = False) -> None:
    """Removes dist and build, but not what was downloaded or is slow to make, unless `everything`."""
    gone: list[Path] = [paths.dist]
    kept = [] if everything else [paths.downloads, paths.build / "compressed"]
    if everything:
        gone += [
            paths.build,
            paths.venv,
            paths.node_modules,
            *(paths.root / name for name in CACHES),
        ]
    elif paths.build.is_dir():
        gone += [entry for entry in sorted(paths.build.iterdir()) if entry not in kept]
    for path in gone:
        if not path.exists():
            continue
        with console.step("removing") as step:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
            step.done(path.relative_to(paths.root).as_posix())
    for path in kept:
        if path.exists():
            console.line(f"  kept {path.relative_to(paths.root).as_posix()} (clean --all removes it)")
