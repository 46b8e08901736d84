"""Reading in a process of its own: a bad mail costs that process, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hand_made import ANA

from connectors.connector import Cursor, SpecialUse, StoredMessage
from daemon.audit import Audit
from daemon.intake import POISON, Intake
from daemon.outside import SharedReader, StateLock
from daemon.reader import Read, Reader, ReaderBroken, ReaderDied, read_here
from daemon.reading.model import Me
from daemon.store import Store

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ME = Me(frozenset({ANA}))


def mail(number: int, text: str) -> bytes:
    return (
        f"From: Lou Park <lou@acme.example>\r\nTo: {ANA}\r\nSubject: Your interview\r\n"
        f"Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nMessage-ID: <{number}@acme.example>\r\n\r\n{text}\r\n"
    ).encode()


UPDATE = mail(1, "Thank you for coming in. You will hear from us by the end of next week.")


def spoiled(deed: str) -> Reader:
    """Return a reader whose process does `deed` for a mail that says "poison"."""
    code = f"""
import os, signal, time
import daemon.reader as reader
honest = reader.read_here
def read(octets, *rest):
    if b"poison" in octets:
        {deed}
    return honest(octets, *rest)
reader.read_here = read
reader.main()
"""
    return Reader((sys.executable, "-c", code), patience=8.0)


def nobody(mentioned: Iterable[str]) -> bool:
    """No case is known."""
    return False


def test_a_mail_reads_the_same_in_the_other_process() -> None:
    """Nothing is lost on the way there and back."""
    reader = Reader()
    try:
        assert reader.read(UPDATE, NOW, ME) == read_here(UPDATE, NOW, ME)
        assert reader.read(mail(2, "Hello."), NOW, ME).body == "Hello."
    finally:
        reader.close()


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "ended the process"),
        ("raise RuntimeError", "ended the process"),
        ("time.sleep(60)", "longer than"),
    ],
)
def test_a_mail_that_ends_or_holds_up_the_process_is_given_up(deed: str, said: str) -> None:
    """The error says what happened, and the next mail is read as ever."""
    reader = spoiled(deed)
    try:
        with pytest.raises(ReaderDied, match=said):
            reader.read(mail(1, "poison"), NOW, ME)
        assert reader.read(mail(2, "Hello."), NOW, ME).body == "Hello."
    finally:
        reader.close()


def test_a_program_that_can_read_nothing_blames_no_mail(tmp_path: Path) -> None:
    """Where a harmless mail fails as well, nothing is put aside: the mails wait until it is mended."""
    store = Store.memory()
    book = store.account(ANA, NOW)
    reader = Reader((sys.executable, "-c", "raise SystemExit(1)"))
    intake = Intake(book, Audit(store, tmp_path), lambda octets, at, _: reader.read(octets, at, ME), nobody)
    message = StoredMessage(UPDATE, "INBOX", SpecialUse.INBOX, "1", NOW)
    with pytest.raises(ReaderBroken):
        intake.take([message], NOW, Cursor("1"))
    assert book.quarantined() == ()
    assert book.cursor() is None
    Intake(book, Audit(store, tmp_path), lambda octets, at, _: read_here(octets, at, ME), nobody).take(
        [message], NOW, Cursor("1")
    )
    assert [r.key for r in book.pending()] == ["1@acme.example"]


def test_a_process_that_went_to_sleep_is_started_again() -> None:
    """That the idle process ended by itself is no failure of the mail that comes next."""
    code = "import daemon.reader as reader; reader.IDLE = 0.2; reader.main()"
    reader = Reader((sys.executable, "-c", code))
    try:
        assert reader.read(mail(1, "One."), NOW, ME).body == "One."
        assert reader._child
        reader._child.wait(20)
        assert reader.read(mail(2, "Two."), NOW, ME).body == "Two."
    finally:
        reader.close()


def test_the_process_ends_with_the_one_that_asks() -> None:
    """No process is left behind when the daemon is killed: its pipe closes."""
    reader = Reader()
    reader.read(mail(1, "One."), NOW, ME)
    child = reader._child
    assert child
    assert child.stdin
    child.stdin.close()
    assert child.wait(20) == 0
    reader.close()


def test_a_poisonous_mail_is_put_aside_and_its_neighbours_are_read(tmp_path: Path) -> None:
    """Three attempts, one line in the audit log, and it is never read again."""
    store = Store.memory()
    book = store.account(ANA, NOW)
    reader = spoiled("os.kill(os.getpid(), signal.SIGKILL)")
    tries: list[bytes] = []

    def read(octets: bytes, at: datetime, _: bool) -> Read:
        tries.append(octets)
        return reader.read(octets, at, ME)

    intake = Intake(book, Audit(store, tmp_path), read, nobody)
    messages = [
        StoredMessage(octets, "INBOX", SpecialUse.INBOX, str(number), NOW)
        for number, octets in enumerate([UPDATE, mail(2, "poison"), mail(3, "We will decide by Friday.")])
    ]
    try:
        intake.take(messages, NOW, None)
        intake.take(messages, NOW, None)
    finally:
        reader.close()
    assert len(tries) == POISON + 2
    (aside,) = book.quarantined()
    assert (aside.mailbox, aside.uid) == ("INBOX", "1")
    assert {r.key for r in book.pending()} == {"1@acme.example", "3@acme.example"}


def newsletter(number: int, **fields: str) -> bytes:
    """A list's mail without a word of jobs."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    head = (
        f"Message-ID: <{number}@lists.example>\r\nFrom: News <news@shop.example>\r\nTo: all@shop.example\r\n"
    )
    return f"{head}List-Id: <news.shop.example>\r\nSubject: Spring\r\n{more}\r\nTulips are out.\r\n".encode()


