"""What most products blend with: a network's mask, enlarged, before a perfect plate. To compare ours with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from blurstream_build import clip_y4m
from blurstream_build.clip_y4m import Planes
from evaluation.mattes import Network
from leak_measures import Cut, Figures, Leak
from leak_scenes import Scene

MODEL = "selfie_landscape.onnx"
PLATE_SIGMA = 0.064  # of the height, as 'private'


def figures(scene: Scene, models: Path) -> Figures:
    """Leak and cut of MediaPipe's landscape model alone. `models`: the folder of built models."""
    assert scene.rooms is not None
    networks = [Network(models / MODEL) for _ in range(3)]
    sigmas = [PLATE_SIGMA * scene.height / step for step in (1, 2, 2)]
    plates = [
        ndimage.gaussian_filter(mean, sigma, mode="nearest")
        for mean, sigma in zip(scene.rooms.mean, sigmas, strict=True)
    ]
    leak, cut = Leak(scene.rooms.sign), Cut()
    for moment in scene.moments():
        a, b, other = (
            _composite(frame, network, plates) for frame, network in zip(moment.frames, networks, strict=True)
        )
        leak.add(moment.alpha, a, b)
        cut.add(moment.alpha, a[0], other[0])
    return leak.result() | leak.recovered(scene.rooms.a) | cut.result()


def _composite(frame: Planes, network: Network, plates: list[npt.NDArray[Any]]) -> Planes:
    alpha = network.alpha(clip_y4m.to_rgb(frame))
    half = clip_y4m.halve(alpha)
    y, u, v = (
        np.rint(a * plane + (1 - a) * plate).astype(np.uint8)
        for plane, plate, a in zip(frame, plates, (alpha, half, half), strict=True)
    )
    return y, u, v
