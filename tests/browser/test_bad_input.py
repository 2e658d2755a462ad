"""Bad input: each a typed error whose message names the value and the fix, and nothing is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from blurstream_build.serve import Server
from faults import Fault, FaultySite
from subject import OpenSubject

SOURCE, OPTION, ASSET, ABORT = "SourceError", "OptionsError", "AssetError", "AbortError"
STREAM, INVALID, UNKNOWN = "not-a-media-stream", "invalid-option", "unknown-option"
# call -> class, code, what the message holds: the value, then the fix
CASES = {
    "blurStream()": (SOURCE, STREAM, "undefined", "getUserMedia"),
    "blurStream(null)": (SOURCE, STREAM, "null", "getUserMedia"),
    "blurStream({})": (SOURCE, STREAM, "[object Object]", "getUserMedia"),
    "blurStream('camera')": (SOURCE, STREAM, "'camera'", "getUserMedia"),
    "blurStream(camera.getVideoTracks()[0])": (SOURCE, STREAM, "MediaStreamTrack", "pass a MediaStream"),
    "blurStream({getVideoTracks: () => null, getAudioTracks: () => []})": (
        SOURCE, STREAM, "[object Object]", "getUserMedia",
    ),
    "blurStream({getVideoTracks: () => [{readyState: 'live', stop() {}}], getAudioTracks: () => []})": (
        SOURCE, "track-unreadable", "gives no frames", "that the browser made",
    ),
    "blurStream(new MediaStream())": (SOURCE, "no-video-track", "no video track", "{video: true}"),
    "(camera.getTracks()[0].stop(), blurStream(camera))": (
        SOURCE, "source-ended", "has ended", "open the camera again",
    ),
    "blurStream(camera, {assetBase: 'https://example.org/assets/'})": (
        OPTION, "asset-base-origin", "https://example.org/assets/", "workers: 'blob'",
    ),
    "blurStream(camera, {assetBase: '/nowhere/'})": (
        ASSET, "asset-missing", "/nowhere/assets/manifest.json answers 404", "check assetBase",
    ),
    "blurStream(camera, {signal: AbortSignal.abort()})": (ABORT, "aborted", "aborted", "signal"),
    "blurStream.preload({assetBase: '/nowhere/'})": (ASSET, "asset-missing", "404", "check assetBase"),
    "blurStream.preload({effects: 1})": (OPTION, UNKNOWN, "'effects'", "known are"),
    "blurStream.preload({signal: AbortSignal.abort()})": (ABORT, "aborted", "aborted", "signal"),
}  # fmt: skip
# options -> code, what the message holds: the value, then the fix
OPTIONS = {
    "null": (INVALID, "options is null", "pass an object"),
    "'blur'": (INVALID, "options is 'blur'", "pass an object"),
    "[]": (INVALID, "options is []", "pass an object"),
    "{strength: 1}": (UNKNOWN, "'strength'", "known are effect"),
    "{effect: null}": (INVALID, "effect is null", "pass an object"),
    "{effect: 'blur'}": (INVALID, "effect is 'blur'", "pass an object"),
    "{effect: {}}": (INVALID, "effect.type is undefined", "use 'blur', 'color', 'image'"),
    "{effect: {type: 'blurr'}}": (INVALID, "effect.type is 'blurr'", "use 'blur', 'color', 'image'"),
    "{effect: {type: 'none', loud: true}}": (UNKNOWN, "'loud'", "known are type"),
    "{effect: {type: 'video', source: new Image()}}": (
        INVALID,
        "effect.source is",
        "a <video> or a MediaStream",
    ),
    "{effect: {type: 'greenscreen'}}": (INVALID, "effect.background is undefined", "pass an object"),
    "{effect: {type: 'greenscreen', background: {type: 'blur'}}}": (
        INVALID,
        "effect.background.type is 'blur'",
        "use 'color', 'image' or 'video'",
    ),
    "{effect: {type: 'greenscreen', background: {type: 'color', color: 'teal'}}}": (
        INVALID,
        "effect.background.color is 'teal'",
        "'#rrggbb'",
    ),
    "{effect: {type: 'greenscreen', background: {type: 'color', color: '#fff'}, key: 'red'}}": (
        INVALID,
        "effect.key is 'red'",
        "use 'green', 'blue' or a colour",
    ),
    "{effect: {type: 'greenscreen', background: {type: 'color', color: '#fff'}, spill: 2}}": (
        INVALID,
        "effect.spill is 2",
        "from 0 to 1",
    ),
    "{effect: {type: 'presenter', source: '/a.png', size: 0}}": (
        INVALID,
        "effect.size is 0",
        "from 0.1 to 1",
    ),
    "{effect: {type: 'blur', radius: 9}}": (UNKNOWN, "'radius'", "known are type, strength"),
    "{effect: {type: 'color'}}": (INVALID, "effect.color is undefined", "'#rrggbb'"),
    "{effect: {type: 'color', color: 'teal'}}": (INVALID, "effect.color is 'teal'", "'#rrggbb'"),
    "{effect: {type: 'color', color: '#123', strength: 1}}": (UNKNOWN, "'strength'", "known are type, color"),
    "{effect: {type: 'image', source: {}}}": (INVALID, "effect.source is {}", "pass an address"),
    "{effect: {type: 'image', source: 'a.png', fit: 'crop'}}": (INVALID, "effect.fit is 'crop'", "'contain'"),
    "{effect: {type: 'image', source: 'a.png', position: 'left'}}": (INVALID, "is 'left'", "two numbers"),
    "{effect: {type: 'image', source: 'a.png', position: [0, 2]}}": (INVALID, "is [0,2]", "two numbers"),
    "{effect: {type: 'blur', background: 'raw'}}": (INVALID, "background is 'raw'", "'sealed' or 'fresh'"),
    "{effect: {type: 'image', source: 'a.png', position: new Array(2)}}": (
        INVALID,
        "position is [null,null]",
        "two numbers",
    ),
    "{get effect() { throw new RangeError('no'); }}": (INVALID, "options is [object Object]", "can be read"),
    "{effect: (({proxy, revoke}) => (revoke(), proxy))(Proxy.revocable({}, {}))}": (
        INVALID,
        "effect is",
        "can be read",
    ),
    "{denoise: 'yes'}": (INVALID, "denoise is 'yes'", "true or false"),
    "{denoise: null}": (INVALID, "denoise is null", "true or false"),
    "{workers: 'blobs'}": (INVALID, "workers is 'blobs'", "use 'address' or 'blob'"),
    "{assetBase: 7}": (INVALID, "assetBase is 7", "a URL"),
    "{assetBase: ''}": (INVALID, "assetBase is ''", "a URL"),
    "{assetBase: 'http://['}": (INVALID, "assetBase is 'http://['", "the folder"),
    "{signal: 'stop'}": (INVALID, "signal is 'stop'", "AbortController"),
    "{onProgress: 1}": (INVALID, "onProgress is 1", "pass a function"),
}
STRENGTHS = ("'strong'", "-0.1", "1.01", "NaN", "Infinity", "null", "true", "''", "[1]")


def cases() -> Iterator[tuple[str, tuple[str, str, str, str]]]:
    yield from CASES.items()
    for options, (code, value, fix) in OPTIONS.items():
        yield f"blurStream(camera, {options})", (OPTION, code, value, fix)
    for strength in STRENGTHS:
        call = f"blurStream(camera, {{effect: {{type: 'blur', strength: {strength}}}}})"
        yield call, (OPTION, INVALID, f"effect.strength is {strength}", "'private' or a number from 0 to 1")


def test_each_is_refused_and_leaves_nothing(site: Server, open_subject: OpenSubject) -> None:
    subject = open_subject(site)
    for call, (name, code, value, fix) in cases():
        subject.open((160, 90))
        error = subject.fails(call)
        assert (error["name"], error["code"]) == (name, code), f"{call}: {error}"
        assert error["typed"] and error["exact"], f"{call}: not an instance of blurStream.{name}"
        assert value in error["message"], f"{call}: {error['message']} does not name {value}"
        assert fix in error["message"], f"{call}: {error['message']} does not tell of {fix}"
        assert subject.workers() == [], call
        assert subject.page.evaluate("() => subject.liveOutputs()") == 0, call
        if "stop()" not in call:
            assert subject.page.evaluate("() => subject.source.track.readyState") == "live", call
    subject.run()  # a refusal is no burden
    assert subject.state == "running"


def test_abort_while_it_loads(site: Server, open_subject: OpenSubject) -> None:
    """At any moment: while the manifest comes, while the gate comes, and once the gate has begun."""
    subject = open_subject(site)
    subject.open((160, 90))
    for delay_ms in (0, 1, 3, 6, 10, 15, 25, 40):
        outcome = subject.page.evaluate(
            """async (delay) => {
                const controller = new AbortController();
                setTimeout(() => controller.abort(), delay);
                try {
                    const safe = await subject.blurStream(subject.camera, {signal: controller.signal});
                    await safe.ready;
                } catch (error) { return asData(error); }
                return null;
            }""",
            delay_ms,
        )
        assert outcome and (outcome["name"], outcome["code"], outcome["exact"]) == (
            "AbortError",
            "aborted",
            True,
        )
        subject.nothing_left()


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def one_byte(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def one_digit(data: bytes) -> bytes:
    """The manifest with one digit of a hash changed: as good a manifest as before, of another file."""
    at = data.index(b'"sha256": "') + len(b'"sha256": "')
    return data[:at] + (b"1" if data[at : at + 1] == b"0" else b"0") + data[at + 1 :]


@pytest.mark.parametrize(
    ("path", "fault", "code"),
    [
        ("/assets/manifest.json", Fault(HTTPStatus.INTERNAL_SERVER_ERROR), "asset-missing"),
        ("/assets/manifest.json", Fault(change=cut), "asset-corrupt"),
        ("/assets/manifest.json", Fault(change=one_digit), "asset-corrupt"),
        ("/assets/gate.mjs", Fault(HTTPStatus.NOT_FOUND), "asset-missing"),
        ("/assets/gate.mjs", Fault(change=cut), "asset-corrupt"),
        ("/assets/gate.mjs", Fault(change=one_byte), "asset-corrupt"),
    ],
)
def test_assets_that_are_needed_at_once(
    faulty_site: FaultySite,
    open_subject: OpenSubject,
    path: str,
    fault: Fault,
    code: str,
) -> None:
    subject = open_subject(faulty_site({path: fault}))
    subject.open((160, 90))
    error = subject.fails("blurStream(camera)")
    assert (error["name"], error["code"], error["exact"]) == ("AssetError", code, True)
    assert path in error["message"] and path in error["details"]["url"]
    subject.nothing_left()
