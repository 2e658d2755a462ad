"""A network that takes whatever is bright for the person: its mask says of which frame it is."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper, numpy_helper

THRESHOLD, STEEPNESS = 0.75, 60.0  # of the mean of red, green and blue, 0..1


def bright(data: bytes) -> bytes:
    """In the place of a model with this description: sigmoid of how much brighter than the threshold."""
    shipped = onnx.load_from_string(data).graph
    picture, mask = shipped.input[0], shipped.output[0]
    values = {"threshold": THRESHOLD, "steepness": STEEPNESS}
    nodes = [
        helper.make_node("ReduceMean", [picture.name], ["light"], axes=[3], keepdims=1),
        helper.make_node("Sub", ["light", "threshold"], ["over"]),
        helper.make_node("Mul", ["over", "steepness"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], [mask.name]),
    ]
    constants = [numpy_helper.from_array(np.array(v, np.float32), name) for name, v in values.items()]
    graph = helper.make_graph(nodes, "bright", [picture], [mask], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
