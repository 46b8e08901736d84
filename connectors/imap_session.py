"""One live connection, logged in: opened with care, spoken over through a few verbs.

It must not know what a message is for.  Errors of the client come out as they are; `ImapConnector` turns
them into ours and throws the connection away.
"""

from __future__ import annotations

import contextlib
import imaplib
import ipaddress
import os
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientReadOnlyError,
    LoginError,
    ProtocolError,
)

from connectors import imap_answer
from connectors.errors import Refused, Unavailable
from connectors.imap_answer import Value
from connectors.imap_names import Listed
from connectors.imap_settings import ImapSettings, Login, Security
from connectors.imap_wire import Client
from connectors.outgoing import quoted

_TEMPORARY = re.compile(  # RFC 5530 3, and what providers say who do not use its codes
    r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|too many|try again|temporar|rate.?limit|not connected", re.I
)
_FINAL = re.compile(r"\[(AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|PRIVACYREQUIRED)\]", re.I)
_ATOM = re.compile(r"[A-Za-z0-9@._+-]+")
_RAW = re.compile(r"(unexpected (?:tagged )?response|unterminated line).*", re.S)  # imaplib shows the line
_NUMBER = re.compile(rb"\d+")


@dataclass(frozen=True, slots=True)
class Selected:
    """A mailbox as it was when it was opened; `uid_next` is 0 where the server does not say."""

    raw: str
    read_only: bool
    validity: int
    uid_next: int
    exists: int


def said_no(error: BaseException) -> bool:
    """Return whether the server answered NO or BAD, the connection being in good order."""
    return isinstance(error, imaplib.IMAP4.error) and not isinstance(
        error, IMAPClientAbortError | ProtocolError
    )


