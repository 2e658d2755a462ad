"""python -m bandwidth: what `build.py bandwidth` runs. Results go to bench/bandwidth.{json,md,svg}."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from blurstream.bitrate import usual_bitrate
from blurstream_build.paths import checkout

from . import need, offline, plot, scenes, summary
from .encode import FPS
from .output import VARIANTS


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    paths = checkout()
    target: Path = options.out
    target.parent.mkdir(parents=True, exist_ok=True)
    kept: dict[str, Any] = json.loads(target.read_text("utf-8")) if target.is_file() else {}
    if options.only in (None, "encodes"):
        data = scenes.data_folder(paths)
        if data is None:
            print(f"  no recorded clips ({scenes.DATA_ENV} can name a folder): only those of the build")
        plan = offline.plan(
            options.quick,
            options.jobs,
            paths.clips,
            data,
            options.frames,
            options.variant,
        )
        clips = offline.run(plan, lambda text: print(f"  {text}", flush=True))
        kept["encodes"] = {"quick": options.quick, "clips": clips}
    elif options.only == "report":
        for clip in kept.get("encodes", {}).get("clips", []):
            usual = usual_bitrate(clip["width"], clip["height"], FPS)
            clip["rows"] = offline.rows(clip["curves"], usual)
    if options.only in (None, "loopback"):
        from . import loopback

        kept["loopback"] = loopback.run(options, paths)
    text = ""
    if "encodes" in kept:
        clips = kept["encodes"]["clips"]
        kept["encodes"]["claim"] = summary.claim(clips)
        text += f"{summary.claim(clips)}\n\n{summary.table(clips)}\n{need.sentence(clips)}\n\n"
        plot.draw(clips, target.with_suffix(".svg"))
    if "loopback" in kept:
        from . import loopback_figures

        text += f"{loopback_figures.claim(kept['loopback'])}\n\n{loopback_figures.table(kept['loopback'])}"
    target.write_text(packed(kept) + "\n", "utf-8")
    target.with_suffix(".md").write_text(f"# Bandwidth\n\n{text.rstrip()}\n", "utf-8")
    print(f"\n{text}\nall of it: {target}")
    return 0


def packed(found: dict[str, Any]) -> str:
    """JSON with four figures of each number, without spaces."""
    short = json.loads(json.dumps(found), parse_float=lambda text: float(f"{float(text):.4g}"))
    return json.dumps(short, separators=(",", ":"))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="build.py bandwidth --", description=__doc__)
    parser.add_argument("--only", choices=("encodes", "loopback", "report"), help="just this part")
    parser.add_argument(
        "--quick", action="store_true", help="fewer clips, codecs and quantisers; shorter runs"
    )
    parser.add_argument("--frames", type=int, help="of each clip (180; quick: 90)")
    names = [variant.name for variant in VARIANTS]
    parser.add_argument("--variant", choices=names, help="of our output, just this one")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="clips encoded side by side")
    parser.add_argument("--codecs", nargs="+", default=["VP8", "VP9", "H264", "AV1"], help="of the loopback")
    parser.add_argument("--seconds", type=float, help="of each measured loopback run (24; quick: 8)")
    parser.add_argument("--repeats", type=int, help="loopback runs of each kind (3; quick: 1)")
    parser.add_argument("--rendered", action="store_true", help="loopback: ours made beforehand, not live")
    parser.add_argument("--ours", type=Path, help="a .y4m of our output for the loopback, made beforehand")
    parser.add_argument("--scenes", nargs="+", choices=scenes.NAMES, default=["portrait", "hand-held"])
    parser.add_argument(
        "--camera", type=Path, help="a .y4m for the loopback's fake camera, instead of scenes"
    )
    parser.add_argument("--out", type=Path, default=checkout().bench / "bandwidth.json")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
