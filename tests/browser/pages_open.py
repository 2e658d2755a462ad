"""Fixtures for tests in headless Chromium.

    site         the server of dist under the strict CSP, with tests/browser/pages under /pages/
    faulty_site  a factory of such servers that answer some paths wrongly
    site_with    a factory of such servers with headers of their own
    open_page    a factory of pages in a browser with a fake camera and fresh storage
    page_log     what a page has said
    open_demo    a factory of demo pages whose console must hold no error in the end
    open_subject a factory of pages with a safe stream under test, see subject.py
    cold_subject such a page with a source and nothing begun; `subject` unless a module says otherwise
    warm_subject the same, in a page that the tests of a module share, and whose Python has started
    breakable    a page with a stream that runs and can be broken, see instrumented.py and injector.mjs
    open_adapter a factory of such pages with an adapter, and the package it is for, see pages/adapters

A page fails its test at the end if the policy was violated or a script threw, unless the test has taken the
entry out of `page_log(page).problems`. Frames left to the garbage collector are looked for elsewhere
(test_frames_closed): what is heard here is the page's own thread, in which only the test's tap has frames,
and a browser under load drops one of those when the track that the tap reads is stopped.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright

import footage as raw_pictures
import instrumented
from blurstream_build import browser, serve
from blurstream_build.paths import Paths
from blurstream_build.serve import Handler, Server
from faults import Fault, FaultySite, handler
from headers import headed
from page_log import PageLog
from subject import WORKERS, OpenSubject, Subject

PAGES = Path(__file__).parent / "pages"
BREAKABLE_SIZE = (320, 180)
TIMEOUT_MS = 90_000  # two busy cores, a cold start of Python in the browser
# Python starts some 200 times here, each time for seconds: V8 is to optimise only what runs for much longer.
# The benchmarks and the headless demo measure without this.
SPARING = "--js-flags=--wasm-tiering-budget=2000000000"


# What stands in for classic.html: BLURSTREAM_TRANSPORT=element runs any test without Chromium's own streams.
CLASSIC = "element.html" if os.environ.get("BLURSTREAM_TRANSPORT") == "element" else "classic.html"


OpenWindow = Callable[[Path | None], BrowserContext]


class OpenAdapter(Protocol):
    """`open_adapter("livekit", camera=None)`: pages/adapter.html with pages/adapters/livekit.mjs."""

    def __call__(self, name: str, camera: Path | None = None) -> Subject: ...


class SiteWith(Protocol):
    """`site_with({"Content-Security-Policy": policy})`: a server of dist that sends these headers, too."""

    def __call__(self, headers: Mapping[str, str], base: type[Handler] = ...) -> Server: ...


class OpenPage(Protocol):
    """`open_page(url, camera=None)`: `camera` is a .y4m that the fake camera plays in a loop."""

    def __call__(self, url: str, camera: Path | None = None) -> Page: ...


class OpenDemo(Protocol):
    """`open_demo(camera=None)`: the demo page."""

    def __call__(self, camera: Path | None = None) -> Page: ...


@pytest.fixture(scope="session")
def dist(paths: Paths) -> Path:
    """The built dist."""
    if not (paths.dist / "blurstream.js").is_file():
        pytest.fail("dist is not built: run `python3 build.py build` first")
    return paths.dist


@pytest.fixture(scope="session")
def footage(built_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of raw pictures, served as /footage/."""
    folder = tmp_path_factory.mktemp("footage")
    raw_pictures.write(built_clips, folder)
    return folder


@pytest.fixture(scope="session")
def mounts(dist: Path, footage: Path) -> dict[str, Path]:
    """What the test servers serve."""
    return {"/": dist, "/pages/": PAGES, "/footage/": footage}


@pytest.fixture(scope="session")
def site(mounts: dict[str, Path]) -> Iterator[Server]:
    """A server of dist under the strict CSP."""
    with Server(mounts) as running:
        yield running


