"""The whole pipeline, from octets to drafts, over any sequence of mails and any way time passes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.connector import Cursor
from connectors.memory import MemoryConnector
from daemon.audit import Audit
from daemon.clock import SimulatedClock
from daemon.drafting.profile import Profile
from daemon.mind import User, UserMind
from daemon.policy_choice import chosen_policy
from daemon.reader import Read
from daemon.reading.model import Me
from daemon.step import Shell
from daemon.store import Store
from policies.case import Case, DraftState, Note
from policies.decision import Action

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
END = START + timedelta(days=120)
ME = Me(frozenset({"sam.rivera@mail.example"}), "Sam Rivera", "America/New_York", "US")
POLICY = chosen_policy("default", ME.zone, ME.country, (2026, 2026))
MAYA, SAM = "Maya Ruiz <maya.ruiz@acme.example>", "Sam Rivera <sam.rivera@mail.example>"
PRIYA = "Priya Shah <priya.shah@acme.example>"
ROLE = "Data Engineer"

THEIRS = {
    "update": "We are still interviewing for the Data Engineer position. Thanks for your patience.",
    "dated": "We will let you know our decision about the Data Engineer position by {day}.",
    "hold": "The Data Engineer position is on hold for now, and we cannot say until when.",
    "rejection": "Unfortunately, we have decided to move forward with another candidate for the Data Engineer"
    " position.",
    "no contact": "Please do not contact us about the status of your application. We will reach out to you.",
    "another talk": "We would like to invite you to a second interview for the Data Engineer role on {day}"
    " at 3:00 pm Eastern. You will be talking to Lou Park (lou.park@acme.example). Please allow one hour.",
    "times wanted": "Could you send me your availability for a second interview next week?",
    "colleague": "It was a pleasure to meet you for the Data Engineer position.",
}
OURS = {
    "question": "Do you have any news about the Data Engineer position?",
    "thanks": "Thank you for your time in the interview today. I enjoyed our conversation.",
    "availability": "I am available on Monday morning and on Thursday afternoon.",
    "withdrawal": "I would like to withdraw my application for the Data Engineer position.",
}
SAID = THEIRS | OURS


@dataclass(frozen=True)
class Letter:
    """One mail of a story: what it says, and how many hours after the beginning."""

    what: str
    hours: int

    @property
    def at(self) -> datetime:
        return START + timedelta(hours=self.hours)

    @property
    def mailbox(self) -> str:
        return "Sent" if self.what in OURS else "INBOX"

    def octets(self) -> bytes:
        """The mail, in the thread of the invitation."""
        day = f"{self.at + timedelta(days=9):%A, %B %-d}"
        own = self.what in OURS
        made = EmailMessage()
        made["From"] = SAM if own else PRIYA if self.what == "colleague" else MAYA
        made["To"] = MAYA if own else SAM
        made["Subject"] = "Re: Interview for Data Engineer at Acme"
        made["Date"] = format_datetime(self.at)
        made["Message-ID"] = f"<{self.hours}.{self.what.replace(' ', '-')}@acme.example>"
        made["In-Reply-To"] = made["References"] = "<first@acme.example>"
        made.set_content(f"Hi,\n\n{SAID[self.what].format(day=day)}\n\n{'Sam' if own else 'Maya'}\n")
        return made.as_bytes()


@dataclass(frozen=True)
class Invitation(Letter):
    """The mail every story begins with: an interview eight days later."""

    what: str = "first"
    hours: int = 0

    def octets(self) -> bytes:
        made = EmailMessage()
        made["From"], made["To"], made["Message-ID"] = MAYA, SAM, "<first@acme.example>"
        made["Subject"], made["Date"] = "Interview for Data Engineer at Acme", format_datetime(START)
        made.set_content(
            "Hi Sam,\n\nWe would like to invite you to an interview for the Data Engineer position at Acme on"
            " Tuesday, March 10 at 2:00 pm Eastern. You will be talking to Priya Shah"
            " (priya.shah@acme.example). Please allow one hour.\n\nMaya Ruiz\nTalent Coordinator, Acme\n"
        )
        return made.as_bytes()


class Mind(UserMind):
    """Reads the few mails of these stories once."""

    def read(self, octets: bytes, internal_date: datetime, whole: bool = True) -> Read:
        return _read(octets, internal_date)


USER = User(ME, "sam.rivera@mail.example", Profile(name="Sam Rivera"), POLICY)


@cache
def _read(octets: bytes, internal_date: datetime) -> Read:
    return UserMind(USER).read(octets, internal_date)


class Account:
    """An account in memory, watched from the first mail on by a user who leaves every draft lying."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(START)
        self.mails = MemoryConnector(self.clock.now)
        self.store = Store.memory()
        self.shell = Shell(
            self.mails, self.store.account(USER.account, START), Audit(self.store, None), Mind(USER)
        )
        self.cursor: Cursor | None = None
        self.told: list[tuple[Action, str]] = []

    def deliver(self, letters: Iterable[Letter]) -> None:
        for letter in letters:
            self.mails.deliver(letter.octets(), letter.at, letter.mailbox)

    def step(self, now: datetime) -> None:
        self.clock.set(max(now, self.clock.now()))
        for batch in self.mails.changes(self.cursor, START - timedelta(days=1)):
            self.shell.take(batch.messages, now, batch.cursor)
            self.cursor = batch.cursor
        for done in self.shell.tick(now):
            key = (done.decision.action, done.decision.key)
            assert key not in self.told, "nothing is done twice"
            self.told.append(key)
            if done.decision.action is Action.DRAFT:
                assert done.decision.due is not None
                assert done.decision.due <= now, "no draft before its moment"
        assert not self.shell.tick(now), "asking again at the same moment changes nothing"

    def case(self) -> Case:
        (row,) = self.shell.book.cases()
        return self.shell.case(row.id)

    def facts(self) -> Case:
        """The case without what we did in it."""
        return replace(self.case(), drafts=(), raised=())

    def lying(self) -> set[str]:
        return {d.key for d in self.case().drafts if d.state is DraftState.PLACED}

    def checks(self) -> set[str]:
        return {key for key in self.lying() if key.startswith(Note.STATUS_CHECK)}

    def at_rest(self) -> bool:
        """Whether nothing will be done any more unless somebody writes."""
        return self.shell.mind.decide(self.case(), self.clock.now()).action is Action.NOTHING


