"""What the output's track says of itself, what it can be told, how it ends. See output_track.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from output_track import KINDS, MARKED, frames, heard, look_at_tracks, take, take_own
from subject import Subject, private


@pytest.fixture(scope="module")
def warm_camera(built_clips: Path) -> Path:
    return built_clips / MARKED


@pytest.fixture
def subject(warm_subject: Subject) -> Subject:
    return look_at_tracks(warm_subject)


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_says_of_itself(subject: Subject, kind: str) -> None:
    take(subject, kind)
    said = subject.page.evaluate(
        """() => {
            const { track, stream, camera } = output;
            const clone = output.clone = track.clone();
            const again = clone.clone();
            again.stop();
            const of = ({ kind, label, enabled, muted, readyState, contentHint }) =>
                [kind, label === camera.label && label !== '', enabled, muted, readyState, contentHint];
            const all = new Set([track, clone, again, camera]);
            return {
                track: of(track), clone: of(clone), is: track instanceof MediaStreamTrack,
                ids: new Set([...all].map(({ id }) => id)).size - all.size,
                found: stream.getTrackById(track.id) === track && stream.getVideoTracks().length === 1,
                active: stream.active,
            };
        }"""
    )
    self = ["video", True, True, False, "live", ""]
    assert said == {
        "track": self, "clone": self, "is": True, "ids": 0, "found": True, "active": True,
    }  # fmt: skip


def test_settings_are_the_cameras_and_the_size_that_is_sent(subject: Subject) -> None:
    """Of clones, too, whoever has made them; of another camera; of slides, which have a size of their own."""
    take(subject, "safe")
    camera, *sent = subject.page.evaluate(
        """() => {
            const { track, stream, camera } = output;
            output.clone = track.clone();
            const [third] = stream.clone().getVideoTracks();
            subject.leaving.push(() => third.stop());
            return [camera, track, output.clone, third, output.clone.clone()].map((one) => one.getSettings());
        }"""
    )
    names = ("deviceId", "groupId", "frameRate", "width", "height", "aspectRatio")
    assert camera["deviceId"] and camera["frameRate"] > 0
    assert (camera["width"], camera["height"]) == (640, 480)
    for settings in sent:
        assert {name: settings[name] for name in names} == {name: camera[name] for name in names}
    subject.page.evaluate(
        """async () => {
            await subject.open({ picture: 'portrait', width: 320, height: 180, format: 'I420' });
            subject.camera.getVideoTracks()[0].getSettings = () => ({ facingMode: 'user', frameRate: 24 });
            await subject.safe.replaceSource(subject.camera);
        }"""
    )
    size = "(({ width, height }) => `${width}x${height}`)(output.track.getSettings())"
    subject.until(f"{size} === '320x180'", 10)
    assert subject.page.evaluate("() => output.track.label === subject.camera.getVideoTracks()[0].label")
    settings = subject.page.evaluate("() => output.track.getSettings()")
    assert (settings["facingMode"], settings["frameRate"]) == ("user", 24)
    assert settings["deviceId"] != camera["deviceId"]
    subject.page.evaluate(
        """async () => {
            const slides = new OffscreenCanvas(960, 540);
            slides.getContext('2d');
            const source = await slides.convertToBlob();
            await subject.safe.update({ effect: { type: 'presenter', source } });
        }"""
    )
    subject.until(f"{size} === '960x540'", 10)


@pytest.mark.parametrize("kind", KINDS)
def test_constraints(subject: Subject, kind: str) -> None:
    """Kept to, on this track alone; an OverconstrainedError where they cannot be, and nothing changes.

    The camera behind a safe track is left as it is.
    """
    take(subject, kind)
    asked = {"width": 320, "height": 240, "frameRate": {"max": 10}}
    applied = subject.page.evaluate(
        """async (asked) => {
            const { track, camera } = output;
            output.clone = track.clone();
            const before = camera.getSettings().width;
            await track.applyConstraints(asked);
            return { before, camera: camera.getSettings().width, constraints: track.getConstraints() };
        }""",
        asked,
    )
    assert applied["constraints"] == asked
    assert applied["before"] == 640 and applied["camera"] == (320 if kind == "camera" else 640)
    size = "[output.track, output.clone].map((one) => one.getSettings().width).join()"
    subject.until(f"{size} === '320,640'", 10)
    small = frames(subject, "output.track", 1500)[1:]
    assert {(frame["width"], frame["height"]) for frame in small} == {(320, 240)}
    assert 3 < len(small) < 20, "at most 10 a second"
    assert subject.page.evaluate("() => output.track.getSettings().frameRate") <= 10
    whole = frames(subject, "output.clone", 500)[1:]
    assert {(frame["width"], frame["height"]) for frame in whole} == {(640, 480)}
    refused = subject.page.evaluate(
        """async () => {
            const { track } = output;
            const error = await track.applyConstraints({ width: { exact: 99_999 } }).catch((error) => error);
            return [error.name, error.constraint, track.getSettings().width, track.getConstraints()];
        }"""
    )
    assert refused == ["OverconstrainedError", "width", 320, asked]
    subject.page.evaluate("() => output.track.applyConstraints({ width: 640, height: 480 })")
    subject.until(f"{size} === '640,640'", 10)
    # The camera's own are for all that comes from it.
    subject.page.evaluate("() => output.camera.applyConstraints({ width: 320, height: 240 })")
    subject.until(f"{size} === '{'320,640' if kind == 'camera' else '320,320'}'", 10)
    if kind == "safe":
        private(subject.look(), "constraints")
        assert subject.state == "running"


def test_content_hint(subject: Subject) -> None:
    """The source's; what the page gives it is kept when the camera changes, and heard by the connection."""
    take_own(subject)
    hints = subject.page.evaluate(
        """async () => {
            const { track } = output;
            const other = async (hint) => {
                const camera = output.camera.clone();
                subject.leaving.push(() => camera.stop());
                camera.contentHint = hint;
                await subject.safe.replaceSource(new MediaStream([camera]));
                return track.contentHint;
            };
            const hints = [await other('motion'), await other('detail'), await other('')];
            track.contentHint = 'text';
            return [...hints, await other('motion'), track.clone().contentHint];
        }"""
    )
    assert hints == ["motion", "detail", "", "text", "text"]
    subject.page.evaluate(
        """async () => {
            globalThis.sent = (await output.receive(output.track)).call;
            globalThis.kindSent = async () => (await sent.sent())?.contentType ?? '';
        }"""
    )
    # Chromium encodes text as it does a screen.
    for hint, wanted in (("text", "screenshare"), ("motion", "")):
        subject.page.evaluate("(hint) => { output.track.contentHint = hint; }", hint)
        for _ in range(100):
            if (kind_sent := subject.page.evaluate("() => kindSent()")) == wanted:
                break
            subject.page.wait_for_timeout(50)
        assert kind_sent == wanted, hint


