"""Labelled material: pictures with masks, and films with one alpha a frame.

A folder is read as it is found:

    DIR/images/NAME.jpg  DIR/masks/NAME.png     pictures; also png, webp
    DIR/frames.mp4       DIR/masks/00000.png    a clip; any one film beside masks/, masks in their order
    DIR/A/...            DIR/B/...              clips or pictures in folders of their own

Masks are grey, 0 the room and 255 the person, in the picture's size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from .errors import EvaluationError

Array = npt.NDArray[Any]

PICTURES = (".jpg", ".jpeg", ".png", ".webp")
FILMS = (".mp4", ".mkv", ".webm", ".mov", ".avi")
LAYOUT = "expected images/ and masks/, or a film and masks/, or folders of these"


@dataclass(frozen=True)
class Labelled:
    """One picture. `rgb`: u8 (height, width, 3). `alpha`: u8 (height, width), 255 is the person."""

    name: str
    rgb: Array
    alpha: Array


@dataclass(frozen=True)
class Pictures:
    """Pictures that have nothing to do with one another."""

    name: str
    files: tuple[tuple[Path, Path], ...]

    def __iter__(self) -> Iterator[Labelled]:
        for picture, mask in self.files:
            yield _checked(picture.stem, _rgb(picture), mask)

    def __len__(self) -> int:
        return len(self.files)

    def thinned(self, every: int, most: int) -> Pictures:
        """Each `every`th, and of these `most`, evenly chosen."""
        return Pictures(self.name, tuple(_evenly(self.files[::every], most)))


@dataclass(frozen=True)
class Clip:
    """Frames one after the other; `part`: the film may go on after the last mask."""

    name: str
    film: Path
    masks: tuple[Path, ...]
    part: bool = False

    def __iter__(self) -> Iterator[Labelled]:
        frames = 0
        for rgb in frames_of(self.film):
            if frames == len(self.masks) and self.part:
                return
            if frames < len(self.masks):
                yield _checked(f"{self.name} {frames:05d}", rgb, self.masks[frames])
            frames += 1
        if frames != len(self.masks):
            raise EvaluationError(f"{self.film} has {frames} frames, but there are {len(self.masks)} masks")

    def __len__(self) -> int:
        return len(self.masks)

    def thinned(self, every: int, most: int) -> Clip:
        """Its first `most` frames: one after the other, whatever `every` says."""
        return Clip(self.name, self.film, self.masks[:most], part=True)


Part = Pictures | Clip


def read(folder: Path, most: int | None = None) -> list[Part]:
    """What the folder holds, `most` pictures (evenly chosen) or frames (the first) of each part.

    Raises EvaluationError if there is nothing in it, or something without its counterpart.
    """
    if not folder.is_dir():
        raise EvaluationError(f"{folder} is no folder")
    parts = list(_parts(folder, most))
    if not parts:
        raise EvaluationError(f"{folder} holds nothing labelled: {LAYOUT}")
    return parts


def frames_of(film: Path) -> Iterator[Array]:
    """u8 (height, width, 3), one after the other; raises EvaluationError if it cannot be decoded."""
    import av

    try:
        with av.open(str(film)) as reader:
            for frame in reader.decode(video=0):
                yield frame.to_ndarray(format="rgb24")
    except (av.FFmpegError, IndexError) as error:  # IndexError: there is no video in it
        raise EvaluationError(f"{film} cannot be decoded: {error}") from error


def _parts(folder: Path, most: int | None) -> Iterator[Part]:
    masks = folder / "masks"
    if not masks.is_dir():
        for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
            yield from _parts(inner, most)
        return
    if (folder / "images").is_dir():
        yield Pictures(folder.name, tuple(_evenly(_pairs(folder / "images", masks), most)))
        return
    films = sorted(path for path in folder.iterdir() if path.suffix.lower() in FILMS)
    if len(films) != 1:
        raise EvaluationError(f"{folder} has masks/ and {len(films)} films: {LAYOUT}")
    found = sorted(masks.glob("*.png"))
    if not found:
        raise EvaluationError(f"{masks} holds no .png")
    numbers = [int(mask.stem) for mask in found if mask.stem.isdecimal()]
    for before, after in pairwise(numbers):
        if after != before + 1:
            raise EvaluationError(f"{masks} has {before} and then {after}: each frame needs its mask")
    yield Clip(folder.name, films[0], tuple(found[:most]), part=most is not None and most < len(found))


def _pairs(images: Path, masks: Path) -> list[tuple[Path, Path]]:
    pictures = sorted(path for path in images.iterdir() if path.suffix.lower() in PICTURES)
    if not pictures:
        raise EvaluationError(f"{images} holds no picture ({', '.join(PICTURES)})")
    pairs = [(picture, masks / f"{picture.stem}.png") for picture in pictures]
    for picture, mask in pairs:
        if not mask.is_file():
            raise EvaluationError(f"{picture} has no mask: {mask} is missing")
    return pairs


def _evenly(pairs: Sequence[tuple[Path, Path]], most: int | None) -> Sequence[tuple[Path, Path]]:
    if most is None or most >= len(pairs):
        return pairs
    return [pairs[index * len(pairs) // most] for index in range(most)]


def _rgb(file: Path) -> Array:
    return _opened(file, "RGB")


def _opened(file: Path, mode: str) -> Array:
    try:
        with Image.open(file) as picture:
            return np.asarray(picture.convert(mode))
    except (OSError, UnidentifiedImageError) as error:
        raise EvaluationError(f"{file} cannot be read as a picture: {error}") from error


def _checked(name: str, rgb: Array, mask: Path) -> Labelled:
    alpha = _opened(mask, "L")
    if alpha.shape != rgb.shape[:2]:
        sizes = f"{alpha.shape[1]}x{alpha.shape[0]}, the picture {rgb.shape[1]}x{rgb.shape[0]}"
        raise EvaluationError(f"{mask} is {sizes}: both must be of one size")
    return Labelled(name, rgb, alpha)
