"""T2: two secret rooms behind the same person, through the real browser build in every effect.

The rooms blur to the same picture and differ at every pixel; person, noise and timestamps are the same. Any
difference of the two outputs is something of the room. Presenter and cloth come with their own background.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import ndimage

import gestures
import leak_rooms
from blurstream_build import clip_y4m
from blurstream_build.clip_y4m import Planes
from footage import CLOTH
from leak_measures import ROOM, VISIBLE_LSB, Figures, Leak
from leak_rooms import LUMA_SWING, Rooms
from leak_scenes import Scene
from report import TITLES, Report
from subject import Subject

Array = npt.NDArray[Any]
WIDTH, HEIGHT = 640, 360
SETTLE = 8
REACH_PX = 20.0
GESTURE, FRAMES, FULL_FRAMES = "wave arm", 12, 120
LIGHT = "blur, light"  # is for looks: it does not hide what is as large as the rooms' squares
SLIDE = f"await lockstep.slide({WIDTH}, {HEIGHT})"
OVER_SLIDES = f"{{type: 'presenter', source: {SLIDE}, size: 1, position: [0, 0], shape: "
EFFECTS = {
    "blur": "{type: 'blur'}",
    LIGHT: "{type: 'blur', strength: 'light'}",
    "blur, fresh": "{type: 'blur', background: 'fresh'}",
    "colour": "{type: 'color', color: '#206040'}",
    "image": "{type: 'image', source: '/footage/quadrants.png'}",
    "video": "{type: 'video', source: lockstep.film()}",
    "presenter, cutout": f"{OVER_SLIDES}'cutout'}}",
    "presenter, circle": f"{OVER_SLIDES}'circle', background: {{type: 'blur'}}}}",
    "presenter, rounded": f"{OVER_SLIDES}'rounded', background: {{type: 'color', color: '#206040'}}}}",
    "greenscreen": "{type: 'greenscreen', background: {type: 'color', color: '#206040'}}",
}
SHORT = ("blur", "image", "presenter, circle", "greenscreen")
FARTHEST = "farthest difference, px"
MOVED = ("presenter, circle", "presenter, rounded")  # the person is not where the camera saw them


@dataclass(frozen=True)
class Shown:
    """Alpha of each frame, and the frames' places on the server before either room."""

    rooms: Rooms
    alphas: Sequence[Array]
    addresses: tuple[str, str]


@pytest.fixture(scope="module")
def staged(footage: Path, full: bool) -> dict[str, Shown]:
    """The gesture before the furnished rooms, and before two cloths."""
    count = FULL_FRAMES if full else FRAMES
    scene = gestures.scene(GESTURE, WIDTH, HEIGHT, count / 30)
    assert scene.rooms is not None
    return {
        "room": stage(scene, footage, "room"),
        "cloth": stage(gestures.scene(GESTURE, WIDTH, HEIGHT, count / 30, cloths()), footage, "cloth"),
    }


