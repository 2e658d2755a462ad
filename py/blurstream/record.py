"""Recorded video in, safe video out: PyAV around the same Pipeline that runs in the browser."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from .errors import BlurStreamError, MediaError, ModelError
from .frame import FrameSpec
from .kernels.loader import CompiledKernels
from .kernels.signatures import MODEL_HEIGHT, MODEL_WIDTH, TILE
from .mask import PERSON as PERSON_PROBABLE
from .mask import Callback, Mask
from .options import STRENGTHS, Settings, parse_effect
from .pipeline import INPUT, OUTPUT, Pipeline
from .safe_frame import SafeFrame
from .tiles import BOUNDARY, PERSON

Array = np.ndarray[Any, Any]
MOST_IN_THE_DARK = 0.5  # share of a black picture that may be taken for a person
PICTURE = 1  # the number of --picture
DEFAULT_MODEL = Path(__file__).resolve().parents[2] / "build" / "models" / "segmenter.onnx"


class NativeSession:
    """onnxruntime, answering before `run_async` returns."""

    def __init__(self, model: Path) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise ModelError("onnxruntime is not installed; `pip install onnxruntime`") from error
        if not model.is_file():
            raise ModelError(
                f"no model at {model}; `python3 build.py build` makes it, or give --model", path=str(model)
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises a different class for each of its failures
            raise ModelError(
                f"{model} is not a model onnxruntime can load: {error}", path=str(model)
            ) from error
        self._check(model)

    def _check(self, model: Path) -> None:
        """Before the first frame: that it takes what the pipeline gives, and answers with probabilities."""
        shape = [1, MODEL_HEIGHT, MODEL_WIDTH, 3]
        taken = [(port.name, port.shape, port.type) for port in self._session.get_inputs()]
        given = [port.name for port in self._session.get_outputs()]
        if taken != [(INPUT, shape, "tensor(float)")] or OUTPUT not in given:
            raise ModelError(
                f"{model} takes {taken} and gives {given}; the pipeline needs {INPUT!r}, float32 of {shape}, "
                f"and {OUTPUT!r}: see models/convert.py",
                path=str(model),
            )
        try:
            (answer,) = self._session.run([OUTPUT], {INPUT: np.zeros(shape, np.float32)})
            found = float(np.mean(Mask().check(answer) > PERSON_PROBABLE))
            if found > MOST_IN_THE_DARK:
                raise ModelError(f"{100 * found:.0f} % of it is taken for a person")
        except Exception as error:  # as above, and Mask's
            raise ModelError(
                f"{model} answers wrongly to a black picture: {error}", path=str(model)
            ) from error

    def run_async(
        self,
        output_names: Sequence[str] | None,
        input_feed: Mapping[str, Array],
        callback: Callback,
        user_data: Any,
    ) -> None:
        try:
            results = self._session.run(output_names, dict(input_feed))
        except Exception as error:
            callback([], user_data, str(error))
            return
        callback(results, user_data, "")


class Recorder:
    """Frames of one file through one Pipeline, one after the other."""

    def __init__(self, effect: str, model: Path = DEFAULT_MODEL) -> None:
        self._out: list[SafeFrame] = []
        self.warnings: list[str] = []
        self.pipeline = Pipeline(CompiledKernels(), self._out.append, self._note)
        self.pipeline.configure(Settings(parse_effect(effect)))
        self.pipeline.open(NativeSession(model))

    def _note(self, severity: str, code: str, message: str, details: Mapping[str, object]) -> None:
        self.warnings.append(f"{severity} {code}: {message}")

    def show(self, picture: Any) -> None:
        """`picture`: an av.VideoFrame, of what the effect names as picture 1."""
        planes, (matrix, full) = planes_of(picture), colours_of(picture)
        spec = FrameSpec("I420", picture.width, picture.height, 0, matrix, full)
        memory, layout = self.pipeline.begin_picture(PICTURE, spec)
        for plane, (offset, stride) in zip(planes, layout, strict=True):
            rows = memory[offset : offset + stride * len(plane)].reshape(-1, stride)
            rows[:, : plane.shape[1]] = plane
        self.pipeline.end_picture(PICTURE)

    def process(self, planes: Sequence[Array], timestamp: int, matrix: str, full_range: bool) -> SafeFrame:
        """One frame. `planes`: Y, U, V, u8; chroma of (n + 1) // 2 rows and columns."""
        height, width = planes[0].shape
        ticket = self.pipeline.begin(FrameSpec("I420", width, height, timestamp, matrix, full_range))
        for plane, target in zip(planes, ticket.slot.planes, strict=True):
            target[: plane.shape[0], : plane.shape[1]] = plane
        self._out.clear()
        self.pipeline.submit(ticket)
        (safe,) = self._out
        return safe

    def matte(self) -> Array:
        """u8, of the padded frame's size: the alpha that the last frame, a composed one, was blended with."""
        space = self.pipeline._workspace
        assert space is not None, "no frame was processed"
        tile = np.ones((TILE, TILE), np.uint8)
        whole = np.kron(np.where(space.tiles.classes == PERSON, 255, 0).astype(np.uint8), tile)
        boundary = np.kron(space.tiles.classes == BOUNDARY, tile.astype(bool))
        return np.where(boundary, space.compose.alpha, whole)


