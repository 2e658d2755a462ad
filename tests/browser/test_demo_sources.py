"""The sources of the demo page: clips and cameras, and what it says when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from conftest import OpenDemo
from demo_page import START_MS, running


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
