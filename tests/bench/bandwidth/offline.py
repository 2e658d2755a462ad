"""Constant-quality encodes of camera and output over all clips and codecs: the curves, and what they say."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from blurstream.bitrate import usual_bitrate

from .bd_rate import at_rate, bd_rate
from .encode import CODECS, FPS, Codec
from .material import Material, drawn, noisier, recorded
from .measure import PARTS, curves
from .output import VARIANTS, Variant, decide_roi, output

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What is measured. `frames`: of each clip at most. `data`: folder of recorded clips, or None."""

    frames: int
    codecs: tuple[Codec, ...]
    variants: tuple[Variant, ...]
    quick: bool
    jobs: int
    clips: Path
    data: Path | None


def thinned(codec: Codec) -> Codec:
    """The codec with every other quantiser, and the coarsest."""
    kept = sorted({*codec.quantisers[::2], codec.quantisers[-1]})
    return Codec(codec.name, codec.encoder, tuple(kept), codec.options)


def materials(plan: Plan) -> list[Callable[[], Material]]:
    """How to make each clip; a clip is made in the process that measures it."""
    made: list[Callable[[], Material]] = []
    for share in (0.25,) if plan.quick else (0.08, 0.25, 0.45):
        noises: tuple[float, ...] = (0.0, 2.0, 4.0) if share == 0.25 and not plan.quick else (2.0,)
        made += [partial(drawn, plan.frames, share, noise, shaken=False) for noise in noises]
    made.append(partial(drawn, plan.frames, 0.25, 2.0, shaken=True))
    if not plan.quick:
        made.append(partial(drawn, plan.frames, 0.08, 4.0, shaken=False))
        made.append(partial(drawn, plan.frames, 0.08, 2.0, shaken=True))
        made.append(partial(recorded, plan.clips / "talking_head_480p.y4m", plan.frames))
    if plan.data is None:
        return made
    for name, noises in _recorded(plan):
        made += [partial(_recorded_clip, plan.data, name, plan.frames, sigma) for sigma in noises]
    return made


def _recorded(plan: Plan) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Recorded clips and the sensor noise put back on them: their compression has taken it."""
    assert plan.data is not None
    wanted: dict[str, tuple[float, ...]] = {"clips/webcam_cap12.mp4": (2.0,)}
    if not plan.quick:
        wanted = {
            "clips/webcam_cap12.mp4": (0.0, 2.0, 4.0),
            "clips/asl_sister.mkv": (2.0,),
            "clips/asl_book.mkv": (0.0, 2.0),
            "clips/asl_walk.mkv": (2.0,),
            "clips_with_alpha/franck_livingroom/frames.mp4": (0.0,),
            "clips_with_alpha/franck_bedroom/frames.mp4": (0.0,),
        }
    for name, noises in wanted.items():
        if (plan.data / name).is_file():
            yield name, noises


def _recorded_clip(data: Path, name: str, frames: int, noise: float) -> Material:
    masks = (data / name).parent / "masks"
    clip = recorded(data / name, frames, masks if masks.is_dir() else None)
    return noisier(clip, noise) if noise else clip


def run(plan: Plan, say: Say) -> list[dict[str, Any]]:
    """Every clip, in as many processes as the plan has jobs; in the order of the plan."""
    jobs = [(index, make, plan.codecs, plan.variants) for index, make in enumerate(materials(plan))]
    found: dict[int, dict[str, Any]] = {}
    with ProcessPoolExecutor(plan.jobs) as pool:
        for done in as_completed([pool.submit(_one, *job) for job in jobs]):
            index, clip = done.result()
            found[index] = clip
            say(f"{len(found)} of {len(jobs)}: {clip['name']}")
    return [found[index] for index in sorted(found)]


def _one(
    index: int, make: Callable[[], Material], codecs: Sequence[Codec], variants: Sequence[Variant]
) -> tuple[int, dict[str, Any]]:
    os.environ["SVT_LOG"] = "1"  # errors only
    return index, clip_figures(make(), codecs, variants)


def clip_figures(material: Material, codecs: Sequence[Codec], variants: Sequence[Variant]) -> dict[str, Any]:
    """The figures of one clip, as plain data."""
    decide_roi(material)
    references = {"camera": material.camera} | ({"clean": material.clean} if material.clean else {})
    high, wide = material.camera[0][0].shape
    outputs = {variant.name: output(material, variant) for variant in variants}
    kept: dict[str, Any] = {}
    for codec in codecs:
        kept[codec.name] = {"camera": curves(codec, material.camera, references, material.roi)}
        for variant, made in outputs.items():
            kept[codec.name][variant] = curves(codec, made.frames, references, material.roi)
    return {
        "name": material.name,
        "kind": material.kind,
        "width": wide,
        "height": high,
        "frames": len(material.camera),
        "noise": material.noise,
        "shaken": material.shaken,
        "person_share": material.person_share,
        "matte_share": material.matte_share,
        "person_cut": material.person_cut,
        "composed": {name: made.composed for name, made in outputs.items()},
        "written_share": {name: made.written_share for name, made in outputs.items()},
        "rows": rows(kept, usual_bitrate(wide, high, FPS)),
        "curves": kept,
    }


def rows(kept: dict[str, Any], usual: int) -> list[dict[str, Any]]:
    """What the curves of one clip say, for every codec, variant and reference. `usual`: bits a second."""
    made: list[dict[str, Any]] = []
    for codec, of in kept.items():
        camera = of["camera"]
        for variant, reference in itertools.product(of, camera["steady"]):
            if variant == "camera":
                continue
            ours = of[variant]
            there = at_rate(camera["steady"][reference], ours["steady"][reference], usual / 8 / FPS)
            made.append(
                {
                    "codec": codec,
                    "variant": variant,
                    "reference": reference,
                    "bd_rate": {p: bd_rate(camera[p][reference], ours[p][reference]) for p in PARTS},
                    "at_usual_rate": {
                        "kbits": there.size * 8 * FPS / 1000,
                        "psnr": there.quality,
                        "change": there.change,
                        "capped": there.capped,
                    },
                }
            )
    return made


def plan(
    quick: bool, jobs: int, clips: Path, data: Path | None, frames: int | None = None, only: str | None = None
) -> Plan:
    """The whole measurement, or a short one of fewer clips, codecs and quantisers. `only`: one variant."""
    variants = tuple(variant for variant in VARIANTS if only in (None, variant.name))
    if quick:
        chosen = tuple(thinned(codec) for codec in CODECS if codec.name in ("VP8", "VP9"))
        ends = tuple(dict.fromkeys((variants[0], variants[-1])))
        return Plan(frames or 90, chosen, ends, True, jobs, clips, data)
    return Plan(frames or 180, CODECS, variants, False, jobs, clips, data)
