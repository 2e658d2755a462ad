"""The leak bench measures what it says: compositors from perfect to none get the figures they must."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import ndimage

import leak_rooms
from bench_leak import Run
from blurstream.record import DEFAULT_MODEL
from blurstream_build import clip_y4m
from blurstream_build.clip_y4m import Planes
from leak_measures import Cut, Figures, Leak, Matte, Popping, Seam, near_edge
from leak_rooms import CHROMA_SWING, LUMA_SWING, Rooms
from leak_scenes import Moment, keyed, render, scenes

Array = npt.NDArray[Any]
Mattes = Callable[[list[Array]], list[Array]]
WIDTH, HEIGHT, FRAMES = 320, 240, 8


@cache
def rooms() -> Rooms:
    return leak_rooms.coloured(WIDTH, HEIGHT)


@cache
def moments() -> list[Moment]:
    """A bright disc that walks to the right, soft at its edge."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]

    def poses() -> Iterator[Array]:
        for index in range(FRAMES):
            alpha = np.clip((62 - np.hypot(x - 120 - 6 * index, y - 140)) / 3 + 0.5, 0, 1)
            colours = np.stack([np.full(alpha.shape, c) for c in (150, 110, 150)], -1) * alpha[..., None]
            yield np.rint(np.concatenate([colours, alpha[..., None] * 255], -1)).astype(np.uint8)

    return list(render(poses(), rooms()))


def composite(frame: Planes, alpha: Array) -> Planes:
    """A compositor with this matte and a perfect plate; the frame's colours are taken as the person's."""
    large = alpha.astype(np.float32) / 255
    small = clip_y4m.halve(alpha) / 255
    plates = [ndimage.gaussian_filter(mean, 12) for mean in rooms().mean]
    y, u, v = (
        np.rint(a * plane + (1 - a) * plate).astype(np.uint8)
        for plane, plate, a in zip(frame, plates, (large, small, small), strict=True)
    )
    return y, u, v


def measured(mattes: Mattes) -> Figures:
    leak, cut, matte = Leak(rooms().sign), Cut(), Matte()
    true = [moment.alpha for moment in moments()]
    for moment, ours in zip(moments(), mattes(true), strict=True):
        a, b, other = (composite(frame, ours) for frame in moment.frames)
        leak.add(moment.alpha, a, b)
        cut.add(moment.alpha, a[0], other[0])
        matte.add(moment.alpha, ours)
    return leak.result() | cut.result() | matte.result()


def test_the_rooms_blur_to_the_same_picture_and_differ_everywhere() -> None:
    """Measured at the smallest blur of a bench: whatever is left must be far below what counts."""
    for a, b, swing in zip(rooms().a, rooms().b, (LUMA_SWING, *[CHROMA_SWING] * 2), strict=True):
        difference = a.astype(int) - b
        assert set(np.unique(np.abs(difference))) == {2 * swing}
        sigma = 0.04 * len(a)
        assert np.abs(ndimage.gaussian_filter(difference.astype(float), sigma)).max() < 2


def test_a_perfect_matte_leaks_nothing_and_cuts_nothing() -> None:
    figures = measured(lambda true: true)
    # Half of a half-covered pixel is a quarter of the room: the limit itself, give or take the rounding.
    assert figures.pop("T1 ever > 25 %, %") < 0.2
    assert [v for k, v in figures.items() if k.startswith(("T1", "T2", "person"))] == [0] * 9
    assert figures["IoU, %"] == 100
    assert figures["MAD in the band, x1000"] == figures["dtSSD, x100"] == 0


def test_no_matte_at_all_leaks_everything() -> None:
    figures = measured(lambda true: [np.full_like(alpha, 255) for alpha in true])
    leaks = {k: v for k, v in figures.items() if k.startswith(("T1", "T2"))}
    assert leaks == pytest.approx(dict.fromkeys(leaks, 100), abs=1e-9)


