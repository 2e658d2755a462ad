"""Damaged networks: each follows from a seed, which is all that is needed to make it again."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

import numpy as np
import onnx
from onnx import numpy_helper

Change = Callable[[random.Random, onnx.ModelProto], None]

OPS = ("Relu", "Add", "Conv", "Resize", "Transpose", "Reshape", "Loop", "If", "MatMul", "Nonsense", "Tile")
DIMS = (-1, 0, 1, 3, 257, 65_536, 2**31 - 1, 2**62)
NUMBERS = (np.nan, np.inf, -np.inf, 3e38, -3e38, 0.0)


def mutant(original: bytes, seed: int) -> bytes:
    """The network with some of its bytes changed, or some of what they say."""
    chance = random.Random(seed)
    if chance.random() < 0.4:
        return _bytes(chance, original)
    model = copy.deepcopy(_parsed(original))
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        try:
            chance.choice(FIELDS)(chance, model)
        except (ValueError, IndexError, TypeError):
            break  # damaged so that no more can be read of it
    return bytes(model.SerializeToString())


def endless(original: bytes) -> bytes:
    """One that has a Loop without end in front of its answer."""
    model = copy.deepcopy(_parsed(original))
    graph, answer = model.graph, model.graph.output[0].name
    producer = next(node for node in graph.node if answer in node.output)
    producer.output[list(producer.output).index(answer)] = "early"
    kinds = {"turn": onnx.TensorProto.INT64, "go": onnx.TensorProto.BOOL, "kept": onnx.TensorProto.FLOAT}
    shapes = {"turn": [], "go": [], "kept": [1]}
    port = {
        name + suffix: onnx.helper.make_tensor_value_info(name + suffix, kind, shapes[name])
        for name, kind in kinds.items()
        for suffix in ("", "_next")
    }
    steps = [onnx.helper.make_node("Identity", [name], [f"{name}_next"]) for name in ("go", "kept")]
    body = onnx.helper.make_graph(
        steps, "for ever", [port[name] for name in kinds], [port["go_next"], port["kept_next"]]
    )
    values = {"turns": np.int64(2**62), "more": np.bool_(True), "nothing": np.zeros(1, np.float32)}
    graph.initializer.extend(numpy_helper.from_array(np.asarray(one), name) for name, one in values.items())
    graph.node.extend(
        [
            onnx.helper.make_node("Loop", list(values), ["never"], body=body),
            onnx.helper.make_node("Add", ["early", "never"], [answer]),
        ]
    )
    return bytes(model.SerializeToString())


_kept: dict[bytes, onnx.ModelProto] = {}


def _parsed(original: bytes) -> onnx.ModelProto:
    if original not in _kept:
        _kept[original] = onnx.load_from_string(original)
    return _kept[original]


def _bytes(chance: random.Random, original: bytes) -> bytes:
    data = bytearray(original)
    at, length = chance.randrange(len(data)), chance.choice((1, 8, 100, 5000))
    match chance.choice(("flip", "cut", "splice", "fill", "insert", "leave out")):
        case "flip":
            # Half of them where the names and sizes are: what is in the middle is weights.
            for _ in range(chance.choice((1, 2, 8, 64))):
                where = chance.choice((chance.randrange(len(data)), chance.randrange(3000)))
                data[where] ^= 1 << chance.randrange(8)
        case "cut":
            del data[chance.choice((0, 1, at)) :]
        case "splice":
            start = chance.randrange(len(data))
            data[at : at + length] = data[start : start + length]
        case "fill":
            data[at : at + length] = bytes([chance.choice((0, 0x7F, 0xFF))]) * length
        case "insert":
            data[at:at] = chance.randbytes(length)
        case _:
            del data[at : at + length]
    return bytes(data)


def _weights(chance: random.Random, model: onnx.ModelProto) -> None:
    held = [one for one in model.graph.initializer if one.data_type == onnx.TensorProto.FLOAT]
    if not held:
        return
    tensor = chance.choice(held)
    values = numpy_helper.to_array(tensor).copy()
    value = chance.choice(NUMBERS)
    if chance.random() < 0.5 or values.size == 0:
        values[...] = value if chance.random() < 0.5 else -values * 1000
    else:
        values.flat[chance.randrange(values.size)] = value
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))


def _tensor_dims(chance: random.Random, model: onnx.ModelProto) -> None:
    """Sizes that its data have not."""
    tensor = chance.choice(model.graph.initializer)
    if tensor.dims:
        tensor.dims[chance.randrange(len(tensor.dims))] = chance.choice(DIMS)
    else:
        tensor.dims.append(chance.choice(DIMS))


def _tensor_type(chance: random.Random, model: onnx.ModelProto) -> None:
    chance.choice(model.graph.initializer).data_type = chance.choice((0, 1, 2, 6, 7, 8, 10, 11, 99))


def _port(chance: random.Random, model: onnx.ModelProto) -> None:
    port = chance.choice([*model.graph.input, *model.graph.output]).type.tensor_type
    if chance.random() < 0.3:
        port.elem_type = chance.choice((0, 2, 7, 10, 11, 99))
    elif port.shape.dim:
        chance.choice(port.shape.dim).dim_value = chance.choice(DIMS)
    else:
        port.shape.dim.add().dim_value = chance.choice(DIMS)


def _op(chance: random.Random, model: onnx.ModelProto) -> None:
    chance.choice(model.graph.node).op_type = chance.choice(OPS)


def _edge(chance: random.Random, model: onnx.ModelProto) -> None:
    node = chance.choice(model.graph.node)
    names = node.input if chance.random() < 0.7 and node.input else node.output
    others = [name for one in model.graph.node for name in (*one.input, *one.output)]
    if names:
        names[chance.randrange(len(names))] = chance.choice([*others, "", "nowhere"])


def _attribute(chance: random.Random, model: onnx.ModelProto) -> None:
    held = [one for node in model.graph.node for one in node.attribute]
    if not held:
        return
    one = chance.choice(held)
    if one.ints:
        one.ints[chance.randrange(len(one.ints))] = chance.choice(DIMS)
    elif one.type == onnx.AttributeProto.FLOAT:
        one.f = float(chance.choice(NUMBERS))
    elif one.type == onnx.AttributeProto.STRING:
        one.s = chance.choice((b"", b"SAME_UPPER", b"nonsense"))
    else:
        one.i = chance.choice(DIMS)


def _nodes(chance: random.Random, model: onnx.ModelProto) -> None:
    nodes = list(model.graph.node)
    match chance.choice(("leave out", "twice", "shuffle")):
        case "leave out":
            nodes.pop(chance.randrange(len(nodes)))
        case "twice":
            nodes.append(chance.choice(nodes))
        case _:
            chance.shuffle(nodes)
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _versions(chance: random.Random, model: onnx.ModelProto) -> None:
    if chance.random() < 0.5:
        model.ir_version = chance.choice((0, 1, 99, 2**31 - 1))
    else:
        model.opset_import[0].version = chance.choice((0, 1, 6, 99, 2**31 - 1))


def _boundless(chance: random.Random, model: onnx.ModelProto) -> None:
    """Asks for gigabytes: a constant that is expanded to a shape nobody can hold."""
    output = model.graph.output[0].name
    for node in model.graph.node:
        node.output[:] = ["before" if name == output else name for name in node.output]
    sizes = [1, chance.choice((2_000, 60_000)), chance.choice((2_000, 60_000)), chance.choice((64, 1024))]
    model.graph.initializer.append(numpy_helper.from_array(np.array(sizes, np.int64), "sizes"))
    model.graph.initializer.append(numpy_helper.from_array(np.zeros((1, 1, 1, 1), np.float32), "nothing"))
    model.graph.node.append(onnx.helper.make_node("Expand", ["nothing", "sizes"], ["all"]))
    model.graph.node.append(onnx.helper.make_node("ReduceMax", ["all"], ["most"], keepdims=0))
    model.graph.node.append(onnx.helper.make_node("Add", ["before", "most"], [output]))


FIELDS: tuple[Change, ...] = (
    *(_weights, _tensor_dims, _tensor_type, _port, _op, _edge, _attribute, _nodes, _versions, _boundless),
)
