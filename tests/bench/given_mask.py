"""Masks that are known beforehand, as a model would give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from blurstream.frame import Geometry
from blurstream.kernels.loader import Window
from blurstream.kernels.signatures import MODEL_HEIGHT, MODEL_WIDTH
from blurstream.mask import Callback
from blurstream.prepare import Placement
from blurstream.workspace import Ticket

Array = np.ndarray[Any, Any]


class GivenMask:
    """A session that answers at once with what it is shown of the mask it was given."""

    def __init__(self) -> None:
        self.mask: Array = np.zeros((144, 256), np.float32)
        self.runs = 0

    def run_async(
        self,
        output_names: Sequence[str] | None,
        input_feed: Mapping[str, Array],
        callback: Callback,
        user_data: Any,
    ) -> None:
        self.runs += 1
        callback([as_seen(self.mask, user_data)], user_data, "")


def as_seen(mask: Array, ticket: Ticket) -> Array:
    """Of a mask of the whole picture, what the model is shown. One that is no such mask is left as it is."""
    if mask.shape != (MODEL_HEIGHT, MODEL_WIDTH):
        return mask
    return seen_of(mask, ticket.workspace.geometry, ticket.prepared.seen)


def seen_of(mask: Array, geometry: Geometry, seen: Window) -> Array:
    """The nearest of the mask's pixels, of the tiles `seen`."""
    place = Placement.of(geometry, seen)
    rows = ((np.arange(MODEL_HEIGHT) + 0.5) * place.step_y + place.origin_y) / geometry.height
    columns = ((np.arange(MODEL_WIDTH) + 0.5) * place.step_x + place.origin_x) / geometry.width
    at_rows, at_columns = (
        (share * geometry.factor * side).astype(int)
        for share, side in ((rows, MODEL_HEIGHT), (columns, MODEL_WIDTH))
    )
    return np.ascontiguousarray(mask[at_rows][:, at_columns])
