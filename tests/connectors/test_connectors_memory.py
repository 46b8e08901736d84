"""The account in memory: the world it plays, and its speed."""

from __future__ import annotations

import contextlib
import time
from datetime import timedelta

import pytest
from connectors_accounts import NOW, everything, mail
from hypothesis import given
from hypothesis import strategies as st

from connectors.connector import Cursor, Removal, SpecialUse
from connectors.errors import Refused, Vanished
from connectors.marks import Mark, Marks
from connectors.memory import MemoryConnector


def test_moments_are_given() -> None:
    """A draft's INTERNALDATE is what the given clock says; without one, that of the latest mail."""
    told = MemoryConnector(now=lambda: NOW)
    told.append_draft(mail("draft"), "<draft@mail.example>")
    assert told.drafts()[0].internal_date == NOW
    untold = MemoryConnector()
    untold.deliver(mail("one"), NOW + timedelta(days=2))
    untold.append_draft(mail("draft"), "<draft@mail.example>")
    assert untold.drafts()[0].internal_date == NOW + timedelta(days=2)


def test_the_user_sends() -> None:
    """A draft the user sends leaves Drafts and comes back as news from Sent, as it is or as changed."""
    account = MemoryConnector()
    _, cursor = everything(account)
    for name in ("same", "changed"):
        account.append_draft(mail(name), f"<{name}@mail.example>")
    account.send_draft("same@mail.example")
    account.send_draft("<changed@mail.example>", mail("other"))
    found, _ = everything(account, cursor)
    assert [(each.octets, each.use) for each in found] == [
        (mail("same"), SpecialUse.SENT),
        (mail("other"), SpecialUse.SENT),
    ]
    assert account.drafts() == ()


def test_the_user_edits_and_deletes() -> None:
    """An edited draft has another UID; a deleted one lies in Trash; what is not there cannot be either."""
    account = MemoryConnector()
    ref = account.append_draft(mail("draft"), "<draft@mail.example>")
    assert account.edit_draft("<draft@mail.example>", mail("draft", "edited")).uid != ref.uid
    assert account.remove_draft(ref, mail("draft")) is Removal.CHANGED
    account.delete_draft("<draft@mail.example>")
    assert account.locate("<draft@mail.example>") == {SpecialUse.TRASH}
    with pytest.raises(Refused, match="no draft"):
        account.edit_draft("<draft@mail.example>", b"")


def test_numbered_anew() -> None:
    """A mailbox that is numbered anew makes old cursors and old UIDs mean nothing."""
    account = MemoryConnector()
    account.deliver(mail("one"), NOW)
    _, cursor = everything(account)
    account.renumber("INBOX")
    with pytest.raises(Vanished):
        everything(account, cursor)
    assert len(everything(account)[0]) == 1


def test_ten_thousand() -> None:
    """Ten thousand mails are delivered, read and followed step by step without a noticeable cost."""
    account, cursor = MemoryConnector(), None
    began = time.process_time()
    for number in range(10_000):
        account.deliver(mail(f"m{number}"), NOW + timedelta(minutes=number))
        if number % 10 == 0:
            _, cursor = everything(account, cursor)
    assert len(everything(account)[0]) == 10_000
    assert time.process_time() - began < 5


@given(st.dictionaries(st.text(), st.tuples(st.integers(0, 2**32), st.integers(0, 2**32)), max_size=5))
def test_marks_round_trip(plain: dict[str, tuple[int, int]]) -> None:
    """What a cursor says is what was put into it, whatever the mailboxes are called."""
    marks = Marks({name: Mark(*numbers) for name, numbers in plain.items()})
    assert Marks.read(marks.cursor()) == marks


@given(
    st.text() | st.sampled_from(["[]", "{}", "null", '{"a": 1}', '{"a": [1]}', '{"a": ["x", 1]}', "1e999"])
)
def test_marks_of_anything(text: str) -> None:
    """Any text is a cursor or Vanished."""
    with contextlib.suppress(Vanished):
        Marks.read(Cursor(text))
