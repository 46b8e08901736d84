"""Drafts are stored exactly once and taken back only while they are ours, whatever fails in between."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from folder_account import FolderAccount
from fuse import Fuse

from connectors.connector import Connector, SpecialUse
from connectors.errors import Unavailable
from connectors.memory import MemoryConnector
from daemon.ledger import RETRY, Ledger
from daemon.store import Store
from daemon.store_drafts import Drafts, Entry, digest_of
from policies.case import DraftState, Note

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LETTER = (
    b"From: ana@mail.example\r\nTo: kim@acme.example\r\nMessage-ID: <aw.1@mail.example>\r\n\r\nThanks.\r\n"
)


def entry(key: str = "thank-you:kim") -> Entry:
    return Entry(
        key=key,
        case_id="acme-1234",
        note=Note.THANK_YOU,
        to="kim@acme.example",
        state=DraftState.INTENDED,
        answers="invitation@acme.example",
        message_id="aw.1@mail.example",
        octets=LETTER,
        digest=digest_of(LETTER),
        intended_at=NOW,
        changed_at=NOW,
    )


def ledger(connector: Connector, store: Store | None = None) -> Ledger:
    book = (store or Store.memory()).account("ana@mail.example", NOW)
    return Ledger(connector, Drafts(book), lambda _entry, _now: None)


def test_a_note_is_laid_once_however_often_it_is_asked_for() -> None:
    """The same decision never lays a second draft."""
    account = MemoryConnector(lambda: NOW)
    book = ledger(account)
    first = book.lay(entry(), NOW)
    second = book.lay(entry(), NOW + timedelta(days=1))
    assert first.state is second.state is DraftState.PLACED
    assert [mail.octets for mail in account.drafts()] == [LETTER]


def test_a_draft_that_lies_there_already_is_recognised_after_the_state_was_lost() -> None:
    """A new state finds the draft by its Message-ID and lays no second one."""
    account = MemoryConnector(lambda: NOW)
    ledger(account).lay(entry(), NOW)
    again = ledger(account).lay(entry(), NOW)
    assert again.state is DraftState.PLACED
    assert again.ref
    assert len(account.drafts()) == 1


@pytest.mark.parametrize(("act", "state"), [("send", DraftState.SENT), ("delete", DraftState.DISCARDED)])
def test_what_the_user_did_with_a_draft_counts_after_the_state_was_lost(act: str, state: DraftState) -> None:
    """A draft that was sent or deleted is not laid again by a program that forgot it."""
    account = MemoryConnector(lambda: NOW)
    ledger(account).lay(entry(), NOW)
    account.send_draft("aw.1@mail.example") if act == "send" else account.delete_draft("aw.1@mail.example")
    assert ledger(account).lay(entry(), NOW).state is state
    assert account.drafts() == ()


def test_a_lost_answer_is_looked_up_before_a_second_attempt(tmp_path: Path) -> None:
    """When nobody knows whether the draft was stored, the next attempt looks first."""
    account, store = FolderAccount(tmp_path), Store.memory()
    account.loses_answers = True
    book = ledger(account, store)
    with pytest.raises(Unavailable):
        book.lay(entry(), NOW)
    assert [e.state for e in book.drafts.of_case("acme-1234")] == [DraftState.INTENDED]
    account.loses_answers = False
    placed = book.place_waiting(NOW + timedelta(minutes=1))
    assert [e.state for e in placed] == [DraftState.PLACED]
    assert len(account.drafts()) == 1


def test_a_refusal_is_kept_and_tried_again_on_a_schedule(tmp_path: Path) -> None:
    """Quota, size, read-only: the reason is remembered, and the account is not hammered."""
    account, store = FolderAccount(tmp_path), Store.memory()
    account.refuses = "The mailbox is full."
    book = ledger(account, store)
    blocked = book.lay(entry(), NOW)
    assert (blocked.state, blocked.reason) == (DraftState.BLOCKED, "The mailbox is full.")
    at = NOW
    for wait in (*RETRY, RETRY[-1]):
        assert book.place_waiting(at + wait - timedelta(seconds=1)) == ()
        at += wait
        assert [e.state for e in book.place_waiting(at)] == [DraftState.BLOCKED]
    account.refuses = ""
    assert [e.state for e in book.place_waiting(at + RETRY[-1])] == [DraftState.PLACED]
    assert len(account.drafts()) == 1


def test_an_untouched_draft_is_taken_back() -> None:
    """A stale draft that is still byte for byte ours disappears."""
    account = MemoryConnector(lambda: NOW)
    book = ledger(account)
    taken = book.take_back(book.lay(entry(), NOW), NOW, "they wrote")
    assert (taken.state, taken.reason) == (DraftState.WITHDRAWN, "they wrote")
    assert account.drafts() == ()
    assert account.locate("aw.1@mail.example") == frozenset()


def test_an_edited_draft_is_left_alone() -> None:
    """One changed octet makes the draft the user's: it stays where it is."""
    account = MemoryConnector(lambda: NOW)
    book = ledger(account)
    laid = book.lay(entry(), NOW)
    account.edit_draft("aw.1@mail.example", LETTER.replace(b"Thanks", b"thanks"))
    assert book.take_back(laid, NOW, "they wrote").state is DraftState.EDITED
    assert len(account.drafts()) == 1


