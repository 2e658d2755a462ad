"""Milliseconds a frame of everything but the model, against resolution, size of the person, and what moves.

    python3 build.py bench --only kernels
    python3 build.py bench --only kernels -- --quick --runtime pyodide --clip VIDEO

The same file inside Pyodide (wasm SIMD, in Node.js) and natively: synthetic scenes, and the talking head of
build/clips with the masks of the real model. Writes kernels.json, kernels.md and kernels.png, and prints what
is different from the last committed result.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import frame_times
import kernel_plot
import kernel_tables
import last_result
from blurstream.record import DEFAULT_MODEL, NativeSession
from blurstream_build.paths import Paths, checkout
from clip_scaling import scaled
from other_programs import OtherPrograms, told_of
from recorded_clip import masks_of
from scenes import MOTIONS

Result = dict[str, Any]
TALKING_HEADS = {"480p": "talking_head_480p.y4m", "720p": "talking_head_720p.y4m"}
PYODIDE, NATIVE = "pyodide", "native"
NAMES = {PYODIDE: "Pyodide (wasm SIMD)", NATIVE: "native"}
QUICK = {"frames": 20, "warm_up": 10}


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    paths = checkout()
    request = {
        "sizes": options.size or list(frame_times.SIZES),
        "motions": options.motion or list(MOTIONS),
        "frames": options.frames,
        "warm_up": options.warm_up,
        "noise": options.noise,
        "settings": options.settings,
    }
    clips = _clips(paths, options)
    results: dict[str, Result] = {}
    runtimes = []
    others: list[float] = []
    for runtime in options.runtime or list(NAMES):
        print(f"{NAMES[runtime]}", flush=True)
        measure = _in_pyodide if runtime == PYODIDE else _native
        busy = OtherPrograms()
        results[NAMES[runtime]], told = measure(paths, {**request, "clips": clips})
        others.append(busy.cores() or 0.0)
        runtimes.append(told)
    on = last_result.measured_on(paths.root, runtime=", ".join(runtimes), others_cores=max(others))
    new = {
        "measured_on": on,
        "settings": request,
        "figures": kernel_tables.figures(results),
        "results": results,
    }
    part = options.quick or options.size or options.motion or options.runtime or options.settings != "{}"
    out = options.out or (paths.build / "bench" if part else paths.bench)
    before = last_result.last(paths.root, paths.bench / "kernels.json")
    last_result.write(out / "kernels.json", new)
    (out / "kernels.md").write_text(kernel_tables.markdown(new), "utf-8")
    kernel_plot.draw(new, out / "kernels.png")
    print(
        "",
        told_of(max(others)),
        kernel_tables.console(results),
        last_result.comparison(new, before),
        sep="\n",
    )
    print(f"\nwritten: kernels.json, kernels.md, kernels.png in {out}")


def _native(_: Paths, request: Result) -> tuple[Result, str]:
    return frame_times.everything(request), f"CPython {platform.python_version()}"


def _in_pyodide(paths: Paths, request: Result) -> tuple[Result, str]:
    """The same inside Pyodide, in Node: wasm SIMD as the browser runs it."""
    (numpy,) = paths.downloads.glob("numpy-*wasm32.whl")
    there = [
        [size, name, *(f"/repository/{Path(p).relative_to(paths.root).as_posix()}" for p in files)]
        for size, name, *files in request["clips"]
    ]
    asked = json.dumps({**request, "clips": there})
    script = Path(__file__).with_name("kernels_in_pyodide.mjs")
    command = [os.environ.get("BLURSTREAM_NODE", "node"), str(script), str(paths.root), str(numpy), asked]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit("the kernels did not run in Pyodide: the reason is above")
    answer: Result = json.loads(done.stdout.splitlines()[-1])
    return answer["results"], answer["runtime"]


def _clips(paths: Paths, options: argparse.Namespace) -> list[list[str]]:
    """[size, name, file, masks] of the built talking heads and of the clips asked for."""
    wanted = options.size or list(frame_times.SIZES)
    found = [
        (size, "talking head", paths.clips / name) for size, name in TALKING_HEADS.items() if size in wanted
    ]
    folder = paths.build / "bench"
    for source in options.clip:
        found += [
            (size, source.stem, scaled(source, *frame_times.SIZES[size], folder, options.clip_frames))
            for size in options.clip_size or ["720p"]
        ]
    session = NativeSession(DEFAULT_MODEL)
    return [
        [size, name, str(file), str(masks_of(file, DEFAULT_MODEL, session, folder))]
        for size, name, file in found
    ]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sizes = tuple(frame_times.SIZES)
    parser.add_argument("--frames", type=int, default=90, help="that count, of each scene (default: 90)")
    parser.add_argument("--warm-up", type=int, default=60, help="frames before them (default: 60)")
    parser.add_argument("--size", action="append", choices=sizes, help="just this one; may be repeated")
    parser.add_argument("--motion", action="append", choices=tuple(MOTIONS), help="just this one")
    parser.add_argument("--runtime", action="append", choices=tuple(NAMES), help="just this one")
    parser.add_argument(
        "--noise", type=float, default=1.5, help="sigma of the synthetic camera (default: 1.5)"
    )
    parser.add_argument("--settings", default="{}", help="of the stream, such as '{\"denoise\": false}'")
    parser.add_argument("--clip", type=Path, action="append", default=[], help="a video of a person, as well")
    parser.add_argument("--clip-size", action="append", choices=sizes, help="of --clip (default: 720p)")
    parser.add_argument("--clip-frames", type=int, default=150, help="of --clip that are used (default: 150)")
    parser.add_argument("--quick", action="store_true", help="few frames; results in build/bench")
    parser.add_argument(
        "--out", type=Path, help="folder of the results (default: bench, or build/bench of a part)"
    )
    options = parser.parse_args(arguments)
    if options.quick:
        vars(options).update(QUICK)
    if options.frames < 1 or options.warm_up < 0:
        parser.error(f"--frames {options.frames} --warm-up {options.warm_up}: at least 1 and 0 are needed")
    for clip in options.clip:
        if not clip.is_file():
            parser.error(f"--clip {clip}: there is no such file")
    return options


if __name__ == "__main__":
    main()
