"""The portrait clips: the cut-out person moves before the drawn room; alpha and room are known exactly.

    python -m blurstream_build.clip_portrait OUT NAME...

NAMEs are keys of CLIPS. Writes NAME.y4m and NAME_truth.npz with `alpha_0000`, `alpha_0001`, ... (height,
width), one for each frame, and `background_y`, `background_u`, `background_v`, the room behind the person
without noise, all uint8. Luma of a frame is (person * alpha + background * (255 - alpha)) / 255 plus a
camera's noise. The last frame runs on into the first.
"""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from . import clip_cutout, clip_room, clip_watermark, clip_y4m
from .clip_y4m import Plane, Planes

LOOP_S = 8
SEED = 12
LUMA_NOISE, CHROMA_NOISE = 1.7, 1.0  # standard deviation, steps of 8 bits: a webcam in a lit room
# Where the person sits, in heights of the frame and pixels of the cut-out.
SCALE = 2.05 / 720
HEAD_X, HAIR_TOP, TOP_AT = 225, 16, 0.086
NECK, CROWN = 190, 60  # the head turns on rows from NECK up to CROWN
STRIP = 16  # rows that share one linear piece of the movement


@dataclass(frozen=True)
class Clip:
    """A product of this file. `step`: every how manieth frame of the movement is taken."""

    width: int
    height: int
    marked: bool = False
    step: int = 1

    @property
    def frames(self) -> int:
        return LOOP_S * clip_y4m.FPS // self.step


CLIPS = {
    "portrait_720p": Clip(1280, 720),
    "portrait_480p": Clip(640, 480),
    # Twice as fast and half as long.
    "portrait_marked_720p": Clip(1280, 720, marked=True, step=2),
    "portrait_marked_480p": Clip(640, 480, marked=True, step=2),
}


def portrait_picture() -> npt.NDArray[np.uint8]:
    """The picture of the installed scikit-image package (its wheel is pinned by hash), uint8 RGB 512x512."""
    spec = importlib.util.find_spec("skimage")
    if spec is None or spec.origin is None:
        raise SystemExit("the package scikit-image is not installed: python3 build.py build installs it")
    with Image.open(Path(spec.origin).parent / "data" / "astronaut.png") as picture:
        return np.array(picture.convert("RGB"), np.uint8)


def background(clip: Clip) -> Planes:
    """The room as I420 planes, with the pattern of clip_watermark on it if the clip is marked."""
    yuv = clip_y4m.to_yuv(clip_room.room(clip.width, clip.height))
    luma = yuv[..., 0]
    if clip.marked:
        luma = luma + clip_watermark.pattern(clip.width, clip.height)
    return _bytes(luma), _bytes(clip_y4m.halve(yuv[..., 1])), _bytes(clip_y4m.halve(yuv[..., 2]))


@cache
def person(height: int) -> Image.Image:
    """The cut-out at the size for a frame of this height: bands Y, U, V, each times alpha, and alpha."""
    colours, alpha = clip_cutout.cut_out(portrait_picture())
    scale = SCALE * height
    size = round(clip_cutout.WIDTH * scale), round(clip_cutout.HEIGHT * scale)
    large = [_scaled(colours[..., c], size, Image.Resampling.LANCZOS) for c in range(3)]
    cover = np.clip(_scaled(alpha, size, Image.Resampling.BICUBIC), 0, 1)
    yuv = clip_y4m.to_yuv(np.clip(np.stack(large, -1), 0, 255)) * cover[..., None]
    bands = _bytes(np.concatenate([yuv, cover[..., None] * 255], -1))
    # CMYK is to Pillow four bands without a meaning; as RGBA it would multiply by alpha once more.
    return Image.frombytes("CMYK", size, bands.tobytes())


def poses(sprite: Image.Image, clip: Clip) -> Iterator[npt.NDArray[np.uint8]]:
    """Yields the person as (height, width, 4) for every frame: Y, U, V times alpha, alpha."""
    for index in range(clip.frames):
        yield posed(sprite, clip.width, clip.height, sitting(2 * np.pi * index / clip.frames))


@dataclass(frozen=True)
class Stance:
    """How the person is there. The body leans about a point below the frame; the head moves as well."""

    shift: float = 0.0  # to the right, in heights of the frame
    down: float = 0.0  # the same
    lean: float = 0.0  # radians
    head: float = 0.0  # how far the crown is moved, pixels of the cut-out
    narrow: float = 0.0  # share of its width that the head has lost
    large: float = 1.0  # times the usual size


def sitting(phase: float) -> Stance:
    """Somebody who listens, sways and nods; 2 pi later all is the same."""
    return Stance(
        shift=0.040 * np.sin(phase) + 0.010 * np.sin(3 * phase + 1),
        down=0.004 * np.sin(2 * phase),
        lean=np.radians(1.3) * np.sin(phase + 0.6),
        head=5.0 * np.sin(2 * phase + 0.4) + 2.0 * np.sin(3 * phase),
        large=1 + 0.012 * np.sin(phase + 2),
    )


