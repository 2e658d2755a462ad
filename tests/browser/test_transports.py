"""The two ways for browsers without Chromium's own streams, in Chromium.

Those are hidden (`element`), and in their place is a stand-in for tracks that workers read and make
(`worker-track`, pages/tracks.js). `BLURSTREAM_TRANSPORT=element` runs any other test of this folder that way.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import hidden
import instrumented
from blurstream_build.paths import Paths
from blurstream_build.serve import Server
from faults import Fault, FaultySite, variant
from subject import OpenSubject, Row, Subject, private

TRACKS = Path(__file__).parent / "pages" / "tracks.js"
Opener = Callable[[], Subject]
VEIL = 62
BUSY_MS = 6000  # longer than a track of Chromium's may take nothing
OTHER_CAMERA = """async (look) => {
    const {Source} = await import('/pages/source.mjs');
    const source = new Source();
    await source.show(look);
    subject.before = subject.camera;
    [subject.source, subject.camera] = [source, source.stream];
    await subject.safe.replaceSource(%s, {stopSource: true});
}"""
LIVE_CLONES = "(hiddenNatives.handed ?? []).filter(({readyState}) => readyState === 'live').length"


def with_tracks(paths: Paths) -> dict[str, Fault]:
    """The gate, in a browser in which workers have tracks."""
    return variant(paths.dist, {"gate.mjs": lambda script: TRACKS.read_bytes() + b"\n" + script})


@pytest.fixture(params=["element", "worker-track"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def begun(
    transport: str, site: Server, faulty_site: FaultySite, paths: Paths, open_subject: OpenSubject
) -> Subject:
    """Running."""
    at = site if transport == "element" else faulty_site(with_tracks(paths))
    subject = open_subject(at, f"{transport}.html")
    subject.open()
    subject.run()
    return subject


def shown(subject: Subject, size: tuple[int, int]) -> Row:
    """Waits until the person is shown in that size."""
    newest = subject.until_frames(3)[-1]
    for _ in range(20):
        if (newest.width, newest.height) == size and not newest.flat:
            return newest
        newest = subject.until_frames(3)[-1]
    raise AssertionError((newest, subject.summary()))


def test_it_is_chosen_and_told(begun: Subject, transport: str) -> None:
    report = begun.page.evaluate("() => blurStream.isSupported()")
    assert report == {
        "supported": True, "transport": transport, "simd": True, "hiddenTabSafe": True, "reasons": [],
    }  # fmt: skip
    # Of the streams of Chromium there is none: nothing else than this way can have been gone.
    assert begun.page.evaluate("() => typeof MediaStreamTrackGenerator") == "undefined"


def test_nothing_but_safe_frames(begun: Subject) -> None:
    """From the first frame on, over effects, sizes, silence, mute, other cameras and the end."""
    subject = begun
    first = subject.look()
    assert first[0].flat and abs(first[0].corner - VEIL) < 4, "the first frame is no veil"
    for effect, luma in (
        ("{type: 'color', color: '#206040'}", 79),
        ("{type: 'image', source: '/footage/quadrants.png'}", 81),
        ("{type: 'blur', strength: 'light'}", None),
    ):
        subject.page.evaluate(f"() => subject.safe.update({{effect: {effect}}})")
        corner = subject.until_frames(6)[-1].corner
        assert luma is None or abs(corner - luma) < 8, (effect, corner)
    for size in ((320, 180), (1280, 720), (640, 360)):
        subject.show(size)
        shown(subject, size)
    subject.page.evaluate("() => subject.safe.pause()")
    subject.until_state("concealed")
    subject.page.evaluate("() => subject.safe.resume()")
    subject.until_state("running")
    for on, reason in ((False, "source-disabled"), (True, "")):
        subject.page.evaluate("(on) => { subject.camera.getVideoTracks()[0].enabled = on; }", on)
        subject.until(f"subject.safe.reason === '{reason}'")
    subject.until_frames(5)
    look = {"picture": "portrait", "width": 640, "height": 480, "format": "NV12"}
    for given in ("subject.camera", "() => subject.camera"):
        subject.page.evaluate(OTHER_CAMERA % given, look)
        shown(subject, (640, 480))
        assert subject.page.evaluate("() => subject.before.getVideoTracks()[0].readyState") == "ended"
        assert subject.page.evaluate(f"() => {LIVE_CLONES}") <= 1
    subject.page.evaluate(
        """() => {
            subject.ends = 0;
            subject.safe.getVideoTracks()[0].addEventListener('ended', () => { subject.ends += 1; });
        }"""
    )
    subject.page.evaluate("() => subject.source.track.stop()")
    subject.until("subject.safe.reason === 'source-ended'")
    subject.until("subject.ends === 1")
    subject.watch(0.3)
    private(subject.rows, "everything")
    assert subject.codes("error") == []
    subject.until(f"{LIVE_CLONES} === 0")
    subject.nothing_left()


def test_stop_and_begin_again(begun: Subject) -> None:
    subject = begun
    subject.page.evaluate("() => subject.safe.stop()")
    assert subject.page.evaluate("() => subject.safe.getVideoTracks()[0].readyState") == "ended"
    assert subject.page.evaluate("() => subject.camera.getVideoTracks()[0].readyState") == "live"
    subject.until(f"{LIVE_CLONES} === 0")
    subject.nothing_left()
    subject.run()
    subject.until_frames(5)
    # Whoever stops the track itself has stopped the stream.
    subject.page.evaluate("() => { subject.safe.getVideoTracks()[0].stop(); }")
    subject.until("subject.safe.reason === 'output-ended'")
    private(subject.rows, "twice")
    subject.nothing_left()


def test_a_clone_outlives_its_track(begun: Subject) -> None:
    """As with Chromium's streams: it ends with the stream, not with the track that it was cloned of."""
    subject = begun
    subject.page.evaluate(
        """() => {
            const [track] = subject.safe.getVideoTracks();
            subject.clone = track.clone();
            track.stop();
        }"""
    )
    subject.page.wait_for_timeout(1000)
    assert subject.state == "running" and subject.page.evaluate("() => subject.clone.readyState") == "live"
    subject.page.evaluate("() => subject.safe.stop()")
    subject.until("subject.clone.readyState === 'ended'")


