"""The processor in tracks of the real livekit-client, and at the other end of a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages_open import OpenAdapter
from subject import WHOLE_LIMIT, WORKERS, Row, Subject, private

MARKED = "portrait_marked_480p.y4m"
CREATE = """async () => {
    globalThis.processor = new BlurStreamProcessor({effect: {type: 'blur', strength: 'light'}});
    const resolution = {width: 640, height: 480};
    globalThis.track = await livekit.createLocalVideoTrack({resolution, processor});
    subject.watch(processor.safe);
}"""
# What publishing does, without a server.
PUBLISH = """async () => {
    const {sender, connect} = await call(track.mediaStreamTrack);
    track.sender = sender;
    await connect();
}"""


@pytest.fixture
def subject(open_adapter: OpenAdapter, built_clips: Path) -> Subject:
    return open_adapter("livekit", built_clips / MARKED)


def received(subject: Subject) -> list[Row]:
    return [Row(**row) for row in subject.page.evaluate("() => received.take()")]


def test_a_track_with_a_processor(subject: Subject) -> None:
    subject.page.evaluate(CREATE)
    told = subject.page.evaluate(
        """() => {
            const [camera] = cameras;
            const {width, height, deviceId} = track.mediaStreamTrack.getSettings();
            return [track.mediaStreamTrack === processor.processedTrack, width, height,
                deviceId === camera.getSettings().deviceId, track.mediaStreamTrack.label === camera.label];
        }"""
    )
    assert told == [True, 640, 480, True, True]
    subject.page.evaluate("() => processor.safe.ready")
    private(subject.until_frames(10), "LiveKit, from the first frame")
    subject.page.evaluate("() => processor.update({effect: {type: 'color', color: '#008080'}})")
    subject.until_frames(3)
    red, green, blue = subject.page.evaluate("() => subject.seen([[0.03, 0.5]])")[0]
    assert red < 20 and abs(green - 128) < 20 and abs(blue - 128) < 20
    subject.page.evaluate("() => { track.stop(); }")
    subject.nothing_left()
    assert subject.page.evaluate("() => cameras.map(({readyState}) => readyState)") == ["ended"]


def test_muting_and_another_camera_keep_the_processor(subject: Subject) -> None:
    """As LiveKit does it, with a new camera track: the sender has safe ones only."""
    subject.page.evaluate(CREATE)
    subject.page.evaluate(PUBLISH)
    subject.until("received.count > 5")
    for again in range(2):
        subject.page.evaluate("() => track.restartTrack({facingMode: 'user'})")
        assert subject.page.evaluate(
            "() => [track.sender.track === processor.processedTrack, cameras.includes(track.sender.track)]"
        ) == [True, False]
        assert subject.page.evaluate("() => cameras.length") == again + 2
        subject.page.evaluate("() => processor.safe.ready")
        count = subject.page.evaluate("() => received.count")
        subject.until(f"received.count > {count + 10}")
        subject.until_workers(sorted(WORKERS))
    private(received(subject), "LiveKit, at the other end")
    private(subject.look(), "LiveKit, all that was generated")


def test_what_is_asked_for_while_muted_is_there_afterwards(subject: Subject) -> None:
    """LiveKit stops the camera to mute it."""
    subject.page.evaluate(CREATE)
    subject.page.evaluate("() => track.mute()")
    subject.until("processor.safe.state === 'stopped'")
    codes = subject.page.evaluate(
        """async () => {
            const codeOf = (done) => done.then(() => null, ({code}) => code);
            const teal = await codeOf(processor.update({effect: {type: 'color', color: '#008080'}}));
            const fog = await codeOf(processor.update({effect: {type: 'fog'}}));
            await Promise.all([track.unmute(), processor.update({denoise: true})]);
            subject.watch(processor.safe);
            return [teal, fog];
        }"""
    )
    assert codes == [None, "invalid-option"]
    subject.page.evaluate("() => processor.safe.ready")
    private(subject.until_frames(5), "LiveKit, not muted any more")
    red, green, blue = subject.page.evaluate("() => subject.seen([[0.03, 0.5]])")[0]
    assert red < 20 and abs(green - 128) < 20 and abs(blue - 128) < 20


def test_another_camera_that_the_page_has_opened(subject: Subject) -> None:
    """While the one before still runs: the same track goes on."""
    subject.page.evaluate(CREATE)
    subject.page.evaluate(PUBLISH)
    subject.page.evaluate("() => processor.safe.ready")
    same = subject.page.evaluate(
        """async () => {
            const before = track.mediaStreamTrack;
            await navigator.mediaDevices.getUserMedia({video: {width: 320, height: 240}});
            await track.replaceTrack(cameras[1]);
            return [track.mediaStreamTrack === before, track.sender.track === before, before.readyState];
        }"""
    )
    assert same == [True, True, "live"]
    subject.until("track.mediaStreamTrack.getSettings().width === 320")
    subject.until_workers(sorted(WORKERS))
    private([*received(subject), *subject.until_frames(5)], "LiveKit, the page's own camera")


def test_a_camera_that_cannot_be_made_safe_is_not_sent(subject: Subject) -> None:
    subject.page.evaluate(CREATE)
    subject.page.evaluate(PUBLISH)
    subject.until("received.count > 5")
    subject.page.route("**/assets/manifest.json", lambda route: route.abort())
    error = subject.page.evaluate("() => track.restartTrack().then(() => null, asData)")
    assert error["name"] == "AssetError"
    subject.watch(0.5)
    assert not subject.page.evaluate(
        "() => cameras.some((camera) => camera === track.sender.track || camera === track.mediaStreamTrack)"
    )
    error = subject.page.evaluate(
        "() => livekit.createLocalVideoTrack({processor: new BlurStreamProcessor()}).then(() => null, asData)"
    )
    assert error["name"] == "AssetError"
    private([*received(subject), *subject.rows], "LiveKit, failed")


def test_stop_processor_sends_the_camera(subject: Subject) -> None:
    """It is what LiveKit says it does; the test would see it if it were sent before."""
    subject.page.evaluate(CREATE)
    subject.page.evaluate(PUBLISH)
    subject.until("received.count > 5")
    private(received(subject), "LiveKit, before")
    subject.page.evaluate("() => track.stopProcessor()")
    subject.until_workers([])
    assert subject.page.evaluate("() => track.sender.track === cameras[0]")
    subject.until("received.rows.at(-1)?.whole > 0.3")
    assert received(subject)[-1].whole > WHOLE_LIMIT
