"""What is wrong at present, reported when it begins and not on every frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Report = Callable[[str, str, str, Mapping[str, object]], None]  # severity, code, message, details

_WORDS = {
    "no-person": ("warning", "no person found; the whole picture is concealed until there is one"),
    "low-confidence": (
        "warning",
        "the model cannot tell the person from the room; the whole picture is concealed until it can: "
        "more light, or less of it from behind, may help",
    ),
    "no-screen": (
        "warning",
        "hardly anything of the key's colour is in sight; the whole picture is concealed until there is: "
        "light the screen, or set `key` to its colour",
    ),
    "bad-mask": ("error", "the model's answer cannot be used; the whole picture is concealed"),
    "no-picture": ("error", "the effect's picture is not here; the whole picture is concealed"),
    "model-error": ("error", "the model failed; the whole picture is concealed"),
    "new-scene": ("warning", "the picture is another one; it is concealed until the background is known"),
    "error": ("error", "a frame could not be composed; the whole picture is concealed"),
    "raw-picture": ("warning", "the effect is 'none': the camera's picture is shown as it is"),
}


class Condition:
    """`report` gets severity, code, message and details."""

    def __init__(self, report: Report) -> None:
        self._report, self._present = report, ""

    def enter(self, condition: str, message: str = "") -> None:
        """'' when all is well."""
        if condition == self._present:
            return
        self._present = condition
        if condition in _WORDS:
            severity, text = _WORDS[condition]
            self._report(severity, condition, f"{text}{': ' if message else ''}{message}", {})
