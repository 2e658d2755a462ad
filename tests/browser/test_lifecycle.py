"""One output track through a whole call: other cameras, mute, disable; changes settle when they are seen."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from subject import Row, Subject, private

RED, GREEN = {"type": "color", "color": "#ff0000"}, {"type": "color", "color": "#00ff00"}
LUMA = {"red": 82, "green": 145}  # of these colours, BT.601 as the source's
CORNER = [[0.03, 0.03]]
# Another camera, with a picture and a size of its own; the source before is kept as subject.older.
OTHER_CAMERA = """async (look) => {
    const [{ Source }, older] = [await import('/pages/source.mjs'), subject.source];
    Object.assign(subject, { older, source: new Source() });
    await subject.source.show(look);
    subject.camera = subject.source.stream;
}"""
REPLACE = "(options) => subject.safe.replaceSource(subject.camera, options).then(() => null, asData)"


@pytest.fixture
def subject(warm_subject: Subject) -> Subject:
    """A stream that runs."""
    warm_subject.run()
    return warm_subject


def seen(subject: Subject) -> list[int]:
    colour: list[int] = subject.page.evaluate("(at) => subject.seen(at)", CORNER)[0]
    return colour


def other_camera(subject: Subject, size: tuple[int, int], picture: str = "portrait", **more: object) -> None:
    """`more`: what the page's source knows besides, such as offsetUs and extra."""
    look: dict[str, Any] = {"picture": picture, "width": size[0], "height": size[1], "format": "NV12"}
    subject.page.evaluate(OTHER_CAMERA, {**look, **more})


def replace(subject: Subject, **options: object) -> dict[str, Any] | None:
    error: dict[str, Any] | None = subject.page.evaluate(REPLACE, options)
    return error


def in_order(rows: list[Row]) -> None:
    for before, after in pairwise(rows):
        assert before.timestamp < after.timestamp, (before, after)


def test_update_settles_at_the_first_frame_of_the_new_effect(subject: Subject) -> None:
    """The old colour, then the new one, and never the old one again; after it has settled at most the frame
    that the tap had not read yet.
    """
    subject.page.evaluate("(effect) => subject.safe.update({effect})", RED)
    subject.until_frames(3)
    for effect, luma in [(GREEN, LUMA["green"]), (RED, LUMA["red"])] * 5:
        subject.look()
        settled_ms = subject.page.evaluate(
            "(effect) => subject.safe.update({effect}).then(() => performance.now())", effect
        )
        rows = subject.until_frames(4)
        new = [abs(row.corner - luma) < 6 for row in rows]
        assert new[-1] and new == sorted(new), [(row.atMs, row.corner) for row in rows]
        late = [row for row, is_new in zip(rows, new, strict=True) if not is_new and row.atMs > settled_ms]
        assert len(late) <= 1, (settled_ms, [(row.atMs, row.corner) for row in rows])


def test_another_camera_on_the_same_track(subject: Subject) -> None:
    """Sizes, formats and rotation change; the track, the workers and the order of time do not."""
    subject.page.evaluate("() => { subject.track = subject.safe.getVideoTracks()[0]; }")
    workers = subject.workers()
    for size, extra in [((640, 480), {}), ((320, 180), {"rotation": 90}), ((1280, 720), {})]:
        other_camera(subject, size, extra=extra)
        assert replace(subject, stopSource=True) is None
        last = subject.until_frames(3)[-1]
        assert (last.width, last.height, last.look["rotation"]) == (*size, extra.get("rotation", 0))
        assert subject.page.evaluate("() => subject.older.track.readyState") == "ended"
        assert subject.state == "running"
        assert subject.page.evaluate("() => subject.safe.getVideoTracks()[0] === subject.track")
        assert subject.page.evaluate("() => subject.track.readyState") == "live"
    assert subject.workers() == workers
    subject.watch(0.5)
    private(subject.rows, "other cameras")
    in_order(subject.rows)
    assert not any(row.flat for row in subject.rows[-10:])
    assert subject.codes("error") == []


