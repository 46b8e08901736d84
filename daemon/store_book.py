"""One account's part of the state: what was seen, read, linked, raised and noted.

Rows in, values out.  Nothing here decides anything; drafts are `ledger`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from connectors.connector import Cursor
from daemon.reading.model import Reading
from daemon.store import Store, moment, stamp
from policies.case import Raised

_decoder = msgspec.json.Decoder(Reading)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A mail that is not read any more because reading it ended the program."""

    mailbox: str
    uid: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What the store knows of a case besides its readings; `said` is the digest of the last decision."""

    id: str
    opened_at: datetime
    due: datetime | None
    touched: bool
    said: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A reading, the case it belongs to, and in words why."""

    reading: Reading
    case_id: str | None
    why: str
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was read: its reading, the account's own thread, its new text."""

    reading: Reading
    thread_id: str
    body: str


def mail_key(octets: bytes) -> bytes:
    """Return sixteen octets that name a mail before anybody parsed it: a hash of its header."""
    end = octets.find(b"\r\n\r\n", 0, 65536)
    return hashlib.blake2b(octets[: end if end >= 0 else 65536], digest_size=16).digest()


class Book:
    """One account in the store."""

    def __init__(self, store: Store, number: int, name: str) -> None:
        self.store = store
        self.number = number
        self.name = name

    def _rows(self, sql: str, *parameters: object) -> Any:
        return self.store.db.execute(sql, [self.number, *parameters])

    def _many(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        self.store.db.executemany(sql, [(self.number, *row) for row in rows])

    # The account itself

    def cursor(self) -> Cursor | None:
        """Return where the connector stood when it was last committed."""
        text = self._rows("select cursor from accounts where id = ?").fetchone()[0]
        return Cursor(text) if text is not None else None

    def set_cursor(self, cursor: Cursor | None) -> None:
        """Remember where the connector stands."""
        self.store.db.execute("update accounts set cursor = ? where id = ?", [cursor, self.number])

    def observed_from(self) -> datetime:
        """Return since when this state has watched: nothing is raised for what lay before (P8)."""
        return moment(self._rows("select observed_from from accounts where id = ?").fetchone()[0])

    def status(self) -> dict[str, Any]:
        """Return how the account is doing, as the service last wrote it down."""
        blob = self._rows("select status from accounts where id = ?").fetchone()[0]
        return msgspec.json.decode(blob, type=dict[str, Any]) if blob else {}

    def set_status(self, status: dict[str, Any]) -> None:
        """Write down how the account is doing."""
        self.store.db.execute(
            "update accounts set status = ? where id = ?", [msgspec.json.encode(status), self.number]
        )

    # Mails looked at

    def unseen(self, mails: Iterable[bytes]) -> set[bytes]:
        """Return those of the mails that were never looked at."""
        known = "select 1 from seen where account = ? and mail = ?"
        return {mail for mail in mails if self._rows(known, mail).fetchone() is None}

    def mark_seen(self, mails: Iterable[bytes]) -> None:
        """Remember that the mails were looked at, and that reading them did no harm."""
        mails = tuple(mails)
        self._many("insert or ignore into seen values (?, ?)", ((m,) for m in mails))
        self._many("delete from failures where account = ? and mail = ?", ((m,) for m in mails))

    def count_failure(self, mail: bytes) -> int:
        """Count that reading a mail failed, and return how often it has by now."""
        sql = """insert into failures values (?, ?, 1)
                 on conflict (account, mail) do update set count = count + 1 returning count"""
        return int(self._rows(sql, mail).fetchone()[0])

    def quarantine(self, mail: bytes, found: Quarantined) -> None:
        """Put a mail aside for good."""
        self._many(
            "insert or replace into quarantine values (?, ?, ?, ?, ?, ?)",
            [(mail, found.mailbox, found.uid, found.reason, stamp(found.at))],
        )
        self.mark_seen([mail])

    def quarantined(self) -> tuple[Quarantined, ...]:
        """Return the mails put aside, oldest first."""
        sql = "select mailbox, uid, reason, at from quarantine where account = ? order by at"
        return tuple(Quarantined(m, u, r, moment(at)) for m, u, r, at in self._rows(sql))

    # Readings

    def add_reading(self, reading: Reading, now: datetime, thread_id: str = "", body: str = "") -> bool:
        """Keep a reading until it is linked; return False where its mail is known already.

        `body` is the mail's new text, which a note that answers it may look at.
        """
        done = self._rows(
            """insert or ignore into readings (account, key, date, state, taken_at, thread_id, body, reading)
               values (?, ?, ?, 'pending', ?, ?, ?, ?)""",
            reading.key,
            stamp(reading.date),
            stamp(now),
            thread_id,
            body,
            msgspec.json.encode(reading),
        )
        return int(done.rowcount) > 0

    def note_down(self, reading: Reading, case_id: str, now: datetime) -> None:
        """Put what the user wrote down into a case, in the place of what they wrote under that key before."""
        self._rows("delete from readings where account = ? and key = ?", reading.key)
        self.add_reading(reading, now)
        self.link(reading.key, case_id, "you wrote it down", now)

    def pending(self) -> tuple[Reading, ...]:
        """Return the readings nobody has linked yet, in order of their dates."""
        return self._readings("state = 'pending'")

    def loose(self) -> tuple[Reading, ...]:
        """Return the readings that belong to no case yet, in order of their dates."""
        return self._readings("state = 'loose'")

    def case_readings(self, case_id: str) -> tuple[Reading, ...]:
        """Return the readings of a case, in order of their dates."""
        return self._readings("state = 'linked' and case_id = ?", case_id)

    def mail(self, key: str) -> Mail | None:
        """Return what a note needs of the mail it answers."""
        sql = "select reading, thread_id, body from readings where account = ? and key = ?"
        row = self._rows(sql, key).fetchone()
        return Mail(_decoder.decode(row[0]), row[1], row[2]) if row else None

    def mails(self, case_id: str) -> tuple[Mail, ...]:
        """Return the mails of a case, in order of their dates."""
        sql = """select reading, thread_id, body from readings
                 where account = ? and case_id = ? order by date, key"""
        return tuple(Mail(_decoder.decode(r), t, b) for r, t, b in self._rows(sql, case_id))

    def _readings(self, where: str, *parameters: str) -> tuple[Reading, ...]:
        sql = f"select reading from readings where account = ? and {where} order by date, key"  # noqa: S608
        return tuple(_decoder.decode(row[0]) for row in self._rows(sql, *parameters))

    def links(self, case_id: str = "") -> Iterator[Linked]:
        """Yield the linked readings, of one case or of all, in order of their dates."""
        sql = """select reading, case_id, why, by_hand from readings
                 where account = ? and state = 'linked' and (? = '' or case_id = ?) order by date, key"""
        for blob, case, why, by_hand in self._rows(sql, case_id, case_id):
            yield Linked(_decoder.decode(blob), case, why, bool(by_hand))

    def last_mail(self) -> datetime | None:
        """Return the date of the latest mail that belongs to a case."""
        sql = "select max(date) from readings where account = ? and state = 'linked'"
        text = self._rows(sql).fetchone()[0]
        return moment(text) if text else None

    def link(self, key: str, case_id: str, why: str, now: datetime, *, by_hand: bool = False) -> None:
        """Put a reading into a case, which is created where it is new, and is to be looked at."""
        self._rows(
            "update readings set state = 'linked', case_id = ?2, why = ?3, by_hand = ?4"
            " where account = ?1 and key = ?5",
            case_id,
            why,
            by_hand,
            key,
        )
        self._rows(
            "insert or ignore into cases (account, id, opened_at) values (?, ?, ?)", case_id, stamp(now)
        )
        self.touch(case_id)

    def leave_loose(self, key: str) -> None:
        """Keep a reading that belongs to no case yet."""
        self._rows("update readings set state = 'loose', case_id = null where account = ? and key = ?", key)

    def drop(self, keys: Iterable[str]) -> None:
        """Forget readings that belong to no case; the mails stay seen."""
        self._many(
            "delete from readings where account = ? and key = ? and state <> 'linked'", ((k,) for k in keys)
        )

    def tidy(self, loose_before: datetime) -> None:
        """Forget loose readings older than a moment, and give pages no longer needed back to the disk."""
        self._rows(
            "delete from readings where account = ? and state = 'loose' and date < ?", stamp(loose_before)
        )
        self.store.db.execute("pragma incremental_vacuum").fetchall()

    # Cases

    def cases(self) -> tuple[CaseRow, ...]:
        """Return all cases, the latest opened last."""
        sql = "select id, opened_at, due, touched, said from cases where account = ? order by opened_at, id"
        return tuple(_case_row(row) for row in self._rows(sql))

    def case(self, case_id: str) -> CaseRow | None:
        """Return a case's row."""
        sql = "select id, opened_at, due, touched, said from cases where account = ? and id = ?"
        row = self._rows(sql, case_id).fetchone()
        return _case_row(row) if row else None

    def touch(self, case_id: str) -> None:
        """Have the case looked at in the next step."""
        self._rows("update cases set touched = 1 where account = ? and id = ?", case_id)

    def touch_all(self) -> None:
        """Have every case looked at in the next step (the policy changed)."""
        self._rows("update cases set touched = 1 where account = ?")

    def to_ask(self, now: datetime) -> tuple[str, ...]:
        """Return the cases that were touched or whose due moment has come."""
        sql = """select id from cases where account = ?1 and touched = 1
                 union select id from cases where account = ?1 and due <= ?2"""
        return tuple(row[0] for row in self._rows(sql, stamp(now)))

    def settle(self, case_id: str, due: datetime | None, said: str) -> None:
        """Write down when the case is to be asked next, and what was said about it."""
        self._rows(
            "update cases set touched = 0, due = ?2, said = ?3 where account = ?1 and id = ?4",
            stamp(due) if due else None,
            said,
            case_id,
        )

    def next_due(self) -> datetime | None:
        """Return the next moment a case wants to be asked."""
        text = self._rows("select min(due) from cases where account = ? and due is not null").fetchone()[0]
        return moment(text) if text else None

    def inherit(self, gone: str, into: str) -> None:
        """Give what was drafted, raised and noted in one case to another, and remove the first."""
        for table in ("drafts", "raised", "facts"):
            self._rows(f"update {table} set case_id = ?2 where account = ?1 and case_id = ?3", into, gone)  # noqa: S608
        self._rows("delete from cases where account = ? and id = ?", gone)
        self.touch(into)

    # What was said to the user, and what they said to us

    def raise_once(self, case_id: str, key: str, action: str, text: str, now: datetime) -> bool:
        """Write down that something was said; return False where it had been said before."""
        done = self._rows(
            "insert or ignore into raised values (?, ?, ?, ?, ?, ?)", key, case_id, action, text, stamp(now)
        )
        return int(done.rowcount) > 0

    def raised(self, case_id: str) -> tuple[Raised, ...]:
        """Return what was raised in a case, oldest first."""
        sql = "select key, at from raised where account = ? and case_id = ? order by at, key"
        return tuple(Raised(key, moment(at)) for key, at in self._rows(sql, case_id))

    def raised_texts(self, case_id: str) -> tuple[tuple[datetime, str, str], ...]:
        """Return what was raised as (moment, action, text), oldest first."""
        sql = "select at, action, text from raised where account = ? and case_id = ? order by at, key"
        return tuple((moment(at), action, text) for at, action, text in self._rows(sql, case_id))

    def add_fact(self, case_id: str, name: str, value: str, now: datetime) -> None:
        """Keep what the user told us about a case."""
        self._rows(
            "insert into facts (account, case_id, name, value, at) values (?, ?, ?, ?, ?)",
            case_id,
            name,
            value,
            stamp(now),
        )
        self.touch(case_id)

    def facts(self, case_id: str, until: datetime | None = None) -> tuple[tuple[str, str], ...]:
        """Return what the user told us about a case (`until` a moment), in the order it was told."""
        sql = "select name, value from facts where account = ? and case_id = ? and at <= ? order by id"
        last = stamp(until) if until else "9"  # later than any year
        return tuple((name, value) for name, value in self._rows(sql, case_id, last))


def _case_row(row: tuple[str, str, str | None, int, str]) -> CaseRow:
    case_id, opened_at, due, touched, said = row
    return CaseRow(case_id, moment(opened_at), moment(due) if due else None, bool(touched), said)
