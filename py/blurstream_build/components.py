"""What dist holds of others: each component's version, licence and files, and where its text is.

Versions of packages are those that are pinned. Those of libraries inside Pyodide's wasm are told nowhere but
in their bytes: `mark` has to be found there, or this table is behind the pinned Pyodide.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from . import numpy_wheel
from .errors import BuildError
from .paths import Paths

MODEL_PACKAGE = "@mediapipe/selfie_segmentation"

PYTHON = ("assets/pyodide.asm.wasm",)
LOADED = ("assets/pyodide.asm.mjs", *PYTHON)
ORT = ("assets/ort-wasm-simd-threaded.wasm",)
MIT_ALONE = "it is in no package of this build; THIRD_PARTY.md has the notice and the text of the MIT licence"
BSD_ALONE = "it is in no package of this build; THIRD_PARTY.md has the notice and the text of its conditions"
NO_TEXT = "it is in the public domain"

# Files of dist/assets that are this project's, or that it makes itself; with components inside or without.
OWN = (
    "blurstream.zip", "composer.mjs", "gate.mjs", "kernels.so", "manifest.json", "segmenter.json",
    "segmenter.mjs",
)  # fmt: skip


@dataclass(frozen=True)
class Component:
    """One of them. `licence` is an SPDX expression, or plain words where that has none.

    `files` are relative to dist; `texts` say where the licence is, see licences.py, `no_text` why nowhere.
    """

    name: str
    purl: str  # without version
    version: str
    licence: str
    files: tuple[str, ...]
    texts: tuple[str, ...] = ()
    no_text: str = ""
    note: str = ""
    mark: bytes = b""
    kind: str = "library"

    @property
    def npm_name(self) -> str:
        """Its name on npm, or ''."""
        return self.purl.removeprefix("pkg:npm/").replace("%40", "@") if "pkg:npm/" in self.purl else ""


def installed(paths: Paths) -> list[Component]:
    """All components, by name. Raises BuildError when a package is not installed."""
    return sorted([*_packages(paths), *_inside_python()], key=lambda component: component.name.lower())


def npm_version(paths: Paths, name: str) -> str:
    """The version of an npm package as web/package-lock.json pins it."""
    lock = json.loads((paths.web / "package-lock.json").read_text("utf-8"))
    return str(lock["packages"][f"node_modules/{name}"]["version"])


def pypi_version(paths: Paths, name: str) -> str:
    """The version of a Python package as py/requirements/build.txt pins it."""
    text = (paths.requirements / "build.txt").read_text("utf-8")
    found = re.search(rf"^{re.escape(name)}==([^\s;]+)", text, re.MULTILINE)
    if not found:
        raise BuildError("listing components", f"build.txt does not pin {name}", "See components.py.")
    return found[1]


def _packages(paths: Paths) -> list[Component]:
    lock = json.loads((paths.node_modules / "pyodide" / "pyodide-lock.json").read_text("utf-8"))
    emscripten = lock["info"]["platform"].removeprefix("emscripten_").replace("_", ".")
    numpy = numpy_wheel.locked(paths.node_modules / "pyodide", "numpy").version
    notices = ("py:onnxruntime/LICENSE", "py:onnxruntime/ThirdPartyNotices.txt")
    return [
        Component(
            "Pyodide", "pkg:npm/pyodide", npm_version(paths, "pyodide"), "MPL-2.0",
            (*LOADED, "assets/composer.mjs", "assets/pyodide-lock.json", "assets/python_stdlib.zip"),
            ("npm:axe-core/LICENSE",),
            note="Parts of its library are left out. The text is the MPL as axe-core has it, too.",
        ),
        Component(
            "Emscripten", "pkg:github/emscripten-core/emscripten", emscripten, "MIT OR NCSA", LOADED,
            no_text=MIT_ALONE, note="Runtime and system libraries.",
        ),
        Component(
            "Emscripten of ONNX Runtime", "pkg:github/emscripten-core/emscripten", "", "MIT OR NCSA",
            (*ORT, "assets/segmenter.mjs"), no_text=MIT_ALONE, note="ONNX Runtime does not tell the version.",
        ),
        Component(
            "NumPy", "pkg:pypi/numpy", numpy, "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
            ("assets/numpy.zip",), ("wheel:numpy",), note="Parts are left out.",
        ),
        Component(
            "ONNX Runtime Web", "pkg:npm/onnxruntime-web", npm_version(paths, "onnxruntime-web"), "MIT",
            (*ORT, "assets/segmenter.mjs"), notices,
            note="What it has of others is in its notices: those of the Python package, as npm's has none.",
        ),
        Component(
            "ONNX Runtime Common", "pkg:npm/onnxruntime-common", npm_version(paths, "onnxruntime-common"),
            "MIT", ("assets/segmenter.mjs",), notices[:1],
        ),
        Component(
            "MediaPipe Selfie Segmentation, landscape", "pkg:npm/" + MODEL_PACKAGE.replace("@", "%40"),
            npm_version(paths, MODEL_PACKAGE), "Apache-2.0", ("assets/segmenter.onnx",), ("root:LICENSE",),
            note="Weights, converted to ONNX and trained further: THIRD_PARTY.md and the model card say how.",
            kind="machine-learning-model",
        ),
        Component(
            "Halide", "pkg:pypi/halide", pypi_version(paths, "halide"), "MIT", ("assets/kernels.so",),
            ("py:halide-*.dist-info/licenses/LICENSE.txt",),
            note="No runtime of its: the code it generates, with small functions of its own in line.",
        ),
        Component(
            "Portrait of astronaut Eileen Collins", "pkg:pypi/scikit-image",
            pypi_version(paths, "scikit-image"), "Public domain", ("demo/demo.webm", "demo/demo-green.webm"),
            no_text=NO_TEXT, note="NASA's, from scikit-image's data, in the built-in clips.", kind="data",
        ),
    ]  # fmt: skip


def _inside_python() -> list[Component]:
    pillow = "py:pillow-*.dist-info/licenses/LICENSE#"
    cpython = "Inside CPython's sources."
    return [
        Component(
            "CPython", "pkg:generic/cpython", "3.14.2", "PSF-2.0", (*PYTHON, "assets/python_stdlib.zip"),
            ("py:typing_extensions-*.dist-info/licenses/LICENSE",),
            mark=b"python-3.14.2/include",
            note="Parts of its library are left out. The text is typing_extensions', once a part of it.",
        ),
        Component(
            "error-stack-parser and stackframe", "pkg:npm/error-stack-parser", "", "MIT",
            ("assets/pyodide.asm.mjs", "assets/composer.mjs"), no_text=MIT_ALONE, mark=b"ErrorStackParser",
            note="Rewritten by Pyodide, inside its loader; it does not tell the version.",
        ),
        Component(
            "bzip2", "pkg:generic/bzip2", "1.0.6", "bzip2-1.0.6", PYTHON, (f"{pillow}BZIP2",),
            mark=b"1.0.6, 6-Sept-2010",
        ),
        Component(
            "Expat", "pkg:generic/expat", "2.7.3", "MIT", PYTHON, no_text=MIT_ALONE, mark=b"expat_2.7.3",
            note=cpython,
        ),
        Component(
            "HACL*", "pkg:github/hacl-star/hacl-star", "", "MIT", PYTHON, no_text=MIT_ALONE, mark=b"HACL",
            note=cpython,
        ),
        Component(
            "libffi", "pkg:generic/libffi", "", "MIT", PYTHON, no_text=MIT_ALONE,
            note="It has no version in its bytes.",
        ),
        Component(
            "LLVM runtime libraries", "pkg:github/llvm/llvm-project", "", "Apache-2.0 WITH LLVM-exception",
            (*PYTHON, *ORT), ("py:ziglang/lib/libcxx/LICENSE.TXT",),
            note="compiler-rt, libc++ and libc++abi, of Emscripten. They have no version in their bytes.",
        ),
        Component(
            "mimalloc", "pkg:github/microsoft/mimalloc", "", "MIT", PYTHON, no_text=MIT_ALONE,
            mark=b"mimalloc: error", note=cpython,
        ),
        Component(
            "mpdecimal", "pkg:generic/mpdecimal", "2.5.1", "BSD-2-Clause", PYTHON, no_text=BSD_ALONE,
            mark=b"\x002.5.1\x00", note=cpython,
        ),
        Component(
            "musl", "pkg:generic/musl", "", "MIT", (*PYTHON, *ORT), ("py:ziglang/lib/libc/musl/COPYRIGHT",),
            note="As Emscripten has it. It has no version in its bytes.",
        ),
        Component(
            "SQLite", "pkg:generic/sqlite", "3.39.0", "blessing", PYTHON, no_text=NO_TEXT,
            mark=b"2022-06-25 14:57:57 14e166f40dbfa6e055543f8301525f2ca2e96a02a57269818b9e69e162e98918",
        ),
        Component(
            "XZ Utils (liblzma)", "pkg:generic/xz", "5.2.2", "Public domain", PYTHON, (f"{pillow}LIBLZMA",),
            mark=b"\x005.2.2\x00",
        ),
        Component(
            "zlib", "pkg:generic/zlib", "1.3.1", "Zlib", PYTHON, (f"{pillow}ZLIB",),
            mark=b"deflate 1.3.1 Copyright",
        ),
        Component(
            "Zstandard", "pkg:generic/zstd", "1.5.7", "BSD-3-Clause", PYTHON, (f"{pillow}ZSTD",),
            mark=b"\x001.5.7\x00"
        ),
    ]  # fmt: skip
