"""The demo page for everybody: names, keyboard, contrast, light and dark, a phone's width, axe."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from blurstream_build.paths import Paths
from demo_page import FAINT, FOCUS, START_MS, running, unnamed
from pages_open import OpenDemo

WIDTHS = (320, 360, 390, 820, 1360)
ROOMS = ("blur", "color", "own", "greenscreen", "presenter", "none")


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
    page.locator(".skip").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["key"] == "BODY":
            break
        assert at["ring"], f"no focus ring on {at['key']}"
        reached.append(at["key"])
    wanted = [
        "theme",
        "divider",
        "room",
        "use-clip",
        "use-green",
        "use-camera",
        "view",
        "preset",
        "strength",
        "background",
        "denoise",
        "power",
        "pause",
        "hide",
        "self-view",
        "ring",
        "codec",
        "cap",
        "measure-raw",
        "copy",
        "SUMMARY",
    ]
    assert [key for key in reached if key in wanted] == wanted


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1360), ("dark", 1360), ("light", 360), ("dark", 360)]
)
def test_axe_finds_nothing(open_demo: OpenDemo, paths: Paths, scheme: Any, width: int) -> None:
    """Each effect's controls are looked at, too, with the call board as it is while a call runs."""
    page = open_demo()
    page.set_viewport_size({"width": width, "height": 900})
    running(page)
    # With less motion no colour is on its way to another one.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate((paths.node_modules / "axe-core" / "axe.min.js").read_text())
    page.locator("#files summary").click()
    page.get_by_role("button", name="Call myself").click()
    expect(page.locator("#call")).to_have_attribute("data-on", "true")
    for room in ROOMS:
        # Only its controls: what the effects do is tested elsewhere.
        page.evaluate(
            """(room) => {
                for (const part of document.querySelectorAll('[id^=settings-]')) {
                    part.hidden = part.id !== `settings-${room}`;
                }
                for (const id of ['key-row', 'inside-row']) document.getElementById(id).hidden = false;
            }""",
            room,
        )
        assert violations(page) == [], room
        assert page.evaluate("document.documentElement.scrollWidth") <= width, room
    page.evaluate("document.getElementById('raw-dialog').showModal()")
    assert violations(page) == [], "the question before the raw picture"


def test_axe_sees_what_is_wrong(open_demo: OpenDemo, paths: Paths) -> None:
    page = open_demo()
    page.evaluate((paths.node_modules / "axe-core" / "axe.min.js").read_text())
    page.evaluate("document.getElementById('camera').removeAttribute('aria-label')")
    page.evaluate("document.getElementById('camera-controls').hidden = false")
    assert [name for name in violations(page) if name.startswith("select-name")]


def violations(page: Page) -> list[str]:
    """What axe finds, by rule and element."""
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


def test_light_and_dark_by_choice(open_demo: OpenDemo) -> None:
    page = open_demo()
    page.emulate_media(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("radio", name="Auto").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    dark = page.evaluate(ground)
    assert dark != light
    page.get_by_role("radio", name="Auto").check(force=True)
    assert page.evaluate(ground) == light
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == dark
    page.get_by_role("radio", name="Light", exact=True).first.check(force=True)
    assert page.evaluate(ground) == light
    page.reload()
    expect(page.get_by_role("radio", name="Auto")).to_be_checked()
    assert page.evaluate(ground) == dark
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_nothing_moves_for_who_wants_less_motion(open_demo: OpenDemo) -> None:
    page = open_demo()
    running(page)
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter((element) => {
            const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
            const name = element.className === 'unbuilt' ? 'none' : animationName;
            return transitionDuration !== '0s' || name !== 'none' || scrollBehavior === 'smooth';
        }).map((element) => element.id || element.className || element.tagName)"""
    )
    assert moving == []
