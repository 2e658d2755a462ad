"""A track under test, the browser's camera's or a safe one, seen from Python: drives pages/output-track.mjs.

What is to be so with any track is asked of the browser's own camera, too, in the same words: it is what Web
Platform Tests ask of tracks and frames.
"""

from __future__ import annotations

from typing import Any

from subject import Subject

KINDS = ["camera", "safe"]
BLACK, BRIGHT = 24, 120  # of the brightest pixel, as codecs leave them
MARKED = "portrait_marked_480p.y4m"  # somebody before a marked wall
# What the page sees of the track, of its clone, and of what arrives at the other end of a call.
VIEWS = """async () => {
    const { track } = output;
    output.clone = track.clone();
    const received = await output.receive(track);
    globalThis.views = {
        own: await output.video(new MediaStream([track])),
        clone: await output.video(new MediaStream([output.clone])),
        received: received.video,
    };
}"""


def look_at_tracks(subject: Subject) -> Subject:
    """Adds what the page needs for it."""
    subject.page.evaluate("() => import('/pages/output-track.mjs')")
    return subject


def take(subject: Subject, kind: str) -> None:
    """See pages/output-track.mjs."""
    subject.page.evaluate("(kind) => output.take(kind)", kind)


def take_own(subject: Subject, kind: str = "safe", **options: object) -> None:
    """The same of the page's own source, whose frames have the page's time."""
    if kind == "safe":
        subject.run(**options)
    subject.page.evaluate(
        """(kind) => {
            const [camera] = subject.camera.getVideoTracks();
            output.use(kind === 'safe' ? subject.safe : subject.camera, camera);
        }""",
        kind,
    )


def heard(subject: Subject) -> list[str]:
    events: list[str] = subject.page.evaluate("() => output.heard")
    return events


def until_views(subject: Subject, **wanted: bool) -> None:
    """Until each of these is black (False), or shows something."""
    for name, shown in wanted.items():
        limit = f"> {BRIGHT}" if shown else f"< {BLACK}"
        subject.until(f"output.picture(views.{name}).brightest {limit}", 15)


def frames(subject: Subject, track: str, ms: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = subject.page.evaluate(f"(ms) => output.frames({track}, ms)", ms)
    return found