def planes_of(frame: Any) -> tuple[Array, Array, Array]:
    """Y, U, V of an av.VideoFrame (converted to yuv420p first if it is something else), without copies of
    padding.
    """
    if frame.format.name not in ("yuv420p", "yuvj420p"):
        frame = frame.reformat(format="yuv420p")
    planes = []
    for index, plane in enumerate(frame.planes):
        rows = (frame.height + 1) // 2 if index else frame.height
        columns = (frame.width + 1) // 2 if index else frame.width
        planes.append(np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[:rows, :columns])
    return planes[0], planes[1], planes[2]


def colours_of(frame: Any) -> tuple[str, bool]:
    """(matrix, full range) of an av.VideoFrame; untagged small pictures are taken as BT.601, as players
    do.
    """
    tagged = {1: "bt709", 5: "bt601", 6: "bt601"}.get(int(frame.colorspace))
    full = int(frame.color_range) == 2 or frame.format.name == "yuvj420p"
    return tagged or ("bt709" if frame.height >= 720 else "bt601"), full


def pictures_of(source: Path) -> Iterator[Any]:
    """The av.VideoFrames of a film, again and again; of a picture, the one."""
    import av

    frames = 2
    while frames > 1:
        frames = 0
        with av.open(str(source)) as reader:
            for frame in reader.decode(video=0):
                frames += 1
                yield frame


def convert(
    source: Path, target: Path, recorder: Recorder, picture: Path | None = None
) -> Iterator[tuple[int, int]]:
    """Write the video of `source`, without sound, to `target`; yields (frames done, frames expected or 0).
    `picture`: the picture or film that the effect names, one of its frames for each of the source's.

    Raises MediaError, naming the file, when one of them cannot be read or written.
    """
    try:
        import av
    except ImportError as error:
        raise MediaError("PyAV is not installed; `pip install av`") from error
    try:
        with av.open(str(source)) as reader:
            if not reader.streams.video:
                raise MediaError(f"{source} holds no video", path=str(source))
            with av.open(str(target), "w") as writer:
                codec = "libvpx-vp9" if target.suffix == ".webm" else "libx264"
                pictures = pictures_of(picture) if picture is not None else iter(())
                yield from _through(reader, writer, recorder, codec, pictures)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise MediaError(f"cannot turn {source} into {target}: {error}", path=str(source)) from error


def _through(
    reader: Any, writer: Any, recorder: Recorder, codec: str, pictures: Iterator[Any]
) -> Iterator[tuple[int, int]]:
    import av

    stream, out = reader.streams.video[0], None
    for done, frame in enumerate(reader.decode(stream), 1):
        matrix, full = colours_of(frame)
        for picture in islice(pictures, 1):
            recorder.show(picture)
        safe = recorder.process(planes_of(frame), done, matrix, full)
        if out is None:
            out = writer.add_stream(codec, rate=stream.average_rate or 30)
            width, height = safe.spec.width, safe.spec.height  # a presenter's are the slides'
            out.width, out.height, out.pix_fmt = width, height, "yuv420p"
            out.options = {"crf": "16"}
            out.color_range, out.colorspace = (2 if full else 1), (1 if matrix == "bt709" else 6)
            out.time_base = out.codec_context.time_base = stream.time_base
        written = av.VideoFrame(width, height, "yuv420p")
        for plane, pixels in zip(planes_of(written), safe.planes, strict=True):
            plane[:] = pixels[: plane.shape[0], : plane.shape[1]]
        written.pts, written.time_base = frame.pts, stream.time_base
        writer.mux(out.encode(written))
        yield done, stream.frames
    if out is not None:
        writer.mux(out.encode())


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m blurstream", description=__doc__)
    parser.add_argument("source", type=Path, metavar="IN", help="any video PyAV can read")
    parser.add_argument("target", type=Path, metavar="OUT", help=".mp4, .mkv (H.264) or .webm (VP9)")
    parser.add_argument(
        "--strength", default="private", help=f"{' | '.join(STRENGTHS)} or 0..1 (default: private)"
    )
    parser.add_argument("--effect", help="an effect as JSON, in place of --strength; see options.py")
    parser.add_argument("--picture", type=Path, help="picture or film that the effect names as picture 1")
    parser.add_argument(
        "--model", type=Path, default=DEFAULT_MODEL, help="ONNX model (default: build/models)"
    )
    options = parser.parse_args(argv)
    try:
        strength: object = float(options.strength)
    except ValueError:
        strength = options.strength
    try:
        blur = json.dumps({"type": "blur", "strength": strength})
        recorder = Recorder(options.effect or blur, options.model)
        start, done = time.perf_counter(), 0
        for done, expected in convert(options.source, options.target, recorder, options.picture):
            if sys.stderr.isatty() or done % 100 == 0:
                end = "\r" if sys.stderr.isatty() else "\n"
                print(f"frame {done}/{expected or '?'}", end=end, file=sys.stderr, flush=True)
    except BlurStreamError as error:
        print(f"blurstream: {error}", file=sys.stderr)
        return 1
    seconds, frames = time.perf_counter() - start, recorder.pipeline.frames
    print(
        f"{options.target}: {done} frames in {seconds:.1f} s, "
        f"{frames['composed']} composed, {frames['concealed']} concealed, {frames['raw']} raw"
    )
    print(
        "  ".join(
            f"{stage} {ms / max(done, 1):.2f} ms" for stage, ms in recorder.pipeline.milliseconds.items()
        )
    )
    for warning in recorder.warnings[:10]:
        print(f"  {warning}", file=sys.stderr)
    return 0
