"""Rate curves of one clip with one codec: bytes and the quality of the person's pixels, part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .encode import Codec, Planes, encode

Array = np.ndarray[Any, Any]
STEADY_FROM = 30  # frames: the first second, with the key frame and what it leaves to repair, is left out
PARTS = ("all", "steady", "key")
Curves = dict[str, dict[str, list[tuple[float, float]]]]  # part -> reference -> (bytes a frame, PSNR) of each


@dataclass(frozen=True)
class Encoded:
    """One encode: bytes of every frame, and for each reference the squared error a pixel of the person."""

    sizes: Array
    errors: dict[str, Array]

    def point(self, reference: str, part: str) -> tuple[float, float]:
        """(bytes a frame, PSNR of the person in dB) of a part of the clip."""
        chosen = {"all": slice(None), "steady": slice(STEADY_FROM, None), "key": slice(0, 1)}[part]
        error = max(float(self.errors[reference][chosen].mean()), 1e-3)
        return float(self.sizes[chosen].mean()), 10 * float(np.log10(255**2 / error))


def curves(
    codec: Codec,
    frames: Sequence[Planes],
    references: Mapping[str, Sequence[Planes]],
    roi: Sequence[Array],
) -> Curves:
    """Every quantiser of a codec."""
    made = [encoded(codec, quantiser, frames, references, roi) for quantiser in codec.quantisers]
    return {part: {name: [one.point(name, part) for one in made] for name in references} for part in PARTS}


def encoded(
    codec: Codec,
    quantiser: int,
    frames: Sequence[Planes],
    references: Mapping[str, Sequence[Planes]],
    roi: Sequence[Array],
) -> Encoded:
    """One encode of a clip, compared on the luma of the person's pixels."""
    sizes: list[int] = []
    errors: dict[str, list[float]] = {name: [] for name in references}
    for index, (size, shown) in enumerate(encode(codec, quantiser, frames)):
        sizes.append(size)
        mine = shown[0][roi[index]].astype(np.float32)
        for name, of in references.items():
            apart = mine - of[index][0][roi[index]]
            errors[name].append(float(np.mean(apart * apart)) if apart.size else 0.0)
    if len(sizes) != len(frames):
        raise ValueError(f"{codec.name} gave {len(sizes)} pictures for {len(frames)} frames")
    return Encoded(np.array(sizes), {name: np.array(values) for name, values in errors.items()})
