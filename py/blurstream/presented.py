"""The person, composed as ever, over their slides -> SafeFrame in the slides' size.

A cut-out is composed over black, which makes its colours premultiplied; a circle or rounded rectangle over
the blurred room or a colour. Both are scaled into a rectangle of the slides. The slides are kept as they are,
so that the picture can be moved at any time and leaves no trace.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from .backdrop import Backdrop
from .colours import Space, to_yuv
from .compose import Compose
from .frame import Geometry, Planes, Slot
from .kernels.loader import Bound, Kernels
from .options import Image, Presenter
from .pictures import Pictures
from .placement import Rect, output_size, place, seen, shape_mask
from .safe_frame import SafeFrame, seal, spec_of
from .scale import Scaled, Span
from .tiles import PERSON
from .workspace import Workspace

Array = np.ndarray[Any, Any]

STILL = 0.05  # of the camera's width that the person may move without the picture following
FOLLOW = 0.15  # of the way that it follows a frame
ARRIVED = 0.01
HEAD = 0.45  # of the camera's height: what is so far below the person's top does not count for their middle


class Presented:
    """For slides of one size. `picture` is what is shown."""

    def __init__(self, geometry: Geometry, kernels: Kernels, pictures: Pictures) -> None:
        self.geometry = geometry
        self._kernels = kernels
        self._slides = Backdrop(geometry, kernels, pictures)
        self.picture = Planes(geometry)
        self._whole = False  # the picture is the slides but for what is laid on them
        self._laid: Rect | None = None
        self._person: _Person | None = None
        self._scaled: object = None  # what of the person is in the rectangle
        self._centre = _Centre()

    def show(self, picture: int, space: Space) -> bool:
        """Brings the slides up to date; False if they have not come."""
        return self._slides.show(Image(picture), space)

    def alone(self, slot: Slot, ticket: int, reason: str) -> SafeFrame:
        """The slides, and nothing of the camera's picture."""
        self._restore(None)
        self._scaled = None
        self._whole = True
        return seal(slot, ticket, self.picture, "concealed", reason)

    def compose(self, slot: Slot, ticket: int, space: Workspace, effect: Presenter) -> SafeFrame:
        """`space`: whose compose has just made this frame. Nothing is done for what stays as it is."""
        compose, camera, slides = space.compose, space.geometry, self.geometry
        self._centre.follow(space)
        crop = seen(effect.shape, (camera.width, camera.height), self._centre.x, self._centre.y)
        rect = place(effect, (slides.width, slides.height), (crop.width, crop.height))
        zeros = to_yuv(*spec_of(slot).colour_space).of(0, 0, 0)
        wanted = (compose, crop, rect, effect.shape, zeros)
        if self._person is None or self._person.wanted != wanted:
            self._person = _Person(self._kernels, wanted, self._slides.planes, self.picture.planes)
            self._scaled = None
        shows = (self._person, compose.written)
        stale = self._restore(rect) or self._scaled != shows
        if self._scaled != shows:
            self._person.scale()
        if stale:
            self._person.lay()
        self._laid, self._scaled, self._whole = rect, shows, True
        return seal(slot, ticket, self.picture, "composed")

    def _restore(self, rect: Rect | None) -> bool:
        """The slides wherever the picture is not `rect`, which is written over; says whether anything is
        another now.
        """
        touched = self._slides.ground.touched
        whole, self._whole = self._whole, False  # what fails half way is written anew
        if not whole or touched.view(bool).any():
            for out, slide in zip(self.picture.planes, self._slides.planes, strict=True):
                np.copyto(out, slide)
            touched.fill(0)
        elif self._laid is None or self._laid == rect:
            return self._laid != rect
        else:
            outs, slides = self._laid.of(self.picture.planes), self._laid.of(self._slides.planes)
            for out, slide in zip(outs, slides, strict=True):
                np.copyto(out, slide)
        self._laid = None
        return True


class _Person:
    """The kernels from a camera's composed picture to a rectangle of the slides, by way of scaled planes."""

    def __init__(
        self,
        kernels: Kernels,
        wanted: tuple[Compose, Rect, Rect, str, tuple[int, int, int]],
        slides: tuple[Array, Array, Array],
        outs: tuple[Array, Array, Array],
    ) -> None:
        self.wanted = wanted
        compose, crop, rect, shape, zeros = wanted
        sizes = ((rect.height, rect.width), *((rect.height // 2, rect.width // 2),) * 2)
        person = [np.zeros(size, np.uint8) for size in sizes]
        across = Span(0, crop.width / rect.width, 0, rect.width)
        down = Span(0, crop.height / rect.height, 0, rect.height)
        size = (crop.width, crop.height)
        self._cutout, self._compose = shape == "cutout", compose
        self._halve: Bound | None = None
        self._scale = [Scaled(kernels, crop.of(compose.picture.planes), size, person, across, down)]
        if self._cutout:
            alphas = [np.zeros(size, np.uint8) for size in sizes[:2]]
            whole = [compose.alpha[: crop.height, : crop.width]]
            self._scale.append(Scaled(kernels, whole, size, alphas[:1], across, down))
            self._halve = kernels.bind("shrink_2", *alphas)
        else:
            alphas = [shape_mask(shape, columns, rows) for rows, columns in sizes[:2]]
        self._lay: list[Bound] = []
        for mine, alpha, slide, out, zero in zip(
            person, (*alphas, alphas[1]), rect.of(slides), rect.of(outs), zeros, strict=True
        ):
            if self._cutout:
                self._lay.append(partial(kernels.bind("lay_over", mine, alpha, slide, out), zero))
            else:
                self._lay.append(kernels.bind("lay_within", mine, alpha, slide, out))

    def scale(self) -> None:
        if self._cutout:
            self._compose.fill_alpha()
        for scaled in self._scale:
            scaled.run()
        if self._halve is not None:
            self._halve()

    def lay(self) -> None:
        for lay in self._lay:
            lay()


class _Centre:
    """Of the person's head, as shares of the camera's picture: its middle `x`, and `y` of its top. It stays
    while they move a little.
    """

    def __init__(self) -> None:
        self.x, self.y = 0.5, 0.0
        self._known = self._going = False

    def follow(self, space: Workspace) -> None:
        persons = space.tiles.classes == PERSON
        if not persons.any():
            return
        rows, columns = persons.shape
        top = int(np.argmax(persons.any(axis=1)))
        # What is highest counts most: shoulders, and hands on a table, are rarely on both sides alike.
        weights = np.maximum(1 - (np.arange(rows) - top) / (HEAD * rows), 0)
        weights[:top] = 0
        across = weights @ persons
        x = (float(across @ np.arange(columns)) / float(across.sum()) + 0.5) / columns
        y = top / rows
        if not self._known:
            self.x, self.y, self._known = x, y, True
        off = max(abs(x - self.x), abs(y - self.y))
        self._going = off > (ARRIVED if self._going else STILL)
        if self._going:
            self.x += (x - self.x) * FOLLOW
            self.y += (y - self.y) * FOLLOW


def slides_size(pictures: Pictures, number: int) -> tuple[int, int] | None:
    """Of the output over those slides; None: they have not come."""
    drawn, moving = pictures.drawn(number), pictures.moving(number)
    if drawn is not None:
        return drawn.size
    return output_size(*moving.size) if moving is not None else None
