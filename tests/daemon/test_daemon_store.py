"""The state on disk."""

from __future__ import annotations

import multiprocessing
import multiprocessing.synchronize
import os
import signal
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.connector import Cursor
from daemon.errors import UserError
from daemon.reading.model import Reading
from daemon.store import NAME, StateLocked, Store, moment, only_one, stamp
from daemon.store_book import Quarantined, mail_key
from policies.case import Kind

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def reading(key: str, at: datetime = NOW) -> Reading:
    return Reading(
        key=key,
        message_id=key,
        date=at,
        outgoing=False,
        kind=Kind.EMPLOYER_UPDATE,
        confidence=0.9,
        sender=None,
        subject="Your interview",
    )


def test_nobody_else_can_read_the_state(tmp_path: Path) -> None:
    """The directory is 0700 and every file in it 0600, whatever the umask."""
    before = os.umask(0)
    try:
        store = Store.open(tmp_path / "state", NOW)
        store.account("ana@mail.example", NOW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    files = list((tmp_path / "state").iterdir())
    assert files
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_what_was_committed_is_there_after_reopening(tmp_path: Path) -> None:
    """Cursor, readings, links, facts and due moments outlive the process."""
    store = Store.open(tmp_path, NOW)
    book = store.account("ana@mail.example", NOW)
    with store.transaction():
        book.set_cursor(Cursor("INBOX 1 7"))
        book.add_reading(reading("a@x.example"), NOW, body="We decide next week.")
        book.link("a@x.example", "acme-1234", "first mail", NOW)
        book.add_fact("acme-1234", "note", "the panel was kind", NOW)
        book.settle("acme-1234", NOW + timedelta(days=3), "said")
    store.close()
    again = Store.open(tmp_path, NOW + timedelta(hours=1)).account("ana@mail.example")
    assert again.cursor() == "INBOX 1 7"
    assert again.case_readings("acme-1234") == (reading("a@x.example"),)
    assert again.facts("acme-1234") == (("note", "the panel was kind"),)
    assert again.next_due() == NOW + timedelta(days=3)
    assert again.observed_from() == NOW


def test_a_transaction_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """Either everything of a transaction is kept, or nothing."""
    store = Store.open(tmp_path, NOW)
    book = store.account("ana@mail.example", NOW)

    def fail_half_way() -> None:
        with store.transaction():
            book.set_cursor(Cursor("INBOX 1 7"))
            with store.transaction():
                book.mark_seen([b"k" * 16])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert book.cursor() is None
    assert book.unseen([b"k" * 16]) == {b"k" * 16}


def test_a_damaged_state_is_moved_aside_and_begun_anew(tmp_path: Path) -> None:
    """Damage loses no file and raises nothing for the past: the new state observes from now on."""
    Store.open(tmp_path, NOW).account("ana@mail.example", NOW)
    (tmp_path / NAME).write_bytes(b"SQLite format 3\0" + os.urandom(8192))
    for side in ("-wal", "-shm"):
        (tmp_path / (NAME + side)).unlink(missing_ok=True)
    later = NOW + timedelta(days=40)
    store = Store.open(tmp_path, later)
    assert "damaged" in store.rebuilt
    assert any("damaged" in file.name for file in tmp_path.iterdir())
    assert store.account("ana@mail.example", later).observed_from() == later


def test_a_page_that_rotted_is_noticed_at_the_start(tmp_path: Path) -> None:
    """The quick check finds damage inside the file, not only in its header."""
    store = Store.open(tmp_path, NOW)
    book = store.account("ana@mail.example", NOW)
    with store.transaction():
        for number in range(400):
            book.add_reading(reading(f"{number}@x.example"), NOW)
    store.db.execute("pragma wal_checkpoint(truncate)").fetchall()
    store.close()
    octets = bytearray((tmp_path / NAME).read_bytes())
    for page in range(4096 * 8, len(octets), 4096):
        octets[page : page + 64] = os.urandom(64)
    (tmp_path / NAME).write_bytes(octets)
    assert Store.open(tmp_path, NOW).rebuilt


def test_a_directory_without_permission_is_said_plainly(tmp_path: Path) -> None:
    """A state that cannot be created names the directory and the setting."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError) as caught:
        Store.open(tmp_path / "file" / "state", NOW)
    assert "directory" in " ".join(caught.value.lines())


def test_looking_before_anything_was_watched_says_what_to_do(tmp_path: Path) -> None:
    """`status` without a state tells how to start."""
    with pytest.raises(UserError) as caught:
        Store.look(tmp_path)
    assert "afterword run" in caught.value.hint


def test_somebody_who_looks_cannot_write(tmp_path: Path) -> None:
    """The reading commands open the state read-only."""
    Store.open(tmp_path, NOW).account("ana@mail.example", NOW)
    store = Store.look(tmp_path)
    with pytest.raises(sqlite3.OperationalError):
        store.set_meta("x", "y")


def test_a_second_daemon_is_kept_off(tmp_path: Path) -> None:
    """Two daemons never work on one state; the message names the process that holds it."""
    with only_one(tmp_path):
        with pytest.raises(StateLocked) as caught, only_one(tmp_path):
            pass
        assert str(os.getpid()) in str(caught.value)
    with only_one(tmp_path):
        pass


def _hold(directory: Path, ready: multiprocessing.synchronize.Event) -> None:
    with only_one(directory):
        ready.set()
        signal.pause()


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    """After kill -9 the next start is not kept off."""
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    holder = context.Process(target=_hold, args=(tmp_path, ready))
    holder.start()
    assert ready.wait(10)
    assert holder.pid
    with pytest.raises(StateLocked), only_one(tmp_path):
        pass
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    with only_one(tmp_path):
        pass


def test_a_mail_is_seen_once(tmp_path: Path) -> None:
    """A mail marked as seen is not new again, in whatever mailbox it turns up."""
    book = Store.memory().account("ana@mail.example", NOW)
    one = mail_key(b"Message-ID: <a@x.example>\r\nSubject: x\r\n\r\nbody")
    same = mail_key(b"Message-ID: <a@x.example>\r\nSubject: x\r\n\r\nanother body")
    assert one == same
    assert book.unseen([one]) == {one}
    book.mark_seen([one])
    assert book.unseen([same]) == set()


def test_failures_are_counted_until_the_mail_is_put_aside() -> None:
    """How often reading a mail failed outlives the process; put aside, it is seen for good."""
    book = Store.memory().account("ana@mail.example", NOW)
    assert [book.count_failure(b"k" * 16) for _ in range(3)] == [1, 2, 3]
    book.quarantine(b"k" * 16, Quarantined("INBOX", "9", "ended the process", NOW))
    assert book.unseen([b"k" * 16]) == set()
    assert [q.uid for q in book.quarantined()] == ["9"]
    assert book.count_failure(b"k" * 16) == 1


def test_only_due_or_touched_cases_are_asked() -> None:
    """The cost of a step does not grow with the number of cases that rest."""
    book = Store.memory().account("ana@mail.example", NOW)
    for number in range(50):
        book.add_reading(reading(f"{number}@x.example"), NOW)
        book.link(f"{number}@x.example", f"case-{number}", "first mail", NOW)
        book.settle(f"case-{number}", NOW + timedelta(days=number + 1), "")
    assert book.to_ask(NOW) == ()
    assert book.to_ask(NOW + timedelta(days=1)) == ("case-0",)
    book.touch("case-30")
    assert set(book.to_ask(NOW)) == {"case-30"}


def test_another_process_change_is_noticed(tmp_path: Path) -> None:
    """The number a step compares changes when somebody else wrote, not when we did."""
    ours = Store.open(tmp_path, NOW)
    book = ours.account("ana@mail.example", NOW)
    before = ours.data_version()
    book.set_cursor(Cursor("1"))
    assert ours.data_version() == before
    theirs = Store.open(tmp_path, NOW)
    theirs.set_meta("note", "x")
    assert ours.data_version() != before


def test_moments_sort_as_text() -> None:
    """Moments of any zone are written so that text order is time order."""
    zone = datetime(2026, 3, 2, 11, 30, tzinfo=UTC).astimezone()
    moments = [NOW, NOW + timedelta(microseconds=1), zone, NOW + timedelta(days=200)]
    assert sorted(moments, key=stamp) == sorted(moments)
    assert [moment(stamp(m)) for m in moments] == moments


def test_a_hundred_thousand_mails_seen_fit_into_forty_megabytes(tmp_path: Path) -> None:
    """Remembering that a mail was looked at costs a few dozen octets."""
    store = Store.open(tmp_path, NOW)
    book = store.account("ana@mail.example", NOW)
    with store.transaction():
        book.mark_seen(os.urandom(16) for _ in range(100_000))
    store.db.execute("pragma wal_checkpoint(truncate)").fetchall()
    assert (tmp_path / NAME).stat().st_size < 10_000_000
