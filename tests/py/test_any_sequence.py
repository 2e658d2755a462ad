"""Whatever happens, in whatever order: after every frame the person is the camera's and the room a plate, or
whatever else the effect of that moment puts in its place; raw it is for the effect 'none' alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from blurstream.colours import to_yuv
from blurstream.frame import FrameSpec
from blurstream.options import Blur, Color, Effect, Greenscreen, Image, NoEffect, Presenter, Settings
from blurstream.placement import place, seen
from call_bench import Bench, FakeSession
from scene import Person, Scene, exposed, inside, tiles_of
from test_moving_pictures import film, grey

Array = np.ndarray[Any, Any]
SIZES = [(640, 360), (641, 359), (480, 640), (320, 240)]
SLIDES = (800, 450)
TEAL = Color((0, 128, 128))
BLACK = (16, 128, 128)


class Story:
    """A scene, a pipeline, and random events in front of and inside of it."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.scenes = [Scene(*size, noise=2.0 * (seed % 3), seed=seed) for size in SIZES]
        self.scene = self.scenes[seed % len(SIZES)]
        self.bench = Bench()
        self.waiting: list[tuple[Scene, Array, Array, list[Array]]] = []
        self.failing = False
        self.told: list[str] = []
        self.effects = False
        self.film: int | None = None  # luma of what picture 1 shows
        self.slides: int | None = None  # and picture 2

    def move(self) -> None:
        left = self.random.uniform(0, 0.5)
        self.scene.people = [Person(left, left + 0.45, self.random.uniform(0.05, 0.3))]

    def sway(self) -> None:
        person = self.scene.people[0] if self.scene.people else Person()
        step = self.random.uniform(-0.03, 0.03)
        self.scene.people = [Person(person.left + step, person.right + step, person.top + step / 2)]

    def lamp(self) -> None:
        self.scene.light = float(self.random.uniform(-20, 20))

    def dusk(self) -> None:
        self.scene.light -= 0.3

    def passer_by(self) -> None:
        at = int(self.random.integers(0, self.scene.width))
        self.scene.spots = [(at, 40, 90, int(self.random.integers(9)))]

    def alone(self) -> None:
        self.scene.spots = []

    def second(self) -> None:
        left = self.random.uniform(0, 0.8)
        self.scene.people = [*self.scene.people[:1], Person(left, left + 0.2, 0.4)]

    def nobody(self) -> None:
        self.scene.people = []

    def model_error(self) -> None:
        self.failing = True

    def settings(self) -> None:
        background = ["sealed", "fresh"][int(self.random.integers(2))]
        denoise = bool(self.random.integers(2))
        effect = self.any_effect() if self.effects else Blur(background=background)
        paused = self.effects and self.random.uniform() < 0.1
        self.bench.pipeline.configure(Settings(effect, denoise, paused))
        self.told[-1:] = [f"{effect}{' paused' if paused else ''}"]

    def any_effect(self) -> Effect:
        shape = ("cutout", "circle", "rounded")[int(self.random.integers(3))]
        x, y, size = self.random.uniform(0.1, 1, 3).tolist()
        position, inner = (x, y), (Blur(), TEAL)[int(self.random.integers(2))]
        effects: list[Effect] = [Blur(), Blur(background="fresh"), TEAL, Image(1), NoEffect(), NoEffect()]
        effects += [Greenscreen(TEAL), Greenscreen(Image(1))]
        effects += [Presenter(2, shape, size, position, inner)] * 3  # type: ignore[arg-type]
        return effects[int(self.random.integers(len(effects)))]

    def next_picture(self) -> None:
        self.film = int(self.random.integers(30, 220))
        film(self.bench, 1, grey(320, 180, self.film))

    def next_slide(self) -> None:
        self.slides = int(self.random.integers(30, 220))
        film(self.bench, 2, grey(*SLIDES, self.slides))

    def size(self) -> None:
        self.answer()
        self.scene = self.scenes[int(self.random.integers(len(SIZES)))]

    def abandon(self) -> None:
        if self.bench.session.asked:
            return
        ticket = self.bench.pipeline.begin(FrameSpec("I420", self.scene.width, self.scene.height, 0))
        for plane in ticket.slot.planes:
            plane[:] = self.random.integers(0, 255, plane.shape)
        self.bench.pipeline.abandon(ticket)

    def restart(self) -> None:
        self.bench.pipeline.close()
        self.check()
        self.bench.session = FakeSession()
        self.bench.pipeline.open(self.bench.session)

    def another_room(self) -> None:
        self.scene.move_camera(int(self.random.integers(100)))

    def frame(self) -> None:
        """Two may be on their way; then the model answers the first of them."""
        if len(self.waiting) == 2:
            self.answer()
        planes = self.scene.take()
        self.waiting.append((self.scene, self.scene.covered, self.scene.mask, planes))
        self.bench.push(planes, len(self.told))
        if self.random.uniform() < 0.7:
            self.answer()
        self.check()

    def answer(self) -> None:
        """Whatever the model has been asked, with the mask of the frame that it was asked about."""
        while self.bench.session.asked:
            self.check()
            _, _, mask, _ = self.waiting[0]
            error, self.failing = ("out of memory", False) if self.failing else ("", False)
            self.bench.session.answer(None if error else mask, error)
            self.check()

    def check(self) -> None:
        settings = self.bench.pipeline._render.settings
        while self.bench.safe:
            (safe, shown), (scene, covered, _, planes) = self.bench.safe.pop(0), self.waiting.pop(0)
            story = f"{safe.kind} {safe.reason} after {self.told[-12:]}"
            effect = settings.effect
            assert (safe.kind == "raw") == (isinstance(effect, NoEffect) and not settings.paused), story
            if safe.kind == "raw":
                for a, b in zip(shown, planes, strict=True):
                    np.testing.assert_array_equal(a, b, story)
                continue
            if isinstance(effect, Presenter):
                self.check_slides(effect, safe.kind, shown, scene, story)
                continue
            assert shown[0].shape == (scene.height, scene.width), story
            behind = self.backdrop(effect)
            if safe.kind == "concealed":
                self.check_concealed(shown, behind, story)
                continue
            if behind is None:
                where = np.argwhere(exposed(shown, covered))
                assert not len(where), f"tiles {where[:4].tolist()} exposed, {story}"
            else:
                self.check_backdrop(shown, behind, covered, story)
            inner = inside(covered)
            off = np.abs(shown[0].astype(float) - planes[0])[inner]
            if off.size:
                assert (off > 4 + 6 * scene.noise).mean() < 0.08, story
                assert off.mean() < 2 + scene.noise, story

    def backdrop(self, effect: Effect) -> tuple[int, int, int] | None:
        """Y, U and V of what is behind the person; None: the room."""
        shown = effect.background if isinstance(effect, Greenscreen) else effect
        if isinstance(shown, Color):
            return to_yuv("bt709", full_range=False).of(*shown.rgb)
        if isinstance(shown, Image):
            return BLACK if self.film is None else (self.film, 128, 128)
        return None

    def check_concealed(self, shown: list[Array], behind: tuple[int, int, int] | None, story: str) -> None:
        if behind is not None:
            assert all((p == value).all() for p, value in zip(shown, behind, strict=True)), story
            return
        nobody = np.zeros(shown[0].shape, bool)
        assert not exposed([shown[0], *[np.full_like(p, 128) for p in shown[1:]]], nobody).any(), story

    def check_backdrop(
        self, shown: list[Array], behind: tuple[int, int, int], covered: Array, story: str
    ) -> None:
        near = ndimage.binary_dilation(tiles_of(covered), np.ones((3, 3)), iterations=2)
        for plane, value, side in zip(shown, behind, (16, 8, 8), strict=True):
            at = near.repeat(side, 0).repeat(side, 1)[: plane.shape[0], : plane.shape[1]]
            assert (plane[~at] == value).all(), story

    def check_slides(
        self, effect: Presenter, kind: str, shown: list[Array], scene: Scene, story: str
    ) -> None:
        if self.slides is None:
            assert kind == "concealed" and shown[0].shape == (scene.height, scene.width), story
            assert all((p == value).all() for p, value in zip(shown, BLACK, strict=True)), story
            return
        assert shown[0].shape == SLIDES[::-1], story
        size = seen(effect.shape, (scene.width, scene.height), 0.5, 0)
        rect = place(effect, SLIDES, (size.width, size.height))
        apart = np.ones(SLIDES[::-1], bool)
        if kind == "composed":
            apart[rect.top : rect.top + rect.height, rect.left : rect.left + rect.width] = False
        assert (shown[0][apart] == self.slides).all(), story
        for plane in shown[1:]:
            assert (plane[apart[::2, ::2]] == 128).all(), story

    @property
    def events(self) -> list[Callable[[], None]]:
        often = [self.move, self.sway, self.sway, self.sway, self.lamp, self.dusk, self.passer_by, self.alone]
        rare = [self.second, self.nobody, self.model_error, self.settings, self.size, self.abandon]
        if self.effects:
            rare += [*[self.settings] * 6, self.next_picture, self.next_slide]
        return [*often, *rare, self.restart, self.another_room]

    def go_on(self, eventful: float) -> None:
        """A frame, with an event before it in so many of its kind."""
        if self.random.uniform() < eventful:
            event = self.events[int(self.random.integers(len(self.events)))]
            self.told.append(event.__name__)
            event()
        else:
            self.told.append("frame")
        if not self.scene.people and self.random.uniform() < 0.4:
            self.move()
        self.frame()


@pytest.mark.parametrize("seed", range(9))
def test_any_sequence(seed: int) -> None:
    story = Story(seed)
    composed = 0
    for _ in range(70):
        story.go_on(0.4)
        composed = story.bench.pipeline.frames["composed"]
    story.answer()
    story.check()
    assert composed > 15
    assert not story.waiting, "every frame was shown, composed or concealed"


@pytest.mark.parametrize("seed", range(8))
def test_any_sequence_of_effects(seed: int) -> None:
    story = Story(100 + seed)
    story.effects = True
    for _ in range(90):
        story.go_on(0.6)
    story.answer()
    story.check()
    frames = story.bench.pipeline.frames
    assert frames["composed"] > 5 and frames["concealed"] > 5 and frames["raw"] > 0
    assert not story.waiting, "every frame was shown"
