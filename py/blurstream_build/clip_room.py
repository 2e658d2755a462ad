"""The room behind the portrait: drawn, and full of what a person would not want shown.

A window, a poster and a notice with writing (glyphs of no alphabet), shelves with books, a lamp, a plant.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy import ndimage

Floats = npt.NDArray[np.floating[Any]]
Colour = tuple[int, int, int]

WIDTH, HEIGHT = 1280, 720  # the units of all coordinates below
SUPER = 2  # drawn this much larger, then averaged
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


class _Canvas:
    """Draws in room units with hard edges; soft shadows and light are laid over in between."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * SUPER, HEIGHT * SUPER))
        self.draw = ImageDraw.Draw(self.image)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour, radius: float = 0) -> None:
        corners = [x * SUPER, y * SUPER, (x + width) * SUPER - 1, (y + height) * SUPER - 1]
        self.draw.rounded_rectangle(corners, radius * SUPER, fill=colour)

    def polygon(self, points: Sequence[tuple[float, float]], colour: Colour) -> None:
        self.draw.polygon([(x * SUPER, y * SUPER) for x, y in points], fill=colour)

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        self.draw.ellipse(
            [(x - rx) * SUPER, (y - ry) * SUPER, (x + rx) * SUPER, (y + ry) * SUPER], fill=colour
        )

    def array(self) -> Floats:
        return np.asarray(self.image).astype(np.float32)

    def put(self, picture: Floats) -> None:
        self.image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
        self.draw = ImageDraw.Draw(self.image)

    def shadow(self, x: float, y: float, width: float, height: float, blur: float, strength: float) -> None:
        """Darkens a soft-edged box."""
        reach = 3 * blur
        left, top = max(0, int(x - reach)) * SUPER, max(0, int(y - reach)) * SUPER
        right, bottom = (
            int(min(WIDTH, x + width + reach)) * SUPER,
            int(min(HEIGHT, y + height + reach)) * SUPER,
        )
        mask = np.zeros((bottom - top, right - left), np.float32)
        mask[
            max(0, round(y * SUPER) - top) : round((y + height) * SUPER) - top,
            max(0, round(x * SUPER) - left) : round((x + width) * SUPER) - left,
        ] = strength
        mask = ndimage.gaussian_filter(mask, blur * SUPER, mode="nearest", truncate=3)
        area = (left, top, right, bottom)
        under = np.asarray(self.image.crop(area)).astype(np.float32)
        self.image.paste(Image.fromarray((under * (1 - mask[..., None])).astype(np.uint8)), (left, top))


@cache
def _drawn() -> Floats:
    rng = np.random.default_rng(SEED)
    y, x = np.mgrid[0 : HEIGHT * SUPER, 0 : WIDTH * SUPER].astype(np.float32) / SUPER
    canvas = _Canvas()
    # Wall: lit from the window at the left, darker to the corners, with the unevenness of paint.
    day = np.exp(-(((x - 300) / 420) ** 2) - ((y - 260) / 330) ** 2)
    light = 0.90 + 0.13 * day - 0.05 * x / WIDTH - 0.10 * (y / HEIGHT) ** 3 + 0.006 * _uneven(rng, 14)
    canvas.put(light[..., None] * np.array([217, 209, 194], np.float32))
    canvas.shadow(0, 640, WIDTH, 90, 16, 0.28)
    _window(canvas, x, y)
    _poster(canvas, rng)
    _shelves(canvas, rng)
    _plant(canvas, rng)
    _lamp(canvas, x, y)
    _armchair(canvas)
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


def _window(canvas: _Canvas, x: Floats, y: Floats) -> None:
    canvas.shadow(28, 46, 262, 400, 10, 0.30)
    canvas.box(24, 36, 254, 396, (236, 236, 232), 4)
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
        edge = (
            radius + 5 * np.sin(np.arctan2(y - cy, x - cx) * 9) + 3 * np.sin(np.arctan2(y - cy, x - cx) * 17)
        )
        view = np.where((np.hypot(x - cx, y - cy) < edge)[..., None], np.array(green, np.float32), view)
    view = ndimage.gaussian_filter(view, (3 * SUPER, 3 * SUPER, 0)) * 0.92 + 22
    canvas.put(np.where(pane[..., None], view, canvas.array()))
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
    canvas.put(np.where(inside[..., None], curtain, picture))
    canvas.box(0, 15, 352, 8, (92, 72, 56), 3)


