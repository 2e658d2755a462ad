"""Whatever happens, in whatever order: after every frame the person is the camera's and the room a plate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from blurstream.frame import FrameSpec
from blurstream.options import Blur, Settings
from call_bench import Bench, FakeSession
from scene import Person, Scene, exposed, inside

Array = np.ndarray[Any, Any]
SIZES = [(640, 360), (641, 359), (480, 640), (320, 240)]


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
        self.bench.pipeline.configure(Settings(Blur(background=background), denoise))

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
        while self.bench.safe:
            (safe, shown), (scene, covered, _, planes) = self.bench.safe.pop(0), self.waiting.pop(0)
            story = f"{safe.kind} {safe.reason} after {self.told[-12:]}"
            assert shown[0].shape == (scene.height, scene.width), story
            if safe.kind == "concealed":
                nobody = np.zeros_like(covered)
                assert not (exposed([shown[0], *[np.full_like(p, 128) for p in shown[1:]]], nobody)).any(), (
                    story
                )
                continue
            where = np.argwhere(exposed(shown, covered))
            assert not len(where), f"tiles {where[:4].tolist()} exposed, {story}"
            inner = inside(covered)
            off = np.abs(shown[0].astype(float) - planes[0])[inner]
            if off.size:
                assert (off > 4 + 6 * scene.noise).mean() < 0.08, story
                assert off.mean() < 2 + scene.noise, story

    @property
    def events(self) -> list[Callable[[], None]]:
        often = [self.move, self.sway, self.sway, self.sway, self.lamp, self.dusk, self.passer_by, self.alone]
        rare = [self.second, self.nobody, self.model_error, self.settings, self.size, self.abandon]
        return [*often, *rare, self.restart, self.another_room]


@pytest.mark.parametrize("seed", range(9))
def test_any_sequence(seed: int) -> None:
    story = Story(seed)
    composed = 0
    for _ in range(70):
        if story.random.uniform() < 0.4:
            event = story.events[int(story.random.integers(len(story.events)))]
            story.told.append(event.__name__)
            event()
        else:
            story.told.append("frame")
        if not story.scene.people and story.random.uniform() < 0.4:
            story.move()
        story.frame()
        composed = story.bench.pipeline.frames["composed"]
    story.answer()
    story.check()
    assert composed > 15
    assert not story.waiting, "every frame was shown, composed or concealed"
