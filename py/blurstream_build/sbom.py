"""dist/sbom.cdx.json: what dist is made of, as a CycloneDX 1.6 document; the same bytes for the same dist."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import assets, licences
from .bundle import Packages
from .components import OWN, Component
from .console import Console
from .errors import BuildError
from .paths import Paths

FILE = "sbom.cdx.json"
SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
FIX = "Add it, or the file, to components.py, and to THIRD_PARTY.md."
OWN_SCRIPTS = ("blurstream.js", "blurstream.mjs", "adapters/*.js", "adapters/*.mjs", "demo/*.js")
TEXT = "blurstream:licence-text"


def write(paths: Paths, console: Console, components: list[Component], packages: Packages) -> None:
    """Writes the document. Raises BuildError where it would be wrong: see `check`."""
    with console.step("bill of materials") as step:
        check(paths.dist, components, packages)
        document = describe(paths.dist, assets.version(paths), components)
        data = (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
        wrote = assets.write_if_changed(paths.dist / FILE, data)
        step.done(f"{len(components)} components" if wrote else "up to date")


def check(dist: Path, components: Iterable[Component], packages: Packages) -> None:
    """Raises BuildError for a file of dist/assets, or a package inside a script, that nothing accounts for;
    for a file that a component is said to be in and that is not there; and for one without its mark.
    """
    held: dict[str, set[str]] = {}
    for component in components:
        for name in component.files:
            held.setdefault(name, set()).add(component.npm_name)
            if not (dist / name).is_file():
                raise _wrong(f"{component.name} is said to be in {name}, which is not in dist")
        if component.mark and component.mark not in (dist / component.files[0]).read_bytes():
            told = f"{component.name} {component.version}".strip()
            raise _wrong(f"{component.files[0]} does not say {component.mark!r}, so it is not with {told}")
    known = {*held, *(f"assets/{name}" for name in OWN)}
    for file in _files(dist, ["assets/*"]):
        if file not in known:
            raise _wrong(f"{file} is neither of this project nor of a component")
    for script, inside in packages.items():
        for package in sorted(inside - held.get(script, set())):
            raise _wrong(f"{script} has the npm package {package} in it, which no component accounts for")


def describe(dist: Path, release: str, components: Iterable[Component]) -> dict[str, Any]:
    """The document. Its serial number is made of all the rest, so that it is another one for another dist."""
    own = [*_files(dist, [f"assets/{name}" for name in OWN]), *_files(dist, OWN_SCRIPTS)]
    listed = [_component(dist, component) for component in components]
    root = {
        "type": "application",
        "bom-ref": "blurstream",
        "name": "blurstream",
        "version": release,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
        "purl": f"pkg:generic/blurstream@{release}",
        "components": [_file(dist, name, "blurstream") for name in own],
    }
    content = {
        "metadata": {"component": root},
        "components": listed,
        "dependencies": [
            {"ref": "blurstream", "dependsOn": [component["bom-ref"] for component in listed]},
            *({"ref": component["bom-ref"]} for component in listed),
        ],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(content, sort_keys=True))
    head = {"$schema": SCHEMA, "bomFormat": "CycloneDX", "specVersion": "1.6"}
    return {**head, "serialNumber": f"urn:uuid:{serial}", "version": 1, **content}


def _component(dist: Path, component: Component) -> dict[str, Any]:
    reference = licences.slug(component.name)
    described: dict[str, Any] = {"type": component.kind, "bom-ref": reference, "name": component.name}
    if component.version:
        described["version"] = component.version
    if component.note:
        described["description"] = component.note
    described["licenses"] = [_licence(component.licence)]
    described["purl"] = f"{component.purl}@{component.version}" if component.version else component.purl
    text = licences.file_name(component) or f"none: {component.no_text}"
    described["properties"] = [{"name": TEXT, "value": text}]
    described["components"] = [_file(dist, name, reference) for name in component.files]
    return described


def _licence(licence: str) -> Mapping[str, Any]:
    if licence == "Public domain":
        return {"license": {"name": licence}}
    return {"expression": licence} if " " in licence else {"license": {"id": licence}}


def _file(dist: Path, name: str, holder: str) -> dict[str, Any]:
    """One file that holds a component; the same file may hold several, so it is named after both."""
    digest = hashlib.sha256((dist / name).read_bytes()).hexdigest()
    hashes = [{"alg": "SHA-256", "content": digest}]
    return {"type": "file", "bom-ref": f"{holder}:{name}", "name": name, "hashes": hashes}


def _files(dist: Path, patterns: Iterable[str]) -> list[str]:
    found = {p for pattern in patterns for p in dist.glob(pattern) if p.is_file()}
    return sorted(p.relative_to(dist).as_posix() for p in found if p.suffix not in assets.COMPRESSED)


def _wrong(why: str) -> BuildError:
    return BuildError("listing what dist is made of", why, FIX)
