"""A server that answers some paths wrongly, and builds of the library with an asset changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from blurstream_build import serve
from blurstream_build.assets import MANIFEST
from blurstream_build.serve import Handler, Server

Change = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Fault:
    """What a faulty server answers instead of a file: a bare status, or the file changed."""

    status: HTTPStatus = HTTPStatus.OK
    change: Change | None = None


FaultySite = Callable[[Mapping[str, Fault]], Server]


def handler(faults: Mapping[str, Fault]) -> type[Handler]:
    """A handler for Server with these faults, by path."""

    class FaultyHandler(Handler):
        def _serve(self, *, body: bool) -> None:
            fault = faults.get(self.path.split("?")[0])
            if fault is None:
                super()._serve(body=body)
            elif fault.change is None:
                self.fail(fault.status)
            else:
                found = self.locate(self.path.split("?")[0])
                assert isinstance(found, Path)
                changed = fault.change(found.read_bytes())
                kind = serve.TYPES.get(found.suffix, "application/octet-stream")
                self._head(fault.status, {"Content-Type": kind, "Content-Length": str(len(changed))})
                self.wfile.write(changed)

    return FaultyHandler


def variant(dist: Path, changes: Mapping[str, Change]) -> dict[str, Fault]:
    """Faults that make of dist another build, one whose hashes fit: `changes` by name of the asset."""
    folder = dist / "assets"
    changed = {name: change((folder / name).read_bytes()) for name, change in changes.items()}
    manifest = (folder / MANIFEST).read_bytes()
    described = json.loads(manifest)
    for name, data in changed.items():
        described["files"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    changed[MANIFEST] = json.dumps(described).encode()
    old, new = (hashlib.sha256(data).hexdigest().encode() for data in (manifest, changed[MANIFEST]))
    faults = {f"/assets/{name}": Fault(change=_put(data)) for name, data in changed.items()}
    for script in ("blurstream.js", "blurstream.mjs"):
        # The hash of the manifest is compiled into the library, as bundle.mjs does it.
        library = (dist / script).read_bytes()
        assert library.count(old) == 1, f"{script} does not hold the hash of the manifest once"
        faults[f"/{script}"] = Fault(change=_put(library.replace(old, new)))
    return faults


def _put(data: bytes) -> Change:
    return lambda _: data
