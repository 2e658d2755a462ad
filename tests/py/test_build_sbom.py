"""The bill of materials: valid, true for the bytes in dist, complete, and the same for the same dist."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from blurstream_build import bundle, components, licences, numpy_wheel, sbom
from blurstream_build.components import OWN, Component
from blurstream_build.errors import BuildError
from blurstream_build.paths import Paths

Document = dict[str, Any]


@pytest.fixture(scope="module")
def text(paths: Paths) -> str:
    file = paths.dist / sbom.FILE
    if not file.is_file():
        pytest.skip("dist is not built")
    return file.read_text("utf-8")


@pytest.fixture(scope="module")
def document(text: str) -> Document:
    return dict(json.loads(text))


@pytest.fixture(scope="module")
def parts(paths: Paths) -> list[Component]:
    return components.installed(paths)


@pytest.fixture
def linked(paths: Paths, tmp_path: Path, text: str) -> Path:
    """A dist of the same files, in which some can be added, changed or removed."""
    for file in paths.dist.rglob("*"):
        if file.is_file():
            target = tmp_path / "dist" / file.relative_to(paths.dist)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(file)
    return tmp_path / "dist"


def held_files(document: Document) -> Iterator[tuple[str, Document]]:
    root = document["metadata"]["component"]
    for holder in (root, *document["components"]):
        for file in holder["components"]:
            yield holder["name"], file


def test_it_is_valid(text: str, document: Document) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(text) is None
    document["components"][0]["licenses"] = [{"license": {"id": "no such licence"}}]
    assert validator.validate_str(json.dumps(document)) is not None, "the control: the validator looks"


def test_hashes_are_those_of_dist(document: Document, paths: Paths) -> None:
    for holder, file in held_files(document):
        digest = hashlib.sha256((paths.dist / file["name"]).read_bytes()).hexdigest()
        assert file["hashes"] == [{"alg": "SHA-256", "content": digest}], (holder, file["name"])


def test_every_asset_and_script_is_somebodys(document: Document, paths: Paths) -> None:
    named = {file["name"] for _, file in held_files(document)}
    scripts = ("assets/*", "*.js", "*.mjs", "adapters/*js", "demo/*.js")
    there = {p.relative_to(paths.dist).as_posix() for pattern in scripts for p in paths.dist.glob(pattern)}
    assert {name for name in there if not name.endswith((".br", ".gz"))} <= named


def test_every_component_has_version_licence_and_purl(document: Document) -> None:
    names = {component["name"] for component in document["components"]}
    assert {"Pyodide", "CPython", "NumPy", "ONNX Runtime Web", "Halide", "zlib"} <= names
    for component in document["components"]:
        assert component["licenses"] and component["purl"].startswith("pkg:"), component["name"]
        assert component["components"], component["name"]
        if "version" in component:
            assert component["purl"].endswith(f"@{component['version']}"), component["name"]
        else:
            assert "version" in component["description"] or "CPython" in component["description"]


def test_every_component_has_its_licence_or_a_reason(document: Document, paths: Paths) -> None:
    told = {}
    for component in document["components"]:
        (told[component["name"]],) = (p["value"] for p in component["properties"] if p["name"] == sbom.TEXT)
    files = {value for value in told.values() if value.startswith("licences/")}
    for value in set(told.values()) - files:
        assert value.startswith("none: ") and len(value) > 20, value
    there = {f"licences/{p.name}" for p in (paths.dist / "licences").iterdir() if p.suffix == ".txt"}
    assert there == files
    for file in files:
        assert len((paths.dist / file).read_text("utf-8").split()) > 100, file


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pyodide", "Mozilla Public License"),
        ("cpython", "PYTHON SOFTWARE FOUNDATION LICENSE"),
        ("numpy", "Copyright (c) 2005-"),
        ("onnx-runtime-web", "Copyright (c) Microsoft Corporation"),
        ("mediapipe-selfie-segmentation-landscape", "Apache License"),
        ("halide", "MIT CSAIL"),
        ("zlib", "Jean-loup Gailly"),
        ("zstandard", "Meta Platforms"),
    ],
)
def test_it_is_the_licence_of_that_component(paths: Paths, text: str, name: str, words: str) -> None:
    assert words in (paths.dist / "licences" / f"{name}.txt").read_text("utf-8")


def test_what_has_no_text_of_its_own_is_noticed_in_third_party(paths: Paths, parts: list[Component]) -> None:
    notices = (paths.root / "THIRD_PARTY.md").read_text("utf-8")
    for component in parts:
        name = component.name.removesuffix(" of ONNX Runtime")
        assert all(word in notices for word in name.split(" and ")), name
        if component.no_text and component.no_text != components.NO_TEXT:
            assert f"- {name.split(' and ')[0]}" in notices or f" {name}: " in notices, name


def test_numpys_licence_is_what_its_wheel_says(paths: Paths, parts: list[Component]) -> None:
    wheel = paths.downloads / numpy_wheel.locked(paths.node_modules / "pyodide", "numpy").file
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode()
    (numpy,) = (component for component in parts if component.name == "NumPy")
    assert f"License-Expression: {numpy.licence}\n" in metadata.replace("\r", "")
    assert f"Version: {numpy.version}\n" in metadata.replace("\r", "")


def test_the_same_dist_has_the_same_document(paths: Paths, text: str, parts: list[Component]) -> None:
    again = sbom.describe(paths.dist, json.loads(text)["metadata"]["component"]["version"], parts)
    assert json.loads(text) == again
    assert "timestamp" not in text


def test_another_dist_has_another_serial_number(linked: Path, text: str, parts: list[Component]) -> None:
    change(linked / "assets" / "gate.mjs", b"another")
    before = json.loads(text)
    after = sbom.describe(linked, before["metadata"]["component"]["version"], parts)
    assert after["serialNumber"] != before["serialNumber"]


def change(file: Path, data: bytes) -> None:
    file.unlink(missing_ok=True)  # never into the one that it is linked to
    file.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("assets/tracker.wasm", b"x", "assets/tracker.wasm is neither"),
        ("assets/numpy.zip", None, "NumPy is said to be in assets/numpy.zip"),
        ("assets/pyodide.asm.wasm", b"another Pyodide", "does not say"),
    ],
)
def test_what_nothing_accounts_for_fails_the_build(
    linked: Path, parts: list[Component], name: str, data: bytes | None, words: str
) -> None:
    sbom.check(linked, parts, {})
    (linked / name).unlink(missing_ok=True)
    if data is not None:
        (linked / name).write_bytes(data)
    with pytest.raises(BuildError, match=words):
        sbom.check(linked, parts, {})


def test_a_component_that_is_left_out_fails_the_build(paths: Paths, parts: list[Component]) -> None:
    """Each file that is not our own is missed when those that are in it are not listed."""
    for name in {file for part in parts for file in part.files if file.startswith("assets/")}:
        if name.removeprefix("assets/") in OWN:
            continue
        less = [replace(part, files=tuple(f for f in part.files if f != name)) for part in parts]
        less = [part for part in less if part.files]
        with pytest.raises(BuildError, match=name):
            sbom.check(paths.dist, [replace(part, mark=b"") for part in less], {})


def test_packages_in_scripts(paths: Paths, parts: list[Component], text: str) -> None:
    """esbuild tells what it put in: nothing but what is listed, and of that what must be there."""
    found = bundle.packages(bundle.records(paths))
    assert found["assets/composer.mjs"] == {"pyodide"}
    assert found["assets/segmenter.mjs"] == {"onnxruntime-web"}
    made = {p for pattern in sbom.OWN_SCRIPTS for p in paths.dist.glob(pattern)}
    ours = {"assets/gate.mjs", *(file.relative_to(paths.dist).as_posix() for file in made)}
    assert {"adapters/getusermedia.js", "demo/demo.js"} <= ours <= found.keys()
    assert not any(found[name] for name in ours)
    with pytest.raises(BuildError, match=r"gate\.mjs has the npm package left-pad"):
        sbom.check(paths.dist, parts, {"assets/gate.mjs": {"left-pad"}})


def test_records_name_the_innermost_package(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    inputs = {
        "node_modules/a/node_modules/@scope/b/x.js": {"bytesInOutput": 1},
        "node_modules/unused/x.js": {"bytesInOutput": 0},
        "src/own.ts": {"bytesInOutput": 9},
    }
    record.write_text(json.dumps({"outputs": {"../out/one.mjs": {"inputs": inputs}}}))
    assert bundle.packages([(record, "assets/")]) == {"assets/one.mjs": {"@scope/b"}}


def test_a_licence_that_is_not_there_fails_the_build(paths: Paths, parts: list[Component]) -> None:
    moved = replace(parts[0], texts=("npm:pyodide/LICENSE-elsewhere",))
    with pytest.raises(BuildError, match="collecting the licence"):
        licences.text_of(paths, moved)
