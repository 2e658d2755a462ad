"""The detector that the privacy tests rest on: that it fires on what must not be seen, and only then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

import footage as pictures
from blurstream_build import clip_watermark
from blurstream_build.serve import Server
from subject import TILE_LIMIT, WHOLE_LIMIT, OpenSubject

SIZES = ((320, 180), (640, 360), (640, 480), (1280, 720))


@pytest.mark.parametrize("size", SIZES)
def test_javascript_and_python_agree(
    site: Server, footage: Path, open_subject: OpenSubject, size: tuple[int, int]
) -> None:
    subject = open_subject(site)
    for picture in ("portrait", "room"):
        look = {"picture": picture, "width": size[0], "height": size[1]}
        scored = subject.page.evaluate("(look) => subject.scoreOf(look)", look)
        luma = pictures.luma(footage, picture, *size)
        assert scored["whole"] == pytest.approx(clip_watermark.correlation(luma), abs=1e-6)
        assert scored["strongest"] == pytest.approx(clip_watermark.strongest(luma), abs=1e-6)


@pytest.mark.parametrize("size", SIZES)
def test_limits_lie_between_raw_and_blurred(footage: Path, size: tuple[int, int]) -> None:
    raw = pictures.luma(footage, "portrait", *size)
    assert clip_watermark.correlation(raw) > 2.5 * WHOLE_LIMIT
    assert clip_watermark.strongest(raw) > 1.5 * TILE_LIMIT
    # Not quite as strong as "light".
    blurred = np.asarray(Image.fromarray(raw).filter(ImageFilter.GaussianBlur(0.02 * size[1])))
    assert clip_watermark.correlation(blurred) < 0.75 * WHOLE_LIMIT
    assert clip_watermark.strongest(blurred) < 0.75 * TILE_LIMIT


def test_fires_on_one_raw_strip(footage: Path) -> None:
    raw = pictures.luma(footage, "portrait", 640, 360)
    picture = np.array(Image.fromarray(raw).filter(ImageFilter.GaussianBlur(23)))
    picture[:90, :107] = raw[:90, :107]
    assert clip_watermark.strongest(picture) > TILE_LIMIT


def test_fires_on_a_single_leaked_frame(site: Server, open_subject: OpenSubject) -> None:
    """The tap sees every frame of a generated track: a raw one among veils does not slip through."""
    subject = open_subject(site)
    subject.page.evaluate(
        """async () => {
            const track = new MediaStreamTrackGenerator({kind: 'video'});
            const writer = track.writable.getWriter();
            const bytes = new Uint8Array(await (await fetch('/footage/portrait_640x360.i420')).arrayBuffer());
            const size = 640 * 360 * 3 / 2;
            const veil = new Uint8Array(size).fill(62);
            for (let index = 0; index < 40; index += 1) {
                const pixels = index === 0 || index === 20 ? bytes.subarray(0, size) : veil;
                const init = {format: 'I420', codedWidth: 640, codedHeight: 360, timestamp: index * 1000};
                await writer.write(new VideoFrame(pixels, init));
            }
        }"""
    )
    subject.until("subject.tapped() === 40")
    fired = [
        row.timestamp for row in subject.look() if row.whole > WHOLE_LIMIT and row.strongest > TILE_LIMIT
    ]
    assert fired == [0, 20_000]