@pytest.mark.parametrize("kind", KINDS)
def test_the_stream_is_a_stream(subject: Subject, kind: str) -> None:
    """What the page adds and removes is no event. No track can be handed to a worker; trying does no harm."""
    take(subject, kind)
    found = subject.page.evaluate(
        """() => {
            const { track, stream } = output;
            output.listen('stream', stream, ['addtrack', 'removetrack', 'active', 'inactive']);
            stream.removeTrack(track);
            const without = [stream.getTracks().length, stream.active, track.readyState];
            stream.addTrack(track);
            stream.addTrack(track);
            const cloned = stream.clone();
            output.clone = cloned.getVideoTracks()[0];
            const handed = (() => {
                try {
                    structuredClone(track, { transfer: [track] });
                } catch ({ name }) {
                    return name;
                }
            })();
            return { without, tracks: stream.getTracks().length, handed, state: track.readyState,
                other: cloned.id !== stream.id && output.clone.id !== track.id,
                plain: cloned.constructor === MediaStream };
        }"""
    )
    assert found == {
        "without": [0, False, "live"], "tracks": 1, "handed": "DataCloneError", "state": "live",
        "other": True, "plain": True,
    }  # fmt: skip
    subject.page.wait_for_timeout(200)
    assert set(heard(subject)) <= {"stream inactive", "stream active"}
    assert len(frames(subject, "output.clone", 500)) > 2


