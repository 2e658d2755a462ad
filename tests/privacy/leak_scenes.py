"""Scenes for bench_leak: people of known alpha before two secret rooms, and clips with a true alpha.

Each moment of a scene is rendered up to three times, with the same noise: the person before room A, before
room B, and another person (the same one, textured) before room A.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

import leak_rooms
from blurstream.record import planes_of
from blurstream_build import clip_portrait, clip_y4m
from blurstream_build.clip_portrait import Clip, Noise
from blurstream_build.clip_y4m import Planes
from leak_rooms import Rooms

Array = npt.NDArray[Any]

SURE_PERSON = 0.95  # true alpha above which a pixel is the person's
KEYED = "franck_orig"
# Of the height: how far the wall may have run into the keyed person, in luma and in the coarser chroma.
WALL_REACH = (0.01, 0.024, 0.024)
FILL_BLUR_PX = 1.5
HOLE_REACH = 0.035  # of the height: deeper inside the person than this, a grey alpha is the key's mistake


@dataclass(frozen=True)
class Moment:
    """`alpha`: true, u8. `pose`: (height, width, 4), Y, U, V times alpha, and alpha, or None where the person
    alone is not known. `frames`: before A, before B, another person before A; or one recorded frame."""

    alpha: Array
    pose: Array | None
    frames: tuple[Planes, ...]


@dataclass(frozen=True)
class Scene:
    """`rooms` is None for a recorded clip: then nothing can be told about its leaks."""

    width: int
    height: int
    rooms: Rooms | None
    moments: Callable[[], Iterator[Moment]]


def scenes(data: Path | None, seconds: float) -> dict[str, Callable[[], Scene]]:
    """What makes each scene there is material for, by name; the recorded ones need `data`."""
    drawn, coloured = leak_rooms.drawn, leak_rooms.coloured
    found: dict[str, Callable[[], Scene]] = {
        "portrait": partial(_portrait, Clip(640, 480, step=2), drawn, seconds),
        "portrait fast": partial(_portrait, Clip(640, 480, step=4), coloured, seconds),
        "portrait 720p": partial(_portrait, Clip(1280, 720, step=4), drawn, seconds / 2),
    }
    clips = data / "clips_with_alpha" if data else None
    if clips is None or not clips.is_dir():
        return found
    for folder in sorted(clips.iterdir()):
        if not (folder / "frames.mp4").is_file():
            continue
        if folder.name == KEYED:
            found["head"] = partial(_head, folder, drawn, seconds)
            found["head coloured"] = partial(_head, folder, coloured, seconds)
        else:
            found[folder.name] = partial(_recorded, folder, seconds)
    return found


def render(poses: Iterator[Array], rooms: Rooms) -> Iterator[Moment]:
    """Three frames a pose, the noise of a moment the same in each."""
    height, width = rooms.sign.shape
    noises = [Noise(width, height) for _ in range(3)]
    other = leak_rooms.person_texture(height, width).astype(np.int16)
    for pose in poses:
        sure = pose[..., 3] > SURE_PERSON * 255
        textured = pose.copy()
        luma = pose[..., 0].astype(np.int16)
        # Where it would leave the range it goes the other way: the change is of the same size everywhere.
        change = np.where((luma + other > 235) | (luma + other < 16), -other, other)
        textured[..., 0] = np.where(sure, luma + change, luma).astype(np.uint8)
        pairs = zip(noises, (pose, pose, textured), (rooms.a, rooms.b, rooms.a), strict=True)
        frames = tuple(noise.add(clip_portrait.compose(who, room)) for noise, who, room in pairs)
        yield Moment(pose[..., 3], pose, frames)


def _portrait(clip: Clip, room: Callable[[int, int], Rooms], seconds: float) -> Scene:
    """The cut-out portrait, moving `clip.step` times as fast as in the clips."""
    width, height = clip.width, clip.height
    rooms, wanted = room(width, height), round(seconds * clip_y4m.FPS)

    def poses() -> Iterator[Array]:
        left, sprite = wanted, clip_portrait.person(height)
        while left > 0:  # the movement runs on into its beginning
            for pose in clip_portrait.poses(sprite, clip):
                if left == 0:
                    return
                left -= 1
                yield pose

    return Scene(width, height, rooms, lambda: render(poses(), rooms))


def _head(folder: Path, room: Callable[[int, int], Rooms], seconds: float) -> Scene:
    """A recorded head, keyed: true movement and hair, with the wall's colour taken out of its edge."""
    width, height = _size(folder)
    rooms = room(width, height)

    def poses() -> Iterator[Array]:
        for planes, alpha in _clip(folder, seconds):
            yield keyed(planes, alpha)

    return Scene(width, height, rooms, lambda: render(poses(), rooms))


def keyed(planes: Planes, alpha: Array) -> Array:
    """The person alone, (height, width, 4) as in `Moment.pose`; near the edge with colours from further
    inside."""
    height = len(alpha)
    inside = ndimage.distance_transform_edt(alpha > 25)
    alpha = np.where(inside > HOLE_REACH * height, 255, alpha).astype(np.uint8)
    large = [planes[0], *(np.repeat(np.repeat(c, 2, 0), 2, 1) for c in planes[1:])]
    bands = []
    for plane, reach in zip(large, WALL_REACH, strict=True):
        core = (alpha > 250) & (inside > reach * height)
        nearest = ndimage.distance_transform_edt(~core, return_distances=False, return_indices=True)
        # Nearest colours make streaks; a little blur leaves something like hair and cloth out of focus.
        inner = plane[:height, : alpha.shape[1]].astype(np.float32)
        filled = ndimage.gaussian_filter(inner[tuple(nearest)], FILL_BLUR_PX)
        bands.append(np.rint(np.where(core, inner, filled) * (alpha / np.float32(255))))
    pose = np.stack([*bands, alpha], -1).astype(np.uint8)
    return np.asarray(np.minimum(pose, alpha[..., None]))


def _recorded(folder: Path, seconds: float) -> Scene:
    width, height = _size(folder)

    def moments() -> Iterator[Moment]:
        for planes, alpha in _clip(folder, seconds):
            yield Moment(alpha, None, (planes,))

    return Scene(width, height, None, moments)


def _size(folder: Path) -> tuple[int, int]:
    with av.open(str(folder / "frames.mp4")) as reader:
        return reader.streams.video[0].width, reader.streams.video[0].height


def _clip(folder: Path, seconds: float) -> Iterator[tuple[Planes, Array]]:
    """Frames with their masks."""
    masks = sorted((folder / "masks").glob("*.png"))
    with av.open(str(folder / "frames.mp4")) as reader:
        wanted = round(seconds * float(reader.streams.video[0].average_rate or clip_y4m.FPS))
        for frame, mask in zip(reader.decode(video=0), masks[:wanted], strict=False):
            with Image.open(mask) as picture:
                yield planes_of(frame), np.array(picture.convert("L"))
