"""When the model is asked, when its last mask is used again, and that no gap leaves anything behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from blurstream.frame import FrameSpec
from blurstream.options import Blur, Settings
from blurstream.render import NEW_SCENE
from blurstream.workspace import REUSES
from call_bench import Bench, FakeSession
from scene import Person, Scene, exposed, inside

Array = np.ndarray[Any, Any]
KNOWN = 20  # frames until the camera's noise is known


def started(scene: Scene, frames: int = 3) -> Bench:
    bench = Bench()
    for _ in range(frames):
        bench.show(scene.take(), scene.mask)
    return bench


def asked(bench: Bench, scene: Scene) -> bool:
    before = len(bench.safe)
    result, shown = bench.show(scene.take(), scene.mask)
    assert len(bench.safe) == before + 1
    assert not exposed(shown, scene.covered).any()
    return result


@pytest.mark.parametrize("noise", [0.0, 2.0, 4.0])
@pytest.mark.parametrize(("width", "height"), [(640, 352), (1280, 720)])
def test_a_still_picture_needs_no_model(width: int, height: int, noise: float) -> None:
    scene = Scene(width, height, noise)
    bench = started(scene, KNOWN)
    assert sum(asked(bench, scene) for _ in range(12)) <= (1 if noise < 4 else 4)


def test_a_mask_is_used_again_thirty_times_at_most() -> None:
    scene = Scene(640, 352)
    bench = started(scene, 2)  # from far, from near
    turns = [asked(bench, scene) for _ in range(3 * (REUSES + 1))]
    assert np.flatnonzero(turns).tolist() == [REUSES + i * (REUSES + 1) for i in range(3)]
    assert bench.pipeline._activity.mask_reuses == 3 * REUSES
    assert bench.pipeline._activity.model_runs == 5


@pytest.mark.parametrize("noise", [0.0, 2.0])
@pytest.mark.parametrize("place", ["far", "beside", "edge", "rim"])
def test_one_tile_outside_or_near_the_edge_asks_the_model(place: str, noise: float) -> None:
    scene = Scene(640, 352, noise)
    bench = started(scene, KNOWN)
    left, top = {"far": (0, 0), "beside": (128, 176), "edge": (152, 176), "rim": (184, 176)}[place]
    if place in ("edge", "rim"):
        shift = int(0.75 * 640)
        scene._clothes[top : top + 12, shift + left : shift + left + 12] += 40
    else:
        scene.spots = [(left, top, 12, 1)]
    assert asked(bench, scene)


def test_a_mouth_that_moves_needs_no_model_and_is_shown() -> None:
    scene = Scene(640, 352)
    bench = started(scene)
    shift = int(0.75 * 640)
    for number in range(6):
        scene._clothes[200:206, shift + 310 : shift + 322] += 30 - 60 * (number % 2)
        planes = scene.take()
        again, shown = bench.show(planes, scene.mask)
        assert not again
        area = inside(scene.covered)
        assert np.abs(shown[0].astype(int) - planes[0])[area].max() <= 2


def test_what_moved_while_masks_were_used_again_is_in_the_next_one() -> None:
    """Change deep inside, then change outside: the tiles of both are written anew."""
    scene = Scene(640, 352)
    bench = started(scene)
    scene._clothes[200:206] += 30
    scene.people = [Person(0.1, 0.6, 0.2)]
    assert asked(bench, scene)


def test_the_persons_rim_follows_the_picture_though_the_mask_is_the_same() -> None:
    scene = Scene(640, 352)
    bench = started(scene)
    before = bench.safe[-1][1][0].astype(float)
    shift = int(0.75 * 640)
    scene._clothes[200:206, shift + 172 : shift + 176] += 60  # the tile from 160 to 176 has the edge in it
    assert asked(bench, scene)
    after = bench.safe[-1][1][0].astype(float)
    assert (after - before)[201:205, 173:175].mean() > 30


def after_concealment(bench: Bench, scene: Scene) -> None:
    bench.push(Scene(scene.width, scene.height, seed=3).take())
    scene.spots = [(0, 0, 16, 1)]
    bench.push(scene.take())
    while bench.session.asked:
        bench.session.answer(None, "out of memory")


def after_a_restart(bench: Bench, scene: Scene) -> None:
    bench.pipeline.close()
    bench.session = FakeSession()
    bench.pipeline.open(bench.session)


def after_a_second_open(bench: Bench, scene: Scene) -> None:
    bench.session = FakeSession()
    bench.pipeline.open(bench.session)


def after_another_size(bench: Bench, scene: Scene) -> None:
    other = Scene(320, 192)
    assert asked(bench, other)


def after_a_new_scene(bench: Bench, scene: Scene) -> None:
    scene.move_camera(8)
    scene.people, scene.light = [Person(0.1, 0.6, 0.1)], 60
    for _ in range(NEW_SCENE):
        asked(bench, scene)
        assert bench.safe[-1][0].reason == "new-scene"


@pytest.mark.parametrize(
    "happens",
    [after_concealment, after_a_restart, after_a_second_open, after_another_size, after_a_new_scene],
)
def test_no_mask_from_before(happens: Callable[[Bench, Scene], None]) -> None:
    scene = Scene(640, 352)
    bench = started(scene)
    assert not asked(bench, scene)
    happens(bench, scene)
    assert asked(bench, scene)
    assert bench.safe[-1][0].kind == "composed"


def abandoned(bench: Bench, scene: Scene) -> None:
    ticket = bench.pipeline.begin(FrameSpec("I420", scene.width, scene.height, 0))
    for plane in ticket.slot.planes:
        plane[:] = 77  # half of what would have been copied
    bench.pipeline.abandon(ticket)


def concealed(bench: Bench, scene: Scene) -> None:
    bench.push(scene.take())
    bench.session.answer(None, "out of memory")


def nobody(bench: Bench, scene: Scene) -> None:
    for _ in range(2):
        bench.push(scene.take())
        bench.session.answer(np.zeros((144, 256), np.float32))


def toggled(bench: Bench, scene: Scene) -> None:
    bench.pipeline.configure(Settings(Blur(background="fresh"), denoise=False))
    bench.show(scene.take(), scene.mask)
    bench.pipeline.configure(Settings())


@pytest.mark.parametrize("gap", [abandoned, concealed, nobody, toggled])
@pytest.mark.parametrize(("width", "height"), [(640, 352), (641, 359)])
def test_after_a_gap_all_is_as_if_freshly_started(
    width: int, height: int, gap: Callable[[Bench, Scene], None]
) -> None:
    """The person has moved in the meantime; a pipeline that has seen nothing else shows the same person, and
    a plate where this one shows a plate.
    """
    scene = Scene(width, height)
    bench = started(scene)
    scene.people = [Person(0.45, 0.95, 0.1)]
    gap(bench, scene)
    scene.people = [Person(0.05, 0.5, 0.3)]
    fresh = Bench()
    for _ in range(7):
        bench.show(scene.take(), scene.mask)
        fresh.show(scene.take(), scene.mask)
        if bench.safe[-1][0].kind == "composed":
            assert not exposed(bench.safe[-1][1], scene.covered).any()
    assert bench.safe[-1][0].kind == fresh.safe[-1][0].kind == "composed"
    ours, theirs = bench.safe[-1][1][0].astype(int), fresh.safe[-1][1][0].astype(int)
    area = inside(scene.covered)
    assert np.abs(ours[area] - theirs[area]).max() <= 3, "levels; what moved is averaged a little"
    far = np.s_[:, int(0.6 * width) :]
    assert np.abs(ours[far] - theirs[far]).mean() < 16, "two plates of the same room"


def test_two_frames_on_their_way_and_nothing_in_the_second() -> None:
    """It needs no mask of its own, but waits for the one before it."""
    scene = Scene(640, 352)
    bench = started(scene)
    scene.people = [Person(0.27, 0.77, 0.2)]
    bench.push(scene.take(), 1)
    bench.push(scene.take(), 2)
    assert len(bench.session.asked) == 1
    bench.session.answer(scene.mask)
    assert not bench.session.asked
    assert [s.spec.timestamp for s, _ in bench.safe[-2:]] == [1, 2]
    for _, shown in bench.safe[-2:]:
        assert not exposed(shown, scene.covered).any()


@pytest.mark.parametrize("error", ["", "out of memory"])
def test_two_frames_on_their_way_and_the_first_is_concealed(error: str) -> None:
    """The second was taken to need no mask; now it does."""
    scene = Scene(640, 352)
    bench = started(scene)
    scene.people = [Person(0.4, 0.9, 0.2)]
    bench.push(scene.take(), 1)
    bench.push(scene.take(), 2)
    bench.session.answer(None if error else np.zeros((144, 256), np.float32), error)
    assert bench.safe[-1][0].kind == "concealed"
    assert len(bench.session.asked) == 1
    bench.session.answer(scene.mask)
    assert bench.safe[-1][0].spec.timestamp == 2
    assert not exposed(bench.safe[-1][1], scene.covered).any()
