"""Every VideoFrame is closed: the browser itself complains of those left to the garbage collector."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from blurstream_build import browser
from blurstream_build.serve import Server

LEAK = "garbage collected without being closed"
TOLD_MS = 10_500  # each thread of the browser says so at most 10 s after the collection
LIVE = """async () => {
  const camera = await navigator.mediaDevices.getUserMedia({video: {width: 640, height: 480}});
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  // One is stopped while it loads, one at work after a change; the last goes on: its workers are looked into.
  const early = await blurStream(new MediaStream([camera.getVideoTracks()[0].clone()]));
  await pause(500);
  early.stop();
  const safe = await blurStream(camera);
  await safe.ready;
  await pause(1000);
  await safe.update({effect: {type: 'blur', strength: 'light'}});
  await pause(1000);
  safe.stop();
  globalThis.last = await blurStream(camera);
  await last.ready;
  await pause(1500);
  return last.stats.composedFrames;
}"""
LOSE = """() => {
  for (let i = 0; i < 5; i++) {
    new VideoFrame(new Uint8Array(4096), {format: 'RGBA', codedWidth: 32, codedHeight: 32, timestamp: i});
  }
}"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The browser's log. Complaints of workers show up nowhere else."""
    return tmp_path / "browser.log"


@pytest.fixture
def page(
    playwright: Playwright, chromium_program: Path, built_clips: Path, site: Server, log: Path
) -> Iterator[Page]:
    running = playwright.chromium.launch(
        executable_path=str(chromium_program),
        chromium_sandbox=not browser.needs_no_sandbox(),
        args=[
            *browser.QUIET,
            *browser.camera_arguments(built_clips / "portrait_480p.y4m"),
            "--js-flags=--expose-gc",
            "--enable-logging",
            f"--log-file={log}",
        ],
    )
    one = running.new_page()
    one.set_default_timeout(90_000)
    # A page of its own: what it counts is the library's doing alone.
    one.goto(f"{site.url}/pages/plain.html")
    yield one
    running.close()


@pytest.fixture
def complaints(page: Page, log: Path) -> Callable[[], int]:
    """Collects the garbage of the page and its workers; how often the browser has complained."""

    def count() -> int:
        for worker in page.workers:
            worker.evaluate("self.gc()")
        page.evaluate("gc()")
        page.wait_for_timeout(TOLD_MS)
        return log.read_text("utf-8", "replace").count(LEAK)

    return count


def test_no_frame_is_lost(page: Page, complaints: Callable[[], int]) -> None:
    assert page.evaluate(LIVE) > 0, "no frame was composed"
    assert complaints() == 0


def test_a_lost_frame_would_be_noticed(page: Page, complaints: Callable[[], int]) -> None:
    page.evaluate(LOSE)
    assert complaints() > 0