@pytest.mark.parametrize(
    ("mails", "known", "whole"),
    [
        ([newsletter(1)], set(), [False]),
        ([newsletter(1, In_Reply_To="<7@acme.example>")], {"7@acme.example"}, [True]),
        ([newsletter(1, Cc="Maya <Maya@acme.example>")], {"maya@acme.example"}, [True]),
        ([UPDATE, newsletter(2, References="<1@acme.example>")], set(), [False, True]),
    ],
    ids=["nobody we know", "a thread of a case", "a person of a case", "an answer in the same batch"],
)
def test_what_has_to_do_with_a_case_is_read_whole(
    tmp_path: Path, mails: list[bytes], known: set[str], whole: list[bool]
) -> None:
    """A glance may spare a list's mail, but none that mentions a mail or a person of a case."""
    store = Store.memory()
    asked: list[bool] = []

    def read(octets: bytes, at: datetime, all_of_it: bool) -> Read:
        asked.append(all_of_it)
        return read_here(octets, at, ME, all_of_it)

    intake = Intake(
        store.account(ANA, NOW), Audit(store, tmp_path), read, lambda names: bool(known & {*names})
    )
    messages = [StoredMessage(m, "INBOX", SpecialUse.INBOX, str(n), NOW) for n, m in enumerate(mails)]
    intake.take(messages, NOW, None)
    assert asked == whole


def test_a_glance_is_kept_nowhere(tmp_path: Path) -> None:
    """What was only glanced at cannot matter: it is seen, and leaves nothing behind."""
    store = Store.memory()
    book = store.account(ANA, NOW)
    intake = Intake(
        book, Audit(store, tmp_path), lambda octets, at, whole: read_here(octets, at, ME, whole), nobody
    )
    intake.take([StoredMessage(newsletter(1), "INBOX", SpecialUse.INBOX, "1", NOW)], NOW, None)
    assert book.pending() == ()


def test_a_backlog_is_read_by_two_processes_and_says_the_same(tmp_path: Path) -> None:
    """Many mails at once are kept just as one after the other; a deadly one among them costs itself only."""
    mails = [mail(number, f"You will hear from us within {number} days.") for number in range(2, 26)]
    mails[7] = mails[7].replace(b"You will", b"poison")

    def kept(read_many: bool) -> tuple[set[str], int]:
        store = Store.memory()
        book = store.account(ANA, NOW)
        lock = StateLock()
        reader = SharedReader(lock)
        for each in (reader, reader._helper):
            each._command = spoiled("os.kill(os.getpid(), signal.SIGKILL)")._command
        many = (lambda some: reader.read_many(some, ME)) if read_many else (lambda _: ())
        intake = Intake(
            book, Audit(store, tmp_path), lambda o, at, whole: reader.read(o, at, ME, whole), nobody, many
        )
        messages = [StoredMessage(o, "INBOX", SpecialUse.INBOX, str(n), NOW) for n, o in enumerate(mails)]
        try:
            with lock:
                intake.take(messages, NOW, None)
        finally:
            reader.close()
        return {reading.key for reading in book.pending()}, len(book.quarantined())

    at_once, aside = kept(read_many=True)
    assert (at_once, aside) == kept(read_many=False)
    assert aside == 1
    assert len(at_once) == 23
