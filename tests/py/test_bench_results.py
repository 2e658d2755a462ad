"""Results of the benchmarks: what they are compared with, and that tables and pictures show them."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import frame_times
import kernel_plot
import kernel_tables
import last_result
import loop_figures
import loop_plot
import other_programs

Result = dict[str, Any]
HERE = {"cores": 2, "processor": "Some CPU", "system": "Linux", "at": "2026-01-02", "commit": "abc"}


def result(**figures: float) -> Result:
    return {"measured_on": dict(HERE), "figures": figures}


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def test_the_committed_result_counts_and_not_the_file_that_lies_there(tmp_path: Path) -> None:
    file = tmp_path / "bench" / "x.json"
    assert last_result.last(tmp_path, file) is None
    last_result.write(file, result(a=1.0))
    assert last_result.last(tmp_path, file) == ("the run before", result(a=1.0))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    last_result.write(file, result(a=2.0))
    assert last_result.last(tmp_path, file) == ("the last commit", result(a=1.0))


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"720p": {}}', '{"figures": 3, "measured_on": {}}'])
def test_what_is_no_result_is_not_compared_with(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    assert last_result.last(tmp_path, tmp_path / "x.json") is None
    assert "nothing" not in last_result.comparison(result(a=1), None)


def test_old_new_and_ratio() -> None:
    old, new = (
        result(fast=2.0, same=1.0, gone=1.0, zero=0.0),
        result(fast=1.0, same=1.02, zero=0.0, added=5.0),
    )
    rows = {line.split()[0]: line.split()[1:] for line in _lines(new, old) if line.startswith("  ")}
    assert rows["fast"] == ["2.000", "1.000", "0.50", "less"]
    assert rows["same"] == ["1.000", "1.020", "1.02"]
    assert rows["zero"] == ["0.000", "0.000"]
    assert rows["geometric"][-1] == "0.71"
    assert rows["only"][-1] == "gone"
    assert "added" not in rows
    assert "holds none of these figures" in _lines(result(a=1), result(b=1))[0]


def _lines(new: Result, old: Result) -> list[str]:
    return last_result.comparison(new, ("the last commit", old)).splitlines()


@pytest.mark.parametrize(
    ("key", "value"),
    [("processor", "Another"), ("browser", "Chromium 2"), ("cores", 8), ("runtime", "Node 3")],
)
def test_another_machine_or_browser_is_told(key: str, value: object) -> None:
    old, new = result(a=1.0), result(a=1.0)
    assert not [line for line in _lines(new, old) if "NOTE" in line]
    old["measured_on"][key] = value
    (note,) = [line for line in _lines(new, old) if "NOTE" in line]
    assert f"another {key}" in note
    assert repr(value) in note


def test_other_settings_are_told() -> None:
    old, new = result(a=1.0), result(a=1.0)
    old["settings"], new["settings"] = (
        {"noise": 1, "sizes": ["720p"]},
        {"noise": 3, "sizes": ["360p", "720p"]},
    )
    notes = [line.strip() for line in _lines(new, old) if "NOTE" in line]
    assert notes == ["NOTE noise is 3 now and was 1 then"]


def test_a_busy_machine_is_told() -> None:
    old, new = result(a=1.0), result(a=1.0)
    new["measured_on"]["others_cores"] = 0.1
    assert not [line for line in _lines(new, old) if "NOTE" in line]
    old["measured_on"]["others_cores"] = 1.3
    (note,) = [line for line in _lines(new, old) if "NOTE" in line]
    assert note.strip().startswith("then: NOTE other programs took 1.3 cores")


def test_others_do_not_include_oneself(monkeypatch: pytest.MonkeyPatch) -> None:
    busy, own, now = iter([100.0, 112.0]), iter([7.0, 9.0]), iter([50.0, 54.0])
    monkeypatch.setattr(other_programs, "_busy_s", lambda: next(busy))
    monkeypatch.setattr(other_programs, "_own_s", lambda: next(own))
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    assert other_programs.OtherPrograms().cores() == (12 - 2) / 4


def test_cores_are_not_known_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(other_programs, "STAT", tmp_path / "stat")
    assert other_programs.OtherPrograms().cores() is None
    assert other_programs.told_of(None) == ""
    (tmp_path / "stat").write_text("cpu  100 20 30 4000 50 6 7 8 9 10\ncpu0 1 1 1 1 1 1 1 1 1 1\n")
    ticks = os.sysconf("SC_CLK_TCK")
    assert other_programs._busy_s() == (100 + 20 + 30 + 6 + 7 + 8) / ticks, "neither idle nor waiting"


def test_results_are_json_and_can_be_read_line_by_line(tmp_path: Path) -> None:
    value = {"a": {"b": {"c": {"d": [1, 2]}}, "e": []}, "f": {}, "g": None}
    last_result.write(tmp_path / "x.json", value)
    text = (tmp_path / "x.json").read_text()
    assert json.loads(text) == value
    assert '   "c": {"d": [1, 2]}' in text.splitlines()


def cell(ms: float, changed: float, tiles: dict[str, float] | None = None) -> Result:
    spread = [ms, ms * 1.5, ms * 2, ms * 3]
    stages = {"prepare": [x / 2 for x in spread], "seal": [x / 2 for x in spread]}
    totals = dict.fromkeys(frame_times.TOTALS, spread)
    found = {"ms": stages | totals, "changed_tiles": changed, "model_runs": 0.25, "composed": 1.0}
    return found | ({"tiles": tiles} if tiles else {})


def kernels() -> Result:
    scenes = [frame_times.label(name, share) for share, name in frame_times.cells()]
    cells = {scene: cell(1 + number / 10, 0.07) for number, scene in enumerate(scenes)}
    cells["talking head"] = cell(0.8, 0.123, {"person": 0.25, "boundary": 0.5, "written": 0.456})
    sizes = {"720p": cells, "1080p": {name: cell(5, 0.5) for name in scenes}}
    return {
        "measured_on": HERE | {"runtime": "Pyodide 1", "others_cores": 0.9},
        "settings": {"frames": 3, "warm_up": 2, "noise": 1.5, "settings": "{}"},
        "results": {"Pyodide (wasm SIMD)": sizes},
    }


def test_tables_of_the_kernels() -> None:
    results = kernels()["results"]
    figures = kernel_tables.figures(results)
    assert figures["pyodide 720p talking head: CPU"] == pytest.approx(1.2)
    assert figures["pyodide 720p talking head: seal"] == pytest.approx(0.6)
    assert len([name for name in figures if name.startswith("pyodide 1080p")]) == len(frame_times.cells())
    for text in (kernel_tables.console(results), kernel_tables.markdown(kernels())):
        (row,) = [line for line in text.splitlines() if "talking head" in line and "12 %" in line]
        assert "1.20 (0.80); 1.20; 12 %" in row
        (row,) = [line for line in text.splitlines() if "talking head" in line and "0.60 (0.40)" in line]
        assert row.replace("|", " ").split()[-5:] == ["0.25", "25", "50", "46", "12"]
        assert "talking head: 1.20 ms (CPU 1.20), wanted 1.5: met" in text
        assert "at rest, person 25%: 1.95 ms (CPU 1.95), wanted 0.3: missed" in text
    assert "other programs took 0.9 cores" in kernel_tables.markdown(kernels())


def run(latency: float, cpu: float) -> Result:
    return {
        "in_fps": 30.0, "out_fps": 29.5, "latency_ms": latency, "latency_p95_ms": 2 * latency,
        "readyMs": 2000.0, "worker_cpu_ms": cpu, "tree_cpu_ms": cpu + 3, "threads_cpu_ms": [cpu],
        "others_cores": 0.1,
        "stats": {"stageMs": {"seal": 0.5}, "modelMs": 6, "modelRuns": 10, "maskReuses": 30,
                  "tiles": {"person": 20, "background": 70, "boundary": 10, "written": 25}},
    }  # fmt: skip


def loop() -> Result:
    floors, products = [run(1, 0.5), run(2, 0.4), run(3, 0.6)], [run(12, 10), run(11, 9), run(30, 8)]
    summary = loop_figures.summary(floors, products, {"readyMs": 3000.0})
    results = {"640x480": summary | {"pass_through": floors, "product": products}}
    long_run = {"size": "640x480", "heap_growth_bytes": 4096.0, "unclosed_frames": 0.0}
    return {
        "measured_on": HERE | {"browser": "Chromium 1"},
        "settings": {"repeats": 3, "seconds": 20.0},
        "figures": loop_figures.figures(results, long_run),
        "results": results,
        "long_run": long_run,
    }


def test_figures_of_the_loop_are_above_the_pass_through() -> None:
    figures = loop()["figures"]
    assert figures["640x480 added latency, median ms"] == 10, "median run against median run"
    assert figures["640x480 CPU of the workers, ms a frame"] == pytest.approx(7.6), (
        "best run against best run"
    )
    assert figures["640x480 tiles written, share"] == 0.25
    assert figures["640x480 model runs a frame"] == 0.25
    assert figures["640x480 ready, cold, s"] == 3
    assert figures["640x480 growth of the wasm heap, bytes"] == 4096
    text = loop_figures.table("640x480", loop()["results"]["640x480"], loop()["long_run"])
    (row,) = [line for line in text.splitlines() if "wasm heap" in line]
    assert row.split()[-1] == "missed"
    (row,) = [line for line in text.splitlines() if "frames out" in line]
    assert "29.50" in row
    assert "missed" not in row
    assert "| frames out a second | 29.50 | >= 27 |" in loop_figures.markdown(loop())


def test_figures_that_safe_stats_does_not_tell_are_left_out() -> None:
    bare = run(12, 10) | {"stats": {"tiles": None, "modelRuns": None}}
    summary = loop_figures.summary([run(1, 1)], [bare], {"readyMs": 1.0})
    assert "written_tiles" not in summary
    assert "model_runs" not in summary
    assert summary["out_fps"] == 29.5


def test_plots_are_pictures(tmp_path: Path) -> None:
    kernel_plot.draw(kernels(), tmp_path / "kernels.png")
    loop_plot.draw(loop(), tmp_path / "loop.png")
    for name in ("kernels.png", "loop.png"):
        with Image.open(tmp_path / name) as picture:
            assert picture.width > 1000
            assert len(picture.convert("RGB").getcolors(10**6) or ()) > 50, "nothing is drawn"