def test_a_camera_that_counts_from_elsewhere(subject: Subject) -> None:
    """The output's time goes on where it was, at the pace of the clock, and the frames are not dropped."""
    for offset_us in (3_600_000_000, 0, 5_000_000):
        other_camera(subject, (640, 360), offsetUs=offset_us)
        assert replace(subject) is None
        subject.until_frames(10)
    in_order(subject.rows)
    assert max(b.timestamp - a.timestamp for a, b in pairwise(subject.rows)) < 60_000_000
    assert subject.page.evaluate("() => subject.older.track.readyState") == "live", "it is the app's"


def test_a_camera_that_can_only_be_opened_when_the_other_is_closed(subject: Subject) -> None:
    """As on phones: the picture is veiled, the old camera's light goes out, then the new one is opened."""
    assert subject.page.evaluate(
        """async () => {
            const [older] = subject.camera.getVideoTracks();
            const states = [];
            await subject.safe.replaceSource(async () => {
                states.push(older.readyState, subject.safe.state, subject.safe.reason);
                await subject.open({picture: 'portrait', width: 320, height: 180, format: 'I420'});
                return subject.camera;
            }, {stopSource: true});
            return [...states, subject.safe.getVideoTracks()[0].readyState, subject.safe.state];
        }"""
    ) == ["ended", "concealed", "source-changing", "live", "running"]
    assert subject.until_frames(2)[-1].width == 320
    # If there is none it stays veiled, until there is.
    error = subject.page.evaluate(
        """() => subject.safe.replaceSource(() => { throw new DOMException('no camera', 'NotFoundError'); })
            .catch(({ name }) => name)"""
    )
    assert error == "NotFoundError"
    subject.look()
    assert all(row.flat for row in subject.until_frames(3)[-2:])
    assert replace(subject) is None
    subject.until_state("running")
    private(subject.rows, "opened afterwards")
    in_order(subject.rows)


def test_nothing_of_the_camera_before_is_shown(subject: Subject) -> None:
    """The marked room of the first camera, then one whose room is empty: no mark, from its first frame on."""
    subject.page.evaluate("() => subject.safe.update({effect: {type: 'blur', strength: 'light'}})")
    other_camera(subject, (640, 360), "room")
    subject.look()
    assert replace(subject) is None
    subject.watch(1)
    subject.until_state("concealed")
    assert subject.page.evaluate("() => subject.safe.reason") == "no-person"
    private(subject.rows, "another room")


def test_sound_comes_along_with_the_camera(subject: Subject) -> None:
    sounds = """() => subject.safe.getAudioTracks().map(({ id }) => id)"""
    subject.page.evaluate(
        """async () => {
            const sound = () => new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
            subject.sounds = [sound(), sound()];
            const video = subject.camera.getVideoTracks()[0];
            for (const track of subject.sounds) {
                await subject.safe.replaceSource(new MediaStream([video.clone(), track]));
            }
            await subject.safe.replaceSource(new MediaStream([video.clone()]));
        }"""
    )
    assert subject.page.evaluate(sounds) == subject.page.evaluate("() => [subject.sounds[1].id]")


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        ("null", "not-a-media-stream"),
        ("new MediaStream()", "no-video-track"),
        ("(() => { const one = camera.clone(); one.getTracks()[0].stop(); return one; })()", "source-ended"),
    ],
)
def test_a_source_that_is_none(subject: Subject, stream: str, code: str) -> None:
    """A typed error, and the camera before goes on."""
    error = subject.page.evaluate(
        f"""() => {{
            const {{ camera }} = subject;
            return subject.safe.replaceSource({stream}).catch(asData);
        }}"""
    )
    assert (error["name"], error["code"], error["exact"]) == ("SourceError", code, True)
    subject.until_frames(5)
    assert subject.state == "running"


