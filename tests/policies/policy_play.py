"""Plays a case through time against the policy: mails come, the user acts, what is decided is noted.

    Play().invited("25 Feb 10:00", "2 Mar 14:00", BO).says("4 Mar 9:00", by_13_march).until("1 May")

gives one line for each thing done: `2 Mar 15:00 draft thank-you bo`.  Days are those of 2026, in UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from policies.case import (
    Act,
    Case,
    Direction,
    DirectionKind,
    Draft,
    DraftState,
    Event,
    Interview,
    Kind,
    Note,
    Part,
    Party,
    Person,
    Raised,
    Timeline,
    TimelineKind,
)
from policies.decide import decide
from policies.decision import Action, Decision
from policies.settings import Policy

MIA = Person("Mia Chen", "mia@acme.example", Part.COORDINATOR)
BO = Person("Bo Li", "bo@acme.example", Part.INTERVIEWER)
ANA = Person("Ana Ruiz", "ana@acme.example", Part.INTERVIEWER)
LEA = Person("Lea Novak", "lea@acme.example", Part.HIRING_MANAGER)
REX = Person("Rex Hall", "rex@agency.example", Part.RECRUITER)
TEAM = Person("Acme Talent Team", "talent@acme.example")
ROBOT = Person("Acme", "no-reply@acme.example")

WROTE = {Note.THANK_YOU: Act.THANKS, Note.STATUS_CHECK: Act.QUESTION, Note.WITHDRAWAL: Act.WITHDRAWAL}


def at(text: str) -> datetime:
    """Return "2 Mar 14:00", "2 Mar" or "2 Jan 2027 9:00" as a moment in UTC."""
    words = text.split()
    year = words.pop(2) if len(words) > 2 and ":" not in words[2] else "2026"
    clock = words[2] if len(words) > 2 else "0:00"
    return datetime.strptime(f"{words[0]} {words[1]} {year} {clock}", "%d %b %Y %H:%M").replace(tzinfo=UTC)


def day(text: str) -> date:
    """Return "13 Mar" as a date."""
    return at(text).date()


def by(text: str, **more: Any) -> Timeline:
    """Return "we decide by that day"."""
    return Timeline(f"by {text}", None, day(text), TimelineKind.DEADLINE, **more)


def follow_up_on(text: str) -> Timeline:
    """Return "come back to us on that day"."""
    return Timeline(f"follow up on {text}", day(text), day(text), TimelineKind.WINDOW, invited=True)


AFTER_THE_HOLIDAYS = Timeline("after the holidays", None, None, TimelineKind.VAGUE, after_holidays=True)
ON_HOLD = Timeline("the position is on hold", None, None, TimelineKind.HOLD)


def wish(kind: DirectionKind, **more: Any) -> Direction:
    """Return a direction of that kind."""
    return Direction(kind, str(kind).replace("_", " "), **more)


@dataclass
class Play:
    """A case that grows as its mails come."""

    case: Case = field(default_factory=lambda: Case("acme", "Acme", "Engineer"))
    changes: list[tuple[datetime, Callable[[Case], Case]]] = field(default_factory=list)
    decided: list[tuple[datetime, Decision]] = field(default_factory=list)
    keys: int = 0

    def change(self, moment: datetime, change: Callable[[Case], Case]) -> Play:
        self.changes.append((moment, change))
        return self

    def event(self, when: str, party: Party, **said: Any) -> Play:
        """Add a mail; its author becomes known."""
        self.keys += 1
        event = Event(at(when), f"m{self.keys}", party, **said)
        return self.change(event.at, lambda case: _with(case, event))

    def mail(self, when: str, kind: Kind = Kind.EMPLOYER_UPDATE, author: Person = MIA, **said: Any) -> Play:
        """Let the employer write."""
        personal = said.pop("personal", author is not ROBOT)
        return self.event(when, Party.EMPLOYER, kind=kind, author=author, personal=personal, **said)

    def says(self, when: str, *timelines: Timeline, author: Person = MIA, **said: Any) -> Play:
        """Let the employer say when they will act."""
        return self.mail(when, author=author, timelines=timelines, **said)

    def asks_for(self, when: str, *wishes: Direction, author: Person = MIA, **said: Any) -> Play:
        """Let the employer say how they want to be contacted."""
        return self.mail(when, author=author, directions=wishes, **said)

    def invited(self, when: str, start: str, *people: Person, author: Person = MIA, **said: Any) -> Play:
        """Let the employer invite to an hour's interview with these people."""
        interview = Interview(at(start), at(start) + timedelta(hours=1), people=people)
        kind = said.pop("kind", Kind.INTERVIEW_INVITATION)
        self.mail(when, kind, author, **said)
        return self.change(at(when), lambda case: _meeting(case, interview))

    def cancelled(self, when: str, start: str, **said: Any) -> Play:
        """Let the employer call the interview off."""
        self.mail(when, Kind.INTERVIEW_CANCELLATION, **said)
        return self.change(at(when), lambda case: _called_off(case, at(start)))

    def moved(self, when: str, start: str, new: str, *people: Person) -> Play:
        """Let the employer move the interview."""
        self.invited(when, new, *people, kind=Kind.INTERVIEW_RESCHEDULE)
        return self.change(at(when), lambda case: _called_off(case, at(start)))

    def away(self, when: str, back: str, author: Person = MIA) -> Play:
        """Let an automatic answer say when its author is back."""
        return self.event(
            when, Party.ROBOT, kind=Kind.AUTO_REPLY, author=author, returns=day(back), personal=False
        )

    def bounce(self, when: str) -> Play:
        """Let a mail come back undelivered."""
        author = Person(None, "mailer-daemon@acme.example")
        return self.event(when, Party.ROBOT, kind=Kind.AUTO_REPLY, author=author, personal=False)

    def user(self, when: str, act: Act, *to: Person) -> Play:
        """Let the user write."""
        addresses = tuple(p.address for p in to or (MIA,))
        return self.event(when, Party.USER, act=act, to=addresses)

    def draft(self, when: str, state: DraftState, note: Note = Note.STATUS_CHECK) -> Play:
        """Let the user do something to our latest draft of that kind."""
        return self.change(at(when), lambda case: _turned(case, note, state, at(when)))

    def until(
        self,
        end: str,
        *,
        user: str = "sends",
        policy: Policy | None = None,
        step: timedelta | None = None,
        start: str | None = None,
    ) -> list[str]:
        """Return what was done until then, one line each; the user `sends` or `ignores` drafts.

        Time goes from due moment to due moment, or in steps of that size.
        """
        policy = policy or Policy()
        changes = sorted(self.changes, key=lambda change: change[0])
        now = at(start) if start else changes[0][0]
        while now <= at(end):
            while changes and changes[0][0] <= now:
                self.case = changes.pop(0)[1](self.case)
            due = self._settle(now, policy, user)
            moments = [changes[0][0]] if changes else []
            moments += [now + step] if step else [due] if due else []
            if not moments:
                break
            now = min(moments)
        return [_line(*one) for one in self.decided]

    def _settle(self, now: datetime, policy: Policy, user: str) -> datetime | None:
        for _ in range(30):
            decision = decide(self.case, now, policy)
            if decision.action in (Action.WAIT, Action.NOTHING):
                assert decision.because, "every answer has its reasons"
                assert decision.due is None or decision.due > now
                return decision.due
            self.decided.append((now, decision))
            self.case = carried_out(self.case, decision, now)
            if decision.action is Action.DRAFT and user == "sends":
                self.case = sent(self.case, decision, now)
        raise AssertionError(f"decided again and again: {decision}")


