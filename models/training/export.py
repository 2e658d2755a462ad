"""A run's averaged weights as files of the repository: NAME.npz, and PyTorch's masks to check a build by."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch

import convert
import reference
import weights

from .errors import TrainingError
from .network import Network


def export(network: Network, plain: onnx.ModelProto, name: str, folder: Path) -> None:
    """Writes folder/NAME.npz and folder/reference_NAME.npz. The masks are of the rounded weights."""
    file = folder / f"{name}.npz"
    weights.write(file, {key: value.detach().cpu().numpy() for key, value in network.weights.items()})
    rounded = Network(weights.put(plain, file))
    stored: dict[str, object] = {}
    for title, picture in reference.pictures(convert.portrait_picture()).items():
        image = torch.from_numpy(picture.transpose(2, 0, 1)[None].astype(np.float32) / 255)
        with torch.no_grad():
            mask = torch.sigmoid(rounded(image))[0, 0].numpy()
        stored[f"sha256_{title}"] = reference.fingerprint(picture)
        stored[f"mask_{title}"] = np.rint(mask * reference.SCALE).astype(np.uint16)
    np.savez_compressed(folder / f"reference_{name}.npz", **stored)  # type: ignore[arg-type]


def enter(manifest: Path, name: str, source: Path) -> None:
    """Puts the exported weights among the models of manifest.json, with the sha256 of what they build to."""
    told = json.loads(manifest.read_text("utf-8"))
    first = told["models"][0]
    if name == first["name"]:
        raise TrainingError(f"{name} is the model that all others begin with: choose another name")
    own = {
        "name": name,
        "file": f"{name}.onnx",
        "weights": f"{name}.npz",
        "card": f"{name}.md",
        "reference": f"reference_{name}.npz",
    }
    entry = first | own
    entry["sha256"] = hashlib.sha256(convert.convert(source, entry)).hexdigest()
    told["models"] = [model for model in told["models"] if model["name"] != name] + [entry]
    manifest.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
