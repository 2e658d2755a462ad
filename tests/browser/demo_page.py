"""What the tests of the demo page look at."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from playwright.sync_api import JSHandle, Page, expect

START_MS = 90_000  # two busy cores, a cold start of Python in the browser

# Mean difference of neighbours in the upper left of a video's picture, where the clip has its window: 0..255.
DETAIL = """(video) => {
    const [width, height] = [160, 90];
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, video.videoWidth / 4, video.videoHeight / 2, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    let sum = 0;
    for (let i = 4; i < data.length; i += 4) sum += Math.abs(data[i] - data[i - 4]);
    return sum / (width * height);
}"""
BRIGHTEST = """(video) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [64, 36];
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 64, 36);
    return Math.max(...context.getImageData(0, 0, 64, 36).data.filter((_, i) => i % 4 < 3));
}"""
# Red, green and blue of a video's or canvas' upper left corner.
CORNER = """(shown) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [64, 36];
    const context = canvas.getContext('2d');
    context.drawImage(shown, 0, 0, 64, 36);
    return [...context.getImageData(1, 1, 1, 1).data].slice(0, 3);
}"""
# Red, green and blue at shares of a video's width and height, a small square's mean.
AT = """(video, [x, y]) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1, 1];
    const context = canvas.getContext('2d');
    const [left, top] = [x * video.videoWidth - 6, y * video.videoHeight - 6];
    context.drawImage(video, left, top, 12, 12, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""
# Keeps what the stream that is sent is asked for.
ASKED = """() => {
    const stream = document.getElementById('safe').srcObject;
    const update = stream.update.bind(stream);
    globalThis.asked = [];
    stream.update = (changes) => { asked.push(changes); return update(changes); };
}"""
# Texts whose contrast with the ground below them is under 4.5; what lies on the moving picture is left out.
FAINT = """() => {
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => {
        const linear = (v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
        const [r, g, b] = parts(colour).map((v) => linear(v / 255));
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if ((parts(colour)[3] ?? 1) === 1) return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    return [...document.body.querySelectorAll(':not(.stage *)')].filter((element) =>
        element.checkVisibility() && !element.closest(':disabled')
        && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    ).flatMap((element) => {
        const [a, b] = [getComputedStyle(element).color, ground(element)].map(light);
        const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
        const name = `${element.id || element.className} '${element.textContent}' ${ratio.toFixed(2)}`;
        return ratio < 4.5 ? [name] : [];
    });
}"""
# Where the figures and what is beside them are.
BOXES = """() => {
    const kept = ['.figures div', '.figures dd span', '.lane', '.lane dd',
        '#stages li', '.status', '#chip'].join();
    return [...document.querySelectorAll(kept)].map((element) => {
        const { x, y, height } = element.getBoundingClientRect();
        return [element.id, x, y, height];
    });
}"""
# What has the keyboard, and whether that shows: on itself, or on what stands for it.
FOCUS = """() => {
    const at = document.activeElement;
    const shown = [at, ...document.querySelectorAll('input:focus-visible ~ *, input:focus-visible ~ * svg')];
    const ring = shown.some((element) => getComputedStyle(element).outlineStyle !== 'none');
    return { key: at.id || at.name || at.tagName, ring };
}"""
NAMED_ROLES = {
    "alert", "button", "checkbox", "combobox", "DisclosureTriangle", "group", "link", "progressbar", "radio",
    "region", "slider", "Video",
}  # fmt: skip


def running(page: Page) -> None:
    expect(page.locator("#chip-word")).to_have_text("Running", timeout=START_MS)


def ends(track: JSHandle) -> None:
    """Waits until a track has ended: the camera's light goes off."""
    end = time.monotonic() + 10
    while track.evaluate("(track) => track.readyState") != "ended":
        assert time.monotonic() < end, "the camera's light is still on"
        time.sleep(0.1)


def line_at(page: Page) -> float:
    """Where the divider's line is, in percent of the picture's width."""
    stage, handle = (page.locator(name).bounding_box() for name in ("#stage", ".handle"))
    assert stage and handle
    return 100 * (handle["x"] + handle["width"] / 2 - stage["x"]) / stage["width"]


def unnamed(page: Page) -> list[str]:
    """What assistive technology would meet without a name."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [
        str(node)
        for node in tree
        if not node["ignored"]
        and node["role"]["value"] in NAMED_ROLES
        and not node.get("name", {}).get("value", "").strip()
    ]


def corner_becomes(page: Page, wanted: Sequence[int], video: str = "#safe") -> None:
    """Waits for the upper left corner of what is sent, or of another video."""
    becomes(page, lambda: page.locator(video).evaluate(CORNER), wanted)


def spot_becomes(page: Page, spot: Sequence[float], wanted: Sequence[int], tolerance: int = 12) -> None:
    """Waits for what is sent at shares of its width and height."""
    becomes(page, lambda: page.locator("#safe").evaluate(AT, spot), wanted, tolerance)


def becomes(
    page: Page, look: Callable[[], Sequence[int]], wanted: Sequence[int], tolerance: int = 12
) -> None:
    """Waits for a colour."""
    end = time.monotonic() + 10
    while True:
        found = look()
        if max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= tolerance:
            return
        assert time.monotonic() < end, f"{found}, not {wanted}"
        page.wait_for_timeout(100)
