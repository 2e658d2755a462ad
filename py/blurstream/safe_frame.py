"""What may leave the pipeline, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from .frame import FrameSpec, Planes, Slot

Array = np.ndarray[Any, Any]
Kind = Literal["composed", "concealed", "raw"]
_SEAL = object()


@dataclass(frozen=True)
class SafeFrame:
    """A frame whose background has been replaced in every pixel, the only thing that may leave the pipeline;
    or, for the effect 'none' alone, the camera's picture.

    `ticket` is the number the frame was begun under. `picture` holds its pixels (I420, padded) until the next
    SafeFrame is made. `spec` is of those pixels: its size may be another than the camera's. `kind` says
    whether the person is shown ('composed'), nothing of the camera's picture is to be made out ('concealed',
    for `reason`), or all of it is ('raw').
    """

    ticket: int
    picture: Planes
    spec: FrameSpec
    kind: Kind
    reason: str
    _made_by: object

    def __post_init__(self) -> None:
        if self._made_by is not _SEAL:
            raise TypeError("a SafeFrame is made by those that compose, conceal or pass through a frame only")

    @property
    def planes(self) -> tuple[Array, Array, Array]:
        return self.picture.planes

    @property
    def memory(self) -> Array:
        return self.picture.memory

    @property
    def layout(self) -> list[tuple[int, int]]:
        return self.picture.layout


def seal(slot: Slot, ticket: int, picture: Planes, kind: Kind, reason: str = "") -> SafeFrame:
    """`picture`: what is shown for the frame in `slot`, in that frame's colour space."""
    spec = spec_of(slot)
    size = picture.geometry.width, picture.geometry.height
    if size != (spec.width, spec.height):
        spec = replace(spec, width=size[0], height=size[1])
    return SafeFrame(ticket, picture, spec, kind, reason, _SEAL)


def raw(slot: Slot, ticket: int) -> SafeFrame:
    """The one way for raw pixels."""
    return seal(slot, ticket, slot, "raw")


def spec_of(slot: Slot) -> FrameSpec:
    """Of the frame in the slot."""
    assert slot.spec is not None
    return slot.spec
