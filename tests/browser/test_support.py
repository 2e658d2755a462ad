"""isSupported, and what blurStream says where it cannot run: typed, in bounded time, never a hang."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from blurstream_build import serve
from blurstream_build.serve import Server
from page_log import PageLog
from pages_open import SiteWith
from subject import OpenSubject

REPORT = {"supported", "transport", "simd", "hiddenTabSafe", "reasons"}
BOUND_S = 20


def test_supported(site: Server, open_subject: OpenSubject) -> None:
    subject = open_subject(site)
    report = subject.page.evaluate("() => blurStream.isSupported()")
    assert report == {
        "supported": True, "transport": "streams", "simd": True, "hiddenTabSafe": True, "reasons": [],
    }  # fmt: skip
    subject.nothing_left()


@pytest.mark.parametrize("gone", ["MediaStreamTrackProcessor", "MediaStreamTrackGenerator"])
def test_a_browser_without_streams_of_tracks(site: Server, open_subject: OpenSubject, gone: str) -> None:
    """What is left is a <video> and a canvas: see test_transports.py."""
    subject = open_subject(site, f"lacking.html?without={gone}")
    report = subject.page.evaluate("() => blurStream.isSupported()")
    assert (report["supported"], report["transport"], report["reasons"]) == (True, "element", [])


@pytest.mark.parametrize("missing", ["captureStream", "VideoFrame", "Worker"])
def test_a_browser_that_lacks_something(site: Server, open_subject: OpenSubject, missing: str) -> None:
    subject = open_subject(site, f"lacking.html?without={missing}")
    report = subject.page.evaluate("() => blurStream.isSupported()")
    assert set(report) == REPORT
    assert (report["supported"], report["transport"]) == (False, None)
    wanted = "module workers" if missing == "Worker" else missing
    assert any(wanted in reason for reason in report["reasons"]), report["reasons"]
    stream = (
        "'captureStream' in HTMLCanvasElement.prototype ? document.createElement('canvas').captureStream()"
        " : new MediaStream([new hiddenNatives.MediaStreamTrackGenerator({kind: 'video'})])"
    )
    error = subject.fails(f"blurStream({stream})")
    assert (error["name"], error["code"], error["exact"]) == ("UnsupportedError", "unsupported", True)
    assert wanted in error["message"] and error["details"]["reasons"] == report["reasons"]
    subject.nothing_left()


@pytest.mark.parametrize("base", ["'/nowhere/'", "'https://example.org/'", "7"])
def test_is_supported_never_rejects(site: Server, open_subject: OpenSubject, base: str) -> None:
    subject = open_subject(site)
    report = subject.page.evaluate(f"() => blurStream.isSupported({{assetBase: {base}}})")
    assert set(report) == REPORT and not report["supported"]
    assert "assetBase" in report["reasons"][0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (" 'wasm-unsafe-eval'", "", "'wasm-unsafe-eval'"),
        ("worker-src 'self'", "worker-src 'none'", "worker-src"),
    ],
)
def test_a_policy_that_forbids_it(
    site_with: SiteWith,
    open_subject: OpenSubject,
    page_log: Callable[[Page], PageLog],
    old: str,
    new: str,
    words: str,
) -> None:
    policy = serve.CSP.replace(old, new)
    assert policy != serve.CSP
    subject = open_subject(site_with({"Content-Security-Policy": policy}))
    subject.page.set_default_timeout(BOUND_S * 1000)
    report = subject.page.evaluate("() => blurStream.isSupported()")
    assert set(report) == REPORT and not report["supported"]
    assert any(words in reason for reason in report["reasons"]), report["reasons"]
    stream = "document.createElement('canvas').captureStream()"
    error = subject.fails(f"blurStream({stream}).then(async (safe) => {{ await safe.ready; return safe; }})")
    assert error["name"] in ("UnsupportedError", "WorkerError") and error["exact"], error
    assert words in error["message"]
    subject.nothing_left()
    page_log(subject.page).problems.clear()  # the policy was meant to be hurt
