"""Synthetic video calls in NumPy alone, for the kernels' benchmark natively and inside Pyodide.

A head and shoulders of a wanted size before a textured room, with the noise of a camera, each frame with the
mask that a model would give for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Planes = tuple[Array, Array, Array]
Frame = tuple[Planes, Array]  # I420 planes, u8; mask float32 (144, 256), 0..1

MASK_ROWS, MASK_COLUMNS = 144, 256
MASK_EDGE = 24.0  # steepness of the mask: its edge is about three of its pixels wide, as the model's
MASK_NOISE = 0.1  # of the logit: a model never answers twice the same
POSES = 12  # there and back again: neighbouring frames always differ by one pose
CHROMA_NOISE = 0.6  # share of the luma's
WINDOW = 32  # luma pixels by which the window into the field of noise moves, each way
SKIN, CLOTHES, HAIR, MOUTH = 165.0, 88.0, 45.0, 70.0  # luma
GREY = 128.0


@dataclass(frozen=True)
class Motion:
    """What moves between the first pose and the last; shares of the frame's height."""

    sway: float = 0.0  # of the head, against the shoulders
    shift: float = 0.0  # of the whole person
    pan: float = 0.0  # of the camera
    mouth: bool = False
    person: bool = True


MOTIONS = {
    "at rest": Motion(),
    "talking": Motion(sway=0.003, mouth=True),
    "moving": Motion(sway=0.03, shift=0.12, mouth=True),
    "camera moves": Motion(sway=0.01, pan=0.10, mouth=True),
    "nobody there": Motion(person=False),
}