def carried_out(case: Case, decision: Decision, now: datetime) -> Case:
    """Return the case after the shell did what was decided."""
    if decision.action is Action.DRAFT:
        assert decision.note
        to = (decision.to.address if decision.to else "") or ""
        draft = Draft(decision.key, decision.note, to, DraftState.PLACED, now, now)
        return replace(case, drafts=(*case.drafts, draft))
    if decision.action is Action.WITHDRAW:
        return _state_of(case, decision.key, DraftState.WITHDRAWN, now)
    return replace(case, raised=(*case.raised, Raised(decision.key, now)))


def sent(case: Case, decision: Decision, now: datetime) -> Case:
    """Return the case after the user sent that draft."""
    assert decision.note
    to = (decision.to.address if decision.to else "") or ""
    act = WROTE.get(decision.note, Act.THANKS)
    event = Event(now, f"sent {decision.key}", Party.USER, act=act, to=(to,))
    return _with(_state_of(case, decision.key, DraftState.SENT, now), event)


def _state_of(case: Case, key: str, state: DraftState, now: datetime) -> Case:
    turned = (replace(d, state=state, changed_at=now) if d.key == key else d for d in case.drafts)
    return replace(case, drafts=tuple(turned))


def _turned(case: Case, note: Note, state: DraftState, now: datetime) -> Case:
    key = next(d.key for d in reversed(case.drafts) if d.note is note)
    return _state_of(case, key, state, now)


def _with(case: Case, event: Event) -> Case:
    people = [event.author] if event.by is Party.EMPLOYER and event.personal and event.author else []
    history = sorted((*case.history, event), key=lambda e: (e.at, e.key))
    return replace(case, people=_known(case, people), history=tuple(history))


def _meeting(case: Case, interview: Interview) -> Case:
    return replace(case, people=_known(case, interview.people), interviews=(*case.interviews, interview))


def _known(case: Case, people: Any) -> tuple[Person, ...]:
    return tuple(dict.fromkeys((*case.people, *people)))


def _called_off(case: Case, start: datetime) -> Case:
    off = (replace(i, cancelled=True) if i.start == start else i for i in case.interviews)
    return replace(case, interviews=tuple(off))


def _line(now: datetime, decision: Decision) -> str:
    to = decision.to.address.partition("@")[0] if decision.to and decision.to.address else ""
    words = [f"{now.day} {now:%b %H:%M}", str(decision.action), str(decision.note or ""), to]
    return " ".join(word for word in [*words, "(late)" if decision.late else ""] if word)
