"""A converted model as a PyTorch module, node by node, and its weights back into the model.

The graph stays as onnx_graph wrote it; what is trained are the weights and biases of its convolutions. So
whatever onnxruntime makes fast of the original it makes fast of the trained one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

WEIGHTED = ("Conv", "ConvTranspose")


class UnknownNodeError(Exception):
    """The graph holds an operator that has no counterpart here."""


class Network(nn.Module):
    """`forward`: float32 (batch, 3, height, width), 0..1 -> logits (batch, 1, height, width)."""

    def __init__(self, model: onnx.ModelProto) -> None:
        super().__init__()
        graph = model.graph
        constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        names = [name for node in graph.node if node.op_type in WEIGHTED for name in node.input[1:3]]
        self.weights = nn.ParameterDict(
            {name: nn.Parameter(torch.from_numpy(constants[name].copy())) for name in dict.fromkeys(names)}
        )
        # The model's last two nodes make a probability of the logit, and give it its shape.
        *nodes, sigmoid, reshape = graph.node
        if (sigmoid.op_type, reshape.op_type) != ("Sigmoid", "Reshape"):
            raise UnknownNodeError(f"the graph ends with {sigmoid.op_type}, {reshape.op_type}")
        first, *self._nodes = [_Node(node, constants) for node in nodes]
        if first.kind != "Transpose":
            raise UnknownNodeError(f"the graph begins with {first.kind}")
        self._input, self._output = first.output, sigmoid.input[0]

    def forward(self, picture: Tensor) -> Tensor:
        values = {self._input: picture}
        for node in self._nodes:
            values[node.output] = node(values, self.weights)
        return values[self._output]

    def towards(self, model: onnx.ModelProto, share: float) -> Network:
        """A copy, `share` (0..1) of the way back to the model's weights: what training has learned by heart
        of its few people fades, what it has learned of all people stays (Wortsman et al. 2022, "Robust
        fine-tuning of zero-shot models").
        """
        moved: Network = copy.deepcopy(self).requires_grad_(False)
        for name, begun in Network(model).weights.items():
            moved.weights[name].lerp_(begun.detach(), share)
        return moved

    def into(self, model: onnx.ModelProto) -> onnx.ModelProto:
        """A copy of the model with these weights, float32."""
        trained = onnx.ModelProto()
        trained.CopyFrom(model)
        for tensor in trained.graph.initializer:
            if tensor.name in self.weights:
                value = self.weights[tensor.name].detach().cpu().contiguous().numpy()
                tensor.CopyFrom(numpy_helper.from_array(value, tensor.name))
        return trained


class _Node:
    """One operator of the graph, over the values so far."""

    def __init__(self, node: onnx.NodeProto, constants: dict[str, Any]) -> None:
        self.kind, self.output, self.inputs = node.op_type, node.output[0], list(node.input)
        self.attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if self.kind not in OPERATORS:
            raise UnknownNodeError(f"{self.kind} has no counterpart in PyTorch here")
        self._run = OPERATORS[self.kind]
        if self.kind == "Resize":
            self.attributes["scales"] = constants[self.inputs[2]][2:].tolist()

    def __call__(self, values: dict[str, Tensor], weights: nn.ParameterDict) -> Tensor:
        if self.kind in WEIGHTED:
            source, weight, bias = self.inputs
            return self._run(self, values[source], weights[weight], weights[bias])
        names = self.inputs[:1] if self.kind == "Resize" else self.inputs
        return self._run(self, *(values[name] for name in names))


def _convolution(node: _Node, source: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    top, left, bottom, right = node.attributes.get("pads", [0, 0, 0, 0])
    if (top, left) != (bottom, right):
        source, top, left = functional.pad(source, (left, right, top, bottom)), 0, 0
    return functional.conv2d(
        source,
        weight,
        bias,
        stride=tuple(node.attributes.get("strides", [1, 1])),
        padding=(top, left),
        groups=node.attributes.get("group", 1),
    )


def _transposed(node: _Node, source: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return functional.conv_transpose2d(source, weight, bias, stride=tuple(node.attributes["strides"]))


def _resized(node: _Node, source: Tensor) -> Tensor:
    scale = tuple(node.attributes["scales"])
    return functional.interpolate(source, scale_factor=scale, mode="bilinear", align_corners=False)


def _hard_sigmoid(node: _Node, value: Tensor) -> Tensor:
    assert abs(node.attributes["alpha"] - 1 / 6) < 1e-6, "only as in hard-swish"
    return functional.hardsigmoid(value)


OPERATORS: dict[str, Callable[..., Tensor]] = {
    "Conv": _convolution,
    "ConvTranspose": _transposed,
    "Resize": _resized,
    "HardSigmoid": _hard_sigmoid,
    "Relu": lambda _, value: functional.relu(value),
    "Sigmoid": lambda _, value: torch.sigmoid(value),
    "Add": lambda _, one, other: one + other,
    "Mul": lambda _, one, other: one * other,
    "GlobalAveragePool": lambda _, value: value.mean((2, 3), keepdim=True),
    "Transpose": lambda _, value: value,
}
