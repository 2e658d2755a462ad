"""CPU time and memory of a browser's processes and of the worker threads in them, from /proc (Linux)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
MS_PER_TICK = 1000 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 10.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
WORKER_THREAD = "DedicatedWorker"


@dataclass(frozen=True)
class Sample:
    """CPU in ms since the start of each: all processes of the tree, each worker thread, the machine."""

    tree_ms: float
    workers_ms: dict[int, float]
    machine_ms: float
    renderer_bytes: int


def browser_root(profile: Path) -> int:
    """The process of the browser that uses a profile."""
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            words = _words(entry)
            if f"--user-data-dir={profile}" in words and not any(w.startswith("--type=") for w in words):
                return int(entry.name)
    raise LookupError(f"no browser with the profile {profile}")


def sample(root: int) -> Sample:
    """Where the tree below `root` stands now."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for entry in PROC.iterdir():
        fields = _fields(entry / "stat") if entry.name.isdigit() else None
        if fields:
            parents[int(entry.name)] = int(fields[1])
            spent[int(entry.name)] = _ticks(fields)
    tree = {pid for pid in parents if _below(pid, root, parents)}
    renderers = [pid for pid in tree if "--type=renderer" in _words(PROC / str(pid))]
    workers = {}
    for pid in renderers:
        for task in _list(PROC / str(pid) / "task"):
            name = _read(task / "comm").strip()
            fields = _fields(task / "stat")
            if name.startswith(WORKER_THREAD) and fields:
                workers[int(task.name)] = _ticks(fields) * MS_PER_TICK
    machine = [int(n) for n in _read(PROC / "stat").split("\n", 1)[0].split()[1:]]
    busy = sum(machine[i] for i in (0, 1, 2, 5, 6))
    return Sample(
        sum(spent[pid] for pid in tree) * MS_PER_TICK,
        workers,
        busy * MS_PER_TICK,
        max((_resident(pid) for pid in renderers), default=0),
    )


def _below(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid not in (0, root):
        pid = parents.get(pid, 0)
    return pid == root


def _resident(pid: int) -> int:
    fields = _read(PROC / str(pid) / "statm").split()
    return int(fields[1]) * PAGE_BYTES if fields else 0


def _ticks(fields: list[str]) -> float:
    return int(fields[11]) + int(fields[12])  # utime, stime


def _fields(stat: Path) -> list[str] | None:
    text = _read(stat)
    return text[text.rindex(")") + 2 :].split() if ")" in text else None  # the name may hold spaces


def _words(process: Path) -> list[str]:
    # Chromium's renderers overwrite their arguments: the separators may be spaces then.
    return _read(process / "cmdline").replace("\0", " ").split()


def _list(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""  # it has ended meanwhile
