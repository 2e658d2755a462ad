"""What is measured on: camera pictures, and which of their pixels are surely the person.

Drawn clips have a person of a chosen size, sensor noise and shake, a known alpha and a clean picture without
the noise. Recorded ones are read from a folder that need not be there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image
from scipy import ndimage

from blurstream.record import colours_of, planes_of
from blurstream_build import clip_portrait, clip_y4m
from blurstream_build.clip_portrait import Clip

from .encode import Planes

Array = np.ndarray[Any, Any]
SURE = 230  # of 255: alpha above which a pixel is the person's
ERODED = 2  # pixels between the person's edge and the pixels that count
WIDTH, HEIGHT = 640, 480
# Share of the picture that is the person's -> rows the portrait is made for, rows of it cut off at its top.
PLACES = {0.08: (220, 0), 0.25: (390, 0), 0.45: (560, 45)}
SHAKE_MARGIN = 24  # pixels around the picture that a shaking camera may show
SHAKE_DRIFT, SHAKE_JITTER = 5.0, 0.7  # pixels, standard deviation: the arm's sway, the hand's tremor
SHAKE_DRIFT_FRAMES = 12.0


@dataclass
class Material:
    """A clip. `camera` and `clean`: planes of every frame; `clean` only where noise was added to something.
    `roi`: bool (height, width) of every frame, the pixels that are compared. `alpha`: u8, where it is known.
    `matte_share`: of the picture, that our matte takes for the person's.
    `person_cut`: share of the person that our matte does not show and that is left out of `roi`.
    """

    name: str
    kind: str  # 'drawn' | 'recorded'
    camera: list[Planes]
    roi: list[Array] = field(default_factory=list)
    alpha: list[Array] = field(default_factory=list)
    clean: list[Planes] = field(default_factory=list)
    matrix: str = "bt601"
    full_range: bool = False
    noise: float = 0.0
    shaken: bool = False
    person_cut: float | None = None
    matte_share: float = 0.0

    @property
    def person_share(self) -> float:
        return float(np.mean([mask.mean() for mask in self.roi[::10]]))


def sure(alpha: Array) -> Array:
    """The pixels that are the person's beyond doubt: bool, of u8 alpha."""
    return np.asarray(ndimage.binary_erosion(alpha > SURE, iterations=ERODED), bool)


def drawn(frames: int, share: float, noise: float, shaken: bool) -> Material:
    """The portrait before the drawn room, 640x480 at 30 fps. `share`: a key of PLACES."""
    margin = SHAKE_MARGIN if shaken else 0
    wide, high = WIDTH + 2 * margin, HEIGHT + 2 * margin
    room = clip_portrait.background(Clip(wide, high))
    rows, cut = (round(n * high / HEIGHT) for n in PLACES[share])
    tall = rows // 2 * 2
    clip = Clip(wide, tall)
    path = _path(frames) if shaken else np.zeros((frames, 2))
    rng = np.random.default_rng(int(noise * 10) + 1)
    made = Material(
        f"drawn, {share:.0%}, noise {noise:g}{', hand-held' if shaken else ''}",
        "drawn",
        [],
        noise=noise,
        shaken=shaken,
    )
    for pose, shift in zip(
        itertools.islice(itertools.cycle(clip_portrait.poses(clip_portrait.person(tall), clip)), frames),
        path,
        strict=False,
    ):
        placed = np.zeros((high, wide, 4), np.uint8)
        shown = pose[cut : cut + high]
        placed[high - shown.shape[0] :] = shown
        seen = _shown(clip_portrait.compose(placed, room), shift, margin)
        alpha = _moved(placed[..., 3], shift, margin)
        made.alpha.append(alpha)
        made.clean.append(seen)
        made.camera.append(with_noise(seen, noise, rng))
    if not noise:
        made.clean = []
    return made


def _path(frames: int) -> Array:
    """(rows, columns) of a hand-held camera in every frame, within the margin."""
    rng = np.random.default_rng(5)
    slow = ndimage.gaussian_filter1d(rng.normal(0, 1, (frames, 2)), SHAKE_DRIFT_FRAMES, axis=0, mode="wrap")
    slow *= SHAKE_DRIFT / slow.std()
    path: Array = slow + rng.normal(0, SHAKE_JITTER, (frames, 2))
    return np.asarray(np.clip(path, -SHAKE_MARGIN / 2 + 1, SHAKE_MARGIN / 2 - 1))


def _shown(planes: Planes, shift: Array, margin: int) -> Planes:
    if not margin:
        return planes
    y, u, v = (
        _moved(plane, shift / step, margin // step) for plane, step in zip(planes, (1, 2, 2), strict=True)
    )
    return y, u, v


def _moved(plane: Array, shift: Array, margin: int) -> Array:
    if not margin:
        return plane
    moved = ndimage.shift(plane.astype(np.float32), shift, order=1, mode="nearest")
    return np.asarray(np.rint(moved[margin:-margin, margin:-margin]), np.uint8)


def with_noise(planes: Planes, sigma: float, rng: np.random.Generator) -> Planes:
    """A sensor's noise: luma of `sigma`, chroma of six tenths of it."""
    if not sigma:
        return planes
    y, u, v = (
        np.clip(np.rint(plane + rng.normal(0, s, plane.shape)), 0, 255).astype(np.uint8)
        for plane, s in zip(planes, (sigma, 0.6 * sigma, 0.6 * sigma), strict=True)
    )
    return y, u, v


def noisier(of: Material, sigma: float) -> Material:
    """A recorded clip with a sensor's noise put back, which its compression had taken."""
    rng = np.random.default_rng(int(sigma * 10) + 1)
    camera = [with_noise(planes, sigma, rng) for planes in of.camera]
    return Material(
        f"{of.name}, noise {sigma:g}",
        of.kind,
        camera,
        of.roi,
        of.alpha,
        of.camera,
        of.matrix,
        of.full_range,
        sigma,
        of.shaken,
        of.person_cut,
    )


def recorded(file: Path, frames: int, masks: Path | None = None) -> Material:
    """A clip of a file, cut to even sides. `masks`: a folder of NNNNN.png, 8-bit alpha of every frame."""
    name = file.parent.name if file.stem == "frames" else file.stem
    made = Material(name, "recorded", [])
    for index, planes in enumerate(itertools.islice(_decoded(file, made), frames)):
        made.camera.append(planes)
        if masks is not None:
            high, wide = planes[0].shape
            with Image.open(masks / f"{index:05}.png") as picture:
                alpha = np.asarray(picture.convert("L"))[:high, :wide]
            made.alpha.append(alpha)
    return made


def _decoded(file: Path, into: Material) -> Iterator[Planes]:
    if file.suffix == ".y4m":
        yield from clip_y4m.read(file)
        return
    with av.open(str(file)) as reader:
        for frame in reader.decode(video=0):
            into.matrix, into.full_range = colours_of(frame)
            y, u, v = planes_of(frame)
            high, wide = y.shape[0] // 2 * 2, y.shape[1] // 2 * 2
            yield (
                y[:high, :wide].copy(),
                u[: high // 2, : wide // 2].copy(),
                v[: high // 2, : wide // 2].copy(),
            )
