"""Policies that a site may have: those that the README names, to the letter, and cross-origin isolation."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

import pytest
from playwright.sync_api import Page

from blurstream_build import serve
from blurstream_build.paths import checkout
from blurstream_build.serve import Handler, Server
from headers import ISOLATED
from page_log import PageLog
from pages_open import SiteWith
from subject import OpenSubject, Subject

CSP = "Content-Security-Policy"
ELSEWHERE = "https://assets.example"  # what the README calls another origin
# A camera that needs no worker of the test's own, so that no policy has to make room for it. Nobody is in it.
CANVAS = """() => {
    const canvas = Object.assign(document.createElement('canvas'), {width: 320, height: 180});
    const context = canvas.getContext('2d');
    subject.painting = setInterval(() => {
        context.fillStyle = `hsl(${performance.now() / 100} 40% 50%)`;
        context.fillRect(0, 0, 320, 180);
    }, 40);
    subject.camera = canvas.captureStream();
}"""


def policies() -> list[str]:
    """Those of the README, in its order: the least, with Trusted Types, for assets on another origin."""
    readme = (checkout().root / "README.md").read_text("utf-8")
    return re.findall(rf"^{CSP}: (.+)$", readme, re.MULTILINE)


def other_origin(assets: str) -> str:
    """The third one for assets at that address; the detector that the test's page loads is its own affair."""
    policy = policies()[2].replace(ELSEWHERE, assets)
    return policy.replace("connect-src ", "connect-src 'self' ")


def works(subject: Subject, options: str = "{}") -> None:
    """Asserts that Python and the model look at frames: they find nobody."""
    subject.page.evaluate(CANVAS)
    subject.page.evaluate(f"async () => subject.watch(await blurStream(subject.camera, {options}))")
    subject.until("subject.safe.reason === 'no-person'")
    assert subject.stats["restarts"] == 0 and subject.codes("error") == []


def test_the_readme_names_three_policies() -> None:
    least, trusted, elsewhere = policies()
    assert "trusted" not in least and "blob:" not in least + trusted
    assert trusted.startswith(least) and "require-trusted-types-for 'script'" in trusted
    assert ELSEWHERE in elsewhere and "worker-src blob:" in elsewhere


@pytest.mark.parametrize("number", [0, 1])
def test_a_policy_of_the_readme(site_with: SiteWith, open_subject: OpenSubject, number: int) -> None:
    """Nothing more is needed, and nothing of it is hurt."""
    subject = open_subject(site_with({CSP: policies()[number]}))
    report = subject.page.evaluate("() => blurStream.isSupported()")
    assert report["supported"], report
    works(subject)


def test_trusted_types_without_our_policy(
    site_with: SiteWith, open_subject: OpenSubject, page_log: Callable[[Page], PageLog]
) -> None:
    """No worker may be started: a typed error says what the header lacks, and nothing is left."""
    policy = policies()[1].replace("trusted-types blurstream", "trusted-types 'none'")
    assert policy != policies()[1]
    subject = open_subject(site_with({CSP: policy}))
    report = subject.page.evaluate("() => blurStream.isSupported()")
    assert not report["supported"] and "trusted-types blurstream" in report["reasons"][0]
    subject.page.evaluate(CANVAS)
    error = subject.fails("blurStream(camera)")
    assert (error["name"], error["code"], error["exact"]) == ("UnsupportedError", "worker-refused", True)
    assert "trusted-types blurstream" in error["message"]
    subject.nothing_left()
    log = page_log(subject.page)
    assert log.problems
    log.problems.clear()  # the policy was meant to be hurt


def test_isolated_from_other_origins(site_with: SiteWith, open_subject: OpenSubject) -> None:
    """SharedArrayBuffer is there then, and what others wrote might make use of it."""
    subject = open_subject(site_with({**ISOLATED, CSP: f"{serve.CSP}; {trusted_types()}"}))
    assert subject.page.evaluate("() => crossOriginIsolated")
    works(subject)


