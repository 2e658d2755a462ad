"""Every matte over every picture of a set, in one pass: pairs of figures for the same pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from . import comparison, measures
from .contact_sheet import ContactSheet
from .labelled import Clip, Part
from .mattes import Matte


@dataclass
class Figures:
    """Of one matte over one set. `units`: what counts once, a picture or a whole clip; `ious`: of every
    picture and frame.
    """

    units: list[dict[str, float]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    ious: list[float] = field(default_factory=list)
    sheet: ContactSheet = field(default_factory=ContactSheet)

    def call(self, name: str, part: str) -> None:
        """Names the next unit; one whose name is taken goes by its folder's, too, and then by its number."""
        wanted = [name, f"{part}/{name}", f"{part}/{name} ({len(self.names)})"]
        self.names.append(next(each for each in wanted if each not in self.names))

    def summary(self) -> dict[str, float]:
        means = comparison.summary(self.units)
        fifth = float(np.percentile(self.ious, 5))
        pairs = [("IoU, %", means.pop("IoU, %")), ("IoU 5th percentile, %", fifth), *means.items()]
        return dict(pairs)


def measure(
    parts: Sequence[Part], mattes: Sequence[Matte], tell: Callable[[str], None] = lambda _: None
) -> dict[str, Figures]:
    """By the mattes' names."""
    figures = {matte.name: Figures() for matte in mattes}
    for part in parts:
        tell(f"  {part.name}: {len(part)}")
        is_clip = isinstance(part, Clip)
        over_time = {matte.name: measures.OfClip() for matte in mattes}
        frames: dict[str, list[dict[str, float]]] = {matte.name: [] for matte in mattes}
        for index, labelled in enumerate(part):
            true = labelled.alpha / np.float32(255)
            for matte in mattes:
                if index == 0 or not is_clip:
                    matte.begin(is_clip)
                alpha = matte.alpha(labelled.rgb)
                found = measures.of_picture(alpha, true)
                frames[matte.name].append(found)
                iou = found["IoU, %"]
                figures[matte.name].ious.append(iou)
                figures[matte.name].sheet.add(
                    part.name, not is_clip, labelled.name, labelled.rgb, alpha, true, iou
                )
                if is_clip:
                    over_time[matte.name].add(alpha, true)
                else:
                    figures[matte.name].call(labelled.name, part.name)
        for matte in mattes:
            to = figures[matte.name]
            if is_clip:
                to.units.append(comparison.summary(frames[matte.name]) | over_time[matte.name].result())
                to.call(part.name, part.name)
            else:
                to.units += frames[matte.name]
    return figures
