"""The tests of the kernels once more, inside Pyodide, on the wasm side module that the browser loads."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from blurstream_build.paths import Paths

SUITES = (
    "tests/py/kernels",
    *(f"tests/py/test_{name}.py" for name in ("options", "pipeline", "none", "moving_pictures", "presenter")),
)
LIMIT_S = 480
WHOLE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)  # what pytest ends with after a whole run
HERE = Path(__file__).parent
REPO = "/repo"


@dataclass(frozen=True)
class Outcome:
    """How one test inside Pyodide ended."""

    test: str
    passed: bool
    why: str


def run_inside(node: str, paths: Paths, site: Path, suites: tuple[str, ...], work: Path) -> list[Outcome]:
    """Runs test files or folders (relative to the checkout) in Pyodide; one outcome a test."""
    work.mkdir(parents=True, exist_ok=True)
    report = work / "report.jsonl"
    report.unlink(missing_ok=True)
    job = {
        "pyodide": str(paths.node_modules / "pyodide"),
        "mounts": {
            "/site": str(site),
            "/work": str(work),
            "/cache": str(site.with_name("pycache")),
            f"{REPO}/py": str(paths.py),
            f"{REPO}/tests": str(paths.root / "tests"),
            f"{REPO}/build/kernels": str(paths.kernels),
        },
        "files": {f"{REPO}/pyproject.toml": str(paths.root / "pyproject.toml")},
        "env": {
            "PYTHONPATH": f"/site:{REPO}/py",
            "PYTHONPYCACHEPREFIX": "/cache",
            "BLURSTREAM_KERNELS": f"{REPO}/build/kernels/kernels.so",
        },
        "cwd": REPO,
        "script": str(HERE / "inside.py"),
        "args": ["-p", "no:cacheprovider", "-p", "no:faulthandler", "--color=no", *suites],
        "report": "/work/report.jsonl",
    }
    file = work / "job.json"
    file.write_text(json.dumps(job), "utf-8")
    try:
        ended = subprocess.run(
            [node, str(HERE / "run-tests.mjs"), str(file)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT_S,
            check=False,
        )
        output, how = ended.stdout + ended.stderr, f"exit code {ended.returncode}"
        whole = ended.returncode in WHOLE
    except subprocess.TimeoutExpired as error:
        output, how, whole = str(error.output or ""), f"not over after {LIMIT_S} s", False
    outcomes, running = read(report)
    if running or not (whole or any(not outcome.passed for outcome in outcomes)):
        # Node prints the line an exception comes from, and those of minified scripts are endless.
        tail = "\n".join(line[:300] for line in output.splitlines()[-40:])
        pytest.fail(f"pytest inside Pyodide stopped in {running or 'no test'}: {how}\n{tail}", pytrace=False)
    return outcomes


def read(report: Path) -> tuple[list[Outcome], str]:
    """The outcomes in a report, and the test that was running when it ends."""
    outcomes: dict[str, Outcome] = {}
    running = ""
    for line in report.read_text("utf-8").splitlines() if report.is_file() else []:
        record = json.loads(line)
        test = record["test"]
        if record["outcome"] == "started":
            running = test
            continue
        running = ""
        # A test that skips itself has not held anything together: inside Pyodide that counts as a failure.
        passed = record["outcome"] == "passed" and outcomes.get(test, Outcome(test, True, "")).passed
        outcomes[test] = Outcome(test, passed, f"{record['outcome']} in {record['phase']}\n{record['why']}")
    return list(outcomes.values()), running


def test_kernels_inside_pyodide(
    node_program: str,
    paths: Paths,
    pyodide_site: Path,
    subtests: pytest.Subtests,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    if not (paths.kernels / "kernels.so").is_file():
        pytest.fail("build/kernels/kernels.so is missing: run `python3 build.py build` first")
    outcomes = run_inside(node_program, paths, pyodide_site, SUITES, tmp_path)
    ran = sum(outcome.passed for outcome in outcomes)
    with capsys.disabled():
        print(f"\n  inside Pyodide: {ran} of {len(outcomes)} tests passed")
    for outcome in outcomes:
        with subtests.test(outcome.test):
            if not outcome.passed:
                pytest.fail(outcome.why, pytrace=False)
    assert ran > 0
