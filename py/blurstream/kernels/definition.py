"""A kernel as the compiler sees it: Halide inputs, scalars and outputs under one name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import halide as hl

VECTOR_U8 = 16
VECTOR_F32 = 4


@dataclass(frozen=True)
class Kernel:
    """One compiled function. `inputs` are `hl.ImageParam`, `scalars` `hl.Param`, `outputs` `hl.Func`, in
    call order.
    """

    name: str
    inputs: tuple[Any, ...]
    scalars: tuple[Any, ...]
    outputs: tuple[Any, ...]

    def pipeline(self) -> Any:
        return hl.Pipeline(list(self.outputs))


def image(name: str, dtype: Any, dimensions: int) -> Any:
    """An input buffer whose origin is 0 in every dimension (lets Halide drop the min terms)."""
    param = hl.ImageParam(dtype, dimensions, name)
    for axis in range(dimensions):
        param.dim(axis).set_min(0)
    return param


def scalars(dtype: Any, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple(hl.Param(dtype, name) for name in names)


def from_origin(*outputs: Any) -> None:
    """Pin the output buffers' origin to 0; outputs of one kernel share their size unless scheduled
    otherwise.
    """
    for func in outputs:
        for buffer in func.output_buffers():
            for axis in range(buffer.dimensions()):
                buffer.dim(axis).set_min(0)


def by_255(value: Any) -> Any:
    """Exact division of u16 by 255, rounded."""
    value = value + hl.u16(128)
    return (value + (value >> hl.u16(8))) >> hl.u16(8)


def spline_weights(pixel: Any, cell: Any) -> tuple[Any, Any, Any]:
    """Quadratic B-spline: weights of the cells before, at and after, for the `pixel`-th of the `cell` pixels
    of a cell.
    """
    offset = hl.f32(2 * pixel + 1 - cell) / hl.f32(2 * cell)  # from the cell's centre, -1/2..1/2
    before, after = hl.f32(0.5) - offset, hl.f32(0.5) + offset
    return before * before * 0.5, hl.f32(0.75) - offset * offset, after * after * 0.5


def sample_position(at: Any, step: Any, start: Any) -> tuple[Any, Any]:
    """Pixel `at` of a resampled axis -> (left source index, weight of the right one); caller clamps the
    index.
    """
    position = hl.f32(at) * step + start
    left = hl.floor(position)
    return hl.i32(left), position - left
