"""Debriefs coming back: from Drafts, where the user saved the answers, or from Sent, sent to oneself.

Only these two mailboxes are believed: nobody but the user puts mail there.  What the answers mean is not
known here, nor what follows from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.connector import SpecialUse, StoredMessage
from daemon.audit import Audit
from daemon.audit_records import UserSaid
from daemon.drafting import life
from daemon.ledger import Ledger, row
from daemon.reading.model import Reading
from daemon.store_book import Book
from daemon.store_drafts import Entry
from policies.case import Case, DraftState, Note

SETTLED = timedelta(minutes=2)
"""A draft saved more lately than this may still be being written."""

INTERESTED = "interested"
COMES_BACK = (DraftState.PLACED, DraftState.EDITED, DraftState.SENT, DraftState.DISCARDED)

Answered = Callable[[bytes, Entry, Case], Reading | None]


class Debriefs:
    """Writes down in a case what its debrief says, as often as it says something else."""

    def __init__(
        self, book: Book, audit: Audit, ledger: Ledger, case: Callable[[str], Case], answered: Answered
    ) -> None:
        self._book = book
        self._audit = audit
        self._ledger = ledger
        self._case = case
        self._answered = answered

    def lying(self, entry: Entry, stored: StoredMessage, now: datetime) -> None:
        """Read a draft the user changed, as it lies there now, if it is a debrief and rests."""
        if entry.note is Note.DEBRIEF and stored.internal_date <= now - SETTLED:
            self._write_down(entry, stored.octets, now)

    def sent(self, messages: Sequence[StoredMessage], now: datetime) -> None:
        """Read the debriefs among newly found mails that the user sent to their own address."""
        mails = [stored for stored in messages if stored.use is SpecialUse.SENT]
        laid = (
            [e for e in self._ledger.drafts.in_states(COMES_BACK) if e.note is Note.DEBRIEF] if mails else []
        )
        for entry in laid:
            for stored in mails:
                if life.comes_from(row(entry), life.seen(stored)):
                    self._ledger.save(_sent(entry, now), now)
                    self._write_down(entry, stored.octets, now)

    def _write_down(self, entry: Entry, octets: bytes, now: datetime) -> None:
        case = self._case(entry.case_id)
        said = self._answered(octets, entry, case)
        before = self._book.mail(entry.key)
        if said is None or (before and before.reading == said):
            return
        fresh = set(_interests(said)) - set(_interests(before.reading) if before else ())
        with self._book.store.transaction():
            self._book.note_down(said, entry.case_id, now)
            for name, value in fresh:
                self._book.add_fact(entry.case_id, name, value, now)
            self._audit.record(now, UserSaid(command="debrief", case=entry.case_id))


def _sent(entry: Entry, now: datetime) -> Entry:
    if entry.state is DraftState.SENT:
        return entry
    return replace(entry.turned(DraftState.SENT, now, "You sent it."), octets=None)


def _interests(reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield whether the user still wants the job: the last word on it counts, wherever it was said."""
    yield from (pair for pair in reading.told if pair[0].partition(":")[0] == INTERESTED)
