"""Reads a TensorFlow Lite model into plain operators and constants.

Weights that are stored as float16 behind a DEQUANTIZE operator come out as float32 constants. Whatever the
converter does not know, an operator, a data type, a dilation, is an error here and not a wrong picture later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

Array = npt.NDArray[Any]

DTYPES: dict[int, npt.DTypeLike] = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}
OPERATOR_NAMES: dict[int, str] = {
    code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)
}
# The payload of MediaPipe's Convolution2DTransposeBias: padding SAME, strides 2 and 2, little-endian int32.
TRANSPOSE_SAME_STRIDE_2 = b"".join(value.to_bytes(4, "little") for value in (1, 2, 2))


class UnsupportedModelError(Exception):
    """The model holds something that the converter does not know how to translate."""


@dataclass(frozen=True)
class Operator:
    """One operator; tensors are named by their index in the model."""

    kind: str
    inputs: tuple[int, ...]
    output: int
    stride: int = 1


@dataclass(frozen=True)
class Graph:
    """A model: `shapes` are NHWC, convolution weights in `constants` are OHWI (depthwise: 1, H, W, C)."""

    operators: tuple[Operator, ...]
    constants: dict[int, Array]
    shapes: dict[int, tuple[int, ...]]
    input: int
    output: int


def read(file: Path) -> Graph:
    """Parses the file; raises UnsupportedModelError for anything unknown in it."""
    model = tflite.Model.GetRootAs(file.read_bytes(), 0)
    if model.SubgraphsLength() != 1:
        raise UnsupportedModelError(f"{file.name} has {model.SubgraphsLength()} subgraphs, expected 1")
    table = model.Subgraphs(0)
    if (table.InputsLength(), table.OutputsLength()) != (1, 1):
        raise UnsupportedModelError(f"{file.name} must have one input and one output")

    shapes: dict[int, tuple[int, ...]] = {}
    constants: dict[int, Array] = {}
    for index in range(table.TensorsLength()):
        tensor = table.Tensors(index)
        shapes[index] = tuple(int(n) for n in tensor.ShapeAsNumpy()) if tensor.ShapeLength() else ()
        buffer = model.Buffers(tensor.Buffer())
        if buffer.DataLength():
            constants[index] = _constant(tensor.Type(), buffer.DataAsNumpy(), shapes[index])

    operators: list[Operator] = []
    for index in range(table.OperatorsLength()):
        raw = table.Operators(index)
        code = model.OperatorCodes(raw.OpcodeIndex())
        # Files of an older schema keep the code in the deprecated field: the larger of the two is right.
        kind = OPERATOR_NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        if kind == "CUSTOM":
            kind = code.CustomCode().decode()
        inputs = tuple(int(n) for n in raw.InputsAsNumpy())
        (output,) = (int(n) for n in raw.OutputsAsNumpy())
        if kind == "DEQUANTIZE" and inputs[0] in constants:
            constants[output] = constants[inputs[0]].astype(np.float32)
            continue
        if kind not in CHECKS:
            raise UnsupportedModelError(
                f"operator {index} of {file.name} is {kind}, which has no translation"
            )
        operators.append(Operator(kind, inputs, output, CHECKS[kind](raw)))
    return Graph(tuple(operators), constants, shapes, int(table.Inputs(0)), int(table.Outputs(0)))


def _constant(kind: int, data: Array, shape: tuple[int, ...]) -> Array:
    if kind not in DTYPES:
        raise UnsupportedModelError(f"a constant has the TensorFlow Lite data type {kind}")
    # A copy: the view into the file is not aligned.
    return np.frombuffer(data.tobytes(), DTYPES[kind]).reshape(shape)


def _options(raw: Any, table: Any) -> Any:
    options = table()
    union = raw.BuiltinOptions()
    options.Init(union.Bytes, union.Pos)
    return options


def _expect(condition: bool, message: str) -> None:
    if not condition:
        raise UnsupportedModelError(message)


def _plain(_raw: Any) -> int:
    return 1


def _convolution(table: Any) -> Callable[[Any], int]:
    def check(raw: Any) -> int:
        options = _options(raw, table)
        stride, activation = int(options.StrideH()), int(options.FusedActivationFunction())
        _expect(stride == options.StrideW(), "a convolution has unequal strides")
        _expect(options.DilationHFactor() == options.DilationWFactor() == 1, "a convolution is dilated")
        _expect(activation == tflite.ActivationFunctionType.NONE, "a convolution has a fused activation")
        # VALID equals SAME for the 1x1, stride 1 kernels that use it; the emitter checks that.
        return stride

    return check


def _arithmetic(table: Any) -> Callable[[Any], int]:
    def check(raw: Any) -> int:
        activation = int(_options(raw, table).FusedActivationFunction())
        _expect(activation == tflite.ActivationFunctionType.NONE, "an ADD or MUL has a fused activation")
        return 1

    return check


def _mean(raw: Any) -> int:
    _expect(bool(_options(raw, tflite.ReducerOptions).KeepDims()), "a MEAN drops its axes")
    return 1


def _resize(raw: Any) -> int:
    options = _options(raw, tflite.ResizeBilinearOptions)
    _expect(
        bool(options.HalfPixelCenters()) and not options.AlignCorners(), "a RESIZE_BILINEAR is not half-pixel"
    )
    return 1


def _transpose_bias(raw: Any) -> int:
    payload = bytes(raw.CustomOptionsAsNumpy())
    _expect(payload == TRANSPOSE_SAME_STRIDE_2, f"Convolution2DTransposeBias has the options {payload.hex()}")
    return 2


# What is known, and how its options are checked; the value returned is the stride.
CHECKS: dict[str, Callable[[Any], int]] = {
    "CONV_2D": _convolution(tflite.Conv2DOptions),
    "DEPTHWISE_CONV_2D": _convolution(tflite.DepthwiseConv2DOptions),
    "Convolution2DTransposeBias": _transpose_bias,
    "RESIZE_BILINEAR": _resize,
    "MEAN": _mean,
    "ADD": _arithmetic(tflite.AddOptions),
    "MUL": _arithmetic(tflite.MulOptions),
    "RELU": _plain,
    "HARD_SWISH": _plain,
    "LOGISTIC": _plain,
}
