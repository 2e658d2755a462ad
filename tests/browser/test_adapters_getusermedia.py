"""getUserMedia that gives safe streams: by hand, in the browser's place, by a script tag, in twilio-video."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from blurstream_build.serve import Server
from pages_open import OpenAdapter
from subject import WORKERS, OpenSubject, Row, Subject, private

MARKED = "portrait_marked_480p.y4m"
VIDEO = "{video: {width: 640, height: 480}}"
LIGHT = "{effect: {type: 'blur', strength: 'light'}}"
TEAL = (0, 128, 128)


@pytest.fixture
def subject(open_adapter: OpenAdapter, built_clips: Path) -> Subject:
    return open_adapter("getusermedia", built_clips / MARKED)


@pytest.fixture
def unchanged(adapter_site: Server, open_subject: OpenSubject, built_clips: Path) -> Subject:
    """A page with the script tag."""
    opened = open_subject(adapter_site, "takenover.html", built_clips / MARKED)
    opened.until("globalThis.adapterReady")
    return opened


def protect(subject: Subject, options: str = LIGHT) -> None:
    subject.page.evaluate(f"() => {{ globalThis.protection = protectCamera({options}); }}")


def take(subject: Subject, call: str = f"navigator.mediaDevices.getUserMedia({VIDEO})") -> None:
    """Opens the camera as a page does; `stream` and `track` are what it gets."""
    subject.page.evaluate(
        f"""async () => {{
            globalThis.stream = await {call};
            globalThis.track = stream.getVideoTracks()[0];
            subject.safe = stream;
        }}"""
    )


def left(subject: Subject) -> list[int]:
    """The colour at the left edge, where nobody is."""
    seen: list[int] = subject.page.evaluate("() => subject.seen([[0.03, 0.5]])")[0]
    return seen


def near(seen: list[int], wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 20 for a, b in zip(seen, wanted, strict=True))


def until_person(subject: Subject) -> None:
    """Until some frames that nobody has looked at yet are more than a veil."""
    subject.until("subject.rowsSince(0).filter(({flat}) => !flat).length > 5")


def until_dark(subject: Subject) -> None:
    """Until every camera is off: its light is out."""
    subject.until("cameras.every(({readyState}) => readyState === 'ended')", 10)


def test_a_page_gets_a_safe_stream(subject: Subject) -> None:
    protect(subject)
    take(subject)
    assert subject.page.evaluate("() => [stream instanceof MediaStream, cameras.includes(track)]") == [
        True,
        False,
    ]
    subject.page.evaluate("() => stream.ready")
    private(subject.until_frames(10), "getUserMedia, from the first frame")
    subject.page.evaluate("() => protection.update({effect: {type: 'color', color: '#008080'}})")
    subject.until_frames(5)
    assert near(left(subject), TEAL)
    assert subject.page.evaluate(
        "() => [...protection.streams].length === 1 && protection.streams.has(stream)"
    )
    # What comes later is as it was updated.
    take(subject)
    subject.page.evaluate("() => stream.ready")
    subject.until_frames(10)
    assert near(left(subject), TEAL)
    private(subject.rows, "getUserMedia, all")


def test_the_track_answers_as_the_cameras(subject: Subject) -> None:
    protect(subject)
    take(subject)
    same = subject.page.evaluate(
        """async () => {
            const [camera] = cameras;
            const same = (name) => JSON.stringify(track[name]()) === JSON.stringify(camera[name]());
            const {deviceId, groupId} = camera.getSettings();
            const before = track.getSettings();
            await track.applyConstraints({width: 320, height: 240});
            const {width, height} = camera.getSettings();
            return {
                label: track.label === camera.label && track.label !== '',
                device: before.deviceId === deviceId, group: before.groupId === groupId,
                size: [before.width, before.height], applied: [width, height],
                capabilities: same('getCapabilities'), constraints: same('getConstraints'),
                kind: track.kind, track: track instanceof MediaStreamTrack, state: track.readyState};
        }"""
    )
    assert same == {
        "label": True, "device": True, "group": True, "size": [640, 480], "applied": [320, 240],
        "capabilities": True, "constraints": True, "kind": "video", "track": True, "state": "live",
    }  # fmt: skip
    subject.page.evaluate("() => stream.ready")
    subject.until("track.getSettings().width === 320")
    private(subject.until_frames(5), "getUserMedia, another size")


def test_the_light_goes_out_with_the_last_track(subject: Subject) -> None:
    """Clones of the track and of the stream are safe and count, too."""
    protect(subject)
    take(subject)
    subject.page.evaluate("() => stream.ready")
    cloned = subject.page.evaluate(
        """() => {
            globalThis.clones = [track.clone(), stream.clone().getVideoTracks()[0]];
            track.stop();
            const same = clones.every(({label, id}) => label === cameras[0].label && id !== track.id);
            return [same, track.readyState, cameras[0].readyState, stream.state];
        }"""
    )
    assert cloned == [True, "ended", "live", "running"]
    subject.page.evaluate("() => { subject.tap(clones[1]); clones[0].stop(); clones[0].stop(); }")
    private(subject.until_frames(10), "a clone")
    assert subject.page.evaluate("() => cameras[0].readyState") == "live"
    subject.page.evaluate("() => clones[1].stop()")
    until_dark(subject)
    subject.nothing_left()
    assert subject.page.evaluate("() => [protection.streams.size, stream.state]") == [0, "stopped"]


def test_an_unplugged_camera_ends_the_track(subject: Subject) -> None:
    protect(subject)
    take(subject)
    subject.page.evaluate(
        """() => {
            globalThis.ended = 0;
            track.onended = () => { ended++; };
            cameras[0].stop();
        }"""
    )
    subject.until("ended === 1", 10)
    subject.nothing_left()
    assert subject.page.evaluate("() => [protection.streams.size, track.readyState]") == [0, "ended"]


def test_what_is_no_camera_is_left_alone(subject: Subject) -> None:
    """Sound, a screen, devices; and errors of the browser are passed on."""
    protect(subject)
    told = subject.page.evaluate(
        f"""async () => {{
            const devices = navigator.mediaDevices;
            const take = (asked) => devices.getUserMedia(asked).then(() => null, ({{name}}) => name);
            const refused = await take({{}});
            const gone = await take({{video: {{deviceId: {{exact: 'none'}}}}}});
            const sound = await navigator.mediaDevices.getUserMedia({{audio: true}});
            const both = await navigator.mediaDevices.getUserMedia({{...{VIDEO}, audio: true}});
            const known = await devices.enumerateDevices();
            return [refused, gone, sound.constructor === MediaStream, sound.getAudioTracks().length,
                both.getAudioTracks().length, both.getVideoTracks().some((track) => cameras.includes(track)),
                known.some(({{deviceId}}) => deviceId === both.getVideoTracks()[0].getSettings().deviceId),
                MediaDevices.prototype.getDisplayMedia.toString().includes('native code')];
        }}"""
    )
    assert told == ["TypeError", "OverconstrainedError", True, 1, 1, False, True, True]


def test_a_camera_that_cannot_be_made_safe(subject: Subject) -> None:
    """Is off again, and the page gets an error that it knows."""
    subject.page.route("**/assets/manifest.json", lambda route: route.abort())
    protect(subject)
    for options in ("", "protection.restore(); protectCamera({effect: {type: 'fog'}});"):
        error: dict[str, Any] = subject.page.evaluate(
            f"""async () => {{
                {options}
                const taken = navigator.mediaDevices.getUserMedia({{...{VIDEO}, audio: true}});
                return taken.then(() => null, (error) => ({{
                    name: error.name, dom: error instanceof DOMException, message: error.message,
                    typed: error.cause instanceof blurStream.BlurStreamError}}));
            }}"""
        )
        assert (error["name"], error["dom"], error["typed"]) == ("NotReadableError", True, True)
        assert "private" in error["message"]
        until_dark(subject)
    subject.nothing_left()


def test_restore(subject: Subject) -> None:
    before = subject.page.evaluate("() => { globalThis.mine = MediaDevices.prototype.getUserMedia; }")
    assert before is None
    protect(subject)
    error = subject.page.evaluate(
        "() => { try { protectCamera(); } catch (error) { return asData(error); } }"
    )
    assert (error["code"], error["typed"]) == ("camera-protected", True)
    take(subject)
    subject.page.evaluate("() => { protection.restore(); protection.restore(); }")
    assert subject.page.evaluate("() => MediaDevices.prototype.getUserMedia === mine")
    subject.page.evaluate("() => stream.ready")
    private(subject.until_frames(5), "what runs stays safe")
    take(subject)
    assert subject.page.evaluate("() => cameras.includes(track)")
    protect(subject)
    take(subject)
    assert not subject.page.evaluate("() => cameras.includes(track)")


def test_one_that_others_wrap(subject: Subject) -> None:
    """As webrtc-adapter does, on the object itself, before or after; nothing is made safe twice."""
    wrap = """() => {
        const inner = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = (constraints) => inner(constraints);
    }"""
    subject.page.evaluate(wrap)
    protect(subject)
    subject.page.evaluate(wrap)
    for call in (
        f"navigator.mediaDevices.getUserMedia({VIDEO})",
        f"MediaDevices.prototype.getUserMedia.call(navigator.mediaDevices, {VIDEO})",
        f"safeGetUserMedia({LIGHT})({VIDEO})",
    ):
        take(subject, call)
        assert not subject.page.evaluate("() => cameras.includes(track)"), call
        subject.until_workers(sorted(WORKERS))
        subject.page.evaluate("() => { track.stop(); }")
        until_dark(subject)
        subject.until_workers([])


def test_a_script_tag(unchanged: Subject) -> None:
    """The library comes with the first camera."""
    subject = unchanged
    take(subject)
    assert not subject.page.evaluate("() => cameras.includes(track)")
    subject.page.evaluate("() => stream.ready")
    private(subject.until_frames(10), "a script tag")
    assert near(left(subject), TEAL)
    assert subject.page.evaluate("() => blurStreamCamera.streams.has(stream)")
    subject.page.evaluate("() => { track.stop(); }")
    until_dark(subject)
    subject.nothing_left()
    subject.page.evaluate("() => blurStreamCamera.restore()")
    assert subject.page.evaluate(
        "() => MediaDevices.prototype.getUserMedia === natives['modern getUserMedia']"
    )


@pytest.mark.parametrize("name", ["getUserMedia", "webkitGetUserMedia"])
def test_the_old_functions(unchanged: Subject, name: str) -> None:
    subject = unchanged
    if not subject.page.evaluate(f"() => 'legacy {name}' in natives"):
        assert not subject.page.evaluate(f"() => '{name}' in navigator"), "there, and not seen"
        return
    take(subject, f"new Promise((resolve, reject) => navigator.{name}({{video: true}}, resolve, reject))")
    assert not subject.page.evaluate("() => cameras.includes(track)")
    assert subject.page.evaluate("() => cameras.length") == 1
    until_person(subject)
    private(subject.look(), f"navigator.{name}")
    failed = subject.page.evaluate(
        f"""() => new Promise((resolve) => {{
            const asked = {{video: {{mandatory: {{minWidth: 99999}}}}}};
            navigator.{name}(asked, resolve, ({{name}}) => resolve(name));
        }})"""
    )
    assert isinstance(failed, str) and failed.endswith("Error")


def test_a_track_of_twilio_video(subject: Subject) -> None:
    """Its camera is a safe stream, the one it opens for a restart as well; stop() ends the camera."""
    subject.page.evaluate(
        f"""async () => {{
            const getUserMedia = safeGetUserMedia({LIGHT});
            globalThis.local = await twilio.createLocalVideoTrack({{getUserMedia, width: 640, height: 480}});
        }}"""
    )
    until_person(subject)
    private(subject.look(), "twilio-video")
    subject.page.evaluate("() => local.restart({width: 320, height: 240})")
    assert subject.page.evaluate(
        "() => [cameras.length, cameras.includes(local.mediaStreamTrack), cameras[0].readyState]"
    ) == [2, False, "ended"]
    until_person(subject)
    private(subject.look(), "twilio-video, restarted")
    subject.page.evaluate("() => { local.stop(); }")
    until_dark(subject)
    subject.nothing_left()


def test_a_track_that_twilio_video_is_given(subject: Subject) -> None:
    told = subject.page.evaluate(
        f"""async () => {{
            const safe = await blurStream(await navigator.mediaDevices.getUserMedia({VIDEO}), {LIGHT});
            globalThis.local = new twilio.LocalVideoTrack(safe.getVideoTracks()[0], {{name: 'camera'}});
            await safe.ready;
            return [local.mediaStreamTrack === safe.getVideoTracks()[0], local.isEnabled, local.isStopped];
        }}"""
    )
    assert told == [True, True, False]
    private(subject.until_frames(5), "twilio-video, given")
    subject.page.evaluate("() => { local.stop(); }")
    subject.nothing_left()


def test_an_update_while_a_camera_is_opened(subject: Subject) -> None:
    """The stream has it before the page gets it, though update() has no stream to wait for."""
    protect(subject, "{effect: {type: 'none'}}")
    subject.page.evaluate(
        f"""async () => {{
            const opens = navigator.mediaDevices.getUserMedia({VIDEO});
            // Some time after the camera is there, and before its stream is: the files take longer.
            while (cameras.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
            await protection.update({{effect: {{type: 'color', color: '#008080'}}}});
            globalThis.early = protection.streams.size;
            globalThis.stream = subject.safe = await opens;
            subject.given = subject.tap(stream.getVideoTracks()[0]);
        }}"""
    )
    assert subject.page.evaluate("() => early") == 0, "the stream was there: nothing is tested"
    subject.page.evaluate("() => stream.ready")
    subject.until_frames(5)
    assert near(left(subject), TEAL)
    private(
        [Row(**row) for row in subject.page.evaluate("() => subject.given.take()")],
        "from when the page had it",
    )


def test_an_update_that_is_refused_changes_nothing(subject: Subject) -> None:
    protect(subject, "{effect: {type: 'color', color: '#008080'}}")
    take(subject)
    code = subject.page.evaluate(
        "() => protection.update({effect: {type: 'fog'}}).then(() => null, ({code}) => code)"
    )
    assert code == "invalid-option"
    take(subject)
    subject.page.evaluate("() => stream.ready")
    subject.until_frames(5)
    assert near(left(subject), TEAL)


@pytest.mark.parametrize("given", ["other", "() => other"])
def test_the_light_goes_out_after_another_source(subject: Subject, given: str) -> None:
    """The track answers as the new camera's, and stops that one, and the one before."""
    protect(subject)
    take(subject)
    subject.page.evaluate("() => stream.ready")
    told = subject.page.evaluate(
        f"""async () => {{
            protection.restore();
            const wanted = {{video: {{width: 320, height: 240}}}};
            const other = await navigator.mediaDevices.getUserMedia(wanted);
            const refused = await stream.replaceSource(new MediaStream()).then(() => null, asData);
            const before = track.getConstraints();
            await stream.replaceSource({given});
            return [refused.name, before.width, track.getConstraints().width, cameras.length,
                cameras.map(({{readyState}}) => readyState).join()];
        }}"""
    )
    assert told == ["SourceError", 640, 320, 2, "live,live"]
    private(subject.until_frames(5), "another source")
    subject.page.evaluate("() => { track.stop(); }")
    until_dark(subject)
    subject.nothing_left()


def test_a_source_that_comes_too_late_is_switched_off(subject: Subject) -> None:
    protect(subject)
    take(subject)
    subject.page.evaluate("() => stream.ready")
    code = subject.page.evaluate(
        f"""async () => {{
            protection.restore();
            const replaced = stream.replaceSource(async () => {{
                const other = await navigator.mediaDevices.getUserMedia({VIDEO});
                track.stop();
                return other;
            }});
            return replaced.then(() => null, ({{code}}) => code);
        }}"""
    )
    assert code == "stopped"
    assert subject.page.evaluate("() => cameras.length") == 2
    until_dark(subject)
    subject.nothing_left()


def test_what_another_bundle_has_made_is_left_alone(subject: Subject) -> None:
    """Clones of it, too; each bundle knows the mark only."""
    again = """async () => {
        const other = await import('/adapters/getusermedia.mjs?another');
        const native = navigator.mediaDevices.getUserMedia;
        const safe = await native.call(navigator.mediaDevices, {video: true});
        const gives = async (stream) => {
            navigator.mediaDevices.getUserMedia = async () => stream;
            const given = await other.safeGetUserMedia()({video: true});
            delete navigator.mediaDevices.getUserMedia;
            return given === stream;
        };
        const same = other.safeGetUserMedia !== safeGetUserMedia;
        return [same, await gives(safe), await gives(safe.clone()), subject.liveOutputs()];
    }"""
    protect(subject)
    assert subject.page.evaluate(again) == [True, True, True, 1]
