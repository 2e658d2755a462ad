"""The public API, as README documents it, in a page under the strict CSP."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from statistics import mean

from playwright.sync_api import Page

from blurstream_build.serve import Server
from page_log import PageLog
from subject import WORKERS, OpenSubject, Row, Subject, private

STATS = {
    "state", "inputFps", "outputFps", "inputFrames", "composedFrames", "rawFrames", "concealedFrames",
    "veiledFrames", "droppedFrames", "latencyMs", "stageMs", "modelMs", "heapBytes", "frameWidth",
    "frameHeight", "frameFormat", "restarts", "tiles", "modelRuns", "maskReuses", "plateSeals", "quality",
    "cameraNoiseLevels", "suggestedMaxBitrate",
}  # fmt: skip
ERRORS = [
    "AbortError", "AssetError", "BlurStreamError", "ModelError", "OptionsError", "SourceError",
    "UnsupportedError", "WorkerError",
]  # fmt: skip


def test_from_veil_to_person(subject: Subject) -> None:
    """Resolves with a veil on the track, long before the person can be shown; then runs."""
    begun = subject.begin()
    assert begun == {"state": "loading", "active": True, "video": 1, "audio": 0}
    subject.until("subject.tapped() > 0", 5)
    first = subject.look()
    assert all(row.flat for row in first)
    assert subject.page.evaluate("() => subject.safe instanceof MediaStream")
    subject.page.evaluate("() => subject.safe.ready")
    states = [event.state for event in subject.events if event.type == "statechange"]
    assert set(states[: states.index("running")]) <= {"loading"}
    subject.until("subject.safe.stats?.composedFrames > 10")
    private(subject.watch(1), "from veil to person")
    subject.until_state("running")
    assert not subject.until_frames(3)[-1].flat
    assert subject.codes("warning", "error") == []


def test_stats(subject: Subject) -> None:
    assert subject.begin() and subject.page.evaluate("() => subject.safe.stats") is None
    subject.page.evaluate("() => subject.safe.ready")
    subject.watch(2.5)
    stats = subject.stats
    assert set(stats) == STATS
    assert stats["state"] == "running"
    assert 1 < stats["inputFps"] < 60 and 1 < stats["outputFps"] < 60
    assert 0 < stats["latencyMs"]["median"] <= stats["latencyMs"]["p95"] < 5000
    assert {"copy", "prepare", "matte", "plate", "compose", "picture"} <= set(stats["stageMs"])
    assert all(0 <= ms < 5000 for ms in stats["stageMs"].values())
    assert 0 < stats["modelMs"] < 5000
    assert 10e6 < stats["heapBytes"] < 500e6
    assert (stats["frameWidth"], stats["frameHeight"], stats["frameFormat"]) == (640, 360, "I420")
    assert stats["restarts"] == 0 and stats["composedFrames"] > 0 and stats["veiledFrames"] > 0
    shown = stats["composedFrames"] + stats["concealedFrames"] + stats["veiledFrames"]
    # A few are on their way at any moment; veils that keep time while nothing is delivered have no input.
    assert -15 <= stats["inputFrames"] - shown - stats["droppedFrames"] <= 8
    assert 0 <= subject.page.evaluate("() => subject.tapped()") - shown <= 120
    assert subject.page.evaluate("() => subject.statsSeen") >= 2


def test_audio_goes_through(subject: Subject) -> None:
    begun = subject.page.evaluate(
        """async () => {
            const audio = new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
            subject.camera.addTrack(audio);
            await subject.begin();
            const {safe} = subject;
            const same = safe.getAudioTracks()[0] === audio;
            const video = safe.getVideoTracks();
            safe.stop();
            return {same, audio: safe.getAudioTracks().length, video: video.length, after: audio.readyState,
                kind: video[0].kind, notCamera: video[0] !== subject.camera.getVideoTracks()[0]};
        }"""
    )
    assert begun == {
        "same": True, "audio": 1, "video": 1, "after": "live", "kind": "video", "notCamera": True,
    }  # fmt: skip


def test_update_changes_the_picture_on_the_same_track(subject: Subject) -> None:
    """And refuses, as an error of its promise alone, what is no effect."""
    subject.run(effect={"type": "blur", "strength": "light"})
    track = "() => subject.safe.getVideoTracks()[0].id"
    before = subject.page.evaluate(track)
    subject.watch(1)
    light = detail(subject.until_frames(8))
    details = {}
    for strength in (1, "medium", 0.0):
        subject.page.evaluate(
            "(strength) => subject.safe.update({effect: {type: 'blur', strength}})", strength
        )
        subject.until_frames(8)
        details[strength] = detail(subject.until_frames(8))
    print("detail of the background:", light, details)
    assert details[1] < details["medium"] < light < details[0.0]
    assert subject.page.evaluate(track) == before
    assert subject.page.evaluate("() => subject.liveOutputs()") == 1
    private(subject.rows, "updates")
    for argument, option in (
        ("undefined", "changes"),
        ("{}", "changes"),
        ("{strength: 1}", "changes.strength"),
        ("{denoise: 1}", "denoise"),
        ("{effect: {type: 'blur', background: 'raw'}}", "effect.background"),
        ("{effect: {type: 'clear'}}", "effect.type"),
        ("{effect: {type: 'blur', strength: 2}}", "effect.strength"),
    ):
        error = subject.page.evaluate(f"() => subject.safe.update({argument}).catch(asData)")
        assert (error["name"], error["exact"]) == ("OptionsError", True)
        assert error["details"]["option"] == option
    subject.until_frames(3)
    assert subject.state == "running"


def detail(rows: list[Row]) -> float:
    return mean(row.detail for row in rows)


def test_stop(subject: Subject) -> None:
    subject.run()
    assert subject.workers() == sorted(WORKERS)
    subject.page.evaluate("() => { const {safe} = subject; safe.stop(); safe.stop(); safe.stop(); }")
    assert subject.state == "stopped"
    subject.nothing_left()
    assert subject.page.evaluate("() => subject.safe.getVideoTracks()[0].readyState") == "ended"
    assert subject.page.evaluate("() => subject.source.track.readyState") == "live"
    stopped = [event for event in subject.events if event.state == "stopped"]
    assert [event.type for event in stopped] == ["statechange"]
    error = subject.page.evaluate(
        "() => subject.safe.update({effect: {type: 'blur', strength: 1}}).catch(asData)"
    )
    assert (error["name"], error["code"]) == ("AbortError", "stopped")
    assert subject.codes("error") == []


def test_pause_and_resume(subject: Subject) -> None:
    """On the same track: one still picture without the person, then the person again."""
    subject.run()
    subject.until_frames(5)
    for _ in range(2):
        subject.page.evaluate("() => subject.safe.pause()")
        subject.until("subject.safe.reason === 'paused'")
        assert subject.state == "concealed"
        subject.look()
        paused = subject.until_frames(20)
        assert len({row.detail for row in paused}) == 1, "it moves"
        assert not any(row.flat for row in paused)
        subject.page.evaluate("() => subject.safe.resume()")
        subject.until_state("running")
        subject.until_frames(5)
    assert subject.codes("error", "warning") == []
    assert subject.page.evaluate("() => subject.liveOutputs()") == 1
    private(subject.rows, "paused")


def test_stop_with_the_source(subject: Subject) -> None:
    subject.run()
    subject.page.evaluate("() => subject.safe.stop({ stopSource: true })")
    assert subject.page.evaluate("() => subject.source.track.readyState") == "ended"
    subject.nothing_left()
    for call in ("pause", "resume"):
        error = subject.page.evaluate(f"() => subject.safe.{call}().catch(asData)")
        assert (error["name"], error["code"]) == ("AbortError", "stopped")


def test_stop_before_ready_settles_ready(subject: Subject) -> None:
    subject.begin()
    error = subject.page.evaluate("() => { subject.safe.stop(); return subject.safe.ready.catch(asData); }")
    assert (error["name"], error["code"], error["exact"]) == ("AbortError", "stopped", True)
    subject.nothing_left()


def test_ending_the_output_track_stops_everything(subject: Subject) -> None:
    """Some tools stop the tracks they were given, and never hear of stop()."""
    subject.run()
    subject.page.evaluate("() => subject.safe.getVideoTracks()[0].stop()")
    subject.until_state("stopped")
    subject.nothing_left()


def test_ended_source_ends_the_output(subject: Subject) -> None:
    subject.run()
    subject.page.evaluate(
        "() => { subject.ended = 0; subject.safe.getVideoTracks()[0].onended = () => { subject.ended++; }; }"
    )
    subject.page.evaluate("() => subject.source.track.stop()")
    subject.until_state("stopped")
    subject.until("subject.ended === 1", 10)
    assert subject.events[-1].code == "source-ended"
    subject.nothing_left()


def test_abort_after_it_resolved_stops(subject: Subject) -> None:
    ready = subject.page.evaluate(
        """async () => {
            const controller = new AbortController();
            await subject.begin({signal: controller.signal});
            controller.abort();
            return subject.safe.ready.catch(asData);
        }"""
    )
    assert (ready["name"], ready["code"], ready["exact"]) == ("AbortError", "aborted", True)
    assert subject.state == "stopped"
    subject.nothing_left()


def test_progress(subject: Subject, page_log: Callable[[Page], PageLog]) -> None:
    """Told from the first byte to the first frame; that the application's callback throws breaks nothing."""
    told = subject.page.evaluate(
        """async () => {
            const told = [];
            const onProgress = (progress) => { told.push(progress); throw new Error('of the application'); };
            await subject.begin({onProgress});
            await subject.safe.ready;
            return told;
        }"""
    )
    assert all(set(one) == {"phase", "loadedBytes", "totalBytes"} for one in told)
    phases = [one["phase"] for one in told]
    assert list(dict.fromkeys(phases)) == ["download", "start", "ready"]
    assert all(a["loadedBytes"] <= b["loadedBytes"] for a, b in pairwise(told))
    assert told[-1]["loadedBytes"] == told[-1]["totalBytes"] > 10e6
    subject.until_frames(3)
    problems = page_log(subject.page).problems
    assert problems and all("of the application" in problem for problem in problems)
    problems.clear()  # that it is reported as uncaught is right


