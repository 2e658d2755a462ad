"""The call of the demo page: what arrives through two peer connections, and the figures beside it."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from demo_page import CORNER, DETAIL, START_MS, corner_becomes, running
from pages_open import OpenDemo

RATE = re.compile(r"^[\d.]+ [kM]bit/s$")
SENT = re.compile(r"^\S+ \d+×\d+, \d+ fps")
# Every peer connection that the page opens, in their order: near and far end of a loopback in turn.
COUNTED = """() => {
    globalThis.peers = [];
    const Peer = RTCPeerConnection;
    globalThis.RTCPeerConnection = class extends Peer {
        constructor(...given) {
            super(...given);
            peers.push(this);
        }
    };
}"""


def test_others_get_what_is_safe(open_demo: OpenDemo) -> None:
    page = open_demo()
    page.evaluate(COUNTED)
    running(page)
    assert page.evaluate("peers.length") == 0, "a call costs something: it waits until it is wanted"
    page.get_by_role("button", name="Call myself").press("Enter")
    expect(page.locator("#rate-safe")).to_have_text(RATE, timeout=START_MS)
    expect(page.locator("#rate-raw")).to_have_text(RATE, timeout=START_MS)
    for line in ("safe", "raw"):
        expect(page.locator(f"#sent-{line}")).to_have_text(SENT)
        points = page.locator(f"#chart .{line}-line")
        expect(points).to_have_attribute("points", re.compile(r"\d,\d.* \d"), timeout=START_MS)
    difference_fits(page)
    raw, arrived = (page.locator(name).evaluate(DETAIL) for name in ("#raw", "#arrived"))
    assert raw > 2 and arrived < raw / 3, (raw, arrived)
    sent, measured = page.evaluate("[peers[0], peers[2]].map((peer) => peer.getSenders()[0].track.id)")
    assert sent == page.evaluate("safe.srcObject.getVideoTracks()[0].id")
    assert measured == page.evaluate("raw.srcObject.getVideoTracks()[0].id")
    # Nothing shows what arrives of the raw picture.
    shown = page.evaluate("[...document.querySelectorAll('video')].map(({ id }) => id).sort()")
    assert shown == ["arrived", "raw", "safe"]
    assert page.evaluate("arrived.srcObject.getTracks()[0] === peers[1].getReceivers()[0].track")

    page.get_by_role("radio", name="Colour").press("Space")
    corner_becomes(page, (0x1F, 0x6F, 0x64), "#arrived")
    page.get_by_role("button", name="Hang up").press("Enter")
    expect(page.locator("#arrived-none")).to_be_visible()
    assert page.evaluate("peers.every((peer) => peer.connectionState === 'closed')")
    assert page.evaluate("arrived.srcObject") is None
    running(page)


def difference_fits(page: Page) -> None:
    """The share is that of the two rates beside it, and missing only where it would tell nothing."""
    shown = page.evaluate(
        "['rate-safe', 'rate-raw', 'sent-safe', 'sent-raw', 'rate-saved', 'saved-hint']"
        ".map((id) => document.getElementById(id).textContent)"
    )
    safe, raw = (float(text.split()[0]) * (1000 if text.endswith("Mbit/s") else 1) for text in shown[:2])
    fps = [int(found[1]) for text in shown[2:4] if (found := re.search(r"(\d+) fps", text))]
    assert len(fps) == 2
    if shown[4] == "–":
        assert shown[5] == "the frame rates differ"
        assert abs(fps[0] - fps[1]) > 0.15 * fps[1] - 1
    else:
        assert shown[5] == "mean of ten seconds"
        assert float(shown[4].replace("−", "-").rstrip(" %")) == pytest.approx(100 * (safe / raw - 1), abs=3)


def test_the_suggested_bitrate_is_applied(open_demo: OpenDemo) -> None:
    page = open_demo()
    page.evaluate(COUNTED)
    running(page)
    page.evaluate(SUGGEST, 600_000)
    page.get_by_role("button", name="Call myself").click()
    limit_becomes(page, 600_000)
    page.evaluate(SUGGEST, 630_000)
    page.wait_for_timeout(300)
    assert limit(page) == 600_000, "a twentieth is not worth a change"
    page.evaluate(SUGGEST, 900_000)
    limit_becomes(page, 900_000)
    page.get_by_role("checkbox", name="Not above").press("Space")
    limit_becomes(page, 2_500_000)
    page.get_by_role("checkbox", name="Not above").press("Space")
    limit_becomes(page, 900_000)


# Stands in for the stream's own reports, whose figure nobody can choose.
SUGGEST = """(bitsPerSecond) => {
    const stream = document.getElementById('safe').srcObject;
    stream.dispatchEvent = (event) =>
        event.type === 'stats' && !event.made || EventTarget.prototype.dispatchEvent.call(stream, event);
    const stats = { ...stream.stats, suggestedMaxBitrate: bitsPerSecond };
    stream.dispatchEvent(Object.assign(new CustomEvent('stats', { detail: stats }), { made: true }));
}"""


def limit(page: Page) -> Any:
    return page.evaluate("peers[0]?.getSenders()[0].getParameters().encodings[0].maxBitrate")


def limit_becomes(page: Page, wanted: int) -> None:
    end = time.monotonic() + 10
    while limit(page) != wanted:
        assert time.monotonic() < end, f"{limit(page)}, not {wanted}"
        page.wait_for_timeout(50)


def test_without_the_raw_line_and_with_another_codec(open_demo: OpenDemo) -> None:
    page = open_demo()
    page.evaluate(COUNTED)
    running(page)
    page.get_by_role("checkbox", name="Encode the raw picture").press("Space")
    page.get_by_role("combobox", name="Codec").select_option("video/VP9")
    page.get_by_role("button", name="Call myself").click()
    expect(page.locator("#sent-safe")).to_contain_text("VP9", timeout=START_MS)
    assert page.evaluate("peers.length") == 2, "the raw picture is not encoded"
    expect(page.locator("#sent-raw")).to_have_text("not measured")
    page.get_by_role("checkbox", name="Encode the raw picture").press("Space")
    expect(page.locator("#rate-raw")).to_have_text(RATE, timeout=START_MS)
    page.get_by_role("combobox", name="Codec").select_option("video/VP8")
    expect(page.locator("#sent-safe")).to_contain_text("VP8", timeout=START_MS)
    assert page.evaluate("peers.slice(0, 4).every((peer) => peer.connectionState === 'closed')")


def test_the_call_ends_with_the_stream(open_demo: OpenDemo) -> None:
    page = open_demo()
    page.evaluate(COUNTED)
    running(page)
    page.get_by_role("button", name="Call myself").click()
    expect(page.locator("#sent-safe")).to_have_text(SENT, timeout=START_MS)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Call myself")).to_be_disabled()
    assert page.evaluate("peers.every((peer) => peer.connectionState === 'closed')")
    assert page.locator("#arrived").evaluate(CORNER) == [0, 0, 0]


def test_another_source_in_the_same_call(open_demo: OpenDemo) -> None:
    page = open_demo()
    page.evaluate(COUNTED)
    running(page)
    page.get_by_role("button", name="Call myself").click()
    expect(page.locator("#sent-raw")).to_have_text(SENT, timeout=START_MS)
    page.get_by_role("button", name="Green wall").press("Enter")
    expect(page.locator("#use-green")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(1500)
    running(page)
    assert page.evaluate("peers.map((peer) => peer.connectionState)") == ["connected"] * 4
    assert page.evaluate("peers[2].getSenders()[0].track === raw.srcObject.getVideoTracks()[0]"), (
        "the raw line measures a camera that is gone"
    )
    green = page.locator("#arrived").evaluate(CORNER)
    assert green[1] > max(green[0], green[2]) + 20, "what arrives is not the new source, blurred"
