"""The pages of web/examples, clicked through as a reader does, under the strict policy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from blurstream_build.serve import Server
from pages_open import TIMEOUT_MS, OpenPage

MARKED = "portrait_marked_480p.y4m"
# The colour at the left edge of what is shown, where nobody is.
LEFT = """() => {
    const video = document.querySelector('video');
    const canvas = new OffscreenCanvas(64, 36);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0, 64, 36);
    return [...context.getImageData(1, 18, 1, 1).data.subarray(0, 3)];
}"""
TEAL, BROWN = (0, 128, 128), (128, 64, 0)


def until(page: Page, there: Callable[[], bool], what: str) -> None:
    for _ in range(TIMEOUT_MS // 100):
        if there():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"not in time: {what}")


def until_shown(page: Page) -> None:
    size = "() => document.querySelector('video').videoWidth"
    until(page, lambda: page.evaluate(size) > 0, "a picture")


def until_left(page: Page, wanted: tuple[int, int, int]) -> None:
    def there() -> bool:
        return all(abs(a - b) < 24 for a, b in zip(page.evaluate(LEFT), wanted, strict=True))

    until(page, there, f"{wanted} at the left edge")


@pytest.mark.parametrize(
    ("name", "first", "second", "wanted"),
    [
        ("webrtc", "#protect", "#colour", TEAL),
        ("livekit", "#start", "#colour", TEAL),
        ("jitsi", "#start", "#colour", TEAL),
        ("react", "text=Start", "text=#804000", BROWN),
    ],
)
def test_an_example(
    adapter_site: Server,
    open_page: OpenPage,
    built_clips: Path,
    name: str,
    first: str,
    second: str,
    wanted: tuple[int, int, int],
) -> None:
    page = open_page(f"{adapter_site.url}/examples/{name}.html", built_clips / MARKED)
    page.click(first)
    until_shown(page)
    page.click(second)
    until_left(page, wanted)


@pytest.mark.parametrize("name", ["getusermedia", "twilio"])
def test_an_example_that_opens_the_camera_itself(
    adapter_site: Server, open_page: OpenPage, built_clips: Path, name: str
) -> None:
    """What it shows comes out of a generator, the camera's label notwithstanding."""
    page = open_page(f"{adapter_site.url}/examples/{name}.html", built_clips / MARKED)
    page.click("#start")
    until_shown(page)
    assert MARKED in (page.text_content("#said") or "")
    assert page.evaluate(
        """() => {
            const [track] = document.querySelector('video').srcObject.getVideoTracks();
            return track instanceof MediaStreamTrackGenerator;
        }"""
    )
    page.click("#stop")


def test_all_are_listed(adapter_site: Server, open_page: OpenPage, dist: Path) -> None:
    page = open_page(f"{adapter_site.url}/examples/")
    links = page.eval_on_selector_all("a", "(all) => all.map((one) => one.href)")
    assert len(links) == 6
    for link in links:
        answer = page.goto(link)
        assert answer and answer.ok
    assert not (dist / "examples").exists(), "their packages are not for dist"