def test_two_streams_at_once(subject: Subject) -> None:
    subject.page.evaluate(
        """async () => {
            await subject.begin({effect: {type: 'blur', strength: 'light'}});
            subject.other = await subject.blurStream(subject.camera.clone());
            await Promise.all([subject.safe.ready, subject.other.ready]);
        }"""
    )
    assert sorted(subject.workers()) == sorted(WORKERS), "they share one engine"
    assert subject.page.evaluate("() => subject.liveOutputs()") == 2
    private(subject.watch(1.5), "two streams")
    subject.page.evaluate("() => subject.other.stop()")
    subject.until_frames(5)
    assert subject.state == "running"
    assert sorted(subject.workers()) == sorted(WORKERS)
    subject.until("subject.liveOutputs() === 1")
    subject.page.evaluate("() => subject.safe.stop()")
    subject.nothing_left()
    # Nothing of the engine that has ended is used for the next one.
    subject.run()
    subject.page.evaluate("() => subject.safe.stop()")
    subject.nothing_left()


def test_streams_keep_their_own_effects(subject: Subject) -> None:
    """Each its own colour and state, though one engine makes both."""
    red, blue = ({"type": "color", "color": color} for color in ("#ff0000", "#0000ff"))
    subject.run(effect=red)
    subject.page.evaluate(
        """async (effect) => {
            subject.first = subject.safe;
            subject.camera = new MediaStream([subject.camera.getVideoTracks()[0].clone()]);
            await subject.begin({effect});
            await subject.safe.ready;
        }""",
        blue,
    )
    corner = [[0.05, 0.05]]
    assert near(subject.page.evaluate("(at) => subject.seen(at)", corner)[0], (0, 0, 255))
    subject.page.evaluate("() => { subject.safe = subject.first; }")
    assert near(subject.page.evaluate("(at) => subject.seen(at)", corner)[0], (255, 0, 0))
    subject.page.evaluate("() => subject.first.pause()")
    assert subject.page.evaluate("() => subject.first.state") == "concealed"
    assert "running" in subject.page.evaluate("() => subject.events.map(({state}) => state)")


