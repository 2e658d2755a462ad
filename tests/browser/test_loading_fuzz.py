"""Damaged networks, descriptions and lists of files: a typed error, or what every check holds for.

`BLURSTREAM_FUZZ=10000` tries as many of each; `BLURSTREAM_FUZZ_SEED` begins with the seed of a run before.
"""

from __future__ import annotations

import copy
import json
import os
import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from blurstream.errors import ModelError
from blurstream.mask import Mask
from blurstream_build import serve
from blurstream_build.paths import Paths
from blurstream_build.serve import Handler, Server
from faults import FaultySite, variant
from mutants import endless, mutant
from pages_open import PAGES, OpenWindow
from subject import OpenSubject, Subject, private

CASES = int(os.environ.get("BLURSTREAM_FUZZ", "150"))
FIRST = int(os.environ.get("BLURSTREAM_FUZZ_SEED") or random.SystemRandom().randrange(2**31))
TEXTS = 10 * CASES  # they cost next to nothing
AT_ONCE = 50
HANG_MS = 2000
SLACK = 1e-3
SIZE = (320, 180)
WATCH_S = 4.0  # it has everything, and is at it, after one
STOP_MS = 5000


@pytest.fixture(scope="module")
def page(
    paths: Paths,
    mounts: dict[str, Path],
    dist: Path,
    windows: OpenWindow,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Page]:
    """With `loading`, in front of a server of mutants: /mutants/SEED.onnx."""
    bundled = tmp_path_factory.mktemp("workers")
    script = paths.web / "build" / "test-workers.mjs"
    node = os.environ.get("BLURSTREAM_NODE", "node")
    worker = PAGES / "fuzz" / "loading-worker.mjs"
    subprocess.run([node, script, "--out", bundled, worker], check=True)
    original = (dist / "assets" / "segmenter.onnx").read_bytes()

    class Mutants(Handler):
        def _serve(self, *, body: bool) -> None:
            if not self.path.startswith("/mutants/"):
                super()._serve(body=body)
                return
            name = self.path.rpartition("/")[2].removesuffix(".onnx")
            data = original if name == "original" else mutant(original, int(name))
            kind = serve.TYPES.get(".onnx", "application/octet-stream")
            self._head(HTTPStatus.OK, {"Content-Type": kind, "Content-Length": str(len(data))})
            self.wfile.write(data)

    with Server({**mounts, "/bundled/": bundled}, handler=Mutants) as site:
        one = windows(None).new_page()
        one.goto(f"{site.url}/pages/blank.html")
        one.evaluate("async () => { globalThis.loading = await import('/pages/fuzz/loading.mjs'); }")
        yield one
        one.close()


@pytest.fixture(scope="module")
def description(dist: Path) -> str:
    return (dist / "assets" / "segmenter.json").read_text("utf-8")


RUN = "([cases, limit, warm]) => loading.run(cases, limit, warm)"


def outcomes(
    page: Page, cases: list[dict[str, Any]], warm: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(RUN, [cases, HANG_MS, warm])
    return found


def test_networks(
    page: Page, description: str, faulty_site: FaultySite, open_subject: OpenSubject, paths: Paths
) -> None:
    """Those that run for ever do so in a worker that nobody waits for: they are tried in the product, too."""
    print(f"networks: seeds from {FIRST}")
    warm = {"kind": "model", "url": "/mutants/original.onnx", "description": description}
    ends: Counter[str] = Counter()
    slowest, hung, bad = 0.0, [], []
    for first in range(FIRST, FIRST + CASES, AT_ONCE):
        seeds = range(first, min(first + AT_ONCE, FIRST + CASES))
        cases = [{**warm, "url": f"/mutants/{one}.onnx"} for one in seeds]
        for one, outcome in zip(seeds, outcomes(page, cases, warm), strict=True):
            if outcome.get("hung"):
                hung.append(one)
                ends["runs for ever"] += 1
                continue
            if outcome.get("died"):
                bad.append(f"seed {one}: {outcome}")
                continue
            slowest = max(slowest, outcome["ms"])
            ends[judged(outcome, f"seed {one}")] += 1
    print(f"{CASES} networks, the slowest {slowest:.0f} ms: {dict(ends.most_common())}")
    assert not bad, bad
    assert ends["model-unloadable"] and ends["usable"], ends
    assert len(hung) <= max(1, CASES // 1000), f"seeds {hung}"
    for one in hung:

        def damaged(original: bytes, seed: int = one) -> bytes:
            return mutant(original, seed)

        stays_concealed(
            open_subject(faulty_site(variant(paths.dist, {"segmenter.onnx": damaged}))), f"seed {one}"
        )


def test_a_network_that_runs_for_ever(
    faulty_site: FaultySite, open_subject: OpenSubject, paths: Paths
) -> None:
    stays_concealed(open_subject(faulty_site(variant(paths.dist, {"segmenter.onnx": endless}))), "for ever")


def stays_concealed(subject: Subject, what: str) -> None:
    """Asserts that the room is concealed all the time, and that the page can end it at any time."""
    subject.open(SIZE)
    subject.begin()
    rows = subject.watch(WATCH_S)
    assert subject.state == "loading" and subject.codes("error") == [], subject.summary()
    assert len(rows) > 10, what
    private(rows, what)
    took_ms = subject.page.evaluate(
        """async () => {
            const startMs = performance.now();
            await subject.safe.stop();
            return performance.now() - startMs;
        }"""
    )
    print(f"{what}: stopped in {took_ms:.0f} ms")
    assert took_ms < STOP_MS
    subject.nothing_left()


def judged(outcome: dict[str, Any], what: str) -> str:
    """Asserts that it is a typed refusal, or that what it answers is fit or refused by the pipeline."""
    if "answers" not in outcome:
        assert outcome["typed"] and outcome["name"] == "ModelError", f"{what}: {outcome}"
        return str(outcome["code"])
    for answer in outcome["answers"]:
        least, most = answer["least"], answer["most"]
        if not (least >= -SLACK and most <= 1 + SLACK):
            # Only the black picture was tried: the running product conceals every frame of such a mask.
            mask = np.full((144, 256), 0.5, np.float32)
            mask[0, :2] = [np.nan if value is None else value for value in (least, most)]
            with pytest.raises(ModelError):
                Mask().check(mask)
            return "refused by the pipeline"
    return "usable"


# What may stand anywhere in a JSON file, and what somebody might put there on purpose.
JUNK = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    st.sampled_from(
        [2**53, -1, 0, 1e308, "", "a" * 5000, [], {}, [[]], [1, 144, 256, 3], "../", "__proto__"]
    ),
).map(copy.deepcopy)  # what is put in may be damaged, too
NAMES = st.sampled_from(
    [
        *(
            "../evil.js",
            "/evil.js",
            "//example.org/evil.js",
            "https://example.org/a.wasm",
            "..\\a",
            "a/b",
            ".",
        ),
        *("..", "", "%2e%2e/a", "data:,", "\u0000", "gate.mjs?x", "gate.mjs#x", "__proto__", "constructor"),
    ]
)


def paths_of(value: object, at: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, one in inside for path in paths_of(one, (*at, key)))]


