"""What is told of the pipeline's doings, and the camera's tact."""

from __future__ import annotations

import numpy as np
import pytest

from blurstream.activity import Tact
from call_bench import Bench
from scene import Person, Scene


def test_a_window_of_a_still_call() -> None:
    scene = Scene(640, 352, 2.0)
    bench = Bench()
    for _ in range(12):
        bench.show(scene.take(), scene.mask)
    bench.pipeline.activity()
    for _ in range(10):
        bench.show(scene.take(), scene.mask)
    told = bench.pipeline.activity()
    tiles, runs, reuses = told["tiles"], told["modelRuns"], told["maskReuses"]
    assert isinstance(tiles, dict) and isinstance(runs, int) and isinstance(reuses, int)
    assert tiles["person"] + tiles["background"] + tiles["boundary"] == pytest.approx(880, abs=1)
    assert 0 <= tiles["written"] < tiles["person"] + tiles["boundary"]
    assert runs + reuses == 10 and reuses > 5
    assert isinstance(told["noise"], float) and 1 < told["noise"] < 3
    assert isinstance(told["suggestedMaxBitrate"], int | float)
    assert bench.pipeline.activity()["modelRuns"] == 0, "a reading begins a new window"


def test_a_window_with_two_sizes_counts_the_last() -> None:
    bench = Bench()
    for width, height in ((1280, 720), (320, 176)):
        scene = Scene(width, height)
        for _ in range(3):
            scene.people = [Person()]
            bench.show(scene.take(), scene.mask)
    tiles = bench.pipeline.activity()["tiles"]
    assert isinstance(tiles, dict)
    assert tiles["person"] + tiles["background"] + tiles["boundary"] == pytest.approx(220, abs=1)


def test_before_the_first_frame_nothing_is_known() -> None:
    told = Bench().pipeline.activity()
    assert told["tiles"] is None and told["noise"] is None and told["suggestedMaxBitrate"] is None


def test_the_tact_is_the_camera_s_even_when_frames_are_missing() -> None:
    tact = Tact()
    assert tact.interval_ms == 0 and tact.fps == 30
    late = []
    for number in np.delete(np.arange(20), [5, 9, 10]):
        tact.arrived(int(number) * 33_333)
        late.append(tact.late)
    assert tact.interval_ms == pytest.approx(33.333)
    assert late == [0] * 5 + [1] + [0] * 2 + [2] + [0] * 8
    tact.arrived(0)
    assert tact.late == 0, "a clock that is set back says nothing"
