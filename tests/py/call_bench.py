"""A pipeline in CPython with a session that answers when told to, and pictures for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from blurstream.frame import FrameSpec
from blurstream.kernels.loader import CompiledKernels, Kernels
from blurstream.mask import Callback
from blurstream.options import PRIVATE
from blurstream.pipeline import Pipeline
from blurstream.safe_frame import SafeFrame
from blurstream.workspace import Ticket
from given_mask import as_seen

Array = np.ndarray[Any, Any]


class FakeSession:
    """Answers when told to, with what the model is shown of the mask given."""

    def __init__(self) -> None:
        self.asked: list[tuple[Array, Callback, Any]] = []

    def run_async(
        self,
        output_names: Sequence[str] | None,
        input_feed: Mapping[str, Array],
        callback: Callback,
        user_data: Any,
    ) -> None:
        self.asked.append((input_feed["image"].copy(), callback, user_data))

    def answer(self, mask: Array | None, error: str = "") -> None:
        _, callback, user_data = self.asked.pop(0)
        callback([] if mask is None else [as_seen(mask, user_data)], user_data, error)


class Bench:
    """A pipeline with its fake session, what it emitted (pixels copied) and what it reported."""

    def __init__(self, kernels: Kernels | None = None, with_model: bool = True) -> None:
        self.safe: list[tuple[SafeFrame, list[Array]]] = []
        self.events: list[tuple[str, str]] = []
        self.session = FakeSession()
        self.pipeline = Pipeline(kernels or CompiledKernels(), self._emit, self._report)
        if with_model:
            self.pipeline.open(self.session)

    def _emit(self, safe: SafeFrame) -> None:
        self.safe.append((safe, crop(safe.planes, safe.spec.width, safe.spec.height)))

    def _report(self, severity: str, code: str, message: str, details: Mapping[str, object]) -> None:
        assert message
        self.events.append((severity, code))

    def push(self, planes: Sequence[Array], timestamp: int = 0) -> Ticket:
        height, width = planes[0].shape
        ticket = self.pipeline.begin(FrameSpec("I420", width, height, timestamp))
        for plane, target in zip(planes, ticket.slot.planes, strict=True):
            target[: plane.shape[0], : plane.shape[1]] = plane
        self.pipeline.submit(ticket)
        return ticket

    def one(
        self, planes: Sequence[Array], mask: Array | None, error: str = ""
    ) -> tuple[SafeFrame, list[Array]]:
        """A frame that the model is asked about."""
        self.push(planes)
        self.session.answer(mask, error)
        return self.safe[-1]

    def show(self, planes: Sequence[Array], mask: Array) -> tuple[bool, list[Array]]:
        """A frame that the model may be asked about. Whether it was, and the pixels shown."""
        self.push(planes)
        asked = bool(self.session.asked)
        if asked:
            self.session.answer(mask)
        return asked, self.safe[-1][1]


def crop(planes: Sequence[Array], width: int, height: int) -> list[Array]:
    half = (slice((height + 1) // 2), slice((width + 1) // 2))
    return [planes[0][:height, :width].copy(), planes[1][half].copy(), planes[2][half].copy()]


def room(width: int, height: int, seed: int = 3) -> list[Array]:
    """A noisy room: a pattern that any leak would show."""
    random = np.random.default_rng(seed)
    half = ((height + 1) // 2, (width + 1) // 2)
    return [random.integers(16, 235, shape).astype(np.uint8) for shape in ((height, width), half, half)]


def stirred(planes: Sequence[Array], seed: int, left: float = 0, right: float = 0.125) -> list[Array]:
    """The same room, in which something has happened between `left` and `right`, shares of its width."""
    other = [plane.copy() for plane in planes]
    random = np.random.default_rng(1000 + seed)
    for plane in other:
        width = plane.shape[1]
        part = plane[:, int(left * width) : int(right * width)]
        part[:] = random.integers(16, 235, part.shape)
    return other


def mask_of(left: float = 0.25, right: float = 0.75, top: float = 0.3) -> Array:
    mask = np.zeros((144, 256), np.float32)
    mask[int(top * 144) :, int(left * 256) : int(right * 256)] = 1
    return mask


def hidden(out: Array, source: Array) -> bool:
    """No more of the room than a Gaussian of the promised sigma leaves, and than chance gives so few pixels.

    A blur of white noise correlates with it by kernel(0) / |kernel| = 1 / (sigma sqrt(pi)).
    """
    if out.std() == 0 < source.std():
        return True
    correlation = np.corrcoef(out.ravel().astype(float), source.ravel().astype(float))[0, 1]
    sigma = PRIVATE.sigma * len(source)
    return bool(abs(correlation) < max(0.1, 1.2 / (sigma * np.pi**0.5) + 3 / out.size**0.5))
