"""The .br and .gz copies beside the files of dist, and the table of what a cold load costs."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from .assets import COMPRESSED, MANIFEST, write_if_changed
from .console import Console
from .errors import BuildError
from .node import Node
from .paths import Paths

LIMIT_BYTES = 9_000_000  # of a cold load, brotli
WORTH = 0.98  # a copy that saves less than 2 % is not kept
SMALL_BYTES = 256  # neither is one of a file that fits a packet anyway
RECORD = "sizes.json"
PACKED = (".jpg", ".mp4", ".png", ".webm", ".webp")  # by themselves


@dataclass(frozen=True)
class Size:
    """One file of a cold load, in bytes. A compressed size is the raw one where compression does not pay."""

    name: str
    raw: int
    gz: int
    br: int


def compress(paths: Paths, console: Console, node: Node) -> None:
    """Writes the compressed copies; results are kept in build/compressed under the hash of the content."""
    with console.step("compression") as step:
        cache = paths.build / "compressed"
        cache.mkdir(parents=True, exist_ok=True)
        files = [p for p in sorted(paths.dist.rglob("*")) if p.is_file() and _compressible(p)]
        hashes = {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
        todo: dict[Path, Path] = {}
        for file, name in hashes.items():
            if not (cache / f"{name}.br").is_file():
                todo[cache / f"{name}.br"] = file
        if todo:
            pairs = [str(part) for target, source in todo.items() for part in (source, target)]
            console.run(
                step,
                [node.node, paths.steps / "compress.mjs", *pairs],
                what="compressing dist with brotli",
                fix="See that `node --version` works and the disk is not full, then run the command again.",
            )
        written = 0
        for file, name in hashes.items():
            packed = cache / f"{name}.gz"
            if not packed.is_file():
                packed.write_bytes(gzip.compress(file.read_bytes(), compresslevel=9, mtime=0))
            for copy in (packed, cache / f"{name}.br"):
                written += _place(file, copy)
        step.done(f"{written} copies written" if written else "up to date")


def table(paths: Paths) -> list[Size]:
    """What a page loads before the first safe frame: script, manifest and assets, largest first."""
    manifest = paths.assets / MANIFEST
    names = json.loads(manifest.read_text("utf-8"))["files"]
    files = [paths.dist / "blurstream.js", manifest, *(paths.assets / name for name in names)]
    sizes = [
        Size(
            file.relative_to(paths.dist).as_posix(),
            file.stat().st_size,
            _size_of(file.with_name(file.name + ".gz"), file),
            _size_of(file.with_name(file.name + ".br"), file),
        )
        for file in files
    ]
    return sorted(sizes, key=lambda size: (-size.br, size.name))


def report(paths: Paths, console: Console) -> None:
    """Prints the table and fails when a cold load is over the limit."""
    sizes = table(paths)
    total = Size("a cold load", *(sum(getattr(s, kind) for s in sizes) for kind in ("raw", "gz", "br")))
    console.line()
    console.line(f"  {'kB':<40} {'raw':>9} {'gzip':>9} {'brotli':>9}")
    for size in (*sizes, total):
        console.line(f"  {size.name:<40} {size.raw / 1e3:>9.1f} {size.gz / 1e3:>9.1f} {size.br / 1e3:>9.1f}")
    console.line()
    record = {"manifest": _manifest(paths), "total": vars(total), "files": [vars(size) for size in sizes]}
    write_if_changed(paths.build / RECORD, (json.dumps(record, indent=1) + "\n").encode())
    if total.br > LIMIT_BYTES:
        raise BuildError(
            "checking the size of a cold load",
            f"{total.br / 1e6:.2f} MB brotli, the limit is {LIMIT_BYTES / 1e6:.0f} MB",
            "The table above tells which file grew. Strip it, or argue for another LIMIT_BYTES in sizes.py.",
        )


def known_total(paths: Paths) -> int | None:
    """Brotli bytes of a cold load, if a build has compressed these very assets; else None."""
    try:
        record = json.loads((paths.build / RECORD).read_text("utf-8"))
        return int(record["total"]["br"]) if record["manifest"] == _manifest(paths) else None
    except (OSError, ValueError, KeyError):
        return None


def _manifest(paths: Paths) -> str:
    return hashlib.sha256((paths.assets / MANIFEST).read_bytes()).hexdigest()


def _compressible(file: Path) -> bool:
    hidden = file.name.startswith(".")
    return not hidden and file.suffix not in (*COMPRESSED, *PACKED) and file.stat().st_size >= SMALL_BYTES


def _place(file: Path, packed: Path) -> int:
    target = file.with_name(file.name + packed.suffix)
    if packed.stat().st_size > file.stat().st_size * WORTH:
        if target.exists():
            target.unlink()
            return 1
        return 0
    wrote = write_if_changed(target, packed.read_bytes())
    if target.stat().st_mtime_ns < file.stat().st_mtime_ns:
        target.touch()  # the server takes a copy that is older than its file for stale
    return wrote


def _size_of(packed: Path, file: Path) -> int:
    return (packed if packed.is_file() else file).stat().st_size
