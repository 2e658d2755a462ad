"""Whether somebody is there: found when large enough, gone at once; what they leave behind is not them."""

from __future__ import annotations

import numpy as np
import pytest

from blurstream.mask import APPEARS, DISAPPEARS, RETURN, Mask


def shows(mask: Mask, share: float, seen: float = 1.0) -> bool:
    """A mask whose share of the picture is `share`, looked at in a window of `seen` of it."""
    values = np.zeros(144 * 256, np.float32)
    values[: round(share / seen * values.size)] = 1
    return mask.shows_person(values.reshape(144, 256), seen)


def test_somebody_is_found_when_large_enough() -> None:
    mask = Mask()
    assert not shows(mask, 0.9 * APPEARS)
    assert [shows(mask, 1.1 * APPEARS) for _ in range(RETURN)] == [*[False] * (RETURN - 1), True]
    assert shows(mask, 0.9 * APPEARS), "and does not come and go at the threshold"
    assert shows(Mask(), 1.1 * APPEARS), "the first to come are shown at once"


@pytest.mark.parametrize("seen", [1.0, 0.4])
def test_what_is_left_of_somebody_who_goes_is_their_chair(seen: float) -> None:
    mask = Mask()
    for _ in range(40):
        assert shows(mask, 0.3, seen)
    assert not shows(mask, 0.08, seen)
    assert not any(shows(mask, 0.9 * APPEARS) for _ in range(3 * RETURN)), "in the whole picture it is nobody"


def test_who_moves_away_stays() -> None:
    mask = Mask()
    for share in np.geomspace(0.3, 1.5 * DISAPPEARS, 150):
        assert shows(mask, float(share))
    assert not shows(mask, 0.9 * DISAPPEARS)


def test_who_leans_back_or_covers_half_of_themselves_stays() -> None:
    mask = Mask()
    assert all(shows(mask, share) for share in [0.3] * 40 + [0.13] * 10 + [0.3] * 10)


def of(*shares: tuple[float, float]) -> np.ndarray:
    """A mask of (value, share of the picture), the rest 0."""
    values = np.zeros(144 * 256, np.float32)
    at = 0
    for value, share in shares:
        values[at : at + round(share * values.size)] = value
        at += round(share * values.size)
    return values.reshape(144, 256)


DOUBTFUL = {
    "hardly": of((0.55, 1.0)),
    "rather": of((0.7, 1.0)),
    "more in doubt than sure": of((1.0, 0.2), (0.6, 0.3)),
    "all": of((1.0, 1.0)),
    "nearly all": of((1.0, 0.99)),
}


@pytest.mark.parametrize("doubtful", DOUBTFUL.values(), ids=DOUBTFUL)
def test_a_network_in_doubt_shows_nothing(doubtful: np.ndarray) -> None:
    mask, sure = Mask(), of((1.0, 0.3), (0.5, 0.1))
    assert mask.concealed(sure) == ""
    assert mask.concealed(doubtful) == "low-confidence"
    again = [mask.concealed(sure) for _ in range(RETURN)]
    assert again == [*["low-confidence"] * (RETURN - 1), ""], "no flapping, and the reason stays"
    assert Mask().concealed(doubtful) == "low-confidence", "the first one, too"


def test_some_doubt_is_no_reason() -> None:
    """A contour has some; a few dark pixels in an empty room are nobody."""
    assert Mask().concealed(of((1.0, 0.2), (0.5, 0.19))) == ""
    assert Mask().concealed(of((1.0, 0.95))) == "", "somebody comes very near"
    assert Mask().concealed(of((0.5, 0.015))) == "no-person"
    assert Mask().concealed(of((0.4, 1.0))) == "no-person", "what is rather not a person is none"
