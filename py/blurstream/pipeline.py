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

from .activity import Activity, Tact
from .background import Background
from .compose import SafeFrame
from .errors import BlurStreamError, FrameError, ModelError
from .frame import FrameSpec, Geometry
from .ground import Ground
from .kernels.loader import Kernels
from .mask import Mask, Session
from .options import Settings
from .quality import Ladder
from .workspace import SLOTS, Ticket, Workspace

Array = np.ndarray[Any, Any]
Report = Callable[[str, str, str, Mapping[str, object]], None]  # severity, code, message, details

INPUT, OUTPUT = "image", "mask"
NEW_SCENE = 3  # frames concealed when the whole picture has become another


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
        self._ladder, self._tact = ladder, Tact()
        self._kernels, self._emit, self._report = kernels, emit, report
        self._session: Session | None = None
        self._settings = Settings()
        self._reconfigured = False  # since the last frame was composed
        self._background = Background(kernels)
        self._workspace: Workspace | None = None
        self._mask = Mask()
        self._begun: dict[int, Ticket] = {}
        self._running: Ticket | None = None
        self._waiting: Ticket | None = None
        self._condition = ""
        self._number = 0
        self.milliseconds: dict[str, float] = {}
        self.frames = {"composed": 0, "concealed": 0}
        self._left_out = 0
        self._cut = 0  # frames that are concealed yet, after the picture has become another
        self._activity = Activity()

    def configure(self, settings: Settings) -> None:
        self._reconfigured |= settings != self._settings
        self._settings = settings
        self._background.effect = settings.effect

    def place_picture(self, number: int, width: int, height: int) -> tuple[Array, int]:
        """Where picture `number` of an Image effect is to be put, in the size of the frames it is for: RGBA,
        u8, and its stride in bytes. Until it is there frames are concealed. Raises FrameError when the size
        is impossible.
        """
        return self._background.place(number, Geometry(width, height))

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

    def renew(self) -> None:
        """Frames begun from now on are another camera's: nothing of what was seen is used for them."""
        self._workspace = None
        self._cut = 0

    def activity(self) -> dict[str, object]:
        """What was done since the last call; see Activity.read."""
        return self._activity.read(self._tact.fps)

    def begin(self, spec: FrameSpec) -> Ticket:
        """Memory for a frame. Raises FrameError when the size is impossible or both slots are taken."""
        workspace = self._workspace
        coarse = self._ladder.level.work_factor_scale if self._ladder is not None else 1
        geometry = Geometry(spec.width, spec.height, coarse)
        if workspace is None or _shape(workspace.geometry) != _shape(geometry):
            if self._ladder is not None and coarse == 1:
                self._ladder.restart()
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
        if self._session is None:
            self._conceal(ticket, "no-model")
        elif self._running is not None:
            self._waiting = ticket
        elif needs_mask:
            self._send(ticket)
        else:
            self._finish(ticket, None)

    def _prepare(self, ticket: Ticket) -> bool:
        """Says whether the frame needs a mask of its own, as far as is known."""
        spec = ticket.slot.spec
        assert spec is not None
        start = perf_counter()
        self._tact.arrived(spec.timestamp)
        ticket.late = self._tact.late
        ticket.slot.unpack()
        ticket.prepared.shrink()
        ticket.workspace.change.run(ticket.prepared)
        ticket.cut = ticket.workspace.change.cut
        ticket.repeats = self._may_repeat(ticket.workspace) and self._leaves_out(ticket)
        needs_mask = not (
            self._settings.paused or ticket.repeats or ticket.workspace.may_reuse(ticket.prepared)
        )
        if self._session is not None and needs_mask:
            self._draw(ticket)  # even while the model works on the frame before
        ticket.busy_ms = (self._took("prepare", start) - start) * 1e3
        return needs_mask

    def _may_repeat(self, space: Workspace) -> bool:
        """Whether what is shown is a composed frame of the settings as they are."""
        return space.reuses is not None and not self._reconfigured

    def _leaves_out(self, ticket: Ticket) -> bool:
        """Of the frames that need a mask, the level takes one of so many."""
        if self._ladder is None or self._ladder.level.every == 1 or ticket.cut:
            return False
        self._left_out = (self._left_out + 1) % self._ladder.level.every
        return self._left_out > 0

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
        ticket.model_ms = (self._took("model", ticket.sent_at) - ticket.sent_at) * 1e3
        self._running = None
        following, self._waiting = self._waiting, None
        if following is not None and following.drawn:
            self._send(following)  # the model runs while this frame is composed
            following = None
        self._receive(results, ticket, error)
        if following is None:
            return
        # it was taken to need no mask of its own: whether that is so is known only now
        space = following.workspace
        following.repeats &= self._may_repeat(space)
        if self._settings.paused or following.repeats or space.may_reuse(following.prepared):
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
        """`mask` None: the last one is this frame's too, or the frame is left out."""
        if self._settings.paused:
            self._conceal(ticket, "paused")
            return
        if self._is_new_scene(ticket) and self._background.shows_room:
            self._conceal(ticket, "new-scene")
            return
        if ticket.cut:
            ticket.workspace.plate.reset()
        try:
            backdrop = self._background.backdrop(ticket)
            if backdrop is None and not self._background.shows_room:
                self._conceal(ticket, "no-picture")
                return
            safe = self._composed(ticket, mask, backdrop)
        except (BlurStreamError, ArithmeticError, LookupError, ValueError, TypeError) as problem:
            self._conceal(ticket, "error", f"{type(problem).__name__}: {problem}")
            return
        self._enter("")
        self._out(safe)
        self._observe(ticket)

    def _observe(self, ticket: Ticket) -> None:
        if self._ladder is None or ticket.repeats:
            return
        model_ms = ticket.model_ms
        change = self._ladder.observe(
            perf_counter() * 1e3, ticket.busy_ms, model_ms, self._tact.interval_ms, ticket.late
        )
        self._activity.level = self._ladder.level
        if change is not None:
            self._activity.reason = change.reason
            self._report("quality", "quality", f"{change.level.name}: {change.reason}", change.details)

    def _is_new_scene(self, ticket: Ticket) -> bool:
        """Another camera, or a bump or light that changes everything: the old plate does not belong to it."""
        space = ticket.workspace
        if ticket.cut and space.reuses is not None:
            self._cut = NEW_SCENE + 1
        self._cut = max(self._cut - 1, 0)
        return self._cut > 0

    def _composed(self, ticket: Ticket, mask: Array | None, backdrop: Ground | None) -> SafeFrame:
        space, settings, prepared = ticket.workspace, self._settings, ticket.prepared
        start = begun = perf_counter()
        if ticket.repeats and mask is None:
            space.leave_out(prepared)
            return space.compose.repeat(ticket.slot, ticket.number, "composed", "")
        space.take(mask, prepared)
        start = self._took("matte", start)
        ground = self._background.behind_person(ticket, backdrop)
        start = self._took("plate", start)
        fine = self._ladder is None or self._ladder.level.matte == "fine"
        noise = space.change.noise.sigma * space.geometry.factor if settings.denoise and fine else None
        stirred = None if mask is None else space.unsettled, space.window
        safe = space.compose.compose(
            ticket.slot, prepared, ticket.number, ground, *stirred, denoise=noise, fuse=fine
        )
        self._reconfigured = False
        ticket.busy_ms += (self._took("compose", start) - begun) * 1e3
        self._activity.mask_reuses += mask is None
        self._activity.composed(space)
        return safe

    def _conceal(self, ticket: Ticket, reason: str, message: str = "") -> None:
        """The whole room, coarse, or the backdrop alone. What fails here is left to the caller, who has no
        SafeFrame then and shows a veil.
        """
        self._enter(reason, message)
        start = perf_counter()
        space = ticket.workspace
        space.reset()
        if ticket.cut:
            space.plate.reset()
        ground = self._background.alone(ticket)
        due = space.veil_is_due(still=self._settings.paused)
        if ground is not None:
            space.veiled = None
        elif due or not space.compose.is_veil:
            ground = self._background.whole(ticket)
        if ground is None or space.compose.is_veil_of(ground):
            safe = space.compose.repeat(ticket.slot, ticket.number, "concealed", reason)
        else:
            safe = space.compose.conceal(ticket.slot, ticket.number, reason, ground)
            space.veiled = 0 if self._background.shows_room else None
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


def _shape(geometry: Geometry) -> tuple[int, int, int]:
    return geometry.width, geometry.height, geometry.factor


_WORDS = {
    "no-person": ("warning", "no person found; the whole picture is concealed until there is one"),
    "bad-mask": ("error", "the model's answer cannot be used; the whole picture is concealed"),
    "no-picture": ("error", "the effect's picture is not here; the whole picture is concealed"),
    "model-error": ("error", "the model failed; the whole picture is concealed"),
    "new-scene": ("warning", "the picture is another one; it is concealed until the background is known"),
    "error": ("error", "a frame could not be composed; the whole picture is concealed"),
}
