"""The clips know their own truth: exact alpha, the room alone, a pattern that only raw frames show."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from blurstream_build import clip_cutout, clip_portrait, clip_room, clip_watermark, clip_y4m, clips
from blurstream_build.errors import BuildError
from blurstream_build.paths import Paths, checkout

SMALL = clip_portrait.Clip(320, 180, step=8)
PRIVATE = 0.06  # sigma of the strongest blur, in heights of the frame


@pytest.fixture(scope="module")
def cutout() -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    return clip_cutout.cut_out(clip_portrait.portrait_picture())


@pytest.fixture(scope="module")
def marked() -> npt.NDArray[np.uint8]:
    """Luma of the marked room at 720p, with camera noise."""
    planes = clip_portrait.background(clip_portrait.CLIPS["portrait_marked_720p"])
    return clip_portrait.Noise(1280, 720).add(planes)[0]


@pytest.fixture(scope="module")
def sprite() -> Image.Image:
    return clip_portrait.person(SMALL.height)


def _built(name: str) -> Path:
    file = checkout().clips / name
    if not file.is_file():
        pytest.fail(f"build/clips/{name} is missing: run `python3 build.py build` first")
    return file


def _blurred(luma: npt.NDArray[np.uint8], share: float = PRIVATE) -> npt.NDArray[np.uint8]:
    soft = ndimage.gaussian_filter(luma.astype(float), share * luma.shape[0])
    return np.asarray(np.rint(soft), np.uint8)


def test_alpha_is_sure_where_it_can_be_and_soft_at_hair(cutout: Any) -> None:
    _, alpha = cutout
    assert alpha.shape == (clip_cutout.HEIGHT, clip_cutout.WIDTH)
    assert alpha.min() == 0
    assert alpha.max() == 1
    for x, y in ((225, 120), (225, 300), (100, 300), (290, 90)):
        assert alpha[y, x] == 1, f"the person at {x}, {y}"
    for x, y in ((20, 20), (340, 100), (380, 345), (20, 250), (140, 130)):
        assert alpha[y, x] == 0, f"the old background at {x}, {y}"
    soft = (alpha > 0.05) & (alpha < 0.95)
    assert 400 < soft[:120].sum() < 2500
    pieces, _ = ndimage.label(alpha > 0.5)
    sizes = sorted(np.bincount(pieces.ravel())[1:])
    assert sum(sizes[:-1]) < 10, "one person in one piece, but for a wisp of hair"


def test_old_background_is_out_of_the_hair(cutout: Any) -> None:
    colours, alpha = cutout
    backdrop = clip_portrait.portrait_picture()[5:60, 60:140].mean()
    edge = (alpha > 0.1) & (alpha < 0.6)
    edge[120:] = False
    assert colours[edge].mean() < backdrop - 40


def test_room_is_the_same_every_time_and_holds_writing() -> None:
    wide = clip_room.room(640, 360)
    clip_room._drawn.cache_clear()
    assert np.array_equal(wide, clip_room.room(640, 360))
    assert wide.shape == (360, 640, 3)
    assert 0 <= wide.min() < wide.max() <= 255
    sharp = np.abs(np.diff(wide.mean(-1), axis=1))
    assert np.percentile(sharp[60:130, 185:240], 90) > 20, "writing on the poster"
    assert np.percentile(sharp[20:50, 260:400], 90) < 6, "bare wall"


def test_narrow_room_is_the_middle_of_the_wide_one() -> None:
    wide, narrow = clip_room.room(640, 360), clip_room.room(480, 360)
    assert np.abs(wide[:, 80:560] - narrow).mean() < 0.5


def test_pattern_is_found_in_raw_frames(marked: Any) -> None:
    assert clip_watermark.correlation(marked) > 0.75
    assert clip_watermark.strongest(marked) > 0.9


@pytest.mark.parametrize("size", [(640, 360), (854, 480), (1920, 1080), (402, 226)])
def test_pattern_survives_scaling(marked: Any, size: tuple[int, int]) -> None:
    scaled = np.asarray(Image.fromarray(marked).resize(size, Image.Resampling.BILINEAR))
    assert clip_watermark.correlation(scaled) > clip_watermark.RAW


def test_pattern_is_not_found_in_blurred_or_other_frames(marked: Any) -> None:
    plain = clip_portrait.background(clip_portrait.CLIPS["portrait_720p"])[0]
    shifted = np.roll(marked, 35, 0)
    flat = np.full_like(marked, 90)
    for name, frame in (
        ("blur", _blurred(marked)),
        ("unmarked", plain),
        ("shifted", shifted),
        ("flat", flat),
    ):
        assert abs(clip_watermark.correlation(frame)) < 0.05, name
        assert clip_watermark.strongest(frame) < 0.3, name


def test_raw_strip_in_a_blurred_frame_is_found(marked: Any) -> None:
    frame = _blurred(marked)
    frame[: 720 // 10] = marked[: 720 // 10]
    assert clip_watermark.strongest(frame, tiles=(8, 6)) > clip_watermark.RAW


@settings(max_examples=25, deadline=None)
@given(gain=st.floats(0.3, 1.0), offset=st.floats(-30, 30), seed=st.integers(0, 99))
def test_score_does_not_depend_on_brightness(marked: Any, gain: float, offset: float, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 2, marked.shape)
    frame = np.clip(np.rint(marked * gain + offset + noise), 0, 255).astype(np.uint8)
    assert clip_watermark.correlation(frame) > clip_watermark.RAW


def test_mask_says_where_to_look(marked: Any) -> None:
    half = np.zeros(marked.shape, bool)
    half[:, 640:] = True
    frame = np.where(half, marked, 128).astype(np.uint8)
    assert clip_watermark.correlation(frame, half) > 0.75
    assert clip_watermark.correlation(frame, ~half) == pytest.approx(0, abs=1e-6)
    with pytest.raises(ValueError, match="0 cells"):
        clip_watermark.correlation(frame, np.zeros_like(half))
    with pytest.raises(ValueError, match="too small"):
        clip_watermark.correlation(frame[:50, :80])


def test_loop_closes(sprite: Image.Image) -> None:
    first = clip_portrait._mesh(clip_portrait.sitting(0.0), SMALL.width, SMALL.height)
    again = clip_portrait._mesh(clip_portrait.sitting(2 * np.pi), SMALL.width, SMALL.height)
    assert np.allclose([c for _, c in first], [c for _, c in again], atol=1e-6)
    frames = [pose.astype(int) for pose in clip_portrait.poses(sprite, SMALL)]
    assert len(frames) == SMALL.frames == 30
    steps = [np.abs(a - b).mean() for a, b in pairwise([*frames, frames[0]])]
    assert min(steps) > 0, "the person moves in every frame"
    assert steps[-1] <= 1.3 * max(steps[0], steps[-2]), "the last step to the first is like its neighbours"


def test_composite_is_room_outside_and_person_inside(sprite: Image.Image) -> None:
    room = clip_portrait.background(SMALL)
    pose = next(clip_portrait.poses(sprite, SMALL))
    luma, u, v = clip_portrait.compose(pose, room)
    alpha = pose[..., 3]
    assert (alpha == 0).mean() > 0.3
    assert (alpha == 255).mean() > 0.2
    assert np.array_equal(luma[alpha == 0], room[0][alpha == 0])
    assert np.array_equal(luma[alpha == 255], pose[..., 0][alpha == 255])
    outside = clip_y4m.halve(alpha) == 0
    assert np.array_equal(u[outside], room[1][outside])
    assert np.array_equal(v[outside], room[2][outside])
    expected = pose[..., 0] + room[0] * (255.0 - alpha) / 255
    assert np.abs(luma - expected).max() <= 1


def test_no_gap_at_the_lower_edge(sprite: Image.Image) -> None:
    for pose in clip_portrait.poses(sprite, SMALL):
        middle = pose[-1, SMALL.width // 2 - 60 : SMALL.width // 2 + 60, 3]
        assert middle.min() == 255


@pytest.mark.parametrize(
    ("rgb", "yuv"),
    [((255, 255, 255), (235, 128, 128)), ((0, 0, 0), (16, 128, 128)), ((255, 0, 0), (81, 90, 240))],
)
def test_colours_are_bt601(rgb: tuple[int, ...], yuv: tuple[int, ...]) -> None:
    made = np.rint(clip_y4m.to_yuv(np.array(rgb, float)))
    assert made.tolist() == list(yuv)
    planes = tuple(
        np.full(shape, c, np.uint8) for shape, c in zip(((4, 4), (2, 2), (2, 2)), yuv, strict=True)
    )
    assert np.abs(clip_y4m.to_rgb((planes[0], planes[1], planes[2])).astype(int) - rgb).max() <= 2


def test_y4m_gives_back_what_was_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    shapes = ((6, 8), (3, 4), (3, 4))
    frames = [tuple(rng.integers(0, 256, shape, np.uint8) for shape in shapes) for _ in range(3)]
    file = tmp_path / "a.y4m"
    with clip_y4m.Writer(file, 8, 6) as video:
        for y, u, v in frames:
            video.write((y, u, v))
    for found, frame in zip(clip_y4m.read(file), frames, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(found, frame, strict=True))
    with av.open(str(file)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 3


def test_y4m_leaves_nothing_behind_on_an_error(tmp_path: Path) -> None:
    plane = np.zeros((4, 4), np.uint8)
    with (
        pytest.raises(ValueError, match="do not fit 8x6"),
        clip_y4m.Writer(tmp_path / "a.y4m", 8, 6) as video,
    ):
        video.write((plane, plane, plane))
    assert list(tmp_path.iterdir()) == []


def test_failing_step_is_a_build_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "checkout", lambda: Paths(tmp_path))
    said: list[str] = []
    with pytest.raises(BuildError, match="exit code 1") as caught:
        clips.build(Path(sys.executable), tmp_path / "out", said.append)
    assert "clip_portrait" in caught.value.what
    assert any("No module named" in line for line in said)
    assert not (tmp_path / "build" / "stamps").exists()


@pytest.mark.parametrize("name", ["portrait_marked_720p", "portrait_marked_480p"])
def test_built_marked_clip_scores_raw_behind_the_person(name: str) -> None:
    clip = clip_portrait.CLIPS[name]
    with np.load(_built(f"{name}_truth.npz")) as truth:
        assert sum(key.startswith("alpha_") for key in truth.files) == clip.frames
        for index, (luma, _, _) in _every(clip_y4m.read(_built(f"{name}.y4m")), 24):
            assert luma.shape == (clip.height, clip.width)
            wall = truth[f"alpha_{index:04}"] == 0
            assert np.abs(luma[wall].astype(int) - truth["background_y"][wall]).mean() < 3
            assert clip_watermark.correlation(luma, wall) > 0.75
            assert clip_watermark.correlation(luma) > clip_watermark.RAW, "the person covers a part only"
            assert abs(clip_watermark.correlation(_blurred(luma), wall)) < 0.05


@pytest.mark.parametrize(
    ("name", "size", "frames"),
    [
        ("portrait_720p", (1280, 720), 240),
        ("portrait_480p", (640, 480), 240),
        ("portrait_marked_720p", (1280, 720), 120),
        ("portrait_marked_480p", (640, 480), 120),
        ("talking_head_720p", (1280, 720), 120),
        ("talking_head_480p", (640, 480), 120),
    ],
)
def test_built_clip_has_every_frame(name: str, size: tuple[int, int], frames: int) -> None:
    file = _built(f"{name}.y4m")
    with file.open("rb") as stream:
        header = stream.readline()
    assert f"W{size[0]} H{size[1]} F30:1 ".encode() in header
    assert file.stat().st_size == len(header) + frames * (len(b"FRAME\n") + size[0] * size[1] * 3 // 2)


def test_built_demo_clip_is_small_and_loops() -> None:
    file = _built(clips.DEMO)
    assert file.stat().st_size <= 1_500_000
    with av.open(str(file)) as container:
        frames = [
            frame.to_ndarray(format="gray")[::4, ::4].astype(int) for frame in container.decode(video=0)
        ]
    assert len(frames) == 240
    steps = [np.abs(a - b).mean() for a, b in pairwise([*frames, frames[0]])]
    assert steps[-1] <= 1.5 * max(steps[0], steps[-2])


def _every(frames: Iterator[clip_y4m.Planes], step: int) -> Iterator[tuple[int, clip_y4m.Planes]]:
    return ((index, planes) for index, planes in enumerate(frames) if index % step == 0)
