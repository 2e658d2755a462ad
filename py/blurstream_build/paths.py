"""Where things lie in a checkout. A build writes to .venv, build, dist, bench and web/node_modules only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    """All the places that the steps read and write, from the root of a checkout."""

    root: Path

    @property
    def py(self) -> Path:
        return self.root / "py"

    @property
    def package(self) -> Path:
        return self.py / "blurstream"

    @property
    def steps(self) -> Path:
        return self.py / "blurstream_build"

    @property
    def requirements(self) -> Path:
        return self.py / "requirements"

    @property
    def web(self) -> Path:
        return self.root / "web"

    @property
    def node_modules(self) -> Path:
        return self.web / "node_modules"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def examples(self) -> Path:
        return self.build / "examples"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def venv_bin(self) -> Path:
        return self.venv / ("Scripts" if os.name == "nt" else "bin")

    @property
    def venv_python(self) -> Path:
        return self.venv_bin / ("python.exe" if os.name == "nt" else "python")

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def stamps(self) -> Path:
        return self.build / "stamps"

    @property
    def logs(self) -> Path:
        return self.build / "logs"

    @property
    def downloads(self) -> Path:
        return self.build / "downloads"

    @property
    def kernels(self) -> Path:
        return self.build / "kernels"

    @property
    def built_models(self) -> Path:
        return self.build / "models"

    @property
    def clips(self) -> Path:
        return self.build / "clips"

    @property
    def dist(self) -> Path:
        return self.root / "dist"

    @property
    def assets(self) -> Path:
        return self.dist / "assets"

    @property
    def bench(self) -> Path:
        return self.root / "bench"


def checkout() -> Paths:
    """The checkout that this file belongs to."""
    return Paths(Path(__file__).resolve().parents[2])