def _poster(canvas: _Canvas, rng: np.random.Generator) -> None:
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


def writing(
    canvas: _Canvas,
    rng: np.random.Generator,
    x: float,
    y: float,
    width: float,
    size: float,
    lines: int,
    ink: Colour,
) -> None:
    """Lines of glyphs: strokes on a 2x3 grid, in words, no letters of any alphabet."""
    stroke = max(1.0, size / 7)
    for line in range(lines):
        pen, row = x, y + line * size * 1.42
        end = x + width * (1.0 if line + 1 < lines or lines == 1 else 0.62)
        while pen + size * 0.6 < end:
            for _ in range(int(rng.integers(2, 8))):
                if pen + size * 0.6 > end:
                    break
                _glyph(canvas, rng, pen, row, size * 0.5, size, stroke, ink)
                pen += size * 0.68
            pen += size * 0.42


def _glyph(
    canvas: _Canvas,
    rng: np.random.Generator,
    x: float,
    y: float,
    width: float,
    height: float,
    stroke: float,
    ink: Colour,
) -> None:
    bars = [(0, 0, 0, 1), (0, 1, 0, 2), (1, 0, 1, 1), (1, 1, 1, 2), (0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2)]
    for index in rng.permutation(len(bars))[: int(rng.integers(3, 6))]:
        x0, y0, x1, y1 = bars[index]
        corner = (x + x0 * (width - stroke), y + y0 * (height - stroke) / 2)
        extent = (stroke + (x1 - x0) * (width - stroke), stroke + (y1 - y0) * (height - stroke) / 2)
        canvas.box(*corner, *extent, ink)


def _shelves(canvas: _Canvas, rng: np.random.Generator) -> None:
    for board in (218, 404):
        canvas.shadow(842, board + 14, 400, 16, 8, 0.42)
        canvas.box(836, board, 404, 13, (120, 88, 60), 2)
        canvas.box(836, board, 404, 3, (150, 114, 80), 2)
        for bracket in (872, 1196):
            canvas.polygon(
                [(bracket, board + 13), (bracket + 9, board + 13), (bracket, board + 44)], (58, 54, 50)
            )
    _books(canvas, rng, 850, 1076, 218)
    _books(canvas, rng, 850, 1040, 404)
    # A box with a label on the upper board, and a notice pinned under it.
    canvas.box(1096, 150, 74, 68, (188, 172, 140), 3)
    canvas.box(1108, 166, 50, 24, (240, 236, 226))
    writing(canvas, rng, 1112, 170, 42, 8, 1, (60, 60, 64))
    canvas.shadow(1058, 452, 132, 92, 5, 0.3)
    canvas.box(1054, 446, 132, 92, (240, 238, 230))
    writing(canvas, rng, 1064, 456, 112, 12, 1, (176, 52, 44))
    writing(canvas, rng, 1064, 480, 112, 8, 5, (66, 68, 76))


def _books(canvas: _Canvas, rng: np.random.Generator, start: float, end: float, board: float) -> None:
    tones: list[Colour] = [
        (122, 48, 42), (40, 64, 92), (198, 176, 134), (58, 84, 66), (188, 124, 56), (74, 62, 88),
        (216, 208, 190), (46, 48, 54), (150, 86, 70), (96, 124, 134),
    ]  # fmt: skip
    pen = start
    while pen < end:
        width, height = float(rng.integers(13, 30)), float(rng.integers(86, 132))
        tone = tones[int(rng.integers(len(tones)))]
        if rng.random() < 0.1 and start < pen < end - 60:  # one that leans on the next
            lean = height * 0.26
            head = [(pen + lean + width, board - height * 0.96), (pen + lean, board - height * 0.93)]
            canvas.polygon([(pen, board), (pen + width, board - 3), *head], tone)
            pen += lean + width
            continue
        canvas.box(pen, board - height, width - 1, height, tone, 1.5)
        bright = tuple(min(255, c + 18) for c in tone)
        dark = tuple(int(c * 0.72) for c in tone)
        canvas.box(
            pen + width * 0.16, board - height, width * 0.22, height, (bright[0], bright[1], bright[2])
        )
        canvas.box(pen + width * 0.80, board - height, width * 0.20 - 1, height, (dark[0], dark[1], dark[2]))
        contrast = (226, 214, 178) if sum(tone) < 400 else (70, 60, 54)
        for at in (0.14, 0.20, 0.86):
            canvas.box(pen, board - height * (1 - at), width - 1, 2, contrast)
        for row in range(int(rng.integers(3, 7))):  # the title, written down the spine
            _glyph(
                canvas,
                rng,
                pen + width * 0.3,
                board - height * 0.70 + row * 9,
                width * 0.36,
                6,
                1.2,
                contrast,
            )
        pen += width


