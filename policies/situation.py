"""A case at a moment: the last word, the timeline in force, whose turn it is, how it ended.

What every rule needs, worked out once, each fact with the mail it comes from.  What must not be known
here: what to do about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from policies import meetings, people
from policies.case import (
    Act,
    Case,
    Direction,
    DirectionKind,
    Draft,
    DraftState,
    Event,
    Kind,
    Note,
    Party,
    Person,
    Timeline,
    TimelineKind,
)
from policies.meetings import Meeting
from policies.settings import Policy

NO_WORD = frozenset({Kind.APPLICATION_ACKNOWLEDGEMENT, Kind.JOB_ALERT, Kind.AUTO_REPLY})
"""Mails that come by themselves: nobody has thought of the candidate."""

NEXT_STEPS = meetings.ARRANGING | {Kind.ASSESSMENT_REQUEST, Kind.OFFER}
"""Mails by which the process goes on."""

WANTS_AN_ANSWER = frozenset({Kind.SCHEDULING_REQUEST, Kind.ASSESSMENT_REQUEST})
TAKEN_BACK = frozenset({DraftState.WITHDRAWN, DraftState.SUPERSEDED})
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Outcome(StrEnum):
    """How far a case has come."""

    OPEN = "open"
    REJECTED = "rejected"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class Expecting(StrEnum):
    """What the employer let the candidate expect."""

    NOTHING = "nothing"  # no time was named, or it was overtaken
    NEWS_BY_A_DAY = "news by a day"
    A_QUESTION = "a question"  # they asked to be reminded on a day
    NEWS_AFTER_THE_HOLIDAYS = "news after the holidays"
    A_PAUSE = "a pause"  # on hold without a date


@dataclass(frozen=True, slots=True)
class Word:
    """The employer's last word: the end of an interview, or a mail."""

    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Said:
    """A timeline or a direction, the mail it was said in, and the latest day it names."""

    event: Event
    what: Timeline | Direction
    day: date | None

    @property
    def quote(self) -> str:
        """The words themselves."""
        return self.what.quote


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the case has come, and the mail that says so."""

    outcome: Outcome
    mail: Event | None = None


class Situation:
    """What follows from a case at a moment, where the user lives."""

    def __init__(self, case: Case, now: datetime, policy: Policy) -> None:
        self.case = case
        self.now = now
        self.policy = policy

    @cached_property
    def mails(self) -> tuple[Event, ...]:
        """The employer's mails, acknowledgements included, robots not."""
        return tuple(e for e in self.case.history if e.by is Party.EMPLOYER)

    @cached_property
    def words(self) -> tuple[Event, ...]:
        """The employer's real mails: each answers whatever was asked before."""
        return tuple(e for e in self.mails if e.kind not in NO_WORD)

    @cached_property
    def mine(self) -> tuple[Event, ...]:
        """The user's own mails."""
        return tuple(e for e in self.case.history if e.by is Party.USER)

    @cached_property
    def meetings(self) -> tuple[Meeting, ...]:
        """The interviews that were not called off."""
        return meetings.standing(self.case, self.policy)

    @cached_property
    def interviewers(self) -> tuple[tuple[Meeting, Person], ...]:
        """Every interview with every interviewer, the same person once a day."""
        return meetings.interviewers(self.case, self.meetings, self.policy)

    @cached_property
    def held(self) -> tuple[Meeting, ...]:
        """The interviews that have taken place."""
        return tuple(m for m in self.meetings if m.end <= self.now and not m.missed)

    @cached_property
    def ahead(self) -> tuple[Meeting, ...]:
        """The interviews that are not over yet."""
        return tuple(m for m in self.meetings if m.end > self.now)

    @cached_property
    def word(self) -> Word | None:
        """The later of the last interview's end and the employer's last real mail."""
        words = [Word(e.at, e.key) for e in self.words[-1:]] + [Word(m.end, m.key) for m in self.held[-1:]]
        return max(words, key=lambda w: w.at, default=None)

    @cached_property
    def epoch(self) -> str:
        """What a stop is about: the last word, else the first mail.  A new word makes a new one."""
        return self.word.key if self.word else next((e.key for e in self.case.history), "")

    @cached_property
    def clock(self) -> datetime | None:
        """When the wait began: with the last word, or with the user's own later hand-in or answer."""
        answers = (e.at for e in self.mine if e.act is Act.ANSWER)
        return max([self.word.at, *answers]) if self.word else None

    @cached_property
    def promise(self) -> Said | None:
        """The timeline in force: the one stated last, unless it was overtaken."""
        stated = ((e, t) for e in reversed(self.mails) if (t := _main_timeline(e)))
        said = next((Said(e, t, t.latest) for e, t in stated), None)
        return None if said is None or self._overtaken(said) else said

    @cached_property
    def expecting(self) -> Expecting:
        """What the timeline in force lets the candidate expect."""
        if self.promise is None or not isinstance(timeline := self.promise.what, Timeline):
            return Expecting.NOTHING
        if timeline.invited:
            return Expecting.A_QUESTION
        if timeline.after_holidays and self.january:
            return Expecting.NEWS_AFTER_THE_HOLIDAYS
        return Expecting.NEWS_BY_A_DAY if timeline.latest else Expecting.A_PAUSE

    @cached_property
    def january(self) -> int | None:
        """The year whose January they would mean by “after the holidays”, or None for another season."""
        if self.promise is None:
            return None
        if day := self.promise.day:
            return day.year if day.month == 1 else None
        return self.promise.event.at.year + 1

    @cached_property
    def asked(self) -> tuple[datetime, ...]:
        """When the user asked where things stand since the last word, in their own words or in ours."""
        own = [e.at for e in self.mine if e.act is Act.QUESTION and e.at > self._last_word]
        ours = [d.changed_at for d in self.status_drafts if d.state is DraftState.SENT]
        return tuple(sorted(own if len(own) >= len(ours) else ours))

    @cached_property
    def status_drafts(self) -> tuple[Draft, ...]:
        """Our status checks since the last word, without those taken back."""
        checks = (d for d in self.case.drafts if d.note is Note.STATUS_CHECK and d.state not in TAKEN_BACK)
        return tuple(d for d in checks if max(d.at, d.changed_at) > self._last_word)

    @cached_property
    def owed(self) -> Event | None:
        """The employer's mail that waits for the candidate: for availability, documents, a hand-in."""
        last = self.mails[-1] if self.mails else None
        if last is None or not (last.asks or last.kind in WANTS_AN_ANSWER):
            return None
        answered = any(e.at > last.at and e.act is not Act.THANKS for e in self.mine)
        overtaken = any(m.end > last.at for m in self.held)
        return None if answered or overtaken else last

    @cached_property
    def standing(self) -> Standing:
        """How far the case has come; a rejection may be taken back, the user's own decision is final."""
        standing = Standing(Outcome.OPEN)
        for event in self.case.history:
            standing = _after(standing, event)
        return standing

    @property
    def waiting(self) -> bool:
        """Whether it is the employer's turn and nothing else is under way."""
        return self.standing.outcome is Outcome.OPEN and not self.owed and not self.ahead

    @cached_property
    def contact(self) -> Person | None:
        """Who is asked where things stand."""
        return people.contact(self.case)

    @cached_property
    def back(self) -> date | None:
        """The day the contact is back, as their latest automatic answer says."""
        robots = (e for e in reversed(self.case.history) if e.by is Party.ROBOT and e.returns)
        return next((e.returns for e in robots if self._is_contact(e.author)), None)

    @cached_property
    def silence_means_no(self) -> Said | None:
        """The warning that silence means no, unless the process went on after it."""
        said = self.told(DirectionKind.SILENCE_MEANS_NO)
        if said is None:
            return None
        later = (e for e in self.words if e.at > said.event.at)
        went_on = any(e.kind in NEXT_STEPS or e.asks or _main_timeline(e) for e in later)
        met = any(said.day and said.day < self.policy.day(m.end) for m in self.held if m.end > said.event.at)
        return None if went_on or met else said

    @property
    def no_contact(self) -> Said | None:
        """The wish not to be contacted, unless they have since said that it is welcome."""
        said = self.told(DirectionKind.NO_CONTACT, unless=DirectionKind.CHECK_IN_WELCOME)
        asked_for = self.expecting is Expecting.A_QUESTION and self.promise
        return None if said and asked_for and asked_for.event.at >= said.event.at else said

    @property
    def next_question(self) -> date | None:
        """The first day on which one may ask again: at the agreed pace, else at the policy's."""
        if not self.asked:
            return None
        paces = (self.told(DirectionKind.CHECK_IN_WELCOME, unless=DirectionKind.NO_CONTACT),)
        days = next((p.what.every_days for p in paces if p and isinstance(p.what, Direction)), None)
        if days:
            return self.policy.day(self.asked[-1]) + timedelta(days=days)
        return self.workday(self.asked[-1], self.policy.status_between)

    @property
    def no_from(self) -> date | None:
        """The day by whose end silence means no: the one they named, else when one would have asked."""
        if self.silence_means_no and self.silence_means_no.day:
            return self.silence_means_no.day
        if self.promise and self.promise.day:
            return self.promise.day
        return self.workday(self.clock, self.policy.status_after_silence) if self.clock else None

    @property
    def named_day(self) -> date:
        """The latest day they named and that still counts, else a day long ago."""
        said = (self.promise, self.silence_means_no)
        return max((s.day for s in said if s and s.day), default=date.min)

    @property
    def lost_interest(self) -> bool:
        """Whether the user said, in a debrief or a note to the case, that they no longer want the job."""
        return ("interested", "no") in self.case.facts

    @property
    def foreign_replies(self) -> tuple[tuple[str, str], ...]:
        """Whose answers would go elsewhere, by their last mail, and to which address."""
        last = {e.author.address: e.foreign_reply_to for e in self.mails if e.author and e.author.address}
        return tuple((address, elsewhere) for address, elsewhere in last.items() if elsewhere)

    @property
    def watched_from(self) -> datetime | None:
        """The moment before which nothing is raised."""
        began = self.case.observed_from
        return began - timedelta(days=self.policy.look_back) if began else None

    def left_alone(self, due: datetime) -> bool:
        """Return whether that lay too long before we began to watch."""
        return self.watched_from is not None and due < self.watched_from

    def overtook(self, draft: Draft) -> bool:
        """Return whether they have written, or the user has asked, since the draft was laid."""
        return draft.at <= max([self._last_word, *self.asked])

    def decides_by(self, moment: datetime) -> bool:
        """Return whether they said that they decide by then."""
        day = self.promise.day if self.promise else None
        return day is not None and day <= self.policy.day(moment)

    def told(self, kind: DirectionKind, *, unless: DirectionKind | None = None) -> Said | None:
        """Return the latest direction of that kind, unless the other kind was said after it."""
        for event in reversed(self.mails):
            for direction in reversed(event.directions):
                if direction.kind is kind:
                    return Said(event, direction, direction.until)
                if direction.kind is unless:
                    return None
        return None

    def thanked(self, person: Person, meeting: Meeting) -> bool:
        """Return whether the user has thanked that person since that interview began."""
        since = meeting.interview.start
        return any(e.act is Act.THANKS and e.at > since and person.address in e.to for e in self.mine)

    def free(self, day: date) -> date:
        """Return that day, or the first after it when the contact is back and has had time to answer."""
        day = max(day, self.next_question or day)
        return self.workday(self.back, 1) if self.back and self.back > day else day

    def workday(self, day: date | datetime, count: int) -> date:
        """Return the `count`-th business day after that day."""
        return self.policy.workday(self.policy.day(day) if isinstance(day, datetime) else day, count)

    def morning(self, day: date) -> datetime:
        """Return the hour of that day at which status checks and stops fall due."""
        return self.policy.moment(day, self.policy.status_hour)

    def raised(self, key: str) -> bool:
        """Return whether this was said to the user before."""
        return any(r.key == key for r in self.case.raised)

    @property
    def _last_word(self) -> datetime:
        return self.word.at if self.word else LONG_AGO

    def _overtaken(self, said: Said) -> bool:
        """Return whether the wait began anew after what was said had run out."""
        later = [e for e in self.words if e.at > said.event.at]
        met = [m for m in self.held if m.end > said.event.at]
        if said.event.kind in NO_WORD and (later or met):
            return True  # what an acknowledgement promises is kept by the first real word
        if said.day is None:
            return bool(met) or any(e.kind in NEXT_STEPS for e in later)
        day = said.day
        answered = (e for e in self.mine if e.act is Act.ANSWER and e.at > said.event.at)
        not_ahead = any(day <= self.policy.day(e.at) for e in (*later, *answered))
        return not_ahead or any(day < self.policy.day(m.end) for m in met)

    def _is_contact(self, author: Person | None) -> bool:
        return author is None or self.contact is None or author.address == self.contact.address