def trusted_types() -> str:
    least, trusted, _ = policies()
    return trusted.removeprefix(least).lstrip("; ")


def test_all_other_tests_are_not_isolated(site: Server, open_subject: OpenSubject) -> None:
    assert not open_subject(site).page.evaluate("() => crossOriginIsolated")


def test_assets_on_another_origin(site_with: SiteWith, open_subject: OpenSubject) -> None:
    """With their script, under the README's third policy and with Trusted Types, isolated as well."""
    elsewhere = site_with({"Access-Control-Allow-Origin": "*"})
    policy = f"{other_origin(elsewhere.url)}; {trusted_types()}"
    subject = open_subject(site_with({**ISOLATED, CSP: policy}))
    options = f"{{assetBase: '{elsewhere.url}/', workers: 'blob'}}"
    report = subject.page.evaluate(f"() => blurStream.isSupported({options})")
    assert report["supported"], report
    works(subject, options)
    started = [worker.url for worker in subject.page.workers]
    assert started and all(url.startswith("blob:") for url in started)
    subject.page.evaluate("() => subject.safe.stop()")
    assert subject.page.evaluate("() => subject.liveOutputs()") == 0


def test_another_origin_without_cors(
    site_with: SiteWith, open_subject: OpenSubject, page_log: Callable[[Page], PageLog]
) -> None:
    elsewhere = site_with({"Cross-Origin-Resource-Policy": "cross-origin"})
    subject = open_subject(site_with({CSP: other_origin(elsewhere.url)}))
    subject.page.evaluate(CANVAS)
    base = f"{{assetBase: '{elsewhere.url}/', workers: 'blob'}}"
    for call in (f"blurStream(camera, {base})", f"blurStream.preload({base})"):
        error = subject.fails(call)
        assert (error["name"], error["code"]) == ("AssetError", "asset-cross-origin"), error
        assert elsewhere.url in error["message"] and "Access-Control-Allow-Origin" in error["message"]
    subject.nothing_left()
    page_log(subject.page).problems.clear()


class TwoFaced(Handler):
    """Answers the first request for the gate as it should, all others with a script of somebody else's."""

    asked: set[str]

    def _serve(self, *, body: bool) -> None:
        if not self.path.endswith("/gate.mjs") or self.path not in self.asked:
            self.asked.add(self.path)
            return super()._serve(body=body)
        script = b"new BroadcastChannel('somebody').postMessage('else')"
        kind = {"Content-Type": serve.TYPES[".mjs"], "Content-Length": str(len(script))}
        self._head(HTTPStatus.OK, kind)
        self.wfile.write(script)
        return None


@pytest.mark.parametrize(("workers", "headers", "deceived"), [
    ("address", {}, True),
    ("address", {"Cache-Control": "max-age=31536000"}, False),
    ("blob", {}, False),
])  # fmt: skip
def test_a_server_that_changes_its_answer(
    site_with: SiteWith,
    open_subject: OpenSubject,
    workers: str,
    headers: dict[str, str],
    deceived: bool,
) -> None:
    """Between the check and the start. SECURITY.md says what that means for whom."""
    base = type("Fresh", (TwoFaced,), {"asked": set()})
    policy = {CSP: serve.CSP.replace("worker-src 'self'", "worker-src 'self' blob:")}
    subject = open_subject(site_with({**policy, **headers}, base))
    subject.page.evaluate(
        "() => { new BroadcastChannel('somebody').onmessage = ({data}) => { subject.somebody = data; }; }"
    )
    subject.page.evaluate(CANVAS)
    subject.page.evaluate(
        f"async () => subject.watch(await blurStream(subject.camera, {{workers: '{workers}'}}))"
    )
    subject.until("subject.somebody === 'else'" if deceived else "subject.safe.reason === 'no-person'")
    assert subject.page.evaluate("() => subject.somebody ?? null") == ("else" if deceived else None)
