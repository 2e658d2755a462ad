"""Writes a TensorFlow Lite graph as ONNX, operator by operator where nothing simpler is as fast.

- Channels first inside, one Transpose at the input; the one-channel output needs only a Reshape.
- Weights are constants, so onnxruntime fuses every Conv with the Relu behind it.
- Resize and a 1x1 Conv commute (the weights of the interpolation add up to 1, so the bias passes through):
  the Conv runs first, on a quarter of the pixels, and the Resize on fewer channels.
- Only operators of the ONNX standard: the file runs in any ONNX runtime.
What only suits onnxruntime-web is done after it, by faster_graph.

Same input, same bytes: names are counted, nothing depends on a clock or on the order of a set.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tflite_graph import Array, Graph, Operator, UnsupportedModelError

OPSET = 17
IR_VERSION = 8  # the oldest that opset 17 may have, so that older runtimes load the file too
INPUT, OUTPUT = "image", "mask"
DIRECT = {"RELU": "Relu", "LOGISTIC": "Sigmoid", "ADD": "Add", "MUL": "Mul"}


def translate(graph: Graph, name: str) -> onnx.ModelProto:
    """Returns the checked ONNX model; input "image" NHWC, output "mask" NHWC, float32."""
    model = _Writer(graph).model(name)
    onnx.checker.check_model(model, full_check=True)
    return model


class _Writer:
    """Holds what has been written so far; `values` maps tensors of the source to ONNX names (NCHW)."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, Array] = {}
        self.values: dict[int, str] = {}
        self.held: dict[int, int] = {}  # resize output -> its input: the 1x1 Conv behind it runs first
        self.users: dict[int, list[Operator]] = {}
        for operator in graph.operators:
            for tensor in operator.inputs:
                self.users.setdefault(tensor, []).append(operator)

    def model(self, name: str) -> onnx.ModelProto:
        graph = self.graph
        self.values[graph.input] = self._node("Transpose", [INPUT], perm=[0, 3, 1, 2])
        for operator in graph.operators:
            self.values[operator.output] = self._operator(operator)
        self._fold_output()
        shape = {tensor: list(graph.shapes[tensor]) for tensor in (graph.input, graph.output)}
        proto = helper.make_graph(
            self.nodes,
            name,
            [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, shape[graph.input])],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, shape[graph.output])],
            [numpy_helper.from_array(value, key) for key, value in self.constants.items()],
        )
        opset = helper.make_opsetid("", OPSET)
        return helper.make_model(
            proto, ir_version=IR_VERSION, opset_imports=[opset], producer_name="blurstream"
        )

    def _fold_output(self) -> None:
        shape = self.graph.shapes[self.graph.output]
        if shape[-1] != 1:
            raise UnsupportedModelError(
                f"the output has {shape[-1]} channels; with one, NCHW and NHWC are the same bytes"
            )
        inputs = [self.values[self.graph.output], self._constant("shape", np.array(shape, np.int64))]
        self.nodes.append(helper.make_node("Reshape", inputs, [OUTPUT], name=OUTPUT))

    def _operator(self, operator: Operator) -> str:
        kind, sources = operator.kind, operator.inputs
        if kind in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            return self._convolution(operator)
        if kind in DIRECT:
            return self._node(DIRECT[kind], [self.values[tensor] for tensor in sources])
        if kind == "HARD_SWISH":
            # As two operators: onnxruntime has no CPU kernel for HardSwish and would expand it at every load.
            value = self.values[sources[0]]
            return self._node("Mul", [value, self._node("HardSigmoid", [value], alpha=1 / 6, beta=0.5)])
        if kind == "MEAN":
            axes = sorted(int(axis) for axis in self.graph.constants[sources[1]])
            if axes != [1, 2]:
                raise UnsupportedModelError(f"a MEAN is over the axes {axes}, expected height and width")
            return self._node("GlobalAveragePool", [self.values[sources[0]]])
        if kind == "RESIZE_BILINEAR":
            users = self.users[operator.output]
            if len(users) == 1 and self._is_pointwise(users[0]):
                self.held[operator.output] = sources[0]
                return ""  # nobody but that Conv reads it
            return self._resize(self.values[sources[0]], sources[0], operator.output)
        if kind == "Convolution2DTransposeBias":
            weights, bias = (self.graph.constants[tensor] for tensor in sources[1:])
            if weights.shape[1:3] != (2, 2):
                raise UnsupportedModelError(
                    f"a transposed convolution has a {weights.shape[1:3]} kernel, expected 2x2"
                )
            # OHWI -> IOHW. With a kernel as large as the stride SAME pads nothing.
            constants = [
                self._constant("weights", weights.transpose(3, 0, 1, 2)),
                self._constant("bias", bias),
            ]
            return self._node("ConvTranspose", [self.values[sources[0]], *constants], strides=[2, 2])
        raise UnsupportedModelError(f"{kind} has no translation")

    def _convolution(self, operator: Operator) -> str:
        source, weights, bias = operator.inputs
        kernel = self.graph.constants[weights]
        depthwise = operator.kind == "DEPTHWISE_CONV_2D"
        # OHWI -> OIHW; depthwise 1HWC -> C1HW.
        kernel = kernel.transpose(3, 0, 1, 2) if depthwise else kernel.transpose(0, 3, 1, 2)
        constants = [self._constant("weights", kernel), self._constant("bias", self.graph.constants[bias])]
        if source in self.held:
            small = self.held[source]
            return self._resize(self._node("Conv", [self.values[small], *constants]), small, operator.output)
        height, width = self.graph.shapes[source][1:3]
        top, bottom = _same_padding(height, kernel.shape[2], operator.stride)
        left, right = _same_padding(width, kernel.shape[3], operator.stride)
        expected = tuple(-(-side // operator.stride) for side in (height, width))
        if self.graph.shapes[operator.output][1:3] != expected:
            raise UnsupportedModelError("a convolution without padding is larger than 1x1")
        attributes: dict[str, Any] = {}
        if depthwise:
            attributes["group"] = kernel.shape[0]
        if operator.stride != 1:
            attributes["strides"] = [operator.stride, operator.stride]
        if any((top, left, bottom, right)):
            attributes["pads"] = [top, left, bottom, right]
        return self._node("Conv", [self.values[source], *constants], **attributes)

    def _resize(self, value: str, small: int, large: int) -> str:
        """Scales by the ratio of the sizes of two tensors of the source."""
        before, after = (self.graph.shapes[tensor] for tensor in (small, large))
        scales = np.array([1, 1, after[1] / before[1], after[2] / before[2]], np.float32)
        return self._node(
            "Resize",
            [value, "", self._constant("scales", scales)],
            mode="linear",
            coordinate_transformation_mode="half_pixel",
        )

    def _is_pointwise(self, operator: Operator) -> bool:
        if operator.kind != "CONV_2D" or operator.stride != 1:
            return False
        return bool(self.graph.constants[operator.inputs[1]].shape[1:3] == (1, 1))

    def _constant(self, stem: str, value: Array) -> str:
        value = np.ascontiguousarray(value)
        for key, other in self.constants.items():
            if key.startswith(stem) and other.shape == value.shape and np.array_equal(other, value):
                return key
        key = f"{stem}_{len(self.constants)}"
        self.constants[key] = value
        return key

    def _node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name


def _same_padding(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """TensorFlow's SAME: as much as the last window needs, the odd row or column at the end."""
    total = max(0, (-(-side // stride) - 1) * stride + kernel - side)
    return total // 2, total - total // 2
