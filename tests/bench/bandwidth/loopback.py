"""A call of a browser with itself: bytes for the camera's track and for ours at the same mean quantiser.

WebRTC's rate control fills what it is given, so the limit is searched at which ours has the camera's mean
quantiser. Ours is the live one; with `--rendered` it is a recording of the same pipeline, played as the fake
camera, for machines that cannot run pipeline and software encoder side by side.
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from blurstream.bitrate import usual_bitrate
from blurstream_build import browser, clip_y4m
from blurstream_build.paths import Paths
from blurstream_build.serve import Server

from . import scenes

PAGES = Path(__file__).parent / "pages"
TIMEOUT_MS = 180_000
WARM_UP_S = 10.0  # after a start: bandwidth estimation, compilers
SETTLE_S = 4.0  # after another limit
SEARCH_S, SEARCH_STEPS = 8.0, 7
MATCHED = 1.0  # difference of mean quantisers, in steps of the codec's own scale
WATCH_S = 4.0
LEAST_BITRATE = 20_000
SLOPE = -12.0  # quantiser steps for a doubling of the rate, until there are two points to tell


@dataclass(frozen=True)
class Run:
    """What was sent over some seconds of one call."""

    seconds: float
    limit: int
    bytes: float
    frames: int
    quantiser: float
    width: int
    height: int
    limited: str
    encoder: str
    person_db: float | None = None

    @property
    def kbits(self) -> float:
        return self.bytes * 8 / self.seconds / 1000

    @property
    def fps(self) -> float:
        return self.frames / self.seconds

    @property
    def per_frame(self) -> float:
        return self.bytes / max(1, self.frames)

    def plain(self) -> dict[str, Any]:
        return {**self.__dict__, "kbits": self.kbits, "fps": self.fps, "bytes_per_frame": self.per_frame}


class Call:
    """One page on which calls are made, one after the other."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, kind: str, codec: str, limit: int) -> None:
        self.page.evaluate("(all) => bench.open(...all)", [kind, codec, limit, {"effect": {"type": "blur"}}])
        time.sleep(WARM_UP_S)

    def limit(self, bits: int) -> None:
        self.page.evaluate("(bits) => bench.limit(bits)", bits)
        time.sleep(SETTLE_S)

    def measure(self, seconds: float, limit: int) -> Run:
        before = self.page.evaluate("bench.stats()")
        time.sleep(seconds)
        after = self.page.evaluate("bench.stats()")
        return difference(before, after, limit)

    def person(self, blocks: list[tuple[int, int]]) -> float | None:
        """PSNR of the person's blocks at the receiver against the camera's pixels, in dB."""
        if not blocks:
            return None
        found = self.page.evaluate("(all) => bench.person(...all)", [blocks, WATCH_S * 1000])
        return None if found is None else float(found)

    def close(self) -> None:
        self.page.evaluate("bench.close()")


def difference(before: dict[str, Any], after: dict[str, Any], limit: int) -> Run:
    """Two reports of outbound-rtp -> what was sent between them, without what was sent twice."""

    def grown(name: str) -> float:
        return float(after.get(name, 0)) - float(before.get(name, 0))

    frames = int(grown("framesEncoded"))
    waits = {
        reason: after.get("qualityLimitationDurations", {}).get(reason, 0.0) - seconds
        for reason, seconds in before.get("qualityLimitationDurations", {}).items()
    }
    limited = [
        f"{reason} {seconds:.1f} s" for reason, seconds in waits.items() if reason != "none" and seconds > 0
    ]
    return Run(
        seconds=grown("timestamp") / 1000,
        limit=limit,
        bytes=grown("bytesSent") - grown("retransmittedBytesSent"),
        frames=frames,
        quantiser=grown("qpSum") / max(1, frames),
        width=int(after.get("frameWidth", 0)),
        height=int(after.get("frameHeight", 0)),
        limited=", ".join(limited) or "none",
        encoder=str(after.get("encoderImplementation", "")),
    )


def next_limit(tried: list[Run], target: float) -> int:
    """The limit to try next: log of the rate is taken as linear in the quantiser between the nearest."""
    nearest = sorted(tried, key=lambda run: abs(run.quantiser - target))[:2]
    at = nearest[0]
    slope = SLOPE
    if len(nearest) == 2:
        steps = math.log2(nearest[0].limit / nearest[1].limit)
        rise = nearest[0].quantiser - nearest[1].quantiser
        if steps and rise / steps < -1:  # a slope that noise has turned around says nothing
            slope = rise / steps
    factor = 2 ** max(-2.0, min(1.0, (target - at.quantiser) / slope))
    return max(LEAST_BITRATE, round(at.limit * factor))


