"""The integrity that the build tells lets the script run, and no other script in its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from blurstream_build import integrity
from faults import Fault, FaultySite
from pages_open import OpenPage


def one_letter(data: bytes) -> bytes:
    """The script with one byte of the comment at its head flipped, so that it would run as well as before."""
    at = data.index(b"BlurStream")
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.fixture
def opened(
    dist: Path, faulty_site: FaultySite, open_page: OpenPage
) -> Callable[[Mapping[str, Fault], bool], Page]:
    def open_one(faults: Mapping[str, Fault], checked: bool) -> Page:
        values = json.loads((dist / integrity.FILE).read_text("utf-8"))
        value = quote(values["blurstream.js"], safe="") if checked else ""
        page = open_page(f"{faulty_site(faults).url}/pages/integrity.html?{value}")
        page.wait_for_function("() => globalThis.outcome")
        return page

    return open_one


@pytest.mark.parametrize(
    ("changed", "checked", "outcome"),
    [
        (False, True, "loaded"),
        (True, True, "refused"),
        (True, False, "loaded"),  # the control: it is the integrity that keeps it from running
    ],
)
def test_one_byte_of_the_script(
    opened: Callable[[Mapping[str, Fault], bool], Page], changed: bool, checked: bool, outcome: str
) -> None:
    faults = {"/blurstream.js": Fault(change=one_letter)} if changed else {}
    page = opened(faults, checked)
    assert page.evaluate("() => globalThis.outcome") == outcome
    kind = page.evaluate("() => typeof globalThis.blurStream")
    assert kind == ("function" if outcome == "loaded" else "undefined")
    if outcome == "loaded":
        assert page.evaluate("() => blurStream.isSupported()")["supported"]
