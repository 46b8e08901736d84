"""A real IMAP server on this machine for the demonstration, and the user's mail client beside it.

The server is pymap, a separate process on loopback that keeps everything in memory.  The client plays the
world: it delivers mail, sends drafts and reads what lies in the drafts mailbox, as Thunderbird would.
"""

from __future__ import annotations

import importlib.util
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from imapclient import SEEN, IMAPClient

from daemon.errors import UserError
from daemon.reading.message import parse

_STARTS_WITHIN = 15.0
_ATTEMPTS = 3
_SERVER = "import sys; from pymap.main import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Account:
    """How to log in to the server."""

    host: str
    port: int
    user: str
    password: str


@contextmanager
def server(user: str) -> Iterator[Account]:
    """Run a server with one empty account.  Raises UserError where pymap is not installed."""
    if importlib.util.find_spec("pymap") is None:
        raise UserError(
            "The demonstration needs pymap, a small IMAP server written in Python.",
            hint="Install it with: pip install 'afterword[demo]'",
        )
    for _ in range(_ATTEMPTS):  # somebody else may take the free port before the server does
        account = Account("127.0.0.1", _free_port(), user, secrets.token_urlsafe(9))
        process = _start(account)
        try:
            if _answers(account, process):
                yield account
                return
        finally:
            process.terminate()
            process.wait(timeout=5)
    raise UserError(
        "The demonstration's mail server did not start on this machine.",
        hint="Try again; if it stays so, run `python -m pip check` in this environment.",
    )


def _start(account: Account) -> subprocess.Popen[bytes]:
    address = ["--host", account.host, "--port", str(account.port), "--no-tls", "--no-service", "admin"]
    login = ["dict", "--demo-user", account.user, "--demo-password", account.password]
    return subprocess.Popen(
        [sys.executable, "-c", _SERVER, *address, *login],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(account: Account, process: subprocess.Popen[bytes]) -> bool:
    """Wait for the server; return False where it ended or stays silent."""
    patience = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < patience and process.poll() is None:
        try:
            socket.create_connection((account.host, account.port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return process.poll() is None
    return False


class MailClient:
    """The user's own mail client, on a connection of its own."""

    def __init__(self, account: Account) -> None:
        self._imap = IMAPClient(account.host, account.port, ssl=False, timeout=10)
        self._imap.login(account.user, account.password)

    def set_up(self) -> None:
        """Make the mailboxes every account has."""
        for name in ("Drafts", "Sent", "Trash"):
            self._imap.create_folder(name)
            self._imap.subscribe_folder(name)

    def deliver(self, octets: bytes, internal_date: datetime, mailbox: str = "INBOX") -> None:
        """Let a mail arrive."""
        self._imap.append(mailbox, octets, (), internal_date)

    def drafts(self) -> tuple[bytes, ...]:
        """Return what lies in the drafts mailbox, oldest first, octet for octet."""
        self._imap.select_folder("Drafts", readonly=True)
        uids = self._imap.search("ALL")
        found = self._imap.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
        return tuple(found[uid][b"BODY[]"] for uid in sorted(found))

    def stored(self, message_id: str) -> bytes:
        """Return one draft, octet for octet, from Drafts, or from Sent where it was sent meanwhile."""
        for mailbox in ("Drafts", "Sent"):
            self._imap.select_folder(mailbox, readonly=True)
            for uid in self._imap.search(["HEADER", "Message-ID", f"<{message_id}>"]):
                return bytes(self._imap.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"])
        raise UserError(f"The draft {message_id} is not on the server.")

    def send_draft(self, message_id: str) -> None:
        """Move a draft to Sent; it was sent when it says it was written, in the demonstration's time."""
        octets = self.stored(message_id)
        self._imap.select_folder("Drafts")
        self._imap.delete_messages(self._imap.search(["HEADER", "Message-ID", f"<{message_id}>"]))
        self._imap.expunge()
        self._imap.append("Sent", octets, (SEEN,), parse(octets).date)

    def close(self) -> None:
        """Log out."""
        self._imap.logout()
