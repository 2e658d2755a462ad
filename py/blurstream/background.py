"""What stands behind the person, as the effect wants it: the blurred room, a colour or a picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from .backdrop import BLACK, Backdrop
from .frame import FrameSpec, Geometry
from .ground import Ground
from .kernels.loader import Kernels
from .options import PRIVATE, Blur, Color, Effect, Greenscreen, Image, NoEffect, Presenter
from .pictures import Pictures
from .safe_frame import spec_of
from .workspace import SLOTS, Ticket

Array = np.ndarray[Any, Any]
Shown = Blur | Color | Image


class Background:
    """Keeps the pictures, and the backdrops of the frames' sizes; the plate belongs to the workspace."""

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels
        self.effect: Effect = PRIVATE
        self.pictures = Pictures(kernels)
        self._backdrops: dict[tuple[int, int], Backdrop] = {}  # by size, the one used last at the end
        self._plate_is_old = False

    @property
    def shows_room(self) -> bool:
        return isinstance(self.shown, Blur)

    @property
    def shown(self) -> Shown:
        """What is behind the person, or takes the place of all: without an effect, too, a concealed frame
        shows the blurred room.
        """
        if isinstance(self.effect, Greenscreen):
            return self.effect.background
        if isinstance(self.effect, Presenter):  # a cut-out is premultiplied: what black adds is nothing
            return BLACK if self.effect.shape == "cutout" else self.effect.background
        if isinstance(self.effect, NoEffect):
            return PRIVATE
        return self.effect

    def place(self, number: int, geometry: Geometry) -> tuple[Array, int]:
        """See Pictures.place."""
        return self.pictures.place(number, geometry)

    def begin(self, number: int, spec: FrameSpec) -> tuple[Array, list[tuple[int, int]]]:
        """See Pictures.begin."""
        return self.pictures.begin(number, spec)

    def backdrop(self, ticket: Ticket) -> Ground | None:
        """The effect's colour or picture, in the colour space of this frame; None: it has none, or its
        picture has not come.
        """
        shown = self.shown
        return None if isinstance(shown, Blur) else self.of(shown, ticket)

    def alone(self, ticket: Ticket) -> Ground | None:
        """What a concealed frame shows in the room's place: the effect's colour or picture, black for a
        picture that has not come; None: the room itself is to be blurred.
        """
        if isinstance(self.effect, Presenter):  # whose slides have not come
            return self.of(BLACK, ticket)
        if self.shows_room:
            return None
        return self.backdrop(ticket) or self.of(BLACK, ticket)

    def of(self, shown: Color | Image, ticket: Ticket) -> Ground | None:
        """A colour or picture as ground of this frame; None: the picture has not come."""
        backdrop = self._of(ticket.workspace.geometry)
        return backdrop.ground if backdrop.show(shown, spec_of(ticket.slot).colour_space) else None

    def behind_person(self, ticket: Ticket, backdrop: Ground | None) -> Ground:
        """Of a frame whose matte is known. `backdrop`: what the method of that name gave for it."""
        if backdrop is not None:
            self._plate_is_old = True
            return backdrop
        plate, effect = ticket.workspace.plate, self._blur
        if self._plate_is_old:
            plate.reset()
            self._plate_is_old = False
        if effect.background == "fresh":
            plate.fresh(ticket.prepared, effect.sigma)
        else:
            plate.sealed(ticket.prepared, effect.sigma)
        return plate.ground

    def whole(self, ticket: Ticket) -> Ground:
        """The room of a concealed frame, with whoever is in it: coarse at any strength."""
        plate = ticket.workspace.plate
        plate.fresh(ticket.prepared, max(self._blur.sigma, PRIVATE.sigma), person=False)
        return plate.ground

    @property
    def _blur(self) -> Blur:
        return self.shown if isinstance(self.shown, Blur) else PRIVATE

    def _of(self, geometry: Geometry) -> Backdrop:
        size = (geometry.width, geometry.height)
        backdrop = self._backdrops.pop(size, None) or Backdrop(geometry, self._kernels, self.pictures)
        self._backdrops[size] = backdrop
        if len(self._backdrops) > SLOTS:  # frames on their way may be of another size each
            del self._backdrops[next(iter(self._backdrops))]
        return backdrop
