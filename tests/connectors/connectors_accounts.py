"""One face for every kind of account, so that one set of promises can be tested on all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from servers.dovecot import Dovecot
from servers.gmail_peer import GmailUser
from servers.gmail_proxy import GmailProxy
from servers.pymap_server import PymapServer

from connectors.archive import ArchiveConnector
from connectors.connector import Connector, Cursor, StoredMessage
from connectors.errors import Refused
from connectors.gmail import GmailConnector, GmailSettings
from connectors.header import message_id
from connectors.imap import ImapConnector
from connectors.memory import MemoryConnector

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=3650)


def mail(name: str, body: str = "Hello.", **more: str) -> bytes:
    """Return a small mail whose Message-ID is <name@mail.example>."""
    fields = {
        "From": "Ada Lind <ada@harbour.example>",
        "To": "Kim Ito <kim@home.example>",
        "Subject": f"About {name}",
        "Message-ID": f"<{name}@mail.example>",
        **{key.replace("_", "-"): value for key, value in more.items()},
    }
    lines = [f"{key}: {value}" for key, value in fields.items()]
    return "\r\n".join([*lines, "", body, ""]).encode()


class Account(Protocol):
    """An account, seen by its owner: what arrives and what the owner does with another program."""

    def connector(self) -> Connector:
        """Return a new connector to it."""

    def deliver(self, octets: bytes, internal_date: datetime = NOW, mailbox: str = "INBOX") -> None:
        """Let a mail arrive."""


class Writable(Account, Protocol):
    """An account whose mails can be moved and deleted."""

    def stored(self, mailbox: str) -> list[bytes]:
        """Return what lies in a mailbox, oldest first."""

    def move(self, octets: bytes, source: str, target: str) -> None:
        """Move a mail."""

    def replace_draft(self, old: bytes, new: bytes) -> None:
        """Save a draft as mail programs do: store the new one, expunge the old one."""


class MemoryAccount:
    """The account in memory; every connector to it is the same."""

    def __init__(self) -> None:
        self.memory = MemoryConnector()

    def connector(self) -> MemoryConnector:
        return self.memory

    def deliver(self, octets: bytes, internal_date: datetime = NOW, mailbox: str = "INBOX") -> None:
        self.memory.deliver(octets, internal_date, mailbox)

    def stored(self, mailbox: str) -> list[bytes]:
        return [each.octets for each in self.memory.stored(mailbox)]

    def move(self, octets: bytes, source: str, target: str) -> None:
        assert source == "Drafts"
        if target == "Sent":
            self.memory.send_draft(message_id(octets))
        else:
            self.memory.delete_draft(message_id(octets))

    def replace_draft(self, old: bytes, new: bytes) -> None:
        self.memory.edit_draft(message_id(old), new)


class ImapAccount:
    """A fresh user's account on a running server."""

    def __init__(self, server: Dovecot | PymapServer) -> None:
        self.server = server
        self.user = server.new_user()
        self._made: list[ImapConnector] = []

    def connector(self) -> ImapConnector:
        self._made.append(self.server.connector(self.user))
        return self._made[-1]

    def close(self) -> None:
        for connector in self._made:
            connector.close()

    def deliver(self, octets: bytes, internal_date: datetime = NOW, mailbox: str = "INBOX") -> None:
        self.server.deliver(self.user, octets, mailbox, internal_date)

    def stored(self, mailbox: str) -> list[bytes]:
        with self.server.client(self.user) as client:
            client.select_folder(mailbox, readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
        return [found[uid][b"BODY[]"] for uid in sorted(found)]

    def move(self, octets: bytes, source: str, target: str) -> None:
        with self.server.client(self.user) as client:
            client.append(target, octets)
        self._expunge(octets, source)

    def replace_draft(self, old: bytes, new: bytes) -> None:
        with self.server.client(self.user) as client:
            client.append("Drafts", new, [rb"\Draft", rb"\Seen"])
        self._expunge(old, "Drafts")

    def _expunge(self, octets: bytes, mailbox: str) -> None:
        with self.server.client(self.user) as client:
            client.select_folder(mailbox)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
            client.delete_messages([min(uid for uid in found if found[uid][b"BODY[]"] == octets)])
            client.expunge()


@dataclass
class FixedTokens:
    """One access token that is good until the server says otherwise."""

    token: str

    def __call__(self) -> str:
        return self.token

    def renewed(self) -> str:
        raise Refused("The login has ended.", credentials=True)


class GmailAccount:
    """A fresh user's account at Gmail's double."""

    def __init__(self, user: GmailUser, proxy: GmailProxy) -> None:
        self.user = user
        self.proxy = proxy
        self.stored, self.move, self.replace_draft = user.stored, user.move, user.replace_draft

    def connector(self, **settings: Any) -> GmailConnector:
        known = {"api": self.proxy.url, "pubsub": self.proxy.url, "fastest": 0.2, "slowest": 0.4}
        return GmailConnector(GmailSettings(**(known | settings)), FixedTokens(self.user.token))

    def deliver(self, octets: bytes, internal_date: datetime = NOW, mailbox: str = "INBOX") -> None:
        self.user.deliver(octets, internal_date, mailbox)


class EmlAccount:
    """A folder of .eml files, named so that their order is that of their arrival."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._count = 0

    def connector(self) -> ArchiveConnector:
        return ArchiveConnector(self.directory)

    def deliver(self, octets: bytes, internal_date: datetime = NOW, mailbox: str = "INBOX") -> None:
        self._count += 1
        place = self.directory if mailbox == "INBOX" else self.directory / f"{self._count:04}" / mailbox
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{self._count:04}.eml").write_bytes(received(octets, internal_date))


class MaildirAccount(EmlAccount):
    """A Maildir with subfolders."""

    def deliver(self, octets: bytes, internal_date: datetime = NOW, mailbox: str = "INBOX") -> None:
        self._count += 1
        place = self.directory if mailbox == "INBOX" else self.directory / f".{mailbox}"
        for box in ("cur", "new", "tmp"):
            (place / box).mkdir(parents=True, exist_ok=True)
        name = f"{1_700_000_000 + self._count}.M1P1.host:2,S"
        (place / "cur" / name).write_bytes(received(octets, internal_date).replace(b"\r\n", b"\n"))


class MboxAccount(EmlAccount):
    """An mbox as Google Takeout writes it."""

    def connector(self) -> ArchiveConnector:
        return ArchiveConnector(self.directory / "all.mbox")

    def deliver(self, octets: bytes, internal_date: datetime = NOW, mailbox: str = "INBOX") -> None:
        label = b"X-Gmail-Labels: %s\r\n" % {"INBOX": b"Inbox,Opened"}.get(mailbox, mailbox.encode())
        quoted = re.sub(rb"(?m)^(>*From )", rb">\1", received(octets, internal_date))
        with (self.directory / "all.mbox").open("ab") as file:
            file.write(b"From 17@xxx Wed Mar 04 09:30:00 +0000 2026\r\n" + label + quoted + b"\r\n")


def received(octets: bytes, at: datetime) -> bytes:
    """Return a mail with the trace field its last server wrote."""
    stamp = at.strftime("%a, %d %b %Y %H:%M:%S +0000")
    return f"Received: from mx.harbour.example by mx.home.example;\r\n\t{stamp}\r\n".encode() + octets


def everything(
    connector: Connector, cursor: Cursor | None = None, since: datetime = LONG_AGO
) -> tuple[list[StoredMessage], Cursor]:
    """Read all that is new; return it with the cursor after it."""
    batches = list(connector.changes(cursor, since))
    return [each for batch in batches for each in batch.messages], batches[-1].cursor