def search(call: Call, first: int, target: float, seconds: float) -> list[Run]:
    """Runs of ours at limits ever nearer to the target quantiser; the last one has it, or gave up."""
    tried: list[Run] = []
    limit = first
    for _ in range(SEARCH_STEPS):
        if tried:
            call.limit(limit)
        tried.append(call.measure(seconds, limit))
        if abs(tried[-1].quantiser - target) <= MATCHED:
            break
        limit = next_limit(tried, target)
    return tried


def run(options: argparse.Namespace, paths: Paths) -> dict[str, Any]:
    """Every scene with every codec that the browser offers."""
    seconds = options.seconds or (8.0 if options.quick else 24.0)
    repeats = options.repeats or (1 if options.quick else 3)
    live = not (options.rendered or options.ours)
    found: dict[str, Any] = {}
    for scene in [options.camera.stem] if options.camera else options.scenes:
        camera = options.camera or scenes.camera_file(scene, paths)
        if camera is None:
            print(f"  {scene}: its recorded clip is not there", flush=True)
            continue
        ours = camera if live else options.ours or scenes.our_file(camera)
        high, wide = next(clip_y4m.read(camera))[0].shape
        limit = usual_bitrate(wide, high, clip_y4m.FPS)
        codecs = {
            codec: pairs
            for codec in options.codecs
            if (pairs := repeated(scene, codec, camera, ours, live, (seconds, repeats, limit), paths))
        }
        found[scene] = {"width": wide, "height": high, "limit": limit, "codecs": codecs}
    return {
        "browser": chromium().version,
        "ours": "live" if live else "recorded beforehand",
        "seconds": seconds,
        "scenes": found,
    }


def repeated(
    scene: str, codec: str, camera: Path, ours: Path, live: bool, how: tuple[float, int, int], paths: Paths
) -> list[dict[str, Any]]:
    """The camera, then ours at the limit that the first search found; again and again."""
    seconds, repeats, limit = how
    pairs: list[dict[str, Any]] = []
    blocks = scenes.person_blocks(camera)
    matched = 0
    for repeat in range(repeats):
        with page(camera, paths) as call:
            if not call.page.evaluate("(codec) => bench.offers(codec)", codec):
                print(f"  {codec}: not offered by this browser", flush=True)
                return []
            call.open("camera", codec, limit)
            theirs = call.measure(seconds, limit)
            theirs = replace(theirs, person_db=call.person(blocks))
            call.close()
        with page(ours, paths) as call:
            first = matched or limit
            call.open("safe" if live else "camera", codec, first)
            tried = search(call, first, theirs.quantiser, seconds if matched else SEARCH_S)
            matched = tried[-1].limit
            last = tried[-1] if repeat and len(tried) == 1 else call.measure(seconds, matched)
            if live:  # a recording's camera is not there to be compared with
                last = replace(last, person_db=call.person(blocks))
            call.close()
        pairs.append(
            {"camera": theirs.plain(), "ours": last.plain(), "search": [one.plain() for one in tried]}
        )
        print(
            f"  {scene}, {codec}, {repeat + 1}: {theirs.kbits:.0f} kbit/s at {theirs.quantiser:.1f}, "
            f"ours {last.kbits:.0f} at {last.quantiser:.1f}",
            flush=True,
        )
    return pairs


@contextmanager
def page(camera: Path, paths: Paths) -> Iterator[Call]:
    """A fresh browser whose camera plays a clip."""
    with (
        Server({"/": paths.dist, "/bench/": PAGES}) as server,
        tempfile.TemporaryDirectory(prefix="blurstream-bandwidth-", ignore_cleanup_errors=True) as profile,
        sync_playwright() as playwright,
    ):
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=str(chromium().program),
            headless=True,
            chromium_sandbox=not browser.needs_no_sandbox(),
            args=[
                *browser.QUIET,
                *browser.camera_arguments(camera),
                "--disable-features=WebRtcHideLocalIpsWithMdns",
            ],
        )
        try:
            tab = context.pages[0]
            tab.set_default_timeout(TIMEOUT_MS)
            tab.goto(f"{server.url}/bench/loopback.html")
            tab.wait_for_function("globalThis.bench !== undefined")
            yield Call(tab)
        finally:
            context.close()


def chromium() -> browser.Chromium:
    """The browser to call with."""
    found = browser.find(os.environ)
    if not found:
        raise SystemExit(f"no Chromium: run `python3 build.py bandwidth`, or set {browser.ENV}")
    return found
