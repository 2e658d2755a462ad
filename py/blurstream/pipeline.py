"""The way of a frame: begin -> submit -> (model) -> compose or conceal -> emit. Two frames at most are on
their way.

While the model works on one frame the next one is prepared; when the mask comes back the next input is sent
first and then this frame is composed, so that model and composition run side by side and a mask is only ever
used on its own frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from .compose import Compose, SafeFrame
from .errors import BlurStreamError, FrameError, ModelError
from .frame import FrameSpec, Geometry, Slot
from .kernels.loader import Kernels
from .mask import Mask, Session
from .matte import Matte
from .options import PRIVATE, Settings
from .plate import Plate
from .prepare import Prepared
from .tiles import Tiles

Array = np.ndarray[Any, Any]
Report = Callable[[str, str, str, Mapping[str, object]], None]  # severity, code, message, details

SLOTS = 2
INPUT, OUTPUT = "image", "mask"


class Workspace:
    """Everything whose size depends on the frame's: slots, planes, matte, plate. Replaced when the frame
    size changes.
    """

    def __init__(self, geometry: Geometry, kernels: Kernels) -> None:
        self.geometry = geometry
        self.slots = [Slot(number, geometry, kernels) for number in range(SLOTS)]
        self.prepared = [Prepared(slot, kernels) for slot in self.slots]
        self.matte = Matte(geometry, kernels)
        self.tiles = Tiles(geometry, kernels, self.matte.alpha)
        self.plate = Plate(geometry, kernels, self.matte.alpha)
        self.compose = Compose(geometry, kernels, self.matte, self.tiles, self.plate)


class Ticket:
    """A frame on its way: its slot and the workspace the slot belongs to."""

    def __init__(self, number: int, workspace: Workspace, slot: Slot) -> None:
        self.number, self.workspace, self.slot = number, workspace, slot
        self.sent_at = 0.0

    @property
    def prepared(self) -> Prepared:
        return self.workspace.prepared[self.slot.number]


class Pipeline:
    """Turns camera frames into SafeFrames.

    `emit` gets every SafeFrame, in the order of the frames; the frame's memory is used again once it returns.
    `report` gets warnings and errors; each condition is reported when it begins, not on every frame.
    """

    def __init__(self, kernels: Kernels, emit: Callable[[SafeFrame], None], report: Report) -> None:
        self._kernels, self._emit, self._report = kernels, emit, report
        self._session: Session | None = None
        self._settings = Settings()
        self._workspace: Workspace | None = None
        self._mask = Mask()
        self._begun: dict[int, Ticket] = {}
        self._running: Ticket | None = None
        self._waiting: Ticket | None = None
        self._condition = ""
        self._number = 0
        self.milliseconds: dict[str, float] = {}
        self.frames = {"composed": 0, "concealed": 0}

    def configure(self, settings: Settings) -> None:
        self._settings = settings

    def open(self, session: Session) -> None:
        """Frames submitted from now on are segmented."""
        self._session = session
        self._restart()

    def close(self, reason: str = "no-model") -> None:
        """The model is gone: frames on their way are concealed, and so is every frame until `open`."""
        self._session = None
        waiting = [ticket for ticket in (self._running, self._waiting) if ticket]
        self._running = self._waiting = None
        for ticket in waiting:
            self._conceal(ticket, reason)
        self._restart()

    def begin(self, spec: FrameSpec) -> Ticket:
        """Memory for a frame. Raises FrameError when the size is impossible or both slots are taken."""
        workspace = self._workspace
        if workspace is None or (workspace.geometry.width, workspace.geometry.height) != (
            spec.width,
            spec.height,
        ):
            workspace = self._workspace = Workspace(Geometry(spec.width, spec.height), self._kernels)
            self._mask = Mask()
        taken = [t.slot for t in self._on_the_way()]
        free = next((slot for slot in workspace.slots if slot not in taken), None)
        if free is None or len(taken) >= SLOTS:
            raise FrameError(
                f"both frame slots are taken; finish or abandon one before frame {spec.timestamp}"
            )
        self._number += 1
        ticket = Ticket(self._number, workspace, free)
        free.target(spec)
        self._begun[ticket.number] = ticket
        return ticket

    def abandon(self, ticket: Ticket) -> None:
        """The frame could not be copied: its slot is free again and nothing is emitted for it."""
        self._begun.pop(ticket.number, None)

    def submit(self, ticket: Ticket) -> None:
        """The frame's pixels are in place."""
        self._begun.pop(ticket.number)
        spec = ticket.slot.spec
        assert spec is not None
        start = perf_counter()
        ticket.slot.unpack()
        ticket.prepared.run(spec)
        self._took("prepare", start)
        if self._session is None:
            self._conceal(ticket, "no-model")
        elif self._running is None:
            self._send(ticket)
        else:
            self._waiting = ticket

    def _on_the_way(self) -> list[Ticket]:
        return [*self._begun.values(), *(t for t in (self._running, self._waiting) if t)]

    def _send(self, ticket: Ticket) -> None:
        assert self._session is not None
        self._running = ticket
        ticket.sent_at = perf_counter()
        try:
            self._session.run_async([OUTPUT], {INPUT: ticket.prepared.image[None]}, self._on_mask, ticket)
        except BaseException:
            self._running = None  # its slot is free again; the caller has no SafeFrame and shows a veil
            raise

    def _on_mask(self, results: Sequence[Array], ticket: Ticket, error: str) -> None:
        if ticket is not self._running:
            return  # answered after close: the frame is concealed and gone
        self._took("model", ticket.sent_at)
        self._running = None
        if self._waiting is not None:
            following, self._waiting = self._waiting, None
            self._send(following)
        if error:
            self._conceal(ticket, "model-error", error)
            return
        try:
            mask = self._mask.check(results[0])
        except ModelError as problem:
            self._conceal(ticket, "bad-mask", str(problem))
            return
        if not self._mask.shows_person(mask):
            self._conceal(ticket, "no-person")
            return
        try:
            safe = self._composed(ticket, mask)
        except (BlurStreamError, ArithmeticError, LookupError, ValueError, TypeError) as problem:
            self._conceal(ticket, "error", f"{type(problem).__name__}: {problem}")
            return
        self._enter("")
        self._out(safe)

    def _composed(self, ticket: Ticket, mask: Array) -> SafeFrame:
        space = ticket.workspace
        start = perf_counter()
        space.matte.run(mask, ticket.prepared)
        space.tiles.run()
        start = self._took("matte", start)
        space.plate.run(ticket.prepared, self._settings.effect.sigma)
        start = self._took("plate", start)
        safe = space.compose.compose(ticket.slot, ticket.number)
        self._took("compose", start)
        return safe

    def _conceal(self, ticket: Ticket, reason: str, message: str = "") -> None:
        """Coarse whole frame; what fails here is left to the caller, who has no SafeFrame then and shows a
        veil.
        """
        self._enter(reason, message)
        start = perf_counter()
        space = ticket.workspace
        space.matte.reset()
        space.plate.run(ticket.prepared, max(self._settings.effect.sigma, PRIVATE.sigma), person=False)
        safe = space.compose.conceal(ticket.slot, ticket.number, reason)
        self._took("conceal", start)
        self._out(safe)

    def _out(self, safe: SafeFrame) -> None:
        self.frames[safe.kind] += 1
        self._emit(safe)

    def _enter(self, condition: str, message: str = "") -> None:
        """Report a condition when it begins."""
        if condition == self._condition:
            return
        self._condition = condition
        if condition in _WORDS:
            severity, text = _WORDS[condition]
            self._report(severity, condition, f"{text}{': ' if message else ''}{message}", {})

    def _restart(self) -> None:
        self._mask = Mask()
        if self._workspace is not None:
            self._workspace.matte.reset()

    def _took(self, stage: str, start: float) -> float:
        now = perf_counter()
        self.milliseconds[stage] = self.milliseconds.get(stage, 0.0) + (now - start) * 1e3
        return now


_WORDS = {
    "no-person": ("warning", "no person found; the whole picture is concealed until there is one"),
    "bad-mask": ("error", "the model's answer cannot be used; the whole picture is concealed"),
    "model-error": ("error", "the model failed; the whole picture is concealed"),
    "error": ("error", "a frame could not be composed; the whole picture is concealed"),
}
