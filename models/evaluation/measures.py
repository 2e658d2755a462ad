"""What is measured of a matte against the true alpha.

Intersection over union, precision and recall come from scikit-learn; the rest from the definitions cited at
each function. All of one picture or clip, in the unit of its name; lower is better where it says error, MAD,
dtSSD, flicker, leak or cut.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from sklearn.metrics import accuracy_score, jaccard_score

Array = npt.NDArray[Any]

THRESHOLD = 0.5
BAND = 0.02  # of the diagonal, to either side of the true contour; the width of Boundary IoU, CVPR 2021
TOLERANCE = 0.0075  # of the diagonal: Csurka et al., What is a good evaluation measure…, BMVC 2013
TRIMAP = 20 / 720  # of the height, to either side
ROOM, PERSON = 0.02, 0.95  # true alpha below and above which a pixel is wholly the room's, the person's
STILL = 0.01  # a true alpha that changes by less from frame to frame rests
SHOWN = (0.25, 0.5)  # weight from which a pixel of the room counts as shown


def of_picture(alpha: Array, true: Array) -> dict[str, float]:
    """`alpha`, `true`: float32 (height, width), 0..1. Where a measure has no meaning (no person, no edge)
    it is NaN.
    """
    ours, theirs = alpha >= THRESHOLD, true >= THRESHOLD
    distance = to_contour(theirs)
    diagonal = math.hypot(*true.shape)
    band = distance <= BAND * diagonal
    near = distance <= TRIMAP * true.shape[0]
    room, person = true < ROOM, true > PERSON
    return {
        "IoU, %": 100 * iou(ours, theirs),
        "pixel accuracy, %": 100 * float(accuracy_score(theirs.ravel(), ours.ravel())),
        "boundary F, %": 100 * boundary_f(ours, theirs),
        "band IoU, %": 100 * iou(ours[band], theirs[band]) if band.any() else math.nan,
        "band MAD, x1000": 1000 * _mean(np.abs(alpha - true)[near]),
        "leak, %": 100 * _mean(alpha[room] > THRESHOLD),
        "person cut, %": 100 * _mean(alpha[person] < THRESHOLD),
        "leak in islands, %": 100 * _mean(_islands(ours)[room]),
        "cut in holes, %": 100 * _mean(_holes(ours)[person]),
    }


def iou(ours: Array, theirs: Array) -> float:
    """Intersection over union of two bool masks; 1 if both are empty."""
    if not (ours.any() or theirs.any()):
        return 1.0
    return float(jaccard_score(theirs.ravel(), ours.ravel()))


def _islands(mask: Array) -> Array:
    """The pieces of a bool mask that do not touch the largest one."""
    pieces, count = ndimage.label(mask)
    if count < 2:
        return np.zeros_like(mask)
    largest = int(np.argmax(np.bincount(pieces[mask])))
    return np.asarray(mask & (pieces != largest))


def _holes(mask: Array) -> Array:
    """What a bool mask leaves out and encloses."""
    return np.asarray(ndimage.binary_fill_holes(mask) & ~mask)


def to_contour(mask: Array) -> Array:
    """How far each pixel's centre is from the mask's contour, float, px; inf if there is none. The contour
    runs between pixels: those beside it are half a pixel away.
    """
    if mask.all() or not mask.any():
        return np.full(mask.shape, np.inf)
    inside, outside = ndimage.distance_transform_edt(mask), ndimage.distance_transform_edt(~mask)
    return np.asarray(inside + outside - 0.5)


def boundary_f(ours: Array, theirs: Array) -> float:
    """The BF score: F1 of contour pixels that lie within TOLERANCE of the other contour (Csurka et al.)."""
    edge, true_edge = _edge(ours), _edge(theirs)
    if not edge.any() and not true_edge.any():
        return 1.0
    if not edge.any() or not true_edge.any():
        return 0.0
    reach = TOLERANCE * math.hypot(*ours.shape)
    precision = _mean(ndimage.distance_transform_edt(~true_edge)[edge] <= reach)
    recall = _mean(ndimage.distance_transform_edt(~edge)[true_edge] <= reach)
    return 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


def _edge(mask: Array) -> Array:
    """The mask's pixels beside pixels outside it; the picture's border is none."""
    return np.asarray(mask & ~ndimage.binary_erosion(mask, border_value=1))


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else math.nan


class OfClip:
    """Sums up what only a sequence of frames tells."""

    def __init__(self) -> None:
        self._steps = 0
        self._dtssd = self._flicker = 0.0
        self._background: Array | None = None
        self._most: Array | None = None
        self._before: tuple[Array, Array] | None = None

    def add(self, alpha: Array, true: Array) -> None:
        """The next frame; float32 (height, width), 0..1."""
        room = true < ROOM
        shown = np.where(room, alpha, 0)
        if self._background is None or self._most is None:
            self._background, self._most = room, shown
        else:
            self._background |= room
            np.maximum(self._most, shown, out=self._most)
        if self._before is not None:
            change, true_change = alpha - self._before[0], true - self._before[1]
            still = np.abs(true_change) <= STILL
            self._dtssd += float(np.sqrt(np.mean((change - true_change) ** 2)))
            self._flicker += _mean(np.abs(change)[still]) if still.any() else 0.0
            self._steps += 1
        self._before = alpha.copy(), true

    def result(self) -> dict[str, float]:
        """dtSSD as Erofeev et al., Perceptually Motivated Benchmark for Video Matting, BMVC 2015, averaged
        over steps from frame to frame (Robust Video Matting counts a 0 for the first frame, too); flicker:
        how much alpha changes where the true one rests; cumulative leak: the share of the room that was ever
        shown (Weissberg et al., Seeing Through, 2025).
        """
        assert self._background is not None and self._most is not None, "no frame was added"
        steps = max(self._steps, 1)
        room = max(int(self._background.sum()), 1)
        leaks = {
            f"ever shown > {100 * weight:.0f} %, %": 100 * int((self._most > weight).sum()) / room
            for weight in SHOWN
        }
        return {
            "dtSSD, x100": 100 * self._dtssd / steps,
            "flicker, x1000": 1000 * self._flicker / steps,
            **leaks,
        }
