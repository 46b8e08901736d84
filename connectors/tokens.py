"""OAuth tokens in a file of the user's: kept, renewed, and handed out one access token at a time.

The file holds what `afterword authorize` was given: the client and the refresh token; access tokens live in
memory only.  It must not know what the tokens open.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from connectors.credentials import private_octets, replace_private
from connectors.errors import Refused, Unavailable
from connectors.web import Answer, Web

_MARGIN = 60.0
_AGAIN = "Run `afterword authorize` to log in again."


@dataclass(frozen=True, slots=True)
class Token:
    """One login: the client it was made with, where it is renewed, and what was granted.

    `client_secret` is empty for public clients (RFC 8252 8.5).
    """

    client_id: str
    token_uri: str
    refresh_token: str = field(repr=False)
    client_secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ()

    def encoded(self) -> bytes:
        """Return the token as it is kept: with the keys of Google's own `authorized_user` files."""
        return json.dumps({"type": "authorized_user", **asdict(self)}, indent=1).encode()


_TEXTS = ("client_id", "token_uri", "refresh_token", "client_secret")


def decoded(octets: bytes, where: Path) -> Token:
    """Return the token in a file's octets.  Raises Refused where there is none."""
    try:
        plain = json.loads(octets)
        texts = {name: str(plain.get(name) or "") for name in _TEXTS}
        token = Token(**texts, scopes=tuple(map(str, plain.get("scopes") or ())))
    except (ValueError, TypeError, AttributeError):  # its text would show the token
        token = Token("", "", "")
    if not (token.client_id and token.token_uri and token.refresh_token):
        raise Refused(f"The login in {where} is damaged.", hint=_AGAIN, credentials=True)
    return token


@dataclass(frozen=True, slots=True)
class TokenFile:
    """Where a token is kept: a file only its owner may read, replaced as a whole."""

    path: Path

    def read(self) -> Token:
        """Return the token.  Raises Refused where there is none, or others may read it."""
        try:
            return decoded(private_octets(self.path, "login"), self.path)
        except Refused as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise
        raise Refused(
            f"There is no login in {self.path} yet.",
            hint="Run `afterword authorize` to log in.",
            credentials=True,
        )

    def write(self, token: Token) -> None:
        """Put a token in the place of the old one; a crash leaves one of the two.  Raises OSError."""
        replace_private(self.path, token.encoded())


class AccessTokens:
    """The access tokens of one login, renewed when they are about to end or when the server says so.

    It may be called as a `credentials.Secret`.  Not for several threads at once.
    """

    def __init__(
        self, file: TokenFile, web: Web | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._file = file
        self._web = web or Web()
        self._clock = clock
        self._ends = float("-inf")
        self._access = ""

    def __call__(self) -> str:
        """Return an access token that has not ended as far as we know.

        Raises Refused (credentials) where the login is gone, Unavailable where it cannot be renewed now.
        """
        return self._access if self._clock() < self._ends else self.renewed()

    def renewed(self) -> str:
        """Return a new access token, whatever became of the old one.  Raises like a call."""
        token = self._file.read()  # the user may have logged in again
        answer = self._web.post_form(token.token_uri, _refresh_form(token))
        granted = checked_grant(answer)
        rotated = str(granted.get("refresh_token") or token.refresh_token)  # RFC 6749 6
        if rotated != token.refresh_token:
            self._keep(replace(token, refresh_token=rotated))
        self._access = str(granted["access_token"])
        self._ends = self._clock() + seconds(granted) - _MARGIN
        return self._access

    def _keep(self, token: Token) -> None:
        try:
            self._file.write(token)
        except OSError as error:
            raise Unavailable(
                f"The login cannot be written to {self._file.path}: {error.strerror}.",
                hint="Check the free space and the permissions of its directory.",
            ) from error

    def scopes(self) -> frozenset[str]:
        """Return what the login allows.  Raises Refused where there is none."""
        return frozenset(self._file.read().scopes)


def _refresh_form(token: Token) -> Mapping[str, str]:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": token.refresh_token,
        "client_id": token.client_id,
    }
    return form | ({"client_secret": token.client_secret} if token.client_secret else {})


def checked_grant(answer: Answer) -> Mapping[str, Any]:
    """Return what a token endpoint granted (RFC 6749 5.1).

    Raises Unavailable where it is only out of order, Refused where it said no (5.2).
    """
    said = _table(answer.body)
    if answer.status == 200 and said.get("access_token"):
        return said
    code = "".join(c for c in str(said.get("error", "")) if c.isalnum() or c == "_")[:60]
    if not code or answer.status >= 500 or answer.status == 429 or code == "temporarily_unavailable":
        raise Unavailable(f"The login service is out of order (HTTP {answer.status}).")
    if code == "invalid_grant":
        raise Refused(
            "The login has ended: it was taken back, or ran out (after 7 days where the app is in testing).",
            hint=_AGAIN,
            credentials=True,
        )
    raise Refused(
        f"The login service refused the program: {code}.",
        hint="Check the OAuth client, then run `afterword authorize` again.",
        credentials=True,
    )


def _table(octets: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        said = json.loads(octets)
        if isinstance(said, dict):
            return said
    return {}


def seconds(granted: Mapping[str, Any]) -> float:
    """Return how long an access token holds, in seconds; an hour where nothing sensible is said."""
    try:
        return max(float(granted.get("expires_in", 3600)), 0.0)
    except (TypeError, ValueError):
        return 3600.0
