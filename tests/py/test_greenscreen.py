"""A coloured screen behind the person: what is shown of them, of the backdrop and of the screen's light."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from blurstream.colours import to_yuv
from blurstream.options import Blur, Color, Effect, Greenscreen, Image, Settings
from blurstream.screen import RETURN
from call_bench import Bench, mask_of
from green_scene import CLOTH, GreenScene, rgb_of, yuv
from test_moving_pictures import film, grey

Array = np.ndarray[Any, Any]
RED, GREY, BLACK, WHITE = (200, 40, 60), (120, 120, 130), (16, 16, 16), (235, 235, 235)
BLUE_CLOTH = (40, 70, 190)
LIMITED = to_yuv("bt709", full_range=False)


def keyed(
    scene: GreenScene, rgb: tuple[int, int, int] = GREY, bench: Bench | None = None, **options: Any
) -> list[Array]:
    bench = bench or Bench(with_model=False)
    bench.pipeline.configure(Settings(Greenscreen(Color(rgb), **options)))
    bench.push(scene.take())
    safe, shown = bench.safe[-1]
    assert (safe.kind, safe.reason) == ("composed", "")
    return shown


def alpha_of(scene: GreenScene, **options: Any) -> Array:
    """Out of the same frame before black and before white."""
    black, white = (keyed(scene, rgb, **options)[0].astype(float) for rgb in (BLACK, WHITE))
    alpha: Array = 1 - (white - black) / (LIMITED.of(*WHITE)[0] - LIMITED.of(*BLACK)[0])
    return alpha


SCENES = {
    "even": GreenScene(),
    "uneven light": GreenScene(uneven=0.5),
    "a noisy camera": GreenScene(noise=3),
    "spill": GreenScene(spill=0.2),
    "a waving hand": GreenScene(blur=16),
    "all at once": GreenScene(uneven=0.4, noise=3, spill=0.15, blur=16),
    "a pure screen": GreenScene(screen=(0, 255, 0)),
    "a dark screen": GreenScene(screen=(25, 90, 40)),
    "480p": GreenScene(width=854, height=480, uneven=0.3, noise=2),
}


@pytest.mark.parametrize("name", SCENES)
def test_alpha(name: str) -> None:
    scene = SCENES[name]
    off = alpha_of(scene) - scene.alpha
    inside, outside = scene.alpha >= 0.98, scene.alpha <= 0.02
    assert np.abs(off)[inside].mean() < 0.004
    assert np.abs(off)[outside].mean() < 0.004
    assert np.abs(off)[~inside & ~outside].mean() < 0.22


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("rgb", [GREY, RED])
def test_no_green_is_left(name: str, rgb: tuple[int, int, int]) -> None:
    """Green beyond the mean of red and blue, against what a perfect key shows."""
    scene = SCENES[name]
    off = rgb_of(keyed(scene, rgb)) - rgb_of(yuv(scene.over(rgb)))
    green = off[..., 1] - (off[..., 0] + off[..., 2]) / 2
    edge = (scene.alpha > 0.02) & (scene.alpha < 0.98)
    assert green[edge].mean() < 12
    assert abs(green[scene.alpha >= 0.98].mean()) < 2
    assert np.abs(off)[scene.alpha >= 0.98].mean() < 2.5 + 1.5 * scene.noise


def test_the_backdrop_is_exact_and_the_person_untouched() -> None:
    scene = GreenScene(screen=(0, 255, 0))
    taken, shown = scene.take(), keyed(scene, RED)
    far = np.s_[:60, :100]
    for plane, value in zip(shown, LIMITED.of(*RED), strict=True):
        assert (plane[far] == value).all()
    chest = np.s_[-40:-8, 340:400]
    np.testing.assert_array_equal(shown[0][chest], taken[0][chest])


def test_spill_is_the_screens_light() -> None:
    """On the rim of dark hair: all of it stays at spill 0, little at 1."""
    scene = GreenScene(spill=0.8)
    rim = (scene.alpha >= 0.98) & ((scene.camera - scene.person)[..., 1] > 25) & (scene.person[..., 0] < 60)
    green = []
    for spill in (0.0, 0.5, 1.0):
        off = rgb_of(keyed(scene, spill=spill)) - scene.person
        green.append(float((off[..., 1] - (off[..., 0] + off[..., 2]) / 2)[rim].mean()))
    assert green[0] > green[1] + 1 > green[2] + 2
    assert abs(green[2]) < 0.7 * green[0]


def test_tolerance_and_softness() -> None:
    dirty = GreenScene(uneven=0.5, noise=5)
    outside = dirty.alpha <= 0.02
    least, most = (alpha_of(dirty, tolerance=value)[outside].mean() for value in (0.0, 1.0))
    assert most < 0.001 < 0.02 < least, "a tolerant key leaves nothing of a dirty screen"
    edge = GreenScene(blur=24)
    widths = []
    for softness in (0.0, 0.5, 1.0):
        alpha = alpha_of(edge, softness=softness)[:, 440:560]
        widths.append(int(((alpha > 0.05) & (alpha < 0.95)).sum()))
    assert widths[0] < widths[1] < widths[2]


def test_any_key() -> None:
    blue = GreenScene(screen=BLUE_CLOTH)
    off = alpha_of(blue, key=(0, 0, 255)) - blue.alpha
    assert np.abs(off).mean() < 0.02


def refused(bench: Bench, planes: Sequence[Array], effect: Effect | None = None) -> list[Array]:
    bench.pipeline.configure(Settings(effect or Greenscreen(Color(RED))))
    bench.push(planes)
    safe, shown = bench.safe[-1]
    assert (safe.kind, safe.reason) == ("concealed", "no-screen")
    return shown


PLANT = np.full((360, 640, 3), 128.0)
PLANT[100:, :90] = (30, 120, 40)  # 10 %
NO_SCREENS = {
    "a room with a plant in it": (yuv(PLANT), (0, 255, 0)),
    "a green screen, and blue asked for": (SCENES["even"].take(), (0, 0, 255)),
    "a grey wall": (yuv(np.full((360, 640, 3), 128.0)), (0, 255, 0)),
    "a wall of warm light": (yuv(np.full((360, 640, 3), (180.0, 160, 130))), (0, 255, 0)),
}


@pytest.mark.parametrize("name", NO_SCREENS)
def test_without_a_screen_of_that_colour_the_backdrop_is_alone(name: str) -> None:
    bench, (planes, key) = Bench(with_model=False), NO_SCREENS[name]
    for _ in range(3):
        shown = refused(bench, planes, Greenscreen(Color(RED), key))
        for plane, value in zip(shown, LIMITED.of(*RED), strict=True):
            assert (plane == value).all()
    assert bench.events == [("warning", "no-screen")], "said once"


def test_a_screen_that_falls_is_gone_at_once_and_back_after_a_while() -> None:
    bench, scene = Bench(with_model=False), GreenScene()
    keyed(scene, RED, bench)
    refused(bench, yuv(np.full_like(scene.camera, 90)))
    for _ in range(RETURN - 1):
        refused(bench, scene.take())
    shown = keyed(scene, RED, bench)
    for a, b in zip(shown, keyed(scene, RED), strict=True):
        np.testing.assert_array_equal(a, b)


def test_someone_close_does_not_make_it_flap() -> None:
    """A share of screen between the two limits: as it was before."""
    bench, scene = Bench(with_model=False), GreenScene()
    camera = np.full((360, 640, 3), 128.0)
    camera[:, :96] = CLOTH  # 15 %
    refused(bench, yuv(camera))
    bench = Bench(with_model=False)
    keyed(scene, RED, bench)
    for _ in range(4):
        bench.push(yuv(camera))
        assert bench.safe[-1][0].kind == "composed"


def test_nothing_depends_on_what_the_screen_hides() -> None:
    """Two screens, one brighter than the other: where nobody is the output is the same, bit for bit."""
    shown = [keyed(GreenScene(screen=screen), RED) for screen in ((0, 255, 0), (30, 180, 50))]
    far = np.s_[:60, :100]
    for a, b in zip(*shown, strict=True):
        np.testing.assert_array_equal(a[far], b[far])


def test_the_model_is_not_asked_and_pauses_conceal() -> None:
    bench, scene = Bench(), SCENES["even"]
    keyed(scene, RED, bench)
    assert not bench.session.asked
    bench.pipeline.configure(Settings(Greenscreen(Color(RED)), paused=True))
    bench.push(scene.take())
    safe, shown = bench.safe[-1]
    assert (safe.kind, safe.reason) == ("concealed", "paused")
    assert (shown[0] == LIMITED.of(*RED)[0]).all()


def test_a_film_behind_a_still_person() -> None:
    bench, scene = Bench(with_model=False), SCENES["even"]
    bench.pipeline.configure(Settings(Greenscreen(Image(1))))
    bench.push(scene.take())
    assert bench.safe[-1][0].reason == "no-picture"
    for value in (40, 90, 150):
        film(bench, 1, grey(scene.width, scene.height, value))
        bench.push(scene.take())
        safe, shown = bench.safe[-1]
        assert safe.kind == "composed" and (shown[0][:60, :100] == value).all()


def test_a_person_who_walks_leaves_no_trace() -> None:
    bench = Bench(with_model=False)
    for step in range(4):
        scene = GreenScene(left=-0.2 + 0.1 * step)
        shown = keyed(scene, RED, bench)
        for a, b in zip(shown, keyed(scene, RED), strict=True):
            assert np.abs(a.astype(int) - b).mean() < 0.1, "the screen's colour is learned over time"


def test_there_and_back() -> None:
    """Through every other effect and back: as from the first frame on."""
    bench, scene = Bench(), SCENES["even"]
    wanted = keyed(scene, RED)
    for effect in (Blur(), Color(GREY), Greenscreen(Color(GREY))):
        keyed(scene, RED, bench)
        bench.pipeline.configure(Settings(effect))
        bench.show(scene.take(), mask_of())
    for a, b in zip(keyed(scene, RED, bench), wanted, strict=True):
        np.testing.assert_array_equal(a, b)


def test_still_frames_write_only_the_person() -> None:
    bench, scene = Bench(with_model=False), SCENES["even"]
    for _ in range(3):
        keyed(scene, RED, bench)
    maker = bench.pipeline._workspace.keyed  # type: ignore[union-attr]
    before = maker.written
    keyed(scene, RED, bench)
    written = maker.written - before
    assert written == int((maker.classes != 1).sum()) < 0.6 * maker.classes.size


def wall(rgb: tuple[int, int, int], share: float = 1.0) -> list[Array]:
    """A room, and so much of it cloth of that colour on the left."""
    room = np.full((360, 640, 3), 250.0)
    room[:, : round(640 * share)] = rgb
    return yuv(room)


LITTLE = 0.15  # less than a screen is taken for, more than makes one go


def test_another_key_has_to_be_a_screen_of_its_own() -> None:
    bench = Bench(with_model=False)
    keyed(GreenScene(), RED, bench)
    refused(bench, wall(BLUE_CLOTH, LITTLE), Greenscreen(Color(RED), (0, 0, 255)))


@pytest.mark.parametrize("between", [Settings(Greenscreen(Color(RED)), paused=True), Settings(Color(BLACK))])
def test_a_screen_that_was_out_of_sight_has_to_be_one_again(between: Settings) -> None:
    """What was there before a pause, or another effect, says nothing."""
    bench = Bench(with_model=False)
    keyed(GreenScene(), RED, bench)
    bench.pipeline.configure(between)
    bench.push(wall(CLOTH, LITTLE))
    refused(bench, wall(CLOTH, LITTLE))


def test_another_scene_has_to_have_a_screen_of_its_own() -> None:
    bench = Bench(with_model=False)
    keyed(GreenScene(), RED, bench)
    refused(bench, wall((20, 255, 30), LITTLE))


def test_the_backdrop_is_the_new_one_after_another_effect_has_shown_it() -> None:
    """Whoever wrote its tiles last has cleared the note that they are new."""
    bench, scene = Bench(), GreenScene()
    keyed(scene, RED, bench)
    bench.pipeline.configure(Settings(Color(GREY)))
    safe, _ = bench.one(scene.take(), mask_of())
    assert safe.kind == "composed"
    keyed(scene, GREY, bench)
    shown = keyed(scene, GREY, bench)
    for plane, expected in zip(shown, keyed(scene, GREY), strict=True):
        np.testing.assert_array_equal(plane, expected)
