"""`python -m blurstream IN OUT`: recorded video through the pipeline of the browser."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from skimage import data, transform

from blurstream.errors import MediaError, ModelError
from blurstream.record import DEFAULT_MODEL, NativeSession, Recorder, convert, main, pictures_of

Array = np.ndarray[Any, Any]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve frames of the public-domain portrait swaying, with a strange size and frame rate."""
    path = tmp_path_factory.mktemp("clip") / "portrait.mkv"
    portrait = (transform.resize(data.astronaut(), (300, 300), anti_aliasing=True) * 255).astype(np.uint8)
    with av.open(str(path), "w") as writer:
        out = writer.add_stream("ffv1", rate=Fraction(24000, 1001))
        out.width, out.height, out.pix_fmt = 418, 300, "yuv420p"
        for shift in range(12):
            picture = np.full((300, 418, 3), 90, np.uint8)
            picture[:, 60 + shift : 360 + shift] = portrait
            writer.mux(out.encode(av.VideoFrame.from_ndarray(picture)))
        writer.mux(out.encode(None))
    return path


def frames(path: Path) -> list[Array]:
    with av.open(str(path)) as reader:
        return [frame.to_ndarray(format="rgb24") for frame in reader.decode(video=0)]


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_portrait_keeps_its_face_and_loses_its_background(clip: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"out{suffix}"
    assert main([str(clip), str(target)]) == 0
    before, after = frames(clip), frames(target)
    assert len(after) == len(before)
    assert after[0].shape == before[0].shape
    face = slice(60, 110), slice(180, 215)
    rocket = slice(10, 130), slice(275, 330)  # behind her
    for source, result in zip(before, after, strict=True):
        assert np.abs(source[face].astype(int) - result[face]).mean() < 4, "the face is as it was"
        assert detail(result[rocket]) < 0.2 * detail(source[rocket]), "what is behind it is not"


def detail(picture: Array) -> float:
    return float(np.abs(np.diff(picture.astype(float), axis=0)).mean())


def test_every_frame_is_composed_and_keeps_its_time(clip: Path, tmp_path: Path) -> None:
    recorder = Recorder(json.dumps({"type": "blur", "strength": "light"}))
    target = tmp_path / "out.mkv"
    steps = list(convert(clip, target, recorder))
    assert [done for done, _ in steps] == list(range(1, 13))
    assert recorder.pipeline.frames == {"composed": 12, "concealed": 0, "raw": 0}
    with av.open(str(clip)) as a, av.open(str(target)) as b:
        times = [[float(frame.time or 0) for frame in reader.decode(video=0)] for reader in (a, b)]
    np.testing.assert_allclose(times[0], times[1], atol=2e-3)


def test_a_presenter_comes_out_in_the_slides_size(clip: Path, tmp_path: Path) -> None:
    slides, target = tmp_path / "slides.png", tmp_path / "out.mkv"
    with av.open(str(slides), "w", format="image2") as writer:
        out = writer.add_stream("png", rate=1)
        out.width, out.height, out.pix_fmt = 640, 480, "rgb24"
        picture = av.VideoFrame.from_ndarray(np.full((480, 640, 3), (20, 90, 160), np.uint8))
        writer.mux([*out.encode(picture), *out.encode(None)])
    effect = '{"type": "presenter", "picture": 1, "size": 0.5}'
    assert main([str(clip), str(target), "--effect", effect, "--picture", str(slides)]) == 0
    shown = frames(target)
    assert len(shown) == 12 and shown[0].shape == (480, 640, 3)
    for frame in shown:
        assert np.abs(frame[:200].astype(int) - (20, 90, 160)).mean() < 4, "the slide"
        assert np.abs(frame[300:470, 420:520].astype(int) - (20, 90, 160)).mean() > 20, "and who shows it"


def test_a_film_goes_on_for_ever(clip: Path) -> None:
    times = [frame.pts for frame in islice(pictures_of(clip), 30)]
    assert times[:6] == times[12:18] == times[24:]


def test_no_effect_is_the_picture_as_it_is(clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.mkv"
    assert main([str(clip), str(target), "--effect", '{"type": "none"}']) == 0
    for source, result in zip(frames(clip), frames(target), strict=True):
        assert np.abs(source.astype(int) - result).mean() < 2


def test_a_picture_without_a_person_is_concealed(tmp_path: Path) -> None:
    recorder = Recorder('{"type": "blur"}')
    random = np.random.default_rng(1)
    planes = [random.integers(0, 255, shape).astype(np.uint8) for shape in ((180, 320), (90, 160), (90, 160))]
    assert recorder.process(planes, 0, "bt601", False).reason == "no-person"
    assert recorder.warnings and "no person found" in recorder.warnings[0]


@pytest.mark.parametrize(
    ("source", "target", "named"),
    [
        ("nothing.mp4", "out.mp4", "nothing.mp4"),
        ("text.mp4", "out.mp4", "text.mp4"),
        (None, "no/folder/out.mp4", "folder"),
    ],
)
def test_bad_files_are_named(
    clip: Path,
    tmp_path: Path,
    source: str | None,
    target: str,
    named: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "text.mp4").write_text("not a video")
    path = tmp_path / source if source else clip
    assert main([str(path), str(tmp_path / target)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("blurstream: ") and named in said and "Traceback" not in said


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.mkv"
    with av.open(str(path), "w") as writer:
        out = writer.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        frame.sample_rate = 8000
        writer.mux(out.encode(frame))
    with pytest.raises(MediaError, match="holds no video"):
        list(convert(path, tmp_path / "out.mp4", Recorder('{"type": "blur"}')))


def test_models_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model at"):
        NativeSession(tmp_path / "none.onnx")
    (tmp_path / "bad.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"bad\.onnx is not a model"):
        NativeSession(tmp_path / "bad.onnx")
    (tmp_path / "cut.onnx").write_bytes(DEFAULT_MODEL.read_bytes()[:-1000])
    with pytest.raises(ModelError, match=r"cut\.onnx is not a model"):
        NativeSession(tmp_path / "cut.onnx")


@pytest.mark.parametrize(
    ("name", "shape", "factor", "told"),
    [
        ("image", [1, 144, 256, 3], np.nan, "mask holds values from nan to nan, expected 0 to 1"),
        ("image", [1, 144, 256, 3], np.inf, "expected 0 to 1"),
        ("image", [1, 144, 256, 3], -1.0, "mask holds values from -0.25 to -0.25, expected 0 to 1"),
        (
            "image",
            [1, 160, 256, 3],
            1.0,
            r"\[1, 160, 256, 3\].* needs 'image', float32 of \[1, 144, 256, 3\]",
        ),
        ("image", [1, 144, "width", 3], 1.0, r"needs 'image', float32 of \[1, 144, 256, 3\]"),
        ("picture", [1, 144, 256, 3], 1.0, "needs 'image'"),
    ],
)
def test_models_that_do_something_else(
    tmp_path: Path, name: str, shape: list[int | str], factor: float, told: str
) -> None:
    """One that averages the channels, plus a quarter, times a factor."""
    picture = helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    mask = helper.make_tensor_value_info("mask", TensorProto.FLOAT, None)
    nodes = [
        helper.make_node("ReduceMean", [name], ["mean"], axes=[3]),
        helper.make_node("Add", ["mean", "quarter"], ["sum"]),
        helper.make_node("Mul", ["sum", "factor"], ["mask"]),
    ]
    constants = [
        numpy_helper.from_array(np.array(value, np.float32), title)
        for title, value in (("quarter", 0.25), ("factor", factor))
    ]
    graph = helper.make_graph(nodes, "odd", [picture], [mask], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (tmp_path / "odd.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelError, match=told):
        NativeSession(tmp_path / "odd.onnx")


def test_bad_strength_is_named(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(clip), str(tmp_path / "out.mp4"), "--strength", "strong"]) == 1
    assert "'strong'" in capsys.readouterr().err
