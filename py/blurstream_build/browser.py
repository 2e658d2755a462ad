"""A Chromium to test and show with: found on the machine, else installed; and how it is started."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import venv
from .console import Console, Step
from .errors import BuildError
from .paths import Paths

ENV = "BLURSTREAM_CHROMIUM"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
MAC_APPS = (
    "Chromium.app/Contents/MacOS/Chromium",
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS_APPS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
PLAYWRIGHT_FOLDERS = {"linux": ".cache", "darwin": "Library/Caches", "win32": "AppData/Local"}
INSTALL_TIMEOUT_S = 480.0
# Nothing of the browser's own may reach for the network or disturb a measurement.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
)


@dataclass(frozen=True)
class Chromium:
    """A browser that starts: its program and what it calls itself."""

    program: Path
    version: str
    source: str


def ensure(paths: Paths, console: Console) -> Chromium:
    """Finds a Chromium, or installs one."""
    with console.step("Chromium") as step:
        found = find(os.environ)
        if not found:
            tried = _install(paths, console, step)
            found = find(os.environ)
            if not found:
                raise BuildError(
                    "finding a Chromium",
                    f"there is none on PATH or in the usual places; {tried}",
                    "Install Chromium, Chrome or Edge (Debian: apt-get install chromium), or name its\n"
                    f"program in the environment: {ENV}=/path/to/chrome python3 build.py ...",
                )
        step.done(f"{found.version} ({found.source})")
        return found


def find(env: Mapping[str, str], platform: str = sys.platform, home: Path | None = None) -> Chromium | None:
    """The first Chromium that starts, in the order of `candidates`; a named one must start."""
    named = env.get(ENV)
    if named:
        version = _version(Path(named), platform)
        if version is None:
            raise BuildError(
                "starting the Chromium that the environment names",
                f"{ENV}={named} does not answer to --version",
                f"Set {ENV} to the program of a Chromium, or unset it to have one found.",
            )
        return Chromium(Path(named), version, ENV)
    for program, source in candidates(env, platform, home):
        version = _version(program, platform)
        if version is not None:
            return Chromium(program, version, source)
    return None


def candidates(
    env: Mapping[str, str], platform: str = sys.platform, home: Path | None = None
) -> Iterator[tuple[Path, str]]:
    """Where a Chromium may be: Playwright's own, then PATH, then the usual places of macOS and Windows."""
    home = home or Path.home()
    for program in _playwright_programs(env, platform, home):
        yield program, "Playwright's"
    for name in NAMES:
        found = shutil.which(name, path=env.get("PATH", ""))
        if found:
            yield Path(found), "on PATH"
    if platform == "darwin":
        for base in (Path("/Applications"), home / "Applications"):
            yield from ((base / app, "in Applications") for app in MAC_APPS if (base / app).exists())
    if platform == "win32":
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            base = Path(env.get(variable, ""))
            if env.get(variable):
                yield from ((base / app, "installed") for app in WINDOWS_APPS if (base / app).exists())


def arguments(profile: Path, *, headless: bool = True, camera: Path | None = None) -> list[str]:
    """The arguments for a quiet Chromium with a fresh profile; its fake camera plays the .y4m `camera`."""
    words = [*QUIET, f"--user-data-dir={profile}", "--autoplay-policy=no-user-gesture-required"]
    if headless:
        words.append("--headless=new")
    words += camera_arguments(camera)
    if needs_no_sandbox():
        words.append("--no-sandbox")
    return words


def camera_arguments(camera: Path | None) -> list[str]:
    """The arguments of a fake camera that needs no permission and plays a clip."""
    if camera is None:
        return []
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
    ]


def needs_no_sandbox() -> bool:
    """Chromium refuses to start as root with its sandbox on."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _playwright_programs(env: Mapping[str, str], platform: str, home: Path) -> Iterator[Path]:
    named = env.get("PLAYWRIGHT_BROWSERS_PATH", "")
    base = (
        Path(named)
        if named and named != "0"
        else home / PLAYWRIGHT_FOLDERS.get(platform, ".cache") / "ms-playwright"
    )
    patterns = {
        "darwin": "chrome-mac*/*.app/Contents/MacOS/*",
        "win32": "chrome-win*/chrome.exe",
    }
    versions = [p for p in base.glob("chromium-*") if p.name.rpartition("-")[2].isdigit()]
    for folder in sorted(versions, key=lambda p: int(p.name.rpartition("-")[2]), reverse=True):
        yield from sorted(folder.glob(patterns.get(platform, "chrome-linux*/chrome")))


def _version(program: Path, platform: str) -> str | None:
    if platform == "win32":  # chrome.exe prints nothing there
        return program.stem if program.is_file() else None
    try:
        answer = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\d+(\.\d+){2,3}", answer.stdout)
    return match and answer.stdout.strip().split("\n")[0].strip() if answer.returncode == 0 else None


def _install(paths: Paths, console: Console, step: Step) -> str:
    """Tries the ways to install one; says in words what was tried and how it went."""
    tried = []
    if shutil.which("apt-get") and needs_no_sandbox():
        try:
            quiet = {"DEBIAN_FRONTEND": "noninteractive"}
            step.say("apt-get update")
            console.run(step, ["apt-get", "update", "-q"], what="apt-get update", fix="", env=quiet)
            step.say("apt-get install chromium")
            # a machine without a screen may have no font at all, and pages would have no words
            packages = ["chromium", "fonts-liberation"]
            install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
            console.run(
                step, install, what="apt-get install chromium", fix="", env=quiet, timeout_s=INSTALL_TIMEOUT_S
            )
        except BuildError as error:
            tried.append(f"apt-get failed ({_cause(error)})")
        if find(os.environ):
            return "installed with apt-get"
    try:
        venv.install(paths, console, "test")  # brings Playwright
        step.say("Playwright downloads its Chromium")
        command: list[str | Path] = [paths.venv_python, "-m", "playwright", "install", "chromium"]
        console.run(step, command, what="playwright install", fix="", timeout_s=INSTALL_TIMEOUT_S)
    except BuildError as error:
        tried.append(f"Playwright's download failed ({_cause(error)})")
    return "; ".join(tried) or "nothing could be installed"


def _cause(error: BuildError) -> str:
    """The line of a command's output that names the error."""
    lines = [line.strip() for line in error.why.splitlines() if line.strip()]
    return next((line for line in lines if line.lower().startswith(("error", "e:"))), lines[0])
