"""From folders and films to the files that training reads: the people with their alpha, and rooms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from evaluation import labelled

from . import rooms
from .errors import TrainingError
from .framing import HEIGHT, WIDTH, bounds
from .material import People, Rooms, views, write_people, write_rooms
from .panoramas import read as read_panorama
from .panoramas import views as in_panorama
from .teacher import Teacher, as_alpha, calm
from .textures import texture

Array = npt.NDArray[Any]

DRAWN, SEEN = "drawn", "seen"  # sets of rooms that every configuration has
TEXTURES = "textures"
PLATE_FRAMES = 25  # of a film, to find what stands behind the person
BUST, ABOVE = 0.5, 0.12  # of a person's height in the picture: what a portrait shows of them, and above them
LOOSE = 0.02  # of a portrait's height: how far the teacher may see more of the person than their mask does
BEHIND = 12  # alpha below which the room is seen


def prepare(config: dict[str, Any], material: Path, teacher: Path, out: Path) -> Iterator[str]:
    """Writes what `config` names, unless it is there; yields what was done. Raises TrainingError if what is
    there was made with other settings.
    """
    seed = config["seed"]
    for people in config["people"]:
        folder, settings = out / people["name"], _without_weight(people)
        if _is_made(folder, settings):
            yield f"{people['name']}: there already"
            continue
        source = material / people["folder"]
        if not source.is_dir():
            raise TrainingError(f"{source} is missing: --material names the folder with {people['folder']}")
        if people["labels"] == "teacher":
            found = _films(source, people["films"], Teacher(teacher), people.get("columns", [0, 1]))
        elif people["labels"] == "portraits":
            found = _portraits(source, people.get("leave_out_every", 0), Teacher(teacher))
        else:
            found = _pictures(source, people.get("leave_out_every", 0))
        yield f"{people['name']}: {write_people(folder, found)} pictures"
        _mark(folder, settings)
    for number, name in enumerate(room_sets(config)):
        file, made_of = out / f"rooms_{name}.npy", _rooms_settings(config, number, name)
        if _is_made(file, made_of):
            yield f"rooms {name}: there already"
            continue
        rng = np.random.default_rng([seed, number])
        yield f"rooms {name}: {write_rooms(file, _rooms(config, name, rng, material, out))}"
        _mark(file, made_of)


def prepared(config: dict[str, Any], out: Path) -> tuple[list[tuple[People, float]], Rooms]:
    """What `prepare` has written; raises TrainingError if it is not there, or of other settings."""
    sets = []
    for people in config["people"]:
        if not _is_made(out / people["name"], _without_weight(people)):
            raise TrainingError(f"{out / people['name']} is not prepared: run train.py with --prepare first")
        sets.append((People(out / people["name"]), float(people["weight"])))
    return sets, Rooms([out / f"rooms_{name}.npy" for name in room_sets(config)])


def room_sets(config: dict[str, Any]) -> list[str]:
    """The names of the sets of rooms."""
    names = [DRAWN, SEEN, *(each["name"] for each in config["rooms"].get("panoramas", []))]
    return [*names, TEXTURES] if TEXTURES in config["rooms"] else names


def _panoramas(config: dict[str, Any], name: str) -> dict[str, Any] | None:
    return next((each for each in config["rooms"].get("panoramas", []) if each["name"] == name), None)


def _rooms_settings(config: dict[str, Any], number: int, name: str) -> dict[str, Any]:
    """All that decides what is in a set of rooms."""
    rooms_ = config["rooms"]
    if name == TEXTURES:
        return {"seed": [config["seed"], number], "rooms": rooms_[TEXTURES]}
    return {
        "seed": [config["seed"], number],
        "rooms": _panoramas(config, name) or [rooms_["drawn"], rooms_["views"]],
        "of": [_without_weight(people) for people in config["people"]],
    }


def _rooms(
    config: dict[str, Any], name: str, rng: np.random.Generator, material: Path, out: Path
) -> Iterator[Array]:
    rooms_ = config["rooms"]
    if panoramas := _panoramas(config, name):
        for file in panoramas["files"]:
            yield from in_panorama(
                read_panorama(material / panoramas["folder"] / file), rng, panoramas["views"]
            )
    elif name == TEXTURES:
        yield from (texture(rng) for _ in range(rooms_[TEXTURES]))
    elif name == DRAWN:
        yield from (rooms.room(rng) for _ in range(rooms_["drawn"]))
    else:
        for people in config["people"]:
            yield from _behind(People(out / people["name"]), rng, rooms_["views"])


def _without_weight(people: dict[str, Any]) -> dict[str, Any]:
    """What its pictures depend on."""
    return {key: value for key, value in people.items() if key != "weight"}


def _marker(made: Path) -> Path:
    return made.with_name(f"{made.name}.settings.json")


def _mark(made: Path, settings: dict[str, Any]) -> None:
    """Last: what was interrupted has no mark."""
    _marker(made).write_text(json.dumps(settings), "utf-8")


def _is_made(made: Path, settings: dict[str, Any]) -> bool:
    marker = _marker(made)
    if not marker.is_file():
        return False
    if json.loads(marker.read_text("utf-8")) != json.loads(json.dumps(settings)):
        raise TrainingError(f"{made} was prepared with other settings: remove it and {marker.name}")
    return True


def _pictures(folder: Path, leave_out_every: int) -> Iterator[tuple[str, int, Array, Array]]:
    for part in labelled.read(folder):
        for index, one in enumerate(part):
            if leave_out_every and index % leave_out_every == 0:
                continue
            take = part.name if isinstance(part, labelled.Clip) else f"{part.name}/{one.name}"
            yield take, index, one.rgb, one.alpha


def _portraits(
    folder: Path, leave_out_every: int, teacher: Teacher
) -> Iterator[tuple[str, int, Array, Array]]:
    """Head and shoulders of each picture, 4:3, with the edge as the teacher sees it from near: masks drawn by
    hand of the whole picture are coarse at the hair.
    """
    for take, index, rgb, mask in _pictures(folder, leave_out_every):
        rows, columns = mask.shape
        _, top, _, bottom = bounds(mask)
        high = min(round((BUST + ABOVE) * (bottom - top)), rows)
        wide = min(round(high * 4 / 3), columns)
        above = int(np.clip(top - round(ABOVE * (bottom - top)), 0, rows - high))
        middle = ndimage.center_of_mass(mask[above : above + high // 2] > 127)[1]
        left = int(np.clip(middle - wide / 2, 0, columns - wide)) if np.isfinite(middle) else 0
        part = np.s_[above : above + high, left : left + wide]
        near = ndimage.binary_dilation(mask[part] > 127, iterations=max(1, round(LOOSE * high)))
        alpha = as_alpha(teacher.mask(rgb[part]), (high, wide))
        yield take, index, rgb[part], np.where(near, alpha, 0)


def _films(
    folder: Path, pattern: str, teacher: Teacher, columns: list[float]
) -> Iterator[tuple[str, int, Array, Array]]:
    """`columns`: the part of the width that is kept, where others stand at the sides."""
    files = sorted(folder.glob(pattern))
    if not files:
        raise TrainingError(f"{folder} holds no {pattern}")
    for file in files:
        for index, (rgb, alpha) in enumerate(calm(labelled.frames_of(file), teacher)):
            kept = slice(*(round(share * rgb.shape[1]) for share in columns))
            yield file.stem, index, rgb[:, kept], alpha[:, kept]


def _behind(people: People, rng: np.random.Generator, count: int) -> Iterator[Array]:
    """Parts of pictures beside the person; of a film, of the room as it is seen when nobody is before it."""
    takes: dict[str, list[int]] = {}
    for at in range(len(people)):
        takes.setdefault(people[at].take, []).append(at)
    for members in takes.values():
        chosen = members[:: max(1, len(members) // PLATE_FRAMES)]
        pictures = np.stack([people[at].rgb for at in chosen])
        hidden = np.stack([people[at].alpha >= BEHIND for at in chosen])
        known = np.asarray(~hidden.all(0))
        weights = (~hidden).astype(np.float32)[..., None]
        plate = (pictures * weights).sum(0) / np.maximum(weights.sum(0), 1)
        part = _free(plate.astype(np.uint8), known)
        if part is not None:
            yield from views(part, (WIDTH, HEIGHT), rng, count if len(members) == 1 else 4 * count)


def _free(picture: Array, known: Array) -> Array | None:
    """The widest strip, over the whole height, in which all is known; None if it is too narrow to use."""
    columns = np.flatnonzero(~known.all(0))
    edges = [-1, *columns.tolist(), known.shape[1]]
    left, right = max(pairwise(edges), key=lambda gap: gap[1] - gap[0])
    if right - left - 1 < 0.25 * known.shape[0]:
        return None
    return np.ascontiguousarray(picture[:, left + 1 : right])
