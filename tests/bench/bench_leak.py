"""What leaks and how the edge looks: scenes of known alpha through the native pipeline.

    PYTHONPATH=py:tests/privacy .venv/bin/python tests/bench/bench_leak.py [--json OUT] [--than JSON] ...

Prints one table, scenes across; --than puts an earlier run's figures beside them. --pictures writes for each
scene the output with the largest leak so far, and where in the scene the room was ever shown.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

import leak_scenes
from blurstream.options import BACKGROUNDS, PRIVATE, Blur, parse_effect
from blurstream.record import DEFAULT_MODEL, Recorder
from blurstream_build import clip_y4m
from blurstream_build.clip_y4m import Plane, Planes
from leak_measures import Cut, Figures, Leak, Matte, Popping, Seam, near_edge
from leak_scenes import Moment, Scene

Array = npt.NDArray[Any]
Results = dict[str, Figures]
ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("BLURSTREAM_DATA") or ROOT.parent / "shared" / "data")


class Run:
    """One scene, one recorder for each of its renderings, every measure that applies."""

    def __init__(self, scene: Scene, effect: str, model: Path, picture: Path | None) -> None:
        self._scene, self._picture = scene, picture
        self._recorders = [Recorder(effect, model) for _ in range(3 if scene.rooms else 1)]
        self._cut, self._matte, self._seam, self._popping = Cut(), Matte(), Seam(), Popping()
        self._leak = Leak(scene.rooms.sign) if scene.rooms else None
        self._blurred: list[Array] = []
        if scene.rooms:
            blur = parse_effect(effect)
            assert isinstance(blur, Blur), "the room is measured behind a blur"
            sigma = blur.sigma * scene.height
            self._blurred = [
                ndimage.gaussian_filter(plane, sigma / step, mode="nearest")
                for plane, step in zip(scene.rooms.mean, (1, 2, 2), strict=True)
            ]
        self._worst: tuple[float, Array] = (-1.0, np.zeros((scene.height, scene.width, 3), np.uint8))
        self._frames = self._concealed = 0

    def result(self) -> Figures:
        for moment in self._scene.moments():
            self._add(moment)
        leaks: Figures = {}
        if self._leak and self._scene.rooms:
            leaks = self._leak.result() | self._leak.recovered(self._scene.rooms.a) | self._cut.result()
        seam = self._seam.result() if self._leak else {}
        if self._picture:
            self._picture.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(self.seen()).save(self._picture)
        return {
            **leaks,
            **self._matte.result(),
            **seam,
            **(self._popping.result() if self._leak else {}),
            "frames": self._frames,
            "concealed": self._concealed,
        }

    def _add(self, moment: Moment) -> None:
        shown = [self._through(r, frame) for r, frame in zip(self._recorders, moment.frames, strict=True)]
        outputs = [planes for planes, _ in shown]
        alpha = moment.alpha
        self._frames += 1
        if self._leak:
            # Not of recorded clips: their codec has left tile borders of its own.
            self._popping.add(alpha, outputs[0][0])
            before = float(self._leak.most.sum())
            self._leak.add(alpha, outputs[0], outputs[1])
            self._keep_worst(float(self._leak.most.sum()) - before, outputs[0])
        if not all(composed for _, composed in shown):
            self._concealed += 1
            return
        height, width = alpha.shape
        self._matte.add(alpha, self._recorders[0].matte()[:height, :width])
        if self._leak and moment.pose is not None:
            self._cut.add(alpha, outputs[0][0], outputs[2][0])
            self._seam.add(near_edge(alpha), outputs[0], self._ideal(moment.pose))

    def _through(self, recorder: Recorder, frame: Planes) -> tuple[Planes, bool]:
        """The output, copied, and whether it is composed."""
        safe = recorder.process(frame, self._frames, "bt601", False)
        padded = safe.planes
        y, u, v = (
            plane[: source.shape[0], : source.shape[1]].copy()
            for plane, source in zip(padded, frame, strict=True)
        )
        return (y, u, v), safe.kind == "composed"

    def _ideal(self, pose: Array) -> list[Array]:
        """Y, U, V, float32: the true person, with the true alpha, before the blurred room."""
        small = [clip_y4m.halve(pose[..., band]) for band in (1, 2, 3)]
        layers = ((pose[..., 0], pose[..., 3]), (small[0], small[2]), (small[1], small[2]))
        return [
            person + (1 - alpha / np.float32(255)) * room
            for (person, alpha), room in zip(layers, self._blurred, strict=True)
        ]

    def _keep_worst(self, gained: float, output: Sequence[Plane]) -> None:
        if self._frames > 1 and gained > self._worst[0]:
            y, u, v = output
            self._worst = (gained, clip_y4m.to_rgb((y, u, v)))

    def seen(self) -> Array:
        """u8 RGB: the output in which most of the room was new, beside where the room was ever shown (purple
        by more than half) and where the output tells the rooms apart (green). `result` first."""
        assert self._leak is not None, "nothing is known of a recorded room"
        weight = np.clip(self._leak.most, 0, 1) * 255
        layers = (weight, np.where(self._leak.interfered, 90, 0), np.where(self._leak.most > 0.5, 160, 0))
        return np.concatenate([self._worst[1], np.stack(layers, -1).astype(np.uint8)], 1)


def table(results: Results, than: Mapping[str, Mapping[str, float]]) -> str:
    """Markdown: a row a figure, a column a scene; an earlier figure in brackets."""
    rows = list(dict.fromkeys(key for figures in results.values() for key in figures))
    lines = ["| | " + " | ".join(results) + " |", "| --- " * (len(results) + 1) + "|"]
    for row in rows:
        cells = []
        for name, figures in results.items():
            before = than.get(name, {}).get(row)
            cell = f"{figures[row]:.2f}" if row in figures else ""
            cells.append(f"{cell} ({before:.2f})" if cell and before is not None else cell)
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each scene (default: 4)")
    parser.add_argument("--only", default="", help="scenes whose name contains this")
    parser.add_argument("--background", choices=BACKGROUNDS, default=PRIVATE.background)
    parser.add_argument(
        "--data", type=Path, default=DATA, help="recorded clips; the scenes of a missing one are left out"
    )
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--than", type=Path, help="an earlier --json, shown in brackets")
    parser.add_argument("--pictures", type=Path, help="a folder for pictures")
    options = parser.parse_args()
    effect = json.dumps({"type": "blur", "strength": PRIVATE.strength, "background": options.background})
    data = options.data if options.data.is_dir() else None
    if data is None:
        print(f"no recorded clips in {options.data}: drawn scenes only", file=sys.stderr)
    results: Results = {}
    for name, scene in leak_scenes.scenes(data, options.seconds).items():
        if options.only not in name:
            continue
        start = perf_counter()
        picture = options.pictures / f"{name.replace(' ', '_')}.png" if options.pictures else None
        results[name] = Run(scene(), effect, options.model, picture).result()
        print(f"{name}: {perf_counter() - start:.1f} s", file=sys.stderr, flush=True)
    than = json.loads(options.than.read_text()) if options.than else {}
    print(table(results, than))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
