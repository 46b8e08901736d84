"""What an IMAP account offers, asked once: for a person who wants to know whether all is well.

It changes nothing, and must not know what the answers mean for the program.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors import imap_names
from connectors.connector import Mailbox, SpecialUse
from connectors.errors import ConnectorError, Unavailable
from connectors.imap_names import Folder
from connectors.imap_session import Session, open_session, words
from connectors.imap_settings import ImapSettings


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found after a login.

    `tls` is the protocol's version, empty without TLS; `valid_until` the end of the server's certificate.
    `drafts` is None where there is no such mailbox; `drafts_subscribed` says whether mail programs that
    show subscribed mailboxes only show it, `drafts_writable` whether the server lets us store there.
    """

    tls: str
    valid_until: datetime | None
    capabilities: frozenset[str]
    mailboxes: tuple[Mailbox, ...]
    watched: tuple[str, ...]
    drafts: str | None
    drafts_subscribed: bool
    drafts_writable: bool

    def use(self, use: SpecialUse) -> str:
        """Return the mailbox for a use, or nothing."""
        return next((each.name for each in self.mailboxes if each.use is use), "")


def survey(settings: ImapSettings, secret: Callable[[], str]) -> Survey:
    """Log in and look.  Raises what a connector raises."""
    try:
        session = open_session(settings, secret)
        try:
            return _survey(session, settings)
        finally:
            session.close()
    except ConnectorError:
        raise
    except Exception as error:
        raise Unavailable(f"The connection to {settings.host} broke: {words(error)}.") from error


def _survey(session: Session, settings: ImapSettings) -> Survey:
    folders = imap_names.resolve(session.listed(), settings)
    drafts = folders.use(SpecialUse.DRAFTS)
    tls, until = _protection(session)
    return Survey(
        tls=tls,
        valid_until=until,
        capabilities=session.capabilities,
        mailboxes=tuple(folder.mailbox for folder in folders.all),
        watched=tuple(folder.name for folder in folders.watched(settings.mailboxes)),
        drafts=drafts.name if drafts else None,
        drafts_subscribed=drafts is not None and _subscribed(session, drafts),
        drafts_writable=drafts is not None and _writable(session, drafts),
    )


def _protection(session: Session) -> tuple[str, datetime | None]:
    line = session.wire.sock
    if not isinstance(line, ssl.SSLSocket):
        return "", None
    until = (line.getpeercert() or {}).get("notAfter")
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC) if isinstance(until, str) else None
    return line.version() or "TLS", end


def _subscribed(session: Session, folder: Folder) -> bool:
    """Return whether LSUB names the mailbox; a server without subscriptions shows all (RFC 3501 6.3.9)."""
    names = {
        name.decode("ascii", "replace") if isinstance(name, bytes) else name for _, _, name in _lsub(session)
    }
    return not names or folder.raw in names


def _lsub(session: Session) -> list[imap_names.Listed]:
    found: list[imap_names.Listed] = session.client.list_sub_folders()
    return found


def _writable(session: Session, folder: Folder) -> bool:
    opened = session.select(folder.raw)
    return opened is not None and not opened.read_only
