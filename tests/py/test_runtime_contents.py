"""What goes into the Python for the browser, and that its archives are the same for the same contents."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from blurstream_build import pyodide_runtime
from blurstream_build.paths import Paths
from blurstream_build.pyodide_runtime import Archive
from blurstream_build.runtime_contents import (
    ENCODINGS,
    NUMPY_EMPTIED,
    NUMPY_WITHOUT,
    STDLIB,
    STDLIB_WITHOUT,
    in_numpy,
    in_package,
    in_stdlib,
)


def names_in(archive: Path) -> list[str]:
    if not archive.is_file():
        pytest.fail(f"{archive.name} is missing: run `python3 build.py build` first")
    with zipfile.ZipFile(archive) as source:
        return source.namelist()


def test_every_entry_of_the_lists_names_something(paths: Paths) -> None:
    stdlib = names_in(paths.node_modules / "pyodide" / "python_stdlib.zip")
    tops = {name.split("/")[0].removesuffix(".py") for name in stdlib}
    assert tops >= STDLIB
    assert {f"encodings/{name}.py" for name in ENCODINGS} <= set(stdlib)
    assert [prefix for prefix in STDLIB_WITHOUT if not any(n.startswith(prefix) for n in stdlib)] == []
    wheels = sorted(paths.downloads.glob("numpy-*wasm32.whl"))
    assert wheels, "NumPy for Pyodide is missing: run `python3 build.py build` first"
    numpy = names_in(wheels[-1])
    assert set(NUMPY_EMPTIED) <= set(numpy)
    assert [prefix for prefix in NUMPY_WITHOUT if not any(n.startswith(prefix) for n in numpy)] == []


@pytest.mark.parametrize(
    ("kept", "left_out"),
    [
        (in_stdlib("json/decoder.py"), in_stdlib("json/tool.py")),
        (in_stdlib("encodings/utf_8.py"), in_stdlib("encodings/koi8_r.py")),
        (in_stdlib("ctypes/_layout.py"), in_stdlib("unittest/mock.py")),
        (in_numpy("numpy/matrixlib/defmatrix.py"), in_numpy("numpy/matlib.py")),
        (in_numpy("numpy/ma/core.py"), in_numpy("numpy/ma/tests/test_core.py")),
        (in_numpy("numpy/_core/_multiarray_umath.cpython-314.so"), in_numpy("numpy/_core/multiarray.pyi")),
        (in_numpy("numpy-2.dist-info/licenses/LICENSE.txt"), in_numpy("numpy-2.dist-info/METADATA")),
        (in_package("blurstream/pipeline.py"), in_package("blurstream/record.py")),
        (in_package("blurstream/kernels/loader.py"), in_package("blurstream/kernels/reference.py")),
        (in_package("blurstream/kernels/signatures.py"), in_package("blurstream/kernels/plate.py")),
    ],
)
def test_what_is_kept_and_what_is_left_out(kept: bool, left_out: bool) -> None:
    assert kept
    assert not left_out


def test_the_kernels_algorithms_and_twins_stay_here(paths: Paths) -> None:
    packaged = pyodide_runtime.packaged(paths.package)
    assert "blurstream/bridge.py" in packaged
    kernels = sorted(name for name in packaged if name.startswith("blurstream/kernels/"))
    assert kernels == [f"blurstream/kernels/{name}.py" for name in ("__init__", "loader", "signatures")]


def test_equal_contents_make_equal_archives(tmp_path: Path) -> None:
    hashes = set()
    for run, order in enumerate((["b.py", "a.so"], ["a.so", "b.py"])):
        folder = tmp_path / f"{run}"
        folder.mkdir()
        for name in order:
            (folder / name).write_bytes(b"source")
        (folder / "b.pyc").write_bytes(b"code")
        archive = Archive("x.zip", folder, order, "/shown", 0)
        pyodide_runtime._write(archive, folder, folder / "x.zip")
        hashes.add(hashlib.sha256((folder / "x.zip").read_bytes()).hexdigest())
        with zipfile.ZipFile(folder / "x.zip") as made:
            assert made.namelist() == ["a.so", "b.pyc"]
            assert {info.compress_type for info in made.infolist()} == {zipfile.ZIP_STORED}
    assert len(hashes) == 1
