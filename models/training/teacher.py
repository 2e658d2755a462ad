"""Labels for films that have none: a large model's masks, calmed by the frames before and after."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from .errors import TrainingError

Array = npt.NDArray[Any]

SIDE, THREADS = 256, 2
ALIKE = 12.0  # levels: frames are averaged where the picture changed by about less
MOST_HOLE = 0.012  # of the person: smaller ones are mistakes
UNSURE = 6.0  # steepness: a probability of 0.5 +- 0.25 becomes alpha 0.15 and 0.85
RIM = 4  # pixels: how far the soft edge of a hole reaches


class Teacher:
    """A .tflite file of MediaPipe's multiclass segmenter, run by LiteRT: input 256x256, -1..1; six logits,
    the first is the background's.
    """

    def __init__(self, model: Path) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise TrainingError("ai-edge-litert is not installed: see py/requirements/train.txt") from error
        if not model.is_file():
            raise TrainingError(f"the teacher's model {model} is missing")
        self._interpreter = Interpreter(str(model), num_threads=THREADS)
        self._interpreter.allocate_tensors()
        (taken,), (given,) = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        if tuple(taken["shape"]) != (1, SIDE, SIDE, 3) or given["shape"][-1] < 2:
            raise TrainingError(
                f"{model} takes {taken['shape']} and gives {given['shape']}: it is another model"
            )
        self._input, self._output = taken["index"], given["index"]

    def mask(self, rgb: Array) -> Array:
        """float32 (SIDE, SIDE): the probability that it is not the background, of the frame and mirrored."""
        small = Image.fromarray(rgb).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        picture = np.asarray(small, np.float32)[None] / 127.5 - 1
        straight, mirrored = (self._run(view) for view in (picture, picture[:, :, ::-1]))
        return np.asarray((straight + mirrored[:, ::-1]) / 2, np.float32)

    def _run(self, picture: Array) -> Array:
        self._interpreter.set_tensor(self._input, np.ascontiguousarray(picture))
        self._interpreter.invoke()
        logits = self._interpreter.get_tensor(self._output)[0]
        powers = np.exp(logits - logits.max(-1, keepdims=True))
        return np.asarray(1 - powers[..., 0] / powers.sum(-1), np.float32)


def calm(frames: Iterator[Array], teacher: Teacher) -> Iterator[tuple[Array, Array]]:
    """(rgb, alpha u8) of each frame: the masks of three frames, averaged where their pictures are alike."""
    window: deque[tuple[Array, Array, Array]] = deque(maxlen=3)
    for rgb in frames:
        grey = np.asarray(
            Image.fromarray(rgb).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX), np.float32
        )
        window.append((rgb, grey, teacher.mask(rgb)))
        if len(window) > 1:  # all but the newest have both neighbours, or are the first
            yield window[-2][0], _averaged(window, len(window) - 2)
    if window:
        yield window[-1][0], _averaged(window, len(window) - 1)


def _averaged(window: deque[tuple[Array, Array, Array]], at: int) -> Array:
    rgb, grey, _ = window[at]
    total, weights = np.zeros_like(grey), np.zeros_like(grey)
    for _, other, mask in window:
        difference = ndimage.gaussian_filter(np.abs(other - grey), 1.5)
        weight = np.exp(-((difference / ALIKE) ** 2))
        total += weight * mask
        weights += weight
    return as_alpha(total / weights, rgb.shape[:2])


def as_alpha(mask: Array, shape: tuple[int, ...]) -> Array:
    """u8 of `shape` (height, width): the mask enlarged, its edge steeper, of one person alone."""
    large = Image.fromarray(mask).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    sharp = 1 / (1 + np.exp(-UNSURE * (np.asarray(large) - 0.5)))
    scaled = (sharp - 1 / (1 + np.exp(UNSURE / 2))) / (1 - 2 / (1 + np.exp(UNSURE / 2)))
    return np.asarray(np.rint(_largest(np.clip(scaled, 0, 1)) * 255), np.uint8)


def _largest(alpha: Array) -> Array:
    """The person alone, whole: without pieces that hang together with nothing (lamps, chairs, who passes by),
    and without small holes (a badge, a print).
    """
    pieces, count = ndimage.label(alpha > 0.3)
    if count == 0:
        return alpha
    sizes = np.bincount(pieces.ravel())
    person = pieces == 1 + int(np.argmax(sizes[1:]))
    holes, _ = ndimage.label(~person)
    open_ = np.bincount(holes.ravel()) > MOST_HOLE * person.sum()
    border = np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]])
    open_[border] = True
    filled = ndimage.binary_dilation(~person & ~open_[holes], iterations=RIM)
    return np.where(filled, 1, np.where(person | (alpha <= 0.3) & _beside(person), alpha, 0))


def _beside(person: Array) -> Array:
    return np.asarray(ndimage.binary_dilation(person, iterations=3))
