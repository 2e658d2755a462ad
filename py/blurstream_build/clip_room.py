"""The room behind the portrait: drawn, and full of what a person would not want shown.

A wall, a window with a curtain, a poster with writing (glyphs of no alphabet), and the furniture.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image
from scipy import ndimage

from . import clip_furniture
from .clip_canvas import HEIGHT, SUPER, WIDTH, Canvas, Floats, writing

SEED = 41
DEFOCUS_PX = 0.9  # a webcam's background is a little softer than its subject


def room(width: int, height: int) -> Floats:
    """Returns RGB (height, width, 3) in 0..255; narrower frames than 16:9 show the middle of the room."""
    return _fit(_drawn(), width, height)


def _fit(picture: Floats, width: int, height: int) -> Floats:
    visible = min(WIDTH, round(HEIGHT * width / height))
    left = (WIDTH - visible) // 2 * SUPER
    scale = visible * SUPER / width
    cut = picture[:, left : left + visible * SUPER]
    soft = ndimage.gaussian_filter(cut, (DEFOCUS_PX * SUPER, DEFOCUS_PX * SUPER, 0))
    bands = [
        np.asarray(
            Image.fromarray(soft[..., c].astype(np.float32)).resize((width, height), Image.Resampling.BOX)
        )
        for c in range(3)
    ]
    assert scale >= 1, "the room is drawn for frames of up to 2560x1440"
    return np.asarray(np.clip(np.stack(bands, -1), 0, 255))


@cache
def _drawn() -> Floats:
    rng = np.random.default_rng(SEED)
    y, x = np.mgrid[0 : HEIGHT * SUPER, 0 : WIDTH * SUPER].astype(np.float32) / SUPER
    canvas = Canvas()
    # Wall: lit from the window at the left, darker to the corners, with the unevenness of paint.
    day = np.exp(-(((x - 300) / 420) ** 2) - ((y - 260) / 330) ** 2)
    light = 0.90 + 0.13 * day - 0.05 * x / WIDTH - 0.10 * (y / HEIGHT) ** 3 + 0.006 * _uneven(rng, 14)
    canvas.put(light[..., None] * np.array([217, 209, 194], np.float32))
    canvas.shadow(0, 640, WIDTH, 90, 16, 0.28)
    _window(canvas, x, y)
    _poster(canvas, rng)
    clip_furniture.shelves(canvas, rng)
    clip_furniture.plant(canvas, rng)
    clip_furniture.lamp(canvas, x, y)
    clip_furniture.armchair(canvas)
    picture = canvas.array()
    glow = 40 * np.exp(-(((x - 1168) / 120) ** 2) - ((y - 300) / 105) ** 2)
    picture = picture + glow[..., None] * np.array([1.0, 0.82, 0.5], np.float32)
    # The grain of paint, cloth, wood and paper, so that nothing is as flat as a drawing.
    picture = picture * (1 + 0.011 * _uneven(rng, 0.8) + 0.007 * _uneven(rng, 3))[..., None]
    corners = 1 - 0.13 * (((x - WIDTH / 2) / (WIDTH / 2)) ** 2 + ((y - HEIGHT / 2) / (HEIGHT / 2)) ** 2) / 2
    return np.asarray(picture * corners[..., None])


def _uneven(rng: np.random.Generator, size: float) -> Floats:
    """A random surface of standard deviation 1 whose spots are `size` units wide."""
    surface = ndimage.gaussian_filter(rng.standard_normal((HEIGHT, WIDTH)).astype(np.float32), size)
    return np.asarray(np.kron(surface / surface.std(), np.ones((SUPER, SUPER), np.float32)))


def _window(canvas: Canvas, x: Floats, y: Floats) -> None:
    canvas.shadow(28, 46, 262, 400, 10, 0.30)
    canvas.box(24, 36, 254, 396, (236, 236, 232), 4)
    corner = np.s_[: 660 * SUPER, : 360 * SUPER]  # all that follows lies in there
    x, y = x[corner], y[corner]
    picture = canvas.array()
    # Sky, a far hill and two trees behind the panes.
    pane = (x > 38) & (x < 264) & (y > 50) & (y < 418)
    sky = np.stack([176 + 0.10 * y, 206 + 0.06 * y, 238 - 0.01 * y], -1)
    hill = y > 318 + 18 * np.sin(x / 47) + 7 * np.sin(x / 13 + 1)
    view = np.where(hill[..., None], np.array([128, 152, 112], np.float32), sky)
    for cx, cy, radius, green in (
        (96, 300, 46, (96, 128, 84)),
        (214, 282, 60, (84, 116, 76)),
        (168, 344, 40, (106, 138, 90)),
    ):
        around = np.arctan2(y - cy, x - cx)
        edge = radius + 5 * np.sin(around * 9) + 3 * np.sin(around * 17)
        view = np.where((np.hypot(x - cx, y - cy) < edge)[..., None], np.array(green, np.float32), view)
    view = ndimage.gaussian_filter(view, (3 * SUPER, 3 * SUPER, 0)) * 0.92 + 22
    picture[corner] = np.where(pane[..., None], view, picture[corner])
    canvas.put(picture)
    canvas.box(146, 50, 10, 368, (232, 232, 228))
    canvas.box(38, 196, 226, 9, (232, 232, 228))
    canvas.box(12, 430, 280, 15, (226, 224, 216), 3)
    canvas.shadow(14, 446, 276, 9, 5, 0.35)
    # A linen curtain in folds.
    picture = canvas.array()
    sway = 6 * np.sin(y / 150)
    fold = 0.5 + 0.5 * np.sin((x - 268 - sway) / 6.2) + 0.18 * np.sin((x - sway) / 2.3)
    curtain = (150 + 34 * fold)[..., None] * np.array([1.0, 0.93, 0.80], np.float32)
    inside = (x > 262 + sway * 0.3) & (x < 338 + sway) & (y > 20) & (y < 640)
    picture[corner] = np.where(inside[..., None], curtain, picture[corner])
    canvas.put(picture)
    canvas.box(0, 15, 352, 8, (92, 72, 56), 3)


def _poster(canvas: Canvas, rng: np.random.Generator) -> None:
    left, top = 362, 84
    canvas.shadow(left + 4, top + 6, 132, 212, 6, 0.4)
    canvas.box(left, top, 128, 206, (38, 40, 44))
    canvas.box(left + 5, top + 5, 118, 196, (232, 223, 200))
    canvas.box(left + 14, top + 15, 100, 62, (178, 70, 52))
    canvas.ellipse(left + 80, top + 46, 20, 20, (236, 190, 96))
    canvas.polygon([(left + 14, top + 77), (left + 46, top + 38), (left + 78, top + 77)], (54, 74, 92))
    canvas.polygon([(left + 52, top + 77), (left + 84, top + 50), (left + 114, top + 77)], (74, 98, 112))
    writing(canvas, rng, left + 15, top + 88, 98, 17, 1, (40, 42, 48))
    writing(canvas, rng, left + 15, top + 114, 98, 9, 5, (70, 70, 74))
    writing(canvas, rng, left + 15, top + 186, 60, 7, 1, (150, 62, 48))
