"""The demo page as a person uses it: what it shows, the keyboard, its words when something is wrong."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from blurstream_build.paths import Paths
from blurstream_build.serve import Server
from demo_page import BOXES, BRIGHTEST, DETAIL, START_MS, line_at, running, unnamed
from faults import Fault, FaultySite
from pages_open import OpenDemo, OpenPage

DIGIT = re.compile(r"\d")
# As DETAIL, of the whole picture.
DETAIL_OF_ALL = DETAIL.replace("videoWidth / 4", "videoWidth").replace("videoHeight / 2", "videoHeight")
# Keeps the newest self-view.
SELF_VIEW = """() => {
    const stream = document.getElementById('safe').srcObject;
    const selfView = stream.selfView.bind(stream);
    stream.selfView = async (options) => globalThis.view = await selfView(options);
}"""
MODEL = "/assets/segmenter.onnx"


def test_the_clip_runs_by_itself(open_demo: OpenDemo, dist: Path) -> None:
    page = open_demo()
    expect(page.locator("#notice-title")).to_have_text("The track exists already", timeout=START_MS)
    assert page.locator("#safe").evaluate(DETAIL) < 0.05, "the veil has no detail"
    running(page)
    expect(page.locator("#notice")).to_be_hidden()
    raw, sent = (page.locator(name).evaluate(DETAIL) for name in ("#raw", "#safe"))
    assert raw > 2 and sent < raw / 3, (raw, sent)

    for figure in ("fps", "latency", "model", "heap", "frame-size", "dropped", "concealed"):
        expect(page.locator(f"#{figure}")).to_have_text(DIGIT, timeout=START_MS)
    expect(page.locator("#frame-size")).to_have_text("1280×720")
    for stage in ("prepare", "matte", "plate", "compose"):
        expect(page.locator("#stages li", has_text=stage).locator(".value")).to_contain_text("ms")

    files = json.loads((dist / "assets" / "manifest.json").read_bytes())["files"]
    page.locator("#files summary").click()
    expect(page.locator("#file-rows tr")).to_have_count(len(files))
    for name, entry in files.items():
        row = page.locator("#file-rows tr", has=page.get_by_text(name, exact=True))
        expect(row.locator(".hash")).to_have_text(f"{entry['sha256'][:16]}…")


def test_figures_do_not_move_what_is_around_them(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    expect(page.locator("#model")).to_have_text(DIGIT, timeout=START_MS)
    page.wait_for_timeout(1500)
    before, figures = page.evaluate(BOXES), page.locator(".figures").inner_text()
    page.wait_for_timeout(2500)
    assert page.locator(".figures").inner_text() != figures, "the figures stand still"
    assert page.evaluate(BOXES) == before


def test_what_did_not_change_is_told(open_demo: OpenDemo) -> None:
    """How much was written, how often the model ran, what it takes to send; as the stream's stats have it."""
    page = open_demo()
    running(page)
    expect(page.locator("#written")).to_have_text(re.compile(r"^\d+\.\d %$"), timeout=START_MS)
    expect(page.locator("#tiles")).to_have_text("of 3600, a frame")
    expect(page.locator("#model-runs")).to_have_text(re.compile(r"^\d+\.\d$"), timeout=START_MS)
    expect(page.locator("#bitrate")).to_have_text(re.compile(r"[kM]bit/s$"), timeout=START_MS)
    expect(page.locator("#quality-level")).to_have_text(re.compile(r"^level [0-3] of 0 to 3$"))
    expect(page.locator("#quality")).to_have_text(re.compile(r"\w"))