class Scene:
    """Frames of one person, `share` of the picture large, who does what `motion` says."""

    def __init__(
        self, width: int, height: int, share: float, motion: Motion, noise: float = 1.5, seed: int = 1
    ) -> None:
        self.width, self.height, self.motion = width, height, motion
        self.scale = scale_for(share, width / height)
        self._random = np.random.default_rng(seed)
        self._margin = 2 * (round((abs(motion.shift) + abs(motion.pan) + motion.sway) * height) // 4 + 2)
        self._room = self._textured(110.0, 30.0)
        self._person = self._textured(0.0, 10.0)
        self._alpha = self._drawn()
        field = (height + WINDOW, width + WINDOW)
        self._noise = np.rint(self._random.normal(0, noise, field)).astype(np.int16)
        self._poses: dict[int, Planes] = {}

    def frame(self, index: int) -> Frame:
        """Frame `index`, the same movement for every scene of this kind, with noise of its own."""
        pose = self._pose_of(index)
        if pose not in self._poses:
            self._poses[pose] = self._composed(pose)
        y, u, v = self._poses[pose]
        return (self._noisy(y, 1), self._noisy(u, CHROMA_NOISE), self._noisy(v, CHROMA_NOISE)), self._mask(
            pose
        )

    def _pose_of(self, index: int) -> int:
        still = self.motion == Motion(person=self.motion.person)
        phase = index % (2 * POSES - 2)
        return 0 if still else min(phase, 2 * POSES - 2 - phase)

    def _offsets(self, pose: int) -> tuple[float, float, float]:
        """(sway, shift, pan) of a pose, luma pixels, about zero."""
        amount = pose / (POSES - 1) - 0.5
        motion = self.motion
        return (
            motion.sway * self.height * amount,
            motion.shift * self.height * amount,
            (motion.pan * self.height * amount),
        )

    def _textured(self, level: float, contrast: float) -> Planes:
        """Y, U, V with structure large and small, a margin wider than the frame on both sides."""
        rows, columns = self.height, self.width + 2 * self._margin
        planes = []
        for index, (r, c) in enumerate(
            [(rows, columns), (rows // 2, columns // 2), (rows // 2, columns // 2)]
        ):
            y, x = np.mgrid[0:r, 0:c].astype(np.float32) / np.float32(r)
            waves = np.sin(17 * x + 3 * index + level) * np.cos(11 * y) + 0.4 * np.sign(np.sin(9 * x + 5 * y))
            fine = self._random.normal(0, 0.15, (r, c)).astype(np.float32)
            base = level if index == 0 or not level else GREY
            planes.append(base + contrast * (waves + fine) * (1.0 if index == 0 else 0.4))
        return planes[0], planes[1], planes[2]

    def _drawn(self) -> Array:
        """Colours the person's planes; returns their alpha, float32 (height, width + margins), 0..1."""
        rows, columns = self.height, self.width + 2 * self._margin
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
        u, v = (x - columns / 2) / rows, y / rows
        inside, head = _inside(u, v, self.scale)
        luma, *chroma = self._person
        hair = head & ((v - 1) / self.scale + 1 < 0.27)
        luma += np.where(hair, HAIR, np.where(head, SKIN, CLOTHES))
        for plane, skin, cloth in zip(chroma, (112.0, 138.0), (150.0, 106.0), strict=True):
            plane += np.where(head[::2, ::2][: plane.shape[0], : plane.shape[1]], skin, cloth)
        sharp = 0.15 * self.scale * rows  # the edge of the picture is about two pixels wide
        alpha: Array = np.clip(0.5 + inside * sharp, 0, 1) * (1.0 if self.motion.person else 0.0)
        return alpha.astype(np.float32)

    def _composed(self, pose: int) -> Planes:
        """A pose without noise, int16."""
        sway, shift, pan = self._offsets(pose)
        planes = []
        for index, (room, person) in enumerate(zip(self._room, self._person, strict=True)):
            step = 2 if index else 1
            rows, columns, margin = self.height // step, self.width // step, self._margin // step
            picture = np.empty((rows, columns), np.float32)
            at = [round((shift + pan + sway * (1 - row * step / self.height)) / step) for row in range(rows)]
            edges = [0, *(row for row in range(1, rows) if at[row] != at[row - 1]), rows]
            for top, bottom in pairwise(edges):
                left, behind = margin - at[top], margin - round(pan / step)
                alpha = self._alpha[::step, ::step][top:bottom, left : left + columns]
                under = room[top:bottom, behind : behind + columns]
                over = person[top:bottom, left : left + columns]
                picture[top:bottom] = under + alpha * (over - under)
            planes.append(picture)
        if self.motion.mouth:
            self._open_mouth(planes[0], pose, sway + shift + pan)
        y, u, v = (np.rint(plane).astype(np.int16) for plane in planes)
        return y, u, v

    def _open_mouth(self, luma: Array, pose: int, offset: float) -> None:
        size = self.scale * self.height
        middle = (1 + (0.50 - 1) * self.scale) * self.height, self.width / 2 + offset
        tall, wide = (0.005 + 0.035 * pose / (POSES - 1)) * size, 0.055 * size
        y, x = np.ogrid[0 : self.height, 0 : self.width]
        luma[((y - middle[0]) / tall) ** 2 + ((x - middle[1]) / wide) ** 2 < 1] = MOUTH

    def _noisy(self, plane: Array, share: float) -> Array:
        top, left = self._random.integers(0, WINDOW, 2)
        field = self._noise[top : top + plane.shape[0], left : left + plane.shape[1]]
        if share != 1:
            field = np.rint(field * np.float32(share)).astype(np.int16)
        return np.clip(plane + field, 0, 255).astype(np.uint8)

    def _mask(self, pose: int) -> Array:
        if not self.motion.person:
            return np.zeros((MASK_ROWS, MASK_COLUMNS), np.float32)
        sway, shift, pan = self._offsets(pose)
        u, v = _grid(self.width / self.height)
        moved = u - (shift + pan + sway * (1 - v)) / self.height
        logit = _inside(moved, v, self.scale)[0] * MASK_EDGE * self.scale + self._random.normal(
            0, MASK_NOISE, u.shape
        )
        return (1 / (1 + np.exp(-logit))).astype(np.float32)


def scale_for(share: float, aspect: float) -> float:
    """How large to draw the person so that they cover `share` of a picture `aspect` times as wide as high."""
    u, v = _grid(aspect)
    low, high = 0.05, 4.0
    for _ in range(30):
        middle = (low + high) / 2
        covered = float((_inside(u, v, middle)[0] > 0).mean())
        low, high = (middle, high) if covered < share else (low, middle)
    return low


def _inside(u: Array, v: Array, scale: float) -> tuple[Array, Array]:
    """(how far inside the person, positive there; where the head is); u from the middle, v from the top."""
    x, y = u / scale, (v - 1) / scale + 1
    head, body = 1 - np.hypot(x / 0.17, (y - 0.38) / 0.24), 1 - np.hypot(x / 0.42, (y - 1.05) / 0.45)
    return np.maximum(head, body), head > 0


def _grid(aspect: float) -> tuple[Array, Array]:
    rows, columns = np.mgrid[0:MASK_ROWS, 0:MASK_COLUMNS] + 0.5
    return (columns / MASK_COLUMNS - 0.5) * aspect, rows / MASK_ROWS
