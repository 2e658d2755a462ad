"""The demo page as a person uses it: what it shows, the keyboard, its words when something is wrong."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Request, expect

from blurstream_build.paths import Paths
from blurstream_build.serve import Server
from conftest import OpenPage
from demo_page import BOXES, BRIGHTEST, CORNER, DETAIL, FAINT, FOCUS, START_MS, line_at, running, unnamed
from faults import Fault
from page_log import PageLog

OpenDemo = Callable[[], Page]
WIDTHS = (320, 390, 820, 1360)
DIGIT = re.compile(r"\d")
MODEL = "/assets/selfie_landscape.onnx"


@pytest.fixture
def open_demo(site: Server, open_page: OpenPage, page_log: Callable[[Page], PageLog]) -> Iterator[OpenDemo]:
    """The page, opened as far as its script; afterwards its console must hold no error."""
    pages = []

    def open_one() -> Page:
        page = open_page(f"{site.url}/demo/")
        pages.append(page)
        return page

    yield open_one
    errors = [line for page in pages for line in page_log(page).lines if line.startswith("error")]
    assert not errors, errors


def test_the_clip_runs_by_itself(open_demo: OpenDemo, dist: Path) -> None:
    page = open_demo()
    expect(page.locator("#notice-title")).to_have_text("The track exists already", timeout=START_MS)
    assert page.locator("#safe").evaluate(DETAIL) < 0.05, "the veil has no detail"
    running(page)
    expect(page.locator("#notice")).to_be_hidden()
    raw, sent = (page.locator(name).evaluate(DETAIL) for name in ("#raw", "#safe"))
    assert raw > 2 and sent < raw / 3, (raw, sent)

    for figure in ("fps", "latency", "model", "heap", "size", "dropped", "concealed"):
        expect(page.locator(f"#{figure}")).to_have_text(DIGIT, timeout=START_MS)
    expect(page.locator("#size")).to_have_text("1280×720")
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


def test_strength_by_keyboard(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    page.wait_for_timeout(1000)
    private = page.locator("#safe").evaluate(DETAIL)
    page.get_by_role("radio", name="Private").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="Medium")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="Light")).to_be_checked()
    expect(page.locator("#code-effect")).to_have_text("type: 'blur', strength: 'light'")
    expect(page.locator("#state-text")).to_contain_text("out of focus")
    page.wait_for_timeout(1000)
    light = page.locator("#safe").evaluate(DETAIL)
    assert light > private * 1.5, (light, private)

    slider = page.get_by_role("slider", name="Fine")
    assert slider.input_value() == "0.12"
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator("#strength-value")).to_have_text("1.00")
    expect(page.get_by_role("radio", name="Light")).not_to_be_checked()
    expect(page.locator("#code-effect")).to_have_text("type: 'blur', strength: 1.00")
    page.wait_for_timeout(1000)
    assert page.locator("#safe").evaluate(DETAIL) < light
    running(page)
    assert "rejected" not in page.locator("#events").inner_text()


def test_background_and_denoise_by_keyboard(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    page.evaluate(
        """() => {
            const stream = document.getElementById('safe').srcObject;
            const update = stream.update.bind(stream);
            globalThis.asked = [];
            stream.update = (changes) => { asked.push(changes); return update(changes); };
        }"""
    )
    page.get_by_role("radio", name="Sealed").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Fresh")).to_be_checked()
    expect(page.locator("#background-hint")).to_contain_text("Every frame has its own")
    page.wait_for_timeout(1000)
    page.get_by_role("checkbox", name="Steady").focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(1000)
    fresh = {"type": "blur", "strength": "private", "background": "fresh"}
    assert page.evaluate("asked") == [{"effect": fresh, "denoise": True}, {"effect": fresh, "denoise": False}]
    page.get_by_role("radio", name="Fresh").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#background-hint")).to_contain_text("again only when it changes")
    page.wait_for_timeout(1000)  # one update at a time is under way
    assert page.evaluate("asked[2].effect.background") == "sealed"
    running(page)
    assert "rejected" not in page.locator("#events").inner_text()


def test_the_room_by_keyboard(open_demo: OpenDemo, tmp_path: Path) -> None:
    page = open_demo()
    running(page)
    page.get_by_role("radio", name="Blur").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Colour")).to_be_checked()
    expect(page.get_by_role("slider", name="Fine")).not_to_be_visible()
    expect(page.locator("#code-effect")).to_have_text("type: 'color', color: '#1f6f64'")
    corner_becomes(page, (0x1F, 0x6F, 0x64))
    page.locator("#color").fill("#c04020")
    corner_becomes(page, (0xC0, 0x40, 0x20))
    for name in ("Studio", "Dawn", "Paper"):
        page.keyboard.press("Tab")
        page.get_by_role("radio", name=name).press("Space")
        expect(page.locator("#code-effect")).to_contain_text("type: 'image'")
        corner_becomes(page, page.locator(f"#thumb-{name.lower()}").evaluate(CORNER))

    page.get_by_role("radio", name="Your own").press("Space")
    picture = tmp_path / "mine.png"
    Image.new("RGB", (64, 36), (20, 60, 200)).save(picture)
    page.locator("#picture").set_input_files(picture)
    corner_becomes(page, (20, 60, 200))
    assert "rejected" not in page.locator("#events").inner_text()
    words = tmp_path / "words.png"
    words.write_text("no picture")
    page.locator("#picture").set_input_files(words)
    expect(page.locator("#room-hint")).to_contain_text("could not be loaded as a picture")
    expect(page.get_by_role("radio", name="Blur")).to_be_checked()
    page.wait_for_timeout(1000)
    found = page.locator("#safe").evaluate(CORNER)
    assert max(abs(a - b) for a, b in zip(found, (20, 60, 200), strict=True)) > 40, (
        "what is sent is not the blur"
    )
    expect(page.locator("#events")).to_contain_text("picture-unloadable")
    running(page)


def corner_becomes(page: Page, wanted: Sequence[int]) -> None:
    """Waits for the upper left corner of what is sent."""
    end = time.monotonic() + 10
    while True:
        found = page.locator("#safe").evaluate(CORNER)
        if max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= 12:
            return
        assert time.monotonic() < end, f"{found}, not {wanted}"
        page.wait_for_timeout(100)


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


def test_everything_is_reached_named_and_legible(open_demo: OpenDemo) -> None:
    page = open_demo()
    expect(page.locator("#notice")).to_be_visible(timeout=START_MS)
    assert unnamed(page) == []
    running(page)
    page.locator("#files summary").click()
    for scheme in ("light", "dark"):
        # With less motion no colour is on its way to another one.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert page.evaluate(FAINT) == [], scheme
        assert unnamed(page) == [], scheme
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    reached = []
    page.locator("nav a").first.focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["key"] == "BODY":
            break
        assert at["ring"], f"no focus ring on {at['key']}"
        reached.append(at["key"])
    wanted = [
        "divider",
        "use-clip",
        "use-camera",
        "view",
        "room",
        "preset",
        "strength",
        "background",
        "denoise",
        "power",
        "hide",
        "copy",
        "SUMMARY",
    ]
    assert [key for key in reached if key in wanted] == wanted


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


def test_camera(site: Server, open_page: OpenPage, built_clips: Path) -> None:
    page = open_page(f"{site.url}/demo/", built_clips / "portrait_480p.y4m")
    running(page)
    expect(page.locator("#camera")).to_be_hidden()
    page.get_by_role("button", name="My webcam").press("Enter")
    expect(page.get_by_role("button", name="My webcam")).to_have_attribute("aria-pressed", "true")
    running(page)
    expect(page.locator("#size")).to_have_text("640×480", timeout=START_MS)
    assert page.get_by_role("combobox", name="Camera").locator("option").count() >= 1
    page.evaluate("raw.srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    page.get_by_role("button", name="Built-in clip").press("Enter")
    expect(page.locator("#size")).to_have_text("1280×720", timeout=START_MS)
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
    page.get_by_role("button", name="My webcam").click()
    expect(page.locator("#source-hint")).to_contain_text(words)
    expect(page.get_by_role("button", name="Built-in clip")).to_have_attribute("aria-pressed", "true")
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
    page.get_by_role("button", name="My webcam").click()
    expect(page.locator("#source-hint")).to_contain_text("not allowed")
    running(page)
    expect(page.locator("#source-hint")).to_contain_text("not allowed")


def test_a_missing_model(
    faulty_site: Callable[[Mapping[str, Fault]], Server],
    open_page: OpenPage,
) -> None:
    broken = {MODEL: Fault(HTTPStatus.NOT_FOUND)}
    page = open_page(f"{faulty_site(broken).url}/demo/")
    expect(page.locator("#chip-word")).to_have_text("Failed", timeout=START_MS)
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("selfie_landscape.onnx")
    expect(notice).to_contain_text("AssetError · asset-missing")
    expect(notice).to_contain_text("python3 build.py build")
    assert page.locator("#safe").evaluate(DETAIL) < 0.05, "the veil has no detail"
    assert unnamed(page) == []
    page.get_by_role("button", name="Start again").press("Enter")
    expect(page.locator("#events .opened")).to_have_count(2, timeout=START_MS)
    expect(page.locator("#chip-word")).to_have_text("Failed", timeout=START_MS)


def test_an_unsupported_browser(open_demo: OpenDemo) -> None:
    page = open_demo()
    page.add_init_script("delete globalThis.MediaStreamTrackGenerator")
    page.reload()
    expect(page.locator("#chip-word")).to_have_text("Not supported")
    expect(page.get_by_role("alert")).to_contain_text("MediaStreamTrackGenerator is missing")
    expect(page.get_by_role("button", name="My webcam")).to_be_disabled()


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
