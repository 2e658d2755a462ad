"""Compiled kernels as Python callables: the same ctypes code in CPython (native library) and Pyodide (wasm
side module).

Building a `halide_buffer_t` costs tens of microseconds, so a kernel is bound to its arrays once and called
often.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..errors import KernelError
from .signatures import SIGNATURES

Array = np.ndarray[Any, Any]
Bound = Callable[..., None]

WASM_LIBRARY = "kernels.so"
NATIVE_LIBRARY = "libblurstream_kernels" + {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
DTYPES: dict[str, np.dtype[Any]] = {
    "u8": np.dtype(np.uint8),
    "u16": np.dtype(np.uint16),
    "i32": np.dtype(np.int32),
    "f32": np.dtype(np.float32),
}
_TYPE_CODES = {"i": 0, "u": 1, "f": 2}


class Kernels(Protocol):
    """What the pipeline needs of its kernels; `reference.ReferenceKernels` is the other implementation."""

    def bind(self, name: str, *buffers: Array) -> Bound:
        """Fix the buffers (inputs, then outputs, as in SIGNATURES); the result takes the scalars. Holds the
        arrays.
        """

    def bind_window(self, name: str, scales: Sequence[int], *buffers: Array) -> Bound:
        """The same for a part of the buffers: the result takes a Window before the scalars. `scales`: for
        each buffer its elements to a tile, each way; 0 for one that is taken whole.
        """


class Window(NamedTuple):
    """A rectangle of tiles, the last ones left out."""

    left: int
    top: int
    right: int
    bottom: int

    def of(self, plane: Array, scale: int) -> Array:
        """The view of a plane with `scale` elements to a tile, each way."""
        return plane[self.top * scale : self.bottom * scale, self.left * scale : self.right * scale]

    def joined(self, other: Window) -> Window:
        """The smallest that holds both."""
        return Window(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


class _Dimension(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int32) for name in ("min", "extent", "stride", "flags")]


class _Type(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16)]


class _Buffer(ctypes.Structure):
    """halide_buffer_t of HalideRuntime.h."""

    _fields_ = [
        ("device", ctypes.c_uint64),
        ("device_interface", ctypes.c_void_p),
        ("host", ctypes.c_void_p),
        ("flags", ctypes.c_uint64),
        ("type", _Type),
        ("dimensions", ctypes.c_int32),
        ("dim", ctypes.POINTER(_Dimension)),
        ("padding", ctypes.c_void_p),
    ]


def _describe(kernel: str, spec: str, array: Array) -> _Buffer:
    name, kind = spec.split(":")
    dtype, dimensions = DTYPES[kind[:-3]], int(kind[-2])
    if array.dtype != dtype or array.ndim != dimensions or array.strides[-1] != dtype.itemsize:
        raise KernelError(
            f"kernel {kernel}: {name} must be {kind} with contiguous rows, "
            f"got {array.dtype}[{array.ndim}] with strides {array.strides}"
        )
    buffer = _Buffer()
    buffer.host = array.ctypes.data
    buffer.type = _Type(_TYPE_CODES[dtype.kind], dtype.itemsize * 8, 1)
    buffer.dimensions = dimensions
    buffer.dim = (_Dimension * dimensions)(
        *(
            _Dimension(0, extent, stride // dtype.itemsize, 0)
            for extent, stride in zip(reversed(array.shape), reversed(array.strides), strict=True)
        )
    )
    return buffer


def library_path() -> Path:
    """The library to load: $BLURSTREAM_KERNELS, else build/kernels of this checkout."""
    given = os.environ.get("BLURSTREAM_KERNELS")
    if given:
        return Path(given)
    folder = Path(__file__).resolve().parents[3] / "build" / "kernels"
    return folder / (WASM_LIBRARY if sys.platform == "emscripten" else NATIVE_LIBRARY)


class CompiledKernels:
    """The kernels of one library."""

    def __init__(self, path: Path | None = None) -> None:
        path = path or library_path()
        try:
            self._library = ctypes.CDLL(str(path))
        except OSError as error:
            raise KernelError(
                f"cannot load the kernels from {path}: {error}; `python3 build.py build` makes them"
            ) from error

    def bind(self, name: str, *buffers: Array) -> Bound:
        return self._bind(name, buffers)[0]

    def bind_window(self, name: str, scales: Sequence[int], *buffers: Array) -> Bound:
        call, structs = self._bind(name, buffers)
        # a buffer is described once: to move a window only changes where it starts and how far it goes
        parts = [
            (struct, array.ctypes.data, array.strides, struct.dim[0], struct.dim[1], scale)
            for struct, array, scale in zip(structs, buffers, scales, strict=True)
            if scale
        ]
        last: list[Window | None] = [None]

        def call_window(window: Window, *scalars: float) -> None:
            if window != last[0]:
                left, top, right, bottom = last[0] = window
                for struct, start, (row, item), columns, rows, scale in parts:
                    struct.host = start + top * scale * row + left * scale * item
                    columns.extent, rows.extent = (right - left) * scale, (bottom - top) * scale
            call(*scalars)

        return call_window

    def _bind(self, name: str, buffers: Sequence[Array]) -> tuple[Bound, list[_Buffer]]:
        signature = SIGNATURES[name]
        specs = (*signature.inputs, *signature.outputs)
        if len(buffers) != len(specs):
            raise KernelError(f"kernel {name} takes the buffers {specs}, got {len(buffers)}")
        structs = [_describe(name, spec, array) for spec, array in zip(specs, buffers, strict=True)]
        pointers = [ctypes.addressof(struct) for struct in structs]
        count = len(signature.inputs)
        function = self._library[name]
        function.restype = ctypes.c_int
        function.argtypes = (
            *(ctypes.c_void_p,) * count,
            *(ctypes.c_int32 if s.endswith(":i32") else ctypes.c_float for s in signature.scalars),
            *(ctypes.c_void_p,) * len(signature.outputs),
        )
        first, last = pointers[:count], pointers[count:]

        def call(*scalars: float, _alive: tuple[Any, ...] = (structs, buffers)) -> None:
            code = function(*first, *scalars, *last)
            if code:
                raise KernelError(f"kernel {name} failed with Halide's code {code}")

        return call, structs