def cloths() -> Rooms:
    """A cloth in creases, or in just the opposite ones; of one colour, as the key wants it."""
    sign = leak_rooms.texture(HEIGHT, WIDTH, max(2, round(HEIGHT / 120)), 3)
    luma = [(CLOTH[0] + way * LUMA_SWING * sign.astype(int)).astype(np.uint8) for way in (1, -1)]
    u, v = (np.full((HEIGHT // 2, WIDTH // 2), colour, np.uint8) for colour in CLOTH[1:])
    flat = np.full((HEIGHT, WIDTH), CLOTH[0], np.float32)
    return Rooms((luma[0], u, v), (luma[1], u, v), (flat, u.astype(np.float32), v.astype(np.float32)), sign)


def stage(scene: Scene, folder: Path, name: str) -> Shown:
    assert scene.rooms is not None
    alphas, files = [], [folder / f"secret_{name}_{which}.i420" for which in "ab"]
    with files[0].open("wb") as a, files[1].open("wb") as b:
        for moment in scene.moments():
            alphas.append(moment.alpha)
            for file, planes in zip((a, b), moment.frames, strict=False):
                file.write(b"".join(np.ascontiguousarray(plane).tobytes() for plane in planes))
    return Shown(scene.rooms, alphas, (f"/footage/{files[0].name}", f"/footage/{files[1].name}"))


def test_two_rooms(warm_subject: Subject, staged: dict[str, Shown], report: Report, full: bool) -> None:
    worst: Figures = {}
    for name in EFFECTS if full else SHORT:
        shown = staged["cloth" if name == "greenscreen" else "room"]
        outputs = [played(warm_subject, address, EFFECTS[name]) for address in shown.addresses]
        figures = compared(shown, outputs, placed=name not in MOVED)
        report.table(f"T2, {TITLES['T2']}", name, figures)
        if name != LIGHT:
            worst = {key: max(figures.get(key, 0), worst.get(key, 0)) for key in (*figures, *worst)}
        report.picture(f"T2 {name}", seen(outputs))
    what = "wave arm, every effect but light"
    farthest = f"{what}: distance from the person at which the rooms can still be told apart, px"
    report.gate("T2", farthest, worst[FARTHEST], REACH_PX)
    beyond = worst["T2 ring 8+ px, %"]
    report.gate("T6", f"{what}: pixels beyond 8 px that tell them apart, per frame, %", beyond, 0.05)


def test_the_measure_fires(warm_subject: Subject, staged: dict[str, Shown]) -> None:
    """The camera's own picture differs wherever the room is."""
    shown = staged["room"]
    outputs = [played(warm_subject, address, "{type: 'none'}") for address in shown.addresses]
    figures = compared(shown, outputs, placed=True)
    assert figures["T2 per frame, %"] > 99 and figures["of the picture, per frame, %"] > 40
    warm_subject.rows.clear()


def played(subject: Subject, address: str, effect: str) -> list[Planes]:
    load = "async () => { globalThis.lockstep = await import('/pages/lockstep.mjs'); }"
    subject.page.evaluate(load)
    wanted = {"address": address, "width": WIDTH, "height": HEIGHT, "settle": SETTLE}
    found = subject.page.evaluate(f"async (wanted) => lockstep.play(wanted, {effect})", wanted)
    assert found["state"] in ("running", "raw") and found["level"] == 0, (effect, found["state"])
    return [planes_of(one) for one in found["shown"]]


def planes_of(one: dict[str, Any]) -> Planes:
    width, height = one["width"], one["height"]
    data = np.frombuffer(base64.b64decode(one["planes"]), np.uint8)
    luma, quarter = width * height, width * height // 4
    half = (height // 2, width // 2)
    return (
        data[:luma].reshape(height, width),
        data[luma : luma + quarter].reshape(half),
        data[luma + quarter :].reshape(half),
    )


def compared(shown: Shown, outputs: Sequence[Sequence[Planes]], *, placed: bool) -> Figures:
    """`placed`: the person is where the camera saw them, so that distances from their edge are known."""
    ever: Array | None = None
    each, leak, farthest = [], Leak(shown.rooms.sign), 0.0
    for alpha, a, b in zip(shown.alphas, *outputs, strict=True):
        differs = np.abs(a[0].astype(int) - b[0]) > VISIBLE_LSB
        ever = differs if ever is None else ever | differs
        each.append(100 * float(differs.mean()))
        if placed:
            leak.add(alpha, a, b)
            room = alpha < ROOM * 255
            farthest = max(farthest, float((ndimage.distance_transform_edt(room) * (differs & room)).max()))
    assert ever is not None
    whole = {
        "of the picture, per frame, %": float(np.mean(each)),
        "of the picture, ever, %": 100 * float(ever.mean()),
    }
    if not placed:
        return whole
    found = leak.result()
    kept = ("T2 per frame, %", "T2 ever, %", *(key for key in found if "ring" in key))
    return whole | {key: found[key] for key in kept} | {FARTHEST: farthest}


def seen(outputs: Sequence[Sequence[Planes]]) -> Array:
    """u8 RGB: the last frame before room A, and all places where any frame before B was another one."""
    differs = np.any(
        [np.abs(a[0].astype(int) - b[0]) > VISIBLE_LSB for a, b in zip(*outputs, strict=True)], 0
    )
    last = clip_y4m.to_rgb(outputs[0][-1])
    return np.concatenate([last, np.where(differs[..., None], 255, last // 3)], 1).astype(np.uint8)
