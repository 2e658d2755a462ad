"""Raw pictures for the fake source of the pages: the marked portrait, and its room with nobody in it.

`portrait_WxH.i420` holds POSES frames one behind the other, `cloth_WxH.i420` the same before a green cloth,
`room_WxH.i420` one with nobody in it; `pattern.i8` is the mark on
the wall as wide as it was drawn. They come from the marked clip that the build makes: the detector fits them.
`quadrants.png` is a picture for the room's place, 400x200, red, green, blue and white; `checks.png` one of
black and white pixels, finer than any frame here can show. `film.webm` and `film.gif` are quadrants.png and
its mirror image in turns, FILM_TURN_S each; `sound.webm` has no picture.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import av
import numpy as np
from PIL import Image

from blurstream_build import clip_watermark, clip_y4m
from blurstream_build.clip_y4m import Plane, Planes

CLIP = "portrait_marked_720p"
POSES, EVERY = 6, 4
CLOTH = (112, 105, 58)  # YUV of a green that cloths are sold in, #00b140
FILM_FPS, FILM_TURN_S = 20, 0.4
SOUND_RATE = 48000
SIZES = ((160, 90), (161, 91), (320, 180), (322, 181), (640, 360), (640, 480), (1280, 720), (1920, 1080))


def write(clips: Path, out: Path) -> None:
    """Makes every file; `clips` is the folder of clips that the build makes."""
    clip = clips / f"{CLIP}.y4m"
    poses = list(islice(clip_y4m.read(clip), 0, POSES * EVERY, EVERY))
    with np.load(clips / f"{CLIP}_truth.npz") as truth:
        room = [(truth["background_y"], truth["background_u"], truth["background_v"])]
        alphas = [truth[f"alpha_{pose * EVERY:04}"] for pose in range(POSES)]
    cloth = [_before_cloth(planes, alpha) for planes, alpha in zip(poses, alphas, strict=True)]
    for width, height in SIZES:
        for name, pictures in (("portrait", poses), ("room", room), ("cloth", cloth)):
            data = b"".join(_scaled(planes, width, height) for planes in pictures)
            (out / f"{name}_{width}x{height}.i420").write_bytes(data)
    Image.fromarray(quadrants()).save(out / "quadrants.png")
    film(out)
    sound(out / "sound.webm")
    checks = np.indices((1801, 5201)).sum(0) % 2 * 255
    Image.fromarray(checks.astype(np.uint8)).save(out / "checks.png")
    widest = clip_watermark.cells(4 * clip_watermark.ROWS, clip_watermark.ROWS)
    (out / "pattern.i8").write_bytes(np.ascontiguousarray(widest).tobytes())


def quadrants() -> Plane:
    """RGB."""
    colours = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)
    return np.kron(colours, np.ones((100, 200, 1), np.uint8))


def film(out: Path) -> None:
    """The same as a video and as an animated picture."""
    turns = [quadrants(), np.ascontiguousarray(quadrants()[:, ::-1])]
    first, second = (Image.fromarray(turn) for turn in turns)
    first.save(
        out / "film.gif", save_all=True, append_images=[second], duration=round(FILM_TURN_S * 1000), loop=0
    )
    with av.open(out / "film.webm", "w") as container:
        stream = container.add_stream("libvpx", rate=FILM_FPS, options={"crf": "4", "b": "8M"})
        stream.height, stream.width = turns[0].shape[:2]
        for index in range(round(6 * FILM_TURN_S * FILM_FPS)):
            turn = turns[int(index / FILM_FPS / FILM_TURN_S) % 2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(turn, "rgb24")))
        container.mux(stream.encode())


def sound(path: Path) -> None:
    """Half a second of silence."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libopus", rate=SOUND_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, SOUND_RATE // 2), np.int16), "s16", "mono")
        frame.sample_rate = SOUND_RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode())


def luma(folder: Path, picture: str, width: int, height: int) -> Plane:
    """The luma plane of a picture's first frame."""
    data = np.fromfile(folder / f"{picture}_{width}x{height}.i420", np.uint8, width * height)
    return data.reshape(height, width)


def _before_cloth(planes: Planes, alpha: Plane) -> Planes:
    """`alpha`: u8, of the luma's size."""
    shares = [alpha / 255.0] + [alpha[::2, ::2] / 255.0] * 2
    y, u, v = (
        (share * plane + (1 - share) * colour).round().astype(np.uint8)
        for share, plane, colour in zip(shares, planes, CLOTH, strict=True)
    )
    return y, u, v


def _scaled(planes: Planes, width: int, height: int) -> bytes:
    """The middle of the frame in the wanted shape, at the wanted size."""
    half = ((width + 1) // 2, (height + 1) // 2)
    scaled = (
        _fitted(plane, *size) for plane, size in zip(planes, ((width, height), half, half), strict=True)
    )
    return b"".join(plane.tobytes() for plane in scaled)


def _fitted(plane: Plane, width: int, height: int) -> Plane:
    rows, columns = plane.shape
    wanted = min(columns, rows * width / height)
    tall = wanted * height / width
    left, top = (columns - wanted) / 2, (rows - tall) / 2
    shrinks = width < columns
    resampling = Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC
    image = Image.fromarray(np.ascontiguousarray(plane))
    return np.asarray(image.resize((width, height), resampling, box=(left, top, left + wanted, top + tall)))
