"""The Halide kernels, compiled: a wasm side module for the browser and a native library."""

from __future__ import annotations

from .console import Console
from .errors import BuildError
from .paths import Paths
from .stamps import Stamp, digest, files_under

NATIVE = "libblurstream_kernels"
WASM = "kernels.so"


def build(paths: Paths, console: Console) -> None:
    """Fills build/kernels unless the kernels' sources and the pinned compilers are the same as last time."""
    with console.step("kernels") as step:
        sources = files_under(paths.package / "kernels", (".py", ".c", ".h"))
        if not sources:
            raise BuildError("compiling the kernels", "their folder is empty", "Check it out again with git.")
        key = digest([*sources, paths.requirements / "build.txt"], base=paths.root)
        stamp = Stamp(paths.stamps / "kernels.json", key)
        if stamp.fresh():
            step.done("up to date")
            return
        paths.kernels.mkdir(parents=True, exist_ok=True)
        console.run(
            step,
            [paths.venv_python, "-m", "blurstream.kernels.compiler", "--out", paths.kernels],
            what="compiling the kernels with Halide",
            fix="The output above names the kernel. In an untouched checkout: see that this machine is an\n"
            "x86-64 or arm64 one, run `python3 build.py clean --all`, then the same command again.",
            cwd=paths.root,
            env={"PYTHONPATH": str(paths.py), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        native = sorted(paths.kernels.glob(f"{NATIVE}.*"))
        stamp.write([paths.kernels / WASM, *(native or [paths.kernels / f"{NATIVE}.so"])])
        step.done(f"compiled, {(paths.kernels / WASM).stat().st_size / 1e3:.0f} kB for the browser")
