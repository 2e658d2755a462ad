"""Converts the pinned TensorFlow Lite model to ONNX and checks it against the original runtime's masks.
A model of our own is the same graph with the weights that train.py has written, checked against PyTorch's.

    python models/convert.py --package DIR_OR_TFLITE --out build/models

DIR is the unpacked npm package that manifest.json names. Writes NAME.onnx and NAME.json (what goes in, what
comes out, where it is from), or fails and writes neither. The conversion needs numpy, onnx and tflite; the
check onnxruntime, pillow, and the portrait that the scikit-image package holds.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx

import faster_graph
import onnx_graph
import reference
import tflite_graph
import weights

HERE = Path(__file__).resolve().parent
PORTRAIT_SHA256 = "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"


class ConversionError(Exception):
    """The model cannot be converted, or the converted one does not compute what the original computes."""


def convert(source: Path, entry: dict[str, Any]) -> bytes:
    """Returns the ONNX file's bytes.

    `source` is the .tflite file or a folder that holds it, `entry` the model's entry in manifest.json; if it
    names weights, these take the place of the file's. Raises ConversionError if the file is not the pinned
    one, UnsupportedModelError if it holds the unknown, WeightsError if the weights are not this graph's.
    """
    model = plain(source, entry)
    if "weights" in entry:
        model = weights.put(model, HERE / entry["weights"])
    return bytes(faster_graph.faster(model).SerializeToString(deterministic=True))


def plain(source: Path, entry: dict[str, Any]) -> onnx.ModelProto:
    """The converted graph before faster_graph, with the pinned file's weights; raises as `convert`."""
    wanted = entry["source"]
    file = source / wanted["file"] if source.is_dir() else source
    if not file.is_file():
        raise ConversionError(
            f"{file} is missing: --package wants the unpacked npm package "
            f"{wanted['package']}@{wanted['version']}"
        )
    found = _sha256(file.read_bytes())
    if found != wanted["sha256"]:
        raise ConversionError(
            f"{file} has the sha256 {found}, but {wanted['sha256']} is pinned: install exactly "
            f"{wanted['package']}@{wanted['version']}"
        )
    return onnx_graph.translate(tflite_graph.read(file), entry["name"])


def largest_differences(model: bytes, entry: dict[str, Any], portrait: reference.Picture) -> dict[str, float]:
    """Returns, for each reference picture, the largest absolute difference to the original runtime's mask."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    pictures = reference.pictures(portrait)
    masks = reference.load(HERE / entry["reference"])
    if pictures.keys() != masks.keys():
        raise ConversionError(
            f"{entry['reference']} holds {sorted(masks)}, but the pictures are {sorted(pictures)}"
        )
    differences: dict[str, float] = {}
    for name, picture in pictures.items():
        fingerprint, expected = masks[name]
        if reference.fingerprint(picture) != fingerprint:
            raise ConversionError(
                f"the reference picture {name!r} is not the one that {entry['reference']} was made of"
            )
        image = picture[None].astype(np.float32) / np.float32(255)
        (mask,) = session.run([entry["output"]["name"]], {entry["input"]["name"]: image})
        if list(mask.shape) != entry["output"]["shape"]:
            raise ConversionError(
                f"the mask has the shape {list(mask.shape)}, expected {entry['output']['shape']}"
            )
        difference = float(np.abs(mask[0, :, :, 0] - expected).max())
        differences[name] = difference if np.isfinite(mask).all() else float("inf")
    return differences


def portrait_picture() -> reference.Picture:
    """Returns the portrait of the installed scikit-image package, uint8 RGB 512x512."""
    from PIL import Image

    spec = importlib.util.find_spec("skimage")
    if spec is None or spec.origin is None:
        raise ConversionError(
            "the package scikit-image is not installed; its portrait is a reference picture"
        )
    file = Path(spec.origin).parent / "data" / "astronaut.png"
    if not file.is_file() or _sha256(file.read_bytes()) != PORTRAIT_SHA256:
        raise ConversionError(f"{file} is missing or not the pinned portrait: install scikit-image as pinned")
    with Image.open(file) as picture:
        return np.array(picture.convert("RGB"), np.uint8)


def main(arguments: list[str] | None = None) -> int:
    """Converts every model of manifest.json; returns the exit code."""
    parser = argparse.ArgumentParser(description="Convert the segmentation model to ONNX and check it.")
    parser.add_argument(
        "--package", type=Path, required=True, help="unpacked npm package, or the .tflite file itself"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the .onnx and .json files")
    parser.add_argument(
        "--record", action="store_true", help="write the sha256 of the result into manifest.json"
    )
    options = parser.parse_args(arguments)
    manifest_file = HERE / "manifest.json"
    manifest = manifest_file.read_text("utf-8")
    try:
        for entry in json.loads(manifest)["models"]:
            found = _make(entry, options.package, options.out, record=options.record)
            manifest = manifest.replace(entry["sha256"], found)
    except (ConversionError, tflite_graph.UnsupportedModelError, weights.WeightsError) as error:
        print(f"convert.py: {error}", file=sys.stderr)
        return 1
    if options.record:
        manifest_file.write_text(manifest, "utf-8")
    return 0


def _make(entry: dict[str, Any], source: Path, out: Path, *, record: bool) -> str:
    model = convert(source, entry)
    differences = largest_differences(model, entry, portrait_picture())
    print(f"{entry['name']}: largest difference to the original runtime, tolerance {entry['tolerance']}")
    for name, difference in differences.items():
        print(f"  {name:14} {difference:.1e}")
    if not max(differences.values()) <= entry["tolerance"]:
        raise ConversionError(f"{entry['name']} differs from the original by {max(differences.values()):.1e}")
    found = _sha256(model)
    if found != entry["sha256"] and not record:
        raise ConversionError(
            f"the converted {entry['name']} has the sha256 {found}, manifest.json says {entry['sha256']}: if "
            "the converter was changed on purpose, run it with --record and measure anew what the card states"
        )
    out.mkdir(parents=True, exist_ok=True)
    (out / entry["file"]).write_bytes(model)
    kept = ("name", "file", "sha256", "input", "output", "licence", "source")
    contract = {key: entry[key] for key in kept} | {"sha256": found}
    (out / f"{entry['name']}.json").write_text(json.dumps(contract, indent=2) + "\n", "utf-8")
    print(f"  {out / entry['file']}: {len(model)} bytes, sha256 {found}")
    return found


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