def test_divider_and_view_by_keyboard(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    divider = page.get_by_role("slider", name="Divider")
    divider.focus()
    for key, left in (("Home", 0), ("ArrowRight", 1), ("End", 100), ("ArrowLeft", 99)):
        page.keyboard.press(key)
        expect(divider).to_have_attribute(
            "aria-valuetext", f"{left} % camera, {100 - left} % what others see"
        )
        assert line_at(page) == pytest.approx(left, abs=0.2)
    page.get_by_role("radio", name="Compare").focus()
    page.keyboard.press("ArrowRight")
    expect(divider).to_be_disabled()
    expect(page.locator("#raw")).not_to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(divider).to_be_enabled()
    assert line_at(page) == pytest.approx(99, abs=0.2)


def test_nothing_from_elsewhere(site: Server, open_page: OpenPage) -> None:
    page = open_page(f"{site.url}/demo/demo-icon.svg")
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.context.on("request", note)
    page.goto(f"{site.url}/demo/")
    running(page)
    expect(page.locator("#total-sent")).to_have_text(DIGIT, timeout=START_MS)
    loaded = len(asked)
    page.wait_for_timeout(3000)
    assert any("gate.mjs" in url for url in asked), "the requests were not seen"
    foreign = [url for url in asked if not url.startswith((f"{site.url}/", "blob:"))]
    assert foreign == []
    # A clip that plays in a loop is read again by the browser; nothing else is.
    assert [url for url in asked[loaded:] if not url.endswith("demo.webm")] == []


def test_hide_stop_and_start(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    assert page.locator("#safe").evaluate(BRIGHTEST) > 100
    page.get_by_role("button", name="Hide me").press("Enter")
    expect(page.locator("#chip-word")).to_have_text("Hidden")
    page.wait_for_timeout(500)
    assert page.locator("#safe").evaluate(BRIGHTEST) < 24, "others must see black"
    page.get_by_role("button", name="Show me").press("Enter")
    running(page)

    page.get_by_role("button", name="Stop").press("Enter")
    expect(page.locator("#chip-word")).to_have_text("Stopped")
    assert page.evaluate("[raw.srcObject, safe.srcObject]") == [None, None]
    page.locator("#notice-button").press("Enter")
    expect(page.locator("#power")).to_be_focused()
    running(page)


def test_a_missing_model(
    faulty_site: FaultySite,
    open_page: OpenPage,
) -> None:
    broken = {MODEL: Fault(HTTPStatus.NOT_FOUND)}
    page = open_page(f"{faulty_site(broken).url}/demo/")
    expect(page.locator("#chip-word")).to_have_text("Failed", timeout=START_MS)
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("segmenter.onnx")
    expect(notice).to_contain_text("AssetError · asset-missing")
    expect(notice).to_contain_text("python3 build.py build")
    assert page.locator("#safe").evaluate(DETAIL) < 0.05, "the veil has no detail"
    assert unnamed(page) == []
    page.get_by_role("button", name="Start again").press("Enter")
    expect(page.locator("#events .opened")).to_have_count(2, timeout=START_MS)
    expect(page.locator("#chip-word")).to_have_text("Failed", timeout=START_MS)


def test_an_unsupported_browser(open_demo: OpenDemo) -> None:
    page = open_demo()
    page.add_init_script("delete globalThis.VideoFrame")
    page.reload()
    expect(page.locator("#chip-word")).to_have_text("Not supported")
    expect(page.get_by_role("alert")).to_contain_text("VideoFrame (WebCodecs) is missing")
    expect(page.get_by_role("button", name="Webcam")).to_be_disabled()


def test_less_motion_means_no_start(open_demo: OpenDemo) -> None:
    page = open_demo()
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    expect(page.locator("#chip-word")).to_have_text("Waiting")
    assert page.evaluate("[raw.srcObject, safe.srcObject]") == [None, None]
    page.locator("#notice-button").press("Enter")
    running(page)


def test_a_page_without_the_library(open_page: OpenPage, dist: Path, paths: Paths) -> None:
    with Server({"/demo/": dist / "demo"}) as bare:
        page = open_page(f"{bare.url}/demo/")
        expect(page.get_by_role("alert")).to_contain_text("blurstream.js is not on the server")
        expect(page.get_by_role("alert")).to_contain_text("python3 build.py demo")
    with Server({"/demo/": paths.web / "demo"}) as source:
        page = open_page(f"{source.url}/demo/")
        expect(page.locator("#unbuilt")).to_be_visible()


def test_pause_and_resume(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    shown = page.locator("#safe").evaluate(DETAIL_OF_ALL)
    page.get_by_role("button", name="Pause").press("Enter")
    expect(page.locator("#state-text")).to_contain_text("You have paused", timeout=START_MS)
    expect(page.get_by_role("button", name="Resume")).to_be_focused()
    page.wait_for_timeout(300)
    paused = page.locator("#safe").evaluate(DETAIL_OF_ALL)
    assert paused < shown / 2, "the person is still to be seen"
    page.wait_for_timeout(700)
    assert page.locator("#safe").evaluate(DETAIL_OF_ALL) == pytest.approx(paused, abs=0.02), "it moves"
    page.get_by_role("button", name="Resume").press("Enter")
    running(page)
    page.wait_for_timeout(300)
    assert page.locator("#safe").evaluate(DETAIL_OF_ALL) > paused * 2


def test_self_view(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    page.evaluate(SELF_VIEW)
    page.get_by_role("button", name="Self-view").press("Enter")
    expect(page.get_by_role("button", name="Close view")).to_be_focused(timeout=START_MS)
    assert page.evaluate("view.element.isConnected")
    page.get_by_role("button", name="Close view").press("Enter")
    expect(page.get_by_role("button", name="Self-view")).to_be_visible()
    assert not page.evaluate("view.element.isConnected")
    page.get_by_role("button", name="Self-view").press("Enter")
    expect(page.get_by_role("button", name="Close view")).to_be_visible(timeout=START_MS)
    page.evaluate("view.close()")  # as its own button does
    expect(page.get_by_role("button", name="Self-view")).to_be_visible()
    page.get_by_role("button", name="Self-view").press("Enter")
    expect(page.get_by_role("button", name="Close view")).to_be_visible(timeout=START_MS)
    page.get_by_role("button", name="Stop").press("Enter")
    expect(page.get_by_role("button", name="Self-view")).to_be_disabled()
    assert not page.evaluate("view.element.isConnected")


def test_frames_of_a_hidden_tab_are_counted(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    expect(page.locator("#restarts")).to_have_text("0", timeout=START_MS)
    expect(page.locator("#hidden-frames")).to_have_text("0")
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })")
    expect(page.locator("#hidden-frames")).not_to_have_text("0", timeout=START_MS)
    page.evaluate("delete document.hidden")
    page.wait_for_timeout(1500)
    counted = page.locator("#hidden-frames").inner_text()
    page.wait_for_timeout(2000)
    assert page.locator("#hidden-frames").inner_text() == counted
