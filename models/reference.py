"""Reference pictures, and the masks that the original runtime gives for them (reference.npz).

How reference.npz was made, to be repeated only if a picture or the model changes:

    python -m venv original && original/bin/pip install mediapipe==0.10.21 pillow==13.0.0
    original/bin/python models/reference.py selfie_segmentation_landscape.tflite astronaut.png reference.npz

MediaPipe 0.10.21 (Python 3.9 to 3.12) runs its own landscape graph (SelfieSegmentation, model_selection=1:
TensorFlow Lite, XNNPACK and the custom operator) with the model file replaced by the one that is converted
here. The pictures have the size of the model's input, so nothing is resized on the way. Masks are kept as
16-bit fixed point (error 8e-6).
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]

HEIGHT, WIDTH = 144, 256
SCALE = 65535
SEED = 20230203


def pictures(portrait: Picture) -> dict[str, Picture]:
    """Returns the named pictures, uint8 RGB 144x256; `portrait` is scikit-image's astronaut, 512x512x3.

    Integers only, so that every machine makes the same bytes.
    """
    rng = np.random.default_rng(SEED)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    crop = portrait[: 2 * HEIGHT].astype(np.uint16)
    boxed = (crop[0::2, 0::2] + crop[0::2, 1::2] + crop[1::2, 0::2] + crop[1::2, 1::2] + 2) // 4
    return {
        "gradient": np.stack([x, 255 - y * 255 // HEIGHT, (x + y) // 2], -1).astype(np.uint8),
        "noise": rng.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8),
        "blobs": _blobs(rng, x, y),
        "figure": _figure(rng, x, y),
        "portrait": boxed.astype(np.uint8),
        "portrait_dark": (boxed[:, ::-1] // 4).astype(np.uint8),
    }


def load(file: Path) -> dict[str, tuple[str, Mask]]:
    """Returns, for each picture, the sha256 of its bytes and the original runtime's mask, float32 144x256."""
    with np.load(file) as stored:
        names = [key.removeprefix("mask_") for key in stored.files if key.startswith("mask_")]
        return {
            name: (str(stored[f"sha256_{name}"]), stored[f"mask_{name}"].astype(np.float32) / SCALE)
            for name in names
        }


def save(file: Path, masks: dict[str, tuple[Picture, Mask]]) -> None:
    """Writes each picture's sha256 and mask as `load` reads them."""
    stored: dict[str, Any] = {}
    for name, (picture, mask) in masks.items():
        stored[f"sha256_{name}"] = fingerprint(picture)
        stored[f"mask_{name}"] = np.rint(mask * SCALE).astype(np.uint16)
    np.savez_compressed(file, **stored)


def fingerprint(picture: Picture) -> str:
    """The sha256 of the picture's bytes: a mask is compared only with that of the very same picture."""
    return hashlib.sha256(np.ascontiguousarray(picture).tobytes()).hexdigest()


def _blobs(rng: np.random.Generator, x: npt.NDArray[Any], y: npt.NDArray[Any]) -> Picture:
    picture = np.full((HEIGHT, WIDTH, 3), 40, np.uint8)
    for _ in range(24):
        cx, cy, radius = (int(rng.integers(0, side)) for side in (WIDTH, HEIGHT, 40))
        picture[(x - cx) ** 2 + (y - cy) ** 2 < radius**2] = rng.integers(0, 256, 3)
    return picture


def _figure(rng: np.random.Generator, x: npt.NDArray[Any], y: npt.NDArray[Any]) -> Picture:
    """Head, neck and shoulders in flat colours before a striped wall: the model takes it for a person."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    picture[:] = np.where(((x // 12) % 2 == 0)[..., None], (150, 160, 150), (180, 185, 170))
    body = ((x - 128) * 10) ** 2 // 49 + (y - 150) ** 2 < 58**2
    neck = (abs(x - 128) < 13) & (y > 60) & (y < 105)
    head = ((x - 128) * 10) ** 2 // 75 + (y - 52) ** 2 < 34**2
    hair = head & (y < 36)
    for part, colour in (
        (body, (40, 60, 110)),
        (neck, (190, 140, 115)),
        (head, (205, 155, 130)),
        (hair, (50, 35, 30)),
    ):
        picture[part] = colour
    for cx in (115, 141):
        picture[(x - cx) ** 2 + (y - 50) ** 2 < 9] = (30, 25, 25)
    picture[(abs(x - 128) < 10) & (abs(y - 70) < 2)] = (150, 70, 70)
    noise = rng.integers(-6, 7, picture.shape)
    return np.asarray(np.clip(picture + noise, 0, 255), np.uint8)


def _record(model: Path, portrait_file: Path, out: Path) -> None:
    """Runs the original; needs the packages named above."""
    import mediapipe  # type: ignore[import-not-found]
    from PIL import Image

    package = Path(mediapipe.__file__).parent / "modules" / "selfie_segmentation"
    shutil.copyfile(model, package / "selfie_segmentation_landscape.tflite")
    portrait = np.asarray(Image.open(portrait_file).convert("RGB"))
    masks: dict[str, tuple[Picture, Mask]] = {}
    for name, picture in pictures(portrait).items():
        # A new graph for each picture, so that nothing is carried from one to the next.
        with mediapipe.solutions.selfie_segmentation.SelfieSegmentation(model_selection=1) as original:
            mask = original.process(picture).segmentation_mask
        if mask.shape != (HEIGHT, WIDTH):
            raise RuntimeError(f"the original gave a mask of {mask.shape} for {name}")
        masks[name] = (picture, mask)
        print(f"{name:14} person {100 * float((mask > 0.5).mean()):5.1f} %  largest {float(mask.max()):.6f}")
    save(out, masks)


if __name__ == "__main__":
    _record(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
