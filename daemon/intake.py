"""From stored messages to readings in the store: each mail is read once, and a bad one harms nobody.

What a reading means, and what follows from it, is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from connectors.connector import Cursor, StoredMessage
from daemon.audit import Audit
from daemon.audit_facts import quarantined
from daemon.linking import mentioned
from daemon.log import logger
from daemon.reader import Read, ReaderDied
from daemon.reading.model import Reading
from daemon.store_book import Book, Quarantined, mail_key
from policies.case import Act, Kind

BACKLOG = 20
"""So many new mails at once are read by several processes."""

POISON = 3
"""A mail that has ended the process that reads it this often is put aside."""


class Intake:
    """Reads what arrives in one account.

    `read` takes octets, INTERNALDATE, and whether a glance will not do; it raises only ReaderDied.
    `knows` says whether any of some Message-IDs and addresses has to do with a case.  `read_many` is for a
    backlog: it glances at mails in several processes, and leaves out what is to be read alone.
    """

    def __init__(
        self,
        book: Book,
        audit: Audit,
        read: Callable[[bytes, datetime, bool], Read],
        knows: Callable[[Iterable[str]], bool],
        read_many: Callable[[Sequence[tuple[bytes, datetime]]], Sequence[Read | None]] = lambda _: (),
    ) -> None:
        self._book = book
        self._audit = audit
        self._read = read
        self._knows = knows
        self._read_many = read_many

    def take(self, messages: Sequence[StoredMessage], now: datetime, cursor: Cursor | None) -> None:
        """Read what is new, and commit it together with the cursor.

        A mail that ends the process that reads it is put aside after the third time, also over restarts
        (P4); its neighbours are read as ever.  The disk is not waited for: should the machine die, mails
        and cursor are lost together and read again.
        """
        if not messages and cursor == self._book.cursor():
            return
        mails = {mail_key(message.octets): message for message in messages}
        unseen = self._book.unseen(mails)
        found: list[tuple[Read, str]] = []
        fresh: set[str] = set()  # what this batch adds to what `knows` knows
        poison: dict[bytes, str] = {}
        new = [key for key in mails if key in unseen]
        ready = self._at_once({key: mails[key] for key in new})
        for key in new:
            try:
                read = self._patiently(key, mails[key], fresh, ready.get(key))
                found.append((read, mails[key].thread_id or ""))
                fresh |= known_by(read.reading)
            except ReaderDied as died:
                poison[key] = str(died)
        with self._book.store.transaction(durable=False):
            for read, thread_id in found:
                if read.reading.unreadable:
                    logger().warning("unreadable", mail=self._audit.hash(read.reading.key))
                elif worth_keeping(read.reading):
                    self._book.add_reading(read.reading, now, thread_id, read.body)
            for key, reason in poison.items():
                self._quarantine(key, mails[key], reason, now)
            self._book.mark_seen(unseen)
            if cursor is not None:
                self._book.set_cursor(cursor)

    def _at_once(self, mails: dict[bytes, StoredMessage]) -> dict[bytes, Read]:
        """Return what the mails of a backlog say, as far as that could be told with a glance."""
        if len(mails) < BACKLOG:
            return {}
        found = self._read_many([(mail.octets, mail.internal_date) for mail in mails.values()])
        return {key: read for key, read in zip(mails, found, strict=False) if read}

    def _patiently(self, key: bytes, mail: StoredMessage, fresh: set[str], ready: Read | None) -> Read:
        """Return what a mail says; where reading it fails, try again as often as is allowed.

        What is `ready` will do, unless it was only glanced at and turns out to have to do with a case.
        """
        names = mentioned(mail.octets)
        whole = not fresh.isdisjoint(names) or self._knows(names)
        if ready and not (whole and ready.reading.glanced):
            return ready
        while True:
            try:
                return self._read(mail.octets, mail.internal_date, whole)
            except ReaderDied as died:
                failures = self._book.count_failure(key)
                logger().warning("reading_failed", mail=key.hex(), reason=str(died), failures=failures)
                if failures >= POISON:
                    raise

    def _quarantine(self, key: bytes, mail: StoredMessage, reason: str, now: datetime) -> None:
        self._book.quarantine(key, Quarantined(mail.mailbox, mail.uid, reason, now))
        self._audit.record(now, quarantined(key, reason))


def known_by(reading: Reading) -> frozenset[str]:
    """Return the Message-IDs and addresses by which other mails of this one's case may be known."""
    if not worth_keeping(reading) or (reading.kind in (Kind.OTHER, Kind.JOB_ALERT) and not reading.outgoing):
        return frozenset()
    author = {reading.sender.address} if reading.sender and not reading.outgoing else set()
    return frozenset({reading.message_id, *reading.in_reply_to, *reading.references, *author} - {""})


def worth_keeping(reading: Reading) -> bool:
    """Return whether a mail might belong to a case: most mail in a mailbox is a list's or a machine's."""
    if reading.unreadable or reading.glanced:
        return False
    if reading.outgoing and reading.sender and {a.address for a in reading.to} == {reading.sender.address}:
        return False  # a note to oneself says nothing to an employer
    if reading.outgoing:
        return bool(reading.in_reply_to) or reading.act is not Act.OTHER
    return (
        reading.kind not in (Kind.OTHER, Kind.JOB_ALERT) or not reading.automatic or bool(reading.in_reply_to)
    )
