"""The cheapest level of quality takes a mask of every second frame: the frames between show nothing new."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from blurstream.colours import to_yuv
from blurstream.kernels.loader import CompiledKernels
from blurstream.options import Blur, Color, Effect, Settings
from blurstream.pipeline import Pipeline
from blurstream.quality import LEVELS, Change, Ladder, Level
from call_bench import Bench, mask_of, room

Array = np.ndarray[Any, Any]
WHITE = Color((255, 255, 255))
WIDTH, HEIGHT = 640, 360


class Held(Ladder):
    """A ladder that is at the level it was put."""

    def __init__(self, level: Level) -> None:
        super().__init__()
        self.level = level

    def observe(self, *_: float) -> Change | None:
        return None

    def restart(self) -> None:
        pass


def at_level(number: int) -> tuple[Bench, Held]:
    bench, ladder = Bench(with_model=False), Held(LEVELS[number])
    bench.pipeline = Pipeline(CompiledKernels(), bench._emit, bench._report, ladder)
    bench.pipeline.open(bench.session)
    return bench, ladder


def kinds(bench: Bench) -> list[str]:
    return [safe.kind for safe, _ in bench.safe]


@pytest.mark.parametrize("effect", [Blur(), WHITE])
@pytest.mark.parametrize("offset", [0, 1])
def test_what_changed_in_a_frame_that_was_left_out(effect: Effect, offset: int) -> None:
    """The person's edge moves, then all is still: the room that is uncovered is shown in no frame."""
    bench, _ = at_level(3)
    bench.pipeline.configure(Settings(effect))
    before, after = room(WIDTH, HEIGHT, 1), room(WIDTH, HEIGHT, 1)
    left, right = int(0.27 * WIDTH), int(0.37 * WIDTH)
    for plane, step in zip(after, (1, 2, 2), strict=True):
        plane[:, left // step : right // step] = room(WIDTH, HEIGHT, 9)[0][
            : len(plane), : (right - left) // step
        ]
    for _ in range(8 + offset):
        bench.show(before, mask_of())
    asked = []
    for _ in range(12):
        was_asked, shown = bench.show(after, mask_of(left=0.40))
        asked.append(was_asked)
        part = (slice(int(0.5 * HEIGHT), None), slice(left + 16, right - 16))
        raw = shown[0][part] == after[0][part]
        assert raw.mean() < 0.2, f"{raw.mean():.0%} of what was uncovered is the room's"
    assert any(asked)


def test_nobody_is_never_called_composed() -> None:
    bench, _ = at_level(3)
    for seed in range(8):
        bench.show(room(WIDTH, HEIGHT, seed), np.zeros((144, 256), np.float32))
    assert set(kinds(bench)) == {"concealed"}
    assert len(bench.events) == 1


def test_a_new_effect_is_in_the_next_frame() -> None:
    white = to_yuv("bt709", full_range=False).of(*WHITE.rgb)[0]
    bench, _ = at_level(3)
    for seed in range(6):
        bench.pipeline.configure(Settings(WHITE))
        assert (bench.show(room(WIDTH, HEIGHT, seed), mask_of())[1][0][:, :40] == white).all()
        bench.pipeline.configure(Settings(Blur()))
        assert (bench.show(room(WIDTH, HEIGHT, 50 + seed), mask_of())[1][0][:, :40] != white).any()


def test_the_first_frame_after_a_pause_is_the_persons() -> None:
    bench, _ = at_level(3)
    for seed in range(6):
        bench.pipeline.configure(Settings())
        bench.show(room(WIDTH, HEIGHT, seed), mask_of())
        bench.pipeline.configure(Settings(paused=True))
        bench.show(room(WIDTH, HEIGHT, seed), mask_of())
    assert kinds(bench) == ["composed", "concealed"] * 6
    sharp = [np.abs(np.diff(planes[0][200:300, 280:360].astype(int))).mean() for _, planes in bench.safe]
    assert min(sharp[::2]) > 10 > max(sharp[1::2])


def test_the_seam_when_quality_rises_while_nothing_moves() -> None:
    """The colours on either side of the seam were not looked at before: they are then."""
    planes = room(WIDTH, HEIGHT)
    shown = []
    for first in (0, 1):
        bench, ladder = at_level(first)
        for _ in range(4):
            bench.show(planes, mask_of())
        ladder.level = LEVELS[0]
        bench.pipeline.configure(Settings(WHITE))
        asked, picture = bench.show(planes, mask_of())
        assert not asked
        shown.append(picture)
    for a, b in zip(*shown, strict=True):
        np.testing.assert_array_equal(a, b)
