"""What we send instead of the camera's picture: the clip through the pipeline, natively."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from blurstream.kernels.signatures import TILE
from blurstream.options import parse_settings
from blurstream.record import Recorder

from .encode import Planes
from .material import Material, sure

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Variant:
    """A way to run the pipeline. `settings`: as `parse_settings` takes them."""

    name: str
    settings: dict[str, Any]


VARIANTS = (
    Variant("sealed + denoise", {"effect": {"type": "blur", "background": "sealed"}, "denoise": True}),
    Variant("sealed", {"effect": {"type": "blur", "background": "sealed"}, "denoise": False}),
    Variant("fresh", {"effect": {"type": "blur", "background": "fresh"}, "denoise": False}),
)


@dataclass
class Output:
    """Our frames, and of each the alpha at full resolution; `composed`: how many were not concealed."""

    frames: list[Planes]
    alpha: list[Array]
    composed: int

    @property
    def written_share(self) -> float:
        """Share of the 16x16 tiles that are not as they were one frame before, in the mean."""
        pairs = itertools.pairwise(planes[0] for planes in self.frames)
        return float(np.mean([_tiles(now != before) for before, now in pairs]))


def output(material: Material, variant: Variant) -> Output:
    """Runs the pipeline over a clip."""
    recorder = Recorder(json.dumps(variant.settings["effect"]))
    recorder.pipeline.configure(parse_settings(json.dumps(variant.settings)))
    made = Output([], [], 0)
    for index, planes in enumerate(material.camera):
        high, wide = planes[0].shape
        safe = recorder.process(planes, index * 33_333, material.matrix, material.full_range)
        y, u, v = safe.planes
        made.frames.append(
            (
                y[:high, :wide].copy(),
                u[: high // 2, : wide // 2].copy(),
                v[: high // 2, : wide // 2].copy(),
            )
        )
        made.composed += safe.kind == "composed"
        made.alpha.append(_alpha(recorder, high, wide))
    return made


def _tiles(different: Array) -> float:
    """Share of tiles with a pixel that is `different`; what is over at the right and bottom is left out."""
    high, wide = (side // TILE for side in different.shape)
    inside = different[: high * TILE, : wide * TILE]
    return float(inside.reshape(high, TILE, wide, TILE).any(axis=(1, 3)).mean())


def _alpha(recorder: Recorder, high: int, wide: int) -> Array:
    """The matte of the frame just made, u8, enlarged to the frame's size."""
    workspace = recorder.pipeline._workspace
    assert workspace is not None
    factor = workspace.geometry.factor
    small = workspace.matte.alpha
    return np.repeat(np.repeat(small, factor, 0), factor, 1)[:high, :wide]


def decide_roi(material: Material) -> None:
    """Fills `roi`, once for a clip and both sides: where truth, if known, and our matte of the camera's clip
    are both sure.

    What a mask wrongly cuts off cannot be bought back with bytes. It is another defect, told as `person_cut`.
    """
    mattes = output(material, VARIANTS[-1]).alpha
    material.matte_share = float(np.mean([alpha.mean() / 255 for alpha in mattes]))
    mine = [sure(alpha) for alpha in mattes]
    truth = [sure(alpha) for alpha in material.alpha]
    both = [ours & known for ours, known in zip(mine, truth, strict=True)] if truth else mine
    if truth:
        kept = sum(int(mask.sum()) for mask in both) / max(1, sum(int(mask.sum()) for mask in truth))
        material.person_cut = 1 - kept
    material.roi = [sure(mask.view(np.uint8) * 255) for mask in both]
