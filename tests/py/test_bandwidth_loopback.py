"""The call of a browser with itself: the search for a limit and what is told of it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from bandwidth import loopback, loopback_figures
from bandwidth.loopback import Run
from blurstream_build import cli


def ran(limit: int, quantiser: float, **other: Any) -> Run:
    values: dict[str, Any] = {
        "seconds": 10.0, "limit": limit, "bytes": limit * 10 / 8, "frames": 300, "quantiser": quantiser,
        "width": 640, "height": 480, "limited": "none", "encoder": "libvpx",
    } | other  # fmt: skip
    return Run(**values)


class FakeCall:
    """An encoder whose quantiser falls by `slope` for a doubling of the rate."""

    def __init__(self, at_megabit: float, slope: float) -> None:
        self.at_megabit, self.slope, self.rate = at_megabit, slope, 1_000_000

    def limit(self, bits: int) -> None:
        self.rate = bits

    def measure(self, seconds: float, limit: int) -> Run:
        assert limit == self.rate
        return ran(limit, self.at_megabit + self.slope * math.log2(limit / 1e6), seconds=seconds)


@pytest.mark.parametrize("slope", [-4.0, -12.0, -45.0])
@pytest.mark.parametrize("target", [22.0, 34.0])
def test_the_search_finds_the_quantiser(slope: float, target: float) -> None:
    call: Any = FakeCall(20.0, slope)
    tried = loopback.search(call, 1_000_000, target, 8.0)
    assert abs(tried[-1].quantiser - target) <= loopback.MATCHED
    assert tried[0].limit == 1_000_000, "the first step is the comparison at equal limits"


def test_the_search_ends_where_the_quantiser_cannot_be_had() -> None:
    call: Any = FakeCall(20.0, 0.0)
    assert len(loopback.search(call, 1_000_000, 60.0, 8.0)) == loopback.SEARCH_STEPS


def test_what_was_sent_twice_is_not_counted() -> None:
    before = {"timestamp": 1000.0, "bytesSent": 100, "framesEncoded": 10, "qpSum": 100,
              "qualityLimitationDurations": {"none": 1.0, "cpu": 0.0}}  # fmt: skip
    after = {"timestamp": 3000.0, "bytesSent": 5100, "retransmittedBytesSent": 1000, "framesEncoded": 60,
             "qpSum": 1100, "qualityLimitationDurations": {"none": 2.5, "cpu": 0.5}}  # fmt: skip
    run = loopback.difference(before, after, 1_000_000)
    assert (run.seconds, run.bytes, run.frames, run.quantiser) == (2.0, 4000, 50, 20.0)
    assert run.per_frame == 80
    assert run.limited == "cpu 0.5 s"


def found(ours: Run, camera: Run) -> dict[str, Any]:
    pair = {"camera": camera.plain(), "ours": ours.plain(), "search": [ran(camera.limit, 14.0).plain()]}
    scene = {"width": 640, "height": 480, "limit": 1_000_000, "codecs": {"VP8": [pair]}}
    return {"browser": "Chromium", "ours": "live", "scenes": {"portrait": scene}}


def test_a_matched_pair_has_no_doubts() -> None:
    figures = found(ran(400_000, 20.5), ran(1_000_000, 20.0))
    (row,) = loopback_figures.rows(figures)
    assert row["change"] == pytest.approx(-60)
    assert row["equal_limit"] == -6.0
    assert row["doubts"] == []
    assert "60 % fewer bytes with VP8" in loopback_figures.claim(figures)


@pytest.mark.parametrize(
    ("other", "doubt"),
    [
        ({"quantiser": 24.0}, "quantisers 24.0 and 20.0"),
        ({"frames": 200}, "20.0 and 30.0 fps"),
        ({"width": 320}, "320x480 and 640x480"),
        ({"limited": "cpu 2.0 s"}, "limited by cpu"),
    ],
)
def test_what_cannot_be_compared_is_told(other: dict[str, Any], doubt: str) -> None:
    figures = found(ran(400_000, **{"quantiser": 20.0, **other}), ran(1_000_000, 20.0))
    assert doubt in loopback_figures.table(figures)


def test_the_persons_quality_is_told_where_it_was_measured() -> None:
    both = found(ran(400_000, 20.0, person_db=40.25), ran(1_000_000, 20.0, person_db=39.0))
    assert loopback_figures.rows(both)[0]["person_db"] == 1.25
    assert "| +1.2 |" in loopback_figures.table(both)
    assert loopback_figures.rows(found(ran(400_000, 20.0), ran(1_000_000, 20.0)))[0]["person_db"] is None


def test_bytes_are_compared_frame_by_frame() -> None:
    """Half the frames are no saving."""
    figures = found(ran(500_000, 20.0, frames=150), ran(1_000_000, 20.0))
    assert loopback_figures.rows(figures)[0]["change"] == pytest.approx(0)


def test_the_command_passes_its_arguments_on() -> None:
    options = cli.parser().parse_args(["bandwidth", "--", "--quick", "--only", "encodes"])
    assert (options.command, options.extra) == ("bandwidth", ["--quick", "--only", "encodes"])
