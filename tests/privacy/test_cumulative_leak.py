"""T1 and T6: somebody moves before a secret room; what of it was ever shown, and how far from them."""

from __future__ import annotations

import gestures
import raw_model
from bench_leak import Run
from blurstream.record import DEFAULT_MODEL
from blurstream_build.paths import Paths
from report import TITLES, Report

EFFECT = '{"type": "blur"}'
SIZE, FULL_SIZE = (640, 360), (1280, 720)
SECONDS, FULL_SECONDS = 1.5, 4.0
SHORT = ("interview", "wave arm")
SHOWN, CUT = "T1 ever > 50 %, %", "person cut, %"
NEAR, FAR = "T2 ring 4-8 px, %", "T2 ring 8+ px, %"
KEPT = ("T1 ever > 25 %, %", SHOWN, "T1 per frame > 50 %, %", "T1 recovered, %", "T2 ever, %", CUT)
EDGE = (
    "while somebody moves their edge sweeps over the room, and the matte is right to a pixel or two there; "
    "the table of T6 has where it lies"
)


def test_somebody_moves(paths: Paths, report: Report, full: bool) -> None:
    size, seconds = (FULL_SIZE, FULL_SECONDS) if full else (SIZE, SECONDS)
    names = list(gestures.GESTURES) if full else SHORT
    shares, far = {}, {}
    for name in names:
        scene = gestures.scene(name, *size, seconds)
        run = Run(scene, EFFECT, DEFAULT_MODEL, None)
        ours, raw = run.result(), raw_model.figures(scene, paths.built_models)
        assert ours["concealed"] == 0, "a frame that is concealed shows nothing, and proves nothing"
        shares[name], far[name] = ours[SHOWN] / raw[SHOWN], ours[FAR]
        for who, figures in (("ours", ours), ("MediaPipe's mask", raw)):
            report.table(f"T1, {TITLES['T1']}", f"{name}, {who}", {key: figures[key] for key in KEPT})
            rings = {key: value for key, value in figures.items() if "ring" in key}
            report.table(f"T6, {TITLES['T6']}", f"{name}, {who}", rings)
        report.picture(f"T1 {name}", run.seen())
        if name == "interview":
            report.gate("T1", "interview: room ever shown, %", ours[SHOWN], 1.0, held=3.5, why=EDGE)
            report.gate("T6", "interview: pixels 4 to 8 px off that tell the rooms apart, %", ours[NEAR], 0.1)
    worst = max(shares, key=lambda name: shares[name])
    report.gate("T1", f"room ever shown, of MediaPipe's ({worst})", shares[worst], 0.25, held=0.75, why=EDGE)
    report.gate("T6", "any gesture: pixels beyond 8 px, %", max(far.values()), 0.05)
