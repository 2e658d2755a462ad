"""The faster graph computes what the plain one does, in the form that onnxruntime-web runs fast."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from model_scripts import MODELS, PACKAGE, script

convert, faster_graph, writer, graphs, reference = map(
    script, ("convert", "faster_graph", "onnx_graph", "tflite_graph", "reference")
)


@pytest.fixture(scope="module")
def plain() -> onnx.ModelProto:
    entry = json.loads((MODELS / "manifest.json").read_text("utf-8"))["models"][0]
    return writer.translate(graphs.read(PACKAGE / entry["source"]["file"]), entry["name"])


@pytest.fixture(scope="module")
def faster(plain: onnx.ModelProto) -> onnx.ModelProto:
    return faster_graph.faster(plain)


def test_masks_are_the_same(plain: onnx.ModelProto, faster: onnx.ModelProto) -> None:
    pictures = list(reference.pictures(convert.portrait_picture()).values())
    rng = np.random.default_rng(4)
    pictures += [rng.integers(0, 256, pictures[0].shape, np.uint8) for _ in range(3)]
    for picture in pictures:
        image = {"image": picture[None].astype(np.float32) / 255}
        np.testing.assert_allclose(_run(faster, image), _run(plain, image), atol=3e-5, rtol=0)


def test_plain_graph_is_left_alone(plain: onnx.ModelProto) -> None:
    before = plain.SerializeToString(deterministic=True)
    faster_graph.faster(plain)
    assert plain.SerializeToString(deterministic=True) == before


def test_slow_operators_are_gone(plain: onnx.ModelProto, faster: onnx.ModelProto) -> None:
    assert {opset.domain for opset in faster.opset_import} == {""}
    constants = {tensor.name: list(tensor.dims) for tensor in faster.graph.initializer}
    scales = {
        tensor.name: numpy_helper.to_array(tensor).tolist()
        for tensor in faster.graph.initializer
        if tensor.data_type == TensorProto.FLOAT
    }
    resizes = [node for node in faster.graph.node if node.op_type == "Resize"]
    assert [scales[node.input[2]] for node in resizes] == [[1, 2, 2, 1]] * 3
    kernels = [constants.get(node.input[1]) for node in faster.graph.node if node.op_type == "Conv"]
    assert not [kernel for kernel in kernels if kernel is not None and kernel[2:] == [5, 5]]
    assert kernels.count(None) == 5, "weights that are gathered when the session is made"
    assert len(faster.SerializeToString()) < 1.1 * len(plain.SerializeToString())


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "pads"),
    [
        ((9, 16), 5, 1, (2, 2, 2, 2)),
        ((18, 32), 5, 2, (1, 1, 2, 2)),
        ((9, 16), 5, 2, (2, 1, 2, 2)),
        ((4, 7), 3, 1, (1, 1, 1, 1)),
        ((6, 9), 5, 3, (1, 1, 1, 1)),
        ((5, 8), 5, 1, (0, 2, 0, 2)),
        ((3, 2), 5, 1, (2, 2, 2, 2)),
    ],
)
@pytest.mark.parametrize("shared", [False, True])
def test_depthwise_as_dense(
    size: tuple[int, int], kernel: int, stride: int, pads: tuple[int, ...], shared: bool
) -> None:
    model = _depthwise(size, kernel, stride, pads, shared=shared)
    graph = faster_graph._Graph(model)
    faster_graph.depthwise_as_dense(graph)
    changed = graph.model()
    onnx.checker.check_model(changed, full_check=True)
    assert "Concat" in [node.op_type for node in changed.graph.node]
    values = {"x": np.random.default_rng(5).standard_normal((1, 3, *size)).astype(np.float32)}
    for found, expected in zip(_all(changed, values), _all(model, values), strict=True):
        np.testing.assert_allclose(found, expected, atol=2e-6, rtol=2e-6)


def test_high_pictures_keep_their_convolution() -> None:
    model = _depthwise((40, 8), 5, 1, (2, 2, 2, 2), shared=False)
    graph = faster_graph._Graph(model)
    faster_graph.depthwise_as_dense(graph)
    assert [node.op_type for node in graph.nodes] == [node.op_type for node in model.graph.node]


def _depthwise(
    size: tuple[int, int], kernel: int, stride: int, pads: tuple[int, ...], *, shared: bool
) -> onnx.ModelProto:
    """1x1 convolution, hard-swish, depthwise; `shared`: the picture between is an output too."""
    rng = np.random.default_rng(3)
    constants = {
        "w1": rng.standard_normal((4, 3, 1, 1)),
        "b1": rng.standard_normal(4),
        "w2": rng.standard_normal((4, 1, kernel, kernel)),
        "b2": rng.standard_normal(4),
    }
    depthwise = {"group": 4, "strides": [stride, stride], "pads": list(pads)}
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["wide"]),
        helper.make_node("HardSigmoid", ["wide"], ["gate"], alpha=1 / 6, beta=0.5),
        helper.make_node("Mul", ["wide", "gate"], ["swish"]),
        helper.make_node("Conv", ["swish", "w2", "b2"], ["y"], **depthwise),
        *([helper.make_node("Abs", ["swish"], ["also"])] if shared else []),
    ]
    shapes = {"y": [1, 4, *(-(-side // stride) for side in size)], "also": [1, 4, *size]}
    if pads[0] + pads[2] == 0:
        shapes["y"][2] = size[0] - kernel + 1
    outputs = [name for name in shapes if name == "y" or shared]
    graph = helper.make_graph(
        nodes,
        "depthwise",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, *size])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in outputs],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in constants.items()],
    )
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


def _run(model: onnx.ModelProto, values: dict[str, Any]) -> Any:
    (only,) = _all(model, values)
    return only


def _all(model: onnx.ModelProto, values: dict[str, Any]) -> list[Any]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return list(session.run(None, values))
