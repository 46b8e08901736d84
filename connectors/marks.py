"""The cursor of accounts whose mailboxes number their messages upwards (IMAP, and the one in memory).

It must not know what a message is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.connector import Cursor
from connectors.errors import Vanished


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one mailbox has been read: the UIDVALIDITY and the last UID committed (RFC 9051 2.3.1.1)."""

    validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Marks:
    """How far each mailbox has been read, by mailbox name."""

    by_mailbox: Mapping[str, Mark] = field(default_factory=dict)

    def get(self, mailbox: str) -> Mark | None:
        """Return the mark of `mailbox`, or None where it was never read."""
        return self.by_mailbox.get(mailbox)

    def moved(self, mailbox: str, mark: Mark) -> Marks:
        """Return the marks with `mailbox` read as far as `mark`."""
        return Marks({**self.by_mailbox, mailbox: mark})

    def cursor(self) -> Cursor:
        """Return the marks as the opaque text a caller stores."""
        plain = {name: [mark.validity, mark.uid] for name, mark in self.by_mailbox.items()}
        return Cursor(json.dumps(plain, ensure_ascii=False, sort_keys=True))

    @staticmethod
    def read(cursor: Cursor | None) -> Marks:
        """Return the marks in `cursor`; none means nothing was read yet.

        Raises Vanished where the text is not one of ours: the caller then starts from its window again.
        """
        if cursor is None:
            return Marks()
        try:
            plain = json.loads(cursor)
            return Marks({str(name): Mark(int(v), int(u)) for name, (v, u) in plain.items()})
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            raise Vanished("The stored place in the mailbox cannot be understood.") from error