def test_of_two_cameras_the_newer_one_counts(subject: Subject) -> None:
    result = subject.page.evaluate(
        """async () => {
            const [first, second] = [subject.camera.clone(), subject.camera.clone()];
            const older = subject.safe.replaceSource(first).catch(asData);
            const newer = subject.safe.replaceSource(second);
            const ended = new Promise((resolve) => first.getTracks()[0].addEventListener('ended', resolve));
            await newer;
            first.getTracks()[0].stop();  // not the source any more: its end is not the stream's
            return (await older)?.code ?? 'settled';
        }"""
    )
    assert result in ("superseded", "settled")  # the first may have been quick
    subject.until_frames(5)
    assert subject.state == "running"


MUTE = """(muted) => {
    const [track] = subject.camera.getVideoTracks();
    Object.defineProperty(track, 'muted', { value: muted, configurable: true });
    track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
}"""


def test_a_muted_source_mutes_the_output(subject: Subject) -> None:
    """With the events. No face stands still on screen: a veil moves on in its place."""
    subject.page.evaluate(
        """() => {
            const [track] = subject.safe.getVideoTracks();
            subject.heard = [];
            for (const type of ['mute', 'unmute']) {
                track.addEventListener(type, () => subject.heard.push([type, track.muted]));
            }
        }"""
    )
    subject.pause()
    subject.page.evaluate(MUTE, True)
    subject.until_state("concealed")
    assert subject.page.evaluate("() => subject.safe.reason") == "source-muted"
    subject.look()
    rows = subject.until_frames(3)
    assert all(row.flat for row in rows)
    # What is asked for meanwhile is not waited for.
    subject.page.evaluate("(effect) => subject.safe.update({effect})", RED)
    subject.show()
    subject.page.evaluate(MUTE, False)
    subject.until_state("running")
    assert subject.page.evaluate("() => subject.heard") == [["mute", True], ["unmute", False]]
    assert seen(subject)[0] > 240
    subject.look()
    in_order(subject.rows)
    private(subject.rows, "mute")


def test_a_disabled_source_disables_the_output(subject: Subject) -> None:
    """And only what changes is mirrored: an output that the page has disabled stays so."""
    output = "subject.safe.getVideoTracks()[0]"
    subject.page.evaluate("() => { subject.camera.getVideoTracks()[0].enabled = false; }")
    subject.until(f"!{output}.enabled")
    subject.until_state("concealed")
    assert subject.page.evaluate("() => subject.safe.reason") == "source-disabled"
    subject.look()
    assert all(row.flat for row in subject.until_frames(3)[-2:])
    subject.page.evaluate("() => { subject.camera.getVideoTracks()[0].enabled = true; }")
    subject.until(f"{output}.enabled")
    subject.until_state("running")
    subject.page.evaluate(f"() => {{ {output}.enabled = false; }}")
    subject.page.wait_for_timeout(600)
    assert not subject.page.evaluate(f"() => {output}.enabled")
    private(subject.rows, "disabled")


def test_stop_settles_when_nothing_is_left(cold_subject: Subject) -> None:
    """And is the same however often it is called, and by whatever name."""
    subject = cold_subject
    subject.run()
    subject.page.evaluate(
        """async () => {
            await Promise.all([subject.safe.stop(), subject.safe.stop()]);
            await subject.safe[Symbol.asyncDispose]();
        }"""
    )
    subject.nothing_left()
    assert subject.state == "stopped"
    assert subject.page.evaluate("() => subject.camera.getVideoTracks()[0].readyState") == "live"
    assert replace(subject) == {
        "name": "AbortError",
        "code": "stopped",
        "message": "The stream is over: it cannot be changed any more",
        "details": {},
        "typed": True,
        "exact": True,
    }


def test_switching_leaves_no_gap(subject: Subject) -> None:
    """Every effect there is without a picture, in turn: frames go on, and each is safe."""
    effects = [RED, {"type": "blur", "strength": "light"}, GREEN, {"type": "blur", "background": "fresh"}]
    subject.look()
    start = len(subject.rows)
    for effect in effects * 3:
        subject.page.evaluate("(effect) => subject.safe.update({effect})", effect)
    rows = subject.rows[start:] + subject.watch(0.3)
    gaps = sorted(after.atMs - before.atMs for before, after in pairwise(rows))
    print(f"longest gap between frames {gaps[-1]:.0f} ms of {len(rows)} frames")
    assert not any(row.flat for row in rows), "a veil while switching"
    private(rows, "switching")


