"""IMAP with an access token: the login that Outlook wants, and Gmail over IMAP."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from servers.dovecot import PASSWORD, Dovecot
from servers.fault_proxy import FaultProxy

from connectors.errors import Refused, Unavailable
from connectors.imap import ImapConnector, Login
from connectors.tokens import AccessTokens, Token, TokenFile

Proxies = Callable[[str, int], FaultProxy]


@pytest.fixture
def login(tmp_path: Path, httpserver: HTTPServer) -> TokenFile:
    file = TokenFile(tmp_path / "login.json")
    file.write(Token("app-id", httpserver.url_for("/token"), "refresh-1"))
    return file


def grants(httpserver: HTTPServer, *tokens: str, **more: object) -> None:
    """Let the token endpoint grant these, one after the other, and then say no."""
    for token in tokens:
        said = {"access_token": token, "expires_in": 3600, **more}
        httpserver.expect_ordered_request("/token", "POST").respond_with_json(said)
    httpserver.expect_ordered_request("/token", "POST").respond_with_json({"error": "invalid_grant"}, 400)


def knowing(dovecot: Dovecot, proxies: Proxies, user: str, good: str) -> FaultProxy:
    """Put a proxy before Dovecot that lets the user in with the token `good`, as Outlook does."""
    proxy = proxies("127.0.0.1", dovecot.port)
    right = base64.b64encode(f"user={user}\1auth=Bearer {good}\1\1".encode())
    plain = base64.b64encode(f"\0{user}\0{PASSWORD}".encode())

    def translate(sent: bytes) -> bytes:
        return re.sub(rb"AUTHENTICATE \S+", b"AUTHENTICATE PLAIN", sent).replace(right, plain)

    proxy.edit_client = translate
    return proxy


def connector(dovecot: Dovecot, proxy: FaultProxy, user: str, login: TokenFile) -> ImapConnector:
    settings = dovecot.plain(user, port=proxy.port, login=Login.XOAUTH2)
    return ImapConnector(settings, AccessTokens(login))


def test_a_token_opens_the_account(
    dovecot: Dovecot, fault_proxy: Proxies, httpserver: HTTPServer, login: TokenFile
) -> None:
    """One token is fetched, used for every connection while it holds, and stands in no file."""
    user = dovecot.new_user()
    grants(httpserver, "token-1")
    opened = connector(dovecot, knowing(dovecot, fault_proxy, user, "token-1"), user, login)
    for _ in range(3):
        assert opened.drafts() == ()
        opened.close()
    assert len(httpserver.log) == 1
    assert b"token-1" not in login.path.read_bytes()


def test_a_token_that_is_refused_is_renewed_once(
    dovecot: Dovecot, fault_proxy: Proxies, httpserver: HTTPServer, login: TokenFile
) -> None:
    """The server takes the first token no more: one refresh, and the user notices nothing."""
    user = dovecot.new_user()
    grants(httpserver, "token-1", "token-2")
    opened = connector(dovecot, knowing(dovecot, fault_proxy, user, "token-2"), user, login)
    assert opened.drafts() == ()
    opened.close()
    assert len(httpserver.log) == 2


def test_tokens_the_server_never_takes_are_refused_credentials(
    dovecot: Dovecot, fault_proxy: Proxies, httpserver: HTTPServer, login: TokenFile
) -> None:
    """Two tokens refused: no third is asked for."""
    user = dovecot.new_user()
    grants(httpserver, "token-1", "token-2")
    opened = connector(dovecot, knowing(dovecot, fault_proxy, user, "another"), user, login)
    with pytest.raises(Refused) as error:
        opened.drafts()
    assert error.value.credentials
    assert len(httpserver.log) == 2


def test_a_login_that_ended_is_asked_for_once(
    dovecot: Dovecot, fault_proxy: Proxies, httpserver: HTTPServer, login: TokenFile
) -> None:
    """invalid_grant: the user is told to authorize again, after one question and without a login attempt."""
    user = dovecot.new_user()
    grants(httpserver)
    proxy = knowing(dovecot, fault_proxy, user, "token-1")
    with pytest.raises(Refused, match="has ended") as error:
        connector(dovecot, proxy, user, login).drafts()
    assert "afterword authorize" in error.value.hint
    assert len(httpserver.log) == 1
    assert b"AUTHENTICATE" not in proxy.sent


def test_a_rotated_refresh_token_is_kept(httpserver: HTTPServer, login: TokenFile) -> None:
    """Microsoft gives a new refresh token each time: it is written down, privately, before it is used."""
    grants(httpserver, "token-1", refresh_token="refresh-2")
    assert AccessTokens(login)() == "token-1"
    assert login.read().refresh_token == "refresh-2"
    assert login.path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in login.path.parent.iterdir()] == ["login.json"]


def test_a_token_is_renewed_before_it_ends(httpserver: HTTPServer, login: TokenFile) -> None:
    """A minute before its time a new one is fetched; the date of this machine does not matter."""
    at = [0.0]
    grants(httpserver, "token-1", "token-2")
    tokens = AccessTokens(login, clock=lambda: at[0])
    assert tokens() == "token-1"
    at[0] = 3500.0
    assert tokens() == "token-1"
    at[0] = 3541.0
    assert tokens() == "token-2"


def test_a_login_service_without_tls_elsewhere_is_not_spoken_to(tmp_path: Path) -> None:
    """A refresh token leaves in the clear to this machine only."""
    file = TokenFile(tmp_path / "login.json")
    file.write(Token("app-id", "http://login.example/token", "refresh-1"))
    with pytest.raises(Refused, match="not protected by TLS"):
        AccessTokens(file)()


def test_a_login_service_that_is_away_is_a_pause(tmp_path: Path) -> None:
    """Nobody answers: Unavailable, not a login that ended."""
    file = TokenFile(tmp_path / "login.json")
    file.write(Token("app-id", "http://127.0.0.1:9/token", "refresh-1"))
    with pytest.raises(Unavailable):
        AccessTokens(file)()
