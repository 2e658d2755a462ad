"""Whose a tile is, and how near the person's edge is to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from blurstream.frame import Geometry
from blurstream.kernels.loader import CompiledKernels
from blurstream.tiles import BACKGROUND, BOUNDARY, PERSON, SURE, Tiles

Array = np.ndarray[Any, Any]
SIZES = [(160, 96), (640, 352), (1280, 704)]


def tiles_of(width: int, height: int) -> tuple[Tiles, Array, int]:
    """The tiles, their alpha (all background) and the work pixels to a tile."""
    geometry = Geometry(width, height)
    alpha: Array = np.zeros(geometry.work, np.uint8)
    return Tiles(geometry, CompiledKernels(), alpha), alpha, geometry.span


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_classes_follow_alpha_and_nothing_else_is_sure(width: int, height: int) -> None:
    tiles, alpha, span = tiles_of(width, height)
    everywhere = np.ones(tiles.classes.shape, np.uint8)
    alpha[:] = SURE
    tiles.run(everywhere)
    assert (tiles.classes == BACKGROUND).all()
    assert tiles.persons == tiles.boundaries == 0
    alpha[:] = 255 - SURE
    tiles.run(everywhere)
    assert (tiles.classes == PERSON).all()
    assert tiles.persons == tiles.classes.size
    for doubtful in (SURE + 1, 254 - SURE):
        alpha[:] = 255 if doubtful > 127 else 0
        alpha[3 * span + span // 2, 4 * span + span // 2] = doubtful
        tiles.run(everywhere)
        assert tiles.classes[3, 4] == BOUNDARY
        assert tiles.boundaries == 1, "and no other tile: the pixel is in the middle of its tile"


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_tile_beside_the_edge_is_the_boundarys(width: int, height: int) -> None:
    """Its alpha is interpolated from the work pixels around it."""
    tiles, alpha, span = tiles_of(width, height)
    alpha[:, 4 * span :] = 255
    tiles.run(np.ones(tiles.classes.shape, np.uint8))
    assert (tiles.classes[:, :3] == BACKGROUND).all()
    assert (tiles.classes[:, 3:5] == BOUNDARY).all()
    assert (tiles.classes[:, 5:] == PERSON).all()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_only_unsettled_tiles_change_their_class(width: int, height: int) -> None:
    tiles, alpha, _ = tiles_of(width, height)
    unsettled = np.ones(tiles.classes.shape, np.uint8)
    tiles.run(unsettled)
    alpha[:] = 255
    unsettled[:] = 0
    unsettled[1:3, 2:5] = 1
    tiles.run(unsettled)
    assert (tiles.classes[1:3, 2:5] == PERSON).all()
    assert (tiles.classes == PERSON).sum() == tiles.persons == 6


def test_near_is_all_but_what_lies_three_tiles_deep() -> None:
    tiles, alpha, span = tiles_of(640, 352)
    alpha[5 * span : 16 * span, 10 * span : 30 * span] = 255
    tiles.run(np.ones(tiles.classes.shape, np.uint8))
    person = tiles.classes == PERSON
    assert person.any()
    rows, columns = np.nonzero(tiles.near == 0)
    for row, column in zip(rows, columns, strict=True):
        assert person[row - 2 : row + 3, column - 2 : column + 3].all()
    assert len(rows) == (person.any(1).sum() - 4) * (person.any(0).sum() - 4)
