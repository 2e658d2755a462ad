"""What each compiled kernel takes: the one list that the compiler checks and the loader calls by.

An entry is ``(inputs, scalars, outputs)``. Buffers are ``name:dtype[dims]``, scalars ``name:i32`` or
``name:f32``. The C function takes them in this order. Arrays are C-contiguous in their last axis; NumPy's
axes run in the opposite order of Halide's, so ``y:u8[2]`` is an array of shape (rows, columns).
"""

from __future__ import annotations

from typing import NamedTuple

TILE = 16  # luma pixels; chroma tiles are half of it
MODEL_WIDTH, MODEL_HEIGHT = 256, 144
WORK_FACTORS = (1, 2, 4)
CELL = 4  # work pixels to a plate cell, each way
BOX_RADIUS = 4  # of the guided filter, in work pixels
SEAM = 1  # points to a tile, each way, that the colours on either side of the seam are known at
COPY_SIZES = (16, 8, 4, 2)  # tiles of the frame's planes and of the work planes, luma and chroma
SOFT = 16384  # the soft mask's 1
MATTE_STEP = SOFT // 256  # of the soft mask in the guided filter's sums
SNAP = SOFT // 256  # soft mask this near to 0 or 1 is taken as such
ROW_SCALE = 4  # of the plate's rows: two fractional bits
RECOLOUR_BITS = 13  # of the fraction of a weight between colour spaces


class Signature(NamedTuple):
    inputs: tuple[str, ...]
    scalars: tuple[str, ...]
    outputs: tuple[str, ...]


_TILES = ("n:i32", "tiles_wide:i32", "tiles_high:i32")
_RGB = ("red:i32", "green:i32", "blue:i32")

