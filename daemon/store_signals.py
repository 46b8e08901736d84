"""What an account's user is told of at once: rows in, values out.

A signal is found in what the state says already (drafts, what was raised, interviews in mails), so that
none is lost between a crash and the next look; its key keeps it from being told twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from daemon.reading.model import Reading
from daemon.store import moment, stamp
from daemon.store_book import Book

FRESH = timedelta(days=1)
"""What is older when it is first seen is told no more; `afterword status` shows it."""

KEPT = timedelta(days=30)
"""How long it is remembered that something was told."""

_reading = msgspec.json.Decoder(Reading)


class Topic(StrEnum):
    """What a signal is about."""

    STOP = "stop"  # no reply: time to move on
    ADVICE = "advice"
    DRAFT = "draft"  # it waits in Drafts
    INTERVIEW = "interview"  # one was arranged, or moved
    LOGIN = "login"  # the account refused the login
    TROUBLE = "trouble"  # something else only the user can mend


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing to tell.  `about`: the kind of note, an interview's start, or what the trouble is."""

    key: str
    topic: Topic
    case_id: str
    about: str
    at: datetime
    attempts: int = 0


class Signals:
    """The signals of one account."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._db = book.store.db

    def found(self, now: datetime) -> Iterator[Signal]:
        """Yield what has happened in the last day, told or not."""
        since = stamp(now - FRESH)
        yield from self._raised(since)
        yield from self._laid(since)
        yield from self._arranged(since, now)

    def _raised(self, since: str) -> Iterator[Signal]:
        topics = {"stop": Topic.STOP, "advise": Topic.ADVICE}
        sql = "select key, case_id, action, at from raised where account = ? and at >= ?"
        for key, case_id, action, at in self._db.execute(sql, [self._book.number, since]):
            if action in topics:
                yield Signal(f"raised {key}", topics[action], case_id, "", moment(at))

    def _laid(self, since: str) -> Iterator[Signal]:
        sql = """select key, case_id, note, changed_at from drafts
                 where account = ? and case_id <> '' and state = 'placed' and changed_at >= ?"""
        for key, case_id, note, at in self._db.execute(sql, [self._book.number, since]):
            yield Signal(f"draft {key}", Topic.DRAFT, case_id, note, moment(at))

    def _arranged(self, since: str, now: datetime) -> Iterator[Signal]:
        """Yield the interviews to come that mails taken in lately tell of."""
        sql = """select reading, case_id, taken_at from readings
                 where account = ? and state = 'linked' and date >= ? and taken_at >= ?"""
        written = stamp(now - KEPT)
        for blob, case_id, at in self._db.execute(sql, [self._book.number, written, since]):
            for interview in _reading.decode(blob).interviews:
                if interview.start > now and not interview.cancelled:
                    start = stamp(interview.start)
                    yield Signal(f"interview {case_id} {start}", Topic.INTERVIEW, case_id, start, moment(at))

    def add(self, signal: Signal) -> bool:
        """Keep a signal to be told; return False where it was kept or told before."""
        done = self._db.execute(
            """insert or ignore into signals (account, key, topic, case_id, about, at)
               values (?, ?, ?, ?, ?, ?)""",
            [self._book.number, signal.key, signal.topic, signal.case_id, signal.about, stamp(signal.at)],
        )
        return int(done.rowcount) > 0

    def waiting(self) -> tuple[Signal, ...]:
        """Return what is still to be told, oldest first."""
        sql = """select key, topic, case_id, about, at, attempts from signals
                 where account = ? and told_at is null order by at, key"""
        rows = self._db.execute(sql, [self._book.number])
        return tuple(
            Signal(k, Topic(topic), case, about, moment(at), n) for k, topic, case, about, at, n in rows
        )

    def attempt(self, signal: Signal) -> None:
        """Count an attempt to tell it."""
        self._db.execute(
            "update signals set attempts = attempts + 1 where account = ? and key = ?",
            [self._book.number, signal.key],
        )

    def told(self, signal: Signal, now: datetime) -> None:
        """Remember that it was told, or need not be."""
        self._db.execute(
            "update signals set told_at = ? where account = ? and key = ?",
            [stamp(now), self._book.number, signal.key],
        )

    def over(self, *keys: str) -> None:
        """Forget a state that has ended, so that it is told when it comes again."""
        for key in keys:
            self._db.execute("delete from signals where account = ? and key = ?", [self._book.number, key])

    def tidy(self, now: datetime) -> None:
        """Forget what was told long ago and cannot be found any more."""
        self._db.execute(
            "delete from signals where account = ? and told_at < ? and topic not in ('login', 'trouble')",
            [self._book.number, stamp(now - KEPT)],
        )
