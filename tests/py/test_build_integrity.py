"""dist/integrity.json says the truth about the scripts of dist."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from pathlib import Path

import pytest

from blurstream_build import integrity
from blurstream_build.console import Console
from blurstream_build.paths import Paths


def test_the_value_is_the_one_of_the_standard() -> None:
    """The example of the specification (Subresource Integrity, 1.2), which is not of this code's making."""
    expected = "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
    assert integrity.of(b"alert('Hello, world.');") == expected


def test_the_built_file_names_every_script_with_its_hash(paths: Paths) -> None:
    if not (paths.dist / "blurstream.js").is_file():
        pytest.skip("dist is not built")
    values = json.loads((paths.dist / integrity.FILE).read_text("utf-8"))
    adapters = [p for p in (paths.dist / "adapters").iterdir() if p.suffix in (".js", ".mjs")]
    scripts = {f"adapters/{p.name}" for p in adapters if not p.name.endswith(".d.mts")}
    assert set(values) == {"blurstream.js", "blurstream.mjs", *scripts}
    assert "adapters/getusermedia.js" in values
    for name, value in values.items():
        digest = hashlib.sha384((paths.dist / name).read_bytes()).digest()
        assert value == f"sha384-{base64.b64encode(digest).decode()}", name


def test_it_is_written_anew_when_a_script_changes_and_printed(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.dist.mkdir()
    for name in integrity.ENTRIES:
        (paths.dist / name).write_text(name)
    shown = io.StringIO()
    console = Console(paths.logs, shown, tty=False)
    integrity.write(paths, console)
    first = json.loads((paths.dist / integrity.FILE).read_text())
    (paths.dist / "blurstream.js").write_text("another")
    integrity.write(paths, console)
    second = json.loads((paths.dist / integrity.FILE).read_text())
    changed = {name for name in first if first[name] != second[name]}
    assert set(first) == set(second) == set(integrity.ENTRIES) and changed == {"blurstream.js"}
    integrity.report(paths, console)
    assert all(f"{name} " in shown.getvalue() and second[name] in shown.getvalue() for name in second)
