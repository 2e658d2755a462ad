"""Whatever breaks: no frame shows the room, the output goes on, an event says why, what can recover does."""

from __future__ import annotations

import hashlib
import json
from http import HTTPStatus
from itertools import pairwise
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from blurstream_build.assets import MANIFEST
from blurstream_build.paths import Paths
from faults import Change, Fault, FaultySite, variant
from subject import OpenSubject, Row, Subject, private

# The gate's own limit is 1 s; more only says that the machine is busy.
LONGEST_GAP_MS = 4000
SIZE = (320, 180)


def one_byte(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


MISSING, CHANGED, CUT = Fault(HTTPStatus.NOT_FOUND), Fault(change=one_byte), Fault(change=cut)


# The page's own are tested in test_bad_input.py: without them the call rejects.
AT_ONCE = ("gate.mjs",)
BEHIND_THE_VEIL = (
    "blurstream.zip",
    "composer.mjs",
    "kernels.so",
    "numpy.zip",
    "ort-wasm-simd-threaded.wasm",
    "pyodide-lock.json",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "segmenter.json",
    "segmenter.mjs",
    "segmenter.onnx",
)


def test_every_asset_is_in_the_manifest_and_spoiled_once(paths: Paths) -> None:
    """With the hash of the bytes that are served; nothing lies beside them but compressed copies of them."""
    files = json.loads((paths.assets / MANIFEST).read_text("utf-8"))["files"]
    assert sorted(files) == sorted((*AT_ONCE, *BEHIND_THE_VEIL))
    there = [file for file in paths.assets.iterdir() if file.name != MANIFEST]
    assert {file.name.removesuffix(".br").removesuffix(".gz") for file in there} == {*files, MANIFEST}
    for name, entry in files.items():
        data = (paths.assets / name).read_bytes()
        assert entry == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}, name


@pytest.mark.parametrize(
    ("name", "fault", "code"),
    [
        *((name, CHANGED, "asset-corrupt") for name in BEHIND_THE_VEIL),
        ("segmenter.onnx", MISSING, "asset-missing"),
        ("numpy.zip", CUT, "asset-corrupt"),
        ("composer.mjs", MISSING, "asset-missing"),
        ("pyodide.asm.wasm", MISSING, "asset-missing"),
    ],
)
def test_a_file_that_is_not_the_one_that_was_built(
    faulty_site: FaultySite, open_subject: OpenSubject, name: str, fault: Fault, code: str
) -> None:
    """For good: a new start would meet the same. The veil goes on, `ready` and the event name the file."""
    subject = open_subject(faulty_site({f"/assets/{name}": fault}))
    subject.open(SIZE)
    subject.begin()
    subject.until_state("failed")
    error = subject.page.evaluate("() => subject.safe.ready.catch(asData)")
    assert (error["name"], error["code"], error["exact"]) == ("AssetError", code, True)
    assert name in error["message"] and name in error["details"]["url"]
    assert subject.codes("error") == [code]
    rows = stays_failed(subject, f"{name} {code}")
    assert all(row.flat for row in rows)


def nan_model(data: bytes) -> bytes:
    """The network, with its answer multiplied by NaN."""
    return _times(data, [helper.make_node("Identity", ["not_a_number"], ["factor"])])


def somebody_everywhere(data: bytes) -> bytes:
    """The network, that takes all for a person, whatever it is shown."""
    model = onnx.load_from_string(data)
    output = model.graph.output[0].name
    for node in model.graph.node:
        node.output[:] = [f"{name}_before" if name == output else name for name in node.output]
    nodes = [
        helper.make_node("Mul", [f"{output}_before", "nothing"], ["zero"]),
        helper.make_node("Cos", ["zero"], [output]),
    ]
    model.graph.initializer.append(numpy_helper.from_array(np.array(0, np.float32), "nothing"))
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def nan_by_light(data: bytes) -> bytes:
    """The same, but only for a picture that is not black: the root of what is below zero."""
    image = onnx.load_from_string(data).graph.input[0].name
    nodes = [
        helper.make_node("ReduceMax", [image], ["brightest"], keepdims=0),
        helper.make_node("Neg", ["brightest"], ["below"]),
        helper.make_node("Sqrt", ["below"], ["root"]),
        helper.make_node("Exp", ["root"], ["factor"]),
    ]
    return _times(data, nodes)


