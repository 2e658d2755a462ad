"""What the room of the clips is drawn with: shapes in room units, soft shadows, writing of no alphabet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy import ndimage

Floats = npt.NDArray[np.floating[Any]]
Colour = tuple[int, int, int]

WIDTH, HEIGHT = 1280, 720  # the units of all coordinates
SUPER = 2  # drawn this much larger, then averaged


class Canvas:
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


def writing(
    canvas: Canvas,
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
                glyph(canvas, rng, pen, row, size * 0.5, size, stroke, ink)
                pen += size * 0.68
            pen += size * 0.42


def glyph(
    canvas: Canvas,
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
