"""Networks that answer badly: the same everywhere, or noise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper


def answering(data: bytes, answer: npt.NDArray[np.float32]) -> bytes:
    """In the place of a model with this description: always `answer`, but nothing to a black picture."""
    shipped = onnx.load_from_string(data).graph
    picture, mask = shipped.input[0], shipped.output[0]
    shape = [axis.dim_value for axis in mask.type.tensor_type.shape.dim]
    nodes = [
        helper.make_node("ReduceMax", [picture.name], ["brightest"], keepdims=1),
        helper.make_node("Sign", ["brightest"], ["lit"]),
        helper.make_node("Mul", ["lit", "answer"], [mask.name]),
    ]
    constant = numpy_helper.from_array(answer.astype(np.float32).reshape(shape), "answer")
    graph = helper.make_graph(nodes, "answering", [picture], [mask], [constant])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