def _times(data: bytes, nodes: list[onnx.NodeProto]) -> bytes:
    model = onnx.load_from_string(data)
    output = model.graph.output[0].name
    for node in model.graph.node:
        node.output[:] = [f"{name}_before" if name == output else name for name in node.output]
    model.graph.initializer.append(numpy_helper.from_array(np.array(np.nan, np.float32), "not_a_number"))
    model.graph.node.extend([*nodes, helper.make_node("Mul", [f"{output}_before", "factor"], [output])])
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def other_shape(data: bytes) -> bytes:
    """A network of the right names that takes what the description does not say."""
    named = onnx.load_from_string(data).graph
    picture = helper.make_tensor_value_info(named.input[0].name, onnx.TensorProto.FLOAT, [1, 160, 256, 3])
    mask = helper.make_tensor_value_info(named.output[0].name, onnx.TensorProto.FLOAT, None)
    mean = helper.make_node("ReduceMean", [picture.name], [mask.name], axes=[3])
    graph = helper.make_graph([mean], "odd", [picture], [mask])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def test_a_model_that_answers_nan(faulty_site: FaultySite, open_subject: OpenSubject, paths: Paths) -> None:
    subject = open_subject(faulty_site(variant(paths.dist, {"segmenter.onnx": nan_by_light})))
    subject.open(SIZE)
    subject.begin()
    subject.until_state("concealed")
    subject.until("subject.safe.stats?.concealedFrames > 20")
    assert subject.stats["composedFrames"] == 0
    assert subject.codes("error") == ["bad-mask"]
    assert subject.page.evaluate("() => subject.safe.reason") == "bad-mask"
    goes_on(subject, subject.watch(1.5), "NaN")
    private(subject.rows, "NaN")


def other_name(data: bytes) -> bytes:
    described = json.loads(data)
    described["output"]["name"] = "somebody"
    return json.dumps(described).encode()


def dies(_: bytes) -> bytes:
    return b"throw new Error('broken by the test');"


@pytest.mark.parametrize(
    ("name", "change", "error_name", "code"),
    [
        ("segmenter.json", other_name, "ModelError", "model-names"),
        ("segmenter.onnx", cut, "ModelError", "model-unloadable"),
        ("segmenter.onnx", nan_model, "ModelError", "model-values"),
        ("segmenter.onnx", somebody_everywhere, "ModelError", "model-values"),
        ("segmenter.onnx", other_shape, "ModelError", "model-shape"),
        ("composer.mjs", dies, "WorkerError", "composer-died"),
        ("segmenter.mjs", dies, "WorkerError", "segmenter-died"),
    ],
)
def test_a_build_that_cannot_work(
    faulty_site: FaultySite,
    open_subject: OpenSubject,
    paths: Paths,
    name: str,
    change: Change,
    error_name: str,
    code: str,
) -> None:
    """A broken network is met again by every start; a worker that dies is started again, but not for ever."""
    subject = open_subject(faulty_site(variant(paths.dist, {name: change})))
    subject.open(SIZE)
    subject.begin()
    subject.until_state("failed")
    error = subject.page.evaluate("() => subject.safe.ready.catch(asData)")
    assert (error["name"], error["code"], error["exact"]) == (error_name, code, True)
    assert subject.codes("error") == [code]
    stays_failed(subject, f"{name} {code}")


