"""The pictures of the demo page in the README: docs/showroom_light.jpg and docs/showroom_dark.jpg.

    PYTHONPATH=py .venv/bin/python tests/browser/showroom_pictures.py

Of the built page, under the strict CSP; the person is the public-domain portrait of the clips.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from blurstream_build import browser
from blurstream_build.paths import checkout
from blurstream_build.serve import Server

WIDTH, HEIGHT = 1320, 1052  # down to the end of the gallery
QUALITY = 86
LARGEST = 200_000  # bytes
START_MS = 120_000
SETTLE_MS = 6_000


def light(page: Page) -> None:
    """The blur, beside the camera's picture."""


def dark(page: Page) -> None:
    """A presenter at their second slide, in a circle."""
    page.get_by_role("radio", name="Presenter").press("Space")
    page.get_by_role("radio", name="Circle").press("Space")
    page.get_by_role("button", name="Next slide").click()


def main() -> None:
    """Takes and writes both; raises SystemExit if one is too large or there is no browser."""
    paths = checkout()
    found = browser.find(os.environ)
    if found is None:
        raise SystemExit(f"no Chromium: run `python3 build.py demo --headless` once, or set {browser.ENV}")
    with Server({"/": paths.dist}) as server, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(found.program),
            chromium_sandbox=not browser.needs_no_sandbox(),
            args=[*browser.QUIET, "--autoplay-policy=no-user-gesture-required"],
        )
        for name, set_up in (("light", light), ("dark", dark)):
            page = chromium.new_page(
                viewport={"width": WIDTH, "height": HEIGHT},
                color_scheme="dark" if set_up is dark else "light",
            )
            page.goto(f"{server.url}/demo/")
            expect(page.locator("#chip-word")).to_have_text("Running", timeout=START_MS)
            set_up(page)
            page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
            page.mouse.move(2, 2)
            page.wait_for_timeout(SETTLE_MS)
            expect(page.locator("#chip-word")).to_have_text("Running", timeout=START_MS)
            write(page.screenshot(), paths.root / "docs" / f"showroom_{name}.jpg")
            page.close()
        chromium.close()


def write(png: bytes, file: Path) -> None:
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").save(file, quality=QUALITY, optimize=True, progressive=True)
    size = file.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{file} has {size} bytes, {LARGEST} are allowed: lower QUALITY in {__file__}")
    print(f"{file.name}: {size} bytes")


if __name__ == "__main__":
    main()
