"""The model's answer: which session gives it, whether it can be trusted, whether there is a person in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from .errors import ModelError
from .kernels.signatures import MODEL_HEIGHT, MODEL_WIDTH

Array = np.ndarray[Any, Any]
# (results, user_data, error message or ''), as onnxruntime's run_async calls back
Callback = Callable[[Sequence[Array], Any, str], None]


class Session(Protocol):
    """The part of `onnxruntime.InferenceSession` that the pipeline uses; bridge has one over
    onnxruntime-web.
    """

    def run_async(
        self,
        output_names: Sequence[str] | None,
        input_feed: Mapping[str, Array],
        callback: Callback,
        user_data: Any,
    ) -> None: ...


PERSON = 0.5  # probability from which a pixel counts as person
APPEARS, DISAPPEARS = 0.02, 0.008  # share of such pixels at which a person is taken to be there / gone
LOST = 1 / 3  # of the share of late: who falls below it at once has gone; what is left may be their chair
LATE = 1 / 30  # of that share's average taken over per mask
RETURN = 6  # frames that somebody must be there for, after nobody was, to be shown again
_SLACK = 1e-3


class Mask:
    """Checks masks; remembers only whether somebody was there, and how large they were."""

    def __init__(self) -> None:
        self.person = False
        self._late = 0.0  # share of the picture
        self._seen = 0  # frames in a row
        self._needed = 1

    def check(self, mask: Array) -> Array:
        """The mask as float32 (144, 256), 0..1.

        Raises ModelError on another size, NaN, values outside 0..1, or a person in every pixel: a damaged
        network answers so, and all of the room would be shown.
        """
        if mask.size != MODEL_HEIGHT * MODEL_WIDTH or mask.dtype != np.float32:
            raise ModelError(
                f"mask is {mask.dtype} of shape {mask.shape}, wanted float32 of {MODEL_HEIGHT}x{MODEL_WIDTH}"
            )
        least, most = float(mask.min()), float(mask.max())
        if not (least >= -_SLACK and most <= 1 + _SLACK):  # also false for NaN
            raise ModelError(f"mask holds values from {least} to {most}, expected 0 to 1")
        if least > PERSON:
            raise ModelError(f"mask has a person in every pixel, with {least} at least")
        return mask.reshape(MODEL_HEIGHT, MODEL_WIDTH)

    def shows_person(self, mask: Array, seen: float = 1.0) -> bool:
        """Whether there is anyone. Nobody counts at once, somebody after that only after RETURN frames.
        `seen`: the share of the picture that the mask is of.
        """
        share = seen * float(np.count_nonzero(mask > PERSON)) / mask.size
        present = share > (max(DISAPPEARS, LOST * self._late) if self.person else APPEARS)
        self._seen = self._seen + 1 if present else 0
        if not present:
            self._needed = RETURN
        appears = not self.person
        self.person = self._seen >= self._needed
        self._late = share if appears else self._late + LATE * (share - self._late)
        return self.person
