"""What stands behind the person, as the effect wants it: the blurred room, a colour or a picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from .backdrop import Backdrop
from .frame import FrameSpec, Geometry
from .ground import Ground
from .kernels.loader import Kernels
from .options import PRIVATE, Blur, Color, Effect
from .workspace import SLOTS, Ticket

Array = np.ndarray[Any, Any]

BLACK = Color((0, 0, 0))


class Background:
    """Keeps the backdrops of the frames' sizes; the plate belongs to the workspace."""

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels
        self.effect: Effect = PRIVATE
        self._backdrops: dict[tuple[int, int], Backdrop] = {}  # by size, the one used last at the end
        self._plate_is_old = False

    @property
    def shows_room(self) -> bool:
        return isinstance(self.effect, Blur)

    def place(self, number: int, geometry: Geometry) -> tuple[Array, int]:
        """See Backdrop.place."""
        return self._of(geometry).place(number)

    def backdrop(self, ticket: Ticket) -> Ground | None:
        """The effect's colour or picture, in the colour space of this frame; None: it has none, or its
        picture has not been placed.
        """
        if isinstance(self.effect, Blur):
            return None
        spec = _spec(ticket)
        backdrop = self._of(ticket.workspace.geometry)
        return backdrop.ground if backdrop.show(self.effect, spec) else None

    def alone(self, ticket: Ticket) -> Ground | None:
        """What a concealed frame shows in the room's place: the effect's colour or picture, black for a
        picture that has not been placed; None: the room itself is to be blurred.
        """
        if isinstance(self.effect, Blur):
            return None
        found = self.backdrop(ticket)
        if found is None:
            backdrop = self._of(ticket.workspace.geometry)
            backdrop.show(BLACK, _spec(ticket))
            found = backdrop.ground
        return found

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
        return self.effect if isinstance(self.effect, Blur) else PRIVATE

    def _of(self, geometry: Geometry) -> Backdrop:
        size = (geometry.width, geometry.height)
        backdrop = self._backdrops.pop(size, None) or Backdrop(geometry, self._kernels)
        self._backdrops[size] = backdrop
        if len(self._backdrops) > SLOTS:  # frames on their way may be of another size each
            del self._backdrops[next(iter(self._backdrops))]
        return backdrop


def _spec(ticket: Ticket) -> FrameSpec:
    assert ticket.slot.spec is not None
    return ticket.slot.spec
