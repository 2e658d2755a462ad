"""Between JavaScript and the pipeline; the only module that imports js or pyodide.

Everything is synchronous and passes numbers, strings and addresses; see ARCHITECTURE.md for the calls.
"""

from __future__ import annotations

import functools
import gc
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from pyodide.ffi import to_js  # type: ignore[import-not-found, unused-ignore]

from .errors import BlurStreamError, FrameError, ModelError
from .frame import FrameSpec
from .kernels.loader import CompiledKernels
from .kernels.signatures import MODEL_HEIGHT, MODEL_WIDTH
from .mask import Callback
from .options import parse_settings
from .pipeline import INPUT, OUTPUT, Pipeline
from .quality import Ladder
from .safe_frame import SafeFrame
from .workspace import Ticket

Array = np.ndarray[Any, Any]
Call = TypeVar("Call", bound=Callable[..., Any])


class WebSession:
    """onnxruntime-web in another worker, behind the interface of onnxruntime's InferenceSession."""

    def __init__(self, post_input: Callable[[int, int, int], None]) -> None:
        self._post = post_input
        self._asked: dict[int, tuple[Callback, Any]] = {}
        self._number = 0

    def run_async(
        self,
        output_names: Sequence[str] | None,
        input_feed: Mapping[str, Array],
        callback: Callback,
        user_data: Any,
    ) -> None:
        image = input_feed[INPUT]
        self._number += 1
        self._asked[self._number] = (callback, user_data)
        self._post(self._number, image.ctypes.data, image.nbytes)

    def answer(self, number: int, results: Sequence[Array], error: str) -> None:
        """What came back for request `number`; answers nobody waits for are dropped."""
        callback, user_data = self._asked.pop(number, (None, None))
        if callback is not None:
            callback(results, user_data, error)

    def fail(self, error: str) -> None:
        for number in list(self._asked):
            self.answer(number, [], error)


def _kept(call: Call) -> Call:
    """Keep what a call raises, typed, for `last_error`: JavaScript sees of an exception only its text."""

    @functools.wraps(call)
    def wrapped(self: Engine, *args: Any) -> Any:
        try:
            return call(self, *args)
        except Exception as error:
            self._last_error = error
            raise

    return wrapped  # type: ignore[return-value]


