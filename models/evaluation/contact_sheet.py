"""The worst pictures on one sheet, to be looked at: what was shown of the room, cut of the person."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Array = npt.NDArray[Any]

CELL = (320, 240)
CAPTION = 14
COLUMNS = 4
LEAKED, CUT = (255, 40, 40), (40, 120, 255)


@dataclass(order=True)
class _Entry:
    goodness: float
    name: str
    cell: Image.Image = field(compare=False)


class ContactSheet:
    """Keeps the pictures with the lowest IoU; of a clip at most `of_one` frames."""

    def __init__(self, most: int = 16, of_one: int = 2) -> None:
        self._most, self._of_one = most, of_one
        self._worst: dict[str, list[_Entry]] = {}

    def add(
        self, part: str, single: bool, name: str, rgb: Array, alpha: Array, true: Array, iou: float
    ) -> None:
        """`rgb` u8, `alpha` and `true` float32 0..1; `single`: the pictures of the part are unlike."""
        kept = self._worst.setdefault(part, [])
        most = self._most if single else self._of_one
        if len(kept) == most and iou >= max(kept).goodness:
            return
        kept.append(_Entry(iou, name, _cell(f"{name}: IoU {iou:.1f} %", rgb, alpha, true)))
        self._worst[part] = heapq.nsmallest(most, kept)

    def save(self, file: Path) -> None:
        """Writes a PNG; red is room that was shown, blue person that was cut."""
        worst = heapq.nsmallest(self._most, (entry for kept in self._worst.values() for entry in kept))
        rows = -(-len(worst) // COLUMNS)
        width, height = CELL[0], CELL[1] + CAPTION
        sheet = Image.new("RGB", (COLUMNS * width, max(rows, 1) * height))
        for index, entry in enumerate(worst):
            sheet.paste(entry.cell, (index % COLUMNS * width, index // COLUMNS * height))
        sheet.save(file)


def _cell(caption: str, rgb: Array, alpha: Array, true: Array) -> Image.Image:
    leaked, cut = np.maximum(alpha - true, 0)[..., None], np.maximum(true - alpha, 0)[..., None]
    shown = 0.35 * rgb + 0.65 * rgb * alpha[..., None]
    shown = shown * (1 - leaked) + leaked * np.array(LEAKED)
    shown = shown * (1 - cut) + cut * np.array(CUT)
    picture = Image.fromarray(np.rint(shown).clip(0, 255).astype(np.uint8))
    picture.thumbnail(CELL)
    cell = Image.new("RGB", (CELL[0], CELL[1] + CAPTION), (24, 24, 24))
    cell.paste(picture, ((CELL[0] - picture.width) // 2, CAPTION))
    ImageDraw.Draw(cell).text((2, 1), caption, fill=(255, 255, 255))
    return cell
