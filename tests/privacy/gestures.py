"""Six movements of a person of known alpha, as attacks on virtual backgrounds have them: who moves shows
the room behind where they were.

After Hilgefort, Arp and Rieck, Spying through Virtual Backgrounds (AISec 2021). The body is the cut-out
portrait of the clips; the arm is drawn, in the suit's colour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import leak_rooms
from blurstream_build import clip_portrait, clip_y4m
from blurstream_build.clip_portrait import Stance
from leak_rooms import Rooms
from leak_scenes import Scene, render

Array = npt.NDArray[Any]
SLEEVE, GLOVE, SKIN = (206, 86, 44), (226, 223, 216), (222, 170, 146)  # RGB
SHADE = 0.25  # of a colour, from the lit side of the arm to the other
# In heights of the frame.
ELBOW = (0.36, 1.04)  # from the middle to the right, from the top
FOREARM, WRIST = (0.34, 0.068), 0.048  # length and thickness at the elbow; at the wrist
PALM, FINGER = 0.052, (0.082, 0.0145)  # radius; length and thickness
FINGERS = (-0.40, -0.14, 0.12, 0.40, 1.25)  # radians from the arm's direction, the last is the thumb


@dataclass(frozen=True)
class Gesture:
    """`stance` and `arm` (radians from the upright, None: no arm is seen) at a time in seconds."""

    stance: Callable[[float], Stance]
    arm: Callable[[float], float] | None = None


def _turns(hz: float, t: float) -> float:
    return float(np.sin(2 * np.pi * hz * t))


GESTURES = {
    "interview": Gesture(lambda t: clip_portrait.sitting(2 * np.pi * t / clip_portrait.LOOP_S)),
    "tilt head": Gesture(lambda t: Stance(head=34 * _turns(0.5, t), lean=0.03 * _turns(0.5, t))),
    "turn head": Gesture(lambda t: Stance(head=16 * _turns(0.5, t), narrow=0.3 * _turns(0.5, t) ** 2)),
    "stand up": Gesture(
        lambda t: Stance(down=0.22 * (1 + np.cos(2 * np.pi * t / 4)), lean=0.06 * _turns(0.25, t))
    ),
    "wave hand": Gesture(lambda t: Stance(shift=-0.12), lambda t: 0.18 + 0.28 * _turns(1.2, t)),
    "wave arm": Gesture(
        lambda t: Stance(shift=-0.14, lean=0.02 * _turns(0.7, t)), lambda t: 0.25 + 0.85 * _turns(0.7, t)
    ),
}


def scene(name: str, width: int, height: int, seconds: float, rooms: Rooms | None = None) -> Scene:
    """The gesture before two secret rooms, furnished ones by default."""
    rooms, gesture = rooms or leak_rooms.drawn(width, height), GESTURES[name]

    def poses() -> Iterator[Array]:
        sprite = clip_portrait.person(height)
        for index in range(round(seconds * clip_y4m.FPS)):
            t = index / clip_y4m.FPS
            body = clip_portrait.posed(sprite, width, height, gesture.stance(t))
            yield body if gesture.arm is None else over(arm(width, height, gesture.arm(t)), body)

    return Scene(width, height, rooms, lambda: render(poses(), rooms))


def over(front: Array, back: Array) -> Array:
    """Both (height, width, 4) u8: Y, U, V times alpha, and alpha."""
    rest = 1 - front[..., 3:] / np.float32(255)
    return np.asarray(np.minimum(np.rint(front + back * rest), 255), np.uint8)


def arm(width: int, height: int, angle: float) -> Array:
    """A forearm with an open hand, seen from inside; (height, width, 4) u8 as a pose."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    canvas = np.zeros((height, width, 4), np.float32)
    elbow = np.array([width / 2 + ELBOW[0] * height, ELBOW[1] * height])

    def along(turn: float) -> Array:
        return np.array([np.sin(angle + turn), -np.cos(angle + turn)])

    def limb(start: Array, turn: float, length: float, thick: tuple[float, float], rgb: Array) -> None:
        direction = along(turn)
        dx, dy = x - start[0], y - start[1]
        at = np.clip((dx * direction[0] + dy * direction[1]) / (length * height), 0, 1)
        aside = dx * direction[1] - dy * direction[0]
        far = np.hypot(dx - at * length * height * direction[0], dy - at * length * height * direction[1])
        radius = (thick[0] + at * (thick[1] - thick[0])) * height
        cover = np.clip(radius - far + 0.5, 0, 1)[..., None]
        light = 1 - SHADE / 2 * (1 + np.clip(aside / radius, -1, 1))
        yuv = clip_y4m.to_yuv((rgb * light[..., None]).astype(np.float32))
        layer = np.concatenate([yuv * cover, cover * 255], -1)
        canvas[:] = layer + canvas * (1 - cover)

    hand = elbow + along(0) * (FOREARM[0] + PALM) * height
    for turn in FINGERS:
        limb(hand, turn, PALM + FINGER[0] * (0.8 if turn > 1 else 1), (FINGER[1],) * 2, np.array(SKIN))
    limb(hand, 0, 0.01, (PALM, PALM), np.array(SKIN))
    limb(elbow, 0, FOREARM[0], (FOREARM[1], WRIST), np.array(SLEEVE))
    limb(elbow + along(0) * FOREARM[0] * height, 0, 0.02, (WRIST * 1.1,) * 2, np.array(GLOVE))
    return np.asarray(np.rint(np.clip(canvas, 0, 255)), np.uint8)
