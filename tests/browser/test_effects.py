"""A cloth in place of the model, slides with the person on them, and the camera's own picture."""

from __future__ import annotations

from typing import Any

import pytest

from blurstream_build.serve import Server
from looks import (
    BLUE,
    GREEN,
    HIGH_LEFT,
    HIGH_RIGHT,
    LEFT,
    RED,
    RIGHT,
    TEAL,
    WHITE,
    color,
    image,
    person_is_there,
    run,
    shows,
    shows_film,
    update,
    video,
)
from subject import TILE_LIMIT, WHOLE_LIMIT, OpenSubject, Row, Subject, private


@pytest.fixture
def subject(warm_subject: Subject) -> Subject:
    return warm_subject


def cloth(background: str, more: str = "") -> str:
    return f"{{type: 'greenscreen', background: {background}{more and ', ' + more}}}"


def test_another_background_before_a_cloth(subject: Subject) -> None:
    subject.open(picture="cloth")
    run(subject, cloth(color("#008080")))
    shows(subject, dict.fromkeys((LEFT, RIGHT, HIGH_LEFT, HIGH_RIGHT), TEAL))
    person_is_there(subject, TEAL)
    assert update(subject, cloth(image())) is None
    shows(subject, {HIGH_LEFT: RED, HIGH_RIGHT: GREEN, (0.03, 0.95): BLUE, (0.97, 0.95): WHITE})
    assert update(subject, cloth(video(), "key: '#00b140'")) is None
    shows_film(subject)
    assert subject.codes("error", "warning") == []
    assert subject.stats["modelRuns"] == 0


def test_no_cloth_in_sight(subject: Subject) -> None:
    """Where nothing is of the key's colour the picture is concealed, and comes back with the cloth."""
    run(subject, color("#008080"))
    assert update(subject, cloth(color("#f00"), "key: '#f0f'")) is None
    subject.until("subject.safe.reason === 'no-screen'")
    subject.until_frames(5)
    assert subject.state == "concealed"
    shows(subject, dict.fromkeys((LEFT, RIGHT, (0.5, 0.6)), RED))
    private(subject.look(), "no cloth")
    subject.show(picture="cloth")
    assert update(subject, cloth(color("#f00"))) is None
    subject.until_state("running")
    person_is_there(subject, RED)


def raw(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.whole > WHOLE_LIMIT and row.strongest > TILE_LIMIT]


def test_the_camera_as_it_is(subject: Subject) -> None:
    """Only while it is asked for, and never unsaid."""
    run(subject, "{type: 'none'}")
    subject.until_state("raw")
    assert len(raw(subject.until_frames(5))) >= 5
    assert subject.codes("warning") == ["raw-picture"]
    assert update(subject, "{type: 'blur'}") is None
    subject.look()
    private(subject.until_frames(10), "after raw")
    subject.until_state("running")
    assert update(subject, "{type: 'none'}") is None
    subject.look()
    subject.page.evaluate("() => subject.safe.pause()")
    subject.look()
    private(subject.until_frames(10), "paused")
    assert subject.state == "concealed"
    subject.page.evaluate("() => subject.safe.resume()")
    subject.until_state("raw")
    assert subject.codes("error") == []


def test_it_is_written_to_the_console(site: Server, open_subject: OpenSubject, page_log: Any) -> None:
    subject = open_subject(site)
    subject.open()
    run(subject, "{type: 'none'}")
    lines = [line for line in page_log(subject.page).lines if line.startswith("warning:")]
    assert len(lines) == 1 and "the camera's picture is shown as it is" in lines[0], lines
