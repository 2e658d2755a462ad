"""A safe stream in a call of the page with itself, and all that may happen to it while it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from subject import TILE_LIMIT, WHOLE_LIMIT, Row, Subject

SETTLE_S = 0.4  # what is on its way arrives
EFFECTS = (
    "{type: 'blur', strength: 'light'}",
    "{type: 'image', source: '/footage/quadrants.png'}",
    "{type: 'presenter', source: '/footage/quadrants.png', shape: 'circle'}",
    "{type: 'color', color: '#206040'}",
    "{type: 'blur', background: 'fresh'}",
    "{type: 'video', source: '/footage/film.webm'}",
    "{type: 'greenscreen', background: {type: 'color', color: '#206040'}}",
    "{type: 'blur'}",
)
# Errors that a step provokes, or that come of two steps in a row.
MEANT = "['superseded', 'stopped', 'picture-unloadable']"
MUTE = """(muted) => {
    const [track] = subject.camera.getVideoTracks();
    Object.defineProperty(track, 'muted', {value: muted, configurable: true});
    track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
}"""
OTHER_CAMERA = """async (look) => {
    const {Source} = await import('/pages/source.mjs');
    const [before, source] = [subject.source, new Source()];
    await source.show(look);
    [subject.source, subject.camera] = [source, source.stream];
    await subject.safe.replaceSource(subject.camera, {stopSource: true});
    before.stop();  // with the pictures that its worker holds
}"""


class Received:
    """`rows`: of every frame that came out, at the sender's and at the receiver's end."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.rows = subject, list[Row]()
        subject.page.evaluate(
            """async () => {
                const {Call} = await import('/pages/call.mjs');
                globalThis.call = new Call();
            }"""
        )

    def begin(self, options: str = "{}") -> None:
        """Joins the call with a stream that has just begun, as an application does."""
        self.subject.page.evaluate(
            f"""async () => {{
                await subject.begin({options});
                await call.send(subject.safe.getVideoTracks()[0]);
            }}"""
        )

    @property
    def count(self) -> int:
        """Frames that were received so far."""
        return int(self.subject.page.evaluate("() => call.tap.count"))

    def until_received(self, more: int = 5) -> None:
        self.subject.until(f"call.tap.count >= {self.count + more}")

    def look(self) -> list[Row]:
        self.subject.page.wait_for_timeout(SETTLE_S * 1000)
        found = self.subject.look()
        self.rows += found
        return found

    def show(self, effect: str) -> None:
        self.tolerant(f"subject.safe.update({{effect: {effect}}})")

    def tolerant(self, call: str) -> None:
        """Awaits it; only errors that are meant may come of it."""
        error = self.subject.page.evaluate(
            f"() => {call}.then(() => null, ({{code, message}}) => {MEANT}.includes(code) ? null : message)"
        )
        assert error is None, f"{call}: {error}"


def shows_the_room(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.whole > WHOLE_LIMIT or row.strongest > TILE_LIMIT]


def effects(it: Received) -> None:
    for effect in EFFECTS:
        it.show(effect)
        it.until_received(2)


def bad_pictures(it: Received) -> None:
    """Undecodable, and missing: refused, and the effect before stays."""
    for source in ("new Blob(['no picture'])", "'/footage/nothing-here.png'"):
        it.show(f"{{type: 'image', source: {source}}}")
    it.until_received(2)


def mute(it: Received) -> None:
    for muted in (True, False):
        it.subject.page.evaluate(MUTE, muted)
        it.until_received(3)


def silence(it: Received) -> None:
    """The camera gives nothing for a while."""
    it.subject.pause()
    it.subject.page.wait_for_timeout(600)
    it.subject.show()
    it.until_received(3)


def disable(it: Received) -> None:
    for on in (False, True):
        it.subject.page.evaluate("(on) => { subject.camera.getVideoTracks()[0].enabled = on; }", on)
        it.subject.page.wait_for_timeout(200)


def other_camera(it: Received) -> None:
    look = {"picture": "portrait", "width": 640, "height": 480, "format": "NV12"}
    it.subject.page.evaluate(OTHER_CAMERA, look)
    it.until_received(3)


def resize(it: Received) -> None:
    for size in ((322, 181), (1280, 720), (640, 360)):
        it.subject.show(size)
        it.subject.page.wait_for_timeout(200)
    it.until_received(3)


def pause(it: Received) -> None:
    it.tolerant("subject.safe.pause()")
    it.until_received(2)
    it.tolerant("subject.safe.resume()")


def nobody(it: Received) -> None:
    """Who sat there goes, and comes back."""
    it.subject.show(picture="room")
    it.until_received(5)
    it.subject.show()
    it.until_received(5)


def restart(it: Received) -> None:
    """Stop, and begin anew in the same call."""
    it.subject.page.evaluate("() => subject.safe.stop()")
    it.begin("{effect: {type: 'blur'}}")
    it.until_received(3)


STEPS: dict[str, Callable[[Received], None]] = {
    "effects": effects,
    "undecodable and missing pictures": bad_pictures,
    "mute": mute,
    "silent camera": silence,
    "disabled track": disable,
    "another camera": other_camera,
    "other sizes": resize,
    "pause": pause,
    "nobody there": nobody,
    "stop and restart": restart,
}