@pytest.mark.parametrize(("fault", "code"), [("python-lookup", "error"), ("kernel-soft", "error")])
def test_a_stage_that_fails(breakable: Subject, fault: str, code: str) -> None:
    """Python conceals by itself: the whole frame blurred, no restart, and back when it works again."""
    subject = breakable
    broken(subject, "composer", fault)
    subject.until_state("concealed")
    rows = subject.watch(1.5)
    goes_on(subject, rows, fault)
    assert not any(row.flat for row in rows[-10:])
    assert subject.codes("error") == [code]
    subject.page.evaluate("() => subject.break('composer', '')")
    subject.until_state("running")
    subject.until_frames(10)
    private(subject.rows, fault)
    assert subject.stats["restarts"] == 0


@pytest.mark.parametrize(
    ("worker", "fault", "codes"),
    [
        ("composer", "python-system", {"internal"}),
        ("composer", "kernel-all", {"kernel"}),
        ("composer", "hang", {"composer-hung"}),
        ("composer", "close", {"composer-hung"}),
        ("composer", "throw", {"composer-died"}),
        ("segmenter", "hang", {"segmenter-hung"}),
        ("segmenter", "close", {"segmenter-hung"}),
        ("segmenter", "throw", {"segmenter-died"}),
    ],
)
def test_a_worker_that_breaks_is_replaced(
    breakable: Subject, worker: str, fault: str, codes: set[str]
) -> None:
    subject = breakable
    what = f"{worker} {fault}"
    before = len(subject.rows)
    broken(subject, worker, fault)
    # Asked while it is broken: the one that takes its place does it.
    change = "subject.safe.update({effect: {type: 'blur', strength: 'medium'}})"
    subject.page.evaluate(
        f"() => {{ subject.changed = false; {change}.then(() => {{ subject.changed = true; }}); }}"
    )
    subject.until("subject.events.some(({type, state}) => type === 'statechange' && state === 'concealed')")
    subject.until("subject.safe.stats.restarts === 1")
    # Frames that were on their way may yet come out; those of the new worker go on coming.
    subject.until("subject.safe.state === 'running' && subject.changed")
    subject.until_frames(10)
    subject.until_state("running")
    rows = subject.rows[before:]
    goes_on(subject, rows, what)
    private(subject.rows, what)
    assert codes & set(subject.codes("warning", "error")), subject.summary()
    assert subject.page.evaluate("() => subject.safe.reason") == ""
    subject.until_workers(["composer.mjs", "gate.mjs", "segmenter.mjs"])
    subject.page.evaluate("() => subject.safe.stop()")
    subject.nothing_left()


def test_a_gate_that_dies_ends_the_track(breakable: Subject) -> None:
    """Without the gate nobody can write: the track ends, and an error says why."""
    subject = breakable
    broken(subject, "gate", "throw")
    subject.until_state("failed")
    assert subject.codes("error") == ["gate-died"]
    subject.nothing_left()
    subject.watch(0.5)
    private(subject.rows, "gate throw")


def broken(subject: Subject, worker: str, fault: str) -> None:
    subject.look()
    subject.page.evaluate("([worker, fault]) => subject.break(worker, fault)", [worker, fault])


def goes_on(subject: Subject, rows: list[Row], what: str) -> None:
    """Asserts that frames kept coming out."""
    assert len(rows) > 10, f"{what}: {len(rows)} frames; {subject.summary()}"
    gap = max(b.atMs - a.atMs for a, b in pairwise(rows))
    print(f"{what}: longest gap {gap:.0f} ms")
    assert gap < LONGEST_GAP_MS, f"{what}: nothing came out for {gap:.0f} ms; {subject.summary()}"


def stays_failed(subject: Subject, what: str) -> list[Row]:
    """Asserts that the output goes on concealed, with the gate alone; and that stop() ends that. Its rows."""
    subject.look()
    goes_on(subject, subject.until_frames(15), what)
    private(subject.rows, what)
    assert subject.state == "failed"
    subject.until_workers(["gate.mjs"])
    error: dict[str, Any] = subject.page.evaluate(
        "() => subject.safe.update({effect: {type: 'blur', strength: 1}}).catch(asData)"
    )
    assert error["code"] == subject.codes("error")[-1]
    subject.page.evaluate("() => subject.safe.stop()")
    subject.nothing_left()
    return subject.rows
