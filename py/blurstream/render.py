"""A frame, and its mask if the effect needs one -> SafeFrame: composed, raw, or concealed for a reason."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import numpy as np

from .activity import Activity, Stopwatch
from .background import Background
from .condition import Condition, Report
from .errors import BlurStreamError
from .frame import Geometry
from .ground import Ground
from .kernels.loader import Kernels
from .options import Greenscreen, NoEffect, Presenter, Settings
from .presented import Presented, slides_size
from .quality import Ladder
from .safe_frame import SafeFrame, raw, spec_of
from .workspace import Ticket, Workspace

Array = np.ndarray[Any, Any]

NEW_SCENE = 3  # frames concealed when the whole picture has become another


class Concealed(Exception):  # noqa: N818 - not an error: the way that a frame goes
    """This frame is to be concealed, for `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Render:
    """Knows the settings, and what is shown."""

    def __init__(self, kernels: Kernels, report: Report, ladder: Ladder | None, watch: Stopwatch) -> None:
        self.settings = Settings()
        self._kernels = kernels
        self._presenting: Presented | None = None
        self.background = Background(kernels)
        self.activity = Activity()
        self._ladder, self._watch = ladder, watch
        self._condition = Condition(report)
        self._reconfigured = False  # since the last frame was composed
        self._cut = 0  # frames that are concealed yet, after the picture has become another

    def configure(self, settings: Settings) -> None:
        self._reconfigured |= settings != self.settings
        self.settings = settings
        self.background.effect = settings.effect
        if not isinstance(settings.effect, Presenter):
            self._presenting = None

    @property
    def uses_model(self) -> bool:
        return not isinstance(self.settings.effect, NoEffect | Greenscreen)

    def may_repeat(self, space: Workspace) -> bool:
        """Whether what is shown is a composed frame of the settings as they are."""
        return space.reuses is not None and not self._reconfigured

    def finish(self, ticket: Ticket, mask: Array | None) -> SafeFrame:
        """`mask` None: the last one is this frame's too, the frame is left out, or the effect needs none."""
        try:
            safe = self._finished(ticket, mask)
        except Concealed as way:
            return self.conceal(ticket, way.reason)
        except (BlurStreamError, ArithmeticError, LookupError, ValueError, TypeError) as problem:
            return self.conceal(ticket, "error", f"{type(problem).__name__}: {problem}")
        self._condition.enter("raw-picture" if safe.kind == "raw" else "")
        return safe

    def _finished(self, ticket: Ticket, mask: Array | None) -> SafeFrame:
        if self.settings.paused:
            raise Concealed("paused")
        effect = self.settings.effect
        if isinstance(effect, NoEffect):
            ticket.workspace.leave_keyed()
            ticket.workspace.forget()
            self.activity.shown_whole(ticket.workspace.geometry.width, ticket.workspace.geometry.height)
            return raw(ticket.slot, ticket.number)
        if isinstance(effect, Greenscreen):
            return self._keyed(ticket, effect)
        if isinstance(effect, Presenter):
            return self._presented(ticket, mask, effect)
        return self._composed(ticket, mask)

    def _presented(self, ticket: Ticket, mask: Array | None, effect: Presenter) -> SafeFrame:
        slides = self._slides(ticket, effect)
        if slides is None:
            raise Concealed("no-picture")
        self._composed(ticket, mask)
        start = perf_counter()
        safe = slides.compose(ticket.slot, ticket.number, ticket.workspace, effect)
        ticket.busy_ms += (self._watch.took("present", start) - start) * 1e3
        self.activity.shown_whole(slides.geometry.width, slides.geometry.height)
        return safe

    def _slides(self, ticket: Ticket, effect: Presenter) -> Presented | None:
        """In the colour space of this frame; None: they have not come."""
        pictures = self.background.pictures
        size = slides_size(pictures, effect.picture)
        if size is None:
            return None
        geometry = Geometry(*size)
        if self._presenting is None or self._presenting.geometry != geometry:
            self._presenting = Presented(geometry, self._kernels, pictures)
        start = perf_counter()
        shown = self._presenting.show(effect.picture, spec_of(ticket.slot).colour_space)
        self._watch.took("slides", start)
        return self._presenting if shown else None

    def _keyed(self, ticket: Ticket, effect: Greenscreen) -> SafeFrame:
        space, start = ticket.workspace, perf_counter()
        space.forget()
        ground = self.background.backdrop(ticket)
        if ground is None:
            raise Concealed("no-picture")
        start = self._watch.took("plate", start)
        safe = space.keyed.compose(ticket.slot, ticket.number, ground, effect, anew=ticket.cut)
        if safe is None:
            raise Concealed("no-screen")
        self._watch.took("compose", start)
        self.activity.composed(space, space.keyed)
        return safe

    def _composed(self, ticket: Ticket, mask: Array | None) -> SafeFrame:
        """The person over the effect's ground."""
        ticket.workspace.leave_keyed()
        if self._is_new_scene(ticket) and self.background.shows_room:
            raise Concealed("new-scene")
        if ticket.cut:
            ticket.workspace.plate.reset()
        backdrop = self.background.backdrop(ticket)
        if backdrop is None and not self.background.shows_room:
            raise Concealed("no-picture")
        space, prepared = ticket.workspace, ticket.prepared
        start = begun = perf_counter()
        if ticket.repeats and mask is None:
            space.leave_out(prepared)
            return space.compose.repeat(ticket.slot, ticket.number, "composed", "")
        space.take(mask, prepared)
        start = self._watch.took("matte", start)
        ground = self.background.behind_person(ticket, backdrop)
        start = self._watch.took("plate", start)
        safe = self._over(ground, ticket, mask)
        self._reconfigured = False
        ticket.busy_ms += (self._watch.took("compose", start) - begun) * 1e3
        self.activity.mask_reuses += mask is None
        self.activity.composed(space, space.compose)
        return safe

    def _over(self, ground: Ground, ticket: Ticket, mask: Array | None) -> SafeFrame:
        space = ticket.workspace
        fine = self._ladder is None or self._ladder.level.matte == "fine"
        noise = space.change.noise.sigma * space.geometry.factor if self.settings.denoise and fine else None
        stirred = None if mask is None else space.unsettled, space.window
        return space.compose.compose(
            ticket.slot, ticket.prepared, ticket.number, ground, *stirred, denoise=noise, fuse=fine
        )

    def _is_new_scene(self, ticket: Ticket) -> bool:
        """Another camera, or a bump or light that changes everything: the old plate does not belong to it."""
        space = ticket.workspace
        if ticket.cut and space.reuses is not None:
            self._cut = NEW_SCENE + 1
        self._cut = max(self._cut - 1, 0)
        return self._cut > 0

    def conceal(self, ticket: Ticket, reason: str, message: str = "") -> SafeFrame:
        """The whole room, coarse, or the backdrop alone. What fails here is left to the caller, who has no
        SafeFrame then and shows a veil.
        """
        self._condition.enter(reason, message)
        start = perf_counter()
        space = ticket.workspace
        space.reset()
        if ticket.cut:
            space.plate.reset()
        space.leave_keyed(interrupted=reason != "no-screen")
        safe = self._veil(ticket, reason)
        self._watch.took("conceal", start)
        return safe

    def _veil(self, ticket: Ticket, reason: str) -> SafeFrame:
        space, effect = ticket.workspace, self.settings.effect
        slides = self._slides(ticket, effect) if isinstance(effect, Presenter) else None
        if slides is not None:
            return slides.alone(ticket.slot, ticket.number, reason)
        ground = self.background.alone(ticket)
        due = space.veil_is_due(still=self.settings.paused)
        if ground is not None:
            space.veiled = None
        elif due or not space.compose.is_veil:
            ground = self.background.whole(ticket)
        if ground is None or space.compose.is_veil_of(ground):
            return space.compose.repeat(ticket.slot, ticket.number, "concealed", reason)
        safe = space.compose.conceal(ticket.slot, ticket.number, reason, ground)
        space.veiled = 0 if ground is space.plate.ground else None
        return safe