def test_a_draft_that_was_never_stored_is_given_up_without_storing_it(tmp_path: Path) -> None:
    """What was only intended when the reason went away is never laid."""
    account = FolderAccount(tmp_path)
    account.refuses = "The mailbox is full."
    book = ledger(account)
    blocked = book.lay(entry(), NOW)
    account.refuses = ""
    assert book.take_back(blocked, NOW, "they wrote").state is DraftState.WITHDRAWN
    assert account.drafts() == ()
    assert book.place_waiting(NOW + timedelta(days=9)) == ()


def test_an_intended_draft_that_did_reach_the_account_is_taken_back_from_there(tmp_path: Path) -> None:
    """A lost answer followed by the employer's reply leaves no draft behind."""
    account = FolderAccount(tmp_path)
    account.loses_answers = True
    book = ledger(account)
    with pytest.raises(Unavailable):
        book.lay(entry(), NOW)
    waiting = book.drafts.of_case("acme-1234")[0]
    assert book.take_back(waiting, NOW, "they wrote").state is DraftState.WITHDRAWN
    assert account.drafts() == ()


class _Burning(FolderAccount):
    """An account that burns the fuse before and after everything it does."""

    def __init__(self, root: Path, fuse: Fuse) -> None:
        super().__init__(root)
        self._fuse = fuse

    def __getattribute__(self, name: str) -> object:
        found = super().__getattribute__(name)
        if name not in ("append_draft", "locate", "find_draft", "remove_draft"):
            return found
        fuse: Fuse = super().__getattribute__("_fuse")

        def burning(*arguments: object) -> object:
            fuse.burn()
            result = found(*arguments)
            fuse.burn()
            return result

        return burning


def _round(root: Path, length: int, work: Callable[[Ledger], object]) -> bool:
    """Work in a process of its own that is killed after `length` steps; return whether it came to an end."""
    child = os.fork()
    if not child:
        fuse = Fuse(length)
        store = Store.open(root / "state", NOW)
        store.db.set_trace_callback(fuse.burn)
        work(ledger(_Burning(root / "account", fuse), store))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _lay_again(book: Ledger) -> None:
    book.lay(entry(), NOW)
    book.place_waiting(NOW)


def _take_back(book: Ledger) -> None:
    for each in book.drafts.of_case("acme-1234"):
        if each.state is not DraftState.WITHDRAWN:
            book.take_back(each, NOW, "they wrote")


def test_kill_9_at_any_point_never_makes_a_second_draft_nor_loses_the_first(tmp_path: Path) -> None:
    """However often and wherever the process is killed, there is one draft in the end, and it is known."""
    empty = tmp_path / "empty"
    Store.open(empty / "state", NOW).close()
    length, finished = 0, False
    while not finished:
        root = tmp_path / str(length)
        shutil.copytree(empty, root)
        finished = _round(root, length, _lay_again)
        account = FolderAccount(root / "account")
        assert len(account.drafts()) <= 1
        _round(root, length // 2, _lay_again)
        assert _round(root, 10_000, _lay_again)
        assert len(account.drafts()) == 1
        kept = ledger(account, Store.open(root / "state", NOW)).drafts.of_case("acme-1234")
        assert [e.state for e in kept] == [DraftState.PLACED]
        length += 1
    assert length > 20


BETTER = LETTER.replace(b"Thanks.", b"Thanks for the talk about the new site.")


def _improve(book: Ledger) -> None:
    for each in book.drafts.of_case("acme-1234"):
        if each.octets == LETTER:
            book.improve(each, BETTER, NOW)
    book.place_waiting(NOW)


def test_kill_9_while_improving_leaves_one_draft_old_or_new_and_new_in_the_end(tmp_path: Path) -> None:
    """Killed anywhere while a better text takes a draft's place, the next start finishes it."""
    stored = tmp_path / "stored"
    assert _round(stored, 10_000, _lay_again)
    length, finished = 0, False
    while not finished:
        root = tmp_path / str(length)
        shutil.copytree(stored, root)
        finished = _round(root, length, _improve)
        assert _round(root, 10_000, _improve)
        account = FolderAccount(root / "account")
        assert [mail.octets for mail in account.drafts()] == [BETTER]
        kept = ledger(account, Store.open(root / "state", NOW)).drafts.of_case("acme-1234")
        assert [e.state for e in kept] == [DraftState.PLACED]
        length += 1


def test_kill_9_while_taking_back_leaves_no_draft_and_never_a_foreign_one_gone(tmp_path: Path) -> None:
    """Killed anywhere while withdrawing, the next start finishes it; the user's own draft stays."""
    stored = tmp_path / "stored"
    assert _round(stored, 10_000, _lay_again)
    (stored / "account" / "Drafts" / "theirs.eml").write_bytes(b"Message-ID: <mine@mail.example>\r\n\r\nDear")
    length, finished = 0, False
    while not finished:
        root = tmp_path / str(length)
        shutil.copytree(stored, root)
        finished = _round(root, length, _take_back)
        assert _round(root, 10_000, _take_back)
        account = FolderAccount(root / "account")
        assert [mail.uid for mail in account.drafts()] == ["theirs"]
        kept = ledger(account, Store.open(root / "state", NOW)).drafts.of_case("acme-1234")
        assert [e.state for e in kept] == [DraftState.WITHDRAWN]
        length += 1
    assert account.locate("mine@mail.example") == frozenset({SpecialUse.DRAFTS})
