"""The blur of a camera or of the system: switched off where it can be, told where it cannot, given back."""

from __future__ import annotations

from typing import Any

import pytest

from pages_open import OpenAdapter
from subject import Subject


@pytest.fixture
def subject(open_adapter: OpenAdapter) -> Subject:
    return open_adapter("platform")


def settled(subject: Subject, how: str, then: str = "") -> dict[str, Any]:
    """What a camera was asked and what was warned of, after `then`, which has `camera` and `stop`."""
    result: dict[str, Any] = subject.page.evaluate(
        f"""async () => {{
            const {{ camera, warnings, stop }} = settle({how});
            const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
            await turn();
            {then}
            await turn();
            return {{ on: camera.on, asked: camera.asked, warnings: warnings.map(asData) }};
        }}"""
    )
    return result


OFF, ON = ({"width": {"ideal": 640}, "backgroundBlur": {"exact": on}} for on in (False, True))


@pytest.mark.parametrize("how", ["{}", "{on: false, can: [true, false]}", "{on: false, can: [false]}"])
def test_nothing_to_settle(subject: Subject, how: str) -> None:
    after = settled(subject, how, "stop(); await turn();")
    assert after["asked"] == [] and after["warnings"] == []


def test_switched_off_and_given_back(subject: Subject) -> None:
    """With the constraints that are there; and nobody is warned of what is done."""
    assert settled(subject, "{on: true, can: [true, false]}") == {"on": False, "asked": [OFF], "warnings": []}
    after = settled(subject, "{on: true, can: [true, false]}", "stop(); stop();")
    assert after == {"on": True, "asked": [OFF, ON], "warnings": []}
    ended = settled(subject, "{on: true, can: [true, false]}", "camera.readyState = 'ended'; stop();")
    assert ended["asked"] == [OFF]


@pytest.mark.parametrize(
    ("how", "asked", "can"),
    [
        ("{on: true, can: [true]}", [], False),
        ("{on: true}", [], False),
        ("{on: true, can: [true, false], obeys: false}", [OFF], True),
    ],
)
def test_what_cannot_be_switched_off_is_told(
    subject: Subject, how: str, asked: list[object], can: bool
) -> None:
    after = settled(subject, how, "stop(); await turn();")
    assert after["asked"] == asked, "and it is not given back what was not taken"
    (warning,) = after["warnings"]
    assert (warning["name"], warning["code"]) == ("SourceError", "platform-blur")
    assert warning["details"] == {"label": "camera", "canSwitchOff": can}
    assert "'camera'" in warning["message"]


def test_switched_on_later_is_told_and_not_fought(subject: Subject) -> None:
    for how, before in (("{on: true, can: [true, false]}", [OFF]), ("{on: false, can: [true, false]}", [])):
        after = settled(
            subject,
            how,
            "camera.turn(true); camera.turn(true); camera.turn(false); camera.turn(true); stop();",
        )
        assert after["on"] is True and after["asked"] == before
        assert [warning["code"] for warning in after["warnings"]] == ["platform-blur"] * 2
    silent = settled(subject, "{on: false, can: [true, false]}", "stop(); camera.turn(true);")
    assert silent["warnings"] == []


def test_stopped_while_it_is_switched_off(subject: Subject) -> None:
    after = subject.page.evaluate(
        """async () => {
            const { camera, warnings, stop } = settle({on: true, can: [true, false]});
            const asked = new Promise((resolve) => {
                const apply = camera.applyConstraints.bind(camera);
                camera.applyConstraints = (constraints) => { resolve(); return apply(constraints); };
            });
            await asked;
            stop();
            await new Promise((resolve) => setTimeout(resolve, 5));
            return [camera.on, camera.asked.length, warnings.length];
        }"""
    )
    assert after == [True, 2, 0]


# What a page's own camera becomes: one whose platform blurs. `can`: it may be switched off.
BLURRED = """(can) => {
    const { track } = subject.source;
    globalThis.blurred = { on: true, asked: [] };
    track.getSettings = () => ({ backgroundBlur: blurred.on });
    track.getCapabilities = () => ({ backgroundBlur: can ? [true, false] : [true] });
    track.applyConstraints = async ({ backgroundBlur: { exact } }) => {
        blurred.on = exact;
        blurred.asked.push(exact);
    };
    return subject.begin();
}"""


def test_of_a_running_stream(subject: Subject) -> None:
    """Off while our effect is on; as it was without one, and afterwards."""
    subject.open()
    subject.page.evaluate(BLURRED, True)
    subject.until("blurred.asked.length === 1")
    assert subject.page.evaluate("() => blurred.on") is False
    subject.page.evaluate("() => subject.safe.update({effect: {type: 'none'}})")
    subject.until("blurred.on")
    subject.page.evaluate("() => subject.safe.update({effect: {type: 'blur'}})")
    subject.until("!blurred.on")
    assert "platform-blur" not in subject.codes("warning")
    subject.page.evaluate("() => subject.safe.stop()")
    subject.until("blurred.on")
    assert subject.page.evaluate("() => blurred.asked") == [False, True, False, True]


def test_a_running_stream_tells_what_it_cannot_switch_off(subject: Subject) -> None:
    subject.open()
    subject.page.evaluate(BLURRED, False)
    subject.until("subject.events.some(({type, code}) => type === 'warning' && code === 'platform-blur')")
    assert subject.page.evaluate("() => blurred.asked") == []
