"""The green screen of the demo page, before a clip with a green wall: each control, seen in what is sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from demo_page import ASKED, CORNER, START_MS, corner_becomes, running
from pages_open import OpenDemo

# How many of 57600 pixels are greener than both red and blue.
GREEN = """(video) => {
    const [width, height] = [320, 180];
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) count += data[i + 1] > Math.max(data[i], data[i + 2]) + 4;
    return count;
}"""


@pytest.fixture
def page(open_demo: OpenDemo) -> Page:
    """Before the green wall, with the green screen on."""
    opened = open_demo()
    running(opened)
    opened.get_by_role("button", name="Green wall").press("Enter")
    expect(opened.locator("#use-green")).to_have_attribute("aria-pressed", "true")
    opened.evaluate(ASKED)
    opened.get_by_role("radio", name="Green screen").press("Space")
    corner_becomes(opened, opened.locator("#thumb-dawn").evaluate(CORNER))
    return opened


def test_what_is_shown_instead(page: Page) -> None:
    behind = page.get_by_role("combobox", name="Show instead")
    for name in ("studio", "paper"):
        behind.select_option(name)
        corner_becomes(page, page.locator(f"#thumb-{name}").evaluate(CORNER))
    behind.select_option("tide")
    corner_becomes(page, (15, 42, 60))
    behind.select_option("color")
    corner_becomes(page, (0x1F, 0x6F, 0x64))
    running(page)
    expect(page.locator("#model-runs")).to_have_text("0.0", timeout=START_MS)
    expect(page.locator("#denoise")).not_to_be_visible()
    expect(page.locator("#code-effect")).to_contain_text("type: 'greenscreen', key: 'green'")


def test_another_wall(page: Page) -> None:
    page.get_by_role("radio", name="Green", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Blue")).to_be_checked()
    expect(page.locator("#state-text")).to_contain_text("No wall of the key colour", timeout=START_MS)
    corner_becomes(page, page.locator("#thumb-dawn").evaluate(CORNER))  # and nothing of the camera
    page.keyboard.press("ArrowRight")
    page.get_by_label("Its colour").fill("#36a84c")
    running(page)
    assert page.evaluate("asked.at(-1).effect.key") == "#36a84c"
    corner_becomes(page, page.locator("#thumb-dawn").evaluate(CORNER))


def test_tolerance_softness_and_spill(page: Page) -> None:
    # Before a grey that has no green itself.
    page.get_by_role("radio", name="Colour", exact=True).press("Space")
    page.locator("#color").fill("#808080")
    page.get_by_role("radio", name="Green screen").press("Space")
    page.get_by_role("combobox", name="Show instead").select_option("color")
    corner_becomes(page, (0x80, 0x80, 0x80))
    clean = max(look(page) for _ in range(5))
    page.get_by_role("slider", name="Spill").press("Home")
    asked(page, "spill", 0)
    page.wait_for_timeout(500)
    spilled = min(look(page) for _ in range(5))
    assert spilled > clean + 20, ("the wall's light is still taken away", clean, spilled)
    page.get_by_role("slider", name="Softness").press("End")
    asked(page, "softness", 1)
    page.get_by_role("slider", name="Tolerance").press("End")
    asked(page, "tolerance", 1)
    running(page)
    expect(page.locator("#code-effect")).to_contain_text("tolerance: 1.00, softness: 1.00, spill: 0.00")


def look(page: Page) -> int:
    page.wait_for_timeout(200)
    return int(page.locator("#safe").evaluate(GREEN))


def asked(page: Page, name: str, value: float) -> None:
    page.wait_for_timeout(300)
    assert page.evaluate("(name) => asked.at(-1).effect[name]", name) == value


def test_a_room_without_a_wall(page: Page) -> None:
    page.get_by_role("button", name="Clip").press("Enter")
    expect(page.locator("#state-text")).to_contain_text("No wall of the key colour", timeout=START_MS)
    corner_becomes(page, page.locator("#thumb-dawn").evaluate(CORNER))
