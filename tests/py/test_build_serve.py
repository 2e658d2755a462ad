"""The server: what a browser gets from it, and what nobody gets."""

from __future__ import annotations

import gzip
import http.client
import os
import socket
import struct
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from blurstream_build import serve
from blurstream_build.serve import Server

SECRET = "outside of what is served"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "demo").mkdir()
    (root / "blurstream.mjs").write_text("export const a = 1;\n" * 50)
    (root / "assets" / "a.wasm").write_bytes(b"\0asm" + bytes(range(200)))
    (root / "assets" / "manifest.json").write_text("{}")
    (root / "demo" / "index.html").write_text("<!doctype html><title>demo</title>")
    (root / "demo" / "clip.mp4").write_bytes(bytes(range(256)) * 4)
    (root / ".hidden").write_text(SECRET)
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "dist-other").mkdir()
    (tmp_path / "dist-other" / "secret.txt").write_text(SECRET)
    return root


@pytest.fixture
def server(tree: Path) -> Iterator[Server]:
    with Server({"/": tree}, redirects={"/": "/demo/"}) as running:
        yield running


def get(
    server: Server, path: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    link = http.client.HTTPConnection(serve.HOST, server.server_address[1], timeout=10)
    link.putrequest(method, path, skip_accept_encoding=True)  # sends the path as it is, dots and all
    for name, value in headers.items():
        link.putheader(name.replace("_", "-"), value)
    link.endheaders()
    answer = link.getresponse()
    body = answer.read()
    link.close()
    return answer, body


def test_every_answer_carries_the_strict_policy(server: Server) -> None:
    for path in ("/demo/", "/blurstream.mjs", "/assets/a.wasm", "/nothing", "/"):
        answer, _ = get(server, path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self' 'wasm-unsafe-eval';" in policy
        assert "'unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
        assert "unsafe-inline" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Permissions-Policy"].startswith("camera=(self)")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/blurstream.mjs", "text/javascript; charset=utf-8"),
        ("/assets/a.wasm", "application/wasm"),
        ("/assets/manifest.json", "application/json"),
        ("/demo/", "text/html; charset=utf-8"),
        ("/demo/clip.mp4", "video/mp4"),
    ],
)
def test_types(server: Server, path: str, kind: str) -> None:
    answer, body = get(server, path)
    assert answer.status == HTTPStatus.OK
    assert answer.headers["Content-Type"] == kind
    assert int(answer.headers["Content-Length"]) == len(body)


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/demo/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/demo/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/demo/..%2f..%2fsecret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "/../dist-other/secret.txt",
        "//secret.txt",
        "/./../secret.txt",
        "/.hidden",
        "/%2ehidden",
        "/secret.txt%00.mjs",
        "secret.txt",
        "/C:/secret.txt",
    ],
)
def test_nothing_outside_can_be_named(server: Server, path: str) -> None:
    answer, body = get(server, path)
    assert answer.status == HTTPStatus.NOT_FOUND
    assert SECRET.encode() not in body


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")
def test_links_that_lead_outside_are_not_followed(server: Server, tree: Path) -> None:
    (tree / "link.txt").symlink_to(tree.parent / "secret.txt")
    assert get(server, "/link.txt")[0].status == HTTPStatus.NOT_FOUND


def test_compressed_copies_are_chosen_by_what_the_browser_takes(server: Server, tree: Path) -> None:
    script = tree / "blurstream.mjs"
    plain = script.read_bytes()
    (tree / "blurstream.mjs.gz").write_bytes(gzip.compress(plain))
    (tree / "blurstream.mjs.br").write_bytes(b"stands for brotli")
    for accepts, encoding, body in (
        ("gzip, deflate, br", "br", b"stands for brotli"),
        ("gzip", "gzip", gzip.compress(plain)),
        ("br;q=0, gzip;q=0", None, plain),
        ("", None, plain),
    ):
        answer, got = get(server, "/blurstream.mjs", Accept_Encoding=accepts)
        assert answer.headers["Content-Encoding"] == encoding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        if encoding != "gzip":  # two gzip runs may differ in the time they record
            assert got == body
        else:
            assert gzip.decompress(got) == plain


