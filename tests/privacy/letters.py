"""Letters on the wall behind a person, and an attacker who knows font, places and blur.

The attacker explains the picture as a sum of blurred letters: each in turn is exchanged for the one that fits
best beside its neighbours, until nothing changes. Closed world: 32 letters, so that chance is 3 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from blurstream.kernels.reference import _spline
from blurstream.plate import gaussian_taps

Array = npt.NDArray[Any]
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
WALL, INK = 190.0, 50.0  # luma
SIDE = 0.24  # of the width, on either side of the person
PITCH = 1.25  # of the cap height, from one letter to the next
STEP = 2  # pixels; what is blurred at all has nothing finer
FAINT = 0.02  # share of a letter's line that is not looked for any more
ROUNDS = 12


@dataclass(frozen=True)
class Text:
    """`places`: (row, column) of each letter's upper left corner; `letters`: indices into ALPHABET."""

    width: int
    height: int
    cap: int
    places: tuple[tuple[int, int], ...]
    letters: Array

    @property
    def words(self) -> str:
        return "".join(ALPHABET[letter] for letter in self.letters)


def text(width: int, height: int, cap: int, seed: int) -> Text:
    """Random letters left and right, as many as have room."""
    step, side = round(PITCH * cap), round(SIDE * width)
    rows = range(step // 2, height - step, step)
    columns = [
        column
        for start in (0, width - side)
        for column in range(start + step // 4, start + side - step, step)
    ]
    places = tuple((row, column) for row in rows for column in columns)
    letters = np.random.default_rng(seed).integers(0, len(ALPHABET), len(places))
    return Text(width, height, cap, places, letters)


@cache
def glyphs(cap: int) -> Array:
    """float32 (32, cap, cap): how much ink is where, 0..1; Pillow's own font."""
    font = ImageFont.load_default(size=100)
    _, top, _, bottom = font.getbbox("H")
    font = ImageFont.load_default(size=100 * cap / (bottom - top))
    made = np.zeros((len(ALPHABET), cap, cap), np.float32)
    for index, letter in enumerate(ALPHABET):
        left, top, right, bottom = font.getbbox(letter)
        picture = Image.new("L", (cap, cap))
        at = ((cap - (right - left)) / 2 - left, (cap - (bottom - top)) / 2 - top)
        ImageDraw.Draw(picture).text(at, letter, fill=255, font=font)
        made[index] = np.asarray(picture, np.float32) / 255
    return made


def wall(text: Text) -> Array:
    """Luma, float32 (height, width)."""
    return WALL + (INK - WALL) * _ink(text, glyphs(text.cap)[text.letters])


def _ink(text: Text, letters: Array) -> Array:
    ink = np.zeros((text.height, text.width), np.float32)
    for (row, column), letter in zip(text.places, letters, strict=True):
        ink[row : row + text.cap, column : column + text.cap] = letter
    return ink


def gaussian(size: int, sigma: float) -> Array:
    """(size / STEP, size): how a row of pixels is blurred, and looked at in every STEPth place."""
    kernel = ndimage.gaussian_filter1d(np.eye(size, dtype=np.float32), sigma, axis=0, mode="constant")
    return np.asarray(kernel[STEP // 2 :: STEP])


def plate(size: int, sigma: float, cell: int) -> Array:
    """The same of our plate: means of cells, their blur, and splines between them."""
    cells = -(-size // cell)
    means = np.kron(np.eye(cells), np.ones(cell))[:, :size] / cell
    taps = gaussian_taps(sigma / cell)
    blur = ndimage.correlate1d(np.eye(cells), taps, axis=0, mode="constant")
    return np.asarray((_spline(size, cell, cells) @ blur @ means)[STEP // 2 :: STEP], np.float32)


def read(seen: Array, text: Text, down: Array, across: Array, room: Array | None = None) -> float:
    """Percent of the letters that the attacker names rightly in `seen`.

    `seen`: luma. `down`, `across`: the blur of columns and of rows. `room`: float32 of its shape, 1 where the
    wall is seen and 0 where the person is, whom a plate leaves out.
    """
    shapes, cap = glyphs(text.cap), text.cap
    weight = down @ (np.ones(seen.shape, np.float32) if room is None else room) @ across.T
    np.maximum(weight, FAINT, out=weight)  # next to nothing of a wall is seen there
    # All that is not known yet is taken for the mean of the letters.
    unknown = np.broadcast_to(shapes.mean(0), (len(text.places), cap, cap))
    left = seen[STEP // 2 :: STEP, STEP // 2 :: STEP] - WALL
    left = left - (INK - WALL) * (down @ _ink(text, unknown) @ across.T) / weight
    templates, windows = [], []
    for row, column in text.places:
        high, wide = down[:, row : row + cap], across[:, column : column + cap]
        window = tuple(slice(*np.flatnonzero(part.sum(1) > FAINT)[[0, -1]] + (0, 1)) for part in (high, wide))
        blurred = np.einsum("ij,gjk,lk->gil", high[window[0]], shapes, wide[window[1]], optimize=True)
        templates.append((INK - WALL) * blurred / weight[window])
        windows.append(window)
    now = np.full(len(text.places), -1)
    for _ in range(ROUNDS):
        before = now.copy()
        for index, (template, window) in enumerate(zip(templates, windows, strict=True)):
            patch = left[window]
            patch += template.mean(0) if now[index] < 0 else template[now[index]]
            now[index] = int(np.argmin(((template - patch) ** 2).sum((1, 2))))
            patch -= template[now[index]]
        if np.array_equal(before, now):
            break
    return 100 * float(np.mean(now == text.letters))
