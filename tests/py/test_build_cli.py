"""The command line: help, errors without tracebacks, and one build at a time."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from blurstream_build import clean, cli, demo, lock, node, test
from blurstream_build.console import Console
from blurstream_build.errors import BuildError
from blurstream_build.paths import Paths

COMMANDS = ("demo", "test", "build", "bench", "privacy", "soak", "clean")


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help(paths: Paths, command: tuple[str, ...]) -> None:
    # -S: without site-packages, as on a machine where nothing is installed.
    ask = [sys.executable, "-S", "-E", str(paths.root / "build.py"), *command, "--help"]
    answer = subprocess.run(
        ask, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]}
    )
    assert answer.returncode == 0, answer.stderr
    assert all(name in answer.stdout for name in (command or COMMANDS))


def test_every_folder_of_tests_is_run(paths: Paths) -> None:
    settings = tomllib.loads((paths.root / "pyproject.toml").read_text("utf-8"))
    folders = settings["tool"]["pytest"]["ini_options"]["testpaths"]
    run = {
        word for part in (test.IN_NO_BROWSER, test.IN_BROWSERS) for word in part if word.startswith("tests/")
    }
    assert run == set(folders)


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["frobnicate"])
    assert ended.value.code == 2
    assert "frobnicate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BuildError("npm ci", "no network", "plug it in"), ("npm ci", "no network", "plug it in")),
        (RuntimeError("disk full"), ("RuntimeError", "disk full", "--verbose")),
    ],
)
def test_errors_are_told_without_a_traceback(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    words: tuple[str, ...],
) -> None:
    def fail(*_: object) -> int:
        raise error

    monkeypatch.setattr(cli, "run", fail)
    assert cli.main(["build"], Paths(tmp_path)) == 1
    told = capsys.readouterr().err
    assert all(word in told for word in words)
    assert "Traceback" not in told
    with pytest.raises(type(error)):
        cli.main(["build", "--verbose"], Paths(tmp_path))


def test_arguments_for_pytest_pass_through() -> None:
    options = cli.parser().parse_args(["test", "--no-checks", "--", "-k", "matte", "--lf"])
    assert options.extra == ["-k", "matte", "--lf"]


def test_clean_keeps_what_is_slow_to_get_unless_all_is_said(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    for file in (
        "build/downloads/a.whl",
        "build/compressed/x.br",
        "build/stamps/s.json",
        "dist/a.js",
        ".venv/x",
    ):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("x")
    quiet = Console(tmp_path / "build" / "logs", io.StringIO(), tty=False)
    clean.clean(paths, quiet)
    left = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert left == [".venv/x", "build/compressed/x.br", "build/downloads/a.whl"]
    clean.clean(paths, quiet, everything=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="not guarded on Windows")
def test_a_second_build_waits_for_the_first(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from blurstream_build import lock\n"
        "from blurstream_build.console import Console\n"
        f"with lock.held(Path({str(file)!r}), Console(Path({str(tmp_path)!r}))):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(lock.__file__).parents[1])},
    ) as other:  # fmt: skip
        assert other.stdout is not None and other.stdin is not None
        assert other.stdout.readline() == "held\n"
        screen = io.StringIO()
        with file.open("a+") as probe:
            assert not lock._try(probe)
        other.stdin.close()
        with lock.held(file, Console(tmp_path, screen, tty=False)):
            assert file.read_text().strip() == str(os.getpid())


def test_versions_of_node() -> None:
    assert node.parse_version("v20.20.2\n") == (20, 20, 2)
    assert node.parse_version("v21.0.0-nightly") == (21, 0, 0)
    assert node.parse_version("bash: node: not found") is None


def test_a_window_is_opened_only_where_there_is_a_screen() -> None:
    assert demo.has_display({}, "darwin")
    assert demo.has_display({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert not demo.has_display({}, "linux")


def test_the_report_of_the_headless_demo_takes_what_there_is() -> None:
    text = demo.markdown({"coldLoadBytes": 8_000_000, "state": "concealed", "error": "model-missing"})
    assert "| cold load, MB brotli | 8.00 |" in text
    assert "model-missing" in text
    assert "None" not in text.replace("| browser | None |", "")
