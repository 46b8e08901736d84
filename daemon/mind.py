"""The pure parts joined: reading, policy and drafting for one user, ready for the step.

Nothing is fetched or kept here; what a note needs from earlier mails is asked of the book.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesParser
from email.policy import compat32
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from daemon.drafting.facts import from_pairs
from daemon.drafting.profile import Answered, Context, Profile
from daemon.reader import Read, Reader, read_here
from daemon.reading.model import Address, Me
from daemon.store_book import Book, Mail
from daemon.store_drafts import Drafts
from policies.case import Case, DraftState
from policies.decide import decide
from policies.decision import Decision
from policies.settings import Policy

if TYPE_CHECKING:
    from daemon.drafting.compose import Composed


@dataclass(frozen=True, slots=True)
class User:
    """Who the program works for: how mails see them, how they present themselves, what they chose."""

    me: Me
    account: str
    profile: Profile
    policy: Policy


class UserMind:
    """The mind of a step, for one user.  With a `reader`, mails are read in its process."""

    def __init__(self, user: User, reader: Reader | None = None) -> None:
        self.user = user
        self._read = reader.read if reader else read_here

    def read(self, octets: bytes, internal_date: datetime) -> Read:
        """Return what a mail says, and its new text.  Raises ReaderDied where a reader reads it."""
        return self._read(octets, internal_date, self.user.me)

    def decide(self, case: Case, now: datetime) -> Decision:
        """Return the one next decision for a case."""
        return decide(case, now, self.user.policy)

    def compose(self, decision: Decision, case: Case, now: datetime, book: Book) -> Composed:
        """Return the draft a decision asks for.  Raises DraftFault."""
        from daemon.drafting.compose import compose

        mail = book.mail(decision.answers) if decision.answers else None
        context = Context(
            profile=self.user.profile,
            account=self.user.account,
            identity=Address(self.user.profile.name, self._identity(mail)),
            now=now.astimezone(ZoneInfo(self.user.me.zone)),
            answered=_answered(mail) if mail else None,
            facts=from_pairs(case.facts),
            wants="\n".join(m.body for m in book.mails(case.id) if not m.reading.outgoing),
            others=_others(Drafts(book), case.id),
            country=self.user.me.country,
        )
        return compose(decision, case, context)

    def _identity(self, mail: Mail | None) -> str:
        """Return which of the user's addresses the employer wrote to, or they wrote from."""
        if mail is not None:
            reading = mail.reading
            own = [reading.sender] if reading.outgoing and reading.sender else [*reading.to, *reading.cc]
            for address in own:
                if address.address in self.user.me.addresses:
                    return address.address
        return self.user.account


def _answered(mail: Mail) -> Answered:
    reading = mail.reading
    return Answered(
        message_id=reading.message_id,
        subject=reading.subject,
        references=reading.references or reading.in_reply_to[:1],
        author=reading.sender,
        date=reading.date,
        text=mail.body,
        language=reading.language,
        thread_id=mail.thread_id,
    )


def _others(drafts: Drafts, case_id: str) -> tuple[str, ...]:
    """Return the bodies of notes already written in the case."""
    gone = (DraftState.WITHDRAWN, DraftState.SUPERSEDED)
    return tuple(_body(e.octets) for e in drafts.of_case(case_id) if e.octets and e.state not in gone)


def _body(octets: bytes) -> str:
    payload = BytesParser(policy=compat32).parsebytes(octets).get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
