"""What is asked of the network, seen by a proxy that pages, workers and the workers of workers go through."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

import instrumented
from blurstream_build.paths import Paths
from blurstream_build.serve import Server
from faults import handler
from headers import noting
from looks import FILM, PICTURE
from page_log import PageLog
from pages_open import TIMEOUT_MS, logged_page
from subject import Subject

# What the page may fetch from now on: its own Blobs. Workers have the policy that came with their scripts.
NOTHING = "default-src 'none'; img-src blob:; media-src blob:"
EFFECTS = (
    "{type: 'color', color: '#008080'}",
    "{type: 'image', source: pictures.still}",
    "{type: 'video', source: pictures.film}",
    "{type: 'greenscreen', background: {type: 'color', color: '#008080'}}",
    "{type: 'presenter', source: pictures.still, shape: 'circle'}",
    "{type: 'presenter', source: pictures.film}",
    "{type: 'blur', strength: 'light', background: 'fresh'}",
    "{type: 'none'}",
    "{type: 'blur'}",
)


@dataclass(frozen=True)
class Seen:
    """A server of the instrumented build, a window that has no way but through it, what was asked there."""

    server: Server
    window: BrowserContext
    asked: list[str]

    def since(self, count: int) -> list[str]:
        return self.asked[count:]


@pytest.fixture
def seen(mounts: dict[str, Path], paths: Paths, browsers: Callable[[Path | None], Browser]) -> Iterator[Seen]:
    asked: list[str] = []
    with Server(mounts, handler=noting(asked, handler(instrumented.build(paths)))) as server:
        way = {"server": server.url, "bypass": "<-loopback>"}
        window = browsers(None).new_context(proxy=way)  # type: ignore[arg-type]
        window.set_default_timeout(TIMEOUT_MS)
        yield Seen(server, window, asked)
        window.close()


def test_the_proxy_sees_what_workers_ask_of_others(seen: Seen) -> None:
    """The control: a page without a policy, whose worker's worker fetches from another host."""
    page = seen.window.new_page()
    page.evaluate(
        """async () => {
            const start = (script) => new Worker(URL.createObjectURL(new Blob([script])));
            const ask = "fetch('http://elsewhere.test/inner', {mode: 'no-cors'})";
            const inner = `${ask}.finally(() => postMessage(1))`;
            const begun = `(${start})(${JSON.stringify(inner)})`;
            const outer = `${begun}.onmessage = () => postMessage(1)`;
            await new Promise((resolve) => { start(outer).onmessage = resolve; });
        }"""
    )
    assert "http://elsewhere.test/inner" in seen.asked


def test_none_elsewhere_and_none_after_loading(seen: Seen, logs: dict[Page, PageLog]) -> None:
    """Through every effect and a change of source; a new worker asks for its own files alone."""
    page, log = logged_page(seen.window)
    logs[page] = log
    page.goto(f"{seen.server.url}/pages/classic.html")
    subject = Subject(page)
    subject.open((160, 90), "room")  # the pictures of both cameras are here before anything counts
    subject.show((320, 180))
    page.evaluate(
        f"""async () => {{
            const blob = async (address) => (await fetch(address)).blob();
            globalThis.pictures = {{still: await blob('{PICTURE}'), film: await blob('{FILM}')}};
        }}"""
    )
    assets = f"{seen.server.url}/assets/"
    files = json.loads((Path(seen.server.mounts["/"]) / "assets/manifest.json").read_text("utf-8"))["files"]
    known = {f"{assets}{name}" for name in (*files, "manifest.json")}

    before = len(seen.asked)
    subject.run()
    loaded = set(seen.since(before))
    # All of them: those that the workers below the gate ask for are seen, too.
    assert loaded == known, loaded ^ known

    page.evaluate(
        """(policy) => document.head.append(Object.assign(document.createElement('meta'),
            {httpEquiv: 'Content-Security-Policy', content: policy}))""",
        NOTHING,
    )
    assert page.evaluate("() => fetch('/').then(() => false, () => true)"), "the policy does not hold"
    ready = len(seen.asked)
    for effect in EFFECTS:
        page.evaluate(f"() => subject.safe.update({{effect: {effect}}})")
        subject.until_frames(5)
    subject.show((160, 90), "room")
    subject.until_frames(5)
    assert seen.since(ready) == []

    subject.show((320, 180))
    page.evaluate("() => subject.break('composer', 'throw')")
    subject.until("subject.safe.stats.restarts === 1")
    subject.until("subject.safe.state === 'running'")
    again = set(seen.since(ready))
    assert again <= known, again - known
    restarted = len(seen.asked)
    page.evaluate("() => subject.safe.stop()")
    subject.nothing_left()
    assert seen.since(restarted) == []
    asked_for_it = re.compile(re.escape(seen.server.url) + r"/['.]")  # the console tells of it in two lines
    log.problems[:] = [line for line in log.problems if not asked_for_it.search(line)]
