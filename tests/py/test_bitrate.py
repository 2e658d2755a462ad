"""The suggested bit rate: its table, its direction, its bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blurstream import bitrate
from blurstream.bitrate import suggested_max_bitrate, usual_bitrate

SHARES = st.floats(0, 1)
SIDES = st.integers(16, 4096)


@pytest.mark.parametrize(
    ("width", "height", "bits"),
    [(640, 360, 600_000), (640, 480, 1_000_000), (1280, 720, 2_500_000), (1920, 1080, 4_000_000)],
)
def test_the_usual_rate_is_the_tables(width: int, height: int, bits: int) -> None:
    assert usual_bitrate(width, height, 30) == bits
    assert usual_bitrate(height, width, 15) == pytest.approx(bits / 2, abs=1)


def test_the_usual_rate_lies_between_its_neighbours() -> None:
    assert 1_000_000 < usual_bitrate(960, 540, 30) < 2_500_000
    assert usual_bitrate(160, 120, 30) < 200_000
    assert usual_bitrate(2560, 1440, 30) > 4_000_000


def test_a_talking_head_needs_less_than_the_camera() -> None:
    assert suggested_max_bitrate(1280, 720, 30, 0.2, 0.25) <= 0.9 * 2_500_000


def test_a_small_person_needs_less_than_a_large_one() -> None:
    small, large = (suggested_max_bitrate(1280, 720, 30, share, share) for share in (0.08, 0.3))
    assert small < 0.66 * large


@given(width=SIDES, height=SIDES, fps=st.floats(1, 120), person=SHARES, written=SHARES)
def test_it_is_bounded(width: int, height: int, fps: float, person: float, written: float) -> None:
    usual = usual_bitrate(width, height, fps)
    found = suggested_max_bitrate(width, height, fps, person, written)
    assert isinstance(found, int)
    assert found <= max(usual, bitrate.STEP)
    assert found >= min(usual, bitrate.LEAST_SHARE * usual - bitrate.STEP)


@given(person=SHARES, written=SHARES, more=st.floats(0, 0.5))
def test_more_person_or_more_change_never_needs_less(person: float, written: float, more: float) -> None:
    base = suggested_max_bitrate(1280, 720, 30, person, written)
    assert suggested_max_bitrate(1280, 720, 30, min(1, person + more), written) >= base
    assert suggested_max_bitrate(1280, 720, 30, person, min(1, written + more)) >= base


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_a_share_outside_0_to_1_is_refused_by_name(share: float) -> None:
    with pytest.raises(ValueError, match=r"person_share is .* from 0 to 1"):
        suggested_max_bitrate(640, 480, 30, share, 0.5)
    with pytest.raises(ValueError, match=r"written_share is .* from 0 to 1"):
        suggested_max_bitrate(640, 480, 30, 0.5, share)


@pytest.mark.parametrize(("width", "height", "fps"), [(0, 480, 30), (640, -1, 30), (640, 480, 0)])
def test_a_frame_without_size_or_rate_is_refused(width: int, height: int, fps: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        usual_bitrate(width, height, fps)
