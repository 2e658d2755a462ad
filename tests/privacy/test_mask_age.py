"""T5: the mask that a frame is composed with is of this very frame.

A bright bar jumps over a marked wall, never twice to the same place, and a network finds what is bright. A
mask that is one frame old would show the wall where the bar was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from blurstream.mask import Callback
from blurstream.record import NativeSession, Recorder
from blurstream_build import clip_watermark
from blurstream_build.paths import Paths
from bright_model import bright
from faults import FaultySite, variant
from report import Report
from subject import TILE_LIMIT, OpenSubject

Array = npt.NDArray[Any]
WIDTH, HEIGHT = 640, 360
WALL, BAR = 100, 235  # luma
BAR_PX = 104
PLACES = (40, 440, 200, 320, 60, 480, 240, 360)  # of the bar's left side; no two in a row overlap
SECONDS, FULL_SECONDS = 2, 20
EFFECT = '{"type": "color", "color": "#206040"}'


class Late:
    """Answers with the mask of the frame before."""

    def __init__(self, session: NativeSession) -> None:
        self._session = session
        self._before: Sequence[Array] | None = None

    def run_async(
        self,
        output_names: Sequence[str] | None,
        input_feed: Mapping[str, Array],
        callback: Callback,
        user_data: Any,
    ) -> None:
        def late(results: Sequence[Array], data: Any, error: str) -> None:
            now = [np.array(result) for result in results]
            callback(self._before or now, data, error)
            self._before = now

        self._session.run_async(output_names, input_feed, late, user_data)


def bars() -> list[Array]:
    """Luma of each place."""
    wall = WALL + clip_watermark.pattern(WIDTH, HEIGHT).astype(int)
    frames = []
    for left in PLACES:
        frame = wall.copy()
        frame[:, left : left + BAR_PX] = BAR
        frames.append(frame.astype(np.uint8))
    return frames


def shown(recorder: Recorder) -> list[float]:
    """How much of the wall is in each composed frame of some rounds."""
    grey = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    found = []
    for index, luma in enumerate(bars() * 4):
        safe = recorder.process([luma, grey, grey], index * 33_333, "bt601", False)
        if safe.kind == "composed":
            found.append(clip_watermark.strongest(safe.planes[0][:HEIGHT, :WIDTH]))
    return found


def native(tmp_path: Path, paths: Paths, wrap: Callable[[NativeSession], Any]) -> list[float]:
    model = tmp_path / "bright.onnx"
    model.write_bytes(bright((paths.built_models / "segmenter.onnx").read_bytes()))
    recorder = Recorder(EFFECT, model)
    recorder.pipeline.open(wrap(NativeSession(model)))
    return shown(recorder)


def test_a_late_mask_is_noticed(tmp_path: Path, paths: Paths) -> None:
    late, in_time = (native(tmp_path, paths, wrap) for wrap in (Late, lambda session: session))
    assert np.median(late) > TILE_LIMIT, late
    assert len(in_time) > 20 and max(in_time) < TILE_LIMIT / 2, in_time


def test_every_mask_is_of_its_frame(
    faulty_site: FaultySite,
    open_subject: OpenSubject,
    paths: Paths,
    footage: Path,
    report: Report,
    full: bool,
) -> None:
    """In the browser, at the camera's own pace: two workers, frames under way in both."""
    grey = np.full(WIDTH * HEIGHT // 2, 128, np.uint8).tobytes()
    pictures = b"".join(luma.tobytes() + grey for luma in bars())
    (footage / f"bars_{WIDTH}x{HEIGHT}.i420").write_bytes(pictures)
    subject = open_subject(faulty_site(variant(paths.dist, {"segmenter.onnx": bright})))
    subject.open((WIDTH, HEIGHT), "bars")
    subject.run(effect={"type": "color", "color": "#206040"})
    subject.look()
    subject.rows.clear()
    rows = subject.watch(FULL_SECONDS if full else SECONDS)
    written = set(subject.page.evaluate("() => subject.source.written()"))
    composed = subject.stats["composedFrames"]
    assert composed > 20, "there was nothing to see"
    strange = [row for row in rows if row.timestamp not in written]
    old = [row for row in rows if row.strongest > TILE_LIMIT]
    figures = {"frames": len(rows), "composed": composed, "in a tile at most": max(r.strongest for r in rows)}
    report.table("T5, age of the mask", "bars that jump, 30 frames a second", figures)
    report.gate("T5", "frames composed with the mask of another frame", len(old), 0)
    report.gate("T5", "frames with a time that the camera never gave", len(strange), 0)
