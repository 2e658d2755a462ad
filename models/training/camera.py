"""What a webcam and its driver make of a scene before the network sees it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Array = npt.NDArray[Any]

NOISE_ROWS = 1024


class Camera:
    """One setting of a camera, drawn at random: `shoot` it at one scene after the other."""

    _grain: Array | None = None

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        # Exposure, contrast and colour of the light; most cameras are not far off.
        self.gain = np.exp(rng.normal(0, 0.17)) * np.exp(rng.normal(0, 0.07, 3))
        self.gamma = float(np.exp(rng.normal(0, 0.17)))
        self.black = float(rng.uniform(0, 0.06)) if rng.random() < 0.3 else 0.0
        self.grey = float(rng.uniform(0.0, 1.0)) if rng.random() < 0.12 else 0.0
        self.noise = float(rng.exponential(2.5)) if rng.random() < 0.7 else 0.0
        self.blotch = float(rng.uniform(0, 1)) * self.noise if rng.random() < 0.4 else 0.0
        self.quality = int(rng.integers(25, 90)) if rng.random() < 0.4 else 0
        self.soft = float(rng.uniform(0.5, 2.2)) if rng.random() < 0.3 else 0.0
        self.sharp = int(rng.integers(50, 200)) if rng.random() < 0.2 else 0

    def shoot(self, scene: Array, size: tuple[int, int]) -> Array:
        """u8 (height, width, 3) -> u8 of `size` (width, height), with fresh noise."""
        curve = (np.arange(256, dtype=np.float32) / 255) ** self.gamma
        table = np.clip(self.black + (1 - self.black) * curve * self.gain[:, None], 0, 1) * 255
        picture = Image.fromarray(scene).point(table.astype(int).ravel().tolist())
        if self.grey:
            picture = Image.blend(picture, picture.convert("L").convert("RGB"), self.grey)
        if self.soft:
            picture = picture.filter(ImageFilter.GaussianBlur(self.soft))
        if self.sharp:
            picture = picture.filter(ImageFilter.UnsharpMask(2, self.sharp))
        if self.noise:
            picture = Image.fromarray(self._noisy(np.asarray(picture)))
        if self.quality:
            written = io.BytesIO()
            picture.save(written, "JPEG", quality=self.quality)
            picture = Image.open(written)
        return np.asarray(picture.resize(size, Image.Resampling.BILINEAR))

    def _noisy(self, picture: Array) -> Array:
        """More in the dark than in the light, coarser in colour than in brightness."""
        rows, columns = picture.shape[:2]
        grain = self._window(rows, columns)[..., None] * self.noise
        if self.blotch:
            colour = [self._window(rows // 4 + 1, columns // 4 + 1) for _ in range(3)]
            coarse = np.stack(colour, -1).repeat(4, 0).repeat(4, 1)[:rows, :columns]
            grain = grain + coarse * self.blotch
        level = 1.4 - 0.8 * (picture.astype(np.float32) / 255)
        return np.clip(picture + grain * level, 0, 255).astype(np.uint8)

    def _window(self, rows: int, columns: int) -> Array:
        if Camera._grain is None:
            made = np.random.default_rng(5).standard_normal((NOISE_ROWS, NOISE_ROWS))
            Camera._grain = made.astype(np.float32)
        y = self._rng.integers(NOISE_ROWS - rows + 1)
        x = self._rng.integers(NOISE_ROWS - columns + 1)
        return Camera._grain[y : y + rows, x : x + columns]
