"""What the browser sends is what the native pipeline makes of the same frames: the same Python, kernels and
network, up to the rounding of two builds of onnxruntime and of the kernels.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from blurstream.record import Recorder
from blurstream_build.clip_y4m import Plane
from blurstream_build.paths import Paths
from looks import run
from subject import Subject

SETTLED = 40  # frames of a still picture: by then nothing moves any more
MOST, MEAN = 2, 0.01  # levels of luma


@pytest.mark.parametrize("size", [(320, 180), (640, 480), (1280, 720)])
@pytest.mark.parametrize("effect", ['{"type": "color", "color": "#008080"}', '{"type": "blur"}'])
def test_browser_and_native_agree(
    warm_subject: Subject, footage: Path, paths: Paths, size: tuple[int, int], effect: str
) -> None:
    subject = warm_subject
    subject.open(size, pose=0)
    run(subject, effect)
    subject.until_frames(SETTLED)
    found, luma = subject.newest()
    assert found == size
    sent = np.frombuffer(luma, np.uint8).reshape(size[::-1])
    model, pictures = paths.built_models / "segmenter.onnx", footage / f"portrait_{size[0]}x{size[1]}.i420"
    difference = np.abs(sent.astype(int) - _native(effect, model, _planes(pictures, *size, pose=0)))
    print(f"{size}: {difference.max()} at most, {difference.mean():.4f} in the mean")
    assert difference.max() <= MOST
    assert difference.mean() <= MEAN
    other = np.abs(sent.astype(int) - _native(effect, model, _planes(pictures, *size, pose=1)))
    assert other.mean() > 100 * MEAN, "what is compared depends on the picture"


def _native(effect: str, model: Path, planes: list[Plane]) -> Plane:
    """Luma of the last of SETTLED frames."""
    recorder, (height, width) = Recorder(effect, model), planes[0].shape
    for index in range(SETTLED):
        safe = recorder.process(planes, index * 33_333, "bt601", False)
    assert safe.kind == "composed"
    return safe.planes[0][:height, :width].copy()


def _planes(file: Path, width: int, height: int, pose: int) -> list[Plane]:
    half = ((height + 1) // 2, (width + 1) // 2)
    size = width * height + 2 * half[0] * half[1]
    data = np.fromfile(file, np.uint8, size, offset=pose * size)
    planes, at = [], 0
    for rows, columns in ((height, width), half, half):
        planes.append(data[at : at + rows * columns].reshape(rows, columns))
        at += rows * columns
    return planes
