"""Waiting for what is outside (a server, the process that reads) without holding up the other accounts.

One thread at a time works on the state; it holds the lock.  Whoever talks to the outside lets go of the lock
until the answer is there.  Nothing here knows what is asked or answered.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from connectors.connector import (
    Batch,
    Connector,
    Cursor,
    DraftRef,
    Labelling,
    Listener,
    Listening,
    Mailbox,
    Metered,
    Removal,
    SpecialUse,
    StoredMessage,
)
from daemon.reader import Read, Reader, ReaderBroken, ReaderDied
from daemon.reading.model import Me

LAP = 300.0
"""Seconds after which an account is looked at whatever it says, where its connector knows no better."""


class StateLock:
    """Held by the one thread that works on the state."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def within(self, seconds: float) -> bool:
        """Take the lock for good, if that is possible within so many seconds."""
        return self._lock.acquire(timeout=seconds)

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let others work on the state; no transaction may be open."""
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()


class Outside:
    """A connector that is used by a holder of the lock, and lets go of it while it talks to the account."""

    def __init__(self, connector: Connector, lock: StateLock) -> None:
        self._inner = connector
        self._listener = connector if isinstance(connector, Listener) else None
        self._metered = connector if isinstance(connector, Metered) else None
        self._released = lock.released

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Return the account's mailboxes."""
        with self._released():
            return self._inner.mailboxes()

    def changes(self, cursor: Cursor | None, since: datetime) -> Iterator[Batch]:
        """Yield what is new; the lock is held whenever a batch is handed over."""
        batches = self._inner.changes(cursor, since)
        while True:
            with self._released():
                batch = next(batches, None)
            if batch is None:
                return
            yield batch

    def listen(self) -> Listening:
        """Begin to listen, or say when to look again where the connector cannot."""
        with self._released():
            return self._listener.listen() if self._listener else Listening(LAP)

    def heard(self) -> bool:
        """Return whether there may be news; it waits for nothing, so the lock does not matter."""
        return self._listener is not None and self._listener.heard()

    @property
    def usage(self) -> Mapping[str, object]:
        """What the account has cost since the program started; nothing where nobody counts."""
        return self._metered.usage if self._metered else {}

    def wait(self, seconds: float) -> bool:
        """Wait for news."""
        with self._released():
            return self._inner.wait(seconds)

    def wake(self) -> None:
        """End a wait."""
        self._inner.wake()

    def append_draft(self, octets: bytes, message_id: str, thread_id: str = "") -> DraftRef:
        """Store a draft."""
        with self._released():
            return self._inner.append_draft(octets, message_id, thread_id)

    def drafts(self) -> tuple[StoredMessage, ...]:
        """Return the drafts."""
        with self._released():
            return self._inner.drafts()

    def locate(self, message_id: str) -> frozenset[SpecialUse]:
        """Return where a message lies."""
        with self._released():
            return self._inner.locate(message_id)

    def find_draft(self, message_id: str) -> DraftRef | None:
        """Return where a draft lies."""
        with self._released():
            return self._inner.find_draft(message_id)

    def remove_draft(self, ref: DraftRef, octets: bytes) -> Removal:
        """Take a draft back."""
        with self._released():
            return self._inner.remove_draft(ref, octets)

    def label_stopped(self, thread_ids: Sequence[str]) -> None:
        """Label conversations that are over, where the account knows labels."""
        if isinstance(self._inner, Labelling):
            with self._released():
                self._inner.label_stopped(thread_ids)

    def close(self) -> None:
        """Let go of the connection; whoever waits for its answer gets an error."""
        self._inner.close()


class SharedReader(Reader):
    """One process that reads for all accounts, one mail after the other; two where many mails wait."""

    def __init__(self, lock: StateLock) -> None:
        super().__init__()
        self._released = lock.released
        self._one = threading.Lock()
        self._helper = Reader()

    def read(self, octets: bytes, internal_date: datetime, me: Me, whole: bool = True) -> Read:
        """Return what a mail says, as a Reader does."""
        with self._released(), self._one:
            return super().read(octets, internal_date, me, whole)

    def read_many(self, mails: Sequence[tuple[bytes, datetime]], me: Me) -> list[Read | None]:
        """Return what mails say, a glance being enough; None for one that is to be read alone.

        Two processes read half of them each, where the machine has as many cores.
        """
        found: list[Read | None] = [None] * len(mails)
        if (os.cpu_count() or 1) > 1:
            with self._released(), self._one:
                other_half = (self._helper.read, mails, me, found, 1)
                beside = threading.Thread(target=_read_half, args=other_half)
                beside.start()
                _read_half(super().read, mails, me, found, 0)
                beside.join()
        return found

    def close(self) -> None:
        """End both processes."""
        super().close()
        self._helper.close()


def _read_half(
    read: Callable[[bytes, datetime, Me, bool], Read],
    mails: Sequence[tuple[bytes, datetime]],
    me: Me,
    found: list[Read | None],
    first: int,
) -> None:
    for number in range(first, len(mails), 2):
        octets, internal_date = mails[number]
        try:
            found[number] = read(octets, internal_date, me, False)
        except ReaderDied:
            continue
        except ReaderBroken:
            return  # whoever reads the first mail alone will be told
