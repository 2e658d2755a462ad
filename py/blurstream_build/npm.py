"""The npm packages of web/, exactly as web/package-lock.json pins them."""

from __future__ import annotations

from . import node as node_step
from .console import Console
from .errors import BuildError
from .node import Node
from .paths import Paths
from .stamps import Stamp, digest


def install(paths: Paths, console: Console, node: Node) -> None:
    """Runs `npm ci` in web/ when the lock or Node.js has changed."""
    with console.step("npm packages") as step:
        lock = paths.web / "package-lock.json"
        if not lock.is_file():
            raise BuildError("installing npm packages", f"{lock} is missing", "Check it out again with git.")
        marker = paths.node_modules / ".package-lock.json"  # npm writes it last
        stamp = Stamp(paths.stamps / "npm.json", digest([lock, paths.web / "package.json"], node.version))
        if stamp.fresh():
            step.done("up to date")
            return
        step.say("npm ci")
        console.run(
            step,
            # Install scripts of packages are not needed by any of ours, so none gets to run.
            [
                node.npm,
                "ci",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--prefer-offline",
                "--loglevel=error",
            ],
            what="npm ci in web/",
            fix="Check that the npm registry can be reached (npm's settings apply), then try again.",
            cwd=paths.web,
            env=node_step.environment(node),
        )
        stamp.write([marker])
        count = sum(1 for p in paths.node_modules.glob("*/package.json")) + sum(
            1 for p in paths.node_modules.glob("@*/*/package.json")
        )
        step.done(f"installed, {count} packages")
