"""T7: nobody in the picture, somebody more, and a network that is not sure: what is not surely the person is
not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest

import gestures
import leak_rooms
from bench_leak import Run
from blurstream.errors import ModelError
from blurstream.record import DEFAULT_MODEL
from blurstream_build import clip_portrait
from blurstream_build.clip_portrait import Stance
from blurstream_build.paths import Paths
from gestures import over
from leak_scenes import Scene, render
from other_models import answering
from report import TITLES, Report

Array = npt.NDArray[Any]
WIDTH, HEIGHT = 640, 360
EFFECT = '{"type": "blur"}'
FRAMES, FULL_FRAMES = 30, 120
TABLE = f"T7, {TITLES['T7']}"
SHOWN, FAR = "T1 ever > 50 %, %", "T2 ring 8+ px, %"
NOISE = np.random.default_rng(5).random((144, 256))
ANSWERS = {
    "0.3 everywhere": np.full((144, 256), 0.3),
    "0.5 everywhere": np.full((144, 256), 0.5),
    "0.7 everywhere": np.full((144, 256), 0.7),
    "1 everywhere": np.ones((144, 256)),
    "noise": NOISE,
    "half sure, half in doubt": np.where(np.arange(256) < 100, 0.9, 0.6) * np.ones((144, 1)),
}


def scene_of(poses: Iterator[Array]) -> Scene:
    rooms = leak_rooms.drawn(WIDTH, HEIGHT)
    return Scene(WIDTH, HEIGHT, rooms, lambda: render(poses, rooms))


def empty(frames: int) -> Iterator[Array]:
    for _ in range(frames):
        yield np.zeros((HEIGHT, WIDTH, 4), np.uint8)


def two(frames: int) -> Iterator[Array]:
    """Somebody sits there; another one walks through behind them, from the left to the right."""
    sprite = clip_portrait.person(HEIGHT)
    for index in range(frames):
        front = clip_portrait.posed(sprite, WIDTH, HEIGHT, clip_portrait.sitting(index / 40))
        walk = Stance(shift=-1.3 + 2.6 * index / frames, down=0.06, large=0.72)
        yield over(front, clip_portrait.posed(sprite, WIDTH, HEIGHT, walk))


def test_an_empty_room_is_concealed(report: Report, full: bool) -> None:
    frames = FULL_FRAMES if full else FRAMES
    run = Run(scene_of(empty(frames)), EFFECT, DEFAULT_MODEL, None)
    figures = run.result()
    report.table(
        TABLE, "nobody", {"frames": frames, "concealed": figures["concealed"], SHOWN: figures[SHOWN]}
    )
    report.gate("T7", "nobody: frames not concealed", frames - figures["concealed"], 0)
    report.gate("T7", "nobody: room ever told apart, %", figures["T2 ever, %"], 0)


def test_a_second_person(report: Report, full: bool) -> None:
    """They are shown or hidden; the room between and around them is not."""
    frames = 60 if not full else FULL_FRAMES
    run = Run(scene_of(two(frames)), EFFECT, DEFAULT_MODEL, None)
    figures = run.result()
    kept = {key: figures[key] for key in (SHOWN, "T2 ever, %", FAR, "person cut, %", "concealed")}
    report.table(TABLE, "a second person walks through", {"frames": frames} | kept)
    report.picture("T7 second person", run.seen())
    report.gate("T7", "second person: pixels of the room beyond 8 px, %", figures[FAR], 0.5)


def test_a_network_that_is_not_sure(tmp_path: Path, paths: Paths, report: Report) -> None:
    shipped = (paths.built_models / "segmenter.onnx").read_bytes()
    shown, apart = 0.0, 0.0
    for what, answer in ANSWERS.items():
        model = tmp_path / f"{what}.onnx"
        model.write_bytes(answering(shipped, answer.astype(np.float32)))
        figures = Run(gestures.scene("interview", WIDTH, HEIGHT, 0.4), EFFECT, model, None).result()
        row = {"frames": figures["frames"], "concealed": figures["concealed"], SHOWN: figures[SHOWN]}
        report.table(TABLE, f"the network answers {what}", row)
        shown += figures["frames"] - figures["concealed"]
        apart = max(apart, figures["T2 ever, %"])
    report.gate("T7", "networks that are not sure: frames not concealed", shown, 0)
    report.gate("T7", "networks that are not sure: room ever told apart, %", apart, 0)


def test_one_that_finds_somebody_in_the_dark_is_refused(tmp_path: Path, paths: Paths) -> None:
    model = tmp_path / "always.onnx"
    always(model, paths)
    with pytest.raises(ModelError, match="100 % of it is taken for a person"):
        Run(gestures.scene("interview", WIDTH, HEIGHT, 0.1), EFFECT, model, None)


def always(model: Path, paths: Paths) -> None:
    """A network that says person wherever it looks, in the dark as well."""
    shipped = (paths.built_models / "segmenter.onnx").read_bytes()
    built = onnx.load_from_string(answering(shipped, np.ones((144, 256), np.float32)))
    sign = next(node for node in built.graph.node if node.op_type == "Sign")
    sign.op_type = "Cos"  # of 0 it is 1
    model.write_bytes(built.SerializeToString())
