"""The Python of dist/assets, as built: it starts in Node and takes frames through blurstream.bridge."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from blurstream_build.paths import Paths

HERE = Path(__file__).parent
NEEDED = ("python_stdlib.zip", "numpy.zip", "blurstream.zip", "kernels.so", "segmenter.json")
LIMIT_S = 120
UNTOUCHED, UNRECOGNISABLE = 0.0, 25.0  # mean absolute difference of luma; the noise in the frame has 32


@pytest.fixture(scope="module")
def exercise(node_program: str, paths: Paths) -> dict[str, Any]:
    """What the engine did with four frames: no model, a mask, a broken mask, an error of the model."""
    missing = [name for name in NEEDED if not (paths.assets / name).is_file()]
    if missing:
        pytest.fail(f"dist/assets lacks {', '.join(missing)}: run `python3 build.py build` first")
    loader = paths.web / "build" / "minimal-pyodide.mjs"
    command = [
        node_program,
        HERE / "exercise-runtime.mjs",
        paths.node_modules / "pyodide",
        loader,
        paths.assets,
    ]
    ended = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=LIMIT_S,
        check=False,
    )
    if ended.returncode != 0:
        pytest.fail(
            f"node ended with exit code {ended.returncode}\n{ended.stdout}{ended.stderr}", pytrace=False
        )
    told: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return told


def test_every_frame_comes_out_once_and_in_order(exercise: dict[str, Any]) -> None:
    assert [frame["timestamp"] for frame in exercise["frames"]] == [1000, 2000, 3000, 4000]
    assert all(frame["size"] == [640, 360] for frame in exercise["frames"])


def test_a_frame_with_its_mask_is_composed(exercise: dict[str, Any]) -> None:
    frame = exercise["frames"][1]
    assert (frame["kind"], frame["reason"]) == ("composed", "")
    assert frame["person"] == UNTOUCHED
    assert frame["background"] > UNRECOGNISABLE


def test_frames_without_a_mask_are_concealed_whole(exercise: dict[str, Any]) -> None:
    concealed = [exercise["frames"][at] for at in (0, 2, 3)]
    assert [(f["kind"], f["reason"]) for f in concealed] == [
        ("concealed", "no-model"),
        ("concealed", "bad-mask"),
        ("concealed", "model-error"),
    ]
    assert all(f["person"] > UNRECOGNISABLE and f["background"] > UNRECOGNISABLE for f in concealed)
    assert exercise["events"] == ["bad-mask", "model-error"]


def test_the_model_is_fed_a_picture(exercise: dict[str, Any]) -> None:
    assert len(exercise["inputs"]) == 3
    for given in exercise["inputs"]:
        assert given["values"] == 256 * 144 * 3
        assert 0 <= given["least"] < given["most"] <= 1
