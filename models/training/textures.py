"""Pictures of nothing: noise of every grain and colour. Carpets, leaves and dark cameras are like it, and a
network that never saw any may take it for a person.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from .framing import HEIGHT, WIDTH

Array = npt.NDArray[Any]

COARSEST = 48.0  # pixels of a grain
MOST_LAYERS = 3


def texture(rng: np.random.Generator) -> Array:
    """u8 (HEIGHT, WIDTH, 3)."""
    total = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    for _ in range(rng.integers(1, MOST_LAYERS + 1)):
        grain = COARSEST ** rng.uniform(0, 1)
        stretch = 2 ** rng.normal(0, 0.5)
        rows = int(np.clip(HEIGHT / grain * stretch, 2, HEIGHT))
        columns = int(np.clip(WIDTH / grain / stretch, 2, WIDTH))
        total += rng.uniform(0.3, 1) * _enlarged(rng, rows, columns)
    total /= max(float(total.std()), 1e-6)
    middle, contrast = rng.uniform(40, 215, 3), rng.uniform(4, 90)
    if rng.random() < 0.5:
        middle[:] = middle[0]
    return np.asarray((middle + contrast * total).clip(0, 255), np.uint8)


def patterned(room: Array, rng: np.random.Generator) -> Array:
    """The room under one more grain of light and dark, u8 as it is: wallpaper, lace, the weave of a cloth."""
    grey = texture(rng)[..., 0].astype(np.float32)
    grey -= grey.mean()
    depth = rng.uniform(0.03, 0.35) / max(float(grey.std()), 1e-3)
    rows, columns = room.shape[:2]
    light = np.asarray(Image.fromarray(1 + depth * grey).resize((columns, rows), Image.Resampling.NEAREST))
    return np.asarray((room * light[..., None]).clip(0, 255), np.uint8)


def _enlarged(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """float32 (HEIGHT, WIDTH, 3), of any look from blocks to clouds; grey as often as coloured."""
    bands = 1 if rng.random() < 0.5 else 3
    small = rng.standard_normal((bands, rows, columns)).astype(np.float32)
    if rng.random() < 0.3:
        small = rng.uniform(-1.7, 1.7, small.shape).astype(np.float32)
    how = (Image.Resampling.NEAREST, Image.Resampling.BILINEAR, Image.Resampling.BICUBIC)[rng.integers(3)]
    large = [np.asarray(Image.fromarray(band).resize((WIDTH, HEIGHT), how)) for band in small]
    return np.stack([large[band % bands] for band in range(3)], -1)
