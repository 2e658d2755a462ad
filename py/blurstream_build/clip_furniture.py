"""The things in the room of the clips: shelves with books, a box, a notice, a plant, a lamp, an armchair."""

from __future__ import annotations

import numpy as np

from .clip_canvas import HEIGHT, SUPER, Canvas, Colour, Floats, glyph, writing


def shelves(canvas: Canvas, rng: np.random.Generator) -> None:
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


def _books(canvas: Canvas, rng: np.random.Generator, start: float, end: float, board: float) -> None:
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
            glyph(
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


def plant(canvas: Canvas, rng: np.random.Generator) -> None:
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


def lamp(canvas: Canvas, x: Floats, y: Floats) -> None:
    canvas.ellipse(1168, 400, 30, 6, (60, 54, 50))
    canvas.box(1164, 352, 8, 48, (84, 74, 64))
    shade = [(1142, 278), (1194, 278), (1218, 356), (1118, 356)]
    canvas.polygon(shade, (250, 226, 172))
    # Brighter in the middle and towards the bulb.
    inside = (y > 278) & (y < 356) & (np.abs(x - 1168) < 26 + 24 * (y - 278) / 78)
    warm = 1.02 - 0.22 * (np.abs(x - 1168) / 50) ** 2 - 0.10 * np.abs(y - 330) / 50
    picture = canvas.array()
    canvas.put(np.where(inside[..., None], picture * warm[..., None], picture))


def armchair(canvas: Canvas) -> None:
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