def test_a_compressed_copy_of_an_older_build_is_not_sent(server: Server, tree: Path) -> None:
    packed = tree / "blurstream.mjs.br"
    packed.write_bytes(b"of an older build")
    os.utime(packed, (1, 1))
    answer, body = get(server, "/blurstream.mjs", Accept_Encoding="br")
    assert answer.headers["Content-Encoding"] is None
    assert body == (tree / "blurstream.mjs").read_bytes()


def test_unchanged_files_are_answered_with_304_and_changed_ones_in_full(server: Server, tree: Path) -> None:
    first, _ = get(server, "/blurstream.mjs")
    assert first.headers["Cache-Control"] == "no-cache"
    again, body = get(server, "/blurstream.mjs", If_None_Match=first.headers["ETag"])
    assert (again.status, body) == (HTTPStatus.NOT_MODIFIED, b"")
    (tree / "blurstream.mjs").write_text("export const a = 2;")
    changed, body = get(server, "/blurstream.mjs", If_None_Match=first.headers["ETag"])
    assert (changed.status, body) == (HTTPStatus.OK, b"export const a = 2;")


def test_parts_of_a_clip(server: Server, tree: Path) -> None:
    clip = (tree / "demo" / "clip.mp4").read_bytes()
    for wanted, part in (("bytes=10-19", clip[10:20]), ("bytes=1000-", clip[1000:]), ("bytes=-7", clip[-7:])):
        answer, body = get(server, "/demo/clip.mp4", Range=wanted)
        assert (answer.status, body) == (HTTPStatus.PARTIAL_CONTENT, part)
        assert answer.headers["Content-Range"].endswith(f"/{len(clip)}")
    beyond, _ = get(server, "/demo/clip.mp4", Range="bytes=5000-")
    assert beyond.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE


def test_head_and_redirects(server: Server) -> None:
    answer, body = get(server, "/demo/clip.mp4", method="HEAD")
    assert (answer.status, body, answer.headers["Content-Length"]) == (HTTPStatus.OK, b"", "1024")
    for path in ("/", "/demo"):
        answer, _ = get(server, path)
        assert (answer.status, answer.headers["Location"]) == (HTTPStatus.FOUND, "/demo/")


def test_post_only_where_somebody_listens(tree: Path) -> None:
    got: list[bytes] = []
    with Server({"/": tree}, posts={"/report": got.append}) as server:
        for path, status in (("/report", HTTPStatus.NO_CONTENT), ("/other", HTTPStatus.NOT_FOUND)):
            link = http.client.HTTPConnection(serve.HOST, server.server_address[1], timeout=10)
            link.request("POST", path, b"body")
            assert link.getresponse().status == status
            link.close()
    assert got == [b"body"]


def test_a_taken_port_falls_back_unless_it_was_asked_for(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server({"/": tree}) as first:
        taken = first.server_address[1]
        monkeypatch.setattr(serve, "DEFAULT_PORT", taken)
        with serve.open_server({"/": tree}) as second:
            assert second.server_address[1] != taken
            assert get(second, "/demo/")[0].status == HTTPStatus.OK
        with pytest.raises(OSError):
            serve.open_server({"/": tree}, taken)


def test_a_browser_that_goes_away_is_no_error(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    for sent in (b"GET /demo/clip.mp4 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /dem"):
        with socket.create_connection((serve.HOST, server.server_address[1])) as link:
            link.sendall(sent)
            # Reset instead of an orderly end.
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert get(server, "/demo/")[0].status == HTTPStatus.OK
    assert capfd.readouterr().err == ""


def test_it_listens_on_this_machine_only(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