def test_a_busy_page(site: Server, open_subject: OpenSubject) -> None:
    """It draws nothing for a while; then what is shown is the newest, and nothing was taken for an end."""
    subject = open_subject(site, "element.html")
    subject.open()
    subject.run()
    enable = "(on) => { subject.camera.getVideoTracks()[0].enabled = on; }"
    subject.page.evaluate(enable, False)  # the gate writes veils by its own clock now
    subject.until("subject.safe.reason === 'source-disabled'")
    subject.page.evaluate(
        f"() => {{ const end = performance.now() + {BUSY_MS}; while (performance.now() < end); }}"
    )
    subject.page.evaluate(enable, True)
    subject.until_frames(10)
    subject.until_state("running")
    assert "output-hung" not in subject.codes("statechange", "error", "warning")
    private(subject.rows, "busy")


def test_a_gate_that_dies_ends_the_track(
    faulty_site: FaultySite, open_subject: OpenSubject, paths: Paths
) -> None:
    """The canvas is no way out for anything that the gate has not sent: it shows what it showed, and ends."""
    subject = open_subject(faulty_site(instrumented.build(paths)), "element.html")
    subject.open()
    subject.run()
    subject.until_frames(5)
    subject.page.evaluate("() => subject.break('gate', 'throw')")
    subject.until_state("failed")
    assert subject.codes("error") == ["gate-died"]
    assert subject.page.evaluate("() => subject.safe.getVideoTracks()[0].readyState") == "ended"
    subject.watch(0.5)
    private(subject.rows, "gate throw")
    subject.nothing_left()


def test_every_frame_is_closed(faulty_site: FaultySite, open_subject: OpenSubject, paths: Paths) -> None:
    """Those of the workers, which the ledger of trapdoor.js knows, and those of the page."""
    subject = open_subject(faulty_site(instrumented.build(paths)), "element.html")
    subject.page.evaluate(
        """() => {
            subject.held = [];
            globalThis.VideoFrame = new Proxy(VideoFrame, {construct(target, args) {
                const frame = Reflect.construct(target, args);
                subject.held.push(frame);
                return frame;
            }});
            const {get, set} = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
            Object.defineProperty(MessagePort.prototype, 'onmessage', {get, set(hear) {
                set.call(this, (event) => {
                    if (event.data?.frame) subject.held.push(event.data.frame);
                    hear.call(this, event);
                });
            }});
        }"""
    )
    subject.open()
    subject.run()
    for size in ((320, 180), (640, 360), (322, 181)):
        subject.show(size, pixels="NV12")
        subject.page.evaluate("() => subject.source.burst(10)")
        subject.until_frames(20)
    subject.pause()
    subject.page.wait_for_timeout(1500)
    for worker in ("gate", "composer"):
        counted = subject.page.evaluate("(worker) => subject.count(worker)", worker)
        print(worker, counted)
        assert counted["seen"] > 60 and counted["open"] <= (worker == "gate"), counted
    held, still = subject.page.evaluate(
        "() => [subject.held.length, subject.held.filter(({format}) => format !== null).length]"
    )
    assert held > 60 and still == 0, (held, still)


def test_odd_sides_are_cut(site: Server, open_subject: OpenSubject) -> None:
    """Not every browser makes frames of them."""
    subject = open_subject(site, "element.html")
    subject.open((322, 181))
    subject.run()
    shown(subject, (322, 180))


def test_it_goes_on_in_a_hidden_tab(mounts: dict[str, Path], chromium_program: Path) -> None:
    told = hidden.report(mounts, chromium_program, page="hidden-element.html", call=True)
    rows = [Row(**row) for row in told["rows"]]
    print(f"hidden for 4 s: {len(rows)} frames out and received, {told['received']} received in all")
    assert told["state"] == "running" and len(rows) > 20
    assert told["animationFrames"] < 10, "it was not hidden"
    private([Row(**row) for row in told["visible"]["rows"]] + rows, "hidden")
