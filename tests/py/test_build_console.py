"""What a person sees of a step, with and without a terminal, and what becomes of a failed command."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import pytest

from blurstream_build.console import Console, Step
from blurstream_build.errors import BuildError


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def console(tmp_path: Path, *, tty: bool = False, clock: Clock | None = None) -> tuple[Console, io.StringIO]:
    screen = io.StringIO()
    return Console(tmp_path / "logs", screen, tty=tty, clock=clock or Clock()), screen


def test_a_short_step_is_one_line(tmp_path: Path) -> None:
    shown, screen = console(tmp_path)
    with shown.step("kernels") as step:
        step.say("compiling")
        step.done("up to date")
    assert screen.getvalue().split() == ["kernels", "up", "to", "date"]


def test_a_long_step_speaks_without_a_terminal_but_not_too_often(tmp_path: Path) -> None:
    clock = Clock()
    shown, screen = console(tmp_path, clock=clock)
    step = Step(shown, "download")
    for percent in range(100):
        clock.now += 0.1
        step.say(f"{percent} %")
    lines = screen.getvalue().splitlines()
    assert 3 <= len(lines) <= 5
    assert "(2 s)" in lines[0]
    clock.now += 60
    step.tick()
    assert "(70 s)" in screen.getvalue().splitlines()[-1], "silence is broken by the elapsed time"


def test_a_terminal_gets_one_line_that_changes(tmp_path: Path) -> None:
    shown, screen = console(tmp_path, tty=True)
    with shown.step("download") as step:
        step.say("10 %")
        step.say("20 %")
        step.done("2 files")
    text = screen.getvalue()
    assert text.count("\n") == 1
    assert text.rindex("\x1b[2K") < text.rindex("2 files")


def test_a_failed_step_says_so(tmp_path: Path) -> None:
    shown, screen = console(tmp_path)
    with pytest.raises(ValueError, match="no"), shown.step("model"):
        raise ValueError("no")
    assert "FAILED" in screen.getvalue()


def test_a_failed_command_tells_what_why_and_what_to_do(tmp_path: Path) -> None:
    shown, screen = console(tmp_path)
    code = "import sys; print('the cause'); sys.exit(3)"
    with pytest.raises(BuildError) as raised, shown.step("npm ci in web/") as step:
        shown.run(step, [sys.executable, "-c", code], what="npm ci", fix="look")
    text = raised.value.text()
    assert "npm ci" in text
    assert "exit code 3" in text
    assert "the cause" in text
    log = tmp_path / "logs" / "npm-ci-in-web-.log"
    assert str(log) in text
    assert "the cause" in log.read_text()
    assert "the cause" not in screen.getvalue()


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    shown, _ = console(tmp_path)
    with pytest.raises(BuildError, match="could not be started"), shown.step("x") as step:
        shown.run(step, [tmp_path / "absent"], what="x", fix="y")


def test_a_command_that_hangs_is_ended(tmp_path: Path) -> None:
    shown, _ = console(tmp_path)
    began = time.monotonic()
    with pytest.raises(BuildError, match="no end after"), shown.step("x") as step:
        shown.run(
            step, [sys.executable, "-c", "import time; time.sleep(60)"], what="x", fix="y", timeout_s=0.5
        )
    assert time.monotonic() - began < 30


def test_output_of_a_good_command_is_returned(tmp_path: Path) -> None:
    shown, _ = console(tmp_path)
    with shown.step("x") as step:
        got = shown.run(step, [sys.executable, "-c", "print('a'); print(); print('b')"], what="x", fix="y")
    assert got == "a\n\nb"
