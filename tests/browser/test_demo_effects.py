"""The gallery of the demo page: every effect and each of its controls, seen in what is sent."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from conftest import OpenDemo
from demo_page import CORNER, DETAIL, corner_becomes, running


def test_strength_by_keyboard(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    page.wait_for_timeout(1000)
    private = page.locator("#safe").evaluate(DETAIL)
    page.get_by_role("radio", name="Private").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="Medium")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("group", name="Strength").get_by_role("radio", name="Light")).to_be_checked()
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
    expect(page.get_by_role("group", name="Strength").get_by_role("radio", name="Light")).not_to_be_checked()
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
