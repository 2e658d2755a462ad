"""The ladder of quality: steps down when it must, up when it can, and never back and forth."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blurstream.quality import (
    HELD_MS,
    LEVELS,
    LONGEST_WAIT_MS,
    SHORTEST_WAIT_MS,
    WARM_UP_MS,
    WINDOW_MS,
    Change,
    Ladder,
    Level,
)

INTERVAL_MS = 1000 / 30
ONE_STEP_MS = 1500  # of load: enough for the first step down, not for a second
Costs = Callable[[Level], float]


class Camera:
    """A clock, a ladder, and the changes it has told, with their times."""

    def __init__(self, warm: bool = True, interval: float = INTERVAL_MS) -> None:
        self.ladder, self.now, self.interval = Ladder(), 1e6, interval
        self.told: list[tuple[float, Change]] = []
        if warm:
            self.run(WARM_UP_MS + WINDOW_MS, lambda _: 1)

    def run(self, milliseconds: float, busy: Costs, model: Costs | None = None, late: int = 0) -> None:
        end = self.now + milliseconds
        while self.now < end:
            level = self.ladder.level
            took = (busy(level), model(level) if model else 0.0)
            self.now += max(self.interval * level.every, *took)
            change = self.ladder.observe(self.now, *took, self.interval, late)
            if change:
                assert change.level is self.ladder.level
                self.told.append((self.now, change))

    @property
    def levels(self) -> list[int]:
        return [change.level.number for _, change in self.told]


def constant(milliseconds: float) -> Costs:
    return lambda _: milliseconds


def test_a_level_says_nothing_about_masks() -> None:
    assert [field.name for field in fields(Level)] == [
        "number",
        "name",
        "matte",
        "work_factor_scale",
        "every",
    ]
    assert [level.number for level in LEVELS] == list(range(len(LEVELS)))


def test_frames_that_fit_change_nothing() -> None:
    camera = Camera()
    camera.run(60_000, constant(0.84 * INTERVAL_MS))
    assert camera.levels == []


def test_too_much_work_goes_down_a_step_at_a_time_and_says_why() -> None:
    camera = Camera()
    camera.run(20_000, constant(2.2 * INTERVAL_MS))
    assert camera.levels == [1, 2, 3], "even half the rate is not enough: the lowest level, for good"
    times = [time for time, _ in camera.told]
    assert all(b - a >= WINDOW_MS for a, b in pairwise(times))
    first = camera.told[0][1]
    assert first.reason == "frames took 73 ms of 33 ms"
    assert first.details == {
        "level": 1,
        "name": "light matte",
        "reason": "frames took 73 ms of 33 ms",
        "previousLevel": 0,
    }


def test_a_slow_model_is_named_and_half_the_rate_helps_it() -> None:
    camera = Camera()
    camera.run(120_000, constant(4), constant(41))
    assert camera.levels == [1, 2, 3]
    assert camera.told[0][1].reason == "the model took 41 ms of 33 ms"
    assert camera.told[-1][1].level.every == 2


def test_recovers_step_by_step_after_calm() -> None:
    camera = Camera()
    camera.run(10_000, constant(2.2 * INTERVAL_MS))
    assert camera.levels == [1, 2, 3]
    camera.told.clear()
    camera.run(5 * SHORTEST_WAIT_MS, constant(8))
    assert camera.levels == [2, 1, 0]
    times = [time for time, _ in camera.told]
    assert all(b - a >= SHORTEST_WAIT_MS for a, b in pairwise(times))
    assert camera.told[0][1].reason == "frames took 8 ms of 67 ms for 5 s"


def test_calm_is_well_below_what_is_too_much() -> None:
    camera = Camera()
    camera.run(ONE_STEP_MS, constant(40))
    camera.run(60_000, constant(0.7 * INTERVAL_MS))
    assert camera.levels == [1]


def test_single_slow_frames_are_borne() -> None:
    camera = Camera()
    for _ in range(60):
        camera.run(900, constant(10))
        camera.run(300, constant(300))  # one frame: garbage is collected
    assert camera.levels == []


def test_the_first_seconds_do_not_count() -> None:
    camera = Camera(warm=False)
    camera.run(WARM_UP_MS - 200, constant(120))
    camera.run(30_000, constant(10))
    assert camera.levels == []
    camera.ladder.restart()
    camera.run(WARM_UP_MS - 200, constant(120))
    camera.run(30_000, constant(10))
    assert camera.levels == []


def test_a_pause_does_not_cut_the_first_seconds_short() -> None:
    camera = Camera(warm=False)
    camera.run(1000, constant(120))
    camera.now += 5000
    camera.run(WARM_UP_MS - 1000 + 800, constant(120))
    camera.run(10_000, constant(10))
    assert camera.levels == []


@pytest.mark.parametrize("jump", [-1e6, -5000, 2500, 3.6e6])
def test_a_jump_of_the_clock_is_neither_calm_nor_load(jump: float) -> None:
    camera = Camera()
    camera.run(ONE_STEP_MS, constant(40))
    assert camera.levels == [1]
    camera.run(SHORTEST_WAIT_MS - 1500, constant(5))
    camera.now += jump
    camera.run(SHORTEST_WAIT_MS - 1000, constant(5))
    assert camera.levels == [1], "calm is counted from the jump on"
    camera.run(2000, constant(5))
    assert camera.levels == [1, 0]


def test_a_camera_that_stops_and_goes_on_again_and_again_changes_nothing() -> None:
    camera = Camera()
    camera.run(ONE_STEP_MS, constant(40))
    for _ in range(40):
        camera.run(1500, constant(40))
        camera.now += 10_000
    assert camera.levels == [1], "no window was ever full"


def test_frames_of_seconds_are_load_not_pauses() -> None:
    camera = Camera()
    camera.run(60_000, constant(2500))
    assert camera.levels == [1, 2, 3]


def test_a_slow_camera_leaves_more_time() -> None:
    camera = Camera()
    camera.interval = 1000 / 10
    camera.run(60_000, constant(60))
    assert camera.levels == []
    camera.run(20_000, constant(95))
    assert camera.levels == [1, 2, 3]


def test_one_slow_frame_of_a_very_slow_camera_is_no_load() -> None:
    camera = Camera()
    camera.interval = 1500
    camera.run(30_000, constant(20))
    camera.run(1400, constant(1400))
    camera.run(30_000, constant(20))
    assert camera.levels == []


def test_overtaken_frames_count_only_where_there_is_work() -> None:
    camera = Camera()
    camera.run(30_000, constant(5), late=1)
    assert camera.levels == [], "a camera whose frames come in bursts is not helped by less work"
    camera.run(ONE_STEP_MS, constant(0.7 * INTERVAL_MS), late=1)
    assert camera.levels == [1]
    assert "frames late" in camera.told[0][1].reason


@pytest.mark.parametrize("enough", [1, 2, 3])
def test_a_level_that_is_just_too_much_is_tried_ever_more_rarely(enough: int) -> None:
    """The hard case: calm at a level, overloaded just above it."""

    def busy(level: Level) -> float:
        return 10 if level.number >= enough else 1.2 * INTERVAL_MS

    camera = Camera()
    camera.run(600_000, busy)
    tries = [time for time, change in camera.told if change.level.number < change.previous.number]
    waits = [b - a for a, b in pairwise(tries)]
    assert all(later >= earlier * 0.99 for earlier, later in pairwise(waits))
    assert waits[-1] >= LONGEST_WAIT_MS
    assert len(tries) <= 4 + 600_000 / LONGEST_WAIT_MS, "in ten minutes"


def test_waits_are_short_again_after_a_step_up_that_held() -> None:
    camera = Camera()
    camera.run(120_000, lambda level: 10 if level.number else 40)  # waits have grown
    camera.run(200_000, constant(10))
    assert camera.levels[-1] == 0
    camera.told.clear()
    camera.run(ONE_STEP_MS, constant(40))
    camera.run(SHORTEST_WAIT_MS + 2500, constant(10))
    assert camera.levels == [1, 0]


def test_a_step_up_that_held_counts_as_such_after_the_clock_was_set_back() -> None:
    camera = Camera()
    camera.run(ONE_STEP_MS, constant(40))
    camera.run(SHORTEST_WAIT_MS + WINDOW_MS, constant(10))
    assert camera.levels == [1, 0]
    camera.now -= 1e6
    camera.run(HELD_MS + WINDOW_MS, constant(10))
    camera.told.clear()
    camera.run(ONE_STEP_MS, constant(40))
    camera.run(SHORTEST_WAIT_MS + WINDOW_MS, constant(10))
    assert camera.levels == [1, 0]


numbers = st.floats(0, 400) | st.sampled_from([0.0, 1e9, math.nan, math.inf, -math.inf, -1.0])
steps = st.floats(1, 400) | st.sampled_from([-1e7, -1.0, 0.0, 5000.0, 1e7, math.nan, math.inf])
frames = st.tuples(steps, numbers, numbers, numbers, st.integers(-2, 40))


@settings(deadline=None)
@given(st.lists(st.tuples(frames, st.integers(1, 200)), max_size=40))
def test_whatever_is_observed_levels_stay_in_range_and_move_by_one(
    stretches: list[tuple[tuple[float, float, float, float, int], int]],
) -> None:
    ladder, now = Ladder(), 0.0
    for (step, busy, model, interval, late), repeat in stretches:
        for _ in range(repeat):
            at = now + step
            before = ladder.level
            change = ladder.observe(at, busy, model, interval, late)
            now = at if math.isfinite(at) else now
            if change is None:
                assert ladder.level is before
            else:
                assert change.previous is before and change.level is ladder.level is not before
                assert abs(change.level.number - before.number) == 1
                assert LEVELS[ladder.level.number] is ladder.level
                assert change.reason and "nan" not in change.reason


loads = st.lists(st.tuples(st.floats(100, 20_000), st.floats(0, 150), st.floats(0, 150)), max_size=12)


@settings(deadline=None, max_examples=60)
@given(loads)
def test_whatever_the_load_changes_keep_their_distance_and_it_recovers(
    stretches: list[tuple[float, float, float]],
) -> None:
    camera = Camera()
    for milliseconds, busy, model in stretches:
        camera.run(milliseconds, constant(busy), constant(model))
    for (earlier, _), (later, change) in pairwise(camera.told):
        up = change.level.number < change.previous.number
        assert later - earlier >= (SHORTEST_WAIT_MS if up else WINDOW_MS)
    camera.run(LONGEST_WAIT_MS + 2 * HELD_MS + 3 * WINDOW_MS, constant(5), constant(8))
    assert camera.ladder.level is LEVELS[0]
    camera.told.clear()
    camera.run(60_000, constant(5), constant(8))
    assert camera.levels == [], "and stays"
