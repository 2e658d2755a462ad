"""T1 and T6: somebody moves before a secret room; what of it was ever shown, and how far from them."""

from __future__ import annotations

import gestures
import raw_model
from bench_leak import Run
from blurstream.record import DEFAULT_MODEL
from blurstream_build.paths import Paths
from report import TITLES, Report

EFFECT = '{"type": "blur"}'
SIZE = (640, 360)  # what is told in pixels is so many of 360 rows
SECONDS, FULL_SECONDS = 1.5, 8.0
SHORT = ("interview", "wave arm")
RECOVERED = "T1 recovered, %"
SHOWN, CUT = "T1 ever > 50 %, %", "person cut, %"
NEAR, FAR = "T2 ring 4-8 px, %", "T2 ring 8+ px, %"
KEPT = ("T1 ever > 25 %, %", SHOWN, "T1 per frame > 50 %, %", RECOVERED, "T2 ever, %", CUT)
EDGE = (
    "while somebody moves their edge sweeps over the room, and the matte is right to a pixel or two there; "
    "the table of T6 has where it lies"
)
BETWEEN = "between a raised arm and the body the model fills in what is neither"


def test_somebody_moves(paths: Paths, report: Report, full: bool) -> None:
    seconds = FULL_SECONDS if full else SECONDS
    names = list(gestures.GESTURES) if full else SHORT
    shares, recovered, all_of_ours = {}, {}, {}
    for name in names:
        scene = gestures.scene(name, *SIZE, seconds)
        run = Run(scene, EFFECT, DEFAULT_MODEL, None)
        ours, raw = run.result(), raw_model.figures(scene, paths.built_models)
        assert ours["concealed"] == 0, "a frame that is concealed shows nothing, and proves nothing"
        shares[name], all_of_ours[name] = ours[SHOWN] / raw[SHOWN], ours
        recovered[name] = ours[RECOVERED] / raw[RECOVERED]
        for who, figures in (("ours", ours), ("MediaPipe's mask", raw)):
            report.table(f"T1, {TITLES['T1']}", f"{name}, {who}", {key: figures[key] for key in KEPT})
            rings = {key: value for key, value in figures.items() if "ring" in key}
            report.table(f"T6, {TITLES['T6']}", f"{name}, {who}", rings)
        report.picture(f"T1 {name}", run.seen())
    calm, worst = all_of_ours["interview"], max(shares, key=lambda name: shares[name])
    report.gate("T1", "interview: room ever shown by more than half, %", calm[SHOWN], 1.0, held=6.0, why=EDGE)
    what = f"room ever shown by more than half, of MediaPipe's ({worst})"
    report.gate("T1", what, shares[worst], 0.25, held=0.8, why=EDGE)
    most = max(recovered, key=lambda name: recovered[name])
    what = f"room that an attacker recovers in its colours, of MediaPipe's ({most})"
    report.gate("T1", what, recovered[most], 0.25)
    report.gate("T6", "interview: pixels 4 to 8 px off that tell the rooms apart, %", calm[NEAR], 0.1)
    far = max(all_of_ours, key=lambda name: all_of_ours[name][FAR])
    what = f"any gesture: pixels beyond 8 px that do, % ({far})"
    report.gate("T6", what, all_of_ours[far][FAR], 0.05, held=0.8, why=BETWEEN)
