"""Which of the models becomes the product's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from blurstream_build import cli, model
from blurstream_build.errors import BuildError
from blurstream_build.paths import Paths


def test_the_manifest_chooses_unless_told_otherwise(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"product": "b", "models": [{"name": "a"}, {"name": "b"}]}))
    assert (model.choose(manifest, None), model.choose(manifest, "a")) == ("b", "a")
    with pytest.raises(BuildError, match="no model 'c'") as caught:
        model.choose(manifest, "c")
    assert "a, b" in caught.value.fix


@pytest.mark.parametrize("command", ["demo", "build"])
def test_it_can_be_named_on_the_command_line(command: str) -> None:
    assert cli.parser().parse_args([command, "--model", "selfie_landscape"]).model == "selfie_landscape"
    assert cli.parser().parse_args([command]).model is None


def test_what_is_built_is_the_model_of_the_manifest(paths: Paths) -> None:
    built = paths.built_models
    chosen = model.choose(paths.models / "manifest.json", None)
    for suffix in (".onnx", ".json"):
        assert (built / f"segmenter{suffix}").read_bytes() == (built / f"{chosen}{suffix}").read_bytes()
    assert (built / "selfie_landscape.onnx").is_file(), "the unmodified one is always there"
