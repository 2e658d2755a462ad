"""What tests of effects have in common: asking for one, and looking at what is seen then."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from subject import WAIT_S, Subject

Rgb = tuple[int, int, int]
RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)
TEAL = (0, 128, 128)
PICTURE, FILM = "/footage/quadrants.png", "/footage/film.webm"
# where nobody is; the person is in the middle and below
LEFT, RIGHT, HIGH_LEFT, HIGH_RIGHT = (0.03, 0.5), (0.97, 0.5), (0.04, 0.05), (0.96, 0.05)
TURNS = ((RED, GREEN), (GREEN, RED))  # of the film, high on the left and on the right
NEAR = 12  # levels: rounding of YUV, and its coarse chroma beside an edge

# What the page has made for moving pictures, and what of it goes on.
LEDGER = """(FILM) => {
    const isKept = globalThis.made !== undefined;
    globalThis.made = {videos: [], addresses: new Set()};
    if (isKept) return;
    const {createElement} = document;
    document.createElement = (name, ...rest) => {
        const element = createElement.call(document, name, ...rest);
        if (name === 'video') made.videos.push(element);
        return element;
    };
    const {createObjectURL, revokeObjectURL} = URL;
    URL.createObjectURL = (blob) => {
        const address = createObjectURL(blob);
        made.addresses.add(address);
        return address;
    };
    URL.revokeObjectURL = (address) => { made.addresses.delete(address); revokeObjectURL(address); };
    globalThis.left = () => ({
        playing: made.videos.filter((video) => !video.paused || video.hasAttribute('src')).length,
        addresses: made.addresses.size,
    });
    // The application's own element: the first one on the page.
    globalThis.own = async () => {
        const video = document.querySelector('video') ?? createElement.call(document, 'video');
        document.body.append(video);
        Object.assign(video, {src: FILM, muted: true, loop: true});
        await video.play();
        return video;
    };
    // A track that shows the film, and what keeps it going.
    globalThis.screen = (width = 400, height = 200) => {
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext('2d');
        const track = new subject.RealGenerator({kind: 'video'});
        const writer = track.writable.getWriter();
        let turn = 0;
        const timer = setInterval(() => {
            turn += 1;
            const colours = turn % 16 < 8 ? ['#f00', '#0f0'] : ['#0f0', '#f00'];
            colours.forEach((colour, index) => {
                context.fillStyle = colour;
                context.fillRect(index * width / 2, 0, width / 2, height);
            });
            const frame = new VideoFrame(canvas, {timestamp: turn * 50_000});
            writer.write(frame).catch(() => clearInterval(timer));
        }, 50);
        subject.leaving.push(() => { clearInterval(timer); track.stop(); });
        return new MediaStream([track]);
    };
}"""


def color(value: str) -> str:
    return f"{{type: 'color', color: '{value}'}}"


def image(source: str = f"'{PICTURE}'", more: str = "") -> str:
    return f"{{type: 'image', source: {source}{more and ', ' + more}}}"


def video(source: str = f"'{FILM}'", more: str = "") -> str:
    return f"{{type: 'video', source: {source}{more and ', ' + more}}}"


def run(subject: Subject, effect: str) -> None:
    subject.page.evaluate(
        f"""async () => {{
            subject.watch(await subject.blurStream(subject.camera, {{effect: {effect}}}));
            await subject.safe.ready;
        }}"""
    )


def update(subject: Subject, effect: str) -> dict[str, Any] | None:
    """The error it was refused with, if it was."""
    answer: dict[str, Any] | None = subject.page.evaluate(
        f"async () => subject.safe.update({{effect: {effect}}}).then(() => null, asData)"
    )
    return answer


def shows(subject: Subject, wanted: Mapping[tuple[float, float], Rgb]) -> None:
    """Asserts what is seen at these places, once it has got there."""
    subject.until_frames(3)
    seen = subject.page.evaluate("(points) => subject.seen(points)", [list(point) for point in wanted])
    for (point, colour), found in zip(wanted.items(), seen, strict=True):
        assert max(abs(a - b) for a, b in zip(colour, found, strict=True)) <= NEAR, (
            f"{found} at {point}, not {colour}"
        )


def person_is_there(subject: Subject, backdrop: Rgb) -> None:
    (found,) = subject.page.evaluate("() => subject.seen([[0.5, 0.6]])")
    assert max(abs(a - b) for a, b in zip(backdrop, found, strict=True)) > 3 * NEAR, found


def turn_of(subject: Subject) -> tuple[Rgb, Rgb] | None:
    """Which turn of the film is seen now, if it is one of them."""
    left, right = subject.page.evaluate("(points) => subject.seen(points)", [HIGH_LEFT, HIGH_RIGHT])
    for turn in TURNS:
        pairs = [*zip(turn[0], left, strict=True), *zip(turn[1], right, strict=True)]
        if max(abs(a - b) for a, b in pairs) <= NEAR:
            return turn
    return None


def shows_film(subject: Subject, what: str = "") -> None:
    """Asserts that both turns of it come, three times over."""
    seen: list[tuple[Rgb, Rgb]] = []
    end = time.monotonic() + WAIT_S
    while len(seen) < 6:
        turn = turn_of(subject)
        if turn is not None and seen[-1:] != [turn]:
            seen.append(turn)
        assert time.monotonic() < end, f"{what}: {len(seen)} turns were seen; {subject.summary()}"
        subject.page.wait_for_timeout(30)


def keep_ledger(subject: Subject) -> None:
    subject.page.evaluate(LEDGER, FILM)


def left(subject: Subject) -> dict[str, int]:
    counts: dict[str, int] = subject.page.evaluate("() => left()")
    return counts
