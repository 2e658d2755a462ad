"""The way of a frame: begin -> submit -> (model) -> render -> emit. Two frames at most are on their way.

While the model works on one frame the next one is prepared; when the mask comes back the next input is sent
first and then this frame is composed, so that model and composition run side by side and a mask is only ever
used on its own frame. Effects that need no mask go the same way without the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from .activity import Stopwatch
from .condition import Report
from .errors import FrameError, ModelError
from .frame import FrameSpec, Geometry
from .kernels.loader import Kernels
from .mask import Mask, Session
from .options import Settings
from .pace import Pace
from .quality import Ladder
from .render import Render
from .safe_frame import SafeFrame, spec_of
from .workspace import SLOTS, Ticket, Workspace

Array = np.ndarray[Any, Any]

INPUT, OUTPUT = "image", "mask"


class Pipeline:
    """Turns camera frames into SafeFrames.

    `emit` gets every SafeFrame, in the order of the frames; the frame's memory is used again once it returns.
    `report` gets warnings and errors; each condition is reported when it begins, not on every frame. With a
    `ladder` frames get less work when they take too long; its changes are reported as 'quality'.
    """

    def __init__(
        self,
        kernels: Kernels,
        emit: Callable[[SafeFrame], None],
        report: Report,
        ladder: Ladder | None = None,
    ) -> None:
        self._kernels, self._emit, self._watch = kernels, emit, Stopwatch()
        self._render = Render(kernels, report, ladder, self._watch)
        self._activity = self._render.activity
        self._pace = Pace(ladder, report, self._activity)
        self._session: Session | None = None
        self._workspace: Workspace | None = None
        self._mask = Mask()
        self._begun: dict[int, Ticket] = {}
        self._running: Ticket | None = None
        self._waiting: Ticket | None = None
        self._number = 0
        self.milliseconds = self._watch.milliseconds
        self.frames = {"composed": 0, "concealed": 0, "raw": 0}

    def configure(self, settings: Settings) -> None:
        self._render.configure(settings)

    def place_picture(self, number: int, width: int, height: int) -> tuple[Array, int]:
        """Where picture `number` of the effect is to be put, in the size that it is shown in (the frame's; of
        presenter's slides the output's): RGBA, u8, and its stride in bytes. Until it is there frames are
        concealed. Raises FrameError when the size is impossible.
        """
        return self._render.background.place(number, Geometry(width, height))

    def begin_picture(self, number: int, spec: FrameSpec) -> tuple[Array, list[tuple[int, int]]]:
        """Where a picture in a size of its own is to be put, one of a film or a screen: the memory, and each
        plane's (offset, stride) in bytes. Raises FrameError when the size is impossible.
        """
        return self._render.background.begin(number, spec)

    def end_picture(self, number: int) -> None:
        """Its pixels are in place: it is what is shown from now on."""
        self._render.background.pictures.end(number)

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
            if self._render.uses_model:
                self._out(self._render.conceal(ticket, reason))
            else:
                self._finish(ticket, None)
        self._restart()

    def renew(self) -> None:
        """Frames begun from now on are another camera's: nothing of what was seen is used for them."""
        self._workspace = None

    def activity(self) -> dict[str, object]:
        """What was done since the last call; see Activity.read."""
        return self._activity.read(self._pace.fps)

    def begin(self, spec: FrameSpec) -> Ticket:
        """Memory for a frame. Raises FrameError when the size is impossible or both slots are taken."""
        workspace = self._workspace
        geometry = Geometry.of_camera(spec.width, spec.height, self._pace.coarse)
        if workspace is None or _shape(workspace.geometry) != _shape(geometry):
            self._pace.new_size()
            workspace = self._workspace = Workspace(geometry, self._kernels)
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
        try:
            needs_mask = self._prepare(ticket)
        except BaseException:
            ticket.workspace.reset()  # what this frame changed has been noted, but is shown by none
            raise
        if self._running is not None:
            self._waiting = ticket
        elif self._session is None and self._render.uses_model:
            self._out(self._render.conceal(ticket, "no-model"))
        elif needs_mask:
            self._send(ticket)
        else:
            self._finish(ticket, None)

    def _prepare(self, ticket: Ticket) -> bool:
        """Says whether the frame needs a mask of its own, as far as is known."""
        start = perf_counter()
        self._pace.arrived(ticket, spec_of(ticket.slot).timestamp)
        ticket.slot.unpack()
        ticket.prepared.shrink()
        ticket.workspace.change.run(ticket.prepared)
        ticket.cut = ticket.workspace.change.cut
        ticket.workspace.view.widen(ticket.workspace.change.stirred())
        ticket.repeats = self._render.may_repeat(ticket.workspace) and self._pace.leaves_out(ticket)
        needs_mask = self._needs_mask(ticket)
        if self._session is not None and needs_mask:
            self._draw(ticket)  # even while the model works on the frame before
        ticket.busy_ms = (self._watch.took("prepare", start) - start) * 1e3
        return needs_mask

    def _needs_mask(self, ticket: Ticket) -> bool:
        render = self._render
        return render.uses_model and not (
            render.settings.paused or ticket.repeats or ticket.workspace.may_reuse(ticket.prepared)
        )

    def _draw(self, ticket: Ticket) -> None:
        """The model's input, once."""
        if not ticket.drawn:
            ticket.prepared.draw(spec_of(ticket.slot), ticket.workspace.view.window)
            ticket.drawn = True

    def _on_the_way(self) -> list[Ticket]:
        return [*self._begun.values(), *(t for t in (self._running, self._waiting) if t)]

    def _send(self, ticket: Ticket) -> None:
        assert self._session is not None
        self._running = ticket
        self._activity.model_runs += 1
        try:
            self._draw(ticket)
            ticket.sent_at = perf_counter()
            self._session.run_async([OUTPUT], {INPUT: ticket.prepared.image[None]}, self._on_mask, ticket)
        except BaseException:
            self._running = None  # its slot is free again; the caller has no SafeFrame and shows a veil
            ticket.workspace.reset()
            raise

    def _on_mask(self, results: Sequence[Array], ticket: Ticket, error: str) -> None:
        if ticket is not self._running:
            return  # answered after close: the frame is concealed and gone
        ticket.model_ms = (self._watch.took("model", ticket.sent_at) - ticket.sent_at) * 1e3
        self._running = None
        following, self._waiting = self._waiting, None
        if following is not None and following.drawn and self._render.uses_model:
            self._send(following)  # the model runs while this frame is composed
            following = None
        self._receive(results, ticket, error)
        if following is None:
            return
        # it was taken to need no mask of its own: whether that is so is known only now
        following.repeats &= self._render.may_repeat(following.workspace)
        if self._needs_mask(following):
            self._send(following)
        else:
            self._finish(following, None)

    def _receive(self, results: Sequence[Array], ticket: Ticket, error: str) -> None:
        if not self._render.uses_model:
            self._finish(ticket, None)
            return
        conceal = self._render.conceal
        if error:
            self._out(conceal(ticket, "model-error", error))
            return
        try:
            mask = self._mask.check(results[0])
        except ModelError as problem:
            self._out(conceal(ticket, "bad-mask", str(problem)))
            return
        if reason := self._mask.concealed(mask, ticket.prepared.share):
            self._out(conceal(ticket, reason))
        else:
            self._finish(ticket, mask)

    def _finish(self, ticket: Ticket, mask: Array | None) -> None:
        """See Render.finish."""
        safe = self._render.finish(ticket, mask)
        self._out(safe)
        if safe.kind == "composed" and self._render.uses_model:
            self._pace.observe(ticket)

    def _out(self, safe: SafeFrame) -> None:
        self.frames[safe.kind] += 1
        self._emit(safe)

    def _restart(self) -> None:
        self._mask = Mask()
        if self._workspace is not None:
            self._workspace.reset()


def _shape(geometry: Geometry) -> tuple[int, int, int]:
    return geometry.width, geometry.height, geometry.factor
