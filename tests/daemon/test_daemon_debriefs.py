"""A debrief goes its way: laid, answered in any mail client, read, and put to use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hand_made import ANA, NOW, Account, HandMade, deliver

from connectors.connector import StoredMessage
from daemon.drafting.mail import body
from daemon.reading import message
from daemon.store_drafts import Entry
from policies.case import DraftState, Note
from policies.decision import Action
from policies.settings import Policy

MINUTE = timedelta(minutes=1)
ANSWERS = {
    "Q1": "the plans for the new site. Her address is kim.lee@acme.example",
    "Q2": "by the end of next week",
    "Q3": "please don't call",
    "Q4": "yes",
}


def account() -> Account:
    """Return an account whose interview ended an hour ago, with a debrief and a thank-you in Drafts."""
    found = Account(HandMade(Policy(zone="Europe/Madrid").asking(debrief=True)))
    deliver(found, "inv@acme.example", "interview 1")
    found.step()
    return found


def entry(found: Account, note: Note = Note.DEBRIEF) -> Entry:
    (case,) = found.book.cases()
    return next(e for e in reversed(found.shell.drafts.of_case(case.id)) if e.note is note)


def lying(found: Account, note: Note = Note.DEBRIEF) -> StoredMessage:
    wanted = entry(found, note).message_id
    return next(one for one in found.mails.drafts() if f"<{wanted}>".encode() in one.octets)


def filled(octets: bytes, answers: dict[str, str]) -> bytes:
    """Return the debrief with answers behind its marks, as a plain mail of any client's making."""
    text = body(octets)
    for question, answer in answers.items():
        mark = question.replace("Q", "A") + ":"
        text = text.replace(f"\n{mark}", f"\n{mark} {answer}")
    head, _, _ = octets.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-", b"mime-"))]
    return b"\r\n".join(kept) + b"\r\n\r\n" + text.replace("\n", "\r\n").encode()


def thunderbird(octets: bytes) -> bytes:
    """Return what Thunderbird stores: a Message-ID of its own, and no field it does not know."""
    lines = octets.split(b"\r\n")
    kept = [line for line in lines if not line.startswith((b"X-Afterword", b"Message-ID"))]
    return b"Message-ID: <1f0a@mail.example>\r\n" + b"\r\n".join(kept)


def same(octets: bytes) -> bytes:
    return octets


def saved(found: Account, octets: bytes) -> None:
    """Save the debrief in Drafts, and let it rest."""
    found.mails.edit_draft(entry(found).message_id, octets)
    found.step(found.now + 3 * MINUTE)


def sent(found: Account, octets: bytes) -> None:
    """Send the debrief to oneself."""
    found.mails.send_draft(entry(found).message_id, octets)
    found.step(found.now + 3 * MINUTE)


def test_questions_to_oneself_are_laid_beside_the_thank_you_once() -> None:
    """One debrief to the user's own address, in no thread, not said again by a program started anew."""
    found = account()
    read = message.parse(lying(found).octets)
    assert [to.address for to in read.to] == [ANA]
    assert read.in_reply_to == ()
    assert "Kim Lee" in read.text
    found.restart()
    found.book.touch_all()
    assert found.step() == ()
    assert sorted(found.drafts()) == [DraftState.PLACED, DraftState.PLACED]


@pytest.mark.parametrize("back", [saved, sent])
@pytest.mark.parametrize("client", [same, thunderbird])
def test_answers_fill_the_thank_you_and_count_as_the_employers_word(
    back: Callable[[Account, bytes], None], client: Callable[[bytes], bytes]
) -> None:
    """Saved or sent, by a client that keeps our fields or not: gaps are filled, times and wishes known."""
    found = account()
    assert b"[[something" in lying(found, Note.THANK_YOU).octets
    back(found, client(filled(lying(found).octets, ANSWERS)))
    found.step(found.now + MINUTE)
    thanks = body(lying(found, Note.THANK_YOU).octets)
    assert "the plans for the new site" in thanks
    assert "something you talked about" not in thanks
    (row,) = found.book.cases()
    case = found.shell.case(row.id)
    (told,) = [event for event in case.history if event.noted]
    assert told.timelines[0].quote == "you wrote down: by the end of next week"
    assert str(told.timelines[0].latest) == "2026-03-13"
    assert [d.kind for d in told.directions] == ["no_calls"]
    assert "kim.lee@acme.example" in {person.address for person in case.people}
    assert "Her address" not in thanks


