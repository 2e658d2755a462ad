"""The project's own .venv and the pinned, hash-checked packages in it."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from .console import Console
from .errors import BuildError
from .paths import Paths
from .stamps import Stamp, digest

# A set that holds another: having installed the first, the second is there too (held by a test of the pins).
CONTAINS = {"test": ("build",), "train": ("test", "build")}
NETWORK_FIX = (
    "Check that the package index can be reached (pip's own settings and proxy variables apply), then run\n"
    "the same command again: what is installed already is kept."
)


def create(paths: Paths, console: Console) -> None:
    """Makes .venv, or makes it anew when it is broken or of another Python."""
    with console.step("Python environment") as step:
        if _works(paths):
            step.done("up to date")
            return
        if paths.venv.exists():
            step.say("the one that is there does not work with this Python: making it anew")
            shutil.rmtree(paths.venv)
        command = [sys.executable, "-m", "venv"]
        if not _has("ensurepip"):
            # Debian keeps ensurepip in python3-venv. A pip that is already there can fill a venv without one.
            if not (_has("venv") and _has("pip")):
                raise BuildError(
                    "making .venv",
                    f"{sys.executable} has neither the module ensurepip nor pip",
                    "On Debian or Ubuntu: apt-get install python3-venv or python3-pip. Elsewhere: install a\n"
                    "Python 3.11 to 3.13 with its whole standard library. Then run the same command again.",
                )
            command.append("--without-pip")
        console.run(
            step,
            [*command, paths.venv],
            what="making .venv",
            fix="Remove the folder .venv if it is there, see that 2 GB of disk are free, and try again.",
        )
        step.done(f"made .venv with Python {_version()}")


def install(paths: Paths, console: Console, name: str) -> None:
    """Installs py/requirements/NAME.txt (build, test or node) unless that has been done."""
    with console.step(f"Python packages {name}") as step:
        file = paths.requirements / f"{name}.txt"
        if any(_stamp(paths, have).fresh() for have in (name, *_holders(name))):
            step.done("up to date")
            return
        pip = _pip(paths)
        console.run(
            step,
            [
                *pip, "install", "--require-hashes", "--only-binary=:all:", "--disable-pip-version-check",
                "--no-input", "--progress-bar=off", "--no-compile", "-r", file,
            ],
            what=f"installing {file.relative_to(paths.root)} into .venv",
            fix=NETWORK_FIX,
            cwd=paths.root,
        )  # fmt: skip
        _stamp(paths, name).write([paths.venv_python])
        pins = sum("==" in line for line in file.read_text("utf-8").splitlines())
        step.done(f"installed, {pins} pinned")


def site_packages(paths: Paths) -> Path:
    """The folder of .venv that packages are installed into."""
    found = [p for pattern in ("lib/python3*", "Lib") for p in paths.venv.glob(f"{pattern}/site-packages")]
    if not found:
        raise BuildError(
            "looking into .venv",
            f"no site-packages in {paths.venv}",
            "Run: python3 build.py clean --all, then the same command again.",
        )
    return found[0]


def _holders(name: str) -> list[str]:
    return [holder for holder, held in CONTAINS.items() if name in held]


def _stamp(paths: Paths, name: str) -> Stamp:
    key = digest([paths.requirements / f"{name}.txt"], _version())
    return Stamp(paths.venv / f".blurstream-{name}.json", key)


def _pip(paths: Paths) -> list[str]:
    probe = subprocess.run([paths.venv_python, "-c", "import pip"], capture_output=True, check=False)
    if probe.returncode == 0:
        return [str(paths.venv_python), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(paths.venv_python)]


def _works(paths: Paths) -> bool:
    if not paths.venv_python.exists():
        return False
    ask: list[str | Path] = [paths.venv_python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and answer.stdout.strip() == _version()


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _version() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"
