"""Compiles the kernels: `python -m blurstream.kernels.compiler --out DIR [--only wasm|native]`.

Each kernel becomes an object file per target without Halide's runtime (98 KB and 250 imports we do not need);
runtime.c supplies the few functions it asks for. Linked to `kernels.so`, an Emscripten side module with wasm
SIMD, and to `libblurstream_kernels.<so|dylib|dll>` for this machine. Both are loaded by the same ctypes code.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import halide as hl

from . import (
    compose,
    keyed_tiles,
    lay,
    matte,
    model_input,
    planes,
    plate,
    quiet_tiles,
    recolour,
    scale,
    screen,
    seam_colours,
    soft_mask,
    tile_bounds,
    tile_change,
    tile_spread,
    work_planes,
)
from .definition import Kernel
from .loader import NATIVE_LIBRARY, WASM_LIBRARY
from .signatures import SIGNATURES

MODULES = (
    *(planes, work_planes, tile_change, tile_spread, model_input, soft_mask, matte, tile_bounds),
    *(plate, seam_colours, quiet_tiles, compose, scale, recolour),
    *(screen, keyed_tiles, lay),
)
WASM_TARGET = "wasm-32-wasmrt-wasm_simd128-no_runtime"
KINDS = ("wasm", "native")
RUNTIME = Path(__file__).with_name("runtime.c")
ZIG = (sys.executable, "-m", "ziglang")
_CODES = {"i32": "int32", "u16": "uint16", "f32": "float32", "u8": "uint8"}


def definitions() -> Iterator[Kernel]:
    """Every kernel, freshly defined (a Halide Func is scheduled for one compilation), its signature
    checked.
    """
    names = set()
    for module in MODULES:
        makers: tuple[Callable[[], Kernel], ...] = module.KERNELS
        for make in makers:
            kernel = make()
            _check(kernel)
            names.add(kernel.name)
            yield kernel
    if names != SIGNATURES.keys():
        raise RuntimeError(f"kernels and signatures differ: {sorted(names ^ SIGNATURES.keys())}")


def _check(kernel: Kernel) -> None:
    expected = SIGNATURES[kernel.name]
    inputs = tuple(f"{p.name()}:{_dtype(p.type())}[{p.dimensions()}]" for p in kernel.inputs)
    params = tuple(f"{p.name()}:{_dtype(p.type())}" for p in kernel.scalars)
    outputs = tuple(
        f"{_dtype(b.type())}[{b.dimensions()}]" for f in kernel.outputs for b in f.output_buffers()
    )
    wanted = tuple(o.split(":")[1] for o in expected.outputs)
    if (inputs, params, outputs) != (expected.inputs, expected.scalars, wanted):
        raise RuntimeError(
            f"{kernel.name} is defined as {inputs} {params} {outputs}, its signature says {expected}"
        )


def _dtype(halide_type: object) -> str:
    return {long: short for short, long in _CODES.items()}.get(str(halide_type), str(halide_type))


def compile_objects(target: str, folder: Path) -> list[Path]:
    objects = []
    for kernel in definitions():
        path = folder / f"{kernel.name}.o"
        arguments = [*kernel.inputs, *kernel.scalars]
        kernel.pipeline().compile_to(
            {hl.OutputFileType.object: str(path)}, arguments, kernel.name, hl.Target(target)
        )
        objects.append(path)
    return objects


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:5])} … failed:\n{done.stdout}{done.stderr}")


def link_wasm(objects: list[Path], folder: Path, out: Path) -> None:
    runtime = folder / "runtime.o"
    flags = (
        "-target",
        "wasm32-emscripten",
        "-mcpu=mvp",
        "-fPIC",
        "-O2",
        "-fno-sanitize=undefined",
        "-ffreestanding",
    )
    _run(*ZIG, "cc", *flags, "-c", str(RUNTIME), "-o", str(runtime))
    exports = [f"--export={name}" for name in SIGNATURES]
    options = (
        "-shared",
        "--experimental-pic",
        "--unresolved-symbols=import-dynamic",
        "--strip-all",
        "--gc-sections",
    )
    _run(*ZIG, "wasm-ld", *options, *exports, *map(str, (runtime, *objects)), "-o", str(out))


def link_native(objects: list[Path], out: Path) -> None:
    _run(
        *ZIG,
        "cc",
        "-shared",
        "-fPIC",
        "-O2",
        "-fno-sanitize=undefined",
        *map(str, (RUNTIME, *objects)),
        "-o",
        str(out),
    )


def build(kind: str, out: Path) -> None:
    """One of the two libraries, `kind` "wasm" or "native"."""
    target = WASM_TARGET if kind == "wasm" else f"{hl.get_host_target()}-no_runtime"
    print(f"kernels: {len(SIGNATURES)} for {target}", flush=True)
    library = out / (WASM_LIBRARY if kind == "wasm" else NATIVE_LIBRARY)
    with tempfile.TemporaryDirectory() as temporary:
        objects = compile_objects(target, Path(temporary))
        if kind == "wasm":
            link_wasm(objects, Path(temporary), library)
        else:
            link_native(objects, library)
    print(f"kernels: {library.name}, {library.stat().st_size:,} bytes", flush=True)


def build_both(out: Path) -> int:
    """Side by side: a compiler has one thread."""
    command = [sys.executable, "-m", __spec__.name, "--out", str(out), "--only"]
    children = [subprocess.Popen([*command, kind]) for kind in KINDS]
    try:
        return max(abs(child.wait()) for child in children)
    finally:
        for child in children:
            child.terminate()


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="blurstream.kernels.compiler", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for the two libraries")
    parser.add_argument("--only", choices=KINDS, help="build one of the two")
    options = parser.parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.only is None:
        return build_both(options.out)
    build(options.only, options.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
