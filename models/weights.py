"""Trained weights by themselves: 16 bits each, in a .npz, for the graph of the model that they began as."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

Array = npt.NDArray[Any]

MOST_BYTES = 600_000


class WeightsError(Exception):
    """The file is not what this graph's weights can be taken from."""


def write(file: Path, weights: Mapping[str, Array]) -> None:
    """Writes them as float16; raises WeightsError if one does not fit into that, or all into MOST_BYTES."""
    rounded = {}
    for name, value in weights.items():
        with np.errstate(over="ignore"):
            rounded[name] = value.astype(np.float16)
        if not np.isfinite(rounded[name]).all():
            raise WeightsError(f"{name} holds {np.abs(value).max():g}: that is too much for 16 bits")
    packed = io.BytesIO()
    np.savez_compressed(packed, **rounded)  # type: ignore[arg-type]
    size = len(packed.getvalue())
    if size > MOST_BYTES:
        raise WeightsError(f"{file} would take {size} bytes, at most {MOST_BYTES} are allowed")
    file.write_bytes(packed.getvalue())


def put(model: onnx.ModelProto, file: Path) -> onnx.ModelProto:
    """A copy of the model with the file's weights, float32; each weight of its convolutions must be there.

    Raises WeightsError if the file cannot be read, lacks one, holds another, or one of another shape.
    """
    try:
        with np.load(file, allow_pickle=False) as stored:
            weights = {name: stored[name] for name in stored.files}
    except Exception as error:  # zipfile, zlib and NumPy each raise their own
        raise WeightsError(f"{file} cannot be read: {error}") from error
    trained = onnx.ModelProto()
    trained.CopyFrom(model)
    wanted = {name for node in model.graph.node if "Conv" in node.op_type for name in node.input[1:3]}
    if wanted != weights.keys():
        raise WeightsError(
            f"{file} holds {len(weights)} weights, the graph has {len(wanted)}; lacking or unknown: "
            f"{', '.join(sorted(wanted ^ weights.keys())[:4])}"
        )
    for tensor in trained.graph.initializer:
        if tensor.name not in wanted:
            continue
        value = weights[tensor.name]
        if list(value.shape) != list(tensor.dims) or value.dtype != np.float16:
            raise WeightsError(
                f"{file}: {tensor.name} is {value.dtype} of {list(value.shape)}, expected float16 of "
                f"{list(tensor.dims)}"
            )
        if not np.isfinite(value).all():
            raise WeightsError(f"{file}: {tensor.name} holds values that are no numbers")
        tensor.CopyFrom(numpy_helper.from_array(value.astype(np.float32), tensor.name))
    return trained
