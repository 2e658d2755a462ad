"""The hook in the real React, in StrictMode, which runs every effect twice; and on a server."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from blurstream_build.paths import Paths
from pages_open import OpenAdapter
from subject import WORKERS, Subject, private

TEAL, MAROON = (0, 128, 128), (128, 0, 0)
PACKAGES = ("react", "react-dom", "scheduler")
ON_A_SERVER = """
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
for (const name of ['getusermedia', 'jitsi', 'livekit', 'webrtc']) await import(`./adapters/${name}.mjs`);
const { useBlurStream } = await import('./adapters/react.mjs');
const Call = () => {
  const { state, safe } = useBlurStream(null);
  return createElement('p', null, `${state} ${safe}`);
};
console.log(renderToString(createElement(Call)));
"""


@pytest.fixture
def subject(open_adapter: OpenAdapter) -> Subject:
    opened = open_adapter("react")
    opened.open()
    return opened


def show(subject: Subject, options: str = "{effect: {type: 'blur', strength: 'light'}}") -> None:
    """Renders with options that are new objects every time."""
    subject.page.evaluate(f"() => page.show(subject.camera ??= subject.source.stream, {options})")


def run(subject: Subject) -> None:
    show(subject)
    subject.until("page.hook?.state === 'running'")
    subject.page.evaluate("() => { subject.safe = page.hook.safe; }")


def left_is(subject: Subject, wanted: tuple[int, int, int]) -> None:
    subject.until_frames(5)
    seen = subject.page.evaluate("() => subject.seen([[0.03, 0.5]])")[0]
    assert all(abs(a - b) < 20 for a, b in zip(seen, wanted, strict=True)), seen


def test_from_mount_to_unmount(subject: Subject) -> None:
    """One stream in spite of StrictMode; the source stays."""
    subject.page.evaluate("() => page.show(null, {})")
    subject.until("page.text() === 'loading starting '")
    run(subject)
    private(subject.until_frames(5), "React, from the first frame")
    assert subject.page.evaluate("() => [page.seen.length, page.text()]") == [1, "running  "]
    subject.until("page.hook.stats?.composedFrames > 0")
    subject.until_workers(sorted(WORKERS))
    subject.page.evaluate("() => page.hide()")
    subject.nothing_left()
    assert subject.page.evaluate("() => [page.text(), subject.source.track.readyState]") == [None, "live"]


def test_options_by_value(subject: Subject) -> None:
    """The same again changes nothing; another value goes to the stream that runs."""
    run(subject)
    asked = "() => { globalThis.asked = []; const update = subject.safe.update.bind(subject.safe);"
    subject.page.evaluate(
        asked + "subject.safe.update = (changes) => { asked.push(changes); return update(changes); }; }"
    )
    for _ in range(3):
        show(subject)
    subject.until("page.renders > 3")
    assert subject.page.evaluate("() => asked.length") == 0
    show(subject, "{effect: {type: 'color', color: '#008080'}}")
    left_is(subject, TEAL)
    subject.page.evaluate("() => page.hook.update({effect: {type: 'color', color: '#800000'}})")
    left_is(subject, MAROON)
    show(subject, "{effect: {type: 'color', color: '#008080'}}")  # the options have not changed
    left_is(subject, MAROON)
    show(subject, "{}")
    subject.until_frames(3)
    assert subject.page.evaluate("() => asked") == [
        {"effect": {"type": "color", "color": "#008080"}, "denoise": True},
        {"effect": {"type": "color", "color": "#800000"}},
        {"effect": {"type": "blur"}, "denoise": True},
    ]
    assert subject.page.evaluate("() => [page.seen.length, page.hook.error]") == [1, None]
    show(subject, "{effect: {type: 'fog'}}")
    subject.until("page.hook.error?.code === 'invalid-option'")
    assert subject.page.evaluate("() => page.hook.state") == "running"


def test_pause_and_resume(subject: Subject) -> None:
    run(subject)
    subject.page.evaluate("() => page.hook.pause()")
    subject.until("page.hook.reason === 'paused'")
    assert subject.page.evaluate("() => page.text()") == "concealed paused "
    subject.page.evaluate("() => page.hook.resume()")
    subject.until("page.hook.state === 'running'")


def test_another_stream_and_none(subject: Subject) -> None:
    run(subject)
    first = subject.page.evaluate(
        "() => { globalThis.first = page.hook.safe; subject.camera = subject.camera.clone(); }"
    )
    assert first is None
    show(subject)
    subject.until("page.hook.state === 'running' && page.hook.safe !== first")
    assert subject.page.evaluate("() => first.state") == "stopped"
    subject.until_workers(sorted(WORKERS))
    subject.page.evaluate("() => page.show(null, {})")
    subject.nothing_left()
    assert subject.page.evaluate("() => [page.hook.safe, page.hook.state, page.seen.length]") == [
        None,
        "loading",
        2,
    ]
    error = subject.page.evaluate("() => page.hook.pause().then(() => null, asData)")
    assert (error["name"], error["code"]) == ("AbortError", "stopped")


def test_an_update_of_the_stream_before(subject: Subject) -> None:
    """Is given up with it, and no error of the new one."""
    run(subject)
    subject.page.route("**/never.png", lambda route: None)
    with subject.page.expect_request("**/never.png"):
        show(subject, "{effect: {type: 'image', source: '/never.png'}}")
    subject.page.evaluate(
        "() => { globalThis.first = page.hook.safe; subject.camera = subject.camera.clone(); }"
    )
    show(subject)
    subject.until("page.hook.state === 'running' && page.hook.safe !== first")
    assert subject.page.evaluate("() => [first.state, page.hook.error]") == ["stopped", None]


def test_mounted_and_gone_at_once(subject: Subject) -> None:
    for _ in range(3):
        show(subject)
        subject.page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 30))")
        subject.page.evaluate("() => page.hide()")
    subject.nothing_left()
    run(subject)
    subject.until_workers(sorted(WORKERS))
    subject.until("subject.liveOutputs() === 1")


def test_what_cannot_begin(subject: Subject) -> None:
    """Is told, and mends with another try; as is a signal of the application's."""
    show(subject, "{assetBase: '/nowhere/'}")
    subject.until("page.hook?.state === 'failed'")
    assert subject.page.evaluate("() => page.hook.error.name") == "AssetError"
    assert subject.page.evaluate("() => page.hook.error.code === page.hook.reason")
    subject.nothing_left()
    subject.page.evaluate("() => { globalThis.controller = new AbortController(); }")
    show(subject, "{signal: controller.signal}")
    subject.until("page.hook.state === 'running'")
    subject.page.evaluate("() => controller.abort()")
    subject.until("page.hook.state === 'stopped'")
    subject.nothing_left()


def test_on_a_server(paths: Paths, dist: Path, tmp_path: Path) -> None:
    """Every adapter can be imported where there is no browser, and the hook renders."""
    shutil.copy(dist / "blurstream.mjs", tmp_path)
    shutil.copytree(dist / "adapters", tmp_path / "adapters")
    for name in PACKAGES:
        shutil.copytree(paths.node_modules / name, tmp_path / "node_modules" / name)
    (tmp_path / "server.mjs").write_text(ON_A_SERVER, "utf-8")
    node = os.environ.get("BLURSTREAM_NODE", "node")
    done = subprocess.run([node, "server.mjs"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "<p>loading null</p>"
