"""The transport `element` where it is needed: in Firefox, if there is one (BLURSTREAM_FIREFOX or PATH)."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from blurstream_build.paths import Paths
from blurstream_build.serve import Server
from elsewhere import PERSON, VEIL, Elsewhere, near
from firefox import ENV, Firefox, find

HIDDEN_S = 4


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    program = find()
    if program is None:
        pytest.skip(f"no Firefox on PATH: on Debian `apt-get install firefox-esr`, or {ENV}=PROGRAM")
    running = Firefox(program, tmp_path_factory.mktemp("firefox"))
    yield running
    running.close()


@pytest.fixture
def page(firefox: Firefox, site: Server) -> Iterator[Elsewhere]:
    opened = Elsewhere(firefox, site)
    yield opened
    opened.leave()


def test_from_veil_to_person(page: Elsewhere, paths: Paths) -> None:
    """The picture that was shown is in build/tests/firefox.png, to be looked at."""
    report = page("blurStream.isSupported()")
    assert report == {
        "supported": True, "transport": "element", "simd": True, "hiddenTabSafe": True, "reasons": [],
    }  # fmt: skip
    page.run()
    first = page.rows[0]
    assert first["flat"] and near(first["corner"], VEIL)
    assert not page.look(10)["flat"]
    out = paths.build / "tests"
    out.mkdir(parents=True, exist_ok=True)
    page.browser.screenshot(out / "firefox.png")
    page.private("blur")


def test_the_person_keeps_their_colours(page: Elsewhere) -> None:
    """Firefox takes a frame's planes from elsewhere than it is told, and gives BGRA of a canvas."""
    page.run()
    page("elsewhere.camera.hold()")
    page.look(10)
    difference = page(f"elsewhere.watch.difference(elsewhere.camera.canvas, {PERSON})")
    print(f"the person is {difference:.1f} of 255 from what the camera has")
    assert difference < 8


def test_pictures(page: Elsewhere, site: Server) -> None:
    page.run()
    assert near(page.show("{type: 'color', color: '#206040'}")["corner"], (32, 96, 64))
    assert near(page.show("{type: 'image', source: '/footage/quadrants.png'}")["corner"], (255, 0, 0))
    page.show("{type: 'video', source: '/footage/film.webm'}")
    assert page.turns() >= 2
    page("fetch('/footage/film.gif').then((got) => got.blob()).then((blob) => { elsewhere.film = blob; })")
    page.show("{type: 'video', source: elsewhere.film}")
    assert page.turns() >= 2
    page("(async () => { elsewhere.other = elsewhere.camera; await elsewhere.open('room', '320x180'); })()")
    page.show("{type: 'video', source: elsewhere.camera.stream}")
    page("elsewhere.camera.close()")
    page.until("elsewhere.events.some((event) => event.includes('picture-ended'))")
    page("(() => { elsewhere.camera = elsewhere.other; })()")
    assert not page("elsewhere.events.some((event) => event.startsWith('error'))")


def test_the_camera(page: Elsewhere) -> None:
    """Off and on, other sizes, another one, and its end."""
    page.run()
    for on, reason in (("false", "source-disabled"), ("true", "")):
        page(f"(() => {{ elsewhere.camera.stream.getVideoTracks()[0].enabled = {on}; }})()")
        page.until(f"elsewhere.safe.reason === '{reason}'")
    page("elsewhere.camera.show('portrait', '320x180')")
    for _ in range(20):
        if page.look(2)["width"] == 320:
            break
    assert (page.rows[-1]["width"], page.rows[-1]["height"]) == (320, 180)
    page(
        """(async () => {
            elsewhere.before = elsewhere.camera;
            await elsewhere.open();
            await elsewhere.safe.replaceSource(elsewhere.camera.stream, {stopSource: true});
        })()"""
    )
    assert page.look(5)["width"] == 640
    assert page("elsewhere.before.stream.getVideoTracks()[0].readyState") == "ended"
    page("elsewhere.camera.close()")
    page.until("elsewhere.safe.reason === 'source-ended'")
    page.until("elsewhere.watch.ended")
    page.private("camera")


def test_stop(page: Elsewhere) -> None:
    page.run()
    page("elsewhere.safe.stop()")
    assert page("elsewhere.safe.getVideoTracks()[0].readyState") == "ended"
    page.private("stop")
    page("elsewhere.begin()")
    page("elsewhere.safe.ready")
    page("(() => { elsewhere.safe.getVideoTracks()[0].stop(); })()")
    page.until("elsewhere.safe.reason === 'output-ended'")


def test_it_goes_on_in_a_hidden_tab(page: Elsewhere, firefox: Firefox) -> None:
    """Nothing is shown there, so a call of the page with itself counts what is sent."""
    page.run()
    page("elsewhere.call()")
    firefox.hide()
    page.until("document.hidden")
    before = page("elsewhere.sent()")
    time.sleep(HIDDEN_S)
    sent = page("elsewhere.sent()") - before
    print(f"hidden for {HIDDEN_S} s: {sent} frames sent")
    assert page("[document.hidden, elsewhere.safe.state]") == [True, "running"]
    assert sent > 5 * HIDDEN_S
