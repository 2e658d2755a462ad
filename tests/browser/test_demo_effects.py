"""The gallery of the demo page: every effect and each of its controls, seen in what is sent."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from demo_page import ASKED, CORNER, DETAIL, START_MS, corner_becomes, running
from pages_open import OpenDemo


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
    page.evaluate(ASKED)
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


def test_fit_of_a_picture_of_ones_own(open_demo: OpenDemo, tmp_path: Path) -> None:
    page = open_demo()
    running(page)
    # Red at the left, blue at the right, and twice as high as the frame is wide.
    picture = Image.new("RGB", (64, 128), (200, 30, 30))
    picture.paste((30, 30, 200), (32, 0, 64, 128))
    picture.save(tmp_path / "high.png")
    choose(page, "Your own")
    page.locator("#picture").set_input_files(tmp_path / "high.png")
    corner_becomes(page, (200, 30, 30))
    page.get_by_role("radio", name="Contain").press("Space")
    corner_becomes(page, (0, 0, 0))
    page.get_by_role("radio", name="Fill").press("Space")
    corner_becomes(page, (200, 30, 30))
    running(page)


def test_a_video_of_ones_own(open_demo: OpenDemo, tmp_path: Path) -> None:
    page = open_demo()
    running(page)
    clip = tmp_path / "mine.webm"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libvpx-vp9", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for shade in np.repeat((60, 200), 5):
            grey = np.full((36, 64, 3), shade, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode())
    choose(page, "Your own")
    page.locator("#picture").set_input_files(clip)
    for _ in range(2):  # it moves, and begins again
        corner_becomes(page, (60, 60, 60))
        corner_becomes(page, (200, 200, 200))
    frames = [Image.new("RGB", (64, 36), colour) for colour in ((200, 30, 30), (30, 30, 200))]
    frames[0].save(tmp_path / "mine.gif", save_all=True, append_images=frames[1:], duration=400, loop=0)
    page.locator("#picture").set_input_files(tmp_path / "mine.gif")
    for colour in ((200, 30, 30), (30, 30, 200), (200, 30, 30)):
        corner_becomes(page, colour)
    running(page)


def test_a_moving_background(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    choose(page, "Tide")
    corner_becomes(page, (15, 42, 60))
    expect(page.locator("#code-effect")).to_have_text("type: 'video', source: '/pictures/sea.webm'")
    # The crests, left of the person.
    crest = "(video) => (" + DETAIL.replace("videoHeight / 2", "videoHeight") + ")(video)"
    seen = set()
    for _ in range(4):
        seen.add(round(page.locator("#safe").evaluate(crest), 4))
        page.wait_for_timeout(400)
    assert len(seen) > 1, "it stands still"
    running(page)


def test_nothing_raw_without_a_yes(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    page.evaluate(ASKED)
    page.get_by_role("radio", name="Presenter").focus()
    page.get_by_role("radio", name="No effect").press("Space")
    dialog = page.get_by_role("dialog", name="Send the camera as it is?")
    expect(dialog).to_be_visible()
    expect(page.get_by_role("button", name="Keep me private")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("radio", name="Blur")).to_be_checked()
    page.get_by_role("radio", name="No effect").press("Space")
    page.get_by_role("button", name="Keep me private").press("Enter")
    expect(page.get_by_role("radio", name="Blur")).to_be_checked()
    page.wait_for_timeout(500)
    assert page.evaluate("asked") == []
    assert page.locator("#safe").evaluate(DETAIL) < page.locator("#raw").evaluate(DETAIL) / 3

    page.get_by_role("radio", name="No effect").press("Space")
    page.get_by_role("button", name="Send it raw").press("Enter")
    expect(page.locator("#chip-word")).to_have_text("Raw", timeout=START_MS)
    expect(page.locator("#state-text")).to_contain_text("your room")
    expect(page.locator("#settings-none")).to_be_visible()
    expect(page.locator("#events")).to_contain_text("raw-picture")
    page.wait_for_timeout(500)
    assert page.locator("#safe").evaluate(DETAIL) > page.locator("#raw").evaluate(DETAIL) / 2
    page.get_by_role("radio", name="Blur").press("Space")
    running(page)
    assert page.locator("#safe").evaluate(DETAIL) < page.locator("#raw").evaluate(DETAIL) / 3


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).press("Space")
