"""No effect: the camera's picture as it is, for as long as that is asked for and not one frame longer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from blurstream.frame import FrameSpec
from blurstream.options import Blur, Color, Effect, NoEffect, Settings
from call_bench import Bench, crop, hidden, mask_of, room, stirred

Array = np.ndarray[Any, Any]
SIZE = (320, 180)


def asked_for(bench: Bench, effect: Effect, **more: Any) -> None:
    bench.pipeline.configure(Settings(effect, **more))


@pytest.mark.parametrize("with_model", [True, False])
def test_it_is_the_cameras_picture_and_the_model_is_not_asked(with_model: bool) -> None:
    bench = Bench(with_model=with_model)
    asked_for(bench, NoEffect())
    for seed in range(3):
        planes = room(331, 187, seed)
        bench.push(planes, seed)
        safe, shown = bench.safe[-1]
        assert (safe.kind, safe.reason, safe.spec.timestamp) == ("raw", "", seed)
        for a, b in zip(shown, planes, strict=True):
            np.testing.assert_array_equal(a, b)
    assert not bench.session.asked
    assert bench.events == [("warning", "raw-picture")], "said once"
    assert bench.pipeline.frames == {"composed": 0, "concealed": 0, "raw": 3}


def test_nothing_raw_is_the_default() -> None:
    bench = Bench(with_model=False)
    bench.push(room(*SIZE))
    assert bench.safe[-1][0].kind == "concealed"


def test_a_pause_conceals() -> None:
    bench, planes = Bench(), room(*SIZE)
    asked_for(bench, NoEffect())
    bench.push(planes)
    asked_for(bench, NoEffect(), paused=True)
    for _ in range(3):
        bench.push(planes)
        safe, shown = bench.safe[-1]
        assert (safe.kind, safe.reason) == ("concealed", "paused")
        assert hidden(shown[0], planes[0])
    asked_for(bench, NoEffect())
    bench.push(planes)
    assert bench.safe[-1][0].kind == "raw"


@pytest.mark.parametrize("effect", [Blur(), Color((0, 128, 128))])
def test_nothing_of_it_is_left_afterwards(effect: Effect) -> None:
    """Before, raw, and after, with the very same picture and mask: as if it had never been raw."""
    bench, planes = Bench(), room(*SIZE)
    asked_for(bench, effect, denoise=False)
    before = bench.show(planes, mask_of())[1]
    asked_for(bench, NoEffect())
    bench.push(planes)
    assert bench.safe[-1][0].kind == "raw"
    asked_for(bench, effect, denoise=False)
    asked, after = bench.show(planes, mask_of())
    assert asked, "the mask from before is not used again"
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_room_is_looked_at_anew() -> None:
    """While nothing was hidden the person has moved house: no plate of the old room is shown."""
    bench, effect = Bench(), Blur()
    fresh = Bench()
    bench.show(room(*SIZE, 1), mask_of())
    asked_for(bench, NoEffect())
    for _ in range(2):
        bench.push(room(*SIZE, 2))
    asked_for(bench, effect)
    shown, wanted = (b.show(room(*SIZE, 2), mask_of())[1] for b in (bench, fresh))
    for a, b in zip(shown, wanted, strict=True):
        left = a.shape[1] // 8
        np.testing.assert_array_equal(a[:, :left], b[:, :left])


def test_the_order_of_frames_stays() -> None:
    """One is with the model while the effect is taken off: the next waits for it, and both are raw."""
    bench = Bench()
    bench.push(room(*SIZE, 1), 1)
    asked_for(bench, NoEffect())
    bench.push(room(*SIZE, 2), 2)
    assert not bench.safe
    bench.session.answer(mask_of())
    assert [(safe.kind, safe.spec.timestamp) for safe, _ in bench.safe] == [("raw", 1), ("raw", 2)]
    for (_, shown), seed in zip(bench.safe, (1, 2), strict=True):
        np.testing.assert_array_equal(shown[0], room(*SIZE, seed)[0])
    assert not bench.session.asked


def test_a_frame_that_came_without_effect_gets_the_new_one() -> None:
    bench = Bench()
    bench.push(room(*SIZE, 1), 1)
    asked_for(bench, NoEffect())
    bench.push(stirred(room(*SIZE, 1), 2), 2)
    asked_for(bench, Blur())
    bench.session.answer(mask_of())
    bench.session.answer(mask_of())
    assert [safe.kind for safe, _ in bench.safe] == ["composed", "composed"]


@pytest.mark.parametrize("error", ["", "out of memory"])
def test_a_model_that_is_lost_does_not_matter(error: str) -> None:
    bench = Bench()
    bench.push(room(*SIZE, 1), 1)
    asked_for(bench, NoEffect())
    bench.push(room(*SIZE, 2), 2)
    if error:
        bench.session.answer(None, error)
    else:
        bench.pipeline.close()
    assert [safe.kind for safe, _ in bench.safe] == ["raw", "raw"]


def test_rgb_cameras_too() -> None:
    bench = Bench()
    asked_for(bench, NoEffect())
    ticket = bench.pipeline.begin(FrameSpec("RGBA", 64, 48, 0))
    memory, _ = ticket.slot.target(ticket.slot.spec)  # type: ignore[arg-type]
    memory.reshape(-1, 4)[:] = (255, 0, 0, 255)
    bench.pipeline.submit(ticket)
    shown = crop(bench.safe[-1][0].planes, 64, 48)
    assert [int(plane[0, 0]) for plane in shown] == [63, 102, 240]
