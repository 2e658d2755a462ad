"""Weights of a graph as a file: what was written is what the model computes with; else it is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from model_scripts import MODELS, PACKAGE, script

convert, weights = script("convert"), script("weights")


@pytest.fixture(scope="module")
def entry() -> dict[str, Any]:
    return dict(json.loads((MODELS / "manifest.json").read_text("utf-8"))["models"][0])


@pytest.fixture(scope="module")
def plain(entry: dict[str, Any]) -> onnx.ModelProto:
    return convert.plain(PACKAGE, entry)


@pytest.fixture
def own(plain: onnx.ModelProto) -> dict[str, Any]:
    names = {name for node in plain.graph.node if "Conv" in node.op_type for name in node.input[1:3]}
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in plain.graph.initializer}
    return {name: tensors[name] for name in names}


def test_the_models_own_weights_give_the_model(
    own: dict[str, Any], entry: dict[str, Any], tmp_path: Path
) -> None:
    """They are 16 bits wide in the original, too: nothing is lost."""
    file = tmp_path / "own.npz"
    weights.write(file, own)
    assert file.stat().st_size < 300_000
    assert convert.convert(PACKAGE, entry | {"weights": str(file)}) == convert.convert(PACKAGE, entry)


def test_other_weights_give_another_model(own: dict[str, Any], entry: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "other.npz"
    name = max(own, key=lambda key: own[key].size)
    weights.write(file, own | {name: own[name] * 1.01})
    portrait = convert.portrait_picture()
    differences = convert.largest_differences(
        convert.convert(PACKAGE, entry | {"weights": str(file)}), entry, portrait
    )
    assert max(differences.values()) > entry["tolerance"], "the check of the build would notice"


def test_what_does_not_fit_is_refused(own: dict[str, Any], plain: onnx.ModelProto, tmp_path: Path) -> None:
    file = tmp_path / "w.npz"
    name = sorted(own)[0]

    def refusal(changed: dict[str, Any]) -> str:
        np.savez(file, **changed)
        with pytest.raises(weights.WeightsError) as caught:
            weights.put(plain, file)
        return str(caught.value)

    half = {key: value.astype(np.float16) for key, value in own.items()}
    assert name in refusal({key: value for key, value in half.items() if key != name})
    assert "surplus" in refusal(half | {"surplus": np.zeros(1, np.float16)})
    assert f"{name} is float16 of [3]" in refusal(half | {name: np.zeros(3, np.float16)})
    assert f"{name} is float32" in refusal(half | {name: own[name].astype(np.float32)})
    assert "no numbers" in refusal(half | {name: np.full(own[name].shape, np.nan, np.float16)})
    file.write_bytes(file.read_bytes()[:9000])
    with pytest.raises(weights.WeightsError, match="cannot be read"):
        weights.put(plain, file)
    with pytest.raises(weights.WeightsError, match="too much for 16 bits"):
        weights.write(file, own | {name: own[name] + 1e6})
    noise = np.random.default_rng(3).standard_normal(500_000)
    before = file.read_bytes()
    with pytest.raises(weights.WeightsError, match="at most 600000"):
        weights.write(file, own | {name: noise})
    assert file.read_bytes() == before
