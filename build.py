#!/usr/bin/env python3
"""Builds, tests and shows BlurStream: `python3 build.py --help`. The steps are in py/blurstream_build."""

import os
import shutil
import subprocess
import sys

SUPPORTED = ((3, 11), (3, 13))  # what the pinned packages have wheels for

if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
    # Old syntax on purpose: this much must run in any Python 3 to be able to say what is wrong.
    for name in ("python3.13", "python3.12", "python3.11"):
        found = shutil.which(name) if os.name != "nt" else None
        # What is found may be a stand-in of a version manager that starts nothing.
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(found, [found] + sys.argv)
    sys.exit(
        "build.py needs Python 3.11, 3.12 or 3.13; this is %d.%d (%s), and no other was found on PATH.\n"
        "Install one of them and run, for instance: python3.12 build.py %s"
        % (sys.version_info[0], sys.version_info[1], sys.executable, " ".join(sys.argv[1:]))
    )

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "py"))

from blurstream_build.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
