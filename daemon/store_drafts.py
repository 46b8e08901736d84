"""The ledger's rows: every note the program ever meant to write for an account, and what became of it.

Rows in, values out.  When a draft may be stored or taken back is `ledger`'s to know.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import msgspec

from connectors.connector import DraftRef
from daemon.store import moment, stamp
from daemon.store_book import Book
from policies.case import Draft, DraftState, Note
from policies.decision import Decision

LIVE = (DraftState.PLACED, DraftState.EDITED)
"""States of drafts that lie in the account, and may change there."""

UNPLACED = (DraftState.INTENDED, DraftState.BLOCKED)
"""States of drafts that are written down here, and are still to be stored in the account."""

_decision = msgspec.json.Decoder(Decision | None)

_COLUMNS = """key, case_id, note, recipient, state, answers, message_id, thread_id, subject, octets, digest,
    ref, reason, intended_at, changed_at, attempts, again_at, decision"""


class Periodical(StrEnum):
    """What is laid by the calendar, for the user alone; it belongs to no case."""

    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Entry:
    """One note in the ledger, or a periodical, whose `case_id` is empty.

    `octets` is the draft byte for byte, None once it can never be ours again; `digest` (SHA-256) stays.
    `ref` is where it lies; `reason` says why it is in its state; `again_at` is when to look again: to store
    what was refused, or to take a draft that vanished for deleted.  `decision` is what asked for it.
    """

    key: str
    case_id: str
    note: Note | Periodical
    to: str
    state: DraftState
    answers: str
    message_id: str
    octets: bytes | None
    digest: bytes
    intended_at: datetime
    changed_at: datetime
    thread_id: str = ""
    subject: str = ""
    ref: DraftRef | None = None
    reason: str = ""
    attempts: int = 0
    again_at: datetime | None = None
    decision: Decision | None = None

    def draft(self) -> Draft:
        """Return what a policy may see of it; only notes are a policy's."""
        assert isinstance(self.note, Note)
        return Draft(self.key, self.note, self.to, self.state, self.intended_at, self.changed_at)

    def turned(self, state: DraftState, now: datetime, reason: str = "") -> Entry:
        """Return the entry in another state."""
        return replace(self, state=state, changed_at=now, reason=reason, again_at=None)


def digest_of(octets: bytes) -> bytes:
    """Return the hash a draft is known by when its octets are gone."""
    return hashlib.sha256(octets).digest()


class Drafts:
    """The ledger's rows of one account."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._db = book.store.db

    def put(self, entry: Entry) -> None:
        """Write an entry, new or changed."""
        ref = msgspec.json.encode(entry.ref) if entry.ref else None
        row = (
            self.book.number, entry.key, entry.case_id, entry.note, entry.to, entry.state, entry.answers,
            entry.message_id, entry.thread_id, entry.subject, entry.octets, entry.digest, ref, entry.reason,
            stamp(entry.intended_at), stamp(entry.changed_at), entry.attempts,
            stamp(entry.again_at) if entry.again_at else None, msgspec.json.encode(entry.decision),
        )  # fmt: skip
        places = ", ".join("?" * len(row))
        self._db.execute(f"insert or replace into drafts (account, {_COLUMNS}) values ({places})", row)  # noqa: S608

    def get(self, key: str) -> Entry | None:
        """Return the entry with this decision's key."""
        found = self._select("key = ?", key)
        return found[0] if found else None

    def forget_unwritten(self) -> None:
        """Forget notes that could not be written, so that they are tried anew."""
        self._db.execute(
            "delete from drafts where account = ? and state = ? and octets is null",
            [self.book.number, DraftState.BLOCKED],
        )

    def lately(self, state: DraftState, since: datetime) -> tuple[Entry, ...]:
        """Return the entries that came into a state since then, oldest first."""
        return self._select("state = ? and changed_at >= ?", state, stamp(since))

    def of_case(self, case_id: str) -> tuple[Entry, ...]:
        """Return the entries of a case, oldest first."""
        return self._select("case_id = ?", case_id)

    def in_states(self, states: tuple[DraftState, ...]) -> tuple[Entry, ...]:
        """Return all entries in these states, oldest first."""
        return self._select(f"state in ({', '.join('?' * len(states))})", *states)

    def next_again(self) -> datetime | None:
        """Return the next moment at which a draft is to be looked at again."""
        sql = "select min(again_at) from drafts where account = ?"
        text = self._db.execute(sql, [self.book.number]).fetchone()[0]
        return moment(text) if text else None

    def message_ids(self) -> tuple[tuple[str, str], ...]:
        """Return (case, Message-ID) of every draft of a case, so that answers to it find their case."""
        sql = "select case_id, message_id from drafts where account = ? and case_id <> ''"
        return tuple(self._db.execute(sql, [self.book.number]))

    def _select(self, where: str, *parameters: str) -> tuple[Entry, ...]:
        sql = f"select {_COLUMNS} from drafts where account = ? and {where} order by intended_at, key"  # noqa: S608
        return tuple(_entry(row) for row in self._db.execute(sql, [self.book.number, *parameters]))


def _entry(row: tuple[object, ...]) -> Entry:
    (key, case_id, note, to, state, answers, message_id, thread_id, subject, octets, digest, ref,
     reason, intended_at, changed_at, attempts, again_at, decision) = row  # fmt: skip
    return Entry(
        key=str(key),
        case_id=str(case_id),
        note=Periodical.DIGEST if note == Periodical.DIGEST else Note(str(note)),
        to=str(to),
        state=DraftState(str(state)),
        answers=str(answers),
        message_id=str(message_id),
        octets=octets if isinstance(octets, bytes) else None,
        digest=digest if isinstance(digest, bytes) else b"",
        intended_at=moment(str(intended_at)),
        changed_at=moment(str(changed_at)),
        thread_id=str(thread_id),
        subject=str(subject),
        ref=msgspec.json.decode(ref, type=DraftRef) if isinstance(ref, bytes) else None,
        reason=str(reason),
        attempts=int(str(attempts)),
        again_at=moment(str(again_at)) if again_at else None,
        decision=_decision.decode(decision) if isinstance(decision, bytes) else None,
    )
