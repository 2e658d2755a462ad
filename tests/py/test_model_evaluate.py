"""evaluate.py as it is run: what it reads, what it writes, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image

from blurstream_build.paths import Paths
from model_scripts import script

evaluate, labelled, mattes = map(script, ("evaluate", "evaluation.labelled", "evaluation.mattes"))
cost, comparison, session = map(script, ("evaluation.cost", "evaluation.comparison", "evaluation.session"))
errors = script("evaluation.errors")


@pytest.fixture(scope="module")
def model(paths: Paths) -> Path:
    return paths.built_models / "selfie_landscape.onnx"


def scene(at: int, width: int = 160, height: int = 120) -> tuple[Any, Any]:
    """A drawn figure: not a person to the model, but something to find files by."""
    alpha = np.zeros((height, width), np.uint8)
    alpha[40:, at : at + 60] = 255
    rgb = np.full((height, width, 3), 90, np.uint8)
    rgb[alpha > 0] = (200, 160, 140)
    return rgb, alpha


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "stills"
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    for index in range(6):
        rgb, alpha = scene(20 + 10 * index)
        Image.fromarray(rgb).save(folder / "images" / f"{index}.jpg")
        Image.fromarray(alpha).save(folder / "masks" / f"{index}.png")
    return folder


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    folder = tmp_path / "clips" / "one"
    (folder / "masks").mkdir(parents=True)
    with av.open(str(folder / "frames.mp4"), "w") as writer:
        stream = writer.add_stream("mpeg4", rate=24)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for index in range(5):
            rgb, alpha = scene(30 + 4 * index)
            Image.fromarray(alpha).save(folder / "masks" / f"{index:05d}.png")
            writer.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        writer.mux(stream.encode(None))
    return folder.parent


def test_pictures_and_clips_alone_and_in_the_pipeline(
    pictures: Path, clip: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    other = tmp_path / "other.onnx"
    other.write_bytes(model.read_bytes())
    sets = ["--set", f"stills={pictures}", "--set", str(clip)]
    code = evaluate.main([*sets, "--model", str(other), "--pipeline", "--out", str(out), "--node", ""])
    assert code == 0
    result = json.loads((out / "evaluation.json").read_text("utf-8"))
    assert result["baseline"] == "selfie_landscape"
    assert result["models"]["other"]["multiply-adds"] > 30e6
    mattes_ = {"selfie_landscape", "other", "selfie_landscape, pipeline", "other, pipeline"}
    for name, count, units in (("stills", 6, 6), ("clips", 5, 1)):
        found = result["sets"][name]
        assert (found["pictures"], found["units"]) == (count, units)
        assert set(found["means"]) == mattes_
        means = found["means"]["selfie_landscape"]
        assert means == found["means"]["other"]
        assert ("dtSSD, x100" in means) == (name == "clips")
        change = found["less error, %"]["other"]["IoU, %"]
        assert change["less"] == pytest.approx(0)
    assert (out / "evaluation.md").read_text("utf-8").strip() == capsys.readouterr().out.strip()
    sheets = sorted(out.glob("worst_*.png"))
    assert len(sheets) == 8
    with Image.open(sheets[0]) as sheet:
        assert sheet.size[0] == 1280


def test_every_unit_has_a_name_of_its_own() -> None:
    figures = session.Figures()
    for part in ("here", "there"):
        for name in ("1", "1", "2"):
            figures.call(name, part)
    assert figures.names == ["1", "here/1", "2", "there/1", "there/1 (4)", "there/2"]


def test_what_was_not_measured_is_null() -> None:
    told = {"of": {"IoU, %": 95.5, "dtSSD, x100": float("nan")}, "pictures": 3}
    assert comparison.without_nan(told) == {"of": {"IoU, %": 95.5, "dtSSD, x100": None}, "pictures": 3}


def test_most(pictures: Path, clip: Path) -> None:
    (found,) = labelled.read(pictures, 3)
    assert [one.name for one in found] == ["0", "2", "4"]
    (film,) = labelled.read(clip, 2)
    assert len(list(film)) == len(film) == 2


def network(tmp_path: Path, output: list[int], *, first: bool = True, memory: bool = False) -> Path:
    """`output` channels of 8x16 from an 8x16 picture: the picture's first channel, again and again."""
    shape = [1, 3, 8, 16] if first else [1, 8, 16, 3]
    inputs = [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)]
    weights = np.zeros((output[1], 3, 1, 1), np.float32)
    weights[:, 0] = np.arange(1, output[1] + 1).reshape(-1, 1, 1)
    nodes = [] if first else [helper.make_node("Transpose", ["picture"], ["turned"], perm=[0, 3, 1, 2])]
    source = "picture" if first else "turned"
    nodes.append(helper.make_node("Conv", [source, "weights"], ["mask" if not memory else "new"]))
    if memory:
        inputs.append(helper.make_tensor_value_info("before", TensorProto.FLOAT, output))
        nodes.append(helper.make_node("Add", ["new", "before"], ["sum"]))
        nodes.append(helper.make_node("Clip", ["sum", "least", "most"], ["mask"]))
    constants = {"weights": weights, "least": np.float32(0), "most": np.float32(1)}
    graph = helper.make_graph(
        nodes, "test", inputs, [helper.make_tensor_value_info("mask", TensorProto.FLOAT, output)],
        [onnx.numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()],
    )  # fmt: skip
    file = tmp_path / f"{len(list(tmp_path.iterdir()))}.onnx"
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), file)
    return file


