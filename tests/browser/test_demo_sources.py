"""The sources of the demo page: clips and cameras, and what it says when there is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from demo_page import START_MS, corner_becomes, ends, running
from pages_open import OpenDemo


def test_camera(open_demo: OpenDemo, built_clips: Path) -> None:
    page = open_demo(built_clips / "portrait_480p.y4m")
    running(page)
    expect(page.locator("#camera")).to_be_hidden()
    page.get_by_role("button", name="Webcam").press("Enter")
    expect(page.get_by_role("button", name="Webcam")).to_have_attribute("aria-pressed", "true")
    running(page)
    expect(page.locator("#frame-size")).to_have_text("640×480", timeout=START_MS)
    assert page.get_by_role("combobox", name="Camera").locator("option").count() >= 1
    page.evaluate("raw.srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    page.get_by_role("button", name="Clip").press("Enter")
    expect(page.locator("#frame-size")).to_have_text("1280×720", timeout=START_MS)
    expect(page.locator("#camera")).to_be_hidden()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("NotAllowedError", "not allowed"),
        ("NotFoundError", "No camera"),
        ("NotReadableError", "another program"),
    ],
)
def test_no_camera_keeps_the_clip(open_demo: OpenDemo, fault: str, words: str) -> None:
    page = open_demo()
    page.evaluate(
        f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', '{fault}')); null"
    )
    page.get_by_role("button", name="Webcam").click()
    expect(page.locator("#source-hint")).to_contain_text(words)
    expect(page.get_by_role("button", name="Clip")).to_have_attribute("aria-pressed", "true")
    running(page)


def test_no_camera_while_the_clip_is_still_opening(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    page.get_by_role("button", name="Stop").click()
    page.evaluate(
        """() => {
            const refusal = new DOMException('no', 'NotAllowedError');
            navigator.mediaDevices.getUserMedia = () => Promise.reject(refusal);
            const play = HTMLMediaElement.prototype.play;
            HTMLMediaElement.prototype.play = async function () {
                await new Promise((resolve) => setTimeout(resolve, 1500));
                return play.call(this);
            };
        }"""
    )
    page.locator("#power").click()
    page.get_by_role("button", name="Webcam").click()
    expect(page.locator("#source-hint")).to_contain_text("not allowed")
    running(page)
    expect(page.locator("#source-hint")).to_contain_text("not allowed")


def test_another_source_on_the_same_track(open_demo: OpenDemo, built_clips: Path) -> None:
    page = open_demo(built_clips / "portrait_480p.y4m")
    running(page)
    track = page.evaluate("safe.srcObject.getVideoTracks()[0].id")
    page.get_by_role("radio", name="Colour").press("Space")
    corner_becomes(page, (0x1F, 0x6F, 0x64))
    for name, size in (("Green wall", "1280×720"), ("Webcam", "640×480"), ("Clip", "1280×720")):
        before = page.evaluate_handle("raw.srcObject.getVideoTracks()[0]")
        page.get_by_role("button", name=name, exact=True).press("Enter")
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
        ends(before)
        expect(page.locator("#frame-size")).to_have_text(size, timeout=START_MS)
        running(page)
        corner_becomes(page, (0x1F, 0x6F, 0x64))
        assert page.evaluate("safe.srcObject.getVideoTracks()[0].id") == track, name


def test_a_camera_is_plugged_in(open_demo: OpenDemo, built_clips: Path) -> None:
    page = open_demo(built_clips / "portrait_480p.y4m")
    running(page)
    page.get_by_role("button", name="Webcam").press("Enter")
    options = page.get_by_role("combobox", name="Camera").locator("option")
    expect(options.first).to_be_attached(timeout=START_MS)
    count = options.count()
    page.evaluate(
        """async () => {
            const known = await navigator.mediaDevices.enumerateDevices();
            const another = { kind: 'videoinput', deviceId: 'another', label: 'Another camera' };
            navigator.mediaDevices.enumerateDevices = async () => [...known, another];
            const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async ({ video }) => {
                globalThis.wanted = video.deviceId.exact;
                return open({ video: true });
            };
            navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
        }"""
    )
    expect(options).to_have_count(count + 1)
    page.get_by_role("combobox", name="Camera").select_option("Another camera")
    running(page)
    page.wait_for_timeout(300)
    assert page.evaluate("globalThis.wanted") == "another"


def test_mirror_for_ones_own_eyes_only(open_demo: OpenDemo, built_clips: Path) -> None:
    page = open_demo(built_clips / "portrait_480p.y4m")
    running(page)
    turned = "getComputedStyle(safe).transform"
    assert page.evaluate(turned) == "none"
    page.get_by_role("button", name="Webcam").press("Enter")
    expect(page.get_by_role("checkbox", name="Mirror it")).to_be_visible(timeout=START_MS)
    expect(page.locator("#stage")).to_have_class(re.compile("mirrored"))
    assert page.evaluate(turned).startswith("matrix(-1")
    page.get_by_role("checkbox", name="Mirror it").press("Space")
    assert page.evaluate(turned) == "none"
