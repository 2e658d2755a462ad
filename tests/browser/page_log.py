"""What a page says while it is tested."""

from __future__ import annotations

from dataclasses import dataclass, field

BAD_WORDS = ("Content Security Policy", "unhandled")


@dataclass
class PageLog:
    """What a page's console and scripts said: `lines` all of it, `problems` what should not have been."""

    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def note(self, line: str, *, bad: bool = False) -> None:
        self.lines.append(line)
        if bad or any(word.lower() in line.lower() for word in BAD_WORDS):
            self.problems.append(line)
