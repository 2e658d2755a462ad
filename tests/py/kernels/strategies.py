"""Hypothesis strategies for planes: shapes, row strides and values a camera or the matte can produce."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

Array = np.ndarray[Any, Any]


def strided(values: Array, extra: int) -> Array:
    """The same values in rows that are `extra` elements apart from one another."""
    *lead, columns = values.shape
    roomy = np.full((*lead, columns + extra), 77, values.dtype)
    view = roomy[..., :columns]
    view[:] = values
    return view


@st.composite
def planes(draw: st.DrawFn, rows: st.SearchStrategy[int], columns: st.SearchStrategy[int]) -> Array:
    """A u8 plane: noise, a constant, or only extremes; rows sometimes padded."""
    shape = (draw(rows), draw(columns))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["noise", "constant", "extremes", "ramp"]))
    if kind == "noise":
        values = random.integers(0, 256, shape)
    elif kind == "constant":
        values = np.full(shape, draw(st.integers(0, 255)))
    elif kind == "extremes":
        values = random.integers(0, 2, shape) * 255
    else:
        values = np.add.outer(np.arange(shape[0]), np.arange(shape[1])) % 256
    return strided(values.astype(np.uint8), draw(st.sampled_from([0, 3, 16])))


def sized(rows: int, columns: int) -> st.SearchStrategy[Array]:
    return planes(st.just(rows), st.just(columns))