GREY = np.full((16, 32, 3), 128, np.uint8)


@pytest.mark.parametrize("first", [True, False])
def test_any_order_of_axes(tmp_path: Path, first: bool) -> None:
    matte = mattes.Network(network(tmp_path, [1, 1, 8, 16], first=first))
    matte.begin(False)
    assert matte.alpha(GREY) == pytest.approx(np.full((16, 32), 128 / 255), abs=1e-3)


def test_range_logits_and_many_channels(tmp_path: Path) -> None:
    centred = mattes.Network(network(tmp_path, [1, 1, 8, 16]), (-1.0, 1.0))
    black = np.zeros((16, 32, 3), np.uint8)
    assert centred.alpha(black).max() == pytest.approx(1 / (1 + np.e), abs=1e-3), "-1 is a logit"
    two = mattes.Network(network(tmp_path, [1, 2, 8, 16]))
    white = np.full((16, 32, 3), 255, np.uint8)
    assert two.alpha(white).min() == pytest.approx(1 - 1 / (1 + np.e), abs=1e-3), "softmax of 1 and 2"


def test_memory_is_of_the_clip(tmp_path: Path) -> None:
    matte = mattes.Network(network(tmp_path, [1, 1, 8, 16], memory=True))
    matte.begin(True)
    first, second = matte.alpha(GREY).mean(), matte.alpha(GREY).mean()
    assert (first, second) == pytest.approx((128 / 255, 1), abs=1e-2)
    matte.begin(True)
    assert matte.alpha(GREY).mean() == pytest.approx(first, abs=1e-6)


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert evaluate.main([*arguments, "--node", ""]) == 1
    return capsys.readouterr().err


def test_what_is_wrong_is_named(
    pictures: Path, clip: Path, tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "out")]
    assert "is no folder" in refused(["--set", str(tmp_path / "nowhere"), *out], capsys)
    (tmp_path / "empty").mkdir()
    assert "images/ and masks/" in refused(["--set", str(tmp_path / "empty"), *out], capsys)
    (pictures / "masks" / "3.png").rename(pictures / "masks" / "other.png")
    assert "3.png is missing" in refused(["--set", str(pictures), *out], capsys)
    Image.new("L", (8, 8)).save(pictures / "masks" / "3.png")
    assert "8x8, the picture 160x120" in refused(["--set", str(pictures), *out], capsys)
    (pictures / "masks" / "3.png").write_bytes(b"no picture")
    assert "3.png cannot be read as a picture" in refused(["--set", str(pictures), *out], capsys)
    extra = clip / "one" / "masks" / "00005.png"
    Image.new("L", (160, 120)).save(extra)
    assert "5 frames, but there are 6 masks" in refused(["--set", str(clip), *out], capsys)
    extra.unlink()
    last = clip / "one" / "masks" / "00004.png"
    kept = last.read_bytes()
    last.unlink()
    assert "5 frames, but there are 4 masks" in refused(["--set", str(clip), *out], capsys)
    last.with_name("00006.png").write_bytes(kept)
    assert "has 3 and then 6" in refused(["--set", str(clip), *out], capsys)
    last.with_name("00006.png").rename(last)
    (clip / "one" / "frames.mp4").write_bytes(b"no film")
    assert "frames.mp4 cannot be decoded" in refused(["--set", str(clip), *out], capsys)


def test_models_that_cannot_be_used(
    clip: Path, tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--set", str(clip), "--out", str(tmp_path / "out"), "--model"]
    assert "is missing: give an .onnx file" in refused([*given, str(tmp_path / "no.onnx")], capsys)
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(model.read_bytes()[:5000])
    assert "cut.onnx cannot be loaded" in refused([*given, str(cut)], capsys)
    nan = network(tmp_path, [1, 1, 8, 16])
    broken = onnx.load(nan)
    weights = np.full((1, 3, 1, 1), np.nan, np.float32)
    broken.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(weights, "weights"))
    onnx.save(broken, nan)
    assert "no numbers" in refused([*given, str(nan)], capsys)


def test_names_must_tell_results_apart(
    clip: Path, tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / model.name
    other.write_bytes(model.read_bytes())
    given = ["--set", str(clip), "--out", str(tmp_path / "out")]
    assert "two models are called selfie_landscape" in refused([*given, "--model", str(other)], capsys)
    assert "two sets are called clips" in refused([*given, "--set", f"clips={clip}"], capsys)
    assert evaluate.main([*given, "--model", str(model), "--node", ""]) == 0, "the baseline, named again"
    capsys.readouterr()
    with pytest.raises(errors.EvaluationError, match="cannot be started"):
        cost.web_ms([model], str(tmp_path / "no-node"), tmp_path)


def test_multiply_adds_by_hand(tmp_path: Path, model: Path) -> None:
    assert cost.multiply_adds(network(tmp_path, [1, 2, 8, 16])) == 8 * 16 * 3 * 2
    assert 30e6 < cost.multiply_adds(model) < 60e6
