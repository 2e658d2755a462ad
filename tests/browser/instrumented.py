"""A build of the library that can be broken from the page: see pages/trapdoor.js and injector.js, and PYTHON
below.

What it runs is otherwise the build under test: the workers get a preface, two modules of the Python package
are put into the archive as sources again, changed at the named lines.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from blurstream_build.paths import Paths
from faults import Change, Fault, variant

PAGES = Path(__file__).parent / "pages"
PREFACES = [PAGES / "trapdoor.js", PAGES / "injector.js"]
WORKERS = ("gate.mjs", "composer.mjs", "segmenter.mjs")
# module -> lines and what they become; `fault` of the worker's global scope is set by the page, `strike` says
# what is to be done at a point of injector.js
PYTHON = {
    "bridge.py": {
        "            return call(self, *args)\n": """
            import builtins

            import js
            kind = js.strike(f"python {call.__name__}")
            if kind:
                raise getattr(builtins, kind)("broken by the test")
            return call(self, *args)
""",
    },
    "compose.py": {
        "        whole, self._whole = self._whole, False  # what fails half way is written anew\n": """
        import js
        whole, self._whole = self._whole, False
        if js.fault == "python-lookup":
            raise LookupError("broken by the test")
        if js.fault == "python-system":
            raise SystemError("broken by the test")
        if js.fault == "python-memory":
            raise MemoryError
""",
    },
    "kernels/loader.py": {
        "            code = function(*first, *scalars, *last)\n": """
            import js
            broken = js.fault == "kernel-all" or (js.fault == "kernel-soft" and name.startswith("soft_mask"))
            code = -4 if broken or js.strike("kernel", name) else function(*first, *scalars, *last)
""",
    },
}


def build(paths: Paths) -> dict[str, Fault]:
    """The faults that make of dist the instrumented build."""
    preface = b"\n".join(path.read_bytes() for path in PREFACES)
    changes: dict[str, Change] = {name: lambda script: preface + b"\n" + script for name in WORKERS}
    changes["blurstream.zip"] = lambda archive: with_sources(archive, paths.package, PYTHON)
    return variant(paths.dist, changes)


def with_sources(archive: bytes, package: Path, edits: Mapping[str, Mapping[str, str]]) -> bytes:
    """blurstream.zip with some modules as sources, which Python prefers; each line must be there once."""
    buffer = io.BytesIO(archive)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_STORED) as target:
        for module, lines in edits.items():
            source = (package / module).read_text("utf-8")
            for old, new in lines.items():
                assert source.count(old) == 1, f"{module} does not hold this line once: {old}"
                source = source.replace(old, new)
            target.writestr(f"blurstream/{module}", source)
    return buffer.getvalue()
