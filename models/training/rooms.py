"""Drawn rooms, each another one: what stands behind people in calls, and what networks take for people.

Walls, windows, curtains, doors, shelves, lamps, sofas, chairs with headrests, plants, pictures, and coats on
hooks. Flat drawings under uneven light and out of focus; they do not replace photographs, they add things
that photographs at hand lack.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from .framing import HEIGHT, WIDTH

Array = npt.NDArray[Any]
Colour = tuple[int, int, int]

SUPER = 2  # drawn larger, so that edges are smooth
SKIN_LIKE = ((224, 172, 140), (196, 140, 108), (150, 100, 72), (240, 204, 180), (120, 76, 52))


def room(rng: np.random.Generator) -> Array:
    """u8 (HEIGHT, WIDTH, 3)."""
    picture = Image.new("RGB", (WIDTH * SUPER, HEIGHT * SUPER), _tone(rng, 70, 235))
    pen = _Pen(rng, ImageDraw.Draw(picture))
    pen.wall()
    things = [pen.window, pen.door, pen.shelves, pen.frames, pen.coat, pen.plant, pen.lamp, pen.curtain]
    for draw in rng.permutation(len(things))[: rng.integers(1, 6)]:
        things[draw]()
    seats = [pen.sofa, pen.headrest, pen.lamp, pen.plant]
    for draw in rng.permutation(len(seats))[: rng.integers(0, 3)]:
        seats[draw]()
    soft = picture.filter(ImageFilter.GaussianBlur(SUPER * float(rng.choice([0.4, 0.8, 1.5, 3.0]))))
    small = np.asarray(soft.resize((WIDTH, HEIGHT), Image.Resampling.BOX), np.float32)
    return np.clip(small * _light(rng)[..., None], 0, 255).astype(np.uint8)


def _light(rng: np.random.Generator) -> Array:
    """A lamp or a window somewhere, darker away from it, and the unevenness of surfaces."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    at_x, at_y = rng.uniform(-0.2, 1.2) * WIDTH, rng.uniform(-0.3, 0.8) * HEIGHT
    reach = rng.uniform(0.5, 2.0) * WIDTH
    light = rng.uniform(0.45, 0.9) + rng.uniform(0.2, 0.6) * np.exp(
        -((x - at_x) ** 2 + (y - at_y) ** 2) / reach**2
    )
    coarse = rng.standard_normal((HEIGHT // 8, WIDTH // 8)).astype(np.float32)
    uneven = np.asarray(Image.fromarray(coarse).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
    return np.asarray(light * (1 + rng.uniform(0.0, 0.05) * uneven))


def _tone(rng: np.random.Generator, least: int, most: int, colourful: float = 0.25) -> Colour:
    grey = rng.uniform(least, most)
    red, green, blue = np.clip(grey * (1 + colourful * rng.uniform(-1, 1, 3)), 0, 255).astype(int).tolist()
    return red, green, blue


class _Pen:
    """Draws in shares of the picture's width and height."""

    def __init__(self, rng: np.random.Generator, draw: ImageDraw.ImageDraw) -> None:
        self._rng, self._draw = rng, draw

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return x * WIDTH * SUPER, y * HEIGHT * SUPER

    def _box(self, x: float, y: float, wide: float, high: float, colour: Colour, round_: float = 0) -> None:
        corners = [self._at(x, y), self._at(x + wide, y + high)]
        radius = round_ * min(wide * WIDTH, high * HEIGHT) * SUPER
        self._draw.rounded_rectangle(corners, radius, fill=colour)

    def _disc(self, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        self._draw.ellipse([self._at(x - wide, y - high), self._at(x + wide, y + high)], fill=colour)

    def _polygon(self, points: list[tuple[float, float]], colour: Colour) -> None:
        self._draw.polygon([self._at(x, y) for x, y in points], fill=colour)

    def wall(self) -> None:
        rng = self._rng
        if rng.random() < 0.5:
            self._box(0, rng.uniform(0.7, 0.95), 1, 1, _tone(rng, 40, 180))
        if rng.random() < 0.3:  # panels, tiles or a wallpaper
            step, tone = rng.uniform(0.03, 0.12), _tone(rng, 60, 230, 0.1)
            for index in range(int(1 / step) + 1):
                self._box(index * step, 0, rng.uniform(0.1, 0.5) * step, 1, tone)

    def window(self) -> None:
        rng = self._rng
        x, y = rng.uniform(-0.1, 0.8), rng.uniform(-0.1, 0.3)
        wide, high = rng.uniform(0.15, 0.4), rng.uniform(0.3, 0.7)
        frame, sky = _tone(rng, 160, 250, 0.08), _tone(rng, 180, 255, 0.15)
        self._box(x, y, wide, high, frame)
        columns, rows = rng.integers(1, 4), rng.integers(1, 4)
        for column in range(columns):
            for row in range(rows):
                left, top = x + (column + 0.06) * wide / columns, y + (row + 0.06) * high / rows
                self._box(left, top, 0.88 * wide / columns, 0.88 * high / rows, sky)
        if rng.random() < 0.3:
            blind = _tone(rng, 150, 240, 0.1)
            for row in range(int(rng.integers(6, 20))):
                self._box(x, y + row * high / 20, wide, 0.02 * high, blind)

    def curtain(self) -> None:
        rng = self._rng
        x, wide, tone = rng.uniform(0, 0.9), rng.uniform(0.05, 0.2), np.array(_tone(rng, 60, 220))
        folds = int(rng.integers(3, 9))
        for fold in range(folds):
            shade = (tone * rng.uniform(0.75, 1.1)).clip(0, 255).astype(int)
            self._box(x + fold * wide / folds, 0, wide / folds, rng.uniform(0.8, 1.0), tuple(shade.tolist()))

    def door(self) -> None:
        rng = self._rng
        x, tone = rng.uniform(0, 0.85), np.array(_tone(rng, 60, 235))
        wide = rng.uniform(0.12, 0.22)
        self._box(x, rng.uniform(0, 0.2), wide, 1, tuple(tone.tolist()))
        self._disc(x + 0.9 * wide, 0.6, 0.008, 0.012, _tone(rng, 80, 200))

    def shelves(self) -> None:
        rng = self._rng
        x, wide, board = rng.uniform(-0.1, 0.7), rng.uniform(0.2, 0.5), _tone(rng, 50, 220)
        top, step = rng.uniform(0, 0.3), rng.uniform(0.14, 0.28)
        for row in range(int(rng.integers(1, 5))):
            y, pen = top + (row + 1) * step, x
            while pen < x + wide:
                if rng.random() < 0.15:
                    pen += rng.uniform(0.01, 0.08)
                thick, high = rng.uniform(0.008, 0.03), step * rng.uniform(0.5, 0.9)
                self._box(pen, y - high, thick, high, _tone(rng, 30, 230, 0.6))
                pen += thick * 1.05
            self._box(x, y, wide, 0.015, board)

    def frames(self) -> None:
        rng = self._rng
        for _ in range(int(rng.integers(1, 4))):
            x, y = rng.uniform(0, 0.85), rng.uniform(0, 0.5)
            wide, high = rng.uniform(0.06, 0.22), rng.uniform(0.12, 0.4)
            self._box(x, y, wide, high, _tone(rng, 20, 220))
            self._box(x + 0.06 * wide, y + 0.06 * high, 0.88 * wide, 0.88 * high, _tone(rng, 120, 250))
            for _ in range(int(rng.integers(1, 7))):
                self._disc(
                    x + wide * rng.uniform(0.3, 0.7), y + high * rng.uniform(0.3, 0.7),
                    0.25 * wide * rng.random(), 0.25 * high * rng.random(), _tone(rng, 20, 240, 0.6),
                )  # fmt: skip

    def lamp(self) -> None:
        """A shade of skin's colours in front of the wall, often lit: what is taken for a head most often."""
        rng = self._rng
        x, y, wide = rng.uniform(0.02, 0.98), rng.uniform(0.1, 0.6), rng.uniform(0.03, 0.1)
        high = wide * rng.uniform(1.0, 2.4)
        shade: Colour = SKIN_LIKE[rng.integers(len(SKIN_LIKE))]
        if rng.random() < 0.6:
            shade = _tone(rng, 150, 255, 0.2)
        self._box(x - 0.006, y, 0.012, 1, _tone(rng, 20, 160))
        narrow = wide * rng.uniform(0.3, 1.0)
        if rng.random() < 0.3:
            self._disc(x, y, wide, high / 2, shade)
        else:
            half = high / 2
            corners = [
                (x - narrow, y - half),
                (x + narrow, y - half),
                (x + wide, y + half),
                (x - wide, y + half),
            ]
            self._polygon(corners, shade)
        if rng.random() < 0.5:
            self._disc(x, y, 0.5 * wide, 0.3 * high, (255, 250, 225))

    def plant(self) -> None:
        rng = self._rng
        x, y = rng.uniform(0, 1), rng.uniform(0.4, 0.9)
        for _ in range(int(rng.integers(8, 40))):
            angle, length = rng.uniform(0.1, 3.04), rng.uniform(0.05, 0.3)
            tip = (x + 0.6 * length * np.cos(angle), y - length * np.sin(angle))
            side = rng.uniform(0.005, 0.03)
            green = tuple((np.array([60, 110, 50]) * rng.uniform(0.4, 1.6)).clip(0, 255).astype(int).tolist())
            middle = ((x + tip[0]) / 2, (y + tip[1]) / 2)
            self._polygon([(x, y), (middle[0] - side, middle[1]), tip, (middle[0] + side, middle[1])], green)
        self._box(x - 0.04, y, 0.08, 0.15, _tone(rng, 60, 220))

    def sofa(self) -> None:
        rng = self._rng
        x, y, wide = rng.uniform(-0.3, 0.5), rng.uniform(0.5, 0.75), rng.uniform(0.4, 1.0)
        tone = np.array(_tone(rng, 40, 220, 0.4))
        dark = tuple((0.8 * tone).astype(int).tolist())
        self._box(x, y, wide, 0.6, tuple(tone.tolist()), 0.2)
        for cushion in range(int(rng.integers(1, 4))):
            self._box(x + (cushion + 0.05) * wide / 3, y + 0.08, 0.9 * wide / 3, 0.3, dark, 0.3)
            if rng.random() < 0.4:
                self._box(x + cushion * wide / 3, y - 0.03, 0.15 * wide, 0.2, _tone(rng, 40, 240, 0.6), 0.4)

    def headrest(self) -> None:
        """An office chair or a seat, as it stands behind somebody who leans forward, or empty."""
        rng = self._rng
        x, y, wide = rng.uniform(0.25, 0.75), rng.uniform(0.2, 0.7), rng.uniform(0.08, 0.2)
        tone = _tone(rng, 15, 120, 0.4) if rng.random() < 0.7 else _tone(rng, 100, 240, 0.4)
        self._box(x - wide, y, 2 * wide, 1, tone, 0.35)
        if rng.random() < 0.6:
            self._box(x - 0.6 * wide, y - rng.uniform(0.1, 0.2), 1.2 * wide, 0.14, tone, 0.45)

    def coat(self) -> None:
        rng = self._rng
        x, y, wide = rng.uniform(0.05, 0.95), rng.uniform(0.05, 0.35), rng.uniform(0.03, 0.1)
        tone, long = _tone(rng, 20, 200, 0.5), rng.uniform(0.4, 0.8)
        outline = [(x - 0.2 * wide, y), (x + 0.2 * wide, y), (x + wide, y + 0.15)]
        self._polygon(
            [*outline, (x + 0.8 * wide, y + long), (x - 0.9 * wide, y + long), (x - wide, y + 0.15)], tone
        )
