"""Constant-quantiser encodes with settings like a call's: one key frame, no look-ahead, one thread.

libvpx watches the clock when cpu-used is positive, so that a busy machine changes the result: it is negative
here. VP8's own denoiser is on, as it is in WebRTC.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

Array = np.ndarray[Any, Any]
Planes = tuple[Array, Array, Array]

FPS = 30
NEVER = 9999  # frames to the next key frame


@dataclass(frozen=True)
class Codec:
    """An encoder at several quantisers, finest first, in the encoder's own scale: from what a call's usual
    rate buys when little moves down to about 32 dB.
    """

    name: str
    encoder: str
    quantisers: tuple[int, ...]
    options: Callable[[int], dict[str, str]]


def _vpx(quantiser: int) -> dict[str, str]:
    return {
        "deadline": "realtime",
        "lag-in-frames": "0",
        "error-resilient": "default",
        "static-thresh": "1",
        "qmin": str(quantiser),
        "qmax": str(quantiser),
        "b": "50000000",
    }


def _vp8(quantiser: int) -> dict[str, str]:
    return {**_vpx(quantiser), "cpu-used": "-6", "noise-sensitivity": "4"}


def _vp9(quantiser: int) -> dict[str, str]:
    return {**_vpx(quantiser), "cpu-used": "-7", "aq-mode": "0", "row-mt": "0"}


def _h264(quantiser: int) -> dict[str, str]:
    return {
        "preset": "veryfast",
        "tune": "zerolatency",
        "profile": "baseline",
        "qp": str(quantiser),
        "x264-params": "scenecut=0:keyint=infinite:rc-lookahead=0:sync-lookahead=0",
    }


def _av1(quantiser: int) -> dict[str, str]:
    return {
        "preset": "10",
        "svtav1-params": f"rc=0:qp={quantiser}:aq-mode=0:pred-struct=1:rtc=1:lp=1:keyint=-1:scd=0",
    }


CODECS = (
    Codec("VP8", "libvpx", (2, 6, 12, 20, 32, 46), _vp8),
    Codec("VP9", "libvpx-vp9", (8, 16, 24, 32, 40, 50), _vp9),
    Codec("H.264", "libx264", (14, 18, 22, 27, 32, 37), _h264),
    Codec("AV1", "libsvtav1", (10, 20, 30, 38, 46, 54), _av1),
)


def encode(codec: Codec, quantiser: int, frames: Iterable[Planes]) -> Iterator[tuple[int, Planes]]:
    """(bytes of the frame, planes as a receiver decodes them) of every frame, in order."""
    sizes: list[int] = []
    coder: Any = None
    reader: Any = None
    decoded: list[Planes] = []
    picture: Any
    for index, planes in enumerate(frames):
        high, wide = planes[0].shape
        if coder is None:
            coder = _open(codec, quantiser, wide, high)
            reader = av.CodecContext.create(_decoder(codec.encoder), "r")
            reader.thread_count = 1
        picture = av.VideoFrame(wide, high, "yuv420p")
        for plane, pixels in zip(picture.planes, planes, strict=True):
            room = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
            room[: pixels.shape[0], : pixels.shape[1]] = pixels
        picture.pts = index
        _take(coder.encode(picture), reader, sizes, decoded)
        yield from _ready(sizes, decoded)
    if coder is None:
        raise ValueError("there are no frames to encode")
    _take(coder.encode(None), reader, sizes, decoded)
    decoded.extend(planes_of(frame) for frame in reader.decode(None))
    yield from _ready(sizes, decoded)
    if sizes or decoded:
        raise ValueError(f"{codec.name}: {len(sizes)} packets and {len(decoded)} pictures have no partner")


def _open(codec: Codec, quantiser: int, width: int, height: int) -> Any:
    coder: Any = av.CodecContext.create(codec.encoder, "w")
    coder.width, coder.height, coder.pix_fmt = width, height, "yuv420p"
    coder.time_base, coder.framerate = Fraction(1, FPS), Fraction(FPS)
    coder.gop_size, coder.max_b_frames, coder.thread_count = NEVER, 0, 1
    coder.options = codec.options(quantiser)
    coder.open()
    _be_ordinary()
    return coder


def _be_ordinary() -> None:
    """Gives up real-time scheduling. SVT-AV1 takes it when root runs it, for itself and the caller, and
    every program started later inherits it: a browser with a thread that loops then starves the machine.
    """
    if sys.platform != "linux":
        return
    for thread in Path("/proc/self/task").iterdir():
        with suppress(ProcessLookupError):
            os.sched_setscheduler(int(thread.name), os.SCHED_OTHER, os.sched_param(0))


def _decoder(encoder: str) -> str:
    return {"libvpx": "vp8", "libvpx-vp9": "vp9", "libx264": "h264", "libsvtav1": "libdav1d"}[encoder]


def _take(packets: Iterable[Any], reader: Any, sizes: list[int], decoded: list[Planes]) -> None:
    for packet in packets:
        sizes.append(packet.size)
        decoded.extend(planes_of(frame) for frame in reader.decode(packet))


def _ready(sizes: list[int], decoded: list[Planes]) -> Iterator[tuple[int, Planes]]:
    while sizes and decoded:
        yield sizes.pop(0), decoded.pop(0)


def planes_of(frame: Any) -> Planes:
    """Copies of Y, U, V of an av.VideoFrame of yuv420p, without padding."""
    found = []
    for index, plane in enumerate(frame.planes):
        rows, columns = frame.height, frame.width
        if index:
            rows, columns = (rows + 1) // 2, (columns + 1) // 2
        found.append(np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[:rows, :columns].copy())
    return found[0], found[1], found[2]