@pytest.mark.parametrize(("tint", "share"), [(0, 100), (60, 0)])
def test_what_is_shown_as_it_is_can_be_recovered(tint: int, share: float) -> None:
    """The room in its own colours, or through a filter that changes them."""
    leak, a, b = Leak(rooms().sign), rooms().a, rooms().b
    nobody = np.zeros((HEIGHT, WIDTH), np.uint8)
    shown = [[plane.astype(int) + tint for plane in room] for room in (a, b)]
    leak.add(nobody, *[[plane.clip(0, 255).astype(np.uint8) for plane in room] for room in shown])
    assert leak.recovered(a)["T1 recovered, %"] == pytest.approx(share, abs=1)


def test_showing_nobody_cuts_everybody() -> None:
    figures = measured(lambda true: [np.zeros_like(alpha) for alpha in true])
    assert figures["person cut, %"] == 100
    assert figures["T1 ever > 25 %, %"] == figures["T2 ever, %"] == 0
    assert figures["MAD in the band, x1000"] > 300


def test_a_late_matte_leaks_what_was_uncovered() -> None:
    figures = measured(lambda true: [true[0], *true[:-1]])
    true = [moment.alpha / 255 for moment in moments()]
    uncovered = np.any([before * (1 - now) > 0.5 for before, now in pairwise(true)], 0)
    background = np.any([alpha < 0.02 for alpha in true], 0)
    share = 100 * np.count_nonzero(uncovered & background) / np.count_nonzero(background)
    assert share > 3
    assert figures["T1 ever > 50 %, %"] == pytest.approx(share, rel=0.05)
    per_frame = figures["T1 per frame > 50 %, %"]
    assert figures["T1 ever > 25 %, %"] >= figures["T1 ever > 50 %, %"] > 5 * per_frame > 0
    assert figures["T2 ring 0-2 px, %"] > figures["T2 ring 4-8 px, %"] > figures["T2 ring 8+ px, %"] == 0
    assert figures["dtSSD, x100"] > 1


def test_a_tight_matte_cuts_and_a_wide_one_leaks() -> None:
    tight = measured(lambda true: [ndimage.minimum_filter(alpha, 7) for alpha in true])
    wide = measured(lambda true: [ndimage.maximum_filter(alpha, 7) for alpha in true])
    assert tight["T2 ever, %"] == 0 < wide["T2 ever, %"]
    assert wide["person cut, %"] == 0 < tight["person cut, %"]
    assert wide["T2 ring 0-2 px, %"] > 90
    assert wide["T2 ring 8+ px, %"] == 0


def test_half_the_weight_is_measured_as_half() -> None:
    """A quarter-transparent veil over the room shows up above 25 % and not above 50 %."""
    figures = measured(lambda true: [np.maximum(alpha, 96) for alpha in true])
    assert figures["T1 ever > 25 %, %"] > 99
    assert figures["T1 ever > 50 %, %"] == 0


def test_mattes_that_differ_on_the_person_show_nothing_of_the_room() -> None:
    leak, sign = Leak(rooms().sign), rooms().sign
    person = np.full(sign.shape, 255, np.uint8)
    nobody = np.zeros_like(person)
    dark, bright = (np.where(sign > 0, *pair).astype(np.uint8) for pair in ((40, 160), (160, 40)))
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    leak.add(person, [bright, chroma, chroma], [dark, chroma, chroma])
    leak.add(nobody, [dark, chroma, chroma], [dark, chroma, chroma])
    assert set(leak.result().values()) == {0}


def steps(output: Callable[[int], Array]) -> Figures:
    popping = Popping()
    for index, moment in enumerate(moments()):
        popping.add(moment.alpha, output(index))
    return popping.result()


