"""A compiled kernel and its twin, run on the same buffers."""

from __future__ import annotations

from typing import Any

import numpy as np

from blurstream.kernels.loader import CompiledKernels
from blurstream.kernels.reference import ReferenceKernels
from blurstream.kernels.signatures import TILE

Array = np.ndarray[Any, Any]
COMPILED = CompiledKernels()
REFERENCE = ReferenceKernels()


def both(
    name: str, inputs: list[Array], scalars: tuple[float, ...], outputs: list[Array]
) -> list[tuple[Array, Array]]:
    """Run the kernel and its twin on copies of the same outputs; pairs (compiled, reference)."""
    compiled = [o.copy() for o in outputs]
    reference = [o.copy() for o in outputs]
    COMPILED.bind(name, *inputs, *compiled)(*scalars)
    REFERENCE.bind(name, *inputs, *reference)(*scalars)
    return list(zip(compiled, reference, strict=True))


def equal(name: str, inputs: list[Array], scalars: tuple[float, ...], outputs: list[Array]) -> list[Array]:
    pairs = both(name, inputs, scalars, outputs)
    for compiled, reference in pairs:
        np.testing.assert_array_equal(compiled, reference)
    return [compiled for compiled, _ in pairs]


def close(
    name: str, inputs: list[Array], scalars: tuple[float, ...], outputs: list[Array], within: float
) -> list[Array]:
    pairs = both(name, inputs, scalars, outputs)
    for compiled, reference in pairs:
        np.testing.assert_allclose(
            compiled.astype(np.float64), reference.astype(np.float64), rtol=0, atol=within
        )
    return [compiled for compiled, _ in pairs]


def share_of(alpha: Array, tile: int) -> Array:
    """What kernels for tiles of this size blend with: luma's alpha, or the mean of each four for chroma."""
    if tile == TILE:
        return alpha
    rows, columns = alpha.shape
    mean: Array = (alpha.reshape(rows // 2, 2, columns // 2, 2).astype(int).sum((1, 3)) + 2) >> 2
    return mean


def zeros(*shape: int) -> Array:
    return np.zeros(shape, np.uint8)