def words(error: BaseException) -> str:
    """Return what an error says, on one line, short, and without the octets of mails that may stand in it."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if not isinstance(error, OSError | imaplib.IMAP4.error) or isinstance(error, ProtocolError):
        return f"the answer makes no sense ({type(error).__name__})"
    said = (error.strerror if isinstance(error, OSError) else "") or str(error)
    text = _RAW.sub(r"\1", re.sub(r"\bb(['\"])(.*)\1", r"\2", said))
    return "".join(c for c in text if c.isprintable())[:200].rstrip(". ") or type(error).__name__


class _Ahead(NamedTuple):
    """A FETCH whose answer has not been read yet."""

    wanted: tuple[str, str]
    tag: Any


@lru_cache(maxsize=64)
def _shared(names: frozenset[str]) -> frozenset[str]:
    """Return one set for all connections that have the same; a thousand of them are a megabyte."""
    return names


class Session:
    """A connection in the authenticated state, and which mailbox is open on it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.wire = client.wire
        self.capabilities = _shared(frozenset(n.decode("ascii", "replace") for n in client.capabilities()))
        self.selected: Selected | None = None
        self.can_idle = "IDLE" in self.capabilities
        self.news = False
        self.rested = False
        self.message_ids: dict[tuple[str, int], dict[int, str]] = {}
        """Message-IDs known already, by mailbox and UIDVALIDITY, then by UID."""
        self._ahead: _Ahead | None = None

    def settle(self) -> None:
        """End an IDLE that was left open, so that commands can be sent; after a rest, see who is there."""
        if self.wire.idling and self.wire.end_idle():
            self.news = True
        if self.rested:
            self.rested = False
            self.noop()

    def take_news(self) -> bool:
        """Return whether mail was announced at a time nobody waited for it, and forget that it was."""
        news, self.news = self.news, False
        return news

    def listed(self) -> Sequence[Listed]:
        """Return what LIST says; special uses are asked for where the server names them only then.

        RFC 6154 2 leaves that choice to the server.
        """
        answers: list[Listed] = self.client.list_folders()
        seen = {bytes(flag).lower() for flags, _, _ in answers for flag in flags}
        if "SPECIAL-USE" not in self.capabilities or b"\\drafts" in seen:
            return answers
        try:
            return [*self.client.special_folders(), *answers]
        except Exception as error:
            if not said_no(error):
                raise
            return answers

    def examine(self, raw: str) -> Selected:
        """Open a mailbox read-only, afresh, so that it shows what is there now."""
        return self._open(raw, read_only=True)

    def enter(self, raw: str) -> Selected:
        """Return the mailbox if it is open already, else open it read-only."""
        now = self.selected
        return now if now and now.raw == raw and now.read_only else self.examine(raw)

    def select(self, raw: str) -> Selected | None:
        """Open a mailbox to change it; None where the server only lets us look."""
        try:
            return self._open(raw, read_only=False)
        except IMAPClientReadOnlyError:
            self.examine(raw)  # imaplib would take offence at the next command
            return None

    def next_uid(self, raw: str) -> tuple[int, int] | None:
        """Return the UIDVALIDITY and UIDNEXT of a mailbox that is not open, where the server tells them.

        STATUS costs a fraction of opening it, and must not be asked of the open one (RFC 9051 6.3.11).
        """
        if self.selected and self.selected.raw == raw:
            return None
        try:
            said = self.client.folder_status(raw, ["UIDVALIDITY", "UIDNEXT"])
        except Exception as error:
            if not said_no(error):
                raise
            return None
        found = said.get(b"UIDVALIDITY"), said.get(b"UIDNEXT")
        return found if all(isinstance(number, int) for number in found) else None

    def _open(self, raw: str, *, read_only: bool) -> Selected:
        self.selected = None
        answer = self.client.select_folder(raw, readonly=read_only)
        self.wire.news()  # the EXISTS of the answer is no news
        numbers = (int(answer.get(key, 0)) for key in (b"UIDVALIDITY", b"UIDNEXT", b"EXISTS"))
        self.selected = Selected(raw, read_only, *numbers)
        return self.selected

    def search(self, criteria: str) -> list[int]:
        """Return the UIDs that match, ascending.  Answers may come in any number of lines, or in none."""
        kind, lines = self.wire.uid("SEARCH", criteria)
        if kind != "OK":
            raise imaplib.IMAP4.error(f"SEARCH failed: {lines[-1]!r}")
        found: set[int] = set()
        for line in lines:
            numbers = (line or b"").partition(b"(")[0]  # a MODSEQ may follow (RFC 7162 3.1.5)
            found.update(map(int, _NUMBER.findall(numbers)))
        return sorted(found)

    def fetch(self, uids: Sequence[int], *items: str) -> dict[int, dict[bytes, Value]]:
        """Return the items by UID; messages that are gone are left out."""
        if not uids:
            return {}
        wanted = (_ranges(uids), f"({' '.join(items)})")
        if self._ahead and self._ahead.wanted == wanted:
            tag, self._ahead = self._ahead.tag, None
        else:
            self.forgo()
            tag = self.wire.ask_fetch(*wanted)
        found: dict[int, dict[bytes, Value]] = {}
        for answer in self.wire.fetched(tag):
            if b"UID" in answer:  # without one it tells of flags, unasked
                if not (uid := imap_answer.number(answer[b"UID"])):
                    raise imap_answer.Nonsense("a UID that is no number")
                found.setdefault(uid, {}).update(answer)
        return {uid: found[uid] for uid in uids if uid in found}

    def fetch_ahead(self, uids: Sequence[int], *items: str) -> None:
        """Ask now for what the next `fetch` will want, so that the server works while its caller does."""
        self.forgo()
        if uids:
            wanted = (_ranges(uids), f"({' '.join(items)})")
            self._ahead = _Ahead(wanted, self.wire.ask_fetch(*wanted))

    def forgo(self) -> None:
        """Read past the answer to what was asked ahead, so that other commands can be sent."""
        ahead, self._ahead = self._ahead, None
        if ahead:
            for _ in self.wire.fetched(ahead.tag):
                pass

    def noop(self) -> None:
        """Ask whether the server is still there, not longer than `done_timeout`."""
        with self.wire.impatient():
            self.client.noop()

    def close(self) -> None:
        """Let go of the connection; the server is not asked."""
        with contextlib.suppress(OSError, ValueError):
            self.client.shutdown()


