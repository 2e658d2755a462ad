"""The way of a frame in CPython: whose mask is used, what is concealed, what is left of the room."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from blurstream.errors import FrameError
from blurstream.frame import FrameSpec
from blurstream.kernels.reference import ReferenceKernels
from blurstream.mask import RETURN
from blurstream.matte import HIGH, LOW
from blurstream.options import Blur, Color, Settings
from blurstream.safe_frame import SafeFrame
from call_bench import Bench, FakeSession, hidden, mask_of, room, stirred

Array = np.ndarray[Any, Any]
SIZES = [(160, 90), (161, 91), (320, 240), (641, 359), (640, 480), (1280, 720), (1279, 721), (1920, 1080)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_person_is_untouched_and_the_room_is_gone(width: int, height: int) -> None:
    planes = room(width, height)
    safe, out = Bench().one(planes, mask_of())
    assert (safe.kind, safe.reason, safe.spec.width, safe.spec.height) == ("composed", "", width, height)
    inner = slice(int(0.5 * height), None), slice(int(0.4 * width), int(0.6 * width))
    np.testing.assert_array_equal(out[0][inner], planes[0][inner])
    outer = slice(None), slice(0, int(0.15 * width))
    assert hidden(out[0][outer], planes[0][outer])
    for plane, source in zip(out[1:], planes[1:], strict=True):
        rows, columns = plane.shape
        np.testing.assert_array_equal(
            plane[int(0.5 * rows) :, int(0.4 * columns) : int(0.6 * columns)],
            source[int(0.5 * rows) :, int(0.4 * columns) : int(0.6 * columns)],
        )
        assert hidden(plane[:, : int(0.15 * columns)], source[:, : int(0.15 * columns)])


def test_each_frame_gets_its_own_mask() -> None:
    """Two frames on their way, the person left in the first and right in the second: nothing is mixed up."""
    bench = Bench()
    first, second = room(320, 180, 1), room(320, 180, 2)
    for old, new in zip(first, second, strict=True):
        kept = slice(int(0.3 * old.shape[1]), int(0.6 * old.shape[1]))
        new[:, kept] = old[:, kept]  # a picture that is wholly another would be concealed
    bench.push(first, 10)
    bench.push(second, 20)
    assert len(bench.session.asked) == 1, "the second waits for the model"
    bench.session.answer(mask_of(0.0, 0.4, 0))
    assert len(bench.session.asked) == 1, "the second is sent before the first is composed"
    bench.session.answer(mask_of(0.6, 1.0, 0))
    (one, a), (two, b) = bench.safe
    assert (one.spec.timestamp, two.spec.timestamp) == (10, 20)
    np.testing.assert_array_equal(a[0][:, :90], first[0][:, :90])
    np.testing.assert_array_equal(b[0][:, 230:], second[0][:, 230:])
    assert hidden(a[0][:, 200:], first[0][:, 200:])
    assert hidden(b[0][:, :90], second[0][:, :90])
    assert hidden(b[0][:, :90], first[0][:, :90]), "what was shown of the person before is gone"


def bad_masks() -> list[Array]:
    nan, high, low = mask_of(), mask_of(), mask_of()
    nan[50, 50], high[3, 3], low[3, 3] = np.nan, 1.5, -0.5
    infinite = np.full((144, 256), np.inf, np.float32)
    return [nan, high, low, infinite, np.zeros((10, 10), np.float32), mask_of().astype(np.float64)]


@pytest.mark.parametrize("index", range(6))
def test_a_bad_mask_conceals_the_whole_frame(index: int) -> None:
    bench, planes = Bench(), room(640, 360)
    for _ in range(3):
        safe, out = bench.one(planes, bad_masks()[index])
        assert (safe.kind, safe.reason) == ("concealed", "bad-mask")
        assert all(hidden(a, b) for a, b in zip(out, planes, strict=True))
    assert bench.events == [("error", "bad-mask")], "reported when it begins, once"


@pytest.mark.parametrize(
    ("reason", "mask", "error"),
    [("no-person", np.zeros((144, 256), np.float32), ""), ("model-error", None, "out of memory")],
)
def test_no_person_and_model_errors_conceal(reason: str, mask: Array | None, error: str) -> None:
    bench, planes = Bench(), room(640, 360)
    safe, out = bench.one(planes, mask, error)
    assert (safe.kind, safe.reason) == ("concealed", reason)
    assert all(hidden(a, b) for a, b in zip(out, planes, strict=True))
    assert [code for _, code in bench.events] == [reason]
    shown = [bench.one(stirred(planes, seed), mask_of())[0].kind for seed in range(RETURN)]
    assert shown[-1] == "composed"
    assert shown.count("concealed") == (RETURN - 1 if reason == "no-person" else 0), "no flapping"
    bench.one(planes, mask, error)
    assert [code for _, code in bench.events] == [reason, reason], "reported again when it comes back"


def test_without_a_model_everything_is_concealed() -> None:
    bench, planes = Bench(with_model=False), room(640, 360)
    bench.push(planes)
    ((safe, out),) = bench.safe
    assert (safe.kind, safe.reason) == ("concealed", "no-model")
    assert hidden(out[0], planes[0])


def test_weak_blur_never_weakens_concealment() -> None:
    planes = room(640, 360)
    planes[0][:] = np.tile((np.arange(640) // 40 % 2 * 150 + 40).astype(np.uint8), (360, 1))
    private, light = Bench(), Bench()
    light.pipeline.configure(Settings(Blur(0.0)))
    nobody = np.zeros((144, 256), np.float32)
    np.testing.assert_array_equal(private.one(planes, nobody)[1][0], light.one(planes, nobody)[1][0])


def test_the_model_lost_with_frames_on_their_way() -> None:
    bench, planes = Bench(), room(320, 180)
    bench.push(planes, 1)
    bench.push(planes, 2)
    bench.pipeline.close()
    assert [(s.spec.timestamp, s.kind) for s, _ in bench.safe] == [(1, "concealed"), (2, "concealed")]
    bench.session.answer(mask_of())
    assert len(bench.safe) == 2, "a late answer changes nothing"
    bench.session = FakeSession()
    bench.pipeline.open(bench.session)
    assert bench.one(planes, mask_of())[0].kind == "composed"


def test_a_failing_stage_conceals_and_a_failing_concealment_is_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench, planes = Bench(), room(320, 180)
    bench.one(planes, mask_of())
    workspace = bench.pipeline._workspace
    assert workspace is not None

    def broken(*_: object, **__: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(workspace.tiles, "run", broken)
    planes = stirred(planes, 1)
    safe, out = bench.one(planes, mask_of())
    assert (safe.kind, safe.reason) == ("concealed", "error")
    assert hidden(out[0], planes[0])
    monkeypatch.setattr(workspace.plate, "fresh", broken)
    emitted = len(bench.safe)
    bench.push(planes)
    with pytest.raises(ValueError, match="broken"):
        bench.session.answer(mask_of())
    assert len(bench.safe) == emitted, "no SafeFrame without pixels that are safe"
    monkeypatch.undo()
    assert bench.one(planes, mask_of())[0].kind == "composed", "both slots are free again"


def test_two_slots_and_abandon() -> None:
    bench, planes = Bench(), room(320, 180)
    bench.push(planes)
    second = bench.pipeline.begin(FrameSpec("I420", 320, 180, 2))
    with pytest.raises(FrameError, match="both frame slots are taken"):
        bench.pipeline.begin(FrameSpec("I420", 320, 180, 3))
    bench.pipeline.abandon(second)
    bench.push(planes, 4)
    bench.session.answer(mask_of())
    bench.session.answer(mask_of())
    assert [s.spec.timestamp for s, _ in bench.safe] == [0, 4]


def test_an_input_that_cannot_be_sent_frees_its_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    bench, planes = Bench(), room(320, 180)

    def broken(*_: object) -> None:
        raise ValueError("no port")

    with monkeypatch.context() as broken_for_now:
        broken_for_now.setattr(bench.session, "run_async", broken)
        for _ in range(3):
            with pytest.raises(ValueError, match="no port"):
                bench.push(planes)
    assert not bench.safe
    assert bench.one(planes, mask_of())[0].kind == "composed"


def test_size_changes_in_mid_stream() -> None:
    bench = Bench()
    for timestamp, (width, height) in enumerate([(640, 360), (161, 91), (1280, 720), (360, 640)]):
        bench.push(room(width, height), timestamp)
        if timestamp:
            bench.session.answer(mask_of())
    bench.session.answer(mask_of())
    assert [(s.spec.width, s.spec.timestamp, s.kind) for s, _ in bench.safe] == [
        (640, 0, "composed"),
        (161, 1, "composed"),
        (1280, 2, "composed"),
        (360, 3, "composed"),
    ]


def test_nobody_else_makes_a_safe_frame() -> None:
    safe, _ = Bench().one(room(320, 180), mask_of())
    with pytest.raises(TypeError, match="SafeFrame is made by"):
        SafeFrame(1, safe.picture, safe.spec, "composed", "", object())


def test_small_flicker_of_the_mask_is_damped_and_a_leaving_person_is_hidden_at_once() -> None:
    bench, planes = Bench(), room(640, 360)
    seen, weak, strong = [], 0.62, 0.76
    for frame in range(10):
        mask = mask_of()
        mask[:, 104:152] *= strong if frame % 2 else weak  # a part: all of it would be concealed
        _, out = bench.one(stirred(planes, frame, 0.2, 0.8), mask)
        assert bench.safe[-1][0].kind == "composed"
        assert bench.pipeline._workspace is not None
        seen.append(bench.pipeline._workspace.matte.alpha[60:, 145:175].astype(float).mean())
    undamped = (strong - weak) / (HIGH - LOW) * 255
    assert 5 < np.abs(np.diff(seen[4:])).max() < 0.6 * undamped
    _, out = bench.one(stirred(planes, 10), mask_of(0.25, 0.75, 0))
    gone = slice(0, int(0.45 * 360)), slice(200, 440)
    assert not hidden(out[0][gone], planes[0][gone]), "the person is shown there"
    safe, out = bench.one(stirred(planes, 11), mask_of(0.25, 0.75, 0.6))
    assert safe.kind == "composed"
    assert hidden(out[0][gone], planes[0][gone])


def test_compiled_and_reference_pipelines_agree() -> None:
    compiled, reference = Bench(), Bench(ReferenceKernels())
    for seed in range(4):
        planes, mask = stirred(room(320, 180), seed, 0.1, 0.4), mask_of(0.2 + seed / 20)
        safe, a = compiled.one(planes, mask)
        _, b = reference.one(planes, mask)
        assert safe.kind == "composed"
        for left, right in zip(a, b, strict=True):
            assert np.abs(left.astype(int) - right).max() <= 2


def test_no_frame_sized_allocation_per_frame() -> None:
    bench, planes = Bench(), room(1280, 720)
    bench.pipeline._emit = lambda safe: None
    mask = mask_of()
    for seed in range(3):
        bench.push(stirred(planes, seed))
        bench.session.asked[-1] = (mask, *bench.session.asked[-1][1:])
        bench.session.answer(mask)
    ticket = bench.pipeline.begin(FrameSpec("I420", 1280, 720, 0))
    for plane, target in zip(stirred(planes, 3), ticket.slot.planes, strict=True):
        target[: plane.shape[0], : plane.shape[1]] = plane
    bench.pipeline._session = type(
        "Direct", (), {"run_async": lambda _s, _o, _f, back, data: back([mask], data, "")}
    )()
    tracemalloc.start()
    bench.pipeline.submit(ticket)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 150_000, f"{peak} bytes at the peak"


def test_paused_is_one_still_sample_and_no_model() -> None:
    """Whatever happens before the camera; and the person is shown with a mask of their own afterwards."""
    bench = Bench()
    bench.one(room(320, 180), mask_of())
    bench.pipeline.configure(Settings(paused=True))
    shown = []
    for seed in range(40):
        asked, planes = bench.show(room(320, 180, seed), mask_of())
        assert not asked and (bench.safe[-1][0].kind, bench.safe[-1][0].reason) == ("concealed", "paused")
        assert all(hidden(out, source) for out, source in zip(planes, room(320, 180, seed), strict=True))
        shown.append(planes)
    for planes in shown[1:]:
        for plane, first in zip(planes, shown[0], strict=True):
            np.testing.assert_array_equal(plane, first)
    bench.pipeline.configure(Settings())
    asked, _ = bench.show(room(320, 180), mask_of())
    assert asked and bench.safe[-1][0].kind == "composed"
    assert ("error", "paused") not in bench.events


def test_paused_while_frames_are_on_their_way() -> None:
    """In order, and nobody is shown any more."""
    bench = Bench()
    for seed in (1, 2):
        bench.push(room(320, 180, seed), timestamp=seed)
    bench.pipeline.configure(Settings(paused=True))
    while bench.session.asked:
        bench.session.answer(mask_of())
    bench.push(room(320, 180, 3), timestamp=3)
    assert [safe.spec.timestamp for safe, _ in bench.safe] == [1, 2, 3]
    assert {safe.reason for safe, _ in bench.safe} == {"paused"}


def test_paused_before_a_colour_is_the_colour() -> None:
    bench = Bench()
    bench.pipeline.configure(Settings(Color((0, 0, 0)), paused=True))
    bench.show(room(320, 180), mask_of())
    assert all((plane == value).all() for plane, value in zip(bench.safe[-1][1], (16, 128, 128), strict=True))
