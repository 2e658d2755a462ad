"""Which part of a picture a frame shows: what a camera sees, stretched as the pipeline does it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Array = npt.NDArray[Any]

WIDTH, HEIGHT = 512, 288  # of the canvas: twice the network's input
SHAPES = (16 / 9, 4 / 3, 3 / 4, 9 / 16, 1.0)  # of cameras' frames, width over height
SHARES = (0.45, 0.28, 0.12, 0.08, 0.07)
COARSE = 2  # every second pixel says where somebody is
PRESENT = 40  # alpha from which a pixel is looked at in finding where the person is


@dataclass(frozen=True)
class Frame:
    """A rectangle in a picture's pixels: `x`, `y` its middle, `turn` in radians."""

    x: float
    y: float
    width: float
    height: float
    turn: float = 0.0
    mirrored: bool = False

    def show(self, picture: Array) -> Array:
        """u8 (…, 3) or (…): the rectangle on the canvas; black outside the picture."""
        image = Image.fromarray(picture)
        shrunk = max(1, int(min(self.width / WIDTH, self.height / HEIGHT) + 0.25))
        if shrunk > 1:
            image = image.reduce(shrunk)
        wide, high = self.width / WIDTH / shrunk, self.height / HEIGHT / shrunk
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        flip = -1 if self.mirrored else 1
        a, b = flip * wide * cos, -high * sin
        d, e = flip * wide * sin, high * cos
        c = self.x / shrunk - a * WIDTH / 2 - b * HEIGHT / 2
        f = self.y / shrunk - d * WIDTH / 2 - e * HEIGHT / 2
        shown = image.transform(
            (WIDTH, HEIGHT), Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.BILINEAR
        )
        return np.asarray(shown)

    def moved(self, rng: np.random.Generator, most: float) -> Frame:
        """A moment later: shifted by up to `most` of its height, a little nearer or farther."""
        x, y = rng.normal(0, most * self.height / 2, 2)
        zoom = float(np.exp(rng.normal(0, 0.004)))
        turn = self.turn + (rng.normal(0, 0.004) if self.turn else 0.0)
        return replace(
            self, x=self.x + x, y=self.y + y, width=self.width * zoom, height=self.height * zoom, turn=turn
        )


def shape(rng: np.random.Generator) -> float:
    return float(rng.choice(SHAPES, p=SHARES))


def within(alpha: Array, rng: np.random.Generator) -> Frame:
    """A frame inside the picture that shows at least part of the person, from all of it to a tight crop."""
    rows, columns = alpha.shape
    aspect = shape(rng)
    largest = min(rows, columns / aspect)
    height = largest * rng.uniform(0.45, 1.0) ** 0.7
    width = height * aspect
    left, top, right, bottom = bounds(alpha)
    x = rng.normal((left + right) / 2, 0.2 * width)
    # Faces matter more than hips: nearer to the head than to the middle.
    y = (
        rng.uniform(top - 0.1 * height, bottom)
        if rng.random() < 0.3
        else top + rng.uniform(0.2, 0.6) * height
    )
    return Frame(
        float(np.clip(x, width / 2, columns - width / 2)),
        float(np.clip(y, height / 2, rows - height / 2)),
        width,
        height,
        mirrored=bool(rng.random() < 0.5),
    )


def around(alpha: Array, rng: np.random.Generator) -> Frame:
    """A frame to cut the person out for: they may be small in it, or larger than it; where the picture has
    cut them off the frame ends.
    """
    rows, columns = alpha.shape
    left, top, right, bottom = bounds(alpha)
    aspect = shape(rng)
    height = (bottom - top) / float(np.exp(rng.uniform(np.log(0.4), np.log(1.9))))
    cut_left, cut_right = ((alpha[:, side] > PRESENT).mean() > 0.02 for side in (0, -1))
    if cut_left and cut_right:
        height = min(height, columns / aspect)
    width = height * aspect
    above = top - rng.uniform(-0.12, 0.4) * height
    if (alpha[0] > PRESENT).any():
        height = min(height, rows)
        width = height * aspect
        above = max(above, 0.0)
    if (alpha[-1] > PRESENT).any():
        above = min(above, bottom - height)
    x = rng.normal((left + right) / 2, 0.22 * width)
    if cut_left:
        x = max(x, width / 2)
    if cut_right:
        x = min(x, columns - width / 2)
    free = not (cut_left or cut_right or above > bottom - 1.05 * height)
    turn = rng.normal(0, 0.06) if free and rng.random() < 0.5 else 0.0
    return Frame(float(x), above + height / 2, width, height, turn, bool(rng.random() < 0.5))


def held(frame: Frame, alpha: Array, before: Frame) -> Frame:
    """The frame, moved back so that no edge at which the picture has cut the person off comes into it that
    was not there in the one before.
    """
    rows, columns = alpha.shape
    x, y = frame.x, frame.y
    if (alpha[-1] > PRESENT).any():
        y = min(y, max(rows, before.y + before.height / 2) - frame.height / 2)
    if (alpha[0] > PRESENT).any():
        y = max(y, min(0, before.y - before.height / 2) + frame.height / 2)
    if (alpha[:, -1] > PRESENT).any():
        x = min(x, max(columns, before.x + before.width / 2) - frame.width / 2)
    if (alpha[:, 0] > PRESENT).any():
        x = max(x, min(0, before.x - before.width / 2) + frame.width / 2)
    return replace(frame, x=x, y=y)


def bounds(alpha: Array) -> tuple[int, int, int, int]:
    """left, top, right, bottom of who is in it; all of the picture if nobody is."""
    there = alpha[::COARSE, ::COARSE] > PRESENT
    rows, columns = np.flatnonzero(there.any(1)), np.flatnonzero(there.any(0))
    if rows.size == 0:
        return 0, 0, alpha.shape[1], alpha.shape[0]
    left, top, right, bottom = (COARSE * int(at) for at in (columns[0], rows[0], columns[-1], rows[-1]))
    return left, top, min(right + COARSE, alpha.shape[1]), min(bottom + COARSE, alpha.shape[0])
