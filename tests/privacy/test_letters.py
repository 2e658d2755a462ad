"""T4: letters on the wall, as large as the spine of a book or a notice: can they be read in what is sent?"""

from __future__ import annotations

import difflib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from scipy import ndimage

from blurstream.frame import Geometry
from blurstream.options import Blur, parse_effect
from blurstream.record import Recorder
from blurstream_build import clip_portrait
from letters import ALPHABET, WALL, Text, gaussian, plate, read, text, wall
from report import TITLES, Report

Array = npt.NDArray[Any]
WIDTH, HEIGHT = 1280, 720
CAPS = (0.02, 0.04, 0.08)  # of the height
CAP = 0.04  # the gate's
LEVELS = (0.0, "light", "medium", "private", 1.0)
SETTLED, MANY, FEW = 12, 300, 20  # frames
READ = 10.0  # percent; chance is 3
SEED = 4
OCR_SCALE = 2


def sigma_of(effect: str) -> float:
    """Pixels."""
    blur = parse_effect(effect)
    assert isinstance(blur, Blur)
    return blur.sigma * HEIGHT


def sent(on_wall: Text, effect: str, frames: int) -> tuple[Array, Array]:
    """Luma of one frame, and the mean of `frames`: somebody sits still before the letters."""
    pose = clip_portrait.posed(clip_portrait.person(HEIGHT), WIDTH, HEIGHT, clip_portrait.sitting(0))
    grey = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    room = np.rint(wall(on_wall)).astype(np.uint8), grey, grey
    picture, noise = clip_portrait.compose(pose, room), clip_portrait.Noise(WIDTH, HEIGHT)
    recorder, total = Recorder(effect), np.zeros((HEIGHT, WIDTH))
    for index in range(SETTLED + frames):
        safe = recorder.process(noise.add(picture), index * 33_333, "bt601", False)
        assert safe.kind == "composed"
        luma = safe.planes[0][:HEIGHT, :WIDTH].astype(np.float64)
        if index >= SETTLED:
            total += luma
    return luma, total / frames


def named(seen: Array, on_wall: Text, sigma: float) -> float:
    """By an attacker who knows our plate, and where the person is."""
    cell = Geometry(WIDTH, HEIGHT).cell
    pose = clip_portrait.posed(clip_portrait.person(HEIGHT), WIDTH, HEIGHT, clip_portrait.sitting(0))
    room = (ndimage.maximum_filter(pose[..., 3], 2 * cell // 2 + 1) == 0).astype(np.float32)
    return read(seen, on_wall, plate(HEIGHT, sigma, cell), plate(WIDTH, sigma, cell), room)


def test_letters_cannot_be_read(report: Report, full: bool, tmp_path: Path) -> None:
    frames = MANY if full else FEW
    worst: dict[tuple[float | str, float], float] = {}
    for level in LEVELS if full else (0.0, "private"):
        for background in ("sealed", "fresh") if full else ("sealed",):
            strength = f'"{level}"' if isinstance(level, str) else level
            effect = f'{{"type": "blur", "strength": {strength}, "background": "{background}"}}'
            sigma = sigma_of(effect)
            row: dict[str, float] = {"sigma, px": sigma}
            for cap in CAPS if full else (CAP,):
                on_wall = text(WIDTH, HEIGHT, round(cap * HEIGHT), SEED)
                one, many = sent(on_wall, effect, frames)
                found = {"1": named(one, on_wall, sigma), str(frames): named(many, on_wall, sigma)}
                for count, share in found.items():
                    row[f"{100 * cap:.0f} % high, {count} frames, %"] = share
                worst[level, cap] = max(*found.values(), worst.get((level, cap), 0.0))
                if full and (ocr := plain_reader(many, on_wall, sigma, tmp_path)) is not None:
                    row[f"{100 * cap:.0f} % high, OCR, %"] = ocr
                if cap == CAP:
                    report.picture(f"T4 {level} {background}", one)
            report.table(f"T4, {TITLES['T4']}", f"{level}, {background}", row)
    assert worst[0.0, CAP] > 80, "an attacker who cannot read what is hardly blurred proves nothing"
    what = f"letters of {100 * CAP:.0f} % of the height behind 'private' that are named, %"
    report.gate("T4", what, worst["private", CAP], READ)


def plain_reader(seen: Array, on_wall: Text, sigma: float, folder: Path) -> float | None:
    """Percent of the letters that tesseract finds, in their order, in the picture as it is or sharpened; None
    where it is not installed."""
    if shutil.which("tesseract") is None:
        return None
    best = 0.0
    for picture in (seen, sharpened(seen, sigma)):
        found = ""
        for half in (slice(0, WIDTH // 4), slice(3 * WIDTH // 4, WIDTH)):
            file = folder / "text.png"
            cut = Image.fromarray(np.clip(picture[:, half], 0, 255).astype(np.uint8))
            cut.resize((cut.width * OCR_SCALE, cut.height * OCR_SCALE)).save(file)
            words: list[str | Path] = [
                "tesseract",
                file,
                "-",
                "--psm",
                "6",
                "-c",
                f"tessedit_char_whitelist={ALPHABET}",
            ]
            answer = subprocess.run(words, capture_output=True, text=True, check=True)
            found += "".join(answer.stdout.split())
        blocks = difflib.SequenceMatcher(None, found, by_side(on_wall), autojunk=False).get_matching_blocks()
        best = max(best, 100 * sum(block.size for block in blocks) / len(on_wall.letters))
    return best


def by_side(on_wall: Text) -> str:
    """The letters in the order in which they are read: all on the left, then all on the right."""
    left = [index for index, (_, column) in enumerate(on_wall.places) if column < on_wall.width // 2]
    right = [index for index in range(len(on_wall.places)) if index not in set(left)]
    return "".join(on_wall.words[index] for index in [*left, *right])


def sharpened(seen: Array, sigma: float) -> Array:
    """Wiener's filter for a Gaussian."""
    down, across = (np.fft.fftfreq(size) for size in seen.shape)
    gain = np.exp(-2 * (np.pi * sigma) ** 2 * (down[:, None] ** 2 + across**2))
    spectrum = np.fft.fft2(seen - WALL) * gain / (gain**2 + 1e-4)
    return np.asarray(np.fft.ifft2(spectrum).real + WALL)


@pytest.mark.parametrize(("blurred", "least", "most"), [(0.5, 99, 100), (6.0, 95, 100), (60.0, 0, 15)])
def test_the_attacker(blurred: float, least: float, most: float) -> None:
    """Reads what is sharp or little blurred; guesses what is gone. Without our pipeline, and with noise."""
    on_wall = text(640, 360, 24, 1)
    seen = ndimage.gaussian_filter(wall(on_wall), blurred)
    seen += np.random.default_rng(2).normal(0, 1, seen.shape)
    assert least <= read(seen, on_wall, gaussian(360, blurred), gaussian(640, blurred)) <= most
