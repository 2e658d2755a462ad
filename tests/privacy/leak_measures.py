"""What an output shows: how much of the room and of the person, how good an edge, how visible the tiles.

Measured from pixels alone, except `Matte`. All is summed up frame by frame; `result` gives plain figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from skimage.color import deltaE_ciede2000, rgb2lab

from blurstream_build import clip_y4m
from blurstream_build.clip_y4m import Planes
from leak_rooms import LUMA_SWING, PERSON_SWING

Array = npt.NDArray[Any]
Figures = dict[str, float]

ROOM = 0.02  # true alpha below which a pixel is the room's
PERSON = 0.95
VISIBLE_LSB = 8  # a difference of two outputs above this counts as interference
RINGS_PX = ((1, 2), (3, 4), (5, 8), (9, 1 << 20))
BAND_PX = 8  # the seam reaches this far from the true edge, at 360 rows; grows with the frame
TILE_PX = 16
LEAKED = 0.25  # weight from which an attacker looks at a pixel
SAME_COLOUR = 4.0  # CIEDE2000: as in the attacks of Weissberg et al. (2025)
REST_LSB = 0.02  # added to both sides of a ratio of steps, so that two still pictures give 1


def near_edge(alpha: Array) -> Array:
    """bool: the pixels within the seam's band around the true edge."""
    reach = round(BAND_PX * len(alpha) / 360)
    person = ndimage.maximum_filter(alpha, 2 * reach + 1) >= ROOM * 255
    return np.asarray(person & (ndimage.minimum_filter(alpha, 2 * reach + 1) <= PERSON * 255))


def _count(where: Array) -> int:
    return int(np.count_nonzero(where))


class Leak:
    """T1, the weight of the room in the output, and T2, whether the output tells one room from another."""

    def __init__(self, sign: Array) -> None:
        """`sign`: -1 or 1 at each pixel, which of the two rooms is brighter by 2 LUMA_SWING."""
        self._over = sign.astype(np.float32) / (2 * LUMA_SWING)
        self._background = np.zeros(sign.shape, bool)
        self.most = np.zeros(sign.shape, np.float32)
        self.interfered = np.zeros(sign.shape, bool)
        self._frames = 0
        self._shown = 0.0
        self._best: list[Array] = []
        self._rings = np.zeros((len(RINGS_PX), 2))

    def add(self, alpha: Array, before_a: Sequence[Array], before_b: Sequence[Array]) -> None:
        """`alpha`: true, u8. `before_a`, `before_b`: Y, U, V of the two outputs."""
        room = alpha < ROOM * 255
        self._background |= room
        self._frames += 1
        weight = (before_a[0].astype(np.float32) - before_b[0]) * self._over
        # No more of the room can be shown than the camera saw: the rest is two mattes that differ.
        np.minimum(weight, 1 - alpha / np.float32(255), out=weight)
        self._keep(weight > self.most, before_a)
        np.maximum(self.most, weight, out=self.most)
        self._shown += _count((weight > 0.5) & room) / max(_count(room), 1)
        differs = _differ(before_a, before_b) & room
        self.interfered |= differs
        distance = ndimage.distance_transform_cdt(room, "chessboard")
        for ring, (least, most) in zip(self._rings, RINGS_PX, strict=True):
            within = (distance >= least) & (distance <= most)
            ring += _count(differs & within), _count(within)

    def _keep(self, better: Array, shown: Sequence[Array]) -> None:
        if not self._best:
            self._best = [plane.copy() for plane in shown]
        for best, plane in zip(self._best, shown, strict=True):
            step = len(better) // len(best)
            np.copyto(best, plane, where=better[::step, ::step])

    def recovered(self, room: Planes) -> Figures:
        """What an attacker has of the room who knows of each pixel in which frame most of it was shown."""
        y, u, v = self._best
        labs = [rgb2lab(clip_y4m.to_rgb(planes)) for planes in ((y, u, v), room)]
        found = (self.most > LEAKED) & (deltaE_ciede2000(*labs) < SAME_COLOUR) & self._background
        return {"T1 recovered, %": 100 * _count(found) / max(_count(self._background), 1)}

    def result(self) -> Figures:
        background = max(_count(self._background), 1)

        def ever(shown: Array) -> float:
            return 100 * _count(shown & self._background) / background

        rings = {
            f"T2 ring {name} px, %": 100 * float(n / max(of, 1))
            for name, (n, of) in zip(("0-2", "2-4", "4-8", "8+"), self._rings, strict=True)
        }
        differ, of = self._rings.sum(0)
        return {
            "T1 ever > 25 %, %": ever(self.most > 0.25),
            "T1 ever > 50 %, %": ever(self.most > 0.5),
            "T1 per frame > 50 %, %": 100 * self._shown / max(self._frames, 1),
            "T2 ever, %": ever(self.interfered),
            "T2 per frame, %": 100 * float(differ / max(of, 1)),
            **rings,
        }


def _differ(one: Sequence[Array], other: Sequence[Array]) -> Array:
    """bool, of luma's size: some plane differs visibly."""
    luma, *chroma = (np.abs(a.astype(np.int16) - b) > VISIBLE_LSB for a, b in zip(one, other, strict=True))
    large = np.repeat(np.repeat(chroma[0] | chroma[1], 2, 0), 2, 1)
    return np.asarray(luma | large[: luma.shape[0], : luma.shape[1]])


