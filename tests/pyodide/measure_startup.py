"""How long Python with NumPy takes to start in a module worker of headless Chromium: stock files and ours.

    .venv/bin/python tests/pyodide/measure_startup.py [repeats]

Cold is the first start of a new profile, warm the third and fourth. Prints medians in milliseconds. The parts
come from this machine, compressed if the build did so: the network of a real visitor comes on top.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "py"))

from blurstream_build import browser, numpy_wheel
from blurstream_build.paths import checkout
from blurstream_build.serve import Server

STARTS = ("cold", "second", "warm", "warm")
START = """address => new Promise((resolve, reject) => {
    const worker = new Worker(address, {type: 'module'});
    worker.onmessage = event => { worker.terminate(); resolve(event.data); };
    worker.onerror = event => reject(event.message);
})"""


def main(repeats: int) -> int:
    paths = checkout()
    chromium = browser.find(os.environ)
    if chromium is None:
        print("no Chromium was found: run `python3 build.py test`, which installs one")
        return 1
    wheel = numpy_wheel.ensure(paths.node_modules / "pyodide", paths.downloads, print)["numpy"]
    taken: dict[tuple[str, str], list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as empty, sync_playwright() as playwright:
        page_folder = Path(empty) / "page"
        page_folder.mkdir()
        (page_folder / "index.html").write_text("<!doctype html><title>start-up</title>", "utf-8")
        mounts = {
            "/": page_folder,
            "/assets/": paths.assets,
            "/pyodide/": paths.node_modules / "pyodide",
            "/scripts/": paths.web / "build",
            "/tests/": Path(__file__).parent,
            "/wheels/": wheel.parent,
        }
        with Server(mounts) as server:
            for repeat in range(repeats):
                for kind in ("stock", "minimal"):
                    profile = Path(empty) / f"profile-{kind}-{repeat}"
                    words = [w for w in browser.arguments(profile) if not w.startswith("--user-data-dir")]
                    context = playwright.chromium.launch_persistent_context(
                        profile, executable_path=chromium.program, args=words, headless=True
                    )
                    for start in STARTS:
                        address = f"/tests/startup.mjs?kind={kind}&wheel={wheel.name}"
                        taken.setdefault((kind, start), []).append(
                            once(context.new_page(), server.url, address)
                        )
                    context.close()
    for (kind, start), runs in taken.items():
        stages = "  ".join(f"{name} {statistics.median(run[name] for run in runs):5.0f}" for name in runs[0])
        print(f"{kind:8} {start:7} {stages}")
    return 0


def once(page: Page, url: str, address: str) -> dict[str, float]:
    """One start in a page of its own."""
    page.goto(f"{url}/")
    told: dict[str, Any] = page.evaluate(START, address)
    page.close()
    if "error" in told:
        raise RuntimeError(told["error"])
    return told


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
