"""The scripts of models/, and the network that they convert."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "models"
PACKAGE = ROOT / "web" / "node_modules" / "@mediapipe" / "selfie_segmentation"


def script(name: str) -> ModuleType:
    """models/ holds scripts that import each other by name, not a package."""
    if str(MODELS) not in sys.path:
        sys.path.insert(0, str(MODELS))
    return importlib.import_module(name)
