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
# Of 450 pictures and clips of people the least sure mask has half as many pixels in doubt as sure ones.
DOUBT = (0.2, 0.8)
ALL = 0.98  # of what is looked at: somebody without any room around them is none
_SLACK = 1e-3


class Mask:
    """Checks masks; remembers only whether somebody was there, and how large they were."""

    def __init__(self) -> None:
        self.person = False
        self._late = 0.0  # share of the picture
        self._seen = 0  # frames in a row
        self._needed = 1
        self._reason = "no-person"  # why the frame before was concealed

    def check(self, mask: Array) -> Array:
        """The mask as float32 (144, 256), 0..1.

        Raises ModelError on another size, NaN, or values outside 0..1.
        """
        if mask.size != MODEL_HEIGHT * MODEL_WIDTH or mask.dtype != np.float32:
            raise ModelError(
                f"mask is {mask.dtype} of shape {mask.shape}, wanted float32 of {MODEL_HEIGHT}x{MODEL_WIDTH}"
            )
        least, most = float(mask.min()), float(mask.max())
        if not (least >= -_SLACK and most <= 1 + _SLACK):  # also false for NaN
            raise ModelError(f"mask holds values from {least} to {most}, expected 0 to 1")
        return mask.reshape(MODEL_HEIGHT, MODEL_WIDTH)

    def concealed(self, mask: Array, seen: float = 1.0) -> str:
        """Why the frame of this mask is not to be shown: '' | 'no-person' | 'low-confidence'.

        A network in doubt about more than it is sure of shows anything, as one that takes everything for the
        person does. `seen`: the share of the picture that the mask is of.
        """
        least, most = DOUBT
        sure = int(np.count_nonzero(mask > most))
        in_doubt = int(np.count_nonzero(mask > least)) - sure
        found = int(np.count_nonzero(mask > PERSON))
        doubtful = in_doubt > max(sure, APPEARS * mask.size)
        if found > ALL * mask.size or (doubtful and found > APPEARS * mask.size):
            self._seen, self._needed, self.person = 0, RETURN, False
            self._reason = "low-confidence"
        elif self.shows_person(mask, seen):
            return ""
        elif self._seen == 0:
            self._reason = "no-person"
        return self._reason

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
