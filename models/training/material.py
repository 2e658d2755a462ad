"""Pictures of people with their alpha, and of rooms without people, as training reads them: from one file
each, mapped into memory and shared by all who compose scenes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from .errors import TrainingError

Array = npt.NDArray[Any]

ROWS = 320  # pictures are kept at most this high: the network sees 144
SURE = 3.0  # pixels inside the mask from which on a colour is the person's alone
EDGE_BLUR = 0.6  # of masks that know no alpha between 0 and 255, px


@dataclass(frozen=True)
class Person:
    """`rgb`: the picture, u8 (height, width, 3). `fore`: the same with the person's colours continued over
    their edge. `alpha`: u8 (height, width). `index`: its place in time among those of one `take`.
    """

    rgb: Array
    fore: Array
    alpha: Array
    take: str
    index: int


@dataclass(frozen=True)
class _Entry:
    offset: int
    height: int
    width: int
    take: str
    index: int


class People:
    """The people of one prepared set."""

    def __init__(self, folder: Path) -> None:
        listing = folder / "people.json"
        if not listing.is_file():
            raise TrainingError(f"{folder} is not prepared: run train.py with --prepare first")
        self._entries = [_Entry(**entry) for entry in json.loads(listing.read_text("utf-8"))]
        self._bytes = np.memmap(folder / "people.bin", np.uint8, "r")

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, at: int) -> Person:
        entry = self._entries[at]
        pixels = entry.height * entry.width
        values = self._bytes[entry.offset : entry.offset + 7 * pixels]
        shape = (entry.height, entry.width)
        rgb, fore = (values[i * 3 * pixels : (i + 1) * 3 * pixels].reshape(*shape, 3) for i in (0, 1))
        alpha = values[6 * pixels :].reshape(shape)
        return Person(rgb, fore, alpha, entry.take, entry.index)


def write_people(folder: Path, pictures: Iterable[tuple[str, int, Array, Array]]) -> int:
    """Writes (take, index, rgb u8, alpha u8) as `People` reads them; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    entries: list[_Entry] = []
    offset = 0
    with (folder / "people.bin").open("wb") as file:
        for take, index, rgb, alpha in pictures:
            rgb, alpha = _small(rgb), _small(alpha)
            height, width = alpha.shape
            entries.append(_Entry(offset, height, width, take, index))
            for part in (rgb, foreground(rgb, alpha), softened(alpha)):
                file.write(np.ascontiguousarray(part).tobytes())
                offset += part.size
    if not entries:
        raise TrainingError(f"there is nobody for {folder}")
    (folder / "people.json").write_text(json.dumps([asdict(entry) for entry in entries]), "utf-8")
    return len(entries)


def _small(picture: Array) -> Array:
    height, width = picture.shape[:2]
    if height <= ROWS:
        return picture
    size = (round(width * ROWS / height), ROWS)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX))


def softened(alpha: Array) -> Array:
    """A mask that is 0 or 255 gets an edge of about two pixels; any other is left as it is."""
    if np.isin(alpha, (0, 255)).mean() < 0.999:
        return alpha
    return np.asarray(np.rint(ndimage.gaussian_filter(alpha.astype(np.float32), EDGE_BLUR)), np.uint8)


def foreground(rgb: Array, alpha: Array) -> Array:
    """The picture with the person's colours continued outwards from SURE pixels inside their edge, so that
    none of the old room comes along into a new one.
    """
    inside = ndimage.distance_transform_edt(np.pad(alpha > 127, 1, mode="edge"))[1:-1, 1:-1]
    core = inside > SURE
    if not core.any():
        return rgb
    nearest = ndimage.distance_transform_edt(~core, return_distances=False, return_indices=True)
    filled = ndimage.gaussian_filter(rgb[tuple(nearest)].astype(np.float32), (1, 1, 0))
    blend = np.clip((inside - 1) / SURE, 0, 1)[..., None]  # texture again towards the inside
    return np.asarray(np.rint(filled * (1 - blend) + rgb * blend).clip(0, 255), np.uint8)


class Rooms:
    """Pictures without people, all of one size."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._sets = []
        for file in files:
            if not file.is_file():
                raise TrainingError(f"{file} is missing: run train.py with --prepare first")
            try:
                self._sets.append(np.load(file, mmap_mode="r"))
            except ValueError as error:
                raise TrainingError(f"{file} cannot be read: {error}; remove it and prepare anew") from error

    def choose(self, rng: np.random.Generator) -> Array:
        """u8 (height, width, 3); each set as likely as the others."""
        pictures = self._sets[rng.integers(len(self._sets))]
        return np.asarray(pictures[rng.integers(len(pictures))])


def write_rooms(file: Path, pictures: Iterable[Array]) -> int:
    """Writes u8 pictures of one size; returns how many."""
    file.parent.mkdir(parents=True, exist_ok=True)
    found = list(pictures)
    if not found:
        raise TrainingError(f"there is no picture for {file}")
    np.save(file, np.stack(found))
    return len(found)


def views(picture: Array, size: tuple[int, int], rng: np.random.Generator, count: int) -> Iterator[Array]:
    """Parts of a picture, `size` (width, height) each, of any zoom and place, and mirrored at times."""
    width, height = size
    image = Image.fromarray(picture)
    for _ in range(count):
        share = rng.uniform(0.35, 1.0)
        wide = share * min(image.width, image.height * width / height)
        high = wide * height / width
        left, top = rng.uniform(0, image.width - wide), rng.uniform(0, image.height - high)
        part = image.resize(size, Image.Resampling.BILINEAR, (left, top, left + wide, top + high))
        yield np.asarray(part)[:, :: rng.choice((-1, 1))]
