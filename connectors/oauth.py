"""Asking a user for permission in their browser (RFC 6749 4.1, RFC 8252) with state and PKCE (RFC 7636).

What happens on the user's screen is not known here, nor what the permission is for.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import parse_qs, urlencode, urlsplit

from connectors.errors import Refused
from connectors.tokens import Token, checked_grant
from connectors.web import LOOPBACK, Web

GOOGLE_AUTH = "https://accounts.google.com/o/oauth2/v2/auth"
GOOGLE_TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address
GOOGLE_EXTRA = MappingProxyType({"access_type": "offline", "prompt": "consent"})
MICROSOFT_EXTRA = MappingProxyType({"prompt": "select_account"})

_AGAIN = "Run `afterword authorize` again."


class Strange(Refused):
    """An answer to some other question: whoever sent it, it was not the provider's answer to ours."""


@dataclass(frozen=True, slots=True)
class Client:
    """A program as the provider knows it; `redirects` are the addresses it may send the browser to."""

    client_id: str
    auth_uri: str
    token_uri: str
    client_secret: str = field(default="", repr=False)
    redirects: tuple[str, ...] = ()


def google_client(path: Path) -> Client:
    """Return the client in the JSON file Google's console gives.  Raises Refused where there is none."""
    try:
        plain = json.loads(path.read_bytes())
        known = plain.get("installed") or plain.get("web")
        return Client(
            str(known["client_id"]),
            str(known.get("auth_uri") or GOOGLE_AUTH),
            str(known.get("token_uri") or GOOGLE_TOKEN),
            str(known.get("client_secret") or ""),
            tuple(map(str, known.get("redirect_uris") or ())),
        )
    except OSError as error:
        raise Refused(
            f"The OAuth client {path} cannot be read: {error.strerror}.",
            hint="client_file has to name the JSON file of your OAuth client (docs/how-to/gmail.md, step 5).",
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(
            f"{path} is not the JSON file of an OAuth client.",
            hint="Download it in Google's console: Clients, your client, Download JSON.",
        ) from error


def microsoft_client(client_id: str, authority: str, client_secret: str = "") -> Client:
    """Return the client of an app registered at Microsoft."""
    base = f"{authority.rstrip('/')}/oauth2/v2.0"
    return Client(client_id, f"{base}/authorize", f"{base}/token", client_secret)


@dataclass(frozen=True, slots=True)
class Consent:
    """A question to the user that was not answered yet; `redirect` is where the answer will come."""

    client: Client
    scopes: tuple[str, ...]
    redirect: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    def url(self, extra: Mapping[str, str]) -> str:
        """Return the address of the page on which the user says yes or no."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "client_id": self.client.client_id,
            "redirect_uri": self.redirect,
            "response_type": "code",
            "scope": " ".join(self.scopes),
            "state": self.state,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
            **extra,
        }
        return f"{self.client.auth_uri}?{urlencode(asked)}"

    def code(self, answer: str) -> str:
        """Return the code in an answer: the address the browser was sent to, or the bare code.

        Raises Strange where it answers another question, Refused where the user said no.
        """
        answer = answer.strip()
        query = parse_qs(urlsplit(answer).query)
        if not query and answer and not set(answer) & set("?&=: "):
            return answer  # without a state; PKCE ties it to us (RFC 7636 1)
        said = {name: values[0] for name, values in query.items()}
        if not hmac.compare_digest(said.get("state", "").encode(), self.state.encode()):
            raise Strange("That is not the answer to the question just asked.", hint=_AGAIN)
        if said.get("code"):
            return said["code"]
        if said.get("error") == "access_denied":
            raise Refused("The permission was not given.", hint=_AGAIN)
        error = "".join(c for c in said.get("error", "nothing") if c.isalnum() or c in "_.-")[:60]
        raise Refused(f"The provider answered with an error: {error}.", hint=_AGAIN)

    def token(self, code: str, web: Web) -> Token:
        """Return the login a code stands for.  Raises Refused, Unavailable."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "client_id": self.client.client_id,
            "code_verifier": self.verifier,
        }
        if self.client.client_secret:
            form["client_secret"] = self.client.client_secret
        return login(checked_grant(web.post_form(self.client.token_uri, form)), self.client, self.scopes)


def login(granted: Mapping[str, object], client: Client, wanted: tuple[str, ...]) -> Token:
    """Return the login in what was granted.  Raises Refused where it lacks something."""
    said = str(granted.get("scope") or "").split()
    if lacking := _lacking(wanted, said or wanted):
        raise Refused(
            f"The permission does not include {', '.join(sorted(lacking))}.",
            hint="Run `afterword authorize` again, and tick every box on the page.",
        )
    refresh = str(granted.get("refresh_token") or "")
    if not refresh:
        raise Refused(
            "The provider gave a permission that ends within the hour (no refresh token).",
            hint="Take afterword's access away in your account's security settings, then try again.",
        )
    return Token(client.client_id, client.token_uri, refresh, client.client_secret, tuple(said or wanted))


def _lacking(wanted: Collection[str], granted: Collection[str]) -> set[str]:
    """Return what was asked for and not granted; providers write scopes in letters of either case."""
    known = {scope.lower() for scope in granted}
    return {scope for scope in wanted if scope.lower() not in known and scope != "offline_access"}


def redirect_for(client: Client, port: int, host: str = "127.0.0.1") -> tuple[str, int]:
    """Return the address the browser is to be sent to, and the port to listen on there.

    A client with a loopback address and port of its own is sent to that one; all others may be sent to any
    port (RFC 8252 7.3).
    """
    for known in client.redirects:
        where = urlsplit(known)
        if where.scheme == "http" and where.hostname in LOOPBACK and where.port and port in (0, where.port):
            return known, where.port
    return f"http://{host}:{port}", port
