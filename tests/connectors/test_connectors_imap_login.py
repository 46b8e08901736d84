"""How the IMAP connector gets in, and what it does where it cannot or must not."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from connectors_accounts import ImapAccount, everything, mail
from servers.dovecot import PASSWORD, Dovecot
from servers.fault_proxy import Cut, FaultProxy
from servers.pymap_server import PymapServer

from connectors.errors import ConnectorError, Refused, Unavailable
from connectors.imap import ImapConnector, Login, Security
from connectors.imap_session import is_this_machine

Proxies = Callable[[str, int], FaultProxy]


def secret() -> str:
    return PASSWORD


def error_of(connector: ImapConnector) -> ConnectorError:
    """Return what the connector raises when it has to connect."""
    with pytest.raises(ConnectorError) as caught:
        connector.drafts()
    return caught.value


def test_tls(dovecot: Dovecot) -> None:
    """The usual way in is TLS from the first octet, with a certificate that is checked."""
    connector = dovecot.connector(dovecot.new_user())
    assert connector.drafts() == ()
    connector.close()


def test_starttls(dovecot: Dovecot) -> None:
    """STARTTLS works, and only after it is the password sent."""
    settings = dovecot.settings(dovecot.new_user(), port=dovecot.port, security=Security.STARTTLS)
    connector = ImapConnector(settings, secret)
    assert connector.drafts() == ()
    connector.close()


def test_starttls_stripped(dovecot: Dovecot, fault_proxy: Proxies) -> None:
    """Where somebody takes STARTTLS out of the offer, the password is not sent."""
    proxy = fault_proxy("127.0.0.1", dovecot.port)
    proxy.replacing(rb" STARTTLS", b"")
    error = error_of(
        ImapConnector(dovecot.settings("anna", port=proxy.port, security=Security.STARTTLS), secret)
    )
    assert isinstance(error, Refused)
    assert "STARTTLS" in str(error)
    assert b"LOGIN" not in proxy.sent
    assert b"AUTHENTICATE" not in proxy.sent


def test_starttls_injection(dovecot: Dovecot, fault_proxy: Proxies) -> None:
    """What somebody slips in behind the answer to STARTTLS is not taken for the server's words."""
    proxy = fault_proxy("127.0.0.1", dovecot.port)

    def slip_in(line: bytes) -> bytes:
        if b"OK Begin TLS" in line:
            proxy.edit = None
            line += b"* BYE injected\r\n"
        return line

    proxy.edit = slip_in
    settings = dovecot.settings(dovecot.new_user(), port=proxy.port, security=Security.STARTTLS)
    connector = ImapConnector(settings, secret)
    assert connector.drafts() == ()
    connector.close()


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_untrusted_certificate(dovecot: Dovecot, security: Security) -> None:
    """A certificate nobody vouches for ends the connection, and the hint says how to vouch for it."""
    port = dovecot.tls_port if security is Security.TLS else dovecot.port
    settings = dovecot.settings("anna", port=port, security=security, ca_file="")
    error = error_of(ImapConnector(settings, secret))
    assert isinstance(error, Unavailable)
    assert "is not trusted" in str(error)
    assert "ca_file" in error.hint


def test_other_name(dovecot: Dovecot) -> None:
    """A certificate for another name is not accepted."""
    error = error_of(ImapConnector(dovecot.settings("anna", host="127.1"), secret))
    assert "127.1" in str(error)
    assert "is not trusted" in str(error)


def test_tls_to_a_plain_port(dovecot: Dovecot) -> None:
    """TLS with a port that speaks first in the clear: the hint names what to try."""
    error = error_of(ImapConnector(dovecot.settings("anna", port=dovecot.port), secret))
    assert isinstance(error, Unavailable)
    assert "starttls" in error.hint


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_bad_ca_file(dovecot: Dovecot, tmp_path: Path, content: str | None) -> None:
    """A ca_file that is missing or holds no certificate is named."""
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content)
    error = error_of(ImapConnector(dovecot.settings("anna", ca_file=str(path)), secret))
    assert isinstance(error, Refused)
    assert str(path) in str(error)
    assert "PEM" in error.hint


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.7", False),
        ("10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("::ffff:192.0.2.7", False),
    ],
)
def test_this_machine(address: str, here: bool) -> None:
    """Without TLS the password goes to the addresses of this machine only, whatever they are called."""
    assert is_this_machine(address) is here


def test_already_logged_in(pymap_server: PymapServer, fault_proxy: Proxies) -> None:
    """A greeting that calls us logged in would make us skip all protection: it is refused."""
    proxy = fault_proxy("127.0.0.1", pymap_server.port)
    proxy.replacing(rb"^\* OK", b"* PREAUTH")
    for security in (Security.NONE, Security.STARTTLS):
        settings = pymap_server.settings("anna", port=proxy.port, security=security)
        assert isinstance(error_of(ImapConnector(settings, secret)), Refused)


def test_wrong_password(dovecot: Dovecot, pymap_server: PymapServer) -> None:
    """A wrong password is told as refused credentials, with a hint, and is not repeated anywhere."""
    for server in (dovecot, pymap_server):
        connector = ImapConnector(server.settings(server.new_user()), lambda: "not-the-password")
        error = error_of(connector)
        assert isinstance(error, Refused)
        assert error.credentials
        assert "password" in error.hint
        assert "not-the-password" not in f"{error!r} {error.__cause__!r} {connector!r} {vars(connector)!r}"


