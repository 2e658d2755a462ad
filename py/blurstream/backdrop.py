"""What is shown in the room's place: a colour, or a picture, in the frame's size and colour space."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .colours import Space, between, to_yuv
from .frame import Geometry, Planes, Slot, repeat_edge
from .ground import backdrop_ground
from .kernels.loader import Kernels
from .options import Color, Image
from .pictures import Drawn, Moving, Pictures
from .scale import Scaled, spans

Array = np.ndarray[Any, Any]
BLACK = Color((0, 0, 0))


class Backdrop:
    """Planes of a frame's size. Nothing is done while what they show stays the same."""

    def __init__(self, geometry: Geometry, kernels: Kernels, pictures: Pictures) -> None:
        self.geometry = geometry
        self._kernels, self._pictures = kernels, pictures
        self._picture = Planes(geometry)
        self.ground = backdrop_ground(geometry, self._picture.planes)
        self._shown: object = None  # what the planes hold
        self._fitted: _Fitted | None = None

    @property
    def planes(self) -> tuple[Array, Array, Array]:
        return self._picture.planes

    def show(self, effect: Color | Image, space: Space) -> bool:
        """Makes the planes that of the effect, if they are not; False if its picture is not here."""
        if isinstance(effect, Color):
            return self._become((effect, space), lambda: self._fill(effect, space))
        drawn = self._pictures.drawn(effect.picture, self.geometry)
        if drawn is not None:
            return self._become((drawn, drawn.version, space), lambda: self._convert(drawn, space))
        moving = self._pictures.moving(effect.picture)
        if moving is not None:
            return self._become((effect, moving.version, space), lambda: self._fit(moving, effect, space))
        return False

    def _become(self, wanted: object, make: Callable[[], None]) -> bool:
        if wanted != self._shown:
            self._shown = None
            make()
            self._shown = wanted
            self.ground.touched.fill(1)
        return True

    def _fill(self, color: Color, space: Space) -> None:
        self._fitted = None
        for plane, value in zip(self.planes, to_yuv(*space).of(*color.rgb), strict=True):
            plane.fill(value)

    def _convert(self, drawn: Drawn, space: Space) -> None:
        self._fitted = None
        drawn.convert(self.planes, space)

    def _fit(self, moving: Moving, effect: Image, space: Space) -> None:
        wanted = (moving.size, effect.fit, effect.position, moving.space, space)
        if self._fitted is None or self._fitted.wanted != wanted:
            self._fill(BLACK, space)  # beside what is to be contained
            self._fitted = _Fitted(self._kernels, effect, self._picture, wanted)
        assert moving.shown is not None
        self._fitted.run(moving.shown)


class _Fitted:
    """The way from the slots of a moving picture to a frame's planes."""

    def __init__(
        self,
        kernels: Kernels,
        effect: Image,
        target: Planes,
        wanted: tuple[tuple[int, int], object, object, Space, Space],
    ) -> None:
        self.wanted = wanted
        self._size, *_, given, space = wanted
        self._kernels, self._target = kernels, target
        geometry = target.geometry
        self._spans = spans(self._size, (geometry.width, geometry.height), effect.fit, effect.position)
        self._by_slot: dict[int, tuple[Slot, Scaled]] = {}
        self._scaled = target.planes
        self._recolour: tuple[Callable[[], None], ...] = ()
        if given != space:
            self._scaled = Planes(geometry).planes
            across, down = self._spans
            luma = self._scaled[0][down.pixels, across.pixels]
            u, v = (plane[down.halved.pixels, across.halved.pixels] for plane in self._scaled[1:])
            out = target.planes[0][down.pixels, across.pixels]
            outs = [plane[down.halved.pixels, across.halved.pixels] for plane in target.planes[1:]]
            weights = between(given, space)
            self._recolour = (
                partial(kernels.bind("recolour_luma", luma, u, v, out), *weights.luma),
                partial(kernels.bind("recolour_chroma", u, v, *outs), *weights.chroma),
            )

    def run(self, slot: Slot) -> None:
        held = self._by_slot.get(slot.number)
        if held is None or held[0] is not slot:
            scaled = Scaled(self._kernels, slot.planes, self._size, self._scaled, *self._spans)
            held = self._by_slot[slot.number] = (slot, scaled)
        held[1].run()
        for recolour in self._recolour:
            recolour()
        width, height = self._target.geometry.width, self._target.geometry.height
        repeat_edge(self._target.planes[0], width, height)
        for plane in self._target.planes[1:]:
            repeat_edge(plane, (width + 1) // 2, (height + 1) // 2)
