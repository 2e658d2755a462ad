"""A run's state: weights, their average, the optimiser, the step; and what is written of it."""

from __future__ import annotations

import copy
import json
import math
import time
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor

from evaluation.comparison import without_nan

from .errors import TrainingError
from .network import Network

NORM = 1.0  # gradients are shortened to it


class Run:
    """Goes on from `folder`'s last state if there is one of the same settings."""

    def __init__(self, network: Network, config: dict[str, Any], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.step = folder, 0
        self._network, self._config = network, config
        self._average: Network = copy.deepcopy(network).requires_grad_(False)
        self._optimiser = torch.optim.AdamW(
            network.parameters(), config["learning_rate"], weight_decay=config["weight_decay"]
        )
        self._file = folder / "state.pt"
        if self._file.is_file():
            self._load()

    def _load(self) -> None:
        try:
            state = torch.load(self._file, weights_only=True)
        except Exception as error:  # whatever a truncated file raises
            raise TrainingError(f"{self._file} cannot be read: {error}; remove it to begin anew") from error
        if state.get("config") != json.dumps(self._config, sort_keys=True):
            raise TrainingError(f"{self._file} is of other settings: give another --name, or remove it")
        self.step = state["step"]
        self._network.load_state_dict(state["network"])
        self._average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._forget_what_comes_after()

    def _forget_what_comes_after(self) -> None:
        """A run that was killed has told of steps that are now done again."""
        log = self.folder / "log.jsonl"
        if log.is_file():
            lines = log.read_text("utf-8").splitlines()
            kept = [line for line in lines if line.endswith("}") and json.loads(line)["step"] <= self.step]
            log.write_text("".join(f"{line}\n" for line in kept), "utf-8")

    def save(self) -> None:
        state = {
            "config": json.dumps(self._config, sort_keys=True),
            "step": self.step,
            "network": self._network.state_dict(),
            "average": self._average.state_dict(),
            "optimiser": self._optimiser.state_dict(),
        }
        new = self._file.with_suffix(".new")
        torch.save(state, new)
        new.replace(self._file)

    def begin_after(self, folder: Path) -> None:
        """Takes over what another run has learned. Raises TrainingError if there is none."""
        try:
            state = torch.load(folder / self._file.name, weights_only=True)
        except Exception as error:
            raise TrainingError(f"{folder / self._file.name} cannot be read: {error}") from error
        for network in (self._network, self._average):
            network.load_state_dict(state["average"])

    def averaged(self) -> Network:
        return self._average

    def given_away(self, converted: onnx.ModelProto) -> Network:
        """The average, with as much of the converted model's weights as the settings keep."""
        return self._average.towards(converted, self._config["kept"])

    def take_step(self, loss: Tensor) -> None:
        for group in self._optimiser.param_groups:
            group["lr"] = self.learning_rate()
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), NORM)
        self._optimiser.step()
        self.step += 1
        # At first the average would be mostly what training began with.
        keep = min(self._config["averaging"], self.step / (self.step + 10))
        with torch.no_grad():
            pairs = zip(self._average.parameters(), self._network.parameters(), strict=True)
            for average, now in pairs:
                average.lerp_(now, 1 - keep)

    def learning_rate(self) -> float:
        """Rises over warm_up steps, falls as a cosine to the end."""
        config = self._config
        highest, least = config["learning_rate"], config["least_learning_rate"]
        if self.step < config["warm_up"]:
            return float(highest * (self.step + 1) / config["warm_up"])
        done = (self.step - config["warm_up"]) / max(1, config["steps"] - config["warm_up"])
        return float(least + (highest - least) * (1 + math.cos(math.pi * min(done, 1))) / 2)

    def note(self, **what: Any) -> None:
        """Appends a line to log.jsonl, and prints it."""
        line = json.dumps(without_nan({"step": self.step, "at": round(time.time()), **what}))
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(line + "\n")
        print(line, flush=True)
