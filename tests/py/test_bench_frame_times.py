"""The kernels' benchmark: it counts and times what it says, natively and inside Pyodide."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import frame_times
from blurstream.mask import Callback
from blurstream_build import clip_y4m
from blurstream_build.paths import Paths
from clip_scaling import scaled
from frame_times import CALL, CPU, SUM, Camera, measure
from recorded_clip import RecordedClip, Y4m, masks_of
from scenes import Frame, Planes

Array = np.ndarray[Any, Any]
WIDTH, HEIGHT = 160, 90
ALL_TILES = 10 * 6


def picture(patch: int = 0) -> Planes:
    """A room, and a person in the middle with a patch of one tile."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    room = (110 + 40 * np.sin(x / 5) * np.cos(y / 4)).astype(np.uint8)
    room[:, 32:128] = 90
    room[48:64, 80:96] += patch
    half = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return room, half, half


def mask() -> Array:
    middle = np.zeros((144, 256), np.float32)
    middle[:, 51:205] = 1
    return middle


def test_a_still_picture_changes_no_tile_and_a_patch_changes_few() -> None:
    still = measure(lambda index: (picture(), mask()), Camera(), frames=5, warm_up=45)
    assert still["changed_tiles"] == 0
    assert still["composed"] == 1
    moving = measure(lambda index: (picture(60 * (index % 2)), mask()), Camera(), frames=6, warm_up=45)
    assert 1 <= moving["changed_tiles"] * ALL_TILES <= 9, "of the tile that changes and those around it"
    assert moving["model_runs"] == 1, "a change of the person is never answered with an old mask"


def test_every_stage_is_told_and_their_sum_fits_in_the_call() -> None:
    result = measure(lambda index: (picture(60 * (index % 2)), mask()), Camera(), frames=8, warm_up=4)
    stages = {name: ms for name, ms in result["ms"].items() if name not in (SUM, CALL, CPU)}
    assert len(stages) >= 3
    assert all(0 <= least <= median <= p95 for least, median, _, p95 in result["ms"].values())
    assert sum(ms[2] for ms in stages.values()) == pytest.approx(result["ms"][SUM][2], abs=0.002)
    assert result["ms"][SUM][2] <= result["ms"][CALL][2]
    assert result["ms"][CPU][2] > 0


def test_a_stage_that_seldom_runs_took_nothing_the_other_times() -> None:
    class Scripted(Camera):
        def push(self, frame: Frame) -> dict[str, float]:
            super().push(frame)
            seldom = {"seal": 8.0} if frame[0][0][0, 0] == 0 else {}
            return {"prepare": 1.0, **seldom, SUM: 1.0 + sum(seldom.values()), CALL: 10.0, CPU: 5.0}

    def frame(index: int) -> Frame:
        planes = picture()
        planes[0][0, 0] = 0 if index == 7 else 200
        return planes, mask()

    result = measure(frame, Scripted(), frames=4, warm_up=4)
    assert result["ms"]["seal"] == [0, 0, 2.0, 8.0]
    assert result["ms"][SUM] == [1.0, 1.0, 3.0, 9.0]


def test_nobody_there_is_told_as_concealed() -> None:
    result = measure(lambda index: (picture(), np.zeros_like(mask())), Camera(), frames=3, warm_up=2)
    assert result["composed"] == 0


def test_a_failing_pipeline_is_not_measured() -> None:
    bad = mask()
    bad[3, 3] = np.nan
    with pytest.raises(RuntimeError, match="the pipeline fails, bad-mask"):
        measure(lambda index: (picture(), bad), Camera(), frames=1, warm_up=1)


