"""The protocol every mail account speaks to us, and the types that cross the seam.

Two rules: nothing here knows what a mail means, and nothing here can send one.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol, runtime_checkable

Cursor = NewType("Cursor", str)
"""Where a reader of the account stands; opaque text, made and understood by one connector only."""


class SpecialUse(StrEnum):
    """What a mailbox is for (RFC 6154), INBOX included for convenience."""

    INBOX = "inbox"
    DRAFTS = "drafts"
    SENT = "sent"
    TRASH = "trash"
    ARCHIVE = "archive"
    ALL = "all"
    JUNK = "junk"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox of the account: the name as the server writes it (decoded), and its use if known."""

    name: str
    use: SpecialUse | None = None


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message as the account stores it.

    `octets` is an RFC 5322 message with CRLF line ends.  For a large message it may hold the header,
    text and calendar parts only (`partial` is then true); it is empty where the account has the message
    and cannot give it.  `uid` is unique within `mailbox` and its
    UIDVALIDITY; `internal_date` is aware; `thread_id` is the account's own (Gmail) or None; `draft_id` is
    Gmail's for a draft, and stays the same when the draft is changed and gets another uid.
    """

    octets: bytes
    mailbox: str
    use: SpecialUse | None
    uid: str
    internal_date: datetime
    thread_id: str | None = None
    partial: bool = False
    draft_id: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some messages, and the cursor to store once all of them have been committed."""

    messages: tuple[StoredMessage, ...]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class DraftRef:
    """Where a draft lies: by uid where the server told it, always by Message-ID.

    `uid` is empty when the server did not say (no UIDPLUS); `validity` is the UIDVALIDITY (IMAP) the
    uid belongs to; `thread_id` and a stable `draft_id` are Gmail's.
    """

    mailbox: str
    message_id: str
    uid: str = ""
    validity: str = ""
    draft_id: str = ""
    thread_id: str = ""


class Removal(StrEnum):
    """What became of the wish to take a draft back."""

    REMOVED = "removed"
    CHANGED = "changed"  # not byte for byte what we laid there: it is the user's now, untouched
    GONE = "gone"  # it is not there any more
    IMPOSSIBLE = "impossible"  # the server cannot remove exactly one message (no UIDPLUS)


@dataclass(frozen=True, slots=True)
class Listening:
    """How news will be known: `source` becomes readable once the account says something.

    After `seconds` the account is to be asked in any case; without a source, that is all there is.
    """

    seconds: float
    source: socket.socket | None = None


@runtime_checkable
class Connector(Protocol):
    """A mail account.  Every method raises only `connectors.errors`; none of them sends mail."""

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Return the account's mailboxes with their special uses."""

    def changes(self, cursor: Cursor | None, since: datetime) -> Iterator[Batch]:
        """Yield what arrived in the watched mailboxes after `cursor`, oldest first per mailbox.

        Without a cursor: everything whose INTERNALDATE is at or after `since`.  Each batch carries the
        cursor that is true once its messages are committed; the last batch may be empty and only carry
        a cursor.  Raises Vanished when the cursor means nothing to the server any more.
        """

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds` for news (IDLE where there is one); return whether there may be some.

        Not every mailbox is watched while waiting: ask for `changes` after it in any case.
        """

    def wake(self) -> None:
        """Make a `wait` in another thread or under a signal handler return soon."""

    def append_draft(self, octets: bytes, message_id: str, thread_id: str = "") -> DraftRef:
        """Store `octets` (RFC 5322, CRLF) in the drafts mailbox, flagged as a draft; return where.

        Raises Unavailable when it is unknown whether the draft was stored: look with `locate` first.
        Raises Refused when it certainly was not.
        """

    def drafts(self) -> tuple[StoredMessage, ...]:
        """Return every message in the drafts mailbox, newest first, at most 500."""

    def locate(self, message_id: str) -> frozenset[SpecialUse]:
        """Return in which of Drafts, Sent and Trash a message with this Message-ID lies."""

    def find_draft(self, message_id: str) -> DraftRef | None:
        """Return where the draft with this Message-ID lies in the drafts mailbox, or None."""

    def remove_draft(self, ref: DraftRef, octets: bytes) -> Removal:
        """Remove exactly that draft if it is still byte for byte `octets`; never anything else."""

    def close(self) -> None:
        """Let go of the connection without waiting for the server."""


@runtime_checkable
class Listener(Protocol):
    """What a connector may offer besides: to wait for news without a thread that waits."""

    def listen(self) -> Listening:
        """Begin to listen, and return how news will be known.  Raises as the methods of a Connector."""

    def heard(self) -> bool:
        """Take in what has arrived while listening, without waiting; return whether there may be news.

        Ask it once after `listen` too: something may have come with the answer.  Raises Unavailable where
        the connection has ended.
        """


@runtime_checkable
class Labelling(Protocol):
    """What a connector may offer besides, where the account knows conversations and labels."""

    def label_stopped(self, thread_ids: Sequence[str]) -> None:
        """Put the label for what is over on conversations, if the user wants one."""


@runtime_checkable
class Metered(Protocol):
    """What a connector may offer besides, where the account's service counts what it is asked."""

    @property
    def usage(self) -> Mapping[str, object]:
        """What the account has cost since the program started, and how it is watched; plain values."""
