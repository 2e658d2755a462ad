"""What a <video>, a call, a recorder and who reads its frames see of the output's track. See output_track.py.

See also test_frames.py (sizes, turned and cropped frames) and test_lifecycle.py (other cameras).
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from output_track import (
    BLACK,
    BRIGHT,
    KINDS,
    MARKED,
    VIEWS,
    frames,
    heard,
    look_at_tracks,
    take,
    take_own,
    until_views,
)
from subject import Row, Subject, private

RED = {"type": "color", "color": "#ff0000"}
MUTE = """(muted) => {
    Object.defineProperty(output.camera, 'muted', { value: muted, configurable: true });
    output.camera.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
}"""


@pytest.fixture(scope="module")
def warm_camera(built_clips: Path) -> Path:
    return built_clips / MARKED


@pytest.fixture
def subject(warm_subject: Subject) -> Subject:
    return look_at_tracks(warm_subject)


def test_muted_with_its_source(subject: Subject) -> None:
    """So are its clones, with the events, also those made meanwhile; others see a veil, then the person."""
    take(subject, "safe")
    subject.page.evaluate(VIEWS)
    until_views(subject, own=True, clone=True, received=True)
    subject.page.evaluate(
        """() => {
            for (const name of ['track', 'clone']) output.listen(name, output[name]);
            output.heard.length = 0;
        }"""
    )
    muted = "[output.track, output.clone, output.track.clone()].map(({ muted }) => muted)"
    subject.page.evaluate(MUTE, True)
    subject.until_state("concealed", 10)
    assert subject.page.evaluate(f"() => {muted}") == [True, True, True]
    # Of one luma and no colour: neither the red nor the person.
    plain = "Object.values(views).every((view) => { const { brightest, corner } = output.picture(view);"
    subject.until(f"{plain} return corner.every((value) => Math.abs(value - brightest) < {BLACK}); }})", 15)
    subject.page.evaluate(MUTE, False)
    subject.until_state("running", 10)
    assert subject.page.evaluate(f"() => {muted}") == [False, False, False]
    red = "Object.values(views).every((view) => output.picture(view).corner[1] < 80)"
    subject.until(red, 15)
    assert heard(subject) == ["track mute", "clone mute", "track unmute", "clone unmute"]
    private(subject.look(), "muted")


@pytest.mark.parametrize("kind", KINDS)
def test_disabled_is_black(subject: Subject, kind: str) -> None:
    """To all who see this track, and to nobody else: not to its clone, which is disabled by itself."""
    take(subject, kind)
    subject.page.evaluate(VIEWS)
    until_views(subject, own=True, clone=True, received=True)
    subject.page.evaluate("() => { output.track.enabled = false; }")
    until_views(subject, own=False, clone=True, received=False)
    assert len(frames(subject, "output.track", 1000)) > 5, "black goes on"
    assert subject.page.evaluate("() => [output.track.muted, output.clone.enabled]") == [False, True]
    subject.page.evaluate("() => { output.clone.enabled = false; output.track.enabled = true; }")
    until_views(subject, own=True, clone=False, received=True)
    subject.page.evaluate("() => { output.clone.enabled = true; }")
    until_views(subject, own=True, clone=True, received=True)
    assert subject.page.evaluate("() => output.track.readyState") == "live"
    if kind == "safe":
        private(subject.look(), "disabled")
        assert subject.state == "running"


def test_what_the_page_has_disabled_stays_so(subject: Subject) -> None:
    """Whatever becomes of the source: nobody is shown who has switched the video off."""
    take(subject, "safe")
    subject.page.evaluate(VIEWS)
    set_enabled = "([name, enabled]) => { output[name].enabled = enabled; }"
    reason, enabled = "subject.safe.reason", "output.track.enabled"
    for first, second in (("track", "camera"), ("camera", "track")):
        subject.page.evaluate(set_enabled, [first, False])
        subject.page.wait_for_timeout(400)
        subject.page.evaluate(set_enabled, [second, False])
        subject.until(f"!{enabled} && {reason} === 'source-disabled'", 10)
        subject.page.evaluate(set_enabled, ["camera", True])
        subject.until_state("running", 10)
        subject.page.wait_for_timeout(400)
        assert not subject.page.evaluate(f"() => {enabled}")
        until_views(subject, own=False, received=False, clone=True)
        subject.page.evaluate(set_enabled, ["track", True])
        until_views(subject, own=True, received=True)
    # Of the source alone: the track and what is behind it come back by themselves.
    subject.page.evaluate(set_enabled, ["camera", False])
    subject.until(f"!{enabled}", 10)
    subject.page.evaluate(set_enabled, ["camera", True])
    subject.until(enabled, 10)
    until_views(subject, own=True, received=True, clone=True)
    private(subject.look(), "disabled by both")
    assert subject.codes("error") == []


def test_a_clone_made_while_the_source_is_disabled(subject: Subject) -> None:
    """It is what the page has made of the track, and shows the person when the source is back."""
    take(subject, "safe")
    subject.page.evaluate("() => { output.camera.enabled = false; }")
    subject.until("!output.track.enabled", 10)
    subject.page.evaluate(VIEWS)
    assert subject.page.evaluate("() => [output.track.enabled, output.clone.enabled]") == [False, True]
    subject.page.evaluate("() => { output.track.enabled = false; output.off = output.track.clone(); }")
    assert not subject.page.evaluate("() => output.off.enabled")
    subject.page.evaluate("() => { output.camera.enabled = output.track.enabled = true; }")
    subject.until_state("running", 10)
    until_views(subject, own=True, clone=True, received=True)
    assert not subject.page.evaluate("() => output.off.enabled")
    private(subject.look(), "cloned while disabled")


def test_a_frame_is_as_the_cameras(subject: Subject) -> None:
    """Format, sizes, colour space, orientation."""
    take(subject, "safe")
    camera, safe = subject.page.evaluate(
        "async () => [await output.facts(output.camera), await output.facts(output.track)]"
    )
    assert camera["format"] in ("I420", "NV12")
    assert {**safe, "format": camera["format"]} == camera
    assert safe["format"] == "I420"


def test_a_recording(subject: Subject) -> None:
    """Made of the camera it holds the room; of the safe track it does not."""
    take(subject, "safe")
    recordings = subject.page.evaluate(
        """async () => {
            const { track, camera } = output;
            const recordings = await Promise.all([camera, track].map((one) => output.record(one, 1000)));
            return Promise.all(recordings.map(output.play));
        }"""
    )
    raw, safe = [[Row(**row) for row in rows] for rows in recordings]
    assert max(row.whole for row in raw) > 0.4, "the detector sees nothing"
    private(safe, "recorded")
    assert {(row.width, row.height) for row in safe} == {(640, 480)}


def test_who_plays_it_hears_of_another_size(subject: Subject) -> None:
    """A <video> of it, and one at the other end of a call; turned cameras are upright in both."""
    take_own(subject, effect=RED)
    subject.page.evaluate(VIEWS)
    looks: list[tuple[tuple[int, int], dict[str, Any], tuple[int, int]]] = [
        ((320, 180), {}, (320, 180)),
        ((640, 360), {"rotation": 90}, (360, 640)),
        ((640, 360), {"visibleRect": {"x": 160, "y": 20, "width": 320, "height": 300}}, (320, 300)),
    ]
    for size, extra, (width, height) in looks:
        subject.page.evaluate("() => { output.heard.length = 0; }")
        subject.show(size, **extra)
        for name in ("own", "clone", "received"):
            subject.until(f"views.{name}.videoWidth === {width} && views.{name}.videoHeight === {height}", 15)
        # The event comes after the size it tells of.
        subject.until("output.heard.filter((one) => one === 'video resize').length >= 3", 5)
        subject.until(f"output.picture(views.received).brightest > {BRIGHT}", 10)
    private(subject.look(), "sizes")


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_slow_holds_nobody_up(subject: Subject, kind: str) -> None:
    """Another one gets frames all the time; the slow one goes on with a new one, not with old ones."""
    take_own(subject, kind)
    if kind == "camera":
        subject.page.evaluate("() => { subject.tap(output.track); }")
    subject.look()
    late = subject.page.evaluate(
        """async () => {
            const reader = new MediaStreamTrackProcessor({ track: output.track }).readable.getReader();
            const next = async () => {
                const { value } = await reader.read();
                const { timestamp } = value;
                value.close();
                return timestamp;
            };
            await next();
            const before = subject.tapped();
            await output.pause(1500);
            const meanwhile = subject.tapped() - before;
            const written = await subject.source.written();
            // What waits may be one old frame; the one after it is new.
            const stamps = [await next(), await next(), await next()];
            await reader.cancel();
            return { meanwhile, old: stamps.filter((stamp) => stamp < written.at(-15)).length, stamps };
        }"""
    )
    assert late["meanwhile"] > 15
    assert late["old"] <= 1, late
    assert late["stamps"] == sorted(set(late["stamps"]))
    rows = subject.look()
    assert all(before.timestamp < after.timestamp for before, after in pairwise(rows))
    if kind == "safe":
        private(rows, "beside a slow one")


def test_without_anybody_it_goes_on(subject: Subject) -> None:
    """Nobody reads the track: frames are made and closed as ever, and who comes late sees a new one."""
    subject.page.evaluate(
        """async () => {
            const tapped = globalThis.MediaStreamTrackGenerator;
            globalThis.MediaStreamTrackGenerator = subject.RealGenerator;
            await subject.begin();
            globalThis.MediaStreamTrackGenerator = tapped;
            await subject.safe.ready;
            output.use(subject.safe, subject.camera.getVideoTracks()[0]);
        }"""
    )
    subject.until("subject.safe.stats?.composedFrames > 60", 20)
    assert subject.state == "running"
    assert subject.codes("error", "warning") == []
    missed = subject.page.evaluate(
        """async () => {
            const tap = subject.tap(output.track);
            const before = await subject.source.written();
            while (tap.count === 0) await output.pause(5);
            return before.filter((timestamp) => timestamp > tap.rows[0].timestamp).length;
        }"""
    )
    assert missed < 30, "an old frame"
    private(subject.until_frames(5), "looked at late")
