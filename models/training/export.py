"""A run's averaged weights as files of the repository: NAME.npz, and PyTorch's masks to check a build by."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import onnx
import torch

import convert
import reference
import weights

from .errors import TrainingError
from .network import Network


def export(network: Network, plain: onnx.ModelProto, name: str, folder: Path, source: Path) -> None:
    """Writes folder/NAME.npz and folder/reference_NAME.npz (masks of the rounded weights), and enters
    the model in folder/manifest.json; `source` as convert has it.
    """
    manifest = folder / "manifest.json"
    first = json.loads(manifest.read_text("utf-8"))["models"][0]["name"]
    if name == first:
        raise TrainingError(f"{name} is the model that all others begin with: choose another name")
    file = folder / f"{name}.npz"
    weights.write(file, {key: value.detach().cpu().numpy() for key, value in network.weights.items()})
    rounded = Network(weights.put(plain, file))
    masks = {}
    for title, picture in reference.pictures(convert.portrait_picture()).items():
        image = torch.from_numpy(picture.transpose(2, 0, 1)[None].astype(np.float32) / 255)
        with torch.no_grad():
            masks[title] = (picture, torch.sigmoid(rounded(image))[0, 0].numpy())
    reference.save(folder / f"reference_{name}.npz", masks)
    _enter(manifest, name, source)


def _enter(manifest: Path, name: str, source: Path) -> None:
    """Puts the exported weights among the models of manifest.json, with the sha256 of what they build to."""
    told = json.loads(manifest.read_text("utf-8"))
    own = {
        "name": name,
        "file": f"{name}.onnx",
        "weights": f"{name}.npz",
        "card": f"{name}.md",
        "reference": f"reference_{name}.npz",
    }
    entry = told["models"][0] | own
    entry["sha256"] = hashlib.sha256(convert.convert(source, entry)).hexdigest()
    told["models"] = [model for model in told["models"] if model["name"] != name] + [entry]
    text = json.dumps(told, indent=2)
    lists = re.sub(
        r"\[[\d.,\s]+\]", lambda found: "[" + ", ".join(re.findall(r"[\d.]+", found[0])) + "]", text
    )
    manifest.write_text(lists + "\n", "utf-8")
