"""dist/assets holds exactly what was staged; its manifest and compressed copies say the truth."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
from pathlib import Path

import pytest

from blurstream_build import assets, sizes
from blurstream_build.console import Console
from blurstream_build.errors import BuildError
from blurstream_build.paths import Paths


@pytest.fixture
def tree(tmp_path: Path) -> Paths:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1.2.3"\n')
    stage = tmp_path / "build" / "stage"
    stage.mkdir(parents=True)
    (stage / "b.wasm").write_bytes(b"\0asm" * 100)
    (stage / "a.json").write_text("{}")
    return Paths(tmp_path)


def staged(tree: Paths) -> list[Path]:
    return sorted((tree.build / "stage").iterdir())


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(tmp_path / "logs", io.StringIO(), tty=False)


def test_manifest(tree: Paths, console: Console) -> None:
    hashed = assets.collect(tree, console, staged(tree))
    raw = (tree.assets / "manifest.json").read_bytes()
    assert hashed == hashlib.sha256(raw).hexdigest()
    manifest = json.loads(raw)
    assert manifest["version"] == "1.2.3"
    assert list(manifest["files"]) == ["a.json", "b.wasm"]
    wasm = (tree.assets / "b.wasm").read_bytes()
    assert manifest["files"]["b.wasm"] == {"sha256": hashlib.sha256(wasm).hexdigest(), "bytes": 400}


def test_a_second_run_touches_nothing(tree: Paths, console: Console) -> None:
    first = assets.collect(tree, console, staged(tree))
    for file in tree.assets.iterdir():
        os.utime(file, (1, 1))
    (tree.assets / "b.wasm.br").write_bytes(b"a compressed copy")
    assert assets.collect(tree, console, staged(tree)) == first
    assert {file.stat().st_mtime for file in tree.assets.iterdir() if file.suffix != ".br"} == {1}
    assert (tree.assets / "b.wasm.br").exists()


def test_what_is_no_longer_staged_goes_with_its_copies(tree: Paths, console: Console) -> None:
    assets.collect(tree, console, staged(tree))
    (tree.assets / "b.wasm.br").write_bytes(b"x")
    (tree.build / "stage" / "b.wasm").unlink()
    assets.collect(tree, console, staged(tree))
    assert sorted(file.name for file in tree.assets.iterdir()) == ["a.json", "manifest.json"]


def test_two_files_of_one_name_are_an_error(tree: Paths, console: Console) -> None:
    other = tree.build / "other" / "a.json"
    other.parent.mkdir()
    other.write_text("[]")
    with pytest.raises(BuildError, match=r"two steps make a\.json"):
        assets.collect(tree, console, [*staged(tree), other])


def cold_load(tree: Paths, console: Console, packed_bytes: int) -> None:
    assets.collect(tree, console, staged(tree))
    (tree.dist / "blurstream.js").write_bytes(b"x" * 1000)
    (tree.dist / "blurstream.js.br").write_bytes(b"x" * packed_bytes)


def test_sizes_count_script_manifest_and_assets(tree: Paths, console: Console) -> None:
    cold_load(tree, console, 100)
    table = {size.name: size for size in sizes.table(tree)}
    assert set(table) == {"blurstream.js", "assets/manifest.json", "assets/a.json", "assets/b.wasm"}
    assert (table["blurstream.js"].raw, table["blurstream.js"].br) == (1000, 100)
    assert table["assets/b.wasm"].br == 400, "without a compressed copy the file itself is what is sent"


def test_a_cold_load_over_the_limit_fails(
    tree: Paths, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    cold_load(tree, console, 100)
    total = sum(size.br for size in sizes.table(tree))
    monkeypatch.setattr(sizes, "LIMIT_BYTES", total)
    sizes.report(tree, console)
    monkeypatch.setattr(sizes, "LIMIT_BYTES", total - 1)
    with pytest.raises(BuildError, match="cold load"):
        sizes.report(tree, console)


def test_gzip_copies_are_the_same_in_every_build() -> None:
    data = b"some asset" * 100
    assert gzip.compress(data, 9, mtime=0) == gzip.compress(data, 9, mtime=0)


def test_the_built_manifest_describes_the_built_assets(paths: Paths) -> None:
    if not (paths.assets / "manifest.json").is_file():
        pytest.skip("dist is not built")
    manifest = json.loads((paths.assets / "manifest.json").read_text())
    there = {
        p.name for p in paths.assets.iterdir() if p.suffix not in (".br", ".gz") and p.name != "manifest.json"
    }
    assert set(manifest["files"]) == there
    for name, entry in manifest["files"].items():
        data = (paths.assets / name).read_bytes()
        assert entry == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}, name
    hashed = hashlib.sha256((paths.assets / "manifest.json").read_bytes()).hexdigest()
    for script in ("blurstream.js", "blurstream.mjs"):
        assert hashed in (paths.dist / script).read_text("utf-8"), f"{script} knows another manifest"
