"""Remove what is stored about an application, or about all.

With `overwriting` before and `scrub` after it, nothing of it can be read in the file any more.  What keeps
the program from reading the same mails again stays: sixteen octets a mail, and the cursor.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from daemon.store import NAME, Store
from daemon.store_book import Book

OF_CASES = ("readings", "drafts", "raised", "facts", "signals")
"""The tables with a row's case in `case_id`."""

OF_MAILS = ("failures", "quarantine")
"""The tables about mails that belong to no case."""


@dataclass(frozen=True, slots=True)
class Stored:
    """How much is stored about some cases."""

    cases: int
    mails: int
    drafts: int


def stored(book: Book, case_id: str = "") -> Stored:
    """Return how much is stored about a case, or about the whole account."""
    return Stored(
        len(book.cases()) if not case_id else 1,
        _count(book, "readings", case_id),
        _count(book, "drafts", case_id),
    )


def forget_case(book: Book, case_id: str) -> None:
    """Remove a case with its mails, drafts and notes, and the digests, which tell of every case."""
    for table in OF_CASES:
        _delete(book, table, "case_id = ?", case_id)
    _delete(book, "drafts", "case_id = ''")
    _delete(book, "cases", "id = ?", case_id)


def forget_all(book: Book) -> None:
    """Remove every case of the account, and every mail that waits for one."""
    for table in (*OF_CASES, *OF_MAILS, "cases"):
        _delete(book, table, "true")


def overwriting(store: Store) -> None:
    """Have SQLite overwrite what is deleted from now on; call it before a transaction that forgets."""
    store.db.execute("pragma secure_delete=on").fetchall()


def remove_damaged(directory: Path) -> None:
    """Remove damaged states that were put aside."""
    for path in directory.glob(f"{NAME}.damaged-*"):
        path.unlink()


def scrub(store: Store) -> None:
    """Give back the pages that were freed and empty the write-ahead log; call it outside a transaction."""
    store.db.execute("pragma incremental_vacuum").fetchall()
    store.db.execute("pragma wal_checkpoint(truncate)").fetchall()


def _count(book: Book, table: str, case_id: str) -> int:
    sql = f"select count(*) from {table} where account = ?1 and (?2 = '' or case_id = ?2)"  # noqa: S608
    return int(book.store.db.execute(sql, [book.number, case_id]).fetchone()[0])


def _delete(book: Book, table: str, where: str, *values: str) -> None:
    sql = f"delete from {table} where account = ? and {where}"  # noqa: S608
    book.store.db.execute(sql, [book.number, *values])
