"""The converted model computes what the original does, has the same bytes at every build, and is checked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from model_scripts import MODELS, PACKAGE, script

convert, reference, graphs, writer = map(script, ("convert", "reference", "tflite_graph", "onnx_graph"))

ENTRIES = json.loads((MODELS / "manifest.json").read_text("utf-8"))["models"]


@pytest.fixture(scope="module")
def entry() -> dict[str, Any]:
    return dict(ENTRIES[0])


@pytest.fixture(scope="module")
def model(entry: dict[str, Any]) -> bytes:
    return bytes(convert.convert(PACKAGE, entry))


@pytest.fixture(scope="module")
def portrait() -> Any:
    return convert.portrait_picture()


def test_agrees_with_the_original_runtime(model: bytes, entry: dict[str, Any], portrait: Any) -> None:
    differences = convert.largest_differences(model, entry, portrait)
    assert set(differences) == {"gradient", "noise", "blobs", "figure", "portrait", "portrait_dark"}
    assert max(differences.values()) <= entry["tolerance"] <= 2e-4


@pytest.mark.parametrize("other", ENTRIES[1:], ids=[other["name"] for other in ENTRIES[1:]])
def test_models_of_our_own(other: dict[str, Any], portrait: Any) -> None:
    """The same graph with other weights: as small, as described, and PyTorch's masks at every build."""
    built = convert.convert(PACKAGE, other)
    assert convert._sha256(built) == other["sha256"] and len(built) <= 600_000
    assert (MODELS / other["card"]).is_file() and (other["input"], other["output"]) == (
        ENTRIES[0]["input"],
        ENTRIES[0]["output"],
    )
    assert max(convert.largest_differences(built, other, portrait).values()) <= other["tolerance"] <= 2e-4
    masks = {name: mask for name, (_, mask) in reference.load(MODELS / other["reference"]).items()}
    assert all(0.1 < (masks[name] > 0.5).mean() < 0.5 for name in ("portrait", "portrait_dark"))


def test_reference_masks_are_telling(entry: dict[str, Any]) -> None:
    masks = {name: mask for name, (_, mask) in reference.load(MODELS / entry["reference"]).items()}
    for name in ("figure", "portrait", "portrait_dark"):
        assert 0.1 < (masks[name] > 0.5).mean() < 0.5, f"the original sees a person in {name}"
    assert masks["noise"].max() < 0.01


def test_bytes_are_the_recorded_ones(model: bytes, entry: dict[str, Any]) -> None:
    again = convert.convert(PACKAGE / entry["source"]["file"], entry)
    assert again == model
    assert convert._sha256(model) == entry["sha256"]


@pytest.mark.parametrize("amount", [0.02, np.nan])
def test_one_wrong_bias_is_noticed(model: bytes, entry: dict[str, Any], portrait: Any, amount: float) -> None:
    damaged = onnx.load_from_string(model)
    bias = next(tensor for tensor in damaged.graph.initializer if tensor.name.startswith("bias"))
    values = numpy_helper.to_array(bias).copy()
    values[0] += amount
    bias.CopyFrom(numpy_helper.from_array(values, bias.name))
    differences = convert.largest_differences(damaged.SerializeToString(), entry, portrait)
    assert not max(differences.values()) <= entry["tolerance"]


def test_contract_is_what_the_session_says(model: bytes, entry: dict[str, Any]) -> None:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (given,), (made,) = session.get_inputs(), session.get_outputs()
    for side, part in ((given, entry["input"]), (made, entry["output"])):
        assert (side.name, side.shape, side.type) == (part["name"], part["shape"], "tensor(float)")


def test_graph_has_the_fast_form(entry: dict[str, Any]) -> None:
    """As it is translated; what faster_graph makes of it: test_model_faster."""
    loaded = writer.translate(graphs.read(PACKAGE / entry["source"]["file"]), entry["name"])
    kinds = [node.op_type for node in loaded.graph.node]
    assert {opset.domain for opset in loaded.opset_import} == {""}
    assert kinds.count("Transpose") == 1
    assert kinds.count("Resize") == 3
    made_by = {node.output[0]: node.op_type for node in loaded.graph.node}
    convolved = [made_by.get(node.input[0]) for node in loaded.graph.node if node.op_type == "Conv"]
    assert "Resize" not in convolved, "the 1x1 convolution must run before the picture grows"


@pytest.mark.parametrize(
    ("side", "kernel", "stride", "expected"),
    [(144, 3, 2, (0, 1)), (9, 5, 1, (2, 2)), (18, 5, 2, (1, 2)), (9, 5, 2, (2, 2)), (7, 1, 1, (0, 0))],
)
def test_same_padding(side: int, kernel: int, stride: int, expected: tuple[int, int]) -> None:
    assert writer._same_padding(side, kernel, stride) == expected


def test_unknown_operator_is_refused() -> None:
    graph = graphs.Graph(
        (graphs.Operator("SOFTMAX", (0,), 1),), {}, {0: (1, 2, 2, 1), 1: (1, 2, 2, 1)}, input=0, output=1
    )
    with pytest.raises(graphs.UnsupportedModelError, match="SOFTMAX"):
        writer.translate(graph, "odd")


def test_command_writes_model_and_contract(tmp_path: Path, model: bytes, entry: dict[str, Any]) -> None:
    result = _run(PACKAGE, tmp_path)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / entry["file"]).read_bytes() == model
    contract = json.loads((tmp_path / f"{entry['name']}.json").read_text("utf-8"))
    assert set(contract) == {"name", "file", "sha256", "input", "output", "licence", "source"}
    assert contract["sha256"] == entry["sha256"]


def test_command_refuses_another_file(tmp_path: Path, entry: dict[str, Any]) -> None:
    other = tmp_path / entry["source"]["file"]
    other.write_bytes((PACKAGE / entry["source"]["file"]).read_bytes()[:-1] + b"\0\0")
    result = _run(tmp_path, tmp_path / "out")
    assert result.returncode == 1
    assert entry["source"]["sha256"] in result.stderr
    assert "install exactly" in result.stderr
    assert not (tmp_path / "out").exists()


def test_command_names_the_missing_file(tmp_path: Path, entry: dict[str, Any]) -> None:
    result = _run(tmp_path, tmp_path / "out")
    assert result.returncode == 1
    assert str(tmp_path / entry["source"]["file"]) in result.stderr


def _run(package: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(MODELS / "convert.py"), "--package", str(package), "--out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
