"""The presenter of the demo page: slides, a shared screen, shape, size and place, seen in what is sent."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, expect

from demo_page import ASKED, running, spot_becomes
from pages_open import OpenDemo

FIRST, SECOND = (13, 45, 40), (251, 250, 247)  # the ground of two slides
SUIT = (215, 90, 45)
SUIT_TOLERANCE = 55  # folds and light
LOWER_RIGHT, UPPER_LEFT = (0.775, 0.965), (0.225, 0.42)  # where the suit is, in either corner
# Stands in for the browser's own question, which headless has not: a red screen.
SCREEN = """() => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [640, 480];
    const context = canvas.getContext('2d');
    const draw = () => { context.fillStyle = '#c01818'; context.fillRect(0, 0, 640, 480); };
    setInterval(draw, 100);
    draw();
    navigator.mediaDevices.getDisplayMedia = async () => globalThis.shared = canvas.captureStream(10);
}"""

REFUSED = """() => {
    navigator.mediaDevices.getDisplayMedia = async () => { throw new Error('not today'); };
}"""


@pytest.fixture
def page(open_demo: OpenDemo) -> Page:
    """With the presenter on, at the first slide."""
    opened = open_demo()
    running(opened)
    opened.evaluate(ASKED)
    opened.get_by_role("radio", name="Presenter").press("Space")
    spot_becomes(opened, (0.03, 0.3), FIRST)
    suit_at(opened, LOWER_RIGHT)
    return opened


def test_slides(page: Page) -> None:
    expect(page.locator("#divider")).to_be_disabled()
    expect(page.locator("#raw")).not_to_be_visible()
    expect(page.get_by_role("button", name="Slide before")).to_be_disabled()
    page.get_by_role("button", name="Next slide").press("Enter")
    spot_becomes(page, (0.03, 0.3), SECOND)
    suit_at(page, LOWER_RIGHT)
    for _ in range(2):
        page.get_by_role("button", name="Next slide").press("Enter")
    expect(page.locator("#slide-number")).to_have_text("4 of 4")
    expect(page.get_by_role("button", name="Next slide")).to_be_disabled()
    spot_becomes(page, (0.7, 0.1), (0xF0, 0xE7, 0xD8))
    page.get_by_role("button", name="Slide before").press("Enter")
    spot_becomes(page, (0.7, 0.1), SECOND)
    page.get_by_role("radio", name="Blur").press("Space")
    expect(page.locator("#divider")).to_be_enabled()
    expect(page.locator("#place")).to_be_hidden()


def test_corners_leave_nothing_behind(page: Page) -> None:
    page.get_by_role("radio", name="Top left").press("Space")
    suit_at(page, UPPER_LEFT)
    spot_becomes(page, LOWER_RIGHT, FIRST, 40)
    page.get_by_role("radio", name="Bottom right").press("Space")
    suit_at(page, LOWER_RIGHT)
    spot_becomes(page, (0.03, 0.3), FIRST)


def test_place_by_keyboard_and_pointer(page: Page) -> None:
    place = page.get_by_role("button", name="Your place on the slide: 100 % across, 100 % down")
    place.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#place")).to_have_accessible_name("Your place on the slide: 98 % across, 100 % down")
    for _ in range(10):
        page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#place")).to_have_accessible_name("Your place on the slide: 0 % across, 100 % down")
    expect(page.locator("#place")).to_be_focused()
    suit_at(page, (0.225, LOWER_RIGHT[1]))
    spot_becomes(page, LOWER_RIGHT, FIRST, 40)
    assert page.evaluate("asked.at(-1).effect.position") == [0, 1]
    expect(page.get_by_role("radio", name="Bottom right")).not_to_be_checked()
    expect(page.locator("#code-effect")).to_contain_text("position: [0.00, 1.00]")

    page.locator("#place").hover()  # waits for the page to have scrolled: it does so gently
    box = page.locator("#place").bounding_box()
    stage = page.locator("#stage").bounding_box()
    assert box and stage
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] - stage["height"], steps=8)
    page.mouse.up()
    expect(page.locator("#place")).to_have_accessible_name("Your place on the slide: 0 % across, 0 % down")
    suit_at(page, UPPER_LEFT)
    page.mouse.move(*middle, steps=3)  # let go: it stays
    expect(page.locator("#place")).to_have_accessible_name("Your place on the slide: 0 % across, 0 % down")


def test_size_and_shape(page: Page) -> None:
    page.get_by_role("radio", name="Top left").press("Space")
    suit_at(page, UPPER_LEFT)
    page.get_by_role("slider", name="Size").press("End")
    suit_at(page, (0.5, 0.95))
    page.get_by_role("slider", name="Size").press("Home")
    spot_becomes(page, (0.5, 0.95), FIRST, 40)
    page.get_by_role("slider", name="Size").fill("0.5")
    page.get_by_role("radio", name="Rounded").press("Space")
    page.get_by_role("combobox", name="Behind you").select_option("color")
    green = (0x1F, 0x6F, 0x64)
    # Inside the rectangle, beside the head; the corner of it is the slide's.
    left, top, width, height = frame(page)
    spot_becomes(page, (left + 0.06 * width, top + 0.2 * height), green)
    page.get_by_role("radio", name="Circle").press("Space")
    left, top, width, height = frame(page)
    spot_becomes(page, (left + 0.03 * width, top + 0.03 * height), FIRST)
    spot_becomes(page, (left + 0.5 * width, top + 0.04 * height), green)
    page.get_by_role("combobox", name="Behind you").select_option("blur")
    page.wait_for_timeout(500)
    assert page.evaluate("asked.at(-1).effect.background") == {"type": "blur", "strength": "private"}
    running(page)


def test_a_shared_screen(page: Page) -> None:
    page.evaluate(SCREEN)
    page.get_by_role("button", name="Share my screen").press("Enter")
    spot_becomes(page, (0.03, 0.3), (0xC0, 0x18, 0x18))
    suit_at(page, (0.7, LOWER_RIGHT[1]))  # a screen of another shape
    expect(page.locator("#slide-number")).to_have_text("Your screen")
    page.get_by_role("button", name="Back to the slides").press("Enter")
    spot_becomes(page, (0.03, 0.3), FIRST)
    assert page.evaluate("shared.getVideoTracks()[0].readyState") == "ended"
    page.get_by_role("button", name="Share my screen").press("Enter")
    spot_becomes(page, (0.03, 0.3), (0xC0, 0x18, 0x18))
    # Ended from the browser's own bar.
    page.evaluate("shared.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    spot_becomes(page, (0.03, 0.3), FIRST)
    page.get_by_role("button", name="Share my screen").press("Enter")
    spot_becomes(page, (0.03, 0.3), (0xC0, 0x18, 0x18))
    page.get_by_role("radio", name="Blur").press("Space")
    expect(page.locator("#place")).to_be_hidden()
    page.wait_for_timeout(500)
    assert page.evaluate("shared.getVideoTracks()[0].readyState") == "ended", "nobody shares unseen"


def test_an_answer_that_comes_too_late(page: Page) -> None:
    page.evaluate(SCREEN)
    page.evaluate(
        """() => {
            const { mediaDevices } = navigator;
            const share = mediaDevices.getDisplayMedia;
            mediaDevices.getDisplayMedia = async () => {
                await new Promise((resolve) => { globalThis.answer = resolve; });
                return share();
            };
        }"""
    )
    page.get_by_role("button", name="Share my screen").press("Enter")
    page.get_by_role("radio", name="Blur").press("Space")
    page.evaluate("answer()")
    page.wait_for_timeout(300)
    assert page.evaluate("shared.getVideoTracks()[0].readyState") == "ended", "nobody shares unseen"
    page.get_by_role("radio", name="Presenter").press("Space")
    spot_becomes(page, (0.03, 0.3), FIRST)


def test_no_screen_is_shared(page: Page) -> None:
    page.evaluate(REFUSED)
    page.get_by_role("button", name="Share my screen").press("Enter")
    expect(page.locator("#room-hint")).to_contain_text("not today")
    expect(page.locator("#slide-number")).to_have_text("1 of 4")


def suit_at(page: Page, spot: Sequence[float]) -> None:
    spot_becomes(page, spot, SUIT, SUIT_TOLERANCE)


def frame(page: Page) -> tuple[float, float, float, float]:
    """The frame around the person as shares of the stage: left, top, width, height."""
    page.wait_for_timeout(300)
    box, stage = (page.locator(name).bounding_box() for name in ("#place", "#stage"))
    assert box and stage
    return (
        (box["x"] - stage["x"]) / stage["width"],
        (box["y"] - stage["y"]) / stage["height"],
        box["width"] / stage["width"],
        box["height"] / stage["height"],
    )
