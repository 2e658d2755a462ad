"""What the figures of many clips say together: medians and ranges, the table, the claim."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Clip = dict[str, Any]
Row = dict[str, Any]
PART_WORDS = {"steady": "steady state", "key": "key frame", "all": "with key frame"}


@dataclass(frozen=True)
class Spread:
    """Of some changes in percent: how many there are, how many could not be compared, and their middle."""

    count: int
    missing: int
    median: float
    least: float
    most: float

    def __str__(self) -> str:
        if not self.count:
            return f"- (0 of {self.missing})"
        lost = f" ({self.count} of {self.count + self.missing})" if self.missing else ""
        return f"{self.median:+.0f} [{self.least:+.0f} … {self.most:+.0f}]{lost}"


def spread(values: Iterable[float | None]) -> Spread:
    """None counts as missing: the two sides have no quality in common."""
    every = list(values)
    have = [value for value in every if value is not None]
    if not have:
        return Spread(0, len(every), float("nan"), float("nan"), float("nan"))
    return Spread(len(have), len(every) - len(have), statistics.median(have), min(have), max(have))


def picked(
    clips: Sequence[Clip],
    value: Callable[[Row], float | None],
    *,
    variant: str,
    reference: str,
    codec: str | None = None,
) -> list[float | None]:
    """One value of every clip and codec. `reference` 'best': the clean picture where there is one."""
    found = []
    for clip in clips:
        for row in clip["rows"]:
            if row["variant"] != variant or (codec and row["codec"] != codec):
                continue
            wanted = reference
            if reference == "best":
                wanted = "clean" if any(r["reference"] == "clean" for r in clip["rows"]) else "camera"
            if row["reference"] == wanted:
                found.append(value(row))
    return found


def part(name: str) -> Callable[[Row], float | None]:
    """BD-rate of a part of the clip."""
    return lambda row: _number(row["bd_rate"][name])


def at_usual(row: Row) -> float | None:
    """The change at the quality that the camera has at the usual rate."""
    return _number(row["at_usual_rate"]["change"])


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def codecs(clips: Sequence[Clip]) -> list[str]:
    return list(dict.fromkeys(row["codec"] for clip in clips for row in clip["rows"]))


def variants(clips: Sequence[Clip]) -> list[str]:
    return list(dict.fromkeys(row["variant"] for clip in clips for row in clip["rows"]))


def classes(clips: Sequence[Clip]) -> dict[str, list[Clip]]:
    """The kinds of clips that the claim tells apart; those without a clip are left out."""
    still = [clip for clip in clips if not clip["shaken"]]
    kinds = {
        "all": list(clips),
        "camera fixed, no added noise": [clip for clip in still if clip["noise"] < 1],
        "camera fixed, noise 2": [clip for clip in still if 1 <= clip["noise"] < 3],
        "camera fixed, noise 4": [clip for clip in still if clip["noise"] >= 3],
        "hand-held": [clip for clip in clips if clip["shaken"]],
        "recorded": [clip for clip in clips if clip["kind"] == "recorded"],
    }
    return {name: chosen for name, chosen in kinds.items() if chosen}


def claim(clips: Sequence[Clip]) -> str:
    """One sentence for the first variant, in the words that the figures allow."""
    first, names = variants(clips)[0], codecs(clips)
    steady, key = (
        spread(picked(clips, part(name), variant=first, reference="best")) for name in ("steady", "key")
    )
    usual = spread(picked(clips, at_usual, variant=first, reference="best"))
    return (
        f"With {first}, at equal quality of the person's pixels, the median over {len(clips)} clips and "
        f"{', '.join(names)} is {_words(usual)} at the rate a call usually has, {_words(steady)} "
        f"over 32-42 dB, and {_words(key)} for key frames."
    )


def _words(of: Spread) -> str:
    if not of.count:
        return "not to be compared"
    less = f"{abs(of.median):.0f} % {'fewer' if of.median <= 0 else 'more'} bytes"
    lost = f", {of.missing} of {of.count + of.missing} not comparable" if of.missing else ""
    return f"{less} (from {of.least:+.0f} to {of.most:+.0f} %{lost})"


def table(clips: Sequence[Clip]) -> str:
    """Markdown: by class, by codec, by clip."""
    lines = ["Change of bytes in percent, ours against the camera's picture, at equal quality of the person:"]
    lines += [
        "median [least … most]. Reference: the clean picture where noise was added, else the camera's.",
        "",
    ]
    lines += _grid(clips, "class", classes(clips), None)
    lines += _grid(clips, "codec", {name: list(clips) for name in codecs(clips)}, "codec")
    lines += _references(clips)
    return "\n".join([*lines, *_each(clips)]) + "\n"


def _grid(clips: Sequence[Clip], head: str, groups: dict[str, list[Clip]], by: str | None) -> list[str]:
    lines = [f"| {head} | variant | at the usual rate | 32-42 dB, steady | with key frame | key frame |"]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    for name, chosen in groups.items():
        for variant in variants(clips):
            codec = name if by else None
            cells = [
                str(spread(picked(chosen, value, variant=variant, reference="best", codec=codec)))
                for value in (at_usual, part("steady"), part("all"), part("key"))
            ]
            lines.append(f"| {name} | {variant} | {' | '.join(cells)} |")
    return [*lines, ""]


def _references(clips: Sequence[Clip]) -> list[str]:
    noisy = [clip for clip in clips if clip["noise"] > 0]
    if not noisy:
        return []
    lines = ["Clips with added noise, against each of the two references:", ""]
    lines += ["| variant | reference | at the usual rate | 32-42 dB, steady |", "| --- | --- | --- | --- |"]
    for variant in variants(clips):
        for reference in ("camera", "clean"):
            cells = [
                str(spread(picked(noisy, value, variant=variant, reference=reference)))
                for value in (at_usual, part("steady"))
            ]
            lines.append(f"| {variant} | {reference} | {' | '.join(cells)} |")
    return [*lines, ""]


def _each(clips: Sequence[Clip]) -> list[str]:
    names, first = codecs(clips), variants(clips)[0]
    lines = [f"Each clip, {first}, at the usual rate / over 32-42 dB in steady state:", ""]
    lines += [f"| clip | person | cut | {' | '.join(names)} |", f"| --- | --- | --- |{' --- |' * len(names)}"]
    for clip in clips:
        cells = [
            " / ".join(
                str(_rounded(picked([clip], value, variant=first, reference="best", codec=codec)[0]))
                for value in (at_usual, part("steady"))
            )
            for codec in names
        ]
        cut = "" if clip["person_cut"] is None else f"{clip['person_cut']:.1%}"
        lines.append(f"| {clip['name']} | {clip['person_share']:.0%} | {cut} | {' | '.join(cells)} |")
    return lines


def _rounded(value: float | None) -> str:
    return "-" if value is None else f"{value:+.0f}"
