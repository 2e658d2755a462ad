"""A recorded clip as frames with their masks, which the real model has given once and a file keeps.

So the kernels can be measured on a real person where there is no model: inside Pyodide, in Node.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from blurstream.frame import FrameSpec
from blurstream.kernels.loader import CompiledKernels
from blurstream.mask import Callback, Session
from blurstream.pipeline import Pipeline
from scenes import Frame, Planes

Array = np.ndarray[Any, Any]
MARK = b"FRAME\n"


class Y4m:
    """Any frame of a YUV4MPEG2 file of 8-bit 4:2:0, by its number."""

    def __init__(self, file: Path) -> None:
        self._stream = file.open("rb")
        header = self._stream.readline()
        fields = header.split()
        if not fields or fields[0] != b"YUV4MPEG2":
            raise ValueError(f"{file} is not a YUV4MPEG2 file")
        self.width, self.height = (
            int(next(f[1:] for f in fields if f.startswith(key))) for key in (b"W", b"H")
        )
        self._start = len(header)
        self._bytes = len(MARK) + self.width * self.height * 3 // 2
        self.frames = (file.stat().st_size - self._start) // self._bytes

    def planes(self, index: int) -> Planes:
        """Y, U, V of a frame, u8."""
        self._stream.seek(self._start + index * self._bytes + len(MARK))
        data = np.frombuffer(self._stream.read(self._bytes - len(MARK)), np.uint8)
        luma = self.width * self.height
        half = (self.height // 2, self.width // 2)
        u, v = data[luma:].reshape(2, *half)
        return data[:luma].reshape(self.height, self.width), u, v


class RecordedClip:
    """Frames and masks of a clip, there and back again so that it never jumps."""

    def __init__(self, file: Path, masks: Path) -> None:
        self._clip = Y4m(file)
        self._masks: Array = np.load(masks)
        if len(self._masks) != self._clip.frames:
            raise ValueError(f"{masks} has {len(self._masks)} masks for {self._clip.frames} frames of {file}")

    def frame(self, index: int) -> Frame:
        last = self._clip.frames - 1
        phase = index % max(2 * last, 1)
        at = min(phase, 2 * last - phase)
        return self._clip.planes(at), self._masks[at].astype(np.float32)


def masks_of(clip: Path, model: Path, session: Session, folder: Path) -> Path:
    """The file of masks of a clip, one a frame, made with `session` unless it is there already."""
    key = hashlib.sha256(f"{clip.stat().st_size} {clip.stat().st_mtime_ns}".encode() + model.read_bytes())
    target = folder / f"{clip.stem}_masks_{key.hexdigest()[:12]}.npy"
    if not target.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        video = Y4m(clip)
        masks = [_mask(video.planes(index), session) for index in range(video.frames)]
        np.save(target, np.stack(masks).astype(np.float16))
    return target


class _Overheard:
    """A session that keeps the other one's answer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.answer: Array | None = None

    def run_async(
        self,
        output_names: Sequence[str] | None,
        input_feed: Mapping[str, Array],
        callback: Callback,
        user_data: Any,
    ) -> None:
        def heard(results: Sequence[Array], data: Any, error: str) -> None:
            self.answer = None if error else results[0].copy()
            callback(results, data, error)

        self._session.run_async(output_names, input_feed, heard, user_data)


def _mask(planes: Planes, session: Session) -> Array:
    """The model's answer to one frame. A pipeline of its own: one that has seen other frames may not ask."""
    overheard = _Overheard(session)
    pipeline = Pipeline(CompiledKernels(), lambda safe: None, lambda *event: None)
    pipeline.open(overheard)
    height, width = planes[0].shape
    ticket = pipeline.begin(FrameSpec("I420", width, height, 0))
    for plane, target in zip(planes, ticket.slot.planes, strict=True):
        target[: plane.shape[0], : plane.shape[1]] = plane
    pipeline.submit(ticket)
    if overheard.answer is None:
        raise RuntimeError("the model gave no mask for a frame of the clip; see that build/models is built")
    return overheard.answer.reshape(144, 256)