SIGNATURES: dict[str, Signature] = {
    # frame: any camera format -> I420 planes
    "split_nv12": Signature(("uv:u8[2]",), (), ("u:u8[2]", "v:u8[2]")),
    "luma_of_rgba": Signature(("rgba:u8[2]",), ("red_at:i32", *_RGB, "offset:i32"), ("y:u8[2]",)),
    "chroma_of_rgba": Signature(
        ("rgba:u8[2]",),
        ("red_at:i32", *(f"{plane}_{weight}" for plane in "uv" for weight in _RGB)),
        ("u:u8[2]", "v:u8[2]"),
    ),
    # pictures: in another size, in another colour space
    "scale": Signature(
        ("plane:u8[2]", "row_at:i32[1]", "row_share:u16[2]", "column_at:i32[1]", "column_share:u16[2]"),
        (),
        ("out:u8[2]",),
    ),
    "recolour_luma": Signature(
        ("y:u8[2]", "u:u8[2]", "v:u8[2]"), ("gain:i32", "of_u:i32", "of_v:i32", "offset:i32"), ("out:u8[2]",)
    ),
    "recolour_chroma": Signature(
        ("u:u8[2]", "v:u8[2]"),
        ("u_of_u:i32", "u_of_v:i32", "v_of_u:i32", "v_of_v:i32"),
        ("out_u:u8[2]", "out_v:u8[2]"),
    ),
    # prepare: planes -> work planes -> model input
    "shrink_2": Signature(("plane:u8[2]",), (), ("work:u8[2]",)),
    "shrink_4": Signature(("plane:u8[2]",), (), ("work:u8[2]",)),
    "model_input": Signature(
        ("work_y:u8[2]", "work_u:u8[2]", "work_v:u8[2]"),
        (
            *("step_x:f32", "step_y:f32", "start_x:f32", "start_y:f32"),
            *("y_gain:f32", "y_offset:f32", "red_v:f32", "green_u:f32", "green_v:f32", "blue_u:f32"),
        ),
        ("image:f32[3]",),
    ),
    # change: work planes against those kept from before
    **{
        f"tile_change_{TILE // f}": Signature(
            (*(f"work_{c}:u8[2]" for c in "yuv"), *(f"kept_{c}:u8[2]" for c in "yuv")),
            ("peak:i32", "energy:i32", "drift:i32", "tint:i32"),
            ("changed:u8[2]", "moved:i32[2]", "texture:i32[2]"),
        )
        for f in WORK_FACTORS
    },
    **{f"tile_spread_{reach}": Signature(("map:u8[2]",), (), ("spread:u8[2]",)) for reach in (1, 2)},
    **{
        f"copy_tiles_{t}": Signature(("tiles:i32[2]", "source:u8[2]"), _TILES, ("out:u8[2]",))
        for t in COPY_SIZES
    },
    # matte: mask -> alpha
    **{
        f"soft_mask_{TILE // f}": Signature(
            ("mask:f32[2]", "previous:u16[2]", "changed:u8[2]"),
            (
                *("step_x:f32", "step_y:f32", "start_x:f32", "start_y:f32"),
                *("rise:f32", "fall:f32", "follow:f32", "rest:f32"),
            ),
            ("soft:u16[2]",),
        )
        for f in WORK_FACTORS
    },
    "matte": Signature(
        ("work_y:u8[2]", "soft:u16[2]"),
        ("epsilon:f32", "low:f32", "high:f32", "absent:f32", "present:f32"),
        ("gain:f32[2]", "offset:f32[2]", "alpha:u8[2]"),
    ),
    # tiles: alpha -> person / background / boundary
    **{
        f"tile_bounds_{TILE // f}": Signature(("alpha:u8[2]",), (), ("least:u8[2]", "most:u8[2]"))
        for f in WORK_FACTORS
    },
    **{
        f"tile_differs_{TILE // f}": Signature(("a:u16[2]", "b:u16[2]"), (), ("differs:u8[2]",))
        for f in WORK_FACTORS
    },
    # plate: the person-excluded background
    "plate_cells": Signature(
        ("work_y:u8[2]", "work_u:u8[2]", "work_v:u8[2]", "alpha:u8[2]"), (), ("cells:f32[3]",)
    ),
    "plate_blur": Signature(
        ("cells:f32[3]", "taps:f32[1]"), ("mean_y:f32", "mean_u:f32", "mean_v:f32"), ("plate:f32[3]",)
    ),
    "plate_rows": Signature(("plate:f32[2]",), ("cell:i32",), ("rows:u16[2]",)),
    # compose: plate and person -> output planes, tile by tile
    **{
        f"edge_alpha_{f}": Signature(
            ("tiles:i32[2]", "y:u8[2]", "gain:f32[2]", "offset:f32[2]"), _TILES, ("alpha:u8[2]",)
        )
        for f in WORK_FACTORS
    },
    **{
        f"fill_tiles_{t}": Signature(("tiles:i32[2]", "rows:u16[2]"), (*_TILES, "cell:i32"), ("out:u8[2]",))
        for t in (TILE, TILE // 2)
    },
    **{
        f"blend_tiles_{t}": Signature(
            ("tiles:i32[2]", "alpha:u8[2]", "rows:u16[2]", "source:u8[2]"),
            (*_TILES, "cell:i32"),
            ("out:u8[2]",),
        )
        for t in (TILE, TILE // 2)
    },
    **{
        f"seam_colours_{TILE // f}": Signature(
            ("alpha:u8[2]", "work_y:u8[2]", "work_u:u8[2]", "work_v:u8[2]"),
            (),
            tuple(f"{side}_{c}:u8[2]" for c in "yuv" for side in ("person", "room")),
        )
        for f in WORK_FACTORS
    },
    **{
        f"fuse_tiles_{t}": Signature(
            (
                *("tiles:i32[2]", "alpha:u8[2]", "rows:u16[2]"),
                *("source:u8[2]", "person:u8[2]", "room:u8[2]"),
            ),
            (*_TILES, "cell:i32"),
            ("out:u8[2]",),
        )
        for t in (TILE, TILE // 2)
    },
    # the same before a picture instead of the plate
    **{
        f"blend_over_{t}": Signature(
            ("tiles:i32[2]", "alpha:u8[2]", "backdrop:u8[2]", "source:u8[2]"), _TILES, ("out:u8[2]",)
        )
        for t in (TILE, TILE // 2)
    },
    **{
        f"fuse_over_{t}": Signature(
            (
                *("tiles:i32[2]", "alpha:u8[2]", "backdrop:u8[2]"),
                *("source:u8[2]", "person:u8[2]", "room:u8[2]"),
            ),
            _TILES,
            ("out:u8[2]",),
        )
        for t in (TILE, TILE // 2)
    },
    # a coloured screen behind the person
    "screen_sums": Signature(
        ("y:u8[2]", "u:u8[2]", "v:u8[2]"),
        ("key_u:i32", "key_v:i32", "slope:i32", "least:i32", "other:i32"),
        ("sums:i32[3]",),
    ),
    "screen_share": Signature(
        ("u:u8[2]", "v:u8[2]", *(f"{of}_{c}:i32[2]" for of in ("gain", "person", "way") for c in "uv")),
        ("slope:i32", "wedge:i32", "dead:i32", "beside:i32", "doubt:i32"),
        ("share:u8[2]",),
    ),
    **{
        f"keyed_tiles_{t}": Signature(
            ("tiles:i32[2]", "share:u8[2]", "screen:u8[2]", "backdrop:u8[2]", "source:u8[2]"),
            (*_TILES, *(f"{n}:i32" for n in ("whole", "steep", "spill", "zero", "least", "most"))),
            ("out:u8[2]",),
        )
        for t in (TILE, TILE // 2)
    },
    # a person over their slides
    "lay_over": Signature(("person:u8[2]", "alpha:u8[2]", "slide:u8[2]"), ("zero:i32",), ("out:u8[2]",)),
    "lay_within": Signature(("person:u8[2]", "alpha:u8[2]", "slide:u8[2]"), (), ("out:u8[2]",)),
    # quiet tiles of the person
    "tile_unrest": Signature(("tiles:i32[2]", "source:u8[2]", "held:u8[2]"), _TILES, ("unrest:i32[1]",)),
    "stir_tiles": Signature(
        ("tiles:i32[2]", "source:u8[2]", "held:u8[2]"),
        (*_TILES, "calm:i32", "slope:i32", "base:i32"),
        ("share:u8[2]",),
    ),
    **{
        f"settle_tiles_{t}": Signature(
            ("tiles:i32[2]", "share:u8[2]", "source:u8[2]"), _TILES, ("out:u8[2]",)
        )
        for t in (TILE, TILE // 2)
    },
}