class Engine:
    """The pipeline as the composer worker sees it."""

    def __init__(
        self, post_input: Callable[..., None], emit: Callable[..., None], report: Callable[[str], None]
    ) -> None:
        self._post_input, self._emit, self._report = post_input, emit, report
        self._pipeline = Pipeline(CompiledKernels(), self._on_safe, self._on_event, Ladder())
        self._session: WebSession | None = None
        self._tickets: dict[int, Ticket] = {}
        self._last_error: Exception | None = None
        self._mask = np.zeros((MODEL_HEIGHT, MODEL_WIDTH), np.float32)

    @_kept
    def open_model(self, contract: str) -> None:
        """The segmenter is ready. `contract`: the model's json. Raises ModelError if the pipeline cannot
        feed it.
        """
        model = json.loads(contract)
        given = (model["input"]["name"], model["input"]["shape"], model["output"]["name"])
        wanted = (INPUT, [1, MODEL_HEIGHT, MODEL_WIDTH, 3], OUTPUT)
        if given != wanted:
            raise ModelError(f"the model takes and gives {given}, this pipeline needs {wanted}")
        self._session = WebSession(self._post_input)
        self._pipeline.open(self._session)

    @_kept
    def configure(self, settings: str) -> None:
        self._pipeline.configure(parse_settings(settings))

    @_kept
    def place_picture(self, number: int, width: int, height: int) -> Any:
        """[address, stride] of where a picture is to be put that was drawn in the size it is shown in, see
        Pipeline.
        """
        memory, stride = self._pipeline.place_picture(number, width, height)
        return to_js([memory.ctypes.data, stride])

    @_kept
    def begin_picture(
        self, number: int, format: str, width: int, height: int, matrix: str, full_range: bool
    ) -> Any:
        """[address, bytes, offset, stride, ...] of where a picture in a size of its own is to be put."""
        target = self._pipeline.begin_picture(number, FrameSpec(format, width, height, 0, matrix, full_range))
        return to_js(_flat(*target))

    @_kept
    def end_picture(self, number: int) -> None:
        """Its pixels are in place."""
        self._pipeline.end_picture(number)

    @_kept
    def begin(
        self,
        format: str,
        width: int,
        height: int,
        timestamp: int,
        matrix: str,
        full_range: bool,
        now: float = 0,
    ) -> Any:
        spec = FrameSpec(format, width, height, timestamp, matrix, full_range)
        ticket = self._pipeline.begin(spec)
        self._tickets[ticket.number] = ticket
        return to_js([ticket.number, *_flat(*ticket.slot.target(spec))])

    @_kept
    def submit(self, number: int, now: float = 0) -> None:
        self._pipeline.submit(self._ticket(number))

    @_kept
    def abandon(self, number: int, reason: str = "") -> None:
        self._pipeline.abandon(self._ticket(number))

    @_kept
    def on_mask(self, request: int, mask: Any, now: float = 0) -> None:
        if self._session is None:
            return
        if mask.length != self._mask.size:
            self._session.answer(request, [], f"mask holds {mask.length} values, expected {self._mask.size}")
            return
        mask.assign_to(self._mask)
        self._session.answer(request, [self._mask], "")

    @_kept
    def on_model_error(self, code: str, message: str, now: float = 0) -> None:
        """A run failed: its frame is concealed."""
        if self._session is not None:
            self._session.fail(f"{code}: {message}")

    @_kept
    def model_lost(self, now: float = 0) -> None:
        """The segmenter is gone: frames are concealed until the next `open_model`."""
        self._session = None
        self._pipeline.close()

    @_kept
    def renew(self) -> None:
        """Frames begun from now on are another camera's: nothing of what was seen is used for them."""
        self._pipeline.renew()

    @_kept
    def stats(self, now: float = 0) -> str:
        """JSON of the window since the last call: {"stageMs": ms a frame by stage, "frames": count by
        kind}, and the pipeline's activity.
        """
        pipeline = self._pipeline
        frames = max(sum(pipeline.frames.values()), 1)
        text = json.dumps(
            {
                "stageMs": {stage: round(ms / frames, 3) for stage, ms in pipeline.milliseconds.items()},
                "frames": dict(pipeline.frames),
                **pipeline.activity(),
            }
        )
        pipeline.milliseconds.clear()
        pipeline.frames.update(dict.fromkeys(pipeline.frames, 0))
        return text

    def last_error(self) -> str:
        """JSON {name, code, message, details} of what the last failed call raised."""
        error = self._last_error
        typed = isinstance(error, BlurStreamError)
        return json.dumps(
            {
                "name": type(error).__name__,
                "code": error.code if isinstance(error, BlurStreamError) else "internal",
                "message": str(error),
                "details": error.details if isinstance(error, BlurStreamError) and typed else {},
            }
        )

    def close(self) -> None:
        """Lets go of everything, at once: nothing may be called any more."""
        self._session = self._last_error = None
        self._tickets.clear()
        for callback in (self._post_input, self._emit, self._report):
            destroy = getattr(callback, "destroy", None)
            if destroy is not None:
                destroy()
        # Tens of megabytes that hang together in a circle of few objects: Python would not look for long.
        del self._pipeline
        gc.collect()

    def _ticket(self, number: int) -> Ticket:
        ticket = self._tickets.pop(number, None)
        if ticket is None:
            raise FrameError(f"no frame {number} is begun")
        return ticket

    def _on_safe(self, safe: SafeFrame) -> None:
        spec, memory = safe.spec, safe.memory
        layout = to_js([n for plane in safe.layout for n in plane])
        self._emit(
            safe.ticket,
            safe.kind,
            safe.reason,
            memory.ctypes.data,
            memory.nbytes,
            spec.width,
            spec.height,
            spec.timestamp,
            layout,
        )

    def _on_event(self, severity: str, code: str, message: str, details: Mapping[str, object]) -> None:
        self._report(
            json.dumps({"type": severity, "code": code, "message": message, "details": dict(details)})
        )


def _flat(memory: Array, layout: Sequence[tuple[int, int]]) -> list[int]:
    return [memory.ctypes.data, memory.nbytes, *(n for plane in layout for n in plane)]