@pytest.fixture
def served(mounts: dict[str, Path]) -> Iterator[Callable[[type[Handler]], Server]]:
    """Servers of the test, each with a handler of its own."""
    with ExitStack() as running:
        yield lambda handler: running.enter_context(Server(mounts, handler=handler))


@pytest.fixture
def faulty_site(mounts: dict[str, Path], served: Callable[[type[Handler]], Server]) -> FaultySite:
    """`faulty_site({"/assets/segmenter.onnx": Fault(HTTPStatus.NOT_FOUND)})`: a server with faults."""

    def start(faults: Mapping[str, Fault]) -> Server:
        unknown = [path for path in faults if isinstance(serve.find(path, mounts), HTTPStatus)]
        assert not unknown, f"nothing to spoil at {unknown}"
        return served(handler(faults))

    return start


@pytest.fixture
def site_with(served: Callable[[type[Handler]], Server]) -> SiteWith:
    def start(headers: Mapping[str, str], base: type[Handler] = Handler) -> Server:
        return served(headed(headers, base))

    return start


@pytest.fixture(scope="session")
def chromium_program() -> Path:
    """The browser to test in; build.py test has found it, a bare pytest finds it the same way."""
    found = browser.find(os.environ)
    if not found:
        pytest.fail(f"no Chromium: run `python3 build.py test`, or set {browser.ENV}")
    return found.program


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browsers(playwright: Playwright, chromium_program: Path) -> Iterator[Callable[[Path | None], Browser]]:
    """One browser for each clip that a module's tests put before its camera."""
    running: dict[Path | None, Browser] = {}

    def get(camera: Path | None) -> Browser:
        if camera not in running:
            if camera is not None and not camera.is_file():
                pytest.fail(f"the clip {camera} is missing: run `python3 build.py build` first")
            running[camera] = playwright.chromium.launch(
                executable_path=str(chromium_program),
                headless=True,
                chromium_sandbox=not browser.needs_no_sandbox(),
                args=[
                    *browser.QUIET,
                    *browser.camera_arguments(camera),
                    "--autoplay-policy=no-user-gesture-required",
                    SPARING,
                ],
            )
        return running[camera]

    yield get
    for one in running.values():
        one.close()


@pytest.fixture(scope="module")
def windows(browsers: Callable[[Path | None], Browser]) -> OpenWindow:
    """One window for each of these, in which every test has a tab: a window costs as much as a small page."""
    opened: dict[Path | None, BrowserContext] = {}

    def get(camera: Path | None) -> BrowserContext:
        if camera not in opened:
            context = opened[camera] = browsers(camera).new_context()
            context.set_default_timeout(TIMEOUT_MS)
            context.new_page()  # keeps the window
        return opened[camera]

    return get


@pytest.fixture
def logs() -> Iterator[dict[Page, PageLog]]:
    logs: dict[Page, PageLog] = {}
    yield logs
    problems = [problem for log in logs.values() for problem in log.problems]
    assert not problems, "\n".join(problems)


@pytest.fixture
def page_log(logs: dict[Page, PageLog]) -> Callable[[Page], PageLog]:
    """`page_log(page)`: what a page said; clear `problems` of what the test provokes."""
    return lambda page: logs[page]


@pytest.fixture
def open_page(windows: OpenWindow, logs: dict[Page, PageLog]) -> Iterator[OpenPage]:
    pages = []

    def open_one(url: str, camera: Path | None = None) -> Page:
        page, log = logged_page(windows(camera))
        pages.append(page)
        logs[page] = log
        page.goto(url)
        return page

    yield open_one
    for page in pages:
        page.close()