@st.composite
def damaged(draw: st.DrawFn, original: str) -> str:
    """The JSON with some of it changed, left out or added, or with its text broken."""
    value = json.loads(original)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(paths_of(value)))
        if not path:
            continue
        *before, last = path
        holder = value
        for key in before:
            holder = holder[key]
        match draw(st.sampled_from(("put", "leave out", "add"))):
            case "put":
                holder[last] = draw(JUNK)
            case "leave out":
                del holder[last]
            case _ if isinstance(holder, dict):
                holder[draw(NAMES)] = draw(st.one_of(JUNK, st.just(holder[last])))
            case _:
                holder.insert(0, draw(JUNK))
    text = json.dumps(value)
    if draw(st.integers(0, 5)) == 0:
        cut = draw(st.integers(0, len(text)))
        text = draw(st.sampled_from((text[:cut], text[cut:], text + text, f"[{text}]", "null", "")))
    return text


def tried(page: Page, kind: str, original: str, refusal: str, count: int) -> None:
    """Damages `original`, and asserts that it is taken, or refused with an error of that name."""
    ends: Counter[str] = Counter()
    base = page.evaluate("() => new URL('/assets/', location.href).href")
    batch = st.lists(damaged(original), min_size=AT_ONCE, max_size=AT_ONCE)

    @seed(FIRST)
    @settings(
        max_examples=max(count // AT_ONCE, 1),
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(batch)
    def try_all(texts: list[str]) -> None:
        for text, outcome in zip(
            texts, outcomes(page, [{"kind": kind, "text": t} for t in texts]), strict=True
        ):
            assert not outcome.get("hung") and not outcome.get("died"), (text, outcome)
            if "message" in outcome:
                assert outcome["typed"] and outcome["name"] == refusal, (text, outcome)
            for url in outcome.get("urls", ()):
                assert url.startswith(base) and "/" not in url.removeprefix(base), (text, url)
            ends[outcome.get("code") or "taken"] += 1

    try_all()
    print(f"{kind}: seed {FIRST}, {sum(ends.values())} cases: {dict(ends.most_common())}")
    assert len(ends) > 1, ends


def test_lists_of_files(page: Page, dist: Path) -> None:
    tried(page, "manifest", (dist / "assets" / "manifest.json").read_text("utf-8"), "AssetError", TEXTS)


def test_descriptions(page: Page, description: str) -> None:
    tried(page, "description", description, "ModelError", TEXTS)


@pytest.mark.parametrize(
    "name", ["../pages/blank.html", "/pages/blank.html", "//localhost/a", "data:,", "__proto__"]
)
def test_nothing_outside_the_folder_is_fetched(page: Page, name: str) -> None:
    """Even for a list that nobody has checked, as a worker gets it."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    files = {name: {"sha256": "0" * 64, "bytes": 1}}
    (outcome,) = outcomes(page, [{"kind": "files", "files": files}])
    if name != "__proto__":  # which is no entry then
        assert (outcome["typed"], outcome["code"]) == (True, "asset-unknown"), outcome
    assert not [url for url in asked if not url.endswith("loading-worker.mjs")], asked
