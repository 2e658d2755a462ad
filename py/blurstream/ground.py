"""What the background's tiles are made of: the plate, or a backdrop in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .frame import Geometry
from .kernels.signatures import TILE

Array = np.ndarray[Any, Any]


class Ground:
    """`sources`: for Y, U and V what the kernels read, the plate's rows or a backdrop's planes; `scalars`:
    what they want to know besides, for each.

    `touched`: u8, tiles that have changed since compose last cleared the map. `names` of the kernels that
    cover a tile with it, blend the person over it, and fuse.
    """

    def __init__(
        self,
        geometry: Geometry,
        sources: Sequence[Array],
        scalars: Sequence[tuple[int, ...]],
        names: tuple[str, str, str],
    ) -> None:
        self.sources, self.scalars = sources, scalars
        self.cover, self.blend, self.fuse = names
        self.touched: Array = np.ones(geometry.tiles, np.uint8)


def plate_ground(geometry: Geometry, rows: Sequence[Array]) -> Ground:
    """`rows`: as plate_rows makes them."""
    scalars = [(geometry.cell,), (geometry.cell // 2,), (geometry.cell // 2,)]
    return Ground(geometry, rows, scalars, ("fill_tiles", "blend_tiles", "fuse_tiles"))


def backdrop_ground(geometry: Geometry, planes: Sequence[Array]) -> Ground:
    """`planes`: u8, padded."""
    return Ground(geometry, planes, [(), (), ()], ("copy_tiles", "blend_over", "fuse_over"))


SIZES = (TILE, TILE // 2, TILE // 2)  # of a tile, in Y, U and V
