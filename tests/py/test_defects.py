"""Mistakes that a shortcut once made, each with the scene that showed it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from blurstream import mask
from blurstream.options import Settings
from call_bench import Bench
from scene import ROOM_UV, Person, Scene, exposed, inside, sharpness, tiles_of

Array = np.ndarray[Any, Any]
SIZES = [(640, 360), (1280, 720), (161, 91)]
sizes = pytest.mark.parametrize(("width", "height"), SIZES)


def still(scene: Scene, frames: int = 3) -> Bench:
    bench = Bench()
    for _ in range(frames):
        bench.show(scene.take(), scene.mask)
    return bench


@sizes
def test_the_room_uncovered_deep_inside_the_person(width: int, height: int) -> None:
    """All of the picture is the person's; then they lean back."""
    scene = Scene(width, height)
    scene.people = [Person(0, 1, 0)]
    bench = still(scene)
    scene.people = [Person(0, 1, 0.4)]
    asked, shown = bench.show(scene.take(), scene.mask)
    assert asked
    top = shown[0][: height // 8]
    assert sharpness(top).max() < 6, "the room is seen"


@pytest.mark.parametrize(("width", "height"), SIZES[:2])
def test_a_gap_that_opens_between_arm_and_body(width: int, height: int) -> None:
    """The room appears in the middle of the person, far from any edge of theirs."""
    scene = Scene(width, height)
    scene.people = [Person(0.02, 0.98, 0.02)]
    bench = still(scene)
    planes, mask = scene.take(), scene.mask
    gap = np.s_[int(0.4 * height) : int(0.7 * height), int(0.4 * width) : int(0.6 * width)]
    planes[0][gap] = np.random.default_rng(1).integers(16, 235, planes[0][gap].shape)
    mask[58:101, 102:154] = 0
    asked, _ = bench.show(planes, mask)
    assert asked


@sizes
def test_no_sample_of_the_room_yet(width: int, height: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of the room that is ever seen is sampled at once; it is not green."""
    monkeypatch.setattr(mask, "ALL", 1.0)  # who fills the picture is concealed, and had no part in this
    scene = Scene(width, height)
    scene.people = [Person(0, 1, 0)]
    bench = still(scene)
    workspace = bench.pipeline._workspace
    assert workspace is not None and workspace.plate.seal.empty
    scene.people = [Person(0, 1, 0.5)]
    workspace.reuses = None
    bench.show(scene.take(), scene.mask)
    shown = bench.safe[-1][1]
    assert abs(float(shown[0][: height // 8].mean()) - 110) < 40
    for plane, room in zip(shown[1:], ROOM_UV, strict=True):
        assert abs(float(plane[: height // 16].mean()) - room) < 8


@pytest.mark.parametrize("stage", ["draw", "run_async"])
def test_a_frame_that_is_lost_on_its_way(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a lost frame has changed is not forgotten: the next one looks the same as it."""
    scene = Scene(640, 352)
    bench = still(scene)
    scene.people = [Person(0.5, 0.9, 0.2)]

    def broken(*_: object) -> None:
        raise ValueError("broken")

    workspace = bench.pipeline._workspace
    assert workspace is not None
    with monkeypatch.context() as for_now:
        for prepared in workspace.prepared:
            for_now.setattr(prepared if stage == "draw" else bench.session, stage, broken)
        with pytest.raises(ValueError, match="broken"):
            bench.push(scene.take())
    asked, shown = bench.show(scene.take(), scene.mask)
    assert asked
    assert not exposed(shown, scene.covered).any()


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_a_flickering_lamp_is_not_noise(noise: float) -> None:
    """Light that comes and goes all over the picture does not make the camera noisier."""
    scene = Scene(640, 352, noise, grain=6)
    bench = Bench()
    for number in range(120):
        scene.light = 8.0 * (number % 2)
        bench.show(scene.take(), scene.mask)
    assert bench.pipeline._workspace is not None
    assert bench.pipeline._workspace.change.noise.sigma < 0.5 + 0.75 * noise


@pytest.mark.parametrize(("width", "height"), [(640, 360), (641, 359), (608, 1080)])
def test_cut_off_tiles_are_no_noisier(width: int, height: int) -> None:
    """A still picture needs no model, whatever its size."""
    scene = Scene(width, height, 2.0)
    bench, changed = Bench(), []
    bench.pipeline.configure(Settings(denoise=False))
    for _ in range(45):
        bench.show(scene.take(), scene.mask)
        assert bench.pipeline._workspace is not None
        changed.append(bench.pipeline._workspace.prepared[0].changed.copy())
    rates = np.mean(changed[25:], 0)
    assert rates[:-1, :-1].mean() < 0.005
    assert rates[-1].mean() < 0.005, "the lowest row"
    assert rates[:, -1].mean() < 0.005, "the last column"


@pytest.mark.parametrize("period", [3, 4, 5, 6, 10])
def test_a_striped_shirt_that_moves(period: int) -> None:
    """Each pixel of what moves is the camera's at once."""
    scene = Scene(640, 352, 2.0, grain=0)
    stripes = 40.0 * (np.arange(3 * 640) % period < period / 2)
    bench = Bench()
    for number in range(70):
        scene._clothes = np.tile(100 + np.roll(stripes, 2 * (number // 60)), (352, 1))
        planes = scene.take()
        bench.show(planes, scene.mask)
        if number == 60:
            off = np.abs(bench.safe[-1][1][0].astype(float) - planes[0])[inside(scene.covered)]
            assert (off > 15).mean() < 0.001, f"{(off > 15).mean():.1%} of the pixels, by up to {off.max()}"


def test_another_room_while_concealed() -> None:
    """The plate of the room before is not put behind the person in another."""
    scene = Scene(640, 352)
    bench = still(scene, 5)
    scene.move_camera(9)
    scene.light = 60
    bench.push(scene.take())
    bench.session.answer(None, "out of memory")
    for _ in range(6):
        _, shown = bench.show(scene.take(), scene.mask)
    assert bench.safe[-1][0].kind == "composed"
    assert abs(float(shown[0][:48].mean()) - 210) < 15


def test_a_compose_that_fails_half_way_and_a_concealment_that_fails_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was written before the failure is not taken for the plate afterwards."""
    scene = Scene(640, 352)
    bench = still(scene)
    workspace = bench.pipeline._workspace
    assert workspace is not None

    def broken(*_: object, **__: object) -> None:
        raise ValueError("broken")

    scene.people = [Person(), Person(0.75, 0.95, 0.3)]
    with monkeypatch.context() as for_now:
        for_now.setattr(workspace.compose._quiet, "run", broken)
        for_now.setattr(workspace.plate, "fresh", broken)
        bench.push(scene.take())
        with pytest.raises(ValueError, match="broken"):
            bench.session.answer(scene.mask)
    scene.people = [Person()]
    _, shown = bench.show(scene.take(), scene.mask)
    assert not exposed(shown, scene.covered).any()


def test_nothing_is_unsettled_where_nothing_happens() -> None:
    """Tiles outside of the matte's region settle, too."""
    scene = Scene(640, 352)
    scene.people = [Person(0.4, 0.6, 0.5)]
    bench = still(scene)
    for side in (8, 12, 16, 20, 24, 28, 32, 36):
        scene.spots = [(0, 0, side, side)]
        asked, _ = bench.show(scene.take(), scene.mask)
        assert asked
    assert bench.pipeline._workspace is not None
    unsettled = bench.pipeline._workspace.unsettled
    assert unsettled[:5, :5].any()
    assert not unsettled[6:, 6:].any()


def test_somebody_gone_for_long_gives_no_hundred_samples() -> None:
    """A concealed room that does not change is shown as one sample, too."""
    scene = Scene(640, 352, 4.0)
    scene.people = []
    bench = Bench()
    for _ in range(60):
        bench.show(scene.take(), scene.mask)
    pictures = {out[0].tobytes() for _, out in bench.safe[20:]}
    assert len(pictures) <= 3, f"{len(pictures)} samples in {len(bench.safe) - 20} frames"
    assert tiles_of(scene.covered).sum() == 0


def test_the_noise_estimate_falls_again() -> None:
    """The gain went down and nothing moved: what is kept from before is still as noisy as it was."""
    scene = Scene(320, 192, 4.0)
    bench = still(scene, 40)
    scene.noise = 1.0
    for _ in range(150):
        bench.show(scene.take(), scene.mask)
    assert bench.pipeline._workspace is not None
    assert bench.pipeline._workspace.change.noise.sigma < 1.5


@pytest.mark.parametrize("noise", [2.0, 4.0])
def test_a_person_who_sits_still_is_held(noise: float) -> None:
    """Nothing but white noise: most tiles settle within two seconds, and then do not change."""
    scene = Scene(640, 352, noise, grain=12)
    bench = still(scene, 60)
    before = bench.safe[-1][1][0].copy()
    _, shown = bench.show(scene.take(), scene.mask)
    area = inside(scene.covered)
    same = (before == shown[0])[area].reshape(-1, 16).all(1).mean()
    assert same > 0.7, f"{same:.0%} of the person"
