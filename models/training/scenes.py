"""What the network is shown: pairs of moments of one scene, as a webcam would see them, with the true alpha.

Nearly half are pictures as they are, framed anew; the others are composed: somebody, at times two, in another
room, with pictures of people on its walls that are not to be kept, or nobody at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageFilter

from .camera import Camera
from .framing import HEIGHT, WIDTH, Frame, around, held, within
from .material import People, Person, Rooms
from .textures import patterned

Array = npt.NDArray[Any]

INPUT = (256, 144)  # width, height: the network's
STILL, MOVING = 0.002, 0.012  # of the frame's height, from one moment to the next


@dataclass(frozen=True)
class Mix:
    """How often what happens, 0..1; `least_zoom`: the least share of a room that is seen, 0..1."""

    composed: float = 0.5
    nobody: float = 0.06
    two: float = 0.12
    poster: float = 0.12
    blurred_room: float = 0.3
    patterned: float = 0.0
    least_zoom: float = 0.6
    shaken: float = 0.15
    motion_blur: float = 0.12


class Scenes:
    """Draws pairs; `sets` with how likely each is to be chosen."""

    def __init__(self, sets: Sequence[tuple[People, float]], rooms: Rooms, mix: Mix) -> None:
        weights = np.array([weight for _, weight in sets], np.float64)
        self._sets, self._shares = [people for people, _ in sets], weights / weights.sum()
        self._rooms, self._mix = rooms, mix

    def pair(self, rng: np.random.Generator) -> tuple[Array, Array]:
        """u8 (2, 144, 256, 3) and u8 (2, HEIGHT, WIDTH), two moments of one scene."""
        chance = rng.random()
        if chance < self._mix.nobody:
            moments = self._empty(rng)
        elif chance < self._mix.nobody + self._mix.composed:
            moments = self._composed(rng)
        else:
            moments = self._as_it_is(rng)
        camera = Camera(rng)
        pictures = np.stack([camera.shoot(scene, INPUT) for scene, _ in moments])
        return pictures, np.stack([alpha for _, alpha in moments])

    def _as_it_is(self, rng: np.random.Generator) -> list[tuple[Array, Array]]:
        people, at = self._choose(rng)
        one = people[at]
        other = _next(people, at)
        frame = within(one.alpha, rng)
        later = frame if other is not one else _inside(frame.moved(rng, MOVING), one.alpha)
        return [
            (frame.show(one.rgb), frame.show(one.alpha)),
            (later.show(other.rgb), later.show(other.alpha)),
        ]

    def _composed(self, rng: np.random.Generator) -> list[tuple[Array, Array]]:
        scenes = [Image.fromarray(room) for room in self._room(rng)]
        alphas = [Image.new("L", (WIDTH, HEIGHT)) for _ in scenes]
        for _ in range(2 if rng.random() < self._mix.two else 1):
            people, at = self._choose(rng)
            one = people[at]
            other = _next(people, at)
            frame = around(one.alpha, rng)
            later = frame if other is not one else held(frame.moved(rng, MOVING), one.alpha, frame)
            light = np.exp(rng.normal(0, 0.15)) * np.exp(rng.normal(0, 0.04, 3))
            table = np.minimum(np.arange(256) * light[:, None], 255).astype(int).ravel().tolist()
            blur = rng.random() < self._mix.motion_blur
            for moment, (person, shown) in enumerate(((one, frame), (other, later))):
                fore, alpha = _cut_out(person, shown, rng if blur else None)
                scenes[moment].paste(fore.point(table), mask=alpha)
                alphas[moment] = ImageChops.screen(alphas[moment], alpha)
        return [(np.asarray(scene), np.asarray(alpha)) for scene, alpha in zip(scenes, alphas, strict=True)]

    def _empty(self, rng: np.random.Generator) -> list[tuple[Array, Array]]:
        nothing = np.zeros((HEIGHT, WIDTH), np.uint8)
        return [(room, nothing) for room in self._room(rng)]

    def _room(self, rng: np.random.Generator) -> list[Array]:
        """Twice the same room, or shaken a little from one moment to the next."""
        whole = self._rooms.choose(rng)
        if self._mix.patterned and rng.random() < self._mix.patterned:  # without, the same draws
            whole = patterned(whole, rng)
        if rng.random() < self._mix.poster:
            whole = self._with_poster(whole, rng)
        rows, columns = whole.shape[:2]
        zoom = rng.uniform(self._mix.least_zoom, 0.98)
        wide, high = zoom * columns, zoom * rows
        x, y = rng.uniform(wide / 2, columns - wide / 2), rng.uniform(high / 2, rows - high / 2)
        frame = Frame(x, y, wide, high, mirrored=bool(rng.random() < 0.5))
        later = frame
        if rng.random() < self._mix.shaken:
            later = _inside(frame.moved(rng, STILL), whole[..., 0])
        shown = [frame.show(whole), later.show(whole)]
        if rng.random() < self._mix.blurred_room:
            soft = ImageFilter.GaussianBlur(float(rng.uniform(1, 8)))
            shown = [np.asarray(Image.fromarray(room).filter(soft)) for room in shown]
        return shown

    def _with_poster(self, room: Array, rng: np.random.Generator) -> Array:
        """A framed picture of somebody, or a screen, on the wall."""
        people, at = self._choose(rng)
        person = people[at]
        rows, columns = room.shape[:2]
        high = int(rows * rng.uniform(0.15, 0.45))
        wide = int(high * person.alpha.shape[1] / person.alpha.shape[0])
        if wide >= columns:
            return room
        x, y = rng.integers(columns - wide), rng.integers(max(1, rows - high))
        hung = room.copy()
        edge = int(rng.integers(1, 6))
        hung[max(0, y - edge) : y + high + edge, max(0, x - edge) : x + wide + edge] = rng.integers(0, 256, 3)
        picture = Image.fromarray(person.rgb).resize((wide, high), Image.Resampling.BOX)
        inside = hung[y : y + high, x : x + wide]
        inside[...] = np.asarray(picture)[: inside.shape[0], : inside.shape[1]]
        return hung

    def _choose(self, rng: np.random.Generator) -> tuple[People, int]:
        people = self._sets[rng.choice(len(self._sets), p=self._shares)]
        return people, int(rng.integers(len(people)))


def _next(people: People, at: int) -> Person:
    """The frame after it, if it is of a film; else itself."""
    one = people[at]
    if at + 1 < len(people):
        other = people[at + 1]
        if other.take == one.take and other.index == one.index + 1:
            return other
    return one


def _inside(frame: Frame, picture: Array) -> Frame:
    rows, columns = picture.shape[:2]
    wide, high = min(frame.width, columns), min(frame.height, rows)
    x = float(np.clip(frame.x, wide / 2, columns - wide / 2))
    y = float(np.clip(frame.y, high / 2, rows - high / 2))
    return replace(frame, x=x, y=y, width=wide, height=high)


def _cut_out(
    person: Person, frame: Frame, rng: np.random.Generator | None
) -> tuple[Image.Image, Image.Image]:
    """RGB and L, on the canvas; with `rng` blurred by a movement."""
    fore, alpha = frame.show(person.fore), frame.show(person.alpha)
    if rng is None:
        return Image.fromarray(fore), Image.fromarray(alpha)
    angle, most = rng.uniform(0, 2 * np.pi), 7
    reach = rng.uniform(1, most)
    edges = ((most, most), (most, most))
    wide_fore = np.pad(fore.astype(np.float32), (*edges, (0, 0)), "edge")
    wide_alpha = np.pad(alpha.astype(np.float32), edges, "edge")
    steps = np.linspace(-1, 1, 5)
    layers, weights = np.zeros(fore.shape, np.float32), np.zeros(alpha.shape, np.float32)
    for step in steps:
        y, x = most + round(step * reach * np.sin(angle)), most + round(step * reach * np.cos(angle))
        moved = wide_alpha[y : y + HEIGHT, x : x + WIDTH]
        layers += wide_fore[y : y + HEIGHT, x : x + WIDTH] * moved[..., None]
        weights += moved
    colours = layers / np.maximum(weights, 1e-3)[..., None]
    return Image.fromarray(colours.astype(np.uint8)), Image.fromarray((weights / 5).astype(np.uint8))
