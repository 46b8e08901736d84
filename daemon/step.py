"""The imperative shell: what the mails say goes in, what the policy answers is done, all of it recorded.

One step serves the daemon, the simulation and the demonstration: the connector, the store and the moment
are given.  What may be decided is not known here, nor what a mail means.
"""

from __future__ import annotations

import hashlib
import sqlite3
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from connectors.connector import Connector, Cursor, Labelling, SpecialUse, StoredMessage
from connectors.errors import ConnectorError
from daemon.audit import Audit
from daemon.audit_facts import decided, draft_changed, mail_linked
from daemon.cases import Ledger as CaseLedger
from daemon.cases import fold
from daemon.debriefs import Debriefs
from daemon.drafting import life
from daemon.drafting.mail import DraftFault, reply_subject
from daemon.errors import UserError
from daemon.intake import Intake
from daemon.ledger import Ledger
from daemon.linking import Casebook, worth_remembering
from daemon.log import logger
from daemon.reader import Read
from daemon.reading.model import Reading
from daemon.store_book import Book
from daemon.store_drafts import Drafts, Entry, digest_of
from policies.case import Case, DraftState
from policies.decision import Action, Decision

if TYPE_CHECKING:
    from daemon.drafting.compose import Composed

MOST_DECISIONS = 20
"""More answers than this for one case in one step would be a loop; it is left for the next step."""

LATER = timedelta(hours=1)
"""When a case is asked again about which we stumbled over an error of our own."""

LOOSE = timedelta(days=365)
"""How long a mail of no case (an application, a recruiter's first words) is kept for an answer to come."""

SOONEST = timedelta(minutes=1)
"""A case that waits is not asked again sooner than this."""


class Mind(Protocol):
    """The pure parts, with everything that stays the same while the program runs already applied."""

    def read(self, octets: bytes, internal_date: datetime, whole: bool) -> Read:
        """Return what a mail says; without `whole`, a glance may do.  Raises only ReaderDied."""

    def read_many(self, mails: Sequence[tuple[bytes, datetime]]) -> Sequence[Read | None]:
        """Return what mails say, a glance being enough; None, or nothing at all, where each is to be read."""

    def decide(self, case: Case, now: datetime) -> Decision:
        """Return the one next decision for a case."""

    def compose(self, decision: Decision, case: Case, now: datetime, book: Book) -> Composed:
        """Return the draft a decision asks for.  Raises DraftFault."""

    def improve(
        self, octets: bytes, decision: Decision, case: Case, now: datetime, book: Book
    ) -> bytes | None:
        """Return a better text for a stored draft, or None where there is none."""

    def answered(self, octets: bytes, entry: Entry, case: Case) -> Reading | None:
        """Return what a debrief says that came back, or None where it is unanswered."""


@dataclass(frozen=True, slots=True)
class Done:
    """One decision that was carried out: `case` is as it was decided on, `entry` the draft concerned."""

    at: datetime
    case: Case
    decision: Decision
    composed: Composed | None = None
    entry: Entry | None = None


