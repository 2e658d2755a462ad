"""Every download is pinned and hashed, and nothing in the repository names a registry or a machine."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from blurstream_build.paths import Paths
from blurstream_build.venv import CONTAINS

# Put together here so that this file does not contain what it forbids.
REGISTRIES = [
    name.replace(" ", ".")
    for name in (
        "pypi org",
        "files pythonhosted org",
        "registry npmjs org",
        "registry yarnpkg com",
        "deb debian org",
        "archive ubuntu com",
        "npmmirror com",
    )
]
MACHINE = [
    "/" + name.replace(" ", "/") for name in ("work main", "work shared", "root ", "opt wheels", "tmp brief")
]


def tracked(paths: Paths) -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=paths.root, capture_output=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    files = [paths.root / name for name in listing.stdout.decode().split("\0") if name]
    return [file for file in files if file.is_file()]


@pytest.mark.parametrize("name", ["build", "test", "train", "node"])
def test_every_python_package_is_pinned_and_hashed(paths: Paths, name: str) -> None:
    text = (paths.requirements / f"{name}.txt").read_text("utf-8")
    entries = re.split(r"\n(?=\S)", text.replace("\\\n", " "))
    entries = [entry for entry in entries if entry.strip() and not entry.lstrip().startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==[\w.]+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_a_set_that_stands_for_another_holds_the_same_versions(paths: Paths) -> None:
    def pins(name: str) -> set[str]:
        text = (paths.requirements / f"{name}.txt").read_text("utf-8")
        return set(re.findall(r"^[A-Za-z0-9._-]+==[^\\\n]*", text, re.MULTILINE))

    for holder, held in CONTAINS.items():
        for name in held:
            missing = {pin.strip() for pin in pins(name)} - {pin.strip() for pin in pins(holder)}
            assert not missing


def test_every_npm_package_is_pinned_and_hashed(paths: Paths) -> None:
    lock = json.loads((paths.web / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, f"{name} names where it was downloaded from"
    declared = json.loads((paths.web / "package.json").read_text("utf-8"))
    for kind in ("dependencies", "devDependencies"):
        for name, version in declared.get(kind, {}).items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is not pinned: {version}"


def test_versions_agree(paths: Paths) -> None:
    project = tomllib.loads((paths.root / "pyproject.toml").read_text("utf-8"))["project"]
    package = json.loads((paths.web / "package.json").read_text("utf-8"))
    assert project["version"] == package["version"]
    assert f"[{project['version']}]" in (paths.root / "CHANGELOG.md").read_text("utf-8")


def test_no_file_names_a_registry_or_a_place_on_one_machine(paths: Paths) -> None:
    wrong = []
    for file in tracked(paths):
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        wrong += [
            f"{file.relative_to(paths.root)}: {word}" for word in (*REGISTRIES, *MACHINE) if word in text
        ]
    assert not wrong


def test_nothing_large_or_binary_is_tracked(paths: Paths) -> None:
    large = [str(file.relative_to(paths.root)) for file in tracked(paths) if file.stat().st_size > 400_000]
    assert not large