class Answering:
    """A session whose mask tells how many it has given before."""

    def __init__(self) -> None:
        self.given = 0

    def run_async(
        self,
        output_names: Sequence[str] | None,
        input_feed: Mapping[str, Array],
        callback: Callback,
        data: Any,
    ) -> None:
        self.given += 1
        callback([np.full((144, 256), self.given / 100, np.float32)], data, "")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    file = tmp_path / "clip.y4m"
    with clip_y4m.Writer(file, WIDTH, HEIGHT - 2) as video:
        for index in range(4):
            y, u, v = picture(index)
            video.write((y[: HEIGHT - 2], u[: HEIGHT // 2 - 1], v[: HEIGHT // 2 - 1]))
    return file


def test_a_clip_gives_its_frames_with_their_own_masks_there_and_back(clip: Path, tmp_path: Path) -> None:
    session, model = Answering(), tmp_path / "model.onnx"
    model.write_bytes(b"weights")
    masks = masks_of(clip, model, session, tmp_path / "kept")
    assert session.given == 4
    assert masks_of(clip, model, session, tmp_path / "kept") == masks
    assert session.given == 4, "the masks are kept"
    model.write_bytes(b"others")
    assert masks_of(clip, model, session, tmp_path / "kept") != masks, "of another model they are made anew"

    recorded = RecordedClip(clip, masks)
    order = [0, 1, 2, 3, 2, 1, 0, 1]
    stored = list(clip_y4m.read(clip))
    for index, at in enumerate(order):
        planes, given = recorded.frame(index)
        for plane, wanted in zip(planes, stored[at], strict=True):
            np.testing.assert_array_equal(plane, wanted)
        assert float(given[0, 0]) == pytest.approx((at + 1) / 100, rel=1e-3)


def test_masks_of_another_clip_are_refused(clip: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "three.npy", np.zeros((3, 144, 256), np.float16))
    with pytest.raises(ValueError, match="3 masks for 4 frames"):
        RecordedClip(clip, tmp_path / "three.npy")
    (tmp_path / "text.y4m").write_text("nothing of the kind\n")
    with pytest.raises(ValueError, match="not a YUV4MPEG2"):
        Y4m(tmp_path / "text.y4m")


def test_a_clip_at_another_size_shows_the_middle(tmp_path: Path) -> None:
    """4:3 to 16:9: top and bottom are cut off, the sides are not, and what is in the middle stays there."""
    source = tmp_path / "wide.y4m"
    luma, chroma = np.full((120, 160), 60, np.uint8), np.full((60, 80), 100, np.uint8)
    luma[:8], luma[-8:] = 235, 235
    luma[:, :8] = 20
    luma[52:68, 72:88] = 200
    with clip_y4m.Writer(source, 160, 120) as video:
        for _ in range(3):
            video.write((luma, chroma, chroma))
    target = scaled(source, 320, 180, tmp_path / "kept", frames=2)
    made = Y4m(target)
    assert (made.width, made.height, made.frames) == (320, 180, 2)
    y, u, v = (plane.astype(int) for plane in made.planes(1))
    assert y[:4].max() < 80, "the bright rows above are cut off"
    assert abs(y[90, 160] - 200) < 8
    assert abs(y[30, 60] - 60) < 3
    assert y[90, 6] < 30
    assert abs(u - 100).max() <= 2
    assert abs(v - 100).max() <= 2
    at = target.stat().st_mtime_ns
    assert scaled(source, 320, 180, tmp_path / "kept", frames=2).stat().st_mtime_ns == at


def test_the_same_file_measures_inside_pyodide(paths: Paths, tmp_path: Path) -> None:
    node = os.environ.get("BLURSTREAM_NODE") or shutil.which("node")
    wheels = list(paths.downloads.glob("numpy-*wasm32.whl"))
    if not node or not wheels:
        pytest.fail("Node.js or NumPy for Pyodide is missing: run `python3 build.py build` first")
    script = paths.root / "tests" / "bench" / "kernels_in_pyodide.mjs"
    request: dict[str, Any] = {
        "sizes": ["360p"],
        "motions": ["talking", "nobody there"],
        "frames": 2,
        "warm_up": 1,
        "noise": 1.5,
        "settings": '{"denoise": false}',
        "clips": [],
    }
    done = subprocess.run(
        [node, str(script), str(paths.root), str(wheels[0]), json.dumps(request)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["runtime"].startswith("Pyodide ")
    cells = answer["results"]["360p"]
    assert list(cells) == [
        frame_times.label(name, share) for share, name in frame_times.cells(request["motions"])
    ]
    for name, cell in cells.items():
        assert cell["ms"][SUM][0] > 0, name
        assert cell["ms"][CPU][2] > 0, name
        assert cell["composed"] == (0 if name == "nobody there" else 1), name
