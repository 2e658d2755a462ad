"""The one error a build step raises on purpose: what failed, why, and what to do about it."""

from __future__ import annotations


class BuildError(Exception):
    """A step failed for a reason that the person at the terminal can act on.

    `what` names the step or thing, `why` is the cause (several lines at times), `fix` the next thing to do.
    """

    def __init__(self, what: str, why: str, fix: str) -> None:
        super().__init__(f"{what}: {why}")
        self.what = what
        self.why = why
        self.fix = fix

    def text(self) -> str:
        why = self.why.strip().replace("\n", "\n" + " " * 12)
        fix = self.fix.strip().replace("\n", "\n" + " " * 12)
        return f"failed:     {self.what}\nwhy:        {why}\nwhat to do: {fix}"
