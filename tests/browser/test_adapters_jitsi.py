"""The stream effect, driven as lib-jitsi-meet drives one: a track at once, safe frames alone on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages_open import OpenAdapter
from subject import WORKERS, Subject, private

MARKED = "portrait_marked_480p.y4m"
OPEN = "navigator.mediaDevices.getUserMedia({video: {width: 640, height: 480}})"
START = f"""async (options) => {{
    globalThis.local = new LocalTrack(await {OPEN});
    globalThis.errors = [];
    globalThis.effect = new BlurStreamEffect({{...options, onError: (error) => errors.push(asData(error))}});
    local.setEffect(effect);
    local.ended = 0;
    local.track.onended = () => {{ local.ended++; }};
    return [local.track.kind, local.track.readyState, cameras.includes(local.track), subject.tapped(),
        local.stream.getTracks().length];
}}"""
LIGHT = {"effect": {"type": "blur", "strength": "light"}}


@pytest.fixture
def subject(open_adapter: OpenAdapter, built_clips: Path) -> Subject:
    return open_adapter("jitsi", built_clips / MARKED)


def test_a_track_at_once(subject: Subject) -> None:
    """In the same breath, before anything is loaded; with no frame until the first veil."""
    assert subject.page.evaluate(START, LIGHT) == ["video", "live", False, 0, 1]
    track = subject.page.evaluate("() => local.track.id")
    subject.until("effect.safe")
    subject.page.evaluate("() => effect.safe.ready")
    subject.until("subject.rowsSince(0).filter(({flat}) => !flat).length > 5")
    private(subject.look(), "Jitsi, from the first frame")
    assert subject.rows[0].flat
    assert subject.page.evaluate("() => effect.safe.getVideoTracks()[0] === local.track")
    assert subject.page.evaluate("() => local.track.id") == track
    assert subject.page.evaluate("() => subject.liveOutputs()") == 1
    subject.page.evaluate("() => local.setEffect(undefined)")
    subject.nothing_left()
    assert subject.page.evaluate("() => [local.track === cameras[0], effect.safe, errors.length]") == [
        True, None, 0,
    ]  # fmt: skip


def test_muted_and_unmuted(subject: Subject) -> None:
    """Quickly, too: what was begun for a track that is gone already leaves nothing."""
    subject.page.evaluate(START, LIGHT)
    for wait_ms in (0, 50, 300):
        subject.page.evaluate(
            f"""async (ms) => {{
                await new Promise((resolve) => setTimeout(resolve, ms));
                local.mute();
                local.unmute(await {OPEN});
            }}""",
            wait_ms,
        )
    subject.until("effect.safe")
    subject.page.evaluate("() => effect.safe.ready")
    private(subject.until_frames(10), "Jitsi, muted and unmuted")
    private(subject.rows, "Jitsi, all")
    subject.until("subject.liveOutputs() === 1")
    subject.until_workers(sorted(WORKERS))
    assert subject.page.evaluate("() => [errors.length, local.track.readyState]") == [0, "live"]
    subject.page.evaluate("() => local.mute()")
    subject.nothing_left()


def test_the_same_effect_started_twice(subject: Subject) -> None:
    subject.page.evaluate(START, LIGHT)
    subject.page.evaluate("() => { local.stream = effect.startEffect(new MediaStream(cameras)); }")
    subject.until("effect.safe")
    subject.page.evaluate("() => effect.safe.ready")
    subject.until("subject.liveOutputs() === 1")
    subject.until_workers(sorted(WORKERS))
    assert subject.page.evaluate("() => effect.safe.getVideoTracks()[0] === local.track")


def test_update_while_it_begins_and_later(subject: Subject) -> None:
    teal = "{effect: {type: 'color', color: '#008080'}}"
    subject.page.evaluate(START, LIGHT)
    subject.page.evaluate(f"() => effect.update({teal})")
    subject.until("effect.safe")
    subject.page.evaluate("() => { subject.safe = effect.safe; return effect.safe.ready; }")
    subject.until_frames(5)
    assert all(abs(a - b) < 20 for a, b in zip(left(subject), (0, 128, 128), strict=True))
    subject.page.evaluate(f"() => effect.update({teal.replace('#008080', '#800000')})")
    subject.until_frames(5)
    assert all(abs(a - b) < 20 for a, b in zip(left(subject), (128, 0, 0), strict=True))
    error = subject.page.evaluate("() => effect.update({effect: {type: 'fog'}}).then(() => null, asData)")
    assert error["name"] == "OptionsError"


def test_an_update_that_fails_while_it_begins(subject: Subject) -> None:
    """Is told where it was asked for; the track goes on as before, and so does the next one."""
    subject.page.evaluate(START, {"effect": {"type": "color", "color": "#008080"}})
    missing = "effect.update({effect: {type: 'image', source: '/missing.png'}})"
    error = subject.page.evaluate(f"() => {missing}.then(() => null, asData)")
    assert error["typed"], error
    for _ in range(2):
        subject.until("effect.safe")
        subject.page.evaluate("() => { subject.safe = effect.safe; return effect.safe.ready; }")
        subject.until_frames(5)
        assert all(abs(a - b) < 20 for a, b in zip(left(subject), (0, 128, 128), strict=True))
        assert subject.page.evaluate("() => [errors.length, local.ended]") == [0, 0]
        subject.page.evaluate(f"async () => {{ local.mute(); local.unmute(await {OPEN}); }}")


def test_an_update_while_jitsi_starts_it_anew(subject: Subject) -> None:
    subject.page.evaluate(START, {"effect": {"type": "none"}})
    subject.page.evaluate(
        f"""async () => {{
            const camera = await {OPEN};
            const updated = effect.update({{effect: {{type: 'color', color: '#008080'}}}});
            await null;
            local.mute();
            local.unmute(camera);
            await updated;
            subject.safe = effect.safe;
            await effect.safe.ready;
        }}"""
    )
    subject.until_frames(5)
    assert all(abs(a - b) < 20 for a, b in zip(left(subject), (0, 128, 128), strict=True))


def left(subject: Subject) -> list[int]:
    """The colour at the left edge, where nobody is."""
    seen: list[int] = subject.page.evaluate("() => subject.seen([[0.03, 0.5]])")[0]
    return seen


def test_what_cannot_begin_ends_its_track(subject: Subject) -> None:
    """With an event that Jitsi hears, and no frame."""
    for spoilt, code in (({"effect": {"type": "fog"}}, "invalid-option"), ({}, None)):
        if code is None:
            subject.page.route("**/assets/manifest.json", lambda route: route.abort())
        subject.page.evaluate(START, spoilt)
        subject.until("local.ended === 1", 10)
        (error,) = subject.page.evaluate("() => errors")
        assert error["typed"] and error["code"] == (code or error["code"])
        assert subject.page.evaluate("() => local.track.readyState") == "ended"
    assert subject.look() == []
    subject.nothing_left()


def test_only_cameras(subject: Subject) -> None:
    told = subject.page.evaluate(
        """() => [['camera', true], ['desktop', true], ['camera', false]].map(([videoType, video]) =>
            new BlurStreamEffect().isEnabled({videoType, isVideoTrack: () => video}))"""
    )
    assert told == [True, False, False]
