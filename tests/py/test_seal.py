"""The sealed background: how often a place is sampled, when again, and what is never sampled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from blurstream.frame import Geometry
from blurstream.options import Blur, Settings
from blurstream.plate import FADE
from blurstream.seal import AGAIN, CHECK, RESTLESS, Seal
from call_bench import Bench
from scene import Person, Scene, exposed, tiles_of

Array = np.ndarray[Any, Any]
GEOMETRY = Geometry(640, 352)
ROWS, COLUMNS = GEOMETRY.cells


class Room:
    """A room as its cells, with what little noise a cell of 64 pixels has, in front of a seal."""

    def __init__(self) -> None:
        self.seal = Seal(GEOMETRY)
        self.random = np.random.default_rng(2)
        self.levels: Array = np.full((ROWS, COLUMNS), 100.0)
        self.weight: Array = np.ones((ROWS, COLUMNS))
        self.changed: Array = np.zeros(GEOMETRY.tiles, np.uint8)

    def frame(self) -> int:
        """Cells that were sampled in this frame."""
        before = self.seal.samples
        if self.seal.due(self.changed):
            values = self.levels + self.random.standard_normal((4, ROWS, COLUMNS)) * 0.5
            values[3] = 1
            self.seal.look((values * self.weight).astype(np.float32))
        return self.seal.samples - before

    def run(self, frames: int) -> list[int]:
        return [self.frame() for _ in range(frames)]

    def shown(self) -> Array:
        """The samples' luma; NaN where there is none."""
        weight = self.seal.cells[3]
        luma: Array = np.where(weight > 0, self.seal.cells[0] / np.maximum(weight, 1e-6), np.nan)
        return luma


def test_one_sample_of_a_room_that_does_not_change() -> None:
    room = Room()
    taken = room.run(300)
    assert taken[0] == ROWS * COLUMNS
    assert not any(taken[1:])


def test_at_most_one_sample_a_second() -> None:
    """A screen in the room that shows something else every twenty frames, and rests in between."""
    room = Room()
    room.run(AGAIN)
    before, samples = room.seal.samples, []
    for number in range(300):
        room.levels[4:8, 4:8] = 100 + 30 * (number // 20 % 2)
        samples.append(room.frame())
    assert max(samples) == 16, "no other place"
    assert 1 <= (room.seal.samples - before) / 16 <= 300 / AGAIN
    when = np.flatnonzero(samples)
    assert np.diff(when).min() >= AGAIN


def test_what_differs_is_sampled_again_and_is_then_as_it_is() -> None:
    room = Room()
    room.run(2 * AGAIN)
    room.levels[4:8, 4:8] = 130
    room.run(2 * CHECK)
    assert room.shown()[5, 5] == pytest.approx(130, abs=3)
    assert room.shown()[20, 20] == pytest.approx(100, abs=3)


def test_a_light_that_changes_everything_is_one_new_sample_of_everything() -> None:
    room = Room()
    room.run(2 * AGAIN)
    room.levels[: int(0.45 * ROWS)] += 40
    taken = [count for count in room.run(2 * AGAIN) if count]
    assert taken == [ROWS * COLUMNS]


def test_a_place_that_the_person_covers_is_never_sampled() -> None:
    room = Room()
    person = np.s_[20:, 30:50]
    room.weight[person], room.levels[person] = 0, 250
    room.run(60)
    assert np.isnan(room.shown()[person]).all()
    assert room.seal.samples == ROWS * COLUMNS - 24 * 20
    room.weight[:] = 1
    room.levels[person] = 100
    taken = room.run(CHECK + 1)
    assert sum(taken) == 24 * 20, "seen for the first time"
    room.weight[:20, 10:20], room.levels[:20, 10:20] = 0, 250
    room.run(3 * AGAIN)
    assert np.nanmax(room.shown()) < 110, "covered now: the old sample stays"


def test_a_place_that_is_covered_in_part_keeps_its_sample() -> None:
    room = Room()
    room.run(2 * AGAIN)
    room.weight[4:8, 4:8], room.levels[4:8, 4:8] = 0.4, 200
    assert not any(room.run(3 * AGAIN))
    room.weight[4:8, 4:8] = 0.6
    assert sum(room.run(CHECK + 1)) == 16


def test_a_place_that_never_rests_is_sampled_rarely() -> None:
    room = Room()
    room.run(AGAIN)
    room.changed[2:4, 2:4] = 1  # tiles; 2 x 2 cells each
    samples = []
    for number in range(4 * RESTLESS):
        room.levels[4:8, 4:8] = 100 + 50 * (number % 2)
        room.levels[20:24, 20:24] = 130
        samples.append(room.frame())
    assert samples.count(16) - 1 <= 4, "one in RESTLESS frames, and the place that rests once"
    assert sum(samples) >= 3 * 16, "but not never"


def test_after_a_reset_all_is_sampled_at_once() -> None:
    room = Room()
    room.run(5)
    room.levels[:] = 180
    room.seal.reset()
    assert room.frame() == ROWS * COLUMNS
    assert room.shown() == pytest.approx(180, abs=3)


def plates(scene: Scene, frames: int, settings: Settings) -> list[bytes]:
    """What is shown of the background, frame by frame, well away from the person."""
    bench = Bench()
    bench.pipeline.configure(settings)
    area = ~(exposed(scene.take(), np.zeros((352, 640), bool)) & tiles_of(scene.covered))
    area[:, 7:33] = False
    pixels = area.repeat(16, 0).repeat(16, 1)
    shown = []
    for _ in range(frames):
        bench.show(scene.take(), scene.mask)
        shown.append(bench.safe[-1][1][0][pixels].tobytes())
    return shown


def test_an_observer_gets_one_picture_of_a_noisy_room() -> None:
    scene = Scene(640, 352, 4)
    assert len(set(plates(scene, 45, Settings()))) == 1
    assert len(set(plates(scene, 45, Settings(Blur(background="fresh"))))) > 20


def test_a_new_plate_fades_in() -> None:
    """From one state to the next without a jump, and then it is still again."""
    scene, bench = Scene(640, 352), Bench()
    for _ in range(2 * AGAIN):
        bench.show(scene.take(), scene.mask)
    shown = []
    for _ in range(2 * AGAIN):
        shown.append(bench.show(scene.take(), scene.mask)[1][0][:48].astype(float).mean())
        scene.light = 20
    steps = np.diff(shown)
    assert shown[-1] - shown[0] == pytest.approx(20, abs=2)
    assert np.count_nonzero(steps) <= FADE
    assert steps.max() < 1.5 * 20 / FADE


def test_the_plate_never_holds_the_person() -> None:
    """Wherever they have been: their colour is nowhere in it."""
    scene, bench = Scene(640, 352), Bench()
    for number in range(60):
        at = 0.3 * abs(number % 20 - 10) / 10
        scene.people = [Person(0.1 + at, 0.5 + at, 0.2)]
        bench.show(scene.take(), scene.mask)
        assert bench.pipeline._workspace is not None
        plate = bench.pipeline._workspace.plate
        for rows in plate.rows[1:]:
            assert np.abs(rows.astype(float) / 4 - 128).max() < 3
