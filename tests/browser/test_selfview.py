"""A mirrored preview of what is sent, in each of its places; what is sent is never mirrored."""

from __future__ import annotations

from typing import Any

import pytest

from blurstream_build.serve import Server
from looks import GREEN, HIGH_LEFT, HIGH_RIGHT, NEAR, RED, Rgb, image, run, shows
from subject import OpenSubject, Subject

# Left and right above, of the picture that a <video> plays: without the page's styles.
PLAYED = """() => {
    const {element} = view;
    const context = new OffscreenCanvas(64, 36).getContext('2d');
    context.drawImage(element, 0, 0, 64, 36);
    return [2, 61].map((x) => [...context.getImageData(x, 2, 1, 1).data.subarray(0, 3)]);
}"""


@pytest.fixture
def subject(site: Server, open_subject: OpenSubject) -> Subject:
    opened = open_subject(site)
    opened.open()
    run(opened, image())
    # What is mirrored for a preview is no output, and nobody's to tap.
    opened.page.evaluate("() => { globalThis.MediaStreamTrackGenerator = subject.RealGenerator; }")
    shows(opened, {HIGH_LEFT: RED, HIGH_RIGHT: GREEN})
    return opened


def view(subject: Subject, options: str = "{}") -> str:
    """Opens one, as a click would allow; its mode."""
    mode: str = subject.page.evaluate(
        f"async () => {{ globalThis.view = await subject.safe.selfView({options}); return view.mode; }}"
    )
    subject.until("view.element.videoWidth > 0 && !view.element.paused")
    return mode


def plays(subject: Subject, wanted: tuple[Rgb, Rgb]) -> None:
    subject.until_frames(3)
    found = subject.page.evaluate(PLAYED)
    for one, other in zip(wanted, found, strict=True):
        assert max(abs(a - b) for a, b in zip(one, other, strict=True)) <= NEAR, found


def transform(subject: Subject) -> str:
    told: str = subject.page.evaluate(
        "() => view.element.ownerDocument.defaultView.getComputedStyle(view.element).transform"
    )
    return told


MIRRORED, AS_IT_IS = "matrix(-1, 0, 0, 1, 0, 0)", "none"


def test_a_window_of_its_own(subject: Subject) -> None:
    """Mirrored by style: what it plays is what is sent."""
    assert view(subject) == "document-pip"
    assert subject.page.evaluate("() => view.element.ownerDocument !== document")
    plays(subject, (RED, GREEN))
    style = subject.page.evaluate(
        "() => view.element.ownerDocument.defaultView.getComputedStyle(view.element)"
    )
    assert style["transform"] == MIRRORED
    assert subject.page.evaluate("() => view.element.getAttribute('aria-label')") == "Your own picture"
    shows(subject, {HIGH_LEFT: RED, HIGH_RIGHT: GREEN})
    subject.page.evaluate("() => { view.element.ownerDocument.defaultView.close(); return view.closed; }")
    assert subject.page.evaluate("() => view.element.srcObject === null")
    shows(subject, {HIGH_LEFT: RED, HIGH_RIGHT: GREEN})


def test_the_window_for_videos(subject: Subject) -> None:
    """It knows no styles, so what it plays is mirrored; nothing of that is sent."""
    assert view(subject, "{mode: 'video-pip'}") == "video-pip"
    assert subject.page.evaluate("() => document.pictureInPictureElement === view.element")
    plays(subject, (GREEN, RED))
    assert subject.page.evaluate("() => view.element.style.transform") == ""
    seen = subject.page.evaluate(f"() => subject.seen({[list(HIGH_LEFT), list(HIGH_RIGHT)]})")
    assert seen[0][0] > 200 > 50 > seen[0][1], seen
    subject.page.evaluate("() => document.exitPictureInPicture().then(() => view.closed)")
    assert view(subject, "{mode: 'video-pip', mirror: false}") == "video-pip"
    plays(subject, (RED, GREEN))
    subject.page.evaluate("() => { view.close(); return view.closed; }")
    subject.until("document.pictureInPictureElement === null")


def test_in_the_page(subject: Subject) -> None:
    """In a corner, or where the page wants it; its policy forbids inline styles. Closes with the stream."""
    assert view(subject, "{mode: 'page', label: 'Me'}") == "page"
    plays(subject, (RED, GREEN))
    assert transform(subject) == MIRRORED
    box: dict[str, Any] = subject.page.evaluate("() => view.element.getBoundingClientRect().toJSON()")
    size = subject.page.viewport_size
    assert size is not None
    assert 0 < size["width"] - box["right"] < 40 and 0 < size["height"] - box["bottom"] < 40
    assert subject.page.get_by_label("Me", exact=True).is_visible()
    subject.page.evaluate("() => { globalThis.first = view; }")
    subject.page.evaluate("() => document.body.append(document.createElement('main'))")
    assert view(subject, "{mode: 'page', mirror: false, container: document.querySelector('main')}") == "page"
    assert transform(subject) == AS_IT_IS
    assert subject.page.evaluate("() => view.element.parentElement.localName") == "main"
    subject.page.evaluate("() => subject.safe.stop()")
    subject.page.evaluate("() => Promise.all([first.closed, view.closed])")
    assert subject.page.locator("video").count() == 0


REFUSED = {
    "{mode: 'window'}": "mode is 'window'",
    "{mirror: 1}": "mirror is 1",
    "{container: 'main'}": "container is 'main'",
    "{label: ''}": "label is ''",
    "{size: 3}": "has no 'size'",
}


def test_bad_options(subject: Subject) -> None:
    for options, words in REFUSED.items():
        error = subject.page.evaluate(f"() => subject.safe.selfView({options}).then(() => null, asData)")
        assert error["name"] == "OptionsError" and words in error["message"], error
    assert subject.page.locator("video").count() == 0
    subject.page.evaluate("() => subject.safe.stop()")
    error = subject.page.evaluate("() => subject.safe.selfView().then(() => null, asData)")
    assert (error["name"], error["code"]) == ("AbortError", "stopped")


def test_without_a_click(subject: Subject) -> None:
    """A window needs one; without it the page does."""
    subject.page.evaluate(
        """() => {
            globalThis.view = null;
            setTimeout(async () => { globalThis.view = await subject.safe.selfView(); }, 6000);
        }"""
    )
    subject.page.wait_for_timeout(6500)
    subject.until("view !== null && view.element.videoWidth > 0")
    assert subject.page.evaluate("() => view.mode") == "page"