def posed(sprite: Image.Image, width: int, height: int, stance: Stance) -> npt.NDArray[np.uint8]:
    """(height, width, 4): Y, U, V times alpha, alpha. `sprite`: of `person(height)`."""
    mesh = _mesh(stance, width, height)
    moved = sprite.transform((width, height), Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)
    bands = np.asarray(moved)
    # Interpolation may leave a colour brighter than its alpha allows, by a step or two.
    return np.asarray(np.minimum(bands, bands[..., 3:]))


def _mesh(
    stance: Stance, width: int, height: int
) -> list[tuple[tuple[int, int, int, int], tuple[float, ...]]]:
    """Strips of the frame and, for each, the corners in the cut-out that it shows."""
    enlarged = SCALE * height  # the sprite is the cut-out at this scale
    scale = enlarged * stance.large
    shift, down = height * stance.shift, height * stance.down
    pivot_x, pivot_y = width / 2, height * 1.15
    cos, sin = np.cos(stance.lean) / scale, np.sin(stance.lean) / scale
    at_rest = (pivot_y / height - TOP_AT) / SCALE + HAIR_TOP  # the row of the cut-out at the pivot

    def source(x: float, y: float) -> tuple[float, float]:
        dx, dy = x - pivot_x - shift, y - pivot_y - down
        row = at_rest - sin * dx + cos * dy
        aside = cos * dx + sin * dy
        bend = np.clip((NECK - row) / (NECK - CROWN), 0, 1.3)
        aside /= 1 - stance.narrow * min(bend, 1)
        return (HEAD_X + aside - stance.head * bend * bend) * enlarged, row * enlarged

    mesh = []
    for top in range(0, height, STRIP):
        bottom = min(top + STRIP, height)
        corners = (source(0, top), source(0, bottom), source(width, bottom), source(width, top))
        mesh.append(((0, top, width, bottom), tuple(float(v) for corner in corners for v in corner)))
    return mesh


def compose(pose: npt.NDArray[np.uint8], room: Planes) -> Planes:
    """The person before the room, as I420 planes; no noise."""
    small = [clip_y4m.halve(pose[..., band]) for band in (1, 2, 3)]
    cover = np.rint(small[2])
    return (
        _over(pose[..., 0], pose[..., 3], room[0]),
        _over(np.rint(small[0]), cover, room[1]),
        _over(np.rint(small[1]), cover, room[2]),
    )


def _over(premultiplied: npt.NDArray[Any], alpha: npt.NDArray[Any], under: Plane) -> Plane:
    mixed = under.astype(np.uint16) * (255 - alpha.astype(np.uint16))
    return np.asarray(premultiplied.astype(np.uint16) + (mixed + 127) // 255, np.uint8)


class Noise:
    """The noise of a camera: one large field, seen through another window in every frame."""

    def __init__(self, width: int, height: int) -> None:
        self._rng = np.random.default_rng(SEED)
        self._margin = 64
        shape = (height + self._margin, width + self._margin)
        self._luma = np.rint(self._rng.normal(0, LUMA_NOISE, shape)).astype(np.int16)
        self._chroma = np.rint(self._rng.normal(0, CHROMA_NOISE, shape)).astype(np.int16)

    def add(self, planes: Planes) -> Planes:
        y, u, v = (
            np.clip(plane + self._window(field, plane.shape), 0, 255).astype(np.uint8)
            for plane, field in zip(planes, (self._luma, self._chroma, self._chroma), strict=True)
        )
        return y, u, v

    def _window(self, field: npt.NDArray[np.int16], shape: tuple[int, ...]) -> npt.NDArray[np.int16]:
        top, left = (
            int(self._rng.integers(0, have - want + 1)) for have, want in zip(field.shape, shape, strict=True)
        )
        return field[top : top + shape[0], left : left + shape[1]]


def write(out: Path, name: str) -> None:
    """Makes one of CLIPS."""
    clip = CLIPS[name]
    room = background(clip)
    noise = Noise(clip.width, clip.height)
    truth = out / f"{name}_truth.npz"
    part = truth.with_name(truth.name + ".part")
    with (
        clip_y4m.Writer(out / f"{name}.y4m", clip.width, clip.height) as video,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        for key, plane in zip("yuv", room, strict=True):
            _store(archive, f"background_{key}", plane)
        for index, pose in enumerate(poses(person(clip.height), clip)):
            video.write(noise.add(compose(pose, room)))
            _store(archive, f"alpha_{index:04}", pose[..., 3])
            if index % clip_y4m.FPS == 0:
                print(f"{name}: {index} of {clip.frames} frames", flush=True)
    part.replace(truth)


def _store(archive: zipfile.ZipFile, key: str, array: Plane) -> None:
    """As numpy.savez does, but one array at a time and with a fixed date."""
    entry = zipfile.ZipInfo(f"{key}.npy")
    entry.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(entry, "w") as stream:
        np.lib.format.write_array(stream, np.ascontiguousarray(array))


def _scaled(
    plane: npt.NDArray[Any], size: tuple[int, int], filter_: Image.Resampling
) -> npt.NDArray[np.float32]:
    return np.asarray(Image.fromarray(plane.astype(np.float32)).resize(size, filter_))


def _bytes(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


if __name__ == "__main__":
    for wanted in sys.argv[2:]:
        write(Path(sys.argv[1]), wanted)