def test_tiles_that_pop_are_told_from_a_room_that_changes() -> None:
    ramp = np.tile(np.linspace(60, 120, WIDTH), (HEIGHT, 1))
    random = np.random.default_rng(3)
    tiles = [np.kron(random.integers(0, 4, (15, 20)), np.ones((16, 16))) for _ in range(FRAMES)]
    still = steps(lambda index: ramp.astype(np.uint8))
    noisy = steps(lambda index: np.rint(ramp + random.normal(0, 2, ramp.shape)).astype(np.uint8))
    popping = steps(lambda index: np.rint(ramp + tiles[index]).astype(np.uint8))
    for region in ("room", "seam", "all"):
        name = f"tile step {region}, ratio"
        assert still[name] == 1
        assert noisy[name] == pytest.approx(1, abs=0.1)
        assert popping[name] > 5
    assert popping["tile step room p99.9 border, LSB"] > popping["tile step room p99.9 inside, LSB"] + 2
    quilt = steps(lambda index: np.rint(ramp + tiles[0]).astype(np.uint8))
    assert quilt["tile step room, ratio"] == 1, "it does not change"
    assert quilt["tile step still room, ratio"] > 2, "but it is visible"


def test_a_halo_is_an_error_of_the_seam_and_a_room_far_from_it_is_not() -> None:
    moment = moments()[0]
    assert moment.pose is not None
    band = near_edge(moment.alpha)
    assert band[140, 120 + 62] and not band[140, 120 + 90] and not band[140, 120]
    ideal = composite(moment.frames[0], moment.alpha)

    def error(where: Array) -> Figures:
        seam = Seam()
        seam.add(band, [ideal[0] + where.astype(np.uint8) * 10, *ideal[1:]], ideal)
        return seam.result()

    assert error(band)["seam error Y, LSB"] == 10
    assert error(~band)["seam error Y, LSB"] == 0
    assert error(band)["seam error UV, LSB"] == 0


def test_keying_takes_the_wall_out_of_the_edge() -> None:
    """A grey disc before a blue wall, its chroma smeared as a codec does."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    alpha = (np.clip(62 - np.hypot(x - 160, y - 120), 0, 1) * 255).astype(np.uint8)
    grey, blue = (140, 128, 128), (90, 200, 100)
    cover = alpha / 255
    full = [person * cover + wall * (1 - cover) for person, wall in zip(grey, blue, strict=True)]
    smeared = [np.rint(ndimage.gaussian_filter(plane, 1.5)).astype(np.uint8)[::2, ::2] for plane in full[1:]]
    pose = keyed((np.rint(full[0]).astype(np.uint8), smeared[0], smeared[1]), alpha)
    shown = alpha > 40
    colours = pose[..., :3][shown] / (alpha[shown][:, None] / 255)
    assert np.abs(colours - grey).max() < 6
    assert np.abs(smeared[0][shown[::2, ::2]].astype(int) - 128).max() > 20, "there was something to take out"


def test_the_native_pipeline_through_the_bench() -> None:
    """Each figure is there; the pipeline is neither perfect nor a pass-through."""
    portrait = scenes(None, 0.2)["portrait fast"]()
    few = replace(portrait, moments=lambda: islice(portrait.moments(), 4))
    figures = Run(few, '{"type": "blur"}', DEFAULT_MODEL, None).result()
    assert (figures["frames"], figures["concealed"]) == (4, 0)
    assert figures["IoU, %"] > 90
    assert figures["T1 ever > 50 %, %"] < 10
    assert figures["person cut, %"] < 10
    assert 0 < figures["seam error Y, LSB"] < 20
    assert 0.5 < figures["tile step seam, ratio"] < 2


def test_recorded_scenes_come_with_the_data_only(recorded_data: Path) -> None:
    if not (recorded_data / "clips_with_alpha").is_dir():
        pytest.skip(f"no clips with a true alpha in {recorded_data}")
    drawn, every = scenes(None, 0.1), scenes(recorded_data, 0.1)
    assert set(drawn) < set(every)
    recorded = every["head"]()
    (moment,) = islice(recorded.moments(), 1)
    assert moment.alpha.shape == (recorded.height, recorded.width) == moment.frames[2][0].shape
