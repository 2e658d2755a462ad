"""Whatever happens in front of the camera: the person is shown as they are, the room never."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from blurstream.options import Blur, Settings
from call_bench import Bench
from scene import Person, Scene, exposed, inside, tiles_of

Array = np.ndarray[Any, Any]
CALLS = [(640, 360, 0.0), (640, 360, 4.0), (641, 359, 2.0), (161, 91, 2.0)]
calls = pytest.mark.parametrize(("width", "height", "noise"), CALLS)
also_large = pytest.mark.parametrize(("width", "height", "noise"), [*CALLS, (1280, 720, 2.0)])
KNOWN = 20  # frames until the camera's noise is known
LAG = 2.0  # levels that what is shown of the person may be behind the camera's mean, without noise


class Call:
    """A scene in front of a pipeline; every frame shown is looked at."""

    def __init__(self, scene: Scene, settings: Settings | None = None) -> None:
        self.scene, self.bench = scene, Bench()
        self.bench.pipeline.configure(settings or Settings())
        self.asked: list[bool] = []
        self.shown: list[Array] = []

    def frame(self) -> None:
        planes = self.scene.take()
        asked, self.shown = self.bench.show(planes, self.scene.mask)
        self.asked.append(asked)
        where = np.argwhere(exposed(self.shown, self.scene.covered))
        assert not len(where), (
            f"frame {len(self.asked)}: tiles (row, column) {where[:5].tolist()} are exposed"
        )
        if self.bench.safe[-1][0].kind == "composed":
            self._compare(planes)

    def _compare(self, planes: list[Array]) -> None:
        """Against the camera's: the mean of 8x8 pixels, and the pixels as far as noise is between the two."""
        noise, inner = self.scene.noise, inside(self.scene.covered)
        if not inner.any():
            return
        difference = np.where(inner, self.shown[0].astype(float) - planes[0], 0)
        height, width = (side // 8 * 8 for side in inner.shape)
        means = difference[:height, :width].reshape(height // 8, 8, width // 8, 8).mean((1, 3))
        assert np.abs(means).max() <= LAG + noise, f"frame {len(self.asked)}: the person lags"
        other = (np.abs(difference) > 3 + 6 * noise).sum() / inner.sum()
        assert other < 0.01, f"frame {len(self.asked)}: {other:.1%} of the person are smeared"

    def run(self, frames: int, act: Callable[[int], None] = lambda _: None) -> list[bool]:
        """Which of the frames the model was asked about."""
        for number in range(frames):
            act(number)
            self.frame()
        return self.asked[-frames:]


@also_large
def test_a_still_call(width: int, height: int, noise: float) -> None:
    Call(Scene(width, height, noise)).run(KNOWN + 5)


@calls
def test_light_that_changes_slowly(width: int, height: int, noise: float) -> None:
    call = Call(Scene(width, height, noise))
    call.run(KNOWN)

    def brighter(_: int) -> None:
        call.scene.light += 0.2

    asked = call.run(30, brighter)
    assert sum(asked) >= 2, "six levels of change are found"
    assert longest_rest(asked) * 0.2 <= LAG + noise


def longest_rest(asked: list[bool]) -> int:
    """Frames in a row without the model."""
    return max(len(rest) for rest in "".join("x" if a else "." for a in asked).split("x"))


@calls
@pytest.mark.parametrize("step", [4.0, 20.0])
def test_a_lamp_that_flickers(width: int, height: int, noise: float, step: float) -> None:
    call = Call(Scene(width, height, noise))
    call.run(KNOWN)

    def flicker(number: int) -> None:
        call.scene.light = step * (number // 3 % 2)

    asked = call.run(12, flicker)
    assert all(asked[3::3]), "each time the lamp goes on or off"


@calls
def test_a_shadow_that_passes(width: int, height: int, noise: float) -> None:
    call = Call(Scene(width, height, noise))
    call.run(KNOWN)

    def pass_by(number: int) -> None:
        call.scene.shadow = width * number / 12

    assert all(call.run(13, pass_by))


@calls
@pytest.mark.parametrize("found", [True, False])
def test_somebody_walks_in_behind(width: int, height: int, noise: float, found: bool) -> None:
    """Whether the model finds them or not."""
    scene = Scene(width, height, noise)
    scene.people = [Person(0.4, 0.95, 0.2)]
    call = Call(scene)
    call.run(KNOWN)
    side = height // 3

    def walk(number: int) -> None:
        at = 0.03 * number
        if found:
            scene.people = [scene.people[0], Person(at - 0.2, at, 0.4)]
        else:
            scene.spots = [(int(at * width) - side, height // 3, side, 5)]

    assert all(call.run(10, walk)[1:])
    scene.people, scene.spots = scene.people[:1], []
    assert call.run(1) == [True], "and is gone again"


@also_large
def test_a_hand_raised_fast(width: int, height: int, noise: float) -> None:
    scene = Scene(width, height, noise)
    call = Call(scene)
    call.run(KNOWN)

    def wave(number: int) -> None:
        scene.people = [Person(), *([Person(0.75, 0.9, 0.1)] if number % 2 else [])]

    assert all(call.run(6, wave)[1:])


@calls
@pytest.mark.parametrize("background", ["sealed", "fresh"])
def test_what_a_person_covered_for_long_is_not_the_person(
    width: int, height: int, noise: float, background: str
) -> None:
    """The colour of the room behind them is the room's, from the first frame on."""
    scene = Scene(width, height, noise)
    call = Call(scene, Settings(Blur(background=background)))
    call.run(KNOWN)
    scene.people = [Person(0.6, 1.0, 0.2)]
    call.run(25)


@pytest.mark.parametrize("noise", [0.0, 2.0])
@pytest.mark.parametrize("fade", [0.0, 0.3])
def test_no_seams_at_the_borders_of_tiles(noise: float, fade: float) -> None:
    """In a smooth picture a step from tile to tile is no greater than a step inside of one."""
    scene = Scene(640, 352, noise, grain=0)
    call = Call(scene)
    for _ in range(50):
        scene.light += fade
        call.bench.show(scene.take(), scene.mask)
        shown = call.bench.safe[-1][1][0].astype(float)
    person = inside(scene.covered)[::16, ::16]
    plate = np.pad(~tiles_of(scene.covered), 1, constant_values=True)
    plate = np.min([plate[i : i + 22, j : j + 40] for i in range(3) for j in range(3)], 0)
    for area in (person, plate):
        for axis in (0, 1):
            borders, steps = steps_of(shown, area, axis)
            assert borders <= steps + 0.5 + 0.25 * noise


def steps_of(luma: Array, area: Array, axis: int) -> tuple[float, float]:
    """Root mean square step between the mean lines of 16 pixels: at borders of tiles, and within them."""
    luma, area = (luma, area) if axis else (luma.T, area.T)
    rows, columns = area.shape
    lines = luma[: rows * 16, : columns * 16].reshape(rows, 16, columns * 16).mean(1)
    steps = np.diff(lines, axis=1) ** 2
    at, within = steps[:, 15::16], steps[:, 7::16][:, : columns - 1]
    both = area[:, 1:] & area[:, :-1]
    return float(np.sqrt(at[both].mean())), float(np.sqrt(within[both].mean()))
