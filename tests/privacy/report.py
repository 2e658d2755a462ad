"""What the privacy tests have found: gates, tables and pictures, as JSON and as a page to read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

TITLES = {
    "T1": "how much of the room is ever shown, while somebody moves",
    "T2": "whether the output tells one room from another (real browser, every effect)",
    "T3": "frames that show the room, from start to stop and through every fault (received in a call)",
    "T4": "letters on the wall that can be read",
    "T5": "age of the mask that a frame is composed with",
    "T6": "where what is shown of the room lies: distance from the person's true edge",
    "T7": "nobody, a second person, a network that is not sure",
}


@dataclass(frozen=True)
class Gate:
    """`value` is to be at most `proposed`; where that cannot be met, `why` says so and `held` is kept to."""

    test: str
    what: str
    value: float
    proposed: float
    held: float
    why: str = ""

    @property
    def met(self) -> bool:
        return self.value <= self.proposed


class Report:
    """Fills up while the tests run."""

    def __init__(self, folder: Path | None, title: str = "Privacy, measured") -> None:
        self._folder, self._title = folder, title
        self.gates: list[Gate] = []
        self.tables: dict[str, dict[str, Mapping[str, float]]] = {}

    def gate(
        self, test: str, what: str, value: float, at_most: float, *, held: float | None = None, why: str = ""
    ) -> None:
        """Raises AssertionError where not even `held` is kept to."""
        assert (held is None) == (not why), "a gate that is not met needs both: what is kept to, and why"
        gate = Gate(test, what, round(float(value), 4), at_most, at_most if held is None else held, why)
        self.gates.append(gate)
        assert gate.value <= gate.held, f"{test}: {what}: {gate.value}, at most {gate.held}"

    def table(self, title: str, row: str, figures: Mapping[str, float]) -> None:
        """One more row; rows of a table may have different columns."""
        self.tables.setdefault(title, {})[row] = figures

    def picture(self, name: str, rgb: npt.NDArray[Any]) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.asarray(rgb, np.uint8)).save(self._folder / f"{name.replace(' ', '_')}.png")

    def write(self, form: str) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        found = {"form": form, "gates": [asdict(gate) for gate in self.gates], "tables": self.tables}
        (self._folder / "report.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
        (self._folder / "report.md").write_text(self.text(form), "utf-8")

    def text(self, form: str) -> str:
        lines = [
            f"# {self._title} ({form})",
            "",
            "| | gate | figure | wanted | |",
            "| --- | --- | --- | --- | --- |",
        ]
        for gate in sorted(self.gates, key=lambda gate: gate.test):
            verdict = "met" if gate.met else f"MISSED, held at {_number(gate.held)}: {gate.why}"
            cells = (gate.test, gate.what, _number(gate.value), f"<= {_number(gate.proposed)}", verdict)
            lines.append(f"| {' | '.join(cells)} |")
        for title, rows in self.tables.items():
            lines += ["", f"## {title}", "", *_grid(rows)]
        return "\n".join([*lines, ""])


def _grid(rows: Mapping[str, Mapping[str, float]]) -> Sequence[str]:
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = ["| | " + " | ".join(columns) + " |", "| --- " * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        cells = [_number(row[column]) if column in row else "" for column in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"
