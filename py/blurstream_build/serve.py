"""A small web server for dist: strict CSP, right types, compressed copies, ETags."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

HOST = "127.0.0.1"
DEFAULT_PORT = 8420
CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Always asked for again, answered with 304 if unchanged: a rebuild shows at once, code caches stay.
    "Cache-Control": "no-cache",
}
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ts": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".zip": "application/zip",
}
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
POST_LIMIT_BYTES = 64_000_000
CHUNK = 1 << 18

Receiver = Callable[[bytes], None]


class Handler(BaseHTTPRequestHandler):
    """Serves the folders of its Server; tests override `locate` to inject faults."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._serve(body=True)

    def do_HEAD(self) -> None:
        self._serve(body=False)

    def do_POST(self) -> None:
        receiver = self.server.posts.get(urlsplit(self.path).path)
        length = int(self.headers.get("Content-Length") or 0)
        if receiver is None or not 0 < length <= POST_LIMIT_BYTES:
            self.close_connection = True  # the body is left unread
            self.fail(HTTPStatus.NOT_FOUND if receiver is None else HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        receiver(self.rfile.read(length))
        self._head(HTTPStatus.NO_CONTENT, {"Content-Length": "0"})

    def locate(self, path: str) -> Path | HTTPStatus | str:
        """The file for a path; a status if there is none; a path that ends in a slash to be sent there."""
        return find(path, self.server.mounts)

    def _serve(self, *, body: bool) -> None:
        path = urlsplit(self.path).path
        if path in self.server.redirects:
            self._redirect(self.server.redirects[path])
            return
        found = self.locate(path)
        if isinstance(found, str):
            self._redirect(found)
        elif isinstance(found, HTTPStatus):
            self.fail(found)
        else:
            try:
                self._send(found, body=body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the browser changed its mind: a closed tab, a seek in a clip

    def _send(self, file: Path, *, body: bool) -> None:
        chosen, encoding = self._variant(file)
        status = chosen.stat()
        etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}{"-" + encoding if encoding else ""}"'
        headers = {
            "Content-Type": TYPES.get(file.suffix, "application/octet-stream"),
            "ETag": etag,
            "Vary": "Accept-Encoding",
        }
        if etag in (tag.strip() for tag in self.headers.get("If-None-Match", "").split(",")):
            self._head(HTTPStatus.NOT_MODIFIED, headers)
            return
        if encoding:
            headers["Content-Encoding"] = encoding
        else:
            headers["Accept-Ranges"] = "bytes"
        first, last, code = 0, status.st_size - 1, HTTPStatus.OK
        wanted = self.headers.get("Range")
        if wanted and not encoding and self.headers.get("If-Range", etag) == etag:
            span = byte_range(wanted, status.st_size)
            if span == ():
                unsatisfiable = {"Content-Range": f"bytes */{status.st_size}", "Content-Length": "0"}
                self._head(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, unsatisfiable)
                return
            if span:
                first, last = span
                code = HTTPStatus.PARTIAL_CONTENT
                headers["Content-Range"] = f"bytes {first}-{last}/{status.st_size}"
        headers["Content-Length"] = str(last - first + 1)
        with chosen.open("rb") as source:
            self._head(code, headers)
            if body:
                self._copy(source, first, last - first + 1)

    def _copy(self, source: BinaryIO, start: int, count: int) -> None:
        source.seek(start)
        while count > 0:
            chunk = source.read(min(CHUNK, count))
            if not chunk:
                self.close_connection = True  # the file shrank while it was sent
                return
            self.wfile.write(chunk)
            count -= len(chunk)

    def _variant(self, file: Path) -> tuple[Path, str]:
        accepted = accepted_encodings(self.headers.get("Accept-Encoding", ""))
        if not self.headers.get("Range"):
            for name, suffix in ENCODINGS:
                packed = file.with_name(file.name + suffix)
                if name in accepted and packed.is_file() and not _older(packed, file):
                    return packed, name
        return file, ""

    def fail(self, status: HTTPStatus) -> None:
        body = f"{status.value} {status.phrase}\n".encode()
        self._head(status, {"Content-Type": TYPES[".txt"], "Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _redirect(self, target: str) -> None:
        self._head(HTTPStatus.FOUND, {"Location": target, "Content-Length": "0"})

    def _head(self, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def version_string(self) -> str:
        return "blurstream"

    def log_message(self, format: str, *args: object) -> None:
        if self.server.log:
            self.server.log(format % args)


class Server(ThreadingHTTPServer):
    """Serves folders on 127.0.0.1 in a thread of its own; a context manager.

    mounts: URL prefix (with slashes at both ends) -> folder; the longest that fits wins.
    redirects: path -> path. posts: path -> what takes the body. port 0 means any free one.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self,
        mounts: Mapping[str, Path],
        port: int = 0,
        *,
        redirects: Mapping[str, str] | None = None,
        posts: Mapping[str, Receiver] | None = None,
        log: Callable[[str], None] | None = None,
        handler: type[Handler] = Handler,
    ) -> None:
        self.mounts = dict(mounts)
        self.redirects = dict(redirects or {})
        self.posts = dict(posts or {})
        self.log = log
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        super().__init__((HOST, port), handler)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a browser that was ended is no error
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


def open_server(
    mounts: Mapping[str, Path],
    port: int | None = None,
    *,
    redirects: Mapping[str, str] | None = None,
    posts: Mapping[str, Receiver] | None = None,
    log: Callable[[str], None] | None = None,
) -> Server:
    """A Server on the given port; without one on the default port, or any free one when that is taken."""
    if port is not None:
        return Server(mounts, port, redirects=redirects, posts=posts, log=log)
    try:
        return Server(mounts, DEFAULT_PORT, redirects=redirects, posts=posts, log=log)
    except OSError:
        return Server(mounts, 0, redirects=redirects, posts=posts, log=log)


def find(path: str, mounts: Mapping[str, Path]) -> Path | HTTPStatus | str:
    """The file of a URL path. Nothing outside the mounted folders can be named, hidden files neither."""
    plain = unquote(path)
    prefix = max((p for p in mounts if plain.startswith(p)), key=len, default=None)
    if prefix is None or "\\" in plain or "\0" in plain:
        return HTTPStatus.NOT_FOUND
    rest = plain[len(prefix) :]
    parts = rest.split("/")
    folder_named = parts[-1] == ""
    if folder_named:
        parts.pop()
    if any(part in ("", ".", "..") or part.startswith(".") or ":" in part for part in parts):
        return HTTPStatus.NOT_FOUND
    root = mounts[prefix].resolve()
    file = root.joinpath(*parts)
    if file.is_dir():
        if not folder_named:
            return path + "/"
        file = file / "index.html"
    elif folder_named:
        return HTTPStatus.NOT_FOUND
    if not file.is_file() or not file.resolve().is_relative_to(root):
        return HTTPStatus.NOT_FOUND
    return file


def _older(packed: Path, file: Path) -> bool:
    """A compressed copy older than its file is of an older build."""
    return packed.stat().st_mtime_ns < file.stat().st_mtime_ns


def accepted_encodings(header: str) -> set[str]:
    """'gzip, br;q=0' -> {'gzip'}."""
    accepted = set()
    for item in header.split(","):
        name, _, weight = item.partition(";")
        match = re.fullmatch(r"\s*q\s*=\s*(\d(\.\d*)?)\s*", weight) if weight else None
        if name.strip() and not (match and float(match.group(1)) == 0):
            accepted.add(name.strip().lower())
    return accepted


def byte_range(header: str, size: int) -> tuple[int, int] | tuple[()] | None:
    """First and last byte of a single range; () if it lies outside the file; None if it is none we serve."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
    if not match or match.groups() == ("", ""):
        return None
    if match.group(1) == "":
        count = int(match.group(2))
        return (max(0, size - count), size - 1) if count and size else ()
    first = int(match.group(1))
    last = min(int(match.group(2)), size - 1) if match.group(2) else size - 1
    return (first, last) if first <= last else ()