@pytest.mark.parametrize("kind", KINDS)
def test_stopped_by_the_page(subject: Subject, kind: str) -> None:
    """No event of its own; a clone goes on with the same frames until it is stopped as well."""
    take(subject, kind)
    stopped = subject.page.evaluate(
        """async () => {
            const { track, stream } = output;
            const clone = output.clone = track.clone();
            output.listen('track', track);
            output.listen('clone', clone);
            output.listen('stream', stream, ['active', 'inactive']);
            track.stop();
            track.stop();
            await output.pause(500);
            return [track.readyState, clone.readyState, stream.active, output.heard];
        }"""
    )
    assert stopped == ["ended", "live", False, ["stream inactive"]]
    assert len(frames(subject, "output.clone", 1000)) > 5
    if kind == "safe":
        subject.page.evaluate("() => { subject.tap(output.clone); }")
        subject.look()
        rows = subject.until_frames(10)
        private(rows, "a clone of a stopped track")
        assert not any(row.flat for row in rows), "the clone shows the person"
        assert subject.state == "running", "somebody sees it still"
    subject.page.evaluate("() => output.clone.stop()")
    if kind == "safe":
        subject.until_state("stopped", 10)
        assert subject.page.evaluate("() => [subject.safe.reason, output.camera.readyState]") == [
            "output-ended",
            "live",
        ]
        assert subject.codes("error") == []
    assert heard(subject) == ["stream inactive"]


@pytest.mark.parametrize("kind", ["generated", "safe"])
def test_ended_by_its_source(subject: Subject, kind: str) -> None:
    """As when a camera is unplugged: the event once, on every clone, and no frame afterwards."""
    if kind == "safe":
        take_own(subject)
        end = "output.camera.stop()"
    else:
        subject.page.evaluate(
            """() => {
                const track = new subject.RealGenerator({ kind: 'video' });
                output.use(new MediaStream([track]), track);
            }"""
        )
        end = "output.track.writable.close()"
    subject.page.evaluate(
        f"""() => {{
            const {{ track, stream }} = output;
            output.clone = track.clone();
            output.listen('track', track);
            output.listen('clone', output.clone);
            output.listen('stream', stream, ['inactive']);
            {end};
        }}"""
    )
    subject.until("output.heard.length >= 3", 10)
    subject.page.wait_for_timeout(300)
    assert sorted(heard(subject)) == ["clone ended", "stream inactive", "track ended"]
    assert subject.page.evaluate("() => output.track.readyState + output.clone.readyState") == "endedended"
    if kind == "safe":
        subject.until_state("stopped", 10)
        over = subject.look()
        private(over, "ended")
        subject.page.wait_for_timeout(300)
        assert subject.look() == []


def test_ended_by_stop(subject: Subject) -> None:
    """stop() is the page's own, so the track tells nothing; its clones cannot know, and do."""
    take(subject, "safe")
    assert subject.page.evaluate(
        """async () => {
            const { track, stream } = output;
            output.clone = track.clone();
            subject.tap(output.clone);
            output.listen('track', track);
            output.listen('clone', output.clone);
            await subject.safe.stop();
            await output.pause(300);
            return [track.readyState, output.clone.readyState, stream.active, output.camera.readyState];
        }"""
    ) == ["ended", "ended", False, "live"]
    assert heard(subject) == ["clone ended"]
    private(subject.look(), "until stop()")
    subject.page.wait_for_timeout(300)
    assert subject.look() == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_recorder_stops_with_it(subject: Subject, kind: str) -> None:
    """A recorder has what was recorded when its last track has ended."""
    take(subject, kind)
    subject.page.evaluate(
        """async () => {
            const { track, stream } = output;
            globalThis.recorder = new MediaRecorder(stream);
            output.listen('recorder', recorder, ['dataavailable', 'stop', 'error']);
            recorder.start();
            await output.pause(300);
            track.stop();
        }"""
    )
    subject.until("output.heard.length >= 2", 10)
    assert heard(subject) == ["recorder dataavailable", "recorder stop"]
    assert subject.page.evaluate("() => recorder.state") == "inactive"