def test_a_mail_to_oneself_is_no_word_to_the_employer() -> None:
    """The answers, which are full of questions, are never taken for the user asking where things stand."""
    found = account()
    octets = filled(lying(found).octets, ANSWERS)
    sent(found, octets)
    found.mails.deliver(b"Received: from a by b\r\n" + octets, found.now, "INBOX")
    found.step(found.now + MINUTE)
    (row,) = found.book.cases()
    assert [event.by for event in found.shell.case(row.id).history] == ["employer", "employer"]
    assert entry(found).state is DraftState.SENT


def test_no_longer_interested_turns_the_thank_you_into_a_withdrawal() -> None:
    """After a "no" the thank-you is gone and a withdrawal lies there; after a "yes" it is gone again."""
    found = account()
    octets = lying(found).octets
    saved(found, filled(octets, {"Q4": "no, not any more"}))
    assert entry(found, Note.THANK_YOU).state is DraftState.WITHDRAWN
    assert entry(found, Note.WITHDRAWAL).state is DraftState.PLACED
    saved(found, filled(octets, {"Q4": "yes after all"}))
    assert entry(found, Note.WITHDRAWAL).state is DraftState.WITHDRAWN


def test_what_is_still_being_written_is_not_read() -> None:
    """A draft saved a moment ago waits until it rests; said anew, the answers take the first ones' place."""
    found = account()
    octets = lying(found).octets
    found.mails.edit_draft(entry(found).message_id, filled(octets, {"Q2": "tomorrow"}))
    found.step(found.now + MINUTE)
    (row,) = found.book.cases()
    assert not any(event.noted for event in found.shell.case(row.id).history)
    saved(found, filled(octets, {"Q2": "in two weeks"}))
    saved(found, filled(octets, {"Q2": "in three weeks"}))
    (told,) = [event for event in found.shell.case(row.id).history if event.noted]
    assert str(told.timelines[0].latest) == "2026-03-23"


def test_an_edited_thank_you_stays_the_users_whatever_the_debrief_says() -> None:
    """Answers never touch a draft that the user has begun to change."""
    found = account()
    mine = lying(found, Note.THANK_YOU).octets.replace(b"Thank you", b"Many thanks")
    found.mails.edit_draft(entry(found, Note.THANK_YOU).message_id, mine)
    saved(found, filled(lying(found).octets, ANSWERS))
    assert lying(found, Note.THANK_YOU).octets == mine


def test_an_unanswered_debrief_says_nothing_and_goes_after_a_week() -> None:
    """Saved without answers nothing follows from it; untouched it is taken back."""
    found = account()
    done = found.step(NOW + timedelta(days=7, hours=1))
    assert (Action.WITHDRAW, Note.DEBRIEF) in [(d.decision.action, d.decision.note) for d in done]
    other = account()
    saved(other, lying(other).octets.replace(b"A few words", b"Some words"))
    (row,) = other.book.cases()
    assert not any(event.noted for event in other.shell.case(row.id).history)


def test_nobody_else_can_answer_a_debrief() -> None:
    """A mail from outside that poses as the debrief, Message-ID and all, is not believed."""
    found = account()
    octets = filled(lying(found).octets, {"Q2": "in six months", "Q4": "no"})
    found.mails.deliver(octets, found.now, "INBOX")
    found.step(found.now + 3 * MINUTE)
    (row,) = found.book.cases()
    assert not any(event.noted for event in found.shell.case(row.id).history)
    assert entry(found, Note.THANK_YOU).state is DraftState.PLACED