def _ranges(uids: Sequence[int]) -> str:
    """Return ascending UIDs as a sequence set (RFC 9051 9): runs of them take two numbers."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(f"{first}:{last}" if last > first else str(first) for first, last in runs)


def open_session(settings: ImapSettings, secret: Callable[[], str]) -> Session:
    """Connect, protect the connection, log in; an access token that is refused is renewed once.

    Raises Unavailable where that may work later, Refused where the user has to change something, and
    whatever the client raises.
    """
    renewed = getattr(secret, "renewed", None)  # only `tokens.AccessTokens` can do that
    if settings.login is Login.PASSWORD or renewed is None:
        return _opened(settings, secret)
    token = secret()
    try:
        return _opened(settings, lambda: token)
    except Refused as error:
        if not error.credentials:
            raise
        return _opened(settings, renewed)


def _opened(settings: ImapSettings, secret: Callable[[], str]) -> Session:
    client = _connect(settings)
    try:
        _protect(client, settings)
        _log_in(client, settings, secret())
        return Session(client)
    except BaseException:
        with contextlib.suppress(OSError, ValueError):
            client.shutdown()
        raise


def _connect(settings: ImapSettings) -> Client:
    where = f"{settings.host}:{settings.address[1]}"
    try:
        with _verified(where):
            return Client(settings, _context(settings))
    except OSError as error:
        raise Unavailable(
            f"{where} cannot be reached: {words(error)}.",
            hint="Check `host` and `port` in [imap], and whether this machine is online.",
        ) from error


@contextlib.contextmanager
def _verified(where: str) -> Iterator[None]:
    """Say what is wrong where TLS does not come about (RFC 8314 3.2); it may be right again later."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise Unavailable(
            f"The certificate of {where} is not trusted: {error.verify_message}.",
            hint="If the server is your own, name its certificate in ca_file.",
        ) from error
    except ssl.SSLError as error:
        raise Unavailable(
            f"No TLS with {where}: {words(error)}.",
            hint='Check the port; a server on port 143 wants security = "starttls".',
        ) from error


def _context(settings: ImapSettings) -> ssl.SSLContext | None:
    if settings.security is Security.NONE:
        return None
    try:
        return _trusting(settings.ca_file, os.stat(settings.ca_file).st_mtime if settings.ca_file else 0.0)
    except OSError as error:
        raise Refused(
            f"The certificates in {settings.ca_file} cannot be used: {words(error)}.",
            hint="ca_file has to name a readable file of certificates in PEM form.",
        ) from error


@lru_cache(maxsize=8)
def _trusting(ca_file: str, _changed: float) -> ssl.SSLContext:
    """Return one context for all accounts that trust the same: the system's certificates take a megabyte."""
    return ssl.create_default_context(cafile=ca_file or None)


def _protect(client: Client, settings: ImapSettings) -> None:
    """Make sure that nobody in between hears the password (RFC 9051 11.1)."""
    if client.wire.state != "NONAUTH":
        raise Refused(
            "The server says we are logged in before we said who we are; that is not to be trusted."
        )
    if settings.security is Security.STARTTLS:
        try:
            with _verified(settings.host):
                client.starttls(client.ssl_context)
        except CapabilityError as error:
            raise Refused(
                f"{settings.host} does not offer STARTTLS, so the password was not sent.",
                hint='Use security = "tls" with port 993, or another network: this one may strip it.',
            ) from error
    elif settings.security is Security.NONE and not is_this_machine(client.wire.sock.getpeername()[0]):
        raise Refused(
            f"{settings.host} is not this machine, so the password is not sent without TLS.",
            hint='Use security = "tls".',
        )


def is_this_machine(address: str) -> bool:
    """Return whether an IP address, with or without a zone, is a loopback one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


def _log_in(client: Client, settings: ImapSettings, secret: str) -> None:
    if not secret or any(c in value for value in (settings.user, secret) for c in "\0\1\r\n"):
        raise Refused(
            "The user name or the password is empty or has a line end in it.",
            hint="Check where the password comes from.",
            credentials=True,
        )
    try:
        _METHODS[settings.login](client, settings.user, secret)
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError):  # the line died: nobody refused anything
            raise error.__context__ from None
        text = words(error).replace(secret, "…")
        if _TEMPORARY.search(text) and not _FINAL.search(text):
            raise Unavailable(f"{settings.host} does not let us in now: {text}.") from None
        raise Refused(
            f"{settings.host} refused the login of {settings.user}: {text}.",
            hint="Check user and password; many providers want an app password made for mail programs.",
            credentials=True,
        ) from None


def _password(client: Client, user: str, password: str) -> None:
    """Log in by SASL PLAIN where offered, for it carries any character (RFC 4616), else by LOGIN."""
    if client.has_capability("AUTH=PLAIN"):
        client.plain_login(user, password)
    elif client.has_capability("LOGINDISABLED"):
        raise Refused("The server takes no password over this connection.", hint='Use security = "tls".')
    elif not (user.isascii() and password.isascii()):
        raise Refused(
            "The server takes only passwords in plain ASCII.",
            hint="Choose a password without accents and other special letters.",
            credentials=True,
        )
    else:
        client.login(user if _ATOM.fullmatch(user) else quoted(user), password)


_METHODS: Mapping[Login, Callable[[Client, str, str], None]] = {
    Login.PASSWORD: _password,
    Login.XOAUTH2: lambda client, user, token: client.oauth2_login(user, token),
    Login.OAUTHBEARER: lambda client, user, token: client.oauthbearer_login(user, token),
}
