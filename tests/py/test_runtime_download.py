"""Downloads: resumed, checked, and never kept when they are not what was pinned."""

from __future__ import annotations

import hashlib
import threading
import urllib.error
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from blurstream_build import download, numpy_wheel
from blurstream_build.errors import BuildError

CONTENT = bytes(range(256)) * 9000  # some chunks
PINNED = hashlib.sha256(CONTENT).hexdigest()


class Source(BaseHTTPRequestHandler):
    """Serves CONTENT; understands Range under /ranges/ only; counts the bytes it sends."""

    sent = 0

    def do_GET(self) -> None:
        if self.path == "/missing":
            self.send_error(404)
            return
        start = 0
        asked = self.headers.get("Range")
        if asked and self.path.startswith("/ranges/"):
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        Source.sent += len(CONTENT) - start  # before: whoever has read it all may look at once
        self.wfile.write(CONTENT[start:])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    Source.sent = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Source) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("place", ["plain", "ranges"])
def test_a_broken_download_is_gone_on_with(address: str, place: str, tmp_path: Path) -> None:
    target = tmp_path / "file.whl"
    (tmp_path / "file.whl.part").write_bytes(CONTENT[:1_000_000])
    said: list[str] = []
    download.from_address(f"{address}/{place}/file.whl", PINNED, target, said.append)
    assert target.read_bytes() == CONTENT
    assert Source.sent == len(CONTENT) - (1_000_000 if place == "ranges" else 0)
    assert said[-1] == "file.whl: 2.3 of 2.3 MB (100 %)"
    assert [file.name for file in tmp_path.iterdir()] == ["file.whl"]


def test_what_was_not_pinned_is_not_kept(address: str, tmp_path: Path) -> None:
    target = tmp_path / "file.whl"
    with pytest.raises(ValueError, match=f"has sha256 {PINNED} instead of 00"):
        download.from_address(f"{address}/plain/file.whl", "00", target, print)
    with pytest.raises(urllib.error.HTTPError):
        download.from_address(f"{address}/missing", PINNED, target, print)
    assert list(tmp_path.iterdir()) == []


def test_only_the_pinned_member_is_taken_out(tmp_path: Path) -> None:
    archive, target = tmp_path / "carrier.whl", tmp_path / "inner.whl"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("under/inner.whl", CONTENT)
    download.extract(archive, "under/inner.whl", PINNED, target)
    assert download.verified(target, PINNED)
    target.unlink()
    with pytest.raises(ValueError, match="instead of 00"):
        download.extract(archive, "under/inner.whl", "00", target)
    with pytest.raises(ValueError, match="has no under/other"):
        download.extract(archive, "under/other", PINNED, target)
    assert [file.name for file in tmp_path.iterdir()] == ["carrier.whl"]


def test_a_wheel_that_is_there_is_not_downloaded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = download.Wheel("thing", "1", "thing-1-py3-none-any.whl", PINNED, len(CONTENT))
    (tmp_path / wheel.file).write_bytes(CONTENT)
    monkeypatch.setattr(download, "_pip", lambda: pytest.fail("pip was looked for"))
    assert download.from_pypi(wheel, tmp_path, print) == tmp_path / wheel.file


def test_an_unknown_pin_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    wheel = download.Wheel("blurstream-no-such-package", "1", "none-1-py3-none-any.whl", PINNED, 1)
    with pytest.raises(BuildError) as caught:
        download.from_pypi(wheel, tmp_path, print)
    assert "blurstream-no-such-package 1" in caught.value.what
    assert "exit code" in caught.value.why and "run the same command again" in caught.value.fix
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_lacks_a_package_is_told(tmp_path: Path) -> None:
    (tmp_path / "pyodide-lock.json").write_text('{"packages": {}}', "utf-8")
    with pytest.raises(BuildError, match="looking up numpy"):
        numpy_wheel.locked(tmp_path, "numpy")
