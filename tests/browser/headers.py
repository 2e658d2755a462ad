"""Servers that send other headers than the project's own, and one that notes all that a browser asks for."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from blurstream_build.serve import Handler

# What makes a page cross-origin isolated; its workers' scripts need the second, too.
ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


def headed(headers: Mapping[str, str], base: type[Handler] = Handler) -> type[Handler]:
    """A handler for Server that sends these headers beside, or instead of, those of `base`."""

    class OtherHeaders(base):  # type: ignore[misc, valid-type]
        def _head(self, status: HTTPStatus, given: Mapping[str, str]) -> None:
            super()._head(status, {**given, **headers})

    return OtherHeaders


def noting(asked: list[str], base: type[Handler] = Handler) -> type[Handler]:
    """A handler of a Server that is its browser's proxy, too: what is asked of anybody, from any thread of
    any page, is put into `asked` with its whole address. Nobody else answers.
    """

    class Proxy(base):  # type: ignore[misc, valid-type]
        path: str

        def parse_request(self) -> bool:
            if not super().parse_request():
                return False
            asked.append(self.path)
            address = urlsplit(self.path)
            if self.command == "CONNECT" or address.netloc != urlsplit(self.server.url).netloc:
                self.close_connection = True
                self.fail(HTTPStatus.BAD_GATEWAY)
                return False
            self.path = address.path
            return True

    return Proxy