def logged_page(window: BrowserContext) -> tuple[Page, PageLog]:
    page, log = window.new_page(), PageLog()

    def on_console(message: ConsoleMessage) -> None:
        log.note(f"{message.type}: {message.text}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: log.note(f"uncaught: {error}", bad=True))
    page.on("crash", lambda _: log.note("the page crashed", bad=True))
    return page, log


@pytest.fixture
def open_demo(site: Server, open_page: OpenPage, logs: dict[Page, PageLog]) -> Iterator[OpenDemo]:
    """The demo page, opened as far as its script; `open_demo(camera)` as `open_page`."""
    pages = []

    def open_one(camera: Path | None = None) -> Page:
        page = open_page(f"{site.url}/demo/", camera)
        pages.append(page)
        return page

    yield open_one
    errors = [line for page in pages for line in logs[page].lines if line.startswith("error")]
    assert not errors, errors


@pytest.fixture
def open_subject(open_page: OpenPage) -> OpenSubject:
    def open_one(at: Server, page: str = CLASSIC, camera: Path | None = None) -> Subject:
        return Subject(open_page(f"{at.url}/pages/{page}", camera))

    return open_one


@pytest.fixture
def breakable(faulty_site: FaultySite, open_subject: OpenSubject, paths: Paths) -> Subject:
    subject = open_subject(faulty_site(instrumented.build(paths)))
    subject.page.evaluate("async () => { globalThis.injector = await import('/pages/injector.mjs'); }")
    subject.open(BREAKABLE_SIZE)
    subject.run()
    subject.until_frames(20)
    return subject


@pytest.fixture
def cold_subject(site: Server, open_subject: OpenSubject) -> Subject:
    opened = open_subject(site)
    opened.open()
    return opened


@pytest.fixture
def subject(cold_subject: Subject) -> Subject:
    """Some modules have another one."""
    return cold_subject


class WarmPage:
    """A page with a stream that nobody looks at: those of the tests, one after another, find Python there."""

    def __init__(self, window: BrowserContext, url: str) -> None:
        self.page, self.log = logged_page(window)
        self.page.goto(url)
        Subject(self.page).page.evaluate("() => subject.keepEngine()")

    def subject(self) -> Subject:
        """With nothing of the test before. Raises what says that the page is not to be used any more."""
        subject = Subject(self.page)
        subject.page.evaluate("() => subject.renew()")
        subject.until_workers(sorted(WORKERS))
        self.log.lines.clear()
        return subject

    def close(self) -> None:
        self.page.close()


@pytest.fixture(scope="module")
def warm_pages() -> Iterator[list[WarmPage]]:
    """None, or the one in use."""
    pages: list[WarmPage] = []
    yield pages
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def warm_camera() -> Path | None:
    """The clip before the camera of `warm_subject`: none unless a module says otherwise."""
    return None


@pytest.fixture
def warm_subject(
    warm_pages: list[WarmPage],
    warm_camera: Path | None,
    site: Server,
    windows: OpenWindow,
    logs: dict[Page, PageLog],
    request: pytest.FixtureRequest,
) -> Iterator[Subject]:
    if not warm_pages:
        warm_pages.append(WarmPage(windows(warm_camera), f"{site.url}/pages/{CLASSIC}"))
    warm = warm_pages.pop()  # and back when it is known to be good
    logs[warm.page] = warm.log
    failures = request.session.testsfailed
    try:
        subject = warm.subject()
        subject.open()
        yield subject
        failed = request.session.testsfailed > failures or warm.log.problems
        if not failed and subject.workers() == sorted(WORKERS):
            warm_pages.append(warm)
    finally:
        if not warm_pages:
            warm.close()


@pytest.fixture(scope="session")
def adapter_site(
    paths: Paths, mounts: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server like `site`, with the pages of adapters under /bundled/ and the examples under /examples/."""
    bundled = tmp_path_factory.mktemp("bundled")
    node = os.environ.get("BLURSTREAM_NODE", "node")
    script = paths.web / "build" / "adapters.mjs"
    pages = sorted((PAGES / "adapters").glob("*.mjs"))
    subprocess.run([node, script, "--pages", bundled, *pages], check=True)
    with Server({**mounts, "/bundled/": bundled, "/examples/": paths.examples}) as running:
        yield running


@pytest.fixture
def open_adapter(adapter_site: Server, open_subject: OpenSubject) -> OpenAdapter:
    def open_one(name: str, camera: Path | None = None) -> Subject:
        subject = open_subject(adapter_site, f"adapter.html?{name}", camera)
        subject.until("globalThis.adapterReady")
        return subject

    return open_one
