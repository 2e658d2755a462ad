"""`build.py bench`: the kernels alone, and the whole loop in a browser beside a pass-through run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from . import assemble, browser
from .console import Console
from .errors import BuildError
from .paths import Paths

SCRIPTS = {"kernels": "bench_kernels.py", "loop": "bench_loop.py", "effects": "bench_effects.py"}


def bench(
    paths: Paths, console: Console, which: Sequence[str], extra: Sequence[str], *, all_sizes: bool = False
) -> int:
    """Builds and runs the named benchmarks, all of them by default; their results are written to bench/.

    `all_sizes`: the loop at every size, too, not only at the usual ones.
    """
    if extra and len(which) != 1:
        raise BuildError(
            "build.py bench",
            f"{' '.join(extra)} is meant for one benchmark, and each has arguments of its own",
            f"Name it: python3 build.py bench --only loop -- {' '.join(extra)}",
        )
    node = assemble.build(paths, console, packages="test", compress=False)
    chromium = browser.ensure(paths, console)
    paths.bench.mkdir(exist_ok=True)
    env = {
        **os.environ,
        "PYTHONPATH": str(paths.py),
        "PYTHONUNBUFFERED": "1",
        browser.ENV: str(chromium.program),
        "BLURSTREAM_NODE": str(node.node),
    }
    worst = 0
    for name in which or SCRIPTS:
        script = paths.root / "tests" / "bench" / SCRIPTS[name]
        if not script.is_file():
            raise BuildError(f"bench {name}", f"{script} is missing", "Check the file out again with git.")
        console.line(f"\n{name}\n")
        more = ["--all"] if all_sizes and name == "loop" else []
        command = [str(paths.venv_python), str(script), *more, *extra]
        worst = max(worst, subprocess.run(command, cwd=paths.root, env=env, check=False).returncode)
    return worst