def _main_timeline(event: Event) -> Timeline | None:
    """Return what one mail says about when: an invitation to ask, else the latest day, else a hold."""
    dated = [t for t in event.timelines if t.latest and t.kind is not TimelineKind.VAGUE]
    open_end = [t for t in event.timelines if t.kind is TimelineKind.HOLD or t.after_holidays]
    best = [t for t in dated if t.invited] or dated
    return max(best, key=lambda t: t.latest or date.min) if best else next(iter(open_end), None)


def _after(standing: Standing, event: Event) -> Standing:
    """Return how far the case has come after one more mail."""
    if standing.outcome in (Outcome.WITHDRAWN, Outcome.ACCEPTED):
        return standing
    if event.by is Party.USER:
        return _by_the_user(standing, event)
    said = _said_by(event)
    if event.by is not Party.EMPLOYER or said is standing.outcome:
        return standing
    if said:
        return Standing(said, event)
    taken_back = event.kind in NEXT_STEPS or (event.kind is Kind.EMPLOYER_UPDATE and event.personal)
    return Standing(Outcome.OPEN, event) if standing.outcome is Outcome.REJECTED and taken_back else standing


def _by_the_user(standing: Standing, event: Event) -> Standing:
    decided = {Act.WITHDRAWAL: Outcome.WITHDRAWN, Act.ACCEPTANCE: Outcome.ACCEPTED}
    return Standing(decided[event.act], event) if event.act in decided else standing


def _said_by(event: Event) -> Outcome | None:
    return {Kind.REJECTION: Outcome.REJECTED, Kind.OFFER: Outcome.OFFERED}.get(event.kind)