class Cut:
    """How much of the person is missing: two people who differ in texture give the same output there."""

    def __init__(self) -> None:
        self._missing = self._person = 0

    def add(self, alpha: Array, one: Array, other: Array) -> None:
        """`one`, `other`: luma of the outputs for a person and for one who differs by PERSON_SWING."""
        person = alpha > PERSON * 255
        # As many signs of either kind in every few pixels: the size of the difference says enough.
        own = np.abs(one.astype(np.int16) - other) >= PERSON_SWING / 2
        self._missing += _count(person & ~own)
        self._person += _count(person)

    def result(self) -> Figures:
        return {"person cut, %": 100 * self._missing / max(self._person, 1)}


class Matte:
    """The matte against the true alpha; the only measure that looks inside."""

    def __init__(self) -> None:
        self._frames = 0
        self._iou = self._band = self._flicker = 0.0
        self._before: tuple[Array, Array] | None = None

    def add(self, alpha: Array, ours: Array) -> None:
        """Both u8, of the frame's size."""
        self._frames += 1
        a, b = alpha > 127, ours > 127
        self._iou += _count(a & b) / max(_count(a | b), 1)
        wrong = ours.astype(np.float32) - alpha
        band = near_edge(alpha)
        self._band += float(np.abs(wrong[band]).mean()) / 255 if band.any() else 0.0
        if self._before is not None:
            true_before, ours_before = self._before
            moved = (ours.astype(np.float32) - ours_before) - (alpha.astype(np.float32) - true_before)
            self._flicker += float(np.sqrt(np.mean((moved / 255) ** 2)))
        self._before = alpha.copy(), ours.copy()

    def result(self) -> Figures:
        frames = max(self._frames, 1)
        return {
            "IoU, %": 100 * self._iou / frames,
            "MAD in the band, x1000": 1000 * self._band / frames,
            "dtSSD, x100": 100 * self._flicker / max(frames - 1, 1),
        }


class Seam:
    """The output at the person's edge against the ideal: true person, true alpha, blurred room."""

    def __init__(self) -> None:
        self._sums = np.zeros(3)
        self._frames = 0
        self._before: Array | None = None

    def add(self, band: Array, output: Sequence[Array], ideal: Sequence[Array]) -> None:
        """`output`, `ideal`: Y, U, V; `band`: bool, of luma's size."""
        wrong = [a.astype(np.float32) - b for a, b in zip(output, ideal, strict=True)]
        luma = wrong[0]
        half = band[::2, ::2]
        if band.any() and half.any():
            colour = (np.abs(wrong[1][half]).mean() + np.abs(wrong[2][half]).mean()) / 2
            flicker = 0.0 if self._before is None else np.abs(luma - self._before)[band].mean()
            self._sums += np.abs(luma[band]).mean(), colour, flicker
            self._frames += 1
        self._before = luma

    def result(self) -> Figures:
        names = ("seam error Y, LSB", "seam error UV, LSB", "seam flicker Y, LSB")
        frames = max(self._frames, 1)
        return dict(zip(names, (self._sums / frames).tolist(), strict=True))


class Popping:
    """Steps across tile borders against steps inside tiles, of what changed since the frame before."""

    def __init__(self) -> None:
        self._steps: dict[str, Array] = {}
        self._before: Array | None = None

    def add(self, alpha: Array, luma: Array) -> None:
        """`alpha`: true, u8; `luma`: of the output, u8."""
        now = luma.astype(np.int16)
        seam = near_edge(alpha)
        room = (alpha < ROOM * 255) & ~seam
        self._tally("still room", now, room)
        if self._before is not None:
            change = now - self._before
            self._tally("room", change, room)
            self._tally("seam", change, seam)
            self._tally("all", change, np.ones(luma.shape, bool))
        self._before = now

    def _tally(self, name: str, picture: Array, region: Array) -> None:
        """Histograms of the steps' sizes, [inside, border]."""
        counts = self._steps.setdefault(name, np.zeros((2, 512), np.int64))
        for values, where in ((picture, region), (picture.T, region.T)):
            steps = np.abs(values[:, 1:] - values[:, :-1])
            both = where[:, 1:] & where[:, :-1]
            border = slice(TILE_PX - 1, None, TILE_PX)
            at_border = np.bincount(steps[:, border][both[:, border]], minlength=512)
            counts[1] += at_border
            counts[0] += np.bincount(steps[both], minlength=512) - at_border

    def result(self) -> Figures:
        figures: Figures = {}
        sizes = np.arange(512)
        for name, counts in self._steps.items():
            inside, border = ((c * sizes).sum() / max(c.sum(), 1) for c in counts)
            figures[f"tile step {name}, ratio"] = float((border + REST_LSB) / (inside + REST_LSB))
            if name == "room":
                worst = [int(np.searchsorted(np.cumsum(c), 0.999 * c.sum())) for c in counts]
                figures["tile step room p99.9 border, LSB"] = worst[1]
                figures["tile step room p99.9 inside, LSB"] = worst[0]
        return figures
