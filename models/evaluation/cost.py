"""What a model costs: multiply-adds, bytes, and its time in onnxruntime-web."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .errors import EvaluationError

TIMER = Path(__file__).with_name("time_web.mjs")


def multiply_adds(model: Path) -> int:
    """Of Conv, ConvTranspose, Gemm and MatMul, for one picture."""
    import onnx

    graph = onnx.shape_inference.infer_shapes(onnx.load(model)).graph
    shapes = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    for info in [*graph.value_info, *graph.input, *graph.output]:
        shapes[info.name] = [side.dim_value for side in info.type.tensor_type.shape.dim]
    return sum(_of_node(node, shapes) for node in graph.node)


def _of_node(node: Any, shapes: dict[str, list[int]]) -> int:
    if node.op_type == "Conv":
        return math.prod(shapes[node.output[0]]) * math.prod(shapes[node.input[1]][1:])
    if node.op_type == "ConvTranspose":
        return math.prod(shapes[node.input[0]]) * math.prod(shapes[node.input[1]][1:])
    if node.op_type in ("Gemm", "MatMul"):
        transposed = any(attribute.name == "transA" and attribute.i for attribute in node.attribute)
        shared = shapes[node.input[0]][-2 if transposed else -1]
        return math.prod(shapes[node.output[0]]) * shared
    return 0


def web_ms(models: Sequence[Path], node: str, web: Path, runs: int = 300) -> dict[str, dict[str, float]]:
    """{"name": {"min": ms, "median": ms}} of onnxruntime-web (wasm, one thread) in Node.js, in turn.

    `web`: the folder with node_modules. Raises EvaluationError if it does not run.
    """
    command = [node, str(TIMER), str(web), str(runs), *(str(model.resolve()) for model in models)]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise EvaluationError(f"{node} cannot be started: {error}") from error
    if result.returncode != 0:
        raise EvaluationError(f"{TIMER.name} ended with {result.returncode}: {result.stderr.strip()[-600:]}")
    times: dict[str, dict[str, float]] = json.loads(result.stdout)
    return times