LETTERS = st.lists(
    st.builds(Letter, st.sampled_from(sorted(SAID)), st.integers(200, 1800)),
    max_size=5,
    unique_by=lambda letter: letter.hours,
)


@settings(max_examples=12, deadline=None)
@given(letters=LETTERS, data=st.data())
def test_mails_arrive_in_any_order(letters: list[Letter], data: st.DataObject) -> None:
    """Mails fetched late or in another order than they were written lead to the same case and drafts."""
    story = [Invitation(), *letters]
    now = max(letter.at for letter in story)
    orderly, late = Account(), Account()
    orderly.deliver(sorted(story, key=lambda letter: letter.at))
    orderly.step(now)
    late.deliver(data.draw(st.permutations(story)))
    late.step(now)
    assert late.facts() == orderly.facts()
    assert late.lying() == orderly.lying()
    assert late.at_rest() == orderly.at_rest()


@settings(max_examples=12, deadline=None)
@given(letters=LETTERS, hours=st.sampled_from((5, 12, 24)))
def test_time_in_steps_or_from_moment_to_moment(letters: list[Letter], hours: int) -> None:
    """Whether we wake at every due moment or only now and then, the same lies in Drafts in the end."""
    story = sorted([Invitation(), *letters], key=lambda letter: letter.at)
    exact, stepped = Account(), Account()
    pass_time(exact, story, None)
    pass_time(stepped, story, timedelta(hours=hours))
    assert stepped.facts() == exact.facts()
    assert stepped.lying() == exact.lying()
    assert stepped.at_rest() == exact.at_rest()


@settings(max_examples=12, deadline=None)
@given(letters=LETTERS)
def test_one_jump_to_the_end(letters: list[Letter]) -> None:
    """Who wakes up after months finds no question lying that would not lie there anyway, and the same end."""
    story = sorted([Invitation(), *letters], key=lambda letter: letter.at)
    exact, jumped = Account(), Account()
    pass_time(exact, story, None)
    jumped.deliver(story)
    jumped.step(START)
    jumped.step(END)
    assert jumped.facts() == exact.facts()
    assert jumped.checks() <= exact.checks()
    assert jumped.at_rest() == exact.at_rest()


def pass_time(account: Account, story: Sequence[Letter], step: timedelta | None) -> None:
    """Let mail arrive at its dates, and wake at due moments or every `step`."""
    waiting = list(story)
    now = START
    while now <= END:
        while waiting and waiting[0].at <= now:
            account.deliver([waiting.pop(0)])
        account.step(now)
        moments = [waiting[0].at] if waiting else []
        due = account.shell.next_due()
        moments += [now + step] if step else [max(due, now + timedelta(seconds=1))] if due else []
        if not moments:
            break
        now = min(moments)
    account.step(END)
