"""What the mails of a case add up to: which of them are words, what was promised, how it ended.

Functions of mails and interviews.  What must not be known here: the moment, and the policy's numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from policies.case import (
    Act,
    Case,
    Direction,
    DraftState,
    Event,
    Kind,
    Note,
    Party,
    Timeline,
    TimelineKind,
)
from policies.meetings import ARRANGING

NO_WORD = frozenset({Kind.APPLICATION_ACKNOWLEDGEMENT, Kind.JOB_ALERT, Kind.AUTO_REPLY})
"""Mails that come by themselves: nobody has thought of the candidate."""

NEXT_STEPS = ARRANGING | {Kind.ASSESSMENT_REQUEST, Kind.OFFER}
"""Mails by which the process goes on."""


class Outcome(StrEnum):
    """How far a case has come."""

    OPEN = "open"
    REJECTED = "rejected"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class Expecting(StrEnum):
    """What a timeline lets the candidate expect."""

    NOTHING = "nothing"  # no time was named, or it was overtaken
    NEWS_BY_A_DAY = "news by a day"
    A_QUESTION = "a question"  # they asked to be reminded on a day
    NEWS_AFTER_THE_HOLIDAYS = "news after the holidays"
    A_PAUSE = "a pause"  # on hold without a date


@dataclass(frozen=True, slots=True)
class Promise:
    """A timeline, the mail it was stated in, and what it lets the candidate expect.

    `day` is the latest day it names.  `january` is the year whose January “after the holidays” means.
    """

    mail: Event
    quote: str
    expecting: Expecting
    day: date | None
    january: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """A direction, and the mail it was given in."""

    mail: Event
    direction: Direction

    @property
    def quote(self) -> str:
        """The words it was given in."""
        return self.direction.quote

    @property
    def day(self) -> date | None:
        """The day it names, if any."""
        return self.direction.until


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a case has come, and the mail that says so."""

    outcome: Outcome
    mail: Event | None = None


THEY_SAY = {Kind.REJECTION: Outcome.REJECTED, Kind.OFFER: Outcome.OFFERED}
YOU_SAY: dict[Act | None, Outcome] = {Act.WITHDRAWAL: Outcome.WITHDRAWN, Act.ACCEPTANCE: Outcome.ACCEPTED}
FINAL = frozenset(YOU_SAY.values())


WRITES = {
    Note.THANK_YOU: Act.THANKS,
    Note.STATUS_CHECK: Act.QUESTION,
    Note.REJECTION_THANKS: Act.THANKS,
    Note.REOPENED_THANKS: Act.THANKS,
    Note.WITHDRAWAL: Act.WITHDRAWAL,
}
"""What the user does by sending a note of ours."""

ABOUT = timedelta(minutes=1)
"""Dates of mails have no fractions of a second, and clocks differ."""


def own_mails(case: Case) -> tuple[Event, ...]:
    """Return the user's mails; a note of ours that they sent does what it says, whatever was read in it."""
    mails = [e for e in case.history if e.by is Party.USER]
    for draft in case.drafts:
        act = WRITES.get(draft.note) if draft.state is DraftState.SENT else None
        span = (draft.at - ABOUT, draft.changed_at + ABOUT)
        fits = [n for n, e in enumerate(mails) if act and draft.to in e.to and span[0] <= e.at <= span[1]]
        if fits and not any(mails[n].act is act for n in fits):
            mails[fits[-1]] = replace(mails[fits[-1]], act=act)
    return tuple(mails)


def promise_of(mail: Event) -> Promise | None:
    """Return what one mail promises: an invitation to ask, else its latest day, else a pause."""
    if not mail.timelines:
        return None
    dated = [t for t in mail.timelines if t.latest and t.kind is not TimelineKind.VAGUE]
    undated = [t for t in mail.timelines if t.kind is TimelineKind.HOLD or t.after_holidays]
    best = [t for t in dated if t.invited] or dated
    main = max(best, key=lambda t: t.latest or date.min) if best else next(iter(undated), None)
    return _promise(mail, main) if main else None


def _promise(mail: Event, timeline: Timeline) -> Promise:
    day = timeline.latest
    january = 0
    if timeline.after_holidays:
        # Without a date it is the next January; with one in another month, another season's holidays.
        january = mail.at.year + 1 if day is None else day.year if day.month == 1 else 0
    if timeline.invited:
        expecting = Expecting.A_QUESTION
    elif january:
        expecting = Expecting.NEWS_AFTER_THE_HOLIDAYS
    else:
        expecting = Expecting.NEWS_BY_A_DAY if day else Expecting.A_PAUSE
    return Promise(mail, timeline.quote, expecting, day, january)


def latest_promise(mails: Sequence[Event]) -> Promise | None:
    """Return the promise of the last mail that makes one."""
    promises = (promise_of(mail) for mail in reversed(mails) if mail.timelines)
    return next(filter(None, promises), None)


def standing(history: Iterable[Event]) -> Standing:
    """Return how far a case has come.

    Who still says when they will act has not rejected anybody.  A rejection is taken back by a mail with
    which the process goes on or in which a person says where things stand; a pleasantry does not.  What the
    user decided is final.
    """
    now = Standing(Outcome.OPEN)
    mails = tuple(history)
    if not any(mail.kind in THEY_SAY or mail.act in YOU_SAY for mail in mails):
        return now
    for mail in mails:
        says = _says(mail)
        if says is None:
            if now.outcome is Outcome.REJECTED and _goes_on(mail):
                now = Standing(Outcome.OPEN, mail)
        elif says is not now.outcome:
            now = Standing(says, mail)
            if says in FINAL:
                return now
    return now


def _goes_on(mail: Event) -> bool:
    says_where_it_stands = mail.personal and (mail.kind is Kind.EMPLOYER_UPDATE or bool(promise_of(mail)))
    return mail.by is Party.EMPLOYER and (mail.kind in NEXT_STEPS or says_where_it_stands)


def _says(mail: Event) -> Outcome | None:
    if mail.by is not Party.EMPLOYER:
        return YOU_SAY.get(mail.act)
    return None if mail.kind is Kind.REJECTION and promise_of(mail) else THEY_SAY.get(mail.kind)
