"""A web server for a single visit: the user's browser bringing the answer to a question (RFC 8252 7.3).

It listens on this machine only, and ends with the first answer that is one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from connectors.errors import Refused
from connectors.oauth import Strange

_PAGE = """<!doctype html><meta charset="utf-8"><title>afterword</title>
<p style="font: 1.2em sans-serif; margin: 3em">{}</p>"""


class Doorbell:
    """The server, open from the moment it is made; `port` 0 takes any free one."""

    def __init__(self, port: int = 0) -> None:
        self._visits: list[str] = []
        self._accept: Callable[[str], str] = str
        self._code = ""
        self._failure: Refused | None = None
        try:
            self._server = HTTPServer(("127.0.0.1", port), self._handler())
        except OSError as error:
            raise Refused(
                f"Port {port} of this machine cannot be listened on: {error.strerror}.",
                hint="Name another with --port, or use --paste.",
            ) from error
        self.port = int(self._server.server_address[1])

    def answer(self, accept: Callable[[str], str], seconds: float) -> str:
        """Wait for a visit whose address `accept` makes something of; return that.

        Raises Refused where the user said no, or nobody came in time.
        """
        self._accept = accept
        end = time.monotonic() + seconds
        with self._server as server:
            while not self._code and self._failure is None and (left := end - time.monotonic()) > 0:
                server.timeout = left
                server.handle_request()
        if self._failure is not None:
            raise self._failure
        if not self._code:
            raise Refused("Nobody answered in time.", hint="Run `afterword authorize` again.")
        return self._code

    def visited(self, path: str) -> tuple[int, str]:
        """Return the status and the words for a visit, and remember what it brought."""
        if "code=" not in path and "error=" not in path:
            return 404, "There is nothing here."
        try:
            self._code = self._accept(path)
        except Strange as error:  # another page's doing: the real one may still come
            return 400, str(error)
        except Refused as error:
            self._failure = error
            return 200, f"{error} You can close this page."
        return 200, "Thank you. afterword has what it needs; you can close this page."

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        bell = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                status, words = bell.visited(self.path)
                body = _PAGE.format(escape(words)).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing: the address has the code in it."""

        return Handler
