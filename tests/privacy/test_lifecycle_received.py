"""T3: from start to stop and through every fault, no frame that is received shows the room.

The room carries a mark (test_watermark.py proves its detector); every frame is looked at where it leaves and
where a call has it received.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

import pytest

import hidden
import instrumented
from blurstream_build.paths import Paths
from faults import Change, Fault, FaultySite, variant
from received import STEPS, Received, shows_the_room
from report import TITLES, Report
from subject import OpenSubject, Row, Subject
from test_fail_closed import cut, nan_by_light, one_byte

SIZE = (640, 360)
ORDERS, FULL_ORDERS = 1, 100
SOME = 5  # steps of an order
FAULTS = {
    "composer": ("throw", "hang", "close", "python-memory", "python-lookup", "kernel-soft"),
    "segmenter": ("throw", "hang", "close"),
    "gate": ("throw",),  # then the track ends
}
UNUSABLE: dict[str, tuple[str, Fault | Change, str]] = {
    "model 404": ("segmenter.onnx", Fault(HTTPStatus.NOT_FOUND), "failed"),
    "model of another hash": ("segmenter.onnx", Fault(change=one_byte), "failed"),
    "model truncated": ("segmenter.onnx", cut, "failed"),
    "model answers NaN": ("segmenter.onnx", nan_by_light, "concealed"),
}


def tell(report: Report, what: str, rows: Sequence[Row], received: int) -> None:
    """To the table, and asserts that nothing was seen."""
    shown = shows_the_room(rows)
    figures = {
        "frames": len(rows),
        "of them received": received,
        "correlation at most": max(row.whole for row in rows),
        "in a tile at most": max(row.strongest for row in rows),
        "that show the room": len(shown),
    }
    report.table(f"T3, {TITLES['T3']}", what, figures)
    report.gate("T3", f"{what}: frames that show the room", len(shown), 0)


def test_a_raw_frame_that_is_received_is_noticed(warm_subject: Subject) -> None:
    """Through an encoder and back the mark is still there."""
    it = Received(warm_subject)
    it.begin("{effect: {type: 'none'}}")
    warm_subject.until_state("raw")
    it.until_received(20)
    rows = warm_subject.page.evaluate("() => call.tap.take()")
    shown = [row for row in rows if row["whole"] > 0.2 and row["strongest"] > 0.55]
    assert len(shown) > 10, [(row["whole"], row["strongest"]) for row in rows]


def test_every_step(warm_subject: Subject, report: Report) -> None:
    it = Received(warm_subject)
    it.begin()
    it.until_received()
    for step in STEPS.values():
        step(it)
        it.look()
    warm_subject.until_state("running")
    tell(report, "start, every step in turn", it.rows, it.count)


def test_random_orders(warm_subject: Subject, report: Report, full: bool) -> None:
    first = random.SystemRandom().randrange(2**31)
    it = Received(warm_subject)
    it.begin()
    it.until_received()
    for seed in range(first, first + (FULL_ORDERS if full else ORDERS)):
        chosen = random.Random(seed).sample(sorted(STEPS), len(STEPS) if full else SOME)
        print(f"seed {seed}: {', '.join(chosen)}")
        for name in chosen:
            STEPS[name](it)
        shown = shows_the_room(it.look())
        assert not shown, f"seed {seed}, {chosen}: {shown[:3]}"
    tell(report, f"{FULL_ORDERS if full else ORDERS} random orders, seeds from {first}", it.rows, it.count)


def test_a_hidden_tab(mounts: dict[str, Path], chromium_program: Path, report: Report, full: bool) -> None:
    if not full:
        pytest.skip("test_frames.py has the hidden tab in the short form, without a call")
    told = hidden.report(mounts, chromium_program, call=True)
    rows = [Row(**row) for row in told["visible"]["rows"] + told["rows"]]
    tell(report, "hidden tab", rows, told["received"])


@pytest.mark.parametrize("worker", FAULTS)
def test_a_worker_breaks(
    faulty_site: FaultySite, open_subject: OpenSubject, paths: Paths, report: Report, full: bool, worker: str
) -> None:
    """It throws, loops for ever, ends as by terminate(), has no memory, or a stage of it fails."""
    faults = FAULTS[worker] if full else FAULTS[worker][:1]
    subject = open_subject(faulty_site(instrumented.build(paths)))
    subject.open(SIZE)
    it = Received(subject)
    it.begin()
    subject.page.evaluate("() => subject.safe.ready")
    for fault in faults:
        it.until_received()
        subject.page.evaluate("([worker, fault]) => subject.break(worker, fault)", [worker, fault])
        subject.until_state("failed" if worker == "gate" else "concealed")
        it.look()
        if worker != "gate":
            subject.page.evaluate("(worker) => subject.break(worker, '')", worker)
            subject.until_state("running")
    it.look()
    tell(report, f"{worker}: {', '.join(faults)}", it.rows, it.count)


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_model_that_cannot_be_used(
    faulty_site: FaultySite, open_subject: OpenSubject, paths: Paths, report: Report, full: bool, what: str
) -> None:
    name, fault, state = UNUSABLE[what]
    if not full and state != "concealed":
        pytest.skip("of these the short form has NaN; test_fail_closed.py has all of them, without a call")
    faults = {f"/assets/{name}": fault} if isinstance(fault, Fault) else variant(paths.dist, {name: fault})
    subject = open_subject(faulty_site(faults))
    subject.open(SIZE)
    it = Received(subject)
    it.begin()
    subject.until_state(state)
    it.until_received(20)
    it.look()
    tell(report, what, it.rows, it.count)
