"""The clips that the fake camera of the loopback plays, made when they are asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from blurstream_build import clip_y4m
from blurstream_build.paths import Paths

from .encode import Planes
from .material import Material, drawn, noisier, recorded
from .output import VARIANTS, decide_roi, output

DATA_ENV = "BLURSTREAM_DATA"
FRAMES = 240  # the drawn movement's loop
BUILT = {"portrait": "portrait_480p.y4m", "talking-head": "talking_head_480p.y4m"}
DRAWN = {"hand-held": (0.25, 2.0, True), "small": (0.08, 2.0, False), "noisy": (0.25, 4.0, False)}
RECORDED = {"webcam": ("clips/webcam_cap12.mp4", 2.0), "signing": ("clips/asl_book.mkv", 2.0)}
BLOCK, BLOCKS = 8, 400
STRIDE = 4  # of the frames: where the person always is does not need every one
NAMES = (*BUILT, *DRAWN, *RECORDED)


def data_folder(paths: Paths) -> Path | None:
    """Recorded clips that are not part of the project, if there are any."""
    folder = Path(os.environ.get(DATA_ENV) or paths.root.parent / "shared" / "data")
    return folder if folder.is_dir() else None


def camera_file(scene: str, paths: Paths) -> Path | None:
    """The scene as a clip for the fake camera; None where it needs a recorded clip that is not there."""
    if scene in BUILT:
        return paths.clips / BUILT[scene]
    target = paths.build / "bandwidth" / f"{scene}.y4m"
    if target.is_file():
        return target
    if scene in DRAWN:
        share, noise, shaken = DRAWN[scene]
        return _written(drawn(FRAMES, share, noise, shaken).camera, target)
    name, noise = RECORDED[scene]
    data = data_folder(paths)
    if data is None or not (data / name).is_file():
        return None
    return _written(noisier(recorded(data / name, FRAMES), noise).camera, target)


def our_file(camera: Path) -> Path:
    """Our output of such a clip as another one, made by the same pipeline, natively. Made anew every time."""
    frames = list(clip_y4m.read(camera))
    made = output(Material(camera.stem, "drawn", frames), VARIANTS[0])
    return _written(made.frames, camera.with_name(f"{camera.stem}_ours.y4m"))


@cache
def person_blocks(camera: Path) -> list[tuple[int, int]]:
    """(column, row) of up to BLOCKS blocks of 8x8 pixels that are the person's in every frame of a clip."""
    clip = Material(camera.stem, "drawn", list(clip_y4m.read(camera))[::STRIDE])
    decide_roi(clip)
    always = np.logical_and.reduce(clip.roi)
    high, wide = (side // BLOCK for side in always.shape)
    whole = always[: high * BLOCK, : wide * BLOCK].reshape(high, BLOCK, wide, BLOCK).all(axis=(1, 3))
    rows, columns = np.nonzero(whole)
    every = max(1, -(-len(rows) // BLOCKS))
    return [(int(x), int(y)) for x, y in zip(columns[::every], rows[::every], strict=True)]


def _written(frames: Sequence[Planes], target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    high, wide = frames[0][0].shape
    with clip_y4m.Writer(target, wide, high) as video:
        for planes in frames:
            video.write(planes)
    return target
