"""The command line of build.py: what it can do, and how errors are told."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from .console import Console
from .errors import BuildError
from .paths import Paths, checkout

DESCRIPTION = """\
Builds, tests and shows BlurStream. Needs Python 3.11 to 3.13 with pip; all else is set up in this folder
(.venv, web/node_modules, build, dist). A second run does only what has changed, offline if it can.
"""
PASSED_ON = "what follows -- is passed on"
LEAST_MINUTES, MOST_MINUTES = 0.4, 24.0 * 60


def parser() -> argparse.ArgumentParser:
    """The arguments of every command."""
    top = argparse.ArgumentParser(
        prog="build.py", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--verbose", action="store_true", help="show what commands print, and tracebacks of errors"
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = commands.add_parser(
        "demo", parents=[common], help="build, then serve the demo page on this machine"
    )
    demo.add_argument(
        "--headless", action="store_true", help="no page: run the built-in clip, write build/demo/"
    )
    demo.add_argument("--port", type=int, help="port to serve on (default 8420, or a free one)")
    demo.add_argument("--no-open", action="store_true", help="do not open a browser window")

    test = commands.add_parser(
        "test", parents=[common], help="build, then run lint, type checks and all tests"
    )
    test.add_argument("--no-checks", action="store_true", help="skip lint and type checks")
    test.add_argument("extra", nargs="*", metavar="-- ARG", help=f"{PASSED_ON} to pytest")

    build = commands.add_parser("build", parents=[common], help="make dist/, print its sizes and integrity")
    for command in (demo, build):
        command.add_argument("--model", metavar="NAME", help="another model of models/manifest.json")

    bench = commands.add_parser("bench", parents=[common], help="build, then measure; results in bench/")
    bench.add_argument(
        "--only", action="append", choices=("kernels", "loop", "effects"), default=[], help="just this one"
    )
    bench.add_argument(
        "--all", action="store_true", help="the whole loop from 360p to 1080p, not just two sizes"
    )
    bench.add_argument("extra", nargs="*", metavar="-- ARG", help=f"{PASSED_ON} to the benchmark")

    bandwidth = commands.add_parser(
        "bandwidth", parents=[common], help="build, then measure the bytes of a call; results in bench/"
    )
    bandwidth.add_argument("extra", nargs="*", metavar="-- ARG", help=f"{PASSED_ON} to the measurement")

    privacy = commands.add_parser(
        "privacy",
        parents=[common],
        help="build, then try in every way to see the room; report in build/privacy/",
    )
    privacy.add_argument("--quick", action="store_true", help="the short form, as `test` has it")
    privacy.add_argument("extra", nargs="*", metavar="-- ARG", help=f"{PASSED_ON} to pytest")

    soak = commands.add_parser(
        "soak",
        parents=[common],
        help="build, then let streams run for long through all that may happen; report in build/soak/",
    )
    soak.add_argument(
        "--minutes", type=_minutes, default=10.0, help="how long; hours are so many times ten (default: 10)"
    )
    soak.add_argument("extra", nargs="*", metavar="-- ARG", help=f"{PASSED_ON} to pytest")

    for name, what in {
        "evaluate": "build, then measure models and the matte against labelled material",
        "train": "build, then train the model further; see models/train.py",
    }.items():
        command = commands.add_parser(name, parents=[common], help=what)
        command.add_argument("extra", nargs="*", metavar="-- ARG", help=f"{PASSED_ON} to models/{name}.py")

    clean = commands.add_parser("clean", parents=[common], help="remove dist/ and build/, keeping downloads")
    clean.add_argument("--all", action="store_true", help="remove .venv, node_modules and downloads, too")
    return top


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise argparse.ArgumentTypeError(f"{text!r}: give minutes from {LEAST_MINUTES:g} to {MOST_MINUTES:g}")
    return minutes


def main(arguments: Sequence[str], paths: Paths | None = None) -> int:
    """Runs a command; returns the exit code."""
    options = parser().parse_args(arguments)
    paths = paths or checkout()
    console = Console(paths.logs, verbose=options.verbose)
    try:
        return run(options, paths, console)
    except KeyboardInterrupt:
        console.line("\n  stopped; the next run goes on from here")
        return 130
    except BuildError as error:
        if options.verbose:
            raise
        sys.stderr.write(f"\n{error.text()}\n")
        return 1
    except Exception as error:
        if options.verbose:
            raise
        what = BuildError(
            f"build.py {options.command}",
            f"{type(error).__name__}: {error}",
            "Run the same command again with --verbose to see where it happened.",
        )
        sys.stderr.write(f"\n{what.text()}\n")
        return 1


def run(options: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Hands over to the step of the command."""
    # Imported here so that --help and clean work in a tree that is half there.
    if options.command == "clean":
        from .clean import clean

        clean(paths, console, everything=options.all)
        return 0
    from . import assemble, bench, demo, test

    console.line(f"\nBlurStream: {options.command}\n")
    if options.command == "test":
        return test.test(paths, console, options.extra, checks=not options.no_checks)
    if options.command == "bench":
        return bench.bench(paths, console, options.only, options.extra, all_sizes=options.all)
    if options.command == "bandwidth":
        from .bandwidth import bandwidth

        return bandwidth(paths, console, options.extra)
    if options.command == "privacy":
        from .privacy import privacy

        return privacy(paths, console, options.extra, quick=options.quick)
    if options.command == "soak":
        from .soak import soak

        return soak(paths, console, options.extra, minutes=options.minutes)
    if options.command in ("evaluate", "train"):
        from . import models_commands

        step = models_commands.evaluate if options.command == "evaluate" else models_commands.train
        return step(paths, console, options.extra)
    assemble.build(paths, console, compress=options.command == "build", model_name=options.model)
    if options.command == "demo" and options.headless:
        demo.run_headless(paths, console)
    elif options.command == "demo":
        demo.serve(paths, console, port=options.port, open_browser=not options.no_open)
    return 0