def _plant(canvas: _Canvas, rng: np.random.Generator) -> None:
    canvas.shadow(1190, 560, 110, 160, 12, 0.3)
    root = (1236.0, 636.0)
    for index in range(19):
        angle = np.pi * (0.08 + 0.84 * index / 18) + rng.normal(0, 0.06)
        length = float(rng.uniform(120, 205))
        bend = float(rng.uniform(-0.4, 0.4))
        along = np.linspace(0, 1, 14)
        turned = angle + bend * along
        px = root[0] + np.cumsum(np.cos(turned)) * length / 14
        py = root[1] - np.cumsum(np.sin(turned)) * length / 14
        half = 10.5 * np.sin(np.pi * along**0.8)
        normal = np.stack([np.sin(turned), np.cos(turned)], -1) * half[:, None]
        points = np.concatenate([np.stack([px, py], -1) + normal, (np.stack([px, py], -1) - normal)[::-1]])
        shade = float(rng.uniform(0.65, 1.15))
        canvas.polygon(
            [(float(u), float(v)) for u, v in points], (int(62 * shade), int(104 * shade), int(58 * shade))
        )
    canvas.polygon([(1196, 632), (1276, 632), (1266, 722), (1206, 722)], (196, 108, 74))
    canvas.box(1190, 622, 92, 18, (210, 122, 86), 3)


def _lamp(canvas: _Canvas, x: Floats, y: Floats) -> None:
    canvas.ellipse(1168, 400, 30, 6, (60, 54, 50))
    canvas.box(1164, 352, 8, 48, (84, 74, 64))
    shade = [(1142, 278), (1194, 278), (1218, 356), (1118, 356)]
    canvas.polygon(shade, (250, 226, 172))
    # Brighter in the middle and towards the bulb.
    inside = (y > 278) & (y < 356) & (np.abs(x - 1168) < 26 + 24 * (y - 278) / 78)
    warm = 1.02 - 0.22 * (np.abs(x - 1168) / 50) ** 2 - 0.10 * np.abs(y - 330) / 50
    picture = canvas.array()
    canvas.put(np.where(inside[..., None], picture * warm[..., None], picture))


def _armchair(canvas: _Canvas) -> None:
    canvas.shadow(0, 500, 270, 220, 16, 0.34)
    canvas.box(-40, 508, 290, 260, (62, 86, 92), 46)
    canvas.box(-40, 520, 268, 260, (74, 100, 106), 40)
    canvas.box(176, 604, 108, 160, (58, 80, 86), 30)
    canvas.polygon([(52, 566), (150, 548), (170, 640), (70, 660)], (206, 148, 74))
    canvas.polygon([(58, 572), (146, 556), (164, 634), (74, 652)], (220, 164, 88))
    # Cloth darkens away from the light.
    top, right = 500 * SUPER, 300 * SUPER
    area = canvas.array()
    fall = np.linspace(1.06, 0.78, HEIGHT * SUPER - top, dtype=np.float32)[:, None]
    across = np.linspace(1.0, 0.88, right, dtype=np.float32)[None]
    area[top:, :right] *= np.where((area[top:, :right].max(-1) < 130), fall * across, 1)[..., None]
    canvas.put(area)