def near(colour: list[int], wanted: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) < 12


def test_module(site: Server, open_subject: OpenSubject) -> None:
    subject = open_subject(site, "module.html")
    subject.until("globalThis.exported")
    assert subject.page.evaluate("() => exported") == {
        "names": sorted(["blurStream", "default", *ERRORS]), "same": True,
    }  # fmt: skip
    subject.open()
    subject.run()
    private(subject.until_frames(5), "module")


def test_what_hangs_on_the_function(subject: Subject) -> None:
    assert subject.page.evaluate("() => typeof blurStream") == "function"
    assert subject.page.evaluate("() => Object.keys(blurStream).sort()") == sorted(
        [*ERRORS, "isSupported", "preload", "version"]
    )
    assert subject.page.evaluate(
        "(names) => names.every((name) => blurStream[name].prototype instanceof Error)", ERRORS
    )
    assert subject.page.evaluate("() => /^\\d+\\.\\d+\\.\\d+/.test(blurStream.version)")


def test_preload_fetches_everything(subject: Subject) -> None:
    told = subject.page.evaluate(
        """async () => {
            const told = [];
            await blurStream.preload({onProgress: (progress) => told.push(progress)});
            return told;
        }"""
    )
    assert told[-1]["phase"] == "ready" and told[-1]["loadedBytes"] == told[-1]["totalBytes"] > 10e6
    subject.nothing_left()


def test_asset_base(site: Server, subject: Subject) -> None:
    """Relative to the page, with or without its last slash, a string or a URL, assets/ or what holds it."""
    for base in ("'/assets'", "'../assets/'", "new URL('/assets/', location)"):
        subject.page.evaluate(f"() => blurStream.preload({{assetBase: {base}}})")
    subject.begin(assetBase="/assets")
    subject.page.evaluate("() => subject.safe.ready")
    for base in ("'/assets'", "'/assets/'", "'/'", "location.origin", "new URL('/', location.href)"):
        report = subject.page.evaluate(f"() => blurStream.isSupported({{assetBase: {base}}})")
        assert report["supported"], base
