"""Files from the network: every one is pinned, checked against its sha256, kept, and fetched only once."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .errors import BuildError
from .paths import checkout

Say = Callable[[str], None]

CHUNK = 1 << 20
CONNECT_S = 5.0  # a network that is closed should cost no more than this
POLL_S = 0.5


@dataclass(frozen=True)
class Wheel:
    """One file of PyPI, pinned."""

    name: str
    version: str
    file: str
    sha256: str
    size: int  # bytes, for the progress line


def sha256(file: Path) -> str:
    """The hash of a file's contents, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verified(file: Path, expected: str) -> bool:
    """True if the file is there and is the one that was pinned."""
    return file.is_file() and sha256(file) == expected


def from_pypi(wheel: Wheel, folder: Path, say: Say) -> Path:
    """The wheel in `folder`, downloaded with pip (and its settings) unless it is there. Raises BuildError."""
    target = folder / wheel.file
    if verified(target, wheel.sha256):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".pip-") as temporary:
        area = Path(temporary)
        pins = area / "pins.txt"
        pins.write_text(f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n", "utf-8")
        # These wheels are not for the Python that runs pip: its version and platform do not matter.
        command = [
            *_pip(), "download", "--require-hashes", "--no-deps", "--only-binary=:all:",
            "--ignore-requires-python", "--no-cache-dir", "--disable-pip-version-check", "--no-input",
            "--progress-bar=off", "--dest", str(area), "-r", str(pins),
        ]  # fmt: skip
        with (area / "pip.log").open("w+", encoding="utf-8") as log:
            try:
                code = _run_watched(command, area, log.fileno(), wheel, say)
            except OSError as error:
                raise _failed(wheel, f"{command[0]} could not be started: {error}") from error
            log.seek(0)
            tail = "\n".join(log.read().splitlines()[-12:])
        if code != 0:
            raise _failed(wheel, f"pip download ended with exit code {code}\n{tail}")
        found = area / wheel.file
        if not verified(found, wheel.sha256):
            there = sorted(p.name for p in area.glob("*.whl"))
            raise _failed(wheel, f"expected {wheel.file} of sha256 {wheel.sha256}, but pip brought {there}")
        found.replace(target)
    return target


def from_address(url: str, expected: str, target: Path, say: Say) -> None:
    """Downloads to `target` in one attempt, going on where a broken one ended. Raises OSError, ValueError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    done = part.stat().st_size if part.is_file() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"} if done else {})
    try:
        answer = urllib.request.urlopen(request, timeout=CONNECT_S)
    except urllib.error.HTTPError:
        part.unlink(missing_ok=True)  # perhaps it is the part that does not fit: next time from the start
        raise
    with answer, part.open("ab" if answer.status == 206 else "wb") as stream:
        total = stream.tell() + int(answer.headers.get("Content-Length") or 0)
        while chunk := answer.read(CHUNK):
            stream.write(chunk)
            say(_progress(target.name, stream.tell(), total))
    actual = sha256(part)
    if actual != expected:
        part.unlink()
        raise ValueError(f"{url} has sha256 {actual} instead of {expected}")
    part.replace(target)


def extract(archive: Path, member: str, expected: str, target: Path) -> None:
    """Takes one file out of a zip archive or wheel. Raises ValueError if it is not the pinned one."""
    part = target.with_name(target.name + ".part")
    with zipfile.ZipFile(archive) as source:
        try:
            part.write_bytes(source.read(member))
        except KeyError:
            raise ValueError(f"{archive.name} has no {member}") from None
    actual = sha256(part)
    if actual != expected:
        part.unlink()
        raise ValueError(f"{member} of {archive.name} has sha256 {actual} instead of {expected}")
    part.replace(target)


def _run_watched(command: list[str], area: Path, output: int, wheel: Wheel, say: Say) -> int:
    """Runs pip, which writes only below `area`: the bytes that have arrived there are the progress."""
    environment = {**os.environ, "TMPDIR": str(area), "TEMP": str(area), "TMP": str(area)}
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
    over = threading.Event()

    def watch() -> None:
        while not over.wait(POLL_S):
            say(_progress(wheel.file, _bytes_below(area), wheel.size))

    watcher = threading.Thread(target=watch, name="download progress", daemon=True)
    watcher.start()
    try:
        return child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()
        over.set()
        watcher.join()


def _bytes_below(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*.whl"):
        try:
            total += file.stat().st_size
        except OSError:  # moved away under our eyes
            continue
    return total


def _progress(name: str, done: int, total: int) -> str:
    if not total:
        return f"{name}: {done / 1e6:.1f} MB"
    return f"{name}: {min(done, total) / 1e6:.1f} of {total / 1e6:.1f} MB ({min(100, done * 100 // total)} %)"


def _pip() -> list[str]:
    """The pip of the project's environment, or else of this Python."""
    for python in (str(checkout().venv_python), sys.executable):
        try:
            probe = subprocess.run([python, "-c", "import pip"], capture_output=True, check=False)
        except OSError:
            continue
        if probe.returncode == 0:
            return [python, "-m", "pip"]
    raise BuildError(
        "downloading a wheel",
        f"neither .venv nor {sys.executable} has pip",
        "On Debian or Ubuntu: apt-get install python3-pip python3-venv. Then run the same command again.",
    )


def _failed(wheel: Wheel, why: str) -> BuildError:
    return BuildError(
        f"downloading {wheel.name} {wheel.version} from PyPI",
        why,
        "Check that the package index can be reached (pip's settings and proxy variables apply) and that\n"
        f"{wheel.size / 1e6 + 50:.0f} MB of disk are free, then run the same command again.",
    )
