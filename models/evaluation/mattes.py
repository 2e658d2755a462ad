"""What gives an alpha for a picture: a network alone, or the whole pipeline with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from .errors import EvaluationError

Array = npt.NDArray[Any]

SLACK = 1e-3  # of a probability outside 0..1
SETTLED = 4  # frames that the pipeline sees of a single picture: by then nothing moves any more
ANY_EFFECT = '{"type": "color", "color": "#008080"}'  # alpha does not depend on what lies behind it


class Matte(Protocol):
    """Frames one after the other; `begin` before the first of each clip or picture."""

    name: str

    def begin(self, clip: bool) -> None: ...

    def alpha(self, rgb: Array) -> Array:
        """float32 (height, width), 0..1, of u8 (height, width, 3)."""
        ...


class Network:
    """An ONNX model by itself: the frame shrunk to its input, its answer enlarged bilinearly.

    Channels are first or last, as the shape tells; the input's range is `scale`, or what NAME.json beside the
    model says (as models/convert.py writes it), or 0..1. One channel of the answer is the person's
    probability; its logit, from the first value outside 0..1 on, unless NAME.json gives a range; of several
    the first is the background. A second input of the answer's size is the answer to the frame before, and
    zeros at the first.
    """

    def __init__(self, model: Path, scale: tuple[float, float] | None = None) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        if not model.is_file():
            raise EvaluationError(f"{model} is missing: give an .onnx file")
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises a different class for each of its failures
            raise EvaluationError(f"{model} cannot be loaded by onnxruntime: {error}") from error
        contract = model.with_suffix(".json")
        told = _contract(contract) if contract.is_file() else {}
        self.name = model.stem
        low_high: tuple[float, float] = scale or told.get("input", {}).get("range", (0.0, 1.0))
        self._probable = "range" in told.get("output", {})
        self._logits = False
        self._low, self._high = low_high
        first, *others = self._session.get_inputs()
        self._input, shape = first.name, first.shape
        if len(shape) != 4 or 3 not in (shape[1], shape[3]) or not all(isinstance(n, int) for n in shape):
            raise EvaluationError(f"{model} takes {shape}: expected one RGB picture of a fixed size, 1xHxWx3")
        self._channels_last = shape[3] == 3
        self._size = (shape[2], shape[1]) if self._channels_last else (shape[3], shape[2])
        if len(others) > 1:
            raise EvaluationError(f"{model} takes {[other.name for other in others]} beside its picture")
        self._memory = others[0] if others else None
        self._before: Array | None = None

    def begin(self, clip: bool) -> None:
        self._before = None

    def alpha(self, rgb: Array) -> Array:
        height, width = rgb.shape[:2]
        small = Image.fromarray(rgb).resize(self._size, Image.Resampling.BILINEAR)
        picture = np.asarray(small, np.float32) / 255 * (self._high - self._low) + self._low
        feed = {self._input: picture[None] if self._channels_last else picture.transpose(2, 0, 1)[None]}
        if self._memory is not None:
            empty = np.zeros(self._memory.shape, np.float32)
            before = empty if self._before is None else self._before
            if before.size != empty.size:
                raise EvaluationError(
                    f"{self.name} takes {empty.shape} beside its picture, gives {before.shape}"
                )
            feed[self._memory.name] = before.reshape(empty.shape)
        try:
            answer = np.asarray(self._session.run(None, feed)[0], np.float32)
        except Exception as error:  # as above
            raise EvaluationError(f"{self.name} does not run: {error}") from error
        if not np.isfinite(answer).all():
            raise EvaluationError(f"{self.name} answers with values that are no numbers")
        self._before = answer
        mask = self._probability(answer)
        large = Image.fromarray(mask).resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(large, np.float32).clip(0, 1)

    def _probability(self, answer: Array) -> Array:
        width, height = self._size
        channels = answer.size // (width * height)
        if answer.size != channels * width * height or channels == 0:
            raise EvaluationError(f"{self.name} answers with {answer.shape}, no {width}x{height} picture")
        if channels == 1:
            mask = answer.reshape(height, width)
            outside = mask.min() < -SLACK or mask.max() > 1 + SLACK
            self._logits = self._logits or (outside and not self._probable)
            return np.asarray(1 / (1 + np.exp(-mask)), np.float32) if self._logits else mask
        last = answer.shape[-1] == channels
        logits = answer.reshape((height, width, channels) if last else (channels, height, width))
        axis = 2 if last else 0
        powers = np.exp(logits - logits.max(axis, keepdims=True))
        return np.asarray(1 - np.take(powers, 0, axis) / powers.sum(axis), np.float32)


def _contract(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{file} cannot be read: {error}") from error
    if not isinstance(told, dict):
        raise EvaluationError(f"{file} does not describe a model")
    return told


class WholePipeline:
    """A network in the pipeline: steadied, refined along edges, as the output is blended with it."""

    def __init__(self, model: Path) -> None:
        self._model = model
        self.name = f"{model.stem}, pipeline"
        self._single = False

    def begin(self, clip: bool) -> None:
        from blurstream.errors import BlurStreamError
        from blurstream.record import Recorder

        try:
            self._recorder = Recorder(ANY_EFFECT, self._model)
        except BlurStreamError as error:
            raise EvaluationError(str(error)) from error
        self._single, self._frames = not clip, 0

    def alpha(self, rgb: Array) -> Array:
        import av

        from blurstream.record import planes_of

        planes = planes_of(av.VideoFrame.from_ndarray(rgb, format="rgb24"))
        for _ in range(SETTLED if self._single else 1):
            safe = self._recorder.process(planes, self._frames, "bt601", False)
            self._frames += 1
        if safe.kind != "composed":
            return np.zeros(rgb.shape[:2], np.float32)  # the whole frame is concealed
        height, width = rgb.shape[:2]
        return self._recorder.matte()[:height, :width] / np.float32(255)
