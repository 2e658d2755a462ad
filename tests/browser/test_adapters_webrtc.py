"""A sender that never has the camera's own track, looked at from the other end of a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages_open import OpenAdapter
from subject import WORKERS, Row, Subject, private

MARKED = "portrait_marked_480p.y4m"
OPEN = "navigator.mediaDevices.getUserMedia({video: {width: 640, height: 480}})"
# A sender with the camera's own track; what was put on it is kept.
CALL = f"""async () => {{
    await {OPEN};
    const {{sender, connect}} = await call(cameras[0]);
    Object.assign(globalThis, {{sender, connect, sent: []}});
    const native = RTCRtpSender.prototype.replaceTrack;
    RTCRtpSender.prototype.replaceTrack = function (track) {{
        sent.push(track === null ? 'nothing' : cameras.includes(track) ? 'camera' : track.kind);
        return native.call(this, track);
    }};
}}"""
PROTECT = """async () => {
    const effect = {type: 'blur', strength: 'light'};
    globalThis.protection = await protectSender(sender, {effect});
}"""


@pytest.fixture
def subject(open_adapter: OpenAdapter, built_clips: Path) -> Subject:
    opened = open_adapter("webrtc", built_clips / MARKED)
    opened.page.evaluate(CALL)
    return opened


def received(subject: Subject) -> list[Row]:
    return [Row(**row) for row in subject.page.evaluate("() => received.take()")]


def until_received(subject: Subject, count: int) -> None:
    before = subject.page.evaluate("() => received.count")
    subject.until(f"received.count >= {before + count}")


def sender_has(subject: Subject) -> str | None:
    has: str | None = subject.page.evaluate(
        "() => sender.track && (cameras.includes(sender.track) ? 'camera' : 'safe')"
    )
    return has


def test_protected_before_it_is_connected(subject: Subject) -> None:
    subject.page.evaluate(PROTECT)
    assert sender_has(subject) == "safe"
    subject.page.evaluate("() => connect()")
    subject.page.evaluate("() => protection.safe.ready")
    until_received(subject, 10)
    private(received(subject), "received, from the first frame")
    # Another camera: nothing in between, then that one is safe.
    camera = subject.page.evaluate(f"async () => {{ await {OPEN}; await sender.replaceTrack(cameras[1]); }}")
    assert camera is None and sender_has(subject) == "safe"
    subject.page.evaluate("() => protection.safe.ready")
    until_received(subject, 10)
    subject.until_workers(sorted(WORKERS))
    private(received(subject), "received, another camera")
    private(subject.look(), "all that was generated")
    assert subject.page.evaluate("() => sent") == ["nothing", "video"] * 2


def test_protected_while_the_room_is_sent(subject: Subject) -> None:
    """And back: the detector sees it before and afterwards."""
    subject.page.evaluate("() => connect()")
    subject.until("received.rows.at(-1)?.whole > 0.3")
    subject.page.evaluate(PROTECT)
    subject.page.evaluate("() => protection.safe.ready")
    until_received(subject, 10)  # those on the way when it was replaced
    received(subject)
    until_received(subject, 20)
    private(received(subject), "received, protected")
    subject.page.evaluate("() => protection.update({effect: {type: 'color', color: '#008080'}})")
    assert subject.page.evaluate("() => cameras[0].readyState") == "live"
    subject.page.evaluate("() => protection.restore()")
    subject.until_workers([])
    assert sender_has(subject) == "camera"
    assert not subject.page.evaluate("() => Object.hasOwn(sender, 'replaceTrack')")
    subject.until("received.rows.at(-1)?.whole > 0.3")
    assert subject.page.evaluate("() => sent") == ["nothing", "video", "camera"]


def test_stop(subject: Subject) -> None:
    subject.page.evaluate(PROTECT)
    subject.page.evaluate("() => protection.stop()")
    assert sender_has(subject) is None
    assert subject.page.evaluate("() => [protection.safe, cameras[0].readyState]") == [None, "live"]
    subject.nothing_left()


def test_what_cannot_be_protected_is_not_sent(subject: Subject) -> None:
    subject.page.route("**/assets/manifest.json", lambda route: route.abort())
    error = subject.page.evaluate("() => protectSender(sender).then(() => null, asData)")
    assert error["name"] == "AssetError"
    assert sender_has(subject) is None
    assert "camera" not in subject.page.evaluate("() => sent")
    assert not subject.page.evaluate("() => Object.hasOwn(sender, 'replaceTrack')")
    error = subject.page.evaluate("() => protectSender(sender).then(() => null, asData)")
    assert (error["name"], error["code"]) == ("SourceError", "no-sender-track")
    subject.nothing_left()


def test_another_camera_that_cannot_be_protected_is_not_sent(subject: Subject) -> None:
    subject.page.evaluate(PROTECT)
    subject.page.route("**/assets/manifest.json", lambda route: route.abort())
    error = subject.page.evaluate(
        f"async () => {{ await {OPEN}; return sender.replaceTrack(cameras[1]).then(() => null, asData); }}"
    )
    assert error["name"] == "AssetError"
    assert sender_has(subject) is None
    subject.nothing_left()
    subject.page.unroute("**/assets/manifest.json")
    subject.page.evaluate("() => sender.replaceTrack(cameras[1])")
    assert sender_has(subject) == "safe"
    subject.page.evaluate("() => sender.replaceTrack(null)")
    assert sender_has(subject) is None
    subject.nothing_left()


def test_many_at_once_end_with_the_newest(subject: Subject) -> None:
    subject.page.evaluate(PROTECT)
    subject.page.evaluate(
        f"""async () => {{
            await {OPEN};
            const all = [cameras[1], null, cameras[0], cameras[1]].map((track) => sender.replaceTrack(track));
            await Promise.all(all);
        }}"""
    )
    assert sender_has(subject) == "safe"
    subject.until_workers(sorted(WORKERS))
    subject.until("subject.liveOutputs() === 1")
    assert "camera" not in subject.page.evaluate("() => sent")
    private(subject.until_frames(5), "the newest")


def test_a_screen_is_sent_as_it_is(subject: Subject) -> None:
    """And the track that is sent already; a track of sound is refused by the browser, as without us."""
    subject.page.evaluate(PROTECT)
    sent = subject.page.evaluate(
        """async () => {
            const safe = protection.safe.getVideoTracks()[0];
            await sender.replaceTrack(safe);
            const screen = document.createElement('canvas').captureStream().getVideoTracks()[0];
            screen.getSettings = () => ({displaySurface: 'browser'});
            const audio = new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
            const refused = await sender.replaceTrack(audio).then(() => null, ({name}) => name);
            const still = sender.track === safe;
            await sender.replaceTrack(screen);
            return [refused, still, sender.track === screen, protection.safe];
        }"""
    )
    assert sent == ["TypeError", True, True, None]
    subject.until_workers([])


def test_a_sender_is_protected_once(subject: Subject) -> None:
    """A second call, by another bundle too, changes nothing; after the end it may be protected again."""
    subject.page.evaluate(PROTECT)
    error = subject.page.evaluate("() => protectSender(sender).then(() => null, asData)")
    assert (error["name"], error["code"], error["typed"]) == ("SourceError", "sender-protected", True)
    subject.page.evaluate(f"async () => {{ await {OPEN}; await sender.replaceTrack(cameras[1]); }}")
    assert sender_has(subject) == "safe"
    subject.page.evaluate("() => protection.stop()")
    subject.page.evaluate("() => sender.replaceTrack(cameras[0])")
    assert sender_has(subject) == "camera"
    subject.page.evaluate(PROTECT)
    assert sender_has(subject) == "safe"
    subject.page.evaluate("() => protection.stop()")
    subject.nothing_left()


def test_one_that_others_wrap(subject: Subject) -> None:
    """Before us and after: theirs stays, and what they keep of ours protects until the end, and no longer."""
    wrap = """() => {
        const inner = sender.replaceTrack.bind(sender);
        globalThis.theirs = sender.replaceTrack = (track) => inner(track);
    }"""
    subject.page.evaluate(wrap)
    subject.page.evaluate(PROTECT)
    assert subject.page.evaluate("() => protection.stop().then(() => sender.replaceTrack === theirs)")
    subject.page.evaluate("() => sender.replaceTrack(cameras[0])")
    subject.page.evaluate(PROTECT)
    subject.page.evaluate(wrap)
    subject.page.evaluate("() => sender.replaceTrack(cameras[0])")
    assert sender_has(subject) == "safe"
    assert subject.page.evaluate("() => protection.restore().then(() => sender.replaceTrack === theirs)")
    assert sender_has(subject) == "camera"
    subject.page.evaluate(f"async () => {{ await {OPEN}; await sender.replaceTrack(cameras[1]); }}")
    assert subject.page.evaluate("() => sender.track === cameras[1]")
    subject.nothing_left()


@pytest.mark.parametrize(("end", "has"), [("stop", None), ("restore", "camera")])
def test_nothing_begins_after_the_end(subject: Subject, end: str, has: str | None) -> None:
    """What is being begun is given up; what waits, before or behind, is refused."""
    subject.page.evaluate(PROTECT)
    codes = subject.page.evaluate(
        f"""async () => {{
            await {OPEN};
            const replace = (track) => sender.replaceTrack(track).then(() => null, ({{code}}) => code);
            const begun = replace(cameras[1]);
            await new Promise((resolve) => setTimeout(resolve, 5));
            const waits = replace(cameras[0]);
            const ended = protection.{end}();
            const behind = replace(cameras[0]);
            const codes = await Promise.all([begun, waits, behind]);
            await ended;
            return [...codes, protection.safe, Object.hasOwn(sender, 'replaceTrack')];
        }}"""
    )
    assert codes == ["stopped", "stopped", "stopped", None, False]
    assert sender_has(subject) == has
    if has is not None:
        assert subject.page.evaluate("() => sender.track === cameras[1]"), "not the newest camera"
    subject.nothing_left()


def test_an_update_while_another_camera_begins(subject: Subject) -> None:
    """And a camera that comes during an update: both have what was asked for."""
    subject.page.evaluate(
        "async () => { globalThis.protection = await protectSender(sender, {effect: {type: 'none'}}); }"
    )
    subject.page.evaluate(
        f"""async () => {{
            await {OPEN};
            const color = (color) => protection.update({{effect: {{type: 'color', color}}}});
            await Promise.all([sender.replaceTrack(cameras[1]), color('#800000')]);
            await Promise.all([color('#008080'), sender.replaceTrack(cameras[0])]);
            subject.safe = protection.safe;
            await subject.safe.ready;
        }}"""
    )
    subject.until_frames(5)
    red, green, blue = subject.page.evaluate("() => subject.seen([[0.03, 0.5]])")[0]
    assert red < 20 and abs(green - 128) < 20 and abs(blue - 128) < 20
    error = subject.page.evaluate("() => protection.update({effect: {type: 'fog'}}).then(() => null, asData)")
    assert error["name"] == "OptionsError"
    subject.page.evaluate("() => sender.replaceTrack(cameras[1])")  # as it was before
    assert sender_has(subject) == "safe"
