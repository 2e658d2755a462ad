"""SECURITY.md names tests that there are, and leaves none of the attacks out."""

from __future__ import annotations

import re

import pytest

from blurstream_build.paths import Paths


@pytest.fixture
def page(paths: Paths) -> str:
    return (paths.root / "SECURITY.md").read_text("utf-8")


def test_what_it_names_is_there(paths: Paths, page: str) -> None:
    named = set(re.findall(r"`(tests/[\w/.]+)`", page)) | set(re.findall(r"\]\(([\w/.]+)\)", page))
    assert len(named) > 10
    assert not [name for name in named if not (paths.root / name).is_file()]
    tests = "".join(p.read_text("utf-8") for p in (paths.root / "tests").rglob("test_*.py"))
    for function in re.findall(r"`(test_\w+)`", page):
        assert f"def {function}(" in tests, function


def test_every_attack_stands_behind_a_promise(paths: Paths, page: str) -> None:
    promised = page.partition("## What is promised")[2].partition("## What is not")[0]
    assert set(re.findall(r"\bT[1-9]\b", promised)) == {f"T{number}" for number in range(1, 8)}
    assert "(SECURITY.md)" in (paths.root / "README.md").read_text("utf-8").partition("## More")[2]