class Shell:
    """One account being watched: `take` what arrived, `tick` to act, `next_due` to know when again."""

    def __init__(
        self, connector: Connector, book: Book, audit: Audit, mind: Mind, *, forgiving: bool = False
    ) -> None:
        """`forgiving`: an error of ours in one case is logged and costs that case, not the service (P4)."""
        self._forgiving = forgiving
        self.book = book
        self.audit = audit
        self.mind = mind
        self.drafts = Drafts(book)
        self.ledger = Ledger(connector, self.drafts, self._draft_changed)
        self.casebook = Casebook()
        self._intake = Intake(book, audit, mind.read, self._knows, mind.read_many)
        self._debriefs = Debriefs(book, audit, self.ledger, self.case, mind.answered)
        self._version = -1

    def take(self, messages: Sequence[StoredMessage], now: datetime, cursor: Cursor | None = None) -> None:
        """Read what is new, and commit it together with the cursor."""
        self._remember_cases()
        with self.contained("debriefs", lambda: None):
            self._debriefs.sent(messages, now)
        self._intake.take(messages, now, cursor)

    def tick(self, now: datetime) -> tuple[Done, ...]:
        """Link what was read, follow the drafts, ask every case that is due or touched, and act."""
        self._remember_cases()
        self._link(now)
        for entry, stored in self.ledger.follow(self._sent, now):
            with self.contained(entry.case_id, lambda: None):
                self._debriefs.lying(entry, stored, now)
        done: list[Done] = []
        for case_id in self.book.to_ask(now):
            with self.contained(case_id, partial(self.book.settle, case_id, now + LATER, "")):
                done.extend(self._ask(case_id, now))
        self.ledger.place_waiting(now)
        self.audit.flush()
        return tuple(done)

    def next_due(self) -> datetime | None:
        """Return the next moment at which `tick` has something to do without any mail."""
        moments = (self.book.next_due(), self.drafts.next_again())
        return min((m for m in moments if m is not None), default=None)

    def case(self, case_id: str) -> Case:
        """Return the case as it stands."""
        entries = self.drafts.of_case(case_id)
        ours = CaseLedger(
            drafts=tuple(entry.draft() for entry in entries),
            notes=tuple((entry.message_id, entry.draft().note) for entry in entries if entry.message_id),
            raised=self.book.raised(case_id),
            observed_from=self.book.observed_from(),
            facts=self.book.facts(case_id),
        )
        return fold(case_id, self.book.case_readings(case_id), ours)

    @contextmanager
    def contained(self, where: str, otherwise: Callable[[], None]) -> Iterator[None]:
        """Keep an error of ours from harming other cases; what comes from outside is the caller's."""
        try:
            yield
        except (ConnectorError, UserError, OSError, sqlite3.Error):
            raise
        except Exception as error:
            if not self._forgiving:
                raise
            at = traceback.extract_tb(error.__traceback__)[-1]
            logger().error("failed", where=where, error=type(error).__name__, at=f"{at.name}:{at.lineno}")
            otherwise()

    # Linking

    def _knows(self, mentioned: Iterable[str]) -> bool:
        return self.casebook.knows(mentioned)

    def _remember_cases(self) -> None:
        """Build the index over all cases, at the start and when another process changed the state."""
        version = self.book.store.data_version()
        if version == self._version:
            return
        self._version = version
        self.casebook = Casebook()
        for link in self.book.links():
            if link.case_id:
                self.casebook.add(link.case_id, link.reading)
        for reading in self.book.loose():
            self.casebook.remember(reading)
        for case_id, message_id in self.drafts.message_ids():
            self.casebook.claim(case_id, message_id)

    def _link(self, now: datetime) -> None:
        """Put what was read into its cases, in order of the mails' dates whatever order they came in."""
        pending = self.book.pending()
        if not pending:
            return
        with self.book.store.transaction(durable=False):
            for reading in pending:
                with self.contained("linking", partial(self.book.drop, [reading.key])):
                    self._link_one(reading, now)
        self.book.tidy(now - LOOSE)

    def _link_one(self, reading: Reading, now: datetime) -> None:
        link = self.casebook.link(reading)
        if link.case_id is None:
            if worth_remembering(reading):
                self.casebook.remember(reading)
                self.book.leave_loose(reading.key)
            else:
                self.book.drop([reading.key])
            return
        earlier = (mail.reading for key in link.with_loose if (mail := self.book.mail(key)))
        for each, why in (*((r, "the thread began with it") for r in earlier), (reading, link.why)):
            self.casebook.add(link.case_id, each)
            self.book.link(each.key, link.case_id, why, now)
            self.audit.record(now, mail_linked(self.audit, link, each, why))

    # Acting

    def _ask(self, case_id: str, now: datetime) -> Iterator[Done]:
        """Ask the policy about a case and do what it answers, until it has nothing more to say."""
        self._improve(self.case(case_id), now)
        for _ in range(MOST_DECISIONS):
            case = self.case(case_id)
            decision = self.mind.decide(case, now)
            if decision.action in (Action.WAIT, Action.NOTHING):
                self._rest(case, decision, now)
                return
            yield self._perform(case, decision, now)

    def _rest(self, case: Case, decision: Decision, now: datetime) -> None:
        said = _digest(decision)
        row = self.book.case(case.id)
        with self.book.store.transaction():
            if row is None or row.said != said:
                self.audit.record(now, decided(self.audit, case, decision))
            self.book.settle(case.id, _again(decision, now), said)

    def _perform(self, case: Case, decision: Decision, now: datetime) -> Done:
        with self.book.store.transaction(durable=False):  # what is done next commits it for good
            self.audit.record(now, decided(self.audit, case, decision))
        match decision.action:
            case Action.DRAFT:
                return self._draft(case, decision, now)
            case Action.WITHDRAW:
                return self._withdraw(case, decision, now)
            case _:
                self.book.raise_once(case.id, decision.key, decision.action, decision.text, now)
                if decision.action is Action.STOP:
                    self._label_stopped(case.id)
                return Done(now, case, decision)

    def _label_stopped(self, case_id: str) -> None:
        """Mark the conversations of a case where the account can; it is a comfort, and may fail."""
        connector = self.ledger.connector
        threads = sorted({mail.thread_id for mail in self.book.mails(case_id) if mail.thread_id})
        if isinstance(connector, Labelling) and threads:
            try:
                connector.label_stopped(threads)
            except ConnectorError as error:
                logger().warning("not_labelled", case=case_id, reason=str(error), hint=error.hint)

    def _draft(self, case: Case, decision: Decision, now: datetime) -> Done:
        assert decision.note is not None
        try:
            composed = self.mind.compose(decision, case, now, self.book)
        except DraftFault as fault:
            entry = self._entry(case, decision, None, now).turned(DraftState.BLOCKED, now, str(fault))
            return Done(now, case, decision, entry=self.ledger.save(entry, now))
        mail = self.book.mail(decision.answers)
        entry = self._entry(case, decision, composed, now, mail.thread_id if mail else "")
        self.casebook.claim(case.id, composed.message_id)
        return Done(now, case, decision, composed, self.ledger.lay(entry, now))

    def _improve(self, case: Case, now: datetime) -> None:
        """Give drafts that lie untouched a better text where the user has told what they still ask for."""
        for entry in self.drafts.of_case(case.id):
            if entry.state is DraftState.PLACED and entry.octets and entry.decision:
                octets = self.mind.improve(entry.octets, entry.decision, case, now, self.book)
                if octets is not None:
                    self.ledger.improve(entry, octets, now)

    def _withdraw(self, case: Case, decision: Decision, now: datetime) -> Done:
        entry = self.drafts.get(decision.key)
        if entry is not None:
            entry = self.ledger.take_back(entry, now, _why(decision))
        return Done(now, case, decision, entry=entry)

    def _entry(
        self, case: Case, decision: Decision, composed: Composed | None, now: datetime, thread_id: str = ""
    ) -> Entry:
        assert decision.note is not None
        octets = composed.octets if composed else None
        return Entry(
            key=decision.key,
            case_id=case.id,
            note=decision.note,
            to=composed.letter.to.address if composed else decision.to.address or "" if decision.to else "",
            state=DraftState.INTENDED,
            answers=decision.answers,
            message_id=composed.message_id if composed else "",
            octets=octets,
            digest=digest_of(octets or b""),
            intended_at=now,
            changed_at=now,
            thread_id=thread_id,
            subject=composed.subject if composed else "",
            decision=decision,
        )

    def _sent(self, entry: Entry) -> tuple[life.Seen, ...]:
        """Return the user's own mails in the draft's case."""
        return tuple(_seen(r) for r in self.book.case_readings(entry.case_id) if r.outgoing)

    def _draft_changed(self, entry: Entry, now: datetime) -> None:
        self.audit.record(now, draft_changed(self.audit, entry))


def _seen(reading: Reading) -> life.Seen:
    stored = StoredMessage(b"", "", SpecialUse.SENT, "", reading.date)
    return life.Seen(
        stored,
        reading.message_id,
        frozenset(address.address for address in (*reading.to, *reading.cc)),
        frozenset((*reading.in_reply_to, *reading.references)),
        reply_subject(reading.subject).casefold(),
    )


def _again(decision: Decision, now: datetime) -> datetime | None:
    """Return when to ask again; never at once, or a moment already past would be a loop."""
    if decision.action is Action.NOTHING or decision.due is None:
        return None
    return max(decision.due, now + SOONEST)


def _why(decision: Decision) -> str:
    return decision.because[0].says if decision.because else ""


def _digest(decision: Decision) -> str:
    """Return what tells one answer from another, for answers that do nothing."""
    rules = " ".join(finding.rule for finding in decision.because)
    said = f"{decision.action} {decision.due} {rules} {decision.policy}"
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
