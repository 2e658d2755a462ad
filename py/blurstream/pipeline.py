"""The way of a frame: begin -> submit -> (model) -> compose or conceal -> emit. Two frames at most are on
their way.

While the model works on one frame the next one is prepared; when the mask comes back the next input is sent
first and then this frame is composed, so that model and composition run side by side and a mask is only ever
used on its own frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from .change import Change
from .compose import Compose, SafeFrame
from .errors import BlurStreamError, FrameError, ModelError
from .frame import FrameSpec, Geometry, Slot
from .kernels.loader import Kernels, Window
from .kernels.signatures import BOX_RADIUS
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
REUSES = 30  # frames that a mask is used for at most
NEW_SCENE = 3  # frames concealed when the whole picture has become another


class Workspace:
    """Everything whose size depends on the frame's: slots, planes, matte, plate. Replaced when the frame
    size changes.
    """

    def __init__(self, geometry: Geometry, kernels: Kernels) -> None:
        self.geometry = geometry
        self.slots = [Slot(number, geometry, kernels) for number in range(SLOTS)]
        self.prepared = [Prepared(slot, kernels) for slot in self.slots]
        self.change = Change(geometry, kernels)
        self.matte = Matte(geometry, kernels)
        self.tiles = Tiles(geometry, kernels, self.matte.alpha)
        self.plate = Plate(geometry, kernels, self.matte.alpha)
        self.compose = Compose(geometry, kernels, self.matte, self.tiles, self.plate)
        self._since: Array = np.zeros(geometry.tiles, np.uint8)  # changed since the last mask
        self._stirred: Array = np.zeros(geometry.tiles, np.uint8)
        self.unsettled: Array = np.ones(geometry.tiles, np.uint8)
        self._reach = -(-2 * BOX_RADIUS // geometry.span)  # of the guided filter, in tiles
        self._spread = kernels.bind(f"tile_spread_{self._reach}", self._stirred, self.unsettled)
        self.window: Window | None = None  # tiles that alpha is new in
        self.reuses: int | None = None  # frames since the last mask; None: there is none to be used again

    def reset(self) -> None:
        """Nothing of what was seen is used again."""
        self.matte.reset()
        self.reuses = None

    def may_reuse(self, prepared: Prepared) -> bool:
        """Whether the last mask is this frame's too: what has changed lies deep inside the person."""
        if self.reuses is None or self.reuses >= REUSES:
            return False
        return not self.change.any or not np.any(prepared.changed & self.tiles.near)

    def take(self, mask: Array | None, prepared: Prepared) -> None:
        """Mask, or None to use the last one again -> matte and tiles; `unsettled` for compose."""
        np.bitwise_or(self._since, prepared.changed, out=self._since)
        if mask is None:
            assert self.reuses is not None
            self.reuses += 1
            self.unsettled.fill(0)
            self.window = None
            return
        self._stirred[:] = self._since
        self._spread()
        self.matte.follow(mask, self.unsettled)
        np.bitwise_or(self._since, self.matte.differs, out=self._stirred)
        self._spread()
        self.window = self._around_unsettled()
        if self.window is not None:
            self.matte.refine(prepared, self.window)
        self.tiles.run(self.unsettled)
        self._since.fill(0)
        self.matte.differs.fill(0)
        self.reuses = 0

    def _around_unsettled(self) -> Window | None:
        """The unsettled tiles near the person, and as many around them as the guided filter reaches."""
        region, reach = self.matte.region, self._reach
        part = region.of(self.unsettled, 1)
        columns, rows = (np.flatnonzero(part.any(axis)) for axis in (0, 1))
        if not len(columns):
            return None
        return Window(
            max(region.left + int(columns[0]) - reach, region.left),
            max(region.top + int(rows[0]) - reach, region.top),
            min(region.left + int(columns[-1]) + 1 + reach, region.right),
            min(region.top + int(rows[-1]) + 1 + reach, region.bottom),
        )


class Ticket:
    """A frame on its way: its slot and the workspace the slot belongs to."""

    def __init__(self, number: int, workspace: Workspace, slot: Slot) -> None:
        self.number, self.workspace, self.slot = number, workspace, slot
        self.sent_at = 0.0
        self.drawn = self.cut = False

    @property
    def prepared(self) -> Prepared:
        return self.workspace.prepared[self.slot.number]


