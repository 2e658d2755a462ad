"""Views into panoramas of rooms, as a webcam in them would show what is behind its user."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from .errors import TrainingError
from .framing import HEIGHT, WIDTH

Array = npt.NDArray[Any]

MIDDLE_GREY = 0.22  # where the median of a view's light is put, give or take
SHOULDER = 0.35  # how soon highlights are pressed together


def read(file: Path) -> Array:
    """The light of an equirectangular .exr, float32 (height, width, 3)."""
    try:
        import OpenEXR

        with OpenEXR.File(str(file)) as opened:
            channels = opened.channels()
            if "RGB" in channels:
                return np.asarray(channels["RGB"].pixels, np.float32)
            return np.stack([channels[name].pixels for name in "RGB"], -1).astype(np.float32)
    except ImportError as error:
        raise TrainingError("OpenEXR is not installed: see py/requirements/train.txt") from error
    except Exception as error:  # OpenEXR raises what its C++ throws
        raise TrainingError(f"{file} cannot be read: {error}") from error


def views(panorama: Array, rng: np.random.Generator, count: int) -> Iterator[Array]:
    """u8 (HEIGHT, WIDTH, 3): from eye level, of any direction, angle and exposure."""
    rows, columns = panorama.shape[:2]
    light = np.pad(panorama, ((0, 0), (1, 1), (0, 0)), "wrap")  # no seam where it closes
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    for _ in range(count):
        half = np.tan(np.radians(rng.uniform(45, 95)) / 2)
        turn, tilt = rng.uniform(0, 2 * np.pi), np.radians(rng.normal(3, 7))
        right, down = ((x + 0.5) / WIDTH * 2 - 1) * half, ((y + 0.5) / HEIGHT * 2 - 1) * half * HEIGHT / WIDTH
        forward = np.cos(tilt) + down * np.sin(tilt)
        down = down * np.cos(tilt) - np.sin(tilt)
        azimuth = np.arctan2(right, forward) + turn
        below = np.arctan2(down, np.hypot(right, forward))
        at = np.stack([(below / np.pi + 0.5) * rows - 0.5, (azimuth / (2 * np.pi)) % 1 * columns + 0.5])
        bands = [ndimage.map_coordinates(light[..., band], at, order=1, mode="nearest") for band in range(3)]
        yield _developed(np.stack(bands, -1), MIDDLE_GREY * float(np.exp(rng.normal(0, 0.4))))


def _developed(light: Array, middle: float) -> Array:
    exposed = np.nan_to_num(light) * (middle / max(float(np.median(light.mean(-1))), 1e-6))
    pressed = np.clip(exposed / (1 + SHOULDER * exposed) * (1 + SHOULDER), 0, 1)
    return np.asarray(255 * pressed ** (1 / 2.2)).astype(np.uint8)
