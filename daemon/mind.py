"""The pure parts joined: reading, policy and drafting for one user, ready for the step.

Nothing is fetched or kept here; what a note needs from earlier mails is asked of the book.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from daemon.drafting.mail import DraftFault, body
from daemon.drafting.profile import Answered, Context, Profile, Quotation
from daemon.drafting.templates import Templates, builtin
from daemon.log import logger
from daemon.outside import SharedReader
from daemon.reader import Read, Reader, read_here
from daemon.reading.model import Address, Me, Reading
from daemon.store_book import Book, Mail
from daemon.store_drafts import Drafts, Entry
from policies.case import Case, DraftState, Note
from policies.decide import decide
from policies.decision import Decision
from policies.settings import Policy

if TYPE_CHECKING:
    from daemon.drafting.compose import Composed


@dataclass(frozen=True, slots=True)
class Style:
    """How the user wants their notes: whose templates, whether the answered mail is quoted, and a command
    of theirs that may reword each note.
    """

    templates: Templates = field(default_factory=builtin)
    quotation: Quotation = Quotation.NONE
    reword: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class User:
    """Who the program works for: how mails see them, how they present themselves, what they chose."""

    me: Me
    account: str
    profile: Profile
    policy: Policy
    style: Style = Style()


class UserMind:
    """The mind of a step, for one user.  With a `reader`, mails are read in its process."""

    def __init__(self, user: User, reader: Reader | None = None) -> None:
        self.user = user
        self._read = reader.read if reader else read_here
        self._read_many = reader.read_many if isinstance(reader, SharedReader) else None
        self._refused: set[str] = set()

    def read(self, octets: bytes, internal_date: datetime, whole: bool = True) -> Read:
        """Return what a mail says, and its new text.  Raises ReaderDied where a reader reads it."""
        return self._read(octets, internal_date, self.user.me, whole)

    def read_many(self, mails: Sequence[tuple[bytes, datetime]]) -> Sequence[Read | None]:
        """Return what mails say, a glance being enough; None, or nothing at all, where each is to be read."""
        return self._read_many(mails, self.user.me) if self._read_many else ()

    def decide(self, case: Case, now: datetime) -> Decision:
        """Return the one next decision for a case."""
        return decide(case, now, self.user.policy)

    def compose(self, decision: Decision, case: Case, now: datetime, book: Book) -> Composed:
        """Return the draft a decision asks for, in the words of the user's command where there is one.

        Raises DraftFault.
        """
        from daemon.drafting.compose import compose

        return self._reworded(compose(decision, case, self.context(decision, case, now, book)), case)

    def _reworded(self, composed: Composed, case: Case) -> Composed:
        """Return the draft in the words of the user's command, if there is one and its words will do."""
        from daemon.drafting.hook import reword

        if not self.user.style.reword or composed.note is Note.DEBRIEF:
            return composed
        reworded = reword(self.user.style.reword, composed)
        if reworded.refused and reworded.refused not in self._refused:
            self._refused.add(reworded.refused)
            logger().warning("reword_refused", case=case.id, reason=reworded.refused)
        return reworded.composed

    def improve(
        self, octets: bytes, decision: Decision, case: Case, now: datetime, book: Book
    ) -> bytes | None:
        """Return a text with fewer gaps than a stored draft's, or None where there is none."""
        from daemon.drafting.compose import compose, improves

        if "[[" not in body(octets):  # nothing is asked of the user
            return None
        try:
            composed = compose(decision, case, self.context(decision, case, now, book))
        except DraftFault:
            return None
        return self._reworded(composed, case).octets if improves(composed, octets) else None

    def answered(self, octets: bytes, entry: Entry, case: Case) -> Reading | None:
        """Return what a debrief says that came back, or None where it is unanswered."""
        from daemon.told import answered

        return answered(octets, entry.decision, case, self.user.me) if entry.decision else None

    def context(self, decision: Decision, case: Case, now: datetime, book: Book) -> Context:
        """Return what a draft needs besides the decision and the case."""
        user = self.user
        mail = book.mail(decision.answers) if decision.answers else None
        return Context(
            profile=user.profile,
            account=user.account,
            identity=Address(user.profile.name, self._identity(mail)),
            now=now.astimezone(ZoneInfo(user.me.zone)),
            answered=_answered(mail) if mail else None,
            wants="\n".join(mail.body for mail in book.mails(case.id) if not mail.reading.outgoing),
            others=_others(Drafts(book), case.id, decision.key),
            quotation=user.style.quotation,
            country=user.me.country,
            templates=user.style.templates,
        )

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


def _others(drafts: Drafts, case_id: str, but: str) -> tuple[str, ...]:
    """Return the texts of the other notes written in the case."""
    gone = (DraftState.WITHDRAWN, DraftState.SUPERSEDED)
    entries = (e for e in drafts.of_case(case_id) if e.key != but and e.state not in gone)
    return tuple(body(entry.octets) for entry in entries if entry.octets)
