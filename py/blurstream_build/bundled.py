"""What esbuild has put into which script: the npm packages, from the record that it leaves of each bundle."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

Bundled = dict[str, set[str]]  # the npm packages in a script, by its path in dist

PACKAGE = re.compile(r".*node_modules/((?:@[^/]+/)?[^/]+)/")  # the innermost one


def read(records: Iterable[tuple[Path, str]]) -> Bundled:
    """The packages in each script of these records; each with the folder of dist that its scripts go to."""
    found: Bundled = {}
    for file, folder in records:
        for output, described in json.loads(file.read_text("utf-8"))["outputs"].items():
            inputs = [name for name, share in described["inputs"].items() if share["bytesInOutput"]]
            packages = {match[1] for match in map(PACKAGE.match, inputs) if match}
            found[f"{folder}{Path(output).name}"] = packages
    return found
