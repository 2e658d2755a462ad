"""What every test can ask for: the checkout, and recorded clips of people where there are some."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from blurstream_build.paths import Paths, checkout

# Of tests/browser; tests/privacy have pages, too. Inside Pyodide there is no other browser.
pytest_plugins = () if sys.platform == "emscripten" else ("pages_open",)
CLIPS = (".mkv", ".mp4", ".gif", ".webm")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that need no browser are run first: see build.py test."""
    for item in items:
        in_browser = "chromium_program" in getattr(item, "fixturenames", ())
        if "privacy" in item.path.parts:
            item.add_marker("browser" if in_browser else "native")


@pytest.fixture(scope="session")
def paths() -> Paths:
    """Where things lie in this checkout."""
    return checkout()


@pytest.fixture(scope="session")
def recorded_data(paths: Paths) -> Path:
    """Recorded material that is not part of the project: BLURSTREAM_DATA, or beside the checkout."""
    folder = Path(os.environ.get("BLURSTREAM_DATA") or paths.root.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no recorded clips: {folder} is not there (BLURSTREAM_DATA can name another folder)")
    return folder


@pytest.fixture(scope="session")
def real_clips(recorded_data: Path) -> list[Path]:
    """Recorded clips of real people, without masks."""
    found = [p for p in sorted((recorded_data / "clips").glob("*")) if p.suffix in CLIPS]
    if not found:
        pytest.skip(f"no recorded clips in {recorded_data / 'clips'}")
    return found


@pytest.fixture(scope="session")
def built_clips(paths: Paths) -> Path:
    """The folder of clips that the build makes, some with a known alpha and background."""
    if not paths.clips.is_dir():
        pytest.fail("build/clips is missing: run `python3 build.py build` first")
    return paths.clips
