"""The synthetic calls of the kernels' benchmark: they show what they are called, and the mask fits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scenes import MOTIONS, POSES, Motion, Scene, scale_for

Array = np.ndarray[Any, Any]
SIZE = 640, 360
NOISE = 1.5


def scene(motion: str, share: float = 0.25, noise: float = 0.0) -> Scene:
    return Scene(*SIZE, share, MOTIONS[motion], noise)


def luma(motion: str, index: int, share: float = 0.25) -> Array:
    return scene(motion, share).frame(index)[0][0].astype(int)


def tiles(changed: Array) -> Array:
    """Which 16x16 tiles hold a change; the lower edge is left out where it is none of a tile."""
    rows, columns = changed.shape[0] // 16, changed.shape[1] // 16
    return np.asarray(changed[: rows * 16, : columns * 16].reshape(rows, 16, columns, 16).any((1, 3)))


@pytest.mark.parametrize("share", [0.08, 0.25, 0.45])
@pytest.mark.parametrize("size", [(640, 360), (640, 480)])
def test_the_person_has_the_size_asked_for(share: float, size: tuple[int, int]) -> None:
    made = Scene(*size, share, MOTIONS["talking"])
    masks = [made.frame(index)[1] for index in range(POSES)]
    assert [mask.shape for mask in masks] == [(144, 256)] * POSES
    assert all(mask.dtype == np.float32 and mask.min() >= 0 and mask.max() <= 1 for mask in masks)
    assert [float((mask > 0.5).mean()) for mask in masks] == pytest.approx([share] * POSES, abs=0.01)


@pytest.mark.parametrize("index", [0, 5, 11])
@pytest.mark.parametrize("share", [0.08, 0.25, 0.45])
def test_the_mask_lies_where_the_person_is(share: float, index: int) -> None:
    """The person is what differs from the room alone, drawn with the same motion but nobody in it."""
    motion = MOTIONS["moving"]
    alone = Motion(motion.sway, motion.shift, motion.pan, person=False)
    planes, mask = Scene(*SIZE, share, motion, 0.0).frame(index)
    room = Scene(*SIZE, share, alone, 0.0).frame(index)[0][0]
    rows, columns = (np.arange(144) * 2.5 + 1.25).astype(int), (np.arange(256) * 2.5 + 1.25).astype(int)
    there = (np.abs(planes[0].astype(int) - room) > 0)[np.ix_(rows, columns)]
    both, either = (there & (mask > 0.5)).sum(), (there | (mask > 0.5)).sum()
    assert both / either > 0.85


def test_planes_are_i420() -> None:
    planes, _ = scene("talking").frame(3)
    assert [(plane.shape, plane.dtype) for plane in planes] == [
        ((360, 640), np.uint8),
        ((180, 320), np.uint8),
        ((180, 320), np.uint8),
    ]
    assert all(10 < plane.std() < 80 and plane.min() > 0 and plane.max() < 255 for plane in planes)


def test_at_rest_only_the_noise_changes() -> None:
    quiet, noisy = scene("at rest"), scene("at rest", noise=NOISE)
    np.testing.assert_array_equal(quiet.frame(4)[0][0], quiet.frame(5)[0][0])
    difference = noisy.frame(4)[0][0].astype(int) - noisy.frame(5)[0][0]
    assert difference.std() == pytest.approx(NOISE * 2**0.5, rel=0.1)
    assert abs(difference.mean()) < 0.05
    assert tiles(difference != 0).all(), "noise must be everywhere"


def test_each_motion_moves_more_than_the_one_before() -> None:
    """As the share of tiles that change by more than noise from one frame to the next."""
    shares = {
        motion: float(
            np.mean([tiles(np.abs(luma(motion, i) - luma(motion, i + 1)) > 6).mean() for i in (2, 5, 8)])
        )
        for motion in ("at rest", "talking", "moving", "camera moves")
    }
    assert shares["at rest"] == 0
    assert 0 < shares["talking"] < 0.15
    assert shares["talking"] < shares["moving"] < 0.6
    assert shares["camera moves"] > 0.6


def test_it_goes_back_the_way_it_came_and_never_stops() -> None:
    made = scene("moving")
    last = 2 * POSES - 2
    np.testing.assert_array_equal(made.frame(1)[0][0], made.frame(last - 1)[0][0])
    np.testing.assert_array_equal(made.frame(2)[0][0], made.frame(last + 2)[0][0])
    for index in range(last + 1):
        assert (made.frame(index)[0][0] != made.frame(index + 1)[0][0]).any(), index


def test_nobody_there() -> None:
    planes, mask = scene("nobody there").frame(0)
    assert mask.max() == 0
    assert (planes[0][150:, 250:390] != scene("at rest").frame(0)[0][0][150:, 250:390]).mean() > 0.8


def test_larger_shares_need_larger_people() -> None:
    scales = [scale_for(share, 16 / 9) for share in (0.02, 0.08, 0.25, 0.45, 0.7)]
    assert scales == sorted(scales)
    assert scales[-1] > 4 * scales[0]
