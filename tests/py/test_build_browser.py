"""The order in which a Chromium is looked for, and the arguments it gets."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from blurstream_build import browser
from blurstream_build.errors import BuildError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in browsers are shell scripts")


def program(file: Path, version: str | None = "Chromium 150.0.1.2") -> Path:
    """A stand-in for a browser: answers --version, or fails as the stub of a package does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\necho '{version}'\n" if version else "#!/bin/sh\nexit 1\n")
    file.chmod(0o755)
    return file


def found(env: dict[str, str], home: Path, platform: str = "linux") -> Path | None:
    chromium = browser.find(env, platform, home)
    return chromium.program if chromium else None


def test_order(tmp_path: Path) -> None:
    home, on_path, cache = tmp_path / "home", tmp_path / "bin", tmp_path / "home/.cache/ms-playwright"
    env = {"PATH": str(on_path)}
    assert found(env, home) is None
    edge = program(on_path / "msedge")
    assert found(env, home) == edge
    chrome = program(on_path / "google-chrome")
    assert found(env, home) == chrome
    chromium = program(on_path / "chromium")
    assert found(env, home) == chromium
    old = program(cache / "chromium-999/chrome-linux/chrome")
    assert found(env, home) == old
    new = program(cache / "chromium-1200/chrome-linux64/chrome")
    assert found(env, home) == new
    program(cache / "chromium_headless_shell-1300/chrome-linux/chrome")
    assert found(env, home) == new
    named = program(tmp_path / "mine")
    assert found({**env, browser.ENV: str(named)}, home) == named


def test_one_that_does_not_start_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "bin/chromium", None)
    working = program(tmp_path / "bin/chromium-browser")
    assert found({"PATH": str(tmp_path / "bin")}, tmp_path) == working


def test_a_named_one_that_does_not_start_is_an_error(tmp_path: Path) -> None:
    program(tmp_path / "bin/chromium")
    for wrong in (tmp_path / "absent", program(tmp_path / "broken", None)):
        with pytest.raises(BuildError) as raised:
            browser.find({"PATH": str(tmp_path / "bin"), browser.ENV: str(wrong)}, "linux", tmp_path)
        assert str(wrong) in raised.value.why
        assert browser.ENV in raised.value.fix


def test_applications_of_macos(tmp_path: Path) -> None:
    app = program(tmp_path / "Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    assert app in [path for path, _ in browser.candidates({"PATH": ""}, "darwin", tmp_path)]


def test_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "needs_no_sandbox", lambda: False)
    words = browser.arguments(tmp_path, camera=tmp_path / "clip.y4m")
    assert "--no-sandbox" not in words
    assert f"--use-file-for-fake-video-capture={tmp_path / 'clip.y4m'}" in words
    assert "--use-fake-device-for-media-stream" not in browser.arguments(tmp_path)
    monkeypatch.setattr(browser, "needs_no_sandbox", lambda: True)
    assert "--no-sandbox" in browser.arguments(tmp_path)
