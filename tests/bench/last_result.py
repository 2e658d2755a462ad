"""The result of a benchmark that is committed, and what has changed since.

A result is JSON with `measured_on` (on what: names and values) and `figures` (name -> number).
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from other_programs import told_of

Result = dict[str, Any]
SAME = 0.05  # share by which two runs of the same code differ on a quiet machine
SCOPE = ("sizes", "motions")  # settings that decide only which figures there are
TOLD = ("cores", "processor", "system", "runtime", "browser")  # a difference in these makes figures others


def last(root: Path, file: Path) -> tuple[str, Result] | None:
    """(where it is from, the result): the one committed last, else the one that lies there, if any."""
    try:
        name = file.resolve().relative_to(root.resolve()).as_posix()
        command = ["git", "-C", str(root), "show", f"HEAD:{name}"]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found = _read("the last commit", shown)
        if found:
            return found
    except (ValueError, OSError, subprocess.CalledProcessError):
        pass  # outside the checkout, no git, or never committed
    return _read("the run before", file.read_text("utf-8")) if file.is_file() else None


def _read(source: str, text: str) -> tuple[str, Result] | None:
    try:
        result = json.loads(text)
    except ValueError:
        return None
    known = isinstance(result, dict) and all(
        isinstance(result.get(k), dict) for k in ("measured_on", "figures")
    )
    return (source, result) if known else None


def comparison(new: Result, before: tuple[str, Result] | None) -> str:
    """A table of old, new and ratio for every figure that both results have."""
    if before is None:
        return "no earlier result to compare with"
    source, old = before
    names = [name for name in new["figures"] if name in old["figures"]]
    if not names:
        return f"the result of {source} holds none of these figures: nothing to compare"
    at = old["measured_on"]
    lines = [f"against {source} ({at.get('commit', '?')}, {at.get('at', '?')}); below 1 is less than then"]
    lines += differences(at, new["measured_on"]) + _other_settings(old, new)
    width = max(map(len, names))
    lines.append(f"  {'':{width}} {'old':>10} {'new':>10} {'ratio':>7}")
    ratios = []
    for name in names:
        a, b = float(old["figures"][name]), float(new["figures"][name])
        ratio = b / a if a > 0 and b > 0 else math.nan
        ratios += [] if math.isnan(ratio) else [ratio]
        mark = "" if math.isnan(ratio) or abs(ratio - 1) <= SAME else "  less" if ratio < 1 else "  more"
        lines.append(f"  {name:{width}} {a:>10.3f} {b:>10.3f} {_ratio(ratio):>7}{mark}")
    gone = [name for name in old["figures"] if name not in new["figures"]]
    if gone:
        lines.append(f"  only in the old result: {', '.join(gone)}")
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        lines.append(f"  {'geometric mean of the ratios':{width}} {'':>10} {'':>10} {mean:>7.2f}")
    return "\n".join(lines)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """A warning for everything that was different when the old result was measured, or disturbed one."""
    other = [
        f"  NOTE another {key}: {old.get(key)!r} then, {new.get(key)!r} now; ratios may tell of that only"
        for key in TOLD
        if old.get(key) != new.get(key)
    ]
    busy = [
        f"  {when}: {told}"
        for when, on in (("then", old), ("now", new))
        if (told := told_of(on.get("others_cores")))
    ]
    return other + busy


def _other_settings(old: Result, new: Result) -> list[str]:
    then, now = old.get("settings", {}), new.get("settings", {})
    return [
        f"  NOTE {key} is {now.get(key)!r} now and was {then.get(key)!r} then"
        for key in {**then, **now}
        if key not in SCOPE and then.get(key) != now.get(key)
    ]


def measured_on(root: Path, **more: str | float) -> Result:
    """What a result is measured on: the machine, the code, and `more`."""
    return {"at": time.strftime("%Y-%m-%d"), "commit": _commit(root), **_machine(), **more}


def write(file: Path, result: Result) -> None:
    """JSON with one line for each entry of the third level, so that differences can be read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    part.write_text("\n".join(_lines(result, 3)) + "\n", "utf-8")
    part.replace(file)


def _lines(value: Any, levels: int, indent: str = "") -> Iterable[str]:
    if not isinstance(value, dict) or levels == 0 or not value:
        yield json.dumps(value)
        return
    yield "{"
    for number, (key, entry) in enumerate(value.items()):
        first, *rest = list(_lines(entry, levels - 1, indent + " "))
        comma = "," if number + 1 < len(value) else ""
        block = [f"{indent} {json.dumps(key)}: {first}", *rest]
        yield from block[:-1]
        yield block[-1] + comma
    yield indent + "}"


def _ratio(ratio: float) -> str:
    return "" if math.isnan(ratio) else f"{ratio:.2f}"


def _commit(root: Path) -> str:
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _machine() -> Result:
    model = ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    return {
        "cores": os.cpu_count(),
        "processor": model or platform.processor(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }
