"""WebKit, as far as WebKitGTK has what Safari has: both transports, if it is asked for and there.

It leaves tracks in workers switched off, so `worker-track` needs a switch there. Its WebAssembly is slow to
begin with, so the camera is small and takes its time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from blurstream_build.paths import Paths
from blurstream_build.serve import Server
from elsewhere import PERSON, VEIL, Elsewhere, near
from webkit import WebKit, find

ENV = "BLURSTREAM_WEBKIT"
SIZE, PACE_MS, WAIT_S = "320x180", 250, 120
SWITCHES = {"element": (), "worker-track": ("MediaStreamTrackProcessing",)}

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(params=SWITCHES)
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(transport: str, site: Server) -> Iterator[Elsewhere]:
    programs = find()
    if programs is None or not os.environ.get(ENV):
        pytest.skip(f"on request: {ENV}=1, on Debian after `apt-get install webkit2gtk-driver xvfb`")
    running = WebKit(programs, SWITCHES[transport])
    try:
        opened = Elsewhere(running, site)
        yield opened
        opened.leave()
    finally:
        running.close()


def test_a_stream_and_its_end(page: Elsewhere, transport: str, paths: Paths) -> None:
    """The picture that was shown is in build/tests, to be looked at."""
    report = page("blurStream.isSupported()")
    assert report == {
        "supported": True, "transport": transport, "simd": True, "hiddenTabSafe": True, "reasons": [],
    }  # fmt: skip
    page.run(SIZE, PACE_MS, wait_s=WAIT_S)
    first = page.rows[0]
    assert first["flat"] and near(first["corner"], VEIL)
    page("elsewhere.camera.hold()")
    page.look(8)
    out = paths.build / "tests"
    out.mkdir(parents=True, exist_ok=True)
    page.browser.screenshot(out / f"webkit_{transport}.png")
    difference = page(f"elsewhere.watch.difference(elsewhere.camera.canvas, {PERSON})")
    print(f"the person is {difference:.1f} of 255 from what the camera has")
    assert difference < 8
    assert near(page.show("{type: 'color', color: '#206040'}")["corner"], (32, 96, 64))
    assert near(page.show("{type: 'image', source: '/footage/quadrants.png'}")["corner"], (255, 0, 0))
    page("(() => { elsewhere.camera.stream.getVideoTracks()[0].enabled = false; })()")
    page.until("elsewhere.safe.reason === 'source-disabled'")
    page("(() => { elsewhere.camera.stream.getVideoTracks()[0].enabled = true; })()")
    page.until("elsewhere.safe.state === 'running'")
    page(
        f"""(async () => {{
            elsewhere.before = elsewhere.camera;
            await elsewhere.open('portrait', '{SIZE}');
            await elsewhere.safe.replaceSource(elsewhere.camera.stream, {{stopSource: true}});
        }})()"""
    )
    page.look(3)
    assert page("elsewhere.before.stream.getVideoTracks()[0].readyState") == "ended"
    page("elsewhere.camera.close()")
    page.until("elsewhere.safe.reason === 'source-ended'")
    page.until("elsewhere.watch.ended")
    page.private(transport)
    assert not page("elsewhere.events.some((event) => event.startsWith('error'))")
