"""One step: what the mails say goes in, what the policy answers is done and recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hand_made import NOW, Account, HandMade, deliver, mail

from connectors.connector import DraftRef
from connectors.errors import Refused
from connectors.memory import MemoryConnector
from daemon.audit import Audit
from daemon.drafting.facts import to_pair
from daemon.drafting.profile import About, Fact
from daemon.step import Shell
from daemon.store import Store
from policies.case import Case, DraftState, Note
from policies.decision import Action, Decision

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_an_interview_that_is_over_yields_a_thank_you() -> None:
    """From mail to draft in one step."""
    account = Account()
    deliver(account, "inv@acme.example", "interview 1")
    done = account.step()
    assert [(d.decision.action, d.decision.note) for d in done] == [(Action.DRAFT, Note.THANK_YOU)]
    assert len(account.mails.drafts()) == 1
    assert account.shell.next_due() is not None


def test_a_second_step_does_nothing_more() -> None:
    """What was done is not done again, also by a program that was started anew."""
    account = Account()
    deliver(account, "inv@acme.example", "interview 1")
    account.step()
    assert account.step() == ()
    account.restart()
    account.book.touch_all()
    assert account.step() == ()
    assert len(account.mails.drafts()) == 1


def test_time_alone_brings_the_next_decision() -> None:
    """With no mail at all, each due moment is asked until the case has nothing more to say."""
    account = Account()
    deliver(account, "inv@acme.example", "interview 1")
    done = list(account.step())
    for _ in range(40):
        due = account.shell.next_due()
        if due is None:
            break
        done += account.step(due)
    actions = [(d.decision.action, d.decision.note) for d in done]
    assert (Action.DRAFT, Note.STATUS_CHECK) in actions
    assert actions[-1][0] in (Action.STOP, Action.ADVISE)
    assert account.shell.next_due() is None


def test_a_reply_takes_an_untouched_status_check_back() -> None:
    """The employer wrote first: the waiting question disappears from Drafts."""
    account = Account()
    deliver(account, "inv@acme.example", "interview 1")
    account.step()
    while not any(e.note is Note.STATUS_CHECK for e in account.shell.drafts.in_states((DraftState.PLACED,))):
        due = account.shell.next_due()
        assert due
        account.step(due)
    before = len(account.mails.drafts())
    account.now += HOUR
    deliver(account, "news@acme.example", "rejection")
    done = account.step()
    assert Action.WITHDRAW in [d.decision.action for d in done]
    assert len(account.mails.drafts()) < before
    assert DraftState.WITHDRAWN in account.drafts()


def test_a_mail_in_two_mailboxes_is_read_once() -> None:
    """A copy of a mail, or the same mail moved, is not read again."""
    account = Account()
    deliver(account, "inv@acme.example", "interview 1")
    deliver(account, "inv@acme.example", "interview 1")
    account.step()
    assert account.mind.read_mails == ["inv@acme.example"]
    account.mails.renumber("INBOX")
    account.book.set_cursor(None)
    account.step()
    assert account.mind.read_mails == ["inv@acme.example"]
    assert len(account.mails.drafts()) == 1


def test_mails_are_linked_in_order_of_their_dates() -> None:
    """A reply that was fetched before the mail it answers still finds its case."""
    account = Account()
    early, late = account.now - 2 * DAY, account.now - DAY
    reply = mail("re@acme.example", "other", late, answers="inv@acme.example")
    first = mail("inv@acme.example", "interview 1", early)
    account.mails.deliver(reply, late)
    account.mails.deliver(first, early)
    account.step()
    (case,) = account.book.cases()
    assert [r.key for r in account.book.case_readings(case.id)] == ["inv@acme.example", "re@acme.example"]


def test_mail_of_no_case_is_forgotten() -> None:
    """Nothing is kept of ordinary mail but that it was seen."""
    account = Account()
    deliver(account, "chat@friend.example", "other", sender="max@friend.example")
    account.step()
    assert account.store.db.execute("select count(*) from readings").fetchone()[0] == 0
    assert account.store.db.execute("select count(*) from seen").fetchone()[0] == 1


def test_a_draft_the_user_sent_is_known_to_be_sent() -> None:
    """Their mail program moved it to Sent, perhaps in other words and under another Message-ID."""
    account = Account()
    deliver(account, "inv@acme.example", "interview 1")
    (done,) = account.step()
    assert done.composed
    account.mails.send_draft(done.composed.message_id)
    account.step(account.now + HOUR)
    assert account.drafts() == [DraftState.SENT]


def test_a_draft_the_user_deleted_stays_deleted() -> None:
    """A deleted draft is a no, now and after the state was lost."""
    account = Account()
    deliver(account, "inv@acme.example", "interview 1")
    (done,) = account.step()
    assert done.composed
    account.mails.delete_draft(done.composed.message_id)
    account.step(account.now + HOUR)
    assert account.drafts() == [DraftState.DISCARDED]
    account.store = Store.memory()
    account.restart()
    account.step()
    assert account.mails.drafts() == ()
    assert DraftState.DISCARDED in account.drafts()


def test_the_users_own_draft_to_the_same_mail_is_left_to_them() -> None:
    """Where they are already writing to the same person about it, nothing is laid beside it."""
    account = Account()
    deliver(account, "inv@acme.example", "interview 1")
    own = (
        b"From: ana@mail.example\r\nTo: kim@acme.example\r\nMessage-ID: <own@mail.example>\r\n"
        b"Subject: Thank you for our conversation\r\nIn-Reply-To: <inv@acme.example>\r\n\r\nDear Kim,\r\n"
    )
    account.mails.append_draft(own, "own@mail.example")
    account.step()
    assert [m.octets for m in account.mails.drafts()] == [own]
    assert account.drafts() == [DraftState.EDITED]


def test_every_decision_is_in_the_audit_log_once(tmp_path: Path) -> None:
    """Drafts, and answers that do nothing whenever they change; the same answer is not repeated."""
    account = Account(log=tmp_path)
    deliver(account, "inv@acme.example", "interview 1")
    account.step()
    actions = [line["action"] for line in account.said("decided")]
    assert actions == ["draft", "wait"]
    account.book.touch_all()
    account.step()
    assert [line["action"] for line in account.said("decided")] == actions
    assert [line["state"] for line in account.said("draft_changed")] == ["intended", "placed"]
    decided = account.said("decided")[0]
    assert decided["rules"]
    assert decided["policy"]
    assert decided["facts"]
    text = msgspec.json.encode(account.said("decided") + account.said("mail_linked")).decode()
    assert "kim@" not in text
    assert "inv@acme.example" not in text


class _Full(MemoryConnector):
    """An account that stores nothing more."""

    def append_draft(self, octets: bytes, message_id: str, thread_id: str = "") -> DraftRef:
        raise Refused("The mailbox is full.")


def test_a_draft_the_account_refuses_is_tried_again_later_and_harms_nothing_else() -> None:
    """A full mailbox blocks the draft with its reason; the step ends, and the next attempt is planned."""
    account = Account()
    account.mails = _Full(lambda: account.now)
    account.restart()
    deliver(account, "inv@acme.example", "interview 1")
    account.step()
    assert account.drafts() == [DraftState.BLOCKED]
    assert account.step() == ()
    assert account.shell.next_due() == NOW + timedelta(minutes=5)


def test_cases_at_rest_cost_a_step_nothing() -> None:
    """Only what is due or touched is asked: a step with nothing to do asks nobody."""
    account = Account()
    for number in range(100):
        deliver(account, f"inv@firm{number}.example", "interview 1", sender=f"lou@firm{number}.example")
    account.step()
    account.mind.asked.clear()
    account.step(account.now + timedelta(minutes=5))
    assert account.mind.asked == []


def test_what_the_user_tells_improves_a_draft_that_lies_untouched() -> None:
    """A noted conversation fills the gap; the draft keeps its name and stays the only one."""
    account = Account()
    deliver(account, "inv@acme.example", "interview 1")
    (done,) = account.step()
    assert b"talked about" in account.mails.drafts()[0].octets.replace(b"=\r\n", b"")
    name, text = to_pair(Fact(About.TALKED, "the move to the harbour", "kim lee"))
    account.book.add_fact(done.case.id, name, text, account.now)
    assert account.step(account.now + HOUR) == ()
    (draft,) = account.mails.drafts()
    assert b"the move to the harbour" in draft.octets.replace(b"=\r\n", b"")
    assert account.drafts() == [DraftState.PLACED]
    assert done.composed
    assert account.mails.find_draft(done.composed.message_id)


def test_a_draft_the_user_has_begun_to_edit_is_not_improved() -> None:
    """What they changed is theirs, whatever they tell afterwards."""
    account = Account()
    deliver(account, "inv@acme.example", "interview 1")
    (done,) = account.step()
    assert done.composed
    edited = done.composed.octets.replace(b"Dear", b"Hello")
    account.mails.edit_draft(done.composed.message_id, edited)
    account.book.add_fact(done.case.id, "talked::", "the move to the harbour", account.now)
    account.step(account.now + HOUR)
    assert [mail.octets for mail in account.mails.drafts()] == [edited]
    assert account.drafts() == [DraftState.EDITED]


class _Stumbling(HandMade):
    """A mind with an error of ours, in one case."""

    def __init__(self) -> None:
        super().__init__()
        self.stumbles = True

    def decide(self, case: Case, now: datetime) -> Decision:
        if case.id.startswith("birch") and self.stumbles:
            raise ZeroDivisionError
        return super().decide(case, now)


def test_an_error_of_ours_in_one_case_costs_that_case_alone() -> None:
    """The others are served, the case is asked again in an hour; a simulation is told of the error."""
    mind = _Stumbling()
    account = Account(mind)
    for firm in ("birch", "acme"):
        deliver(account, f"inv@{firm}.example", "interview 1", sender=f"lou@{firm}.example")
    with pytest.raises(ZeroDivisionError):
        account.step()
    account.shell = Shell(account.mails, account.book, Audit(account.store, None), mind, forgiving=True)
    account.step()
    assert len(account.mails.drafts()) == 1
    assert account.shell.next_due() == account.now + HOUR
    mind.stumbles = False
    assert [done.case.employer for done in account.step(account.now + HOUR)] == ["Birch"]
