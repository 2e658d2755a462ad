"""The product's model takes an empty room for nobody: what it finds there would be shown.

The rooms are drawn as those of training are, of other seeds. The unmodified model answers to the same ones: a
test that its somebody would not trip could not fail.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from blurstream.mask import APPEARS, PERSON
from blurstream.record import DEFAULT_MODEL
from model_scripts import script

rooms, textures = script("training.rooms"), script("training.textures")

Array = np.ndarray[Any, Any]

COUNT = 60


def somebody(pictures: list[Array], model: str) -> float:
    """The share of pictures in which the pipeline would find somebody."""
    session = onnxruntime.InferenceSession(DEFAULT_MODEL.parent / model, providers=["CPUExecutionProvider"])
    found = 0
    for picture in pictures:
        small = Image.fromarray(picture).resize((256, 144), Image.Resampling.BOX)
        (mask,) = session.run(None, {"image": np.asarray(small, np.float32)[None] / 255})
        found += float((mask > PERSON).mean()) > APPEARS
    return found / len(pictures)


def drawn(kind: str) -> list[Array]:
    rng = np.random.default_rng(1234)
    if kind == "textures":
        return [textures.texture(rng) for _ in range(COUNT)]
    plain = [rooms.room(rng) for _ in range(COUNT)]
    return plain if kind == "rooms" else [textures.patterned(room, rng) for room in plain]


@pytest.mark.parametrize(
    ("kind", "most", "unmodified"), [("rooms", 0.03, 0.2), ("patterned", 0.08, 0.3), ("textures", 0.04, 0.05)]
)
def test_an_empty_room_is_nobody(kind: str, most: float, unmodified: float) -> None:
    pictures = drawn(kind)
    assert somebody(pictures, "segmenter.onnx") <= most
    assert somebody(pictures, "selfie_landscape.onnx") >= unmodified
