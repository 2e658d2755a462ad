"""A step runs again exactly when its inputs or outputs are not what they were."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from blurstream_build.stamps import Stamp, digest, files_under


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "src" / "a.py"
    file.parent.mkdir()
    file.write_text("one")
    return file


def key(source: Path, *facts: str) -> str:
    return digest(files_under(source.parent), *facts, base=source.parent)


def test_digest_follows_contents_names_and_facts(source: Path) -> None:
    first = key(source)
    os.utime(source, (1, 1))
    assert key(source) == first, "the time of an input does not matter"
    assert key(source, "node 20") != first
    assert key(source, "ab", "c") != key(source, "a", "bc")
    source.write_text("two")
    changed = key(source)
    assert changed != first
    source.rename(source.with_name("b.py"))
    assert key(source) != changed
    assert digest([source]) != digest([]), "an absent input counts as such"


def test_caches_are_no_inputs(source: Path) -> None:
    first = key(source)
    (source.parent / "__pycache__").mkdir()
    (source.parent / "__pycache__" / "a.pyc").write_bytes(b"x")
    assert key(source) == first


def test_fresh_until_something_changes(tmp_path: Path) -> None:
    made = tmp_path / "out.bin"
    made.write_bytes(b"made")
    stamp = Stamp(tmp_path / "stamps" / "step.json", "key")
    assert not stamp.fresh()
    stamp.write([made])
    assert stamp.fresh()
    assert not Stamp(stamp.file, "other key").fresh()
    made.write_bytes(b"made by hand")
    assert not stamp.fresh()
    stamp.write([made])
    made.unlink()
    assert not stamp.fresh()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"key": "key"}', '{"key": "key", "outputs": 1}'])
def test_a_damaged_stamp_is_not_fresh(tmp_path: Path, text: str) -> None:
    file = tmp_path / "step.json"
    file.write_text(text)
    assert not Stamp(file, "key").fresh()


def test_a_step_that_made_nothing_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="absent"):
        Stamp(tmp_path / "step.json", "key").write([tmp_path / "absent.bin"])
