"""`build.py demo --headless` as a person runs it: a picture, a report, and an honest end."""

from __future__ import annotations

import io
import json
import shutil
import struct
from pathlib import Path

import pytest

from blurstream_build import browser, demo
from blurstream_build.console import Console
from blurstream_build.errors import BuildError
from blurstream_build.paths import Paths

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def checkout_of_dist(
    tmp_path: Path, dist: Path, chromium_program: Path, monkeypatch: pytest.MonkeyPatch
) -> Paths:
    """A checkout that has the built dist but a build folder of its own."""
    (tmp_path / "dist").symlink_to(dist, target_is_directory=True)
    monkeypatch.setenv(browser.ENV, str(chromium_program))
    return Paths(tmp_path)


def test_picture_and_report(checkout_of_dist: Paths) -> None:
    screen = io.StringIO()
    demo.run_headless(checkout_of_dist, Console(checkout_of_dist.logs, screen, tty=False))
    out = checkout_of_dist.build / "demo"
    report = json.loads((out / "report.json").read_text())
    assert report["state"] == "running"
    assert report["composed"] > 0
    assert report["concealed"] == 0
    assert report["latencyMs"] > 0, "no output frame had the timestamp of an input frame"
    assert {"prepare", "matte", "plate", "compose"} <= set(report["stages"])
    picture = (out / "before_after.png").read_bytes()
    assert picture.startswith(PNG)
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 2 * report["width"]
    assert height > 3 * report["height"]
    assert "| state | running |" in (out / "report.md").read_text()


def test_it_fails_when_nothing_was_composed(checkout_of_dist: Paths, tmp_path: Path, dist: Path) -> None:
    (tmp_path / "dist").unlink()
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    for file in dist.rglob("*"):
        target = tmp_path / "dist" / file.relative_to(dist)
        if file.is_file() and file.suffix not in (".br", ".gz"):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    model = tmp_path / "dist" / "assets" / "segmenter.onnx"
    model.unlink()
    with pytest.raises(BuildError, match=r"not composed: .*segmenter"):
        demo.run_headless(checkout_of_dist, Console(checkout_of_dist.logs, io.StringIO(), tty=False))
    assert not (checkout_of_dist.build / "demo" / "before_after.png").exists()