def test_mended_password(dovecot: Dovecot) -> None:
    """The password is asked for anew for each connection, so a mended one is used."""
    said = iter(["wrong", PASSWORD])
    connector = ImapConnector(dovecot.settings(dovecot.new_user()), lambda: next(said))
    assert isinstance(error_of(connector), Refused)
    assert connector.drafts() == ()
    connector.close()


@pytest.mark.parametrize("password", ["", "two\r\nlines", "nu\0l"])
def test_unusable_password(pymap_server: PymapServer, password: str) -> None:
    """A password that no server can have been given is refused before it is sent."""
    error = error_of(ImapConnector(pymap_server.settings("anna"), lambda: password))
    assert isinstance(error, Refused)
    assert error.credentials


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (b"NO [UNAVAILABLE] Temporary authentication failure", Unavailable),
        (b"NO [LIMIT] Rate limit hit", Unavailable),
        (b"NO [ALERT] Too many simultaneous connections", Unavailable),
        (b"NO User is authenticated but not connected", Unavailable),
        (b"NO [AUTHENTICATIONFAILED] Too many failures", Refused),
        (b"NO [ALERT] Application-specific password required", Refused),
        (b"NO LOGIN failed", Refused),
        (b"BAD nonsense", Refused),
    ],
)
def test_kinds_of_no(
    pymap_server: PymapServer, fault_proxy: Proxies, said: bytes, kind: type[ConnectorError]
) -> None:
    """A server that is only busy is tried again; one that does not like the credentials is not."""
    proxy = fault_proxy("127.0.0.1", pymap_server.port)
    proxy.replacing(rb"\bOK \[CAPABILITY.*successful.*", said + b"\r")
    settings = pymap_server.settings(pymap_server.new_user(), port=proxy.port)
    assert type(error_of(ImapConnector(settings, secret))) is kind


def test_line_dies_in_login(pymap_server: PymapServer, fault_proxy: Proxies) -> None:
    """A line that dies during the login is no verdict about the password."""
    proxy = fault_proxy("127.0.0.1", pymap_server.port)
    proxy.replacing(rb"successful", Cut.FIN)
    settings = pymap_server.settings(pymap_server.new_user(), port=proxy.port)
    assert isinstance(error_of(ImapConnector(settings, secret)), Unavailable)


def test_login_command(dovecot: Dovecot, fault_proxy: Proxies) -> None:
    """Where SASL PLAIN is not offered, LOGIN is used, with odd user names quoted."""
    proxy = fault_proxy("127.0.0.1", dovecot.port)
    proxy.replacing(rb" AUTH=PLAIN", b"")
    connector = ImapConnector(dovecot.plain(dovecot.new_user(), port=proxy.port), secret)
    assert connector.drafts() == ()
    connector.close()
    assert b" LOGIN user" in proxy.sent
    error = error_of(ImapConnector(dovecot.plain('o"dd (user', port=proxy.port), lambda: "wrong"))
    assert isinstance(error, Refused)
    assert b' LOGIN "o\\"dd (user" "wrong"\r\n' in proxy.sent


def test_login_disabled(dovecot: Dovecot, fault_proxy: Proxies) -> None:
    """Where the server takes no password, none is sent."""
    proxy = fault_proxy("127.0.0.1", dovecot.port)
    proxy.replacing(rb" AUTH=PLAIN", b" LOGINDISABLED")
    error = error_of(ImapConnector(dovecot.plain("anna", port=proxy.port), secret))
    assert isinstance(error, Refused)
    assert b" LOGIN " not in proxy.sent


def test_any_letters(dovecot: Dovecot, fault_proxy: Proxies) -> None:
    """A password may have any letters; they go out as UTF-8 (RFC 4616)."""
    proxy = fault_proxy("127.0.0.1", dovecot.port)
    error_of(ImapConnector(dovecot.plain("anna", port=proxy.port), lambda: "pässwörd ✓"))
    assert base64.b64encode("\0anna\0pässwörd ✓".encode()) in proxy.sent


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        (Login.XOAUTH2, b"user=anna\1auth=Bearer token-1\1\1"),
        (Login.OAUTHBEARER, b"n,a=anna,\1auth=Bearer token-1\1\1"),
    ],
)
def test_tokens(dovecot: Dovecot, fault_proxy: Proxies, login: Login, expected: bytes) -> None:
    """An access token goes out in the form its mechanism asks for; a refused one is refused credentials."""
    proxy = fault_proxy("127.0.0.1", dovecot.port)
    proxy.edit_client = lambda sent: re.sub(rb"AUTHENTICATE \S+", b"AUTHENTICATE PLAIN", sent)
    error = error_of(ImapConnector(dovecot.plain("anna", port=proxy.port, login=login), lambda: "token-1"))
    assert isinstance(error, Refused)
    assert error.credentials
    assert base64.b64encode(expected) in proxy.sent


def test_nothing_private_is_logged(dovecot: Dovecot, caplog: pytest.LogCaptureFixture) -> None:
    """Not even at the most talkative level do password or mails reach a log."""
    caplog.set_level(logging.DEBUG)
    account = ImapAccount(dovecot)
    account.deliver(mail("one", "a private matter"))
    assert len(everything(account.connector())[0]) == 1
    account.close()
    assert PASSWORD not in caplog.text
    assert base64.b64encode(PASSWORD.encode()).decode()[:-4] not in caplog.text
    assert "a private matter" not in caplog.text
