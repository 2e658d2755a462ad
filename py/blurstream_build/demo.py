"""`build.py demo`: serves the demo page, or runs the main job without a screen and reports on it."""

from __future__ import annotations

import json
import os
import sys
import threading
import webbrowser
from collections.abc import Mapping
from typing import Any

from . import browser, headless, sizes
from .assets import write_if_changed
from .console import Console
from .errors import BuildError
from .paths import Paths
from .serve import DEFAULT_PORT, Server, open_server

PAGE = "/demo/"
EXAMPLES = "/examples/"
HEADLESS_TIMEOUT_S = 240.0


def serve(paths: Paths, console: Console, *, port: int | None, open_browser: bool) -> None:
    """Serves dist until Ctrl-C."""
    log = (lambda text: console.line(f"    | {text}")) if console.verbose else None
    try:
        server = open_server(
            {"/": paths.dist, EXAMPLES: paths.examples}, port, redirects={"/": PAGE}, log=log
        )
    except OSError as error:
        raise BuildError(
            "serving the demo",
            f"port {port} cannot be used: {error.strerror or error}",
            f"Leave --port away to get {DEFAULT_PORT} or a free one, or name another.",
        ) from error
    with server:
        address = server.url + PAGE
        console.line(f"\n  BlurStream demo: {address}")
        console.line(f"  Examples of the adapters: {server.url}{EXAMPLES}")
        console.line("  Chrome, Edge or Chromium shows it. Ctrl-C ends it.\n")
        if open_browser and has_display(os.environ, sys.platform):
            webbrowser.open(address)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            console.line("\n  ended")


def has_display(env: Mapping[str, str], platform: str) -> bool:
    """Whether opening a browser window can work."""
    return platform in ("darwin", "win32") or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def run_headless(paths: Paths, console: Console) -> None:
    """The main job over the built-in clip: build/demo/before_after.png, report.json and report.md."""
    chromium = browser.ensure(paths, console)
    out = paths.build / "demo"
    out.mkdir(parents=True, exist_ok=True)
    for old in ("before_after.png", "report.json", "report.md"):
        (out / old).unlink(missing_ok=True)
    pictures: list[bytes] = []
    reports: list[dict[str, Any]] = []
    over = threading.Event()
    with console.step("headless demo") as step:

        def take_report(body: bytes) -> None:
            reports.append(json.loads(body))
            over.set()

        posts = {
            "/headless/progress": lambda body: step.say(body.decode("utf-8", "replace")[:200]),
            "/headless/picture": pictures.append,
            "/headless/report": take_report,
        }
        step.say(f"starting {chromium.version}")
        with Server({"/": paths.dist}, posts=posts) as server:
            url = f"{server.url}/demo/headless.html"
            with headless.running(chromium, paths.logs / "headless-demo.log", url) as child:
                headless.wait(child, over, HEADLESS_TIMEOUT_S, paths.logs / "headless-demo.log")
        report = {"browser": chromium.version, **reports[0], "coldLoadBytes": sizes.known_total(paths)}
        if pictures:
            write_if_changed(out / "before_after.png", pictures[0])
        write_if_changed(out / "report.json", (json.dumps(report, indent=1, sort_keys=True) + "\n").encode())
        text = markdown(report)
        write_if_changed(out / "report.md", text.encode())
        step.done("ended")
    console.line("\n" + "\n".join(f"  {line}" for line in text.splitlines() if line) + "\n")
    console.line(f"  picture and report: {out.relative_to(paths.root)}")
    if report.get("error") or report.get("state") != "running" or not pictures:
        raise BuildError(
            "the headless demo",
            f"not composed: state {report.get('state')!r}; {report.get('error') or 'no error'}",
            f"See {out / 'report.json'} and {paths.logs / 'headless-demo.log'};\n"
            "or open the page of `python3 build.py demo` in a browser and look at its console.",
        )


def markdown(report: Mapping[str, Any]) -> str:
    """The report as a short table for people."""
    stages = report.get("stages") or {}
    rows = [
        ("state", report.get("state")),
        ("frames in / out a second", _pair(report, "inFps", "outFps")),
        ("frames composed / concealed", f"{report.get('composed', '-')} / {report.get('concealed', '-')}"),
        ("added latency, median / p95 ms", _pair(report, "latencyMs", "latencyP95Ms")),
        ("stages, ms", ", ".join(f"{name} {_number(ms, 2)}" for name, ms in stages.items()) or "-"),
        ("first safe frame / first composed, ms", _pair(report, "safeMs", "readyMs")),
        ("picture", f"{report.get('width', '-')}x{report.get('height', '-')}"),
        ("cold load, MB brotli", _megabytes(report.get("coldLoadBytes"))),
        ("browser", report.get("browser")),
    ]
    if report.get("error"):
        rows.append(("error", " ".join(str(report["error"]).split())))
    body = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"# BlurStream, headless demo\n\n| what | measured |\n| --- | --- |\n{body}\n"


def _megabytes(count: object) -> str:
    return f"{count / 1e6:.2f}" if isinstance(count, int) else "- (`build.py build` tells)"


def _pair(report: Mapping[str, Any], first: str, second: str) -> str:
    return f"{_number(report.get(first))} / {_number(report.get(second))}"


def _number(value: object, digits: int = 1) -> str:
    return f"{value:.{digits}f}" if isinstance(value, (int, float)) else "-"
