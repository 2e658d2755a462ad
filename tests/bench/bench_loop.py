"""The whole loop in headless Chromium: a fake camera through blurStream, beside one through an idle worker.

    python3 build.py bench --only loop
    python3 build.py bench --only loop -- --all --seconds 20 --repeats 3 --soak 300

Both kinds of run share browser, camera, taps and minutes; what is reported is above that floor. Figures that
are noisy on a shared machine are those of the best run (CPU) or the median run (rates, latency), and the CPU
that other programs took meanwhile is told. Writes loop.json, loop.md and loop.png, and prints what is
different from the last committed result.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

import last_result
import loop_figures
import loop_page
import loop_plot
from blurstream_build.paths import Paths, checkout
from blurstream_build.serve import Server
from clip_scaling import scaled
from frame_times import SIZES

PAGES = Path(__file__).parent / "pages"
ALL = tuple(f"{width}x{height}" for width, height in SIZES.values())
DEFAULT = ("640x480", "1280x720")
SOAKED = "1280x720"  # the size of the long run, if it is among those measured
QUICK = {"seconds": 4.0, "repeats": 1, "soak": 5.0}


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    paths = checkout()
    found = loop_page.chromium()
    sizes = options.size or list(ALL if options.all else DEFAULT)
    results: dict[str, Any] = {}
    long_run: dict[str, Any] = {}
    with Server({"/": paths.dist, "/bench/": PAGES}) as server, sync_playwright() as playwright:
        for size in sizes:
            width, height = _sides(size)
            camera = camera_for(paths, width, height, options.camera)
            print(f"{size}, camera {camera.name}", flush=True)
            url = f"{server.url}/bench/loop.html"
            with loop_page.opened(playwright, found.program, camera, (width, height), url, options) as page:
                results[size] = page.run()
                if options.soak and size == (SOAKED if SOAKED in sizes else sizes[-1]):
                    long_run = {"size": size, **page.soak()}
            print(loop_figures.table(size, results[size], long_run), flush=True)
    others = max(round(run["others_cores"], 2) for run in results.values())
    result = {
        "measured_on": last_result.measured_on(paths.root, browser=found.version, others_cores=others),
        "settings": {
            name: getattr(options, name) for name in ("seconds", "repeats", "soak", "strength", "fps")
        },
        "figures": loop_figures.figures(results, long_run),
        "results": {size: loop_figures.rounded(run) for size, run in results.items()},
        "long_run": long_run,
    }
    out = options.out or (paths.build / "bench" if options.quick or options.size else paths.bench)
    before = last_result.last(paths.root, paths.bench / "loop.json")
    last_result.write(out / "loop.json", result)
    (out / "loop.md").write_text(loop_figures.markdown(result), "utf-8")
    loop_plot.draw(result, out / "loop.png")
    print(f"\n{last_result.comparison(result, before)}")
    print(f"\nwritten: loop.json, loop.md, loop.png in {out}")


def camera_for(paths: Paths, width: int, height: int, given: Path | None) -> Path:
    """A .y4m of that size for the fake camera: `given` or a clip of the build, scaled if there is none."""
    if given is None:
        clips = paths.clips
        given = next((c for c in sorted(clips.glob("portrait_[0-9]*.y4m")) if f"_{height}p" in c.name), None)
        if given is not None:
            return given
        given = clips / "portrait_720p.y4m"
        if not given.is_file():
            raise SystemExit(f"no {given}: run `python3 build.py build`")
    return scaled(given, width, height, paths.build / "bench")


def _sides(size: str) -> tuple[int, int]:
    width, height = size.split("x")
    return int(width), int(height)


def _size(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d*[02468]x[1-9]\d*[02468]", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; give even sides, such as {DEFAULT[0]}")
    return text


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--size", action="append", type=_size, metavar="WxH", help="this one; may be repeated"
    )
    parser.add_argument("--all", action="store_true", help=f"{', '.join(ALL)}, not just {', '.join(DEFAULT)}")
    parser.add_argument("--seconds", type=float, default=20, help="of each measured run (default: 20)")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each kind (default: 3)")
    parser.add_argument(
        "--soak", type=float, default=300, help="seconds of the long run; 0: none (default: 300)"
    )
    parser.add_argument("--strength", default="private", help="of the blur (default: private)")
    parser.add_argument("--camera", type=Path, help="a video for the fake camera, at every size")
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--quick", action="store_true", help="a few seconds; results in build/bench")
    parser.add_argument(
        "--out", type=Path, help="folder of the results (default: bench, or build/bench of a part)"
    )
    options = parser.parse_args(arguments)
    if options.quick:
        vars(options).update(QUICK)
    if options.camera and not options.camera.is_file():
        parser.error(f"--camera {options.camera}: there is no such file")
    if options.repeats < 1 or options.seconds <= 0:
        parser.error(
            f"--repeats {options.repeats} --seconds {options.seconds}: at least one run of some seconds"
        )
    return options


if __name__ == "__main__":
    main()
