"""Tells whether a step has to run: a stamp has the hash of its inputs and the marks of its outputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

IGNORED = ("__pycache__", "node_modules", ".mypy_cache")


def files_under(folder: Path, suffixes: tuple[str, ...] | None = None) -> list[Path]:
    """The files of a folder in a stable order, without caches."""
    found = (p for p in folder.rglob("*") if p.is_file() and not any(part in IGNORED for part in p.parts))
    return sorted(p for p in found if suffixes is None or p.suffix in suffixes)


def digest(inputs: Iterable[Path], *facts: str, base: Path | None = None) -> str:
    """A hash of the names (relative to `base`) and contents of files, and of facts such as versions."""
    total = hashlib.sha256()
    for fact in facts:
        total.update(f"fact {len(fact)} {fact}\n".encode())
    for path in inputs:
        name = path.relative_to(base).as_posix() if base else path.name
        total.update(f"file {name} ".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b"absent")
    return total.hexdigest()


class Stamp:
    """The record of the last good run of a step."""

    def __init__(self, file: Path, key: str) -> None:
        self.file = file
        self.key = key

    def fresh(self) -> bool:
        """True if the last run had these inputs and its outputs still lie there as it left them."""
        try:
            record = json.loads(self.file.read_text("utf-8"))
            return bool(record["key"] == self.key) and all(
                self._mark(Path(name)) == mark for name, mark in record["outputs"].items()
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return False

    def write(self, outputs: Iterable[Path] = ()) -> None:
        """Records a good run."""
        marks = {str(path): self._mark(path) for path in outputs}
        missing = [name for name, mark in marks.items() if mark is None]
        if missing:
            raise FileNotFoundError(f"the step ended well but did not make {', '.join(missing)}")
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps({"key": self.key, "outputs": marks}, indent=1) + "\n", "utf-8")

    @staticmethod
    def _mark(path: Path) -> list[int] | None:
        try:
            status = path.stat()
        except OSError:
            return None
        return [status.st_size, status.st_mtime_ns] if path.is_file() else [0, 0]
