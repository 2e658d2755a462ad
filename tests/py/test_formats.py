"""Frames in other formats than I420 give what I420 gives; what is no frame is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from blurstream.errors import FrameError
from blurstream.frame import FrameSpec
from call_bench import Bench, mask_of, room

Array = np.ndarray[Any, Any]
SIZES = [(160, 90), (161, 91), (320, 240), (641, 359), (640, 480), (1280, 720), (1279, 721), (1920, 1080)]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("format", ["NV12", "RGBA", "BGRX"])
def test_other_formats_give_what_i420_gives(format: str, width: int, height: int) -> None:
    y, u, v = room(width, height)
    bench, direct = Bench(), Bench()
    ticket = bench.pipeline.begin(FrameSpec(format, width, height, 7))
    memory, layout = ticket.slot.target(ticket.slot.spec or pytest.fail("no spec"))
    if format == "NV12":
        (luma_at, luma_stride), (chroma_at, chroma_stride) = layout
        rows_of(memory, luma_at, luma_stride, height)[:, :width] = y
        chroma = rows_of(memory, chroma_at, chroma_stride, len(u))
        chroma[:, : 2 * u.shape[1]] = np.stack([u, v], axis=-1).reshape(len(u), -1)
        expected = [y, u, v]
    else:
        rgba = np.random.default_rng(1).integers(0, 256, (height, width, 4)).astype(np.uint8)
        rows_of(memory, *layout[0], height)[:, : 4 * width] = rgba.reshape(height, -1)
        rgb = rgba[..., :3] if format == "RGBA" else rgba[..., 2::-1]
        expected = yuv_of(np.ascontiguousarray(rgb))
    bench.pipeline.submit(ticket)
    bench.session.answer(mask_of())
    _, wanted = direct.one(expected, mask_of())
    for plane, target in zip(bench.safe[0][1], wanted, strict=True):
        assert np.abs(plane.astype(int) - target).max() <= (0 if format == "NV12" else 1)


def rows_of(memory: Array, offset: int, stride: int, rows: int) -> Array:
    return memory[offset : offset + stride * rows].reshape(rows, stride)


def yuv_of(rgb: Array) -> list[Array]:
    """BT.709 limited range, in floating point."""
    r, g, b = (rgb[..., i].astype(float) for i in range(3))
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    even = [np.pad(p, ((0, len(p) % 2), (0, p.shape[1] % 2)), mode="edge") for p in (luma, r, b)]
    y4, r4, b4 = (p.reshape(p.shape[0] // 2, 2, p.shape[1] // 2, 2).mean((1, 3)) for p in even)
    u, v = (b4 - y4) / 1.8556 * 224 / 255 + 128, (r4 - y4) / 1.5748 * 224 / 255 + 128
    return [np.floor(p + 0.5).astype(np.uint8) for p in (luma * 219 / 255 + 16, u, v)]


@pytest.mark.parametrize(("width", "height"), [(15, 90), (90, 15), (4097, 90), (0, 0)])
def test_impossible_sizes_are_refused(width: int, height: int) -> None:
    with pytest.raises(FrameError, match=f"{width}x{height}"):
        Bench().pipeline.begin(FrameSpec("I420", width, height, 0))


@pytest.mark.parametrize(("width", "height"), [(1290, 160), (19, 3062)])
def test_a_ribbon_is_refused(width: int, height: int) -> None:
    """The network takes noise in it for people; a strip of 8 to 1 is as long as cameras of rooms make it."""
    with pytest.raises(FrameError, match=f"{width}x{height}"):
        Bench().pipeline.begin(FrameSpec("I420", width, height, 0))
    Bench().pipeline.begin(FrameSpec("I420", 1280, 160, 0))


def test_unknown_formats_are_refused() -> None:
    with pytest.raises(FrameError, match="'I444' is not one of I420, NV12"):
        FrameSpec("I444", 640, 360, 0)
