"""The one way out to Gmail: what may be asked, with whose login, how often, and once only.

`Gate` stands where Google's client expects an HTTP object.  Only what `ALLOWED` names leaves: nothing there
sends a mail, changes one, or deletes one but a draft.  It must not know what the answers mean.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from connectors.errors import Refused, Unavailable
from connectors.gmail_errors import asks_to_wait, reasons, retry_after
from connectors.gmail_quota import Budget, Usage
from connectors.web import Answer, TooLarge, Web

_ID = r"[A-Za-z0-9_.:~-]{1,2000}"
ALLOWED = tuple(
    (method, re.compile(f"/gmail/v1/users/me/{path}"))
    for method, path in (
        ("GET", "profile"),
        ("GET", "labels"),
        ("GET", "history"),
        ("GET", "messages"),
        ("GET", f"messages/{_ID}"),
        ("GET", f"messages/{_ID}/attachments/{_ID}"),
        ("GET", "drafts"),
        ("GET", f"drafts/{_ID}"),
        ("POST", "drafts"),
        ("DELETE", f"drafts/{_ID}"),
    )
)
"""Method and path of everything that may be asked of Gmail; a path ends where its pattern ends."""

LABELLING = tuple(
    (method, re.compile(f"/gmail/v1/users/me/{path}"))
    for method, path in (("POST", "labels"), ("POST", f"threads/{_ID}/modify"))
)
"""What is asked besides where the user wants labels."""

WATCHING = tuple(
    (method, re.compile(path))
    for method, path in (
        ("POST", "/gmail/v1/users/me/watch"),
        ("POST", rf"/v1/projects/{_ID}/subscriptions/{_ID}:(pull|acknowledge)"),
    )
)
"""What is asked besides where the user has set up push."""

Rules = tuple[tuple[str, re.Pattern[str]], ...]

_SYSTEM = re.compile(r"[A-Z_]+")  # how Gmail's own labels are called; a user's is Label_1
_PAUSE = 30.0  # where the server wants to be left alone and does not say for how long


class Tokens(Protocol):
    """Whoever has access tokens."""

    def __call__(self) -> str:
        """Return one that should be good."""

    def renewed(self) -> str:
        """Return a new one, the last was not good."""


class Gate:
    """Lets questions through to `bases`, each thread over a line of its own."""

    def __init__(
        self,
        bases: tuple[str, ...],
        tokens: Tokens,
        rules: Rules = ALLOWED,
        *,
        make: Callable[[], Web] = Web,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._bases = tuple(urlsplit(base)[:2] for base in bases)
        self._tokens = tokens
        self._rules = rules
        self._make = make
        self._pause = pause
        self._own = threading.local()
        self._webs: list[Web] = []
        self._long: Web | None = None
        self._lock = threading.Lock()
        self._budget = Budget()
        self._not_before = 0.0
        self.usage = Usage()

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> tuple[Any, bytes]:
        """Ask, in the form Google's client expects of an HTTP object; refused tokens are renewed once.

        Raises Refused for what may not be asked, Unavailable where no answer came or we have to wait.
        """
        import httplib2

        octets = body.encode() if isinstance(body, str) else body
        self._check(method, uri, octets)
        with self._lock:  # one login, and a refresh renews it for everybody
            token = self._tokens()
        answer = self._ask(method, uri, octets, headers, token)
        if answer.status == 401:
            with self._lock:
                token = self._tokens.renewed()
                self.usage = replace(self.usage, refreshes=self.usage.refreshes + 1)
            answer = self._ask(method, uri, octets, headers, token)
        self._heed(answer)
        facts = {**answer.headers, "status": str(answer.status)}
        response = httplib2.Response(facts)
        response.reason = answer.reason
        return response, answer.body

    def begin(self, uri: str, body: bytes) -> socket.socket:
        """Ask for something that may take long, over a line of its own; what comes back tells of the answer.

        Raises like `request`.
        """
        self._check("POST", uri)
        with self._lock:
            token = self._tokens()
        if self._long is None:
            self._long = self._make()
            self._webs.append(self._long)
        told = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        return self._long.begin("POST", uri, body, told)

    def answered(self) -> bool:
        """Return whether there is an answer to what was begun."""
        return self._long is not None and self._long.answered()

    def finish(self) -> Answer:
        """Return the answer to what was begun.  Raises Unavailable."""
        if self._long is None:
            raise Unavailable("Nothing was asked.")
        return self._long.finish()

    def spend(self, units: int) -> None:
        """Count what a question costs, and wait where we would ask too much.

        Raises Unavailable while the server wants to be left alone.
        """
        now = time.monotonic()
        if (left := self._not_before - now) > 0:
            raise Unavailable(f"Gmail wants to be left alone for another {left:.0f} seconds.")
        with self._lock:
            self.usage = replace(self.usage, requests=self.usage.requests + 1, units=self.usage.units + units)
            wait = self._budget.take(units, now)
        if wait:
            self._pause(wait)

    def close(self) -> None:
        """Let go of all lines without waiting for the server."""
        for web in self._webs:
            web.close()

    def _heed(self, answer: Answer) -> None:
        """Remember how long the server wants to be left alone, if it does."""
        asked = asks_to_wait(answer.status, reasons(answer.body))
        said = retry_after(answer.headers) if asked or answer.status == 503 else None
        if asked or said:
            self._not_before = time.monotonic() + (said or _PAUSE)

    def _web(self) -> Web:
        """Return the present thread's lines."""
        if not hasattr(self._own, "web"):
            self._own.web = self._make()
            self._webs.append(self._own.web)
        return cast(Web, self._own.web)

    def _check(self, method: str, uri: str, body: bytes | None = None) -> None:
        where = urlsplit(uri)
        known = where[:2] in self._bases
        allowed = known and any(m == method and path.fullmatch(where.path) for m, path in self._rules)
        if not allowed or (where.path.endswith("/modify") and not _only_labels(body)):
            raise Refused(
                f"{method} {where.path} is nothing afterword asks of Gmail; it was not sent.",
                hint="This is a mistake of the program, please report it.",
            )

    def _ask(
        self, method: str, uri: str, body: bytes | None, headers: Mapping[str, str] | None, token: str
    ) -> Answer:
        """Ask once; where the line had been idle and broke, a question that changes nothing is asked anew."""
        web = self._web()
        told = {**(headers or {}), "authorization": f"Bearer {token}", "accept-encoding": "identity"}
        used = web.stale(uri)
        try:
            return web.request(method, uri, body, told)
        except Unavailable as error:
            if not used or method != "GET" or isinstance(error, TooLarge):
                raise
        return web.request(method, uri, body, told)


def _only_labels(body: bytes | None) -> bool:
    """Return whether a change adds labels of the user's own and does nothing else: TRASH is a label too."""
    try:
        change = json.loads(body or b"")
        return set(change) == {"addLabelIds"} and not any(map(_SYSTEM.fullmatch, change["addLabelIds"]))
    except (ValueError, TypeError):
        return False
