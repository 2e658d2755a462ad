"""What the calls say: the saving at the camera's mean quantiser, and the gain at the same limit."""

from __future__ import annotations

import statistics
from typing import Any

EQUAL_FPS = 0.5
MATCHED = 1.0


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """One a scene and codec: medians over the repeats, and whether the two sides can be compared."""
    made = []
    every = [(s, c, pairs) for s, of in found["scenes"].items() for c, pairs in of["codecs"].items()]
    for scene, codec, pairs in every:
        change = [(p["ours"]["bytes_per_frame"] / p["camera"]["bytes_per_frame"] - 1) * 100 for p in pairs]
        apart = [p["ours"]["quantiser"] - p["camera"]["quantiser"] for p in pairs]
        # The first step of the first search has the camera's limit.
        equal_limit = pairs[0]["search"][0]["quantiser"] - pairs[0]["camera"]["quantiser"]
        made.append(
            {
                "scene": scene,
                "codec": codec,
                "change": statistics.median(change),
                "least": min(change),
                "most": max(change),
                "apart": max(apart, key=abs),
                "equal_limit": equal_limit,
                "camera_kbits": statistics.median(p["camera"]["kbits"] for p in pairs),
                "ours_kbits": statistics.median(p["ours"]["kbits"] for p in pairs),
                "quantiser": statistics.median(p["camera"]["quantiser"] for p in pairs),
                "person_db": _median_gap(pairs),
                "doubts": doubts(pairs),
            }
        )
    return made


def _median_gap(pairs: list[dict[str, Any]]) -> float | None:
    """Decibels by which the person is better in ours, as received, against the camera's own pixels."""
    both = [(p["ours"]["person_db"], p["camera"]["person_db"]) for p in pairs]
    gaps = [ours - camera for ours, camera in both if ours is not None and camera is not None]
    return statistics.median(gaps) if gaps else None


def doubts(pairs: list[dict[str, Any]]) -> list[str]:
    """Why the two sides of a codec are not quite comparable; nothing if they are."""
    said = []
    for pair in pairs:
        ours, camera = pair["ours"], pair["camera"]
        if abs(ours["quantiser"] - camera["quantiser"]) > MATCHED:
            said.append(f"quantisers {ours['quantiser']:.1f} and {camera['quantiser']:.1f}")
        if abs(ours["fps"] - camera["fps"]) > EQUAL_FPS:
            said.append(f"{ours['fps']:.1f} and {camera['fps']:.1f} fps")
        if (ours["width"], ours["height"]) != (camera["width"], camera["height"]):
            said.append(f"{ours['width']}x{ours['height']} and {camera['width']}x{camera['height']}")
        said += [f"limited by {side['limited']}" for side in (ours, camera) if "cpu" in side["limited"]]
    return list(dict.fromkeys(said))


def table(found: dict[str, Any]) -> str:
    """Markdown."""
    lines = [
        f"A call in {found['browser']}, ours {found['ours']}; bytes a frame at the mean quantiser that the "
        "camera's picture has at the usual rate; the quantiser's difference at the same limit; PSNR of "
        "the person as received, ours minus the camera's, both against the camera's own pixels.",
        "",
        "| scene | codec | camera kbit/s | quantiser | ours | bytes, % | same limit | person, dB | doubts |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row['scene']} | {row['codec']} | {row['camera_kbits']:.0f} | {row['quantiser']:.1f} | "
        f"{row['ours_kbits']:.0f} | "
        f"{row['change']:+.0f} [{row['least']:+.0f} … {row['most']:+.0f}] | {row['equal_limit']:+.1f} | "
        f"{'' if row['person_db'] is None else format(row['person_db'], '+.1f')} | "
        f"{'; '.join(row['doubts'])} |"
        for row in rows(found)
    ]
    return "\n".join(lines) + "\n"


def claim(found: dict[str, Any]) -> str:
    """One sentence."""
    said = [
        f"{abs(row['change']):.0f} % {'fewer' if row['change'] <= 0 else 'more'} bytes with {row['codec']} "
        f"({row['scene']})"
        for row in rows(found)
    ]
    return f"In a call of {found['browser']} with itself, at the same mean quantiser: {', '.join(said)}."