@dataclass
class Counts:
    """Since the start of the pipeline."""

    model_runs: int = 0
    mask_reuses: int = 0


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
        self._cut = 0  # frames that are concealed yet, after the picture has become another
        self._counts = Counts()

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
        ticket.prepared.shrink()
        ticket.workspace.change.run(ticket.prepared)
        ticket.cut = ticket.workspace.change.cut
        if self._session is None:
            self._took("prepare", start)
            self._conceal(ticket, "no-model")
        elif self._running is not None:
            if not ticket.workspace.may_reuse(ticket.prepared):
                self._draw(ticket)  # while the model works on the frame before
            self._waiting = ticket
            self._took("prepare", start)
        elif ticket.workspace.may_reuse(ticket.prepared):
            self._took("prepare", start)
            self._finish(ticket, None)
        else:
            self._draw(ticket)
            self._took("prepare", start)
            self._send(ticket)

    def _draw(self, ticket: Ticket) -> None:
        """The model's input, once."""
        if not ticket.drawn:
            assert ticket.slot.spec is not None
            ticket.prepared.draw(ticket.slot.spec)
            ticket.drawn = True

    def _on_the_way(self) -> list[Ticket]:
        return [*self._begun.values(), *(t for t in (self._running, self._waiting) if t)]

    def _send(self, ticket: Ticket) -> None:
        assert self._session is not None
        self._running = ticket
        self._draw(ticket)
        self._counts.model_runs += 1
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
        following, self._waiting = self._waiting, None
        if following is not None and following.drawn:
            self._send(following)  # the model runs while this frame is composed
            following = None
        self._receive(results, ticket, error)
        if following is None:
            return
        # it was taken to need no mask of its own: whether that is so is known only now
        if self._running is None and following.workspace.may_reuse(following.prepared):
            self._finish(following, None)
        else:
            self._send(following)

    def _receive(self, results: Sequence[Array], ticket: Ticket, error: str) -> None:
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
        self._finish(ticket, mask)

    def _finish(self, ticket: Ticket, mask: Array | None) -> None:
        """`mask` None: the last one is this frame's too."""
        if self._is_new_scene(ticket):
            self._conceal(ticket, "new-scene")
            return
        try:
            safe = self._composed(ticket, mask)
        except (BlurStreamError, ArithmeticError, LookupError, ValueError, TypeError) as problem:
            self._conceal(ticket, "error", f"{type(problem).__name__}: {problem}")
            return
        self._enter("")
        self._out(safe)

    def _is_new_scene(self, ticket: Ticket) -> bool:
        """Another camera, or a bump or light that changes everything: the old plate does not belong to it."""
        space = ticket.workspace
        if ticket.cut and space.reuses is not None:
            self._cut = NEW_SCENE + 1
            space.plate.reset()
        self._cut = max(self._cut - 1, 0)
        return self._cut > 0

    def _composed(self, ticket: Ticket, mask: Array | None) -> SafeFrame:
        space, settings, prepared = ticket.workspace, self._settings, ticket.prepared
        start = perf_counter()
        space.take(mask, prepared)
        start = self._took("matte", start)
        if settings.effect.background == "fresh":
            space.plate.fresh(prepared, settings.effect.sigma)
        else:
            space.plate.sealed(prepared, settings.effect.sigma)
        start = self._took("plate", start)
        noise = space.change.noise.sigma * space.geometry.factor if settings.denoise else None
        safe = space.compose.compose(
            ticket.slot, prepared, ticket.number, space.unsettled, space.window, denoise=noise
        )
        self._took("compose", start)
        self._counts.mask_reuses += mask is None
        return safe

    def _conceal(self, ticket: Ticket, reason: str, message: str = "") -> None:
        """Coarse whole frame; what fails here is left to the caller, who has no SafeFrame then and shows a
        veil.
        """
        self._enter(reason, message)
        start = perf_counter()
        space = ticket.workspace
        space.reset()
        space.plate.fresh(ticket.prepared, max(self._settings.effect.sigma, PRIVATE.sigma), person=False)
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
            self._workspace.reset()

    def _took(self, stage: str, start: float) -> float:
        now = perf_counter()
        self.milliseconds[stage] = self.milliseconds.get(stage, 0.0) + (now - start) * 1e3
        return now


_WORDS = {
    "no-person": ("warning", "no person found; the whole picture is concealed until there is one"),
    "bad-mask": ("error", "the model's answer cannot be used; the whole picture is concealed"),
    "model-error": ("error", "the model failed; the whole picture is concealed"),
    "new-scene": ("warning", "the picture is another one; it is concealed until the background is known"),
    "error": ("error", "a frame could not be composed; the whole picture is concealed"),
}