def test_the_microphone_goes_on_with_another_camera(subject: Subject) -> None:
    """Of a camera alone there is no sound to take: the one before goes on until stop({stopSource})."""
    states = subject.page.evaluate(
        """async () => {
            const [sound] = new AudioContext().createMediaStreamDestination().stream.getAudioTracks();
            const [video] = subject.camera.getVideoTracks();
            const both = new MediaStream([video.clone(), sound]);
            await subject.safe.replaceSource(both);
            await subject.safe.replaceSource(new MediaStream([video.clone()]), {stopSource: true});
            const states = [both.getVideoTracks()[0].readyState, sound.readyState];
            await subject.safe.replaceSource(() => new MediaStream([video.clone()]), {stopSource: true});
            states.push(sound.readyState, subject.safe.getAudioTracks()[0] === sound);
            await subject.safe.stop({stopSource: true});
            return [...states, sound.readyState];
        }"""
    )
    assert states == ["ended", "live", "live", True, "ended"]


def test_switching_there_and_back_at_once(subject: Subject) -> None:
    """The camera that is shown in the end is not stopped by the call that it overtook."""
    subject.page.evaluate(
        """async () => {
            const [there, back] = [subject.camera.clone(), subject.camera];
            const first = subject.safe.replaceSource(there, {stopSource: true}).catch(() => undefined);
            await subject.safe.replaceSource(back, {stopSource: true});
            await first;
            subject.there = there;
        }"""
    )
    subject.until_frames(5)
    assert subject.state == "running"
    assert subject.page.evaluate("() => subject.camera.getVideoTracks()[0].readyState") == "live"
    assert subject.page.evaluate("() => subject.there.getVideoTracks()[0].readyState") == "ended"


@pytest.mark.parametrize("end", ["subject.safe.stop()", "subject.safe.replaceSource(subject.camera)"])
def test_a_camera_that_is_opened_too_late_is_closed(subject: Subject, end: str) -> None:
    code, state = subject.page.evaluate(
        f"""async () => {{
            let open;
            const late = subject.camera.clone();
            const opening = new Promise((resolve) => {{ open = resolve; }});
            let called = false;
            const replacing = subject.safe.replaceSource(() => {{ called = true; return opening; }});
            while (!called) await new Promise((resolve) => setTimeout(resolve, 10));
            await {end};
            open(late);
            const error = await replacing.catch((error) => error);
            return [error.code, late.getVideoTracks()[0].readyState];
        }}"""
    )
    assert code in ("stopped", "superseded") and state == "ended"


def test_stop_from_within_an_event(cold_subject: Subject) -> None:
    subject = cold_subject
    subject.run()
    subject.page.evaluate(
        """() => {
            subject.heard = 0;
            subject.safe.addEventListener('statechange', () => {
                subject.heard += 1;
                void subject.safe.stop();
            });
            return subject.safe.stop();
        }"""
    )
    assert subject.page.evaluate("() => subject.heard") == 1
    subject.nothing_left()


def test_a_pause_without_a_frame_conceals(subject: Subject) -> None:
    """A source may stand still without being muted, as a screen does: nobody must stay on screen."""
    subject.pause()
    subject.page.evaluate("() => subject.safe.pause()")
    assert (subject.state, subject.page.evaluate("() => subject.safe.reason")) == ("concealed", "paused")
    subject.show()
    subject.page.evaluate("() => subject.safe.resume()")
    subject.until_state("running")


def test_from_raw_without_a_frame_is_a_veil(subject: Subject) -> None:
    subject.page.evaluate("() => subject.safe.update({effect: {type: 'none'}})")
    assert subject.state == "raw"
    subject.pause()
    subject.page.evaluate("(effect) => subject.safe.update({effect})", RED)
    assert subject.state == "concealed"
    subject.until("subject.rows().at(-1)?.flat")
