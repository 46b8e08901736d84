"""A case at a moment: the last word, the timeline in force, whose turn it is, how it stands.

What every rule needs, worked out once.  What must not be known here: what to do about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from policies import history, meetings, people
from policies.case import Act, Case, DirectionKind, Draft, DraftState, Event, Kind, Note, Party, Person
from policies.history import NEXT_STEPS, NO_WORD, Expecting, Outcome, Promise, Standing, Wish
from policies.meetings import Meeting
from policies.settings import Policy
from policies.verdicts import Write

WANTS_AN_ANSWER = frozenset({Kind.SCHEDULING_REQUEST, Kind.ASSESSMENT_REQUEST})
UNTOUCHED = frozenset({DraftState.INTENDED, DraftState.PLACED, DraftState.BLOCKED})
LYING = UNTOUCHED | {DraftState.EDITED}
TAKEN_BACK = frozenset({DraftState.WITHDRAWN, DraftState.SUPERSEDED})
NOTES = tuple(Note)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
T = TypeVar("T")


class _Once(Generic[T]):
    """A property worked out once; functools.cached_property takes a lock before Python 3.12."""

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self.work_out = work_out
        self.name = work_out.__name__
        self.__doc__ = work_out.__doc__

    def __get__(self, it: object, kind: type | None = None) -> T:
        value = it.__dict__[self.name] = self.work_out(it)
        return value


once = _Once


@dataclass(frozen=True, slots=True)
class Word:
    """The employer's last word: the end of an interview, or a mail."""

    at: datetime
    key: str


class Situation:
    """What follows from a case at a moment, where the user lives."""

    def __init__(self, case: Case, now: datetime, policy: Policy) -> None:
        self.case = case
        self.now = now
        self.policy = policy
        self.wanted: dict[Note, list[Write]] = {note: [] for note in NOTES}
        """The notes the wishes want; filled in before the rules are asked about them."""

    # Who wrote, who met

    @once
    def mails(self) -> tuple[Event, ...]:
        """The employer's mails, acknowledgements included, robots not."""
        return tuple([e for e in self.case.history if e.by is Party.EMPLOYER])

    @once
    def words(self) -> tuple[Event, ...]:
        """The employer's real mails: each answers whatever was asked before."""
        return tuple([e for e in self.mails if e.kind not in NO_WORD and not e.noted])

    @once
    def wishes(self) -> tuple[Wish, ...]:
        """What the employer asked for about contact, the latest first."""
        giving = [e for e in reversed(self.mails) if e.directions]
        return tuple(Wish(e, d) for e in giving for d in reversed(e.directions))

    @once
    def mine(self) -> tuple[Event, ...]:
        """The user's own mails."""
        return history.own_mails(self.case)

    @once
    def meetings(self) -> tuple[Meeting, ...]:
        """The interviews that were not called off."""
        return meetings.standing(self.case, self.policy)

    @once
    def to_thank(self) -> tuple[tuple[Meeting, Person], ...]:
        """Interviews and who held them, as long as thanks may be written or lie in Drafts."""
        window = timedelta(days=self.policy.thank_you_window)
        recent = any(self.now <= m.end + window for m in self.meetings)
        if recent or any(d.note is Note.THANK_YOU and d.state in LYING for d in self.case.drafts):
            return meetings.interviewers(self.case, self.meetings, self.policy)
        return ()

    @once
    def untold(self) -> tuple[tuple[tuple[Meeting, ...], tuple[Person, ...]], ...]:
        """The interviews of each day of which nothing is noted, with those to whom thanks are owed."""
        days: dict[date, list[Meeting]] = {}
        for meeting in self.meetings:
            if not meeting.missed:
                days.setdefault(self.policy.day(meeting.end), []).append(meeting)
        noted = {about.split(":")[-1] for about, _ in self.case.facts if about.startswith("talked")}
        return tuple(
            (tuple(met), to)
            for day, met in days.items()
            if day.isoformat() not in noted
            and (to := tuple(p for m, p in self.to_thank if m in met and not self.thanked(p, m)))
        )

    @once
    def held(self) -> tuple[Meeting, ...]:
        """The interviews that have taken place."""
        return tuple(m for m in self.meetings if m.end <= self.now and not m.missed)

    @once
    def ahead(self) -> tuple[Meeting, ...]:
        """The interviews that are not over yet."""
        return tuple(m for m in self.meetings if m.end > self.now)

    @once
    def contact(self) -> Person | None:
        """Who is asked where things stand."""
        return people.contact(self.case)

    @once
    def back(self) -> date | None:
        """The day the contact is back, as their latest automatic answer says."""
        for event in reversed(self.case.history):
            if event.by is Party.ROBOT and event.returns and self._is_contact(event.author):
                return event.returns
        return None

    # Since when

    @once
    def met(self) -> Word | None:
        """The end of the last interview; of one nobody wrote about, the user's thanks for it.

        Thanks after a rejection are not for an interview.
        """
        if self.held:
            return Word(self.held[-1].end, self.held[-1].key)
        rejected = next((e.at for e in self.mails if e.kind is Kind.REJECTION), self.now)
        thanks = (e for e in self.mine if e.act is Act.THANKS and e.at <= rejected)
        return next((Word(e.at, e.key) for e in thanks), None)

    @once
    def word(self) -> Word | None:
        """The later of the last interview and the employer's last real mail."""
        mail = Word(self.words[-1].at, self.words[-1].key) if self.words else None
        return max(mail, self.met, key=lambda w: w.at) if mail and self.met else mail or self.met

    @once
    def epoch(self) -> str:
        """What a stop is about: the last word, else the first mail.  A new word makes a new one."""
        return self.word.key if self.word else next((e.key for e in self.case.history), "")

    @once
    def clock(self) -> datetime | None:
        """When the wait began: with the last word, or with the user's own later hand-in or answer."""
        answers = (e.at for e in self.mine if e.act is Act.ANSWER)
        return max([self.word.at, *answers]) if self.word else None

    @once
    def promise(self) -> Promise | None:
        """The timeline in force: the one stated last, unless it was overtaken."""
        promise = history.latest_promise(self.mails)
        return promise if promise and not self._overtaken(promise) else None

    def expecting(self, what: Expecting) -> Promise | None:
        """Return the timeline in force if that is what it lets the candidate expect after an interview."""
        return self.promise if self.met and self.promise and self.promise.expecting is what else None

    @once
    def asked(self) -> tuple[datetime, ...]:
        """When the user asked where things stand since the last word, in their own words or in ours."""
        since = self._last_word
        own = [e.at for e in self.mine if e.act is Act.QUESTION and e.at > since]
        ours = [d.changed_at for d in self.status_drafts if d.state is DraftState.SENT]
        return tuple(sorted(own if len(own) >= len(ours) else ours))

    @once
    def status_drafts(self) -> tuple[Draft, ...]:
        """Our status checks since the last word, without those taken back."""
        checks = (d for d in self.case.drafts if d.note is Note.STATUS_CHECK and d.state not in TAKEN_BACK)
        return tuple(d for d in checks if max(d.at, d.changed_at) > self._last_word)

    # How it stands

    @once
    def standing(self) -> Standing:
        """How far the case has come, and the mail that says so."""
        return history.standing(self.case.history)

    @once
    def rejection(self) -> Event | None:
        """The rejection that stands, if one does."""
        return self.standing.mail if self.standing.outcome is Outcome.REJECTED else None

    @once
    def reopened(self) -> Event | None:
        """The mail that took the last rejection back, if one did."""
        return self.standing.mail if self.standing.outcome is Outcome.OPEN else None

    @once
    def owed(self) -> Event | None:
        """The employer's mail that waits for the candidate: for availability, documents, a hand-in."""
        last = self.mails[-1] if self.mails else None
        if last is None or not (last.asks or last.kind in WANTS_AN_ANSWER):
            return None
        answered = any(e.at > last.at and e.act is not Act.THANKS for e in self.mine)
        overtaken = any(m.end > last.at for m in self.held)
        return None if answered or overtaken else last

    @once
    def waiting(self) -> bool:
        """Whether it is the employer's turn and nothing else is under way."""
        return self.standing.outcome is Outcome.OPEN and not self.owed and not self.ahead

    @once
    def silence_means_no(self) -> Wish | None:
        """The warning that silence means no, unless the process went on after it."""
        wish = self.told(DirectionKind.SILENCE_MEANS_NO)
        if wish is None:
            return None
        later = (e for e in self.words if e.at > wish.mail.at)
        went_on = any(e.kind in NEXT_STEPS or e.asks or history.promise_of(e) for e in later)
        met_since = (self.policy.day(m.end) for m in self.held if m.end > wish.mail.at)
        return None if went_on or any(wish.day and wish.day < day for day in met_since) else wish

    @once
    def no_contact(self) -> Wish | None:
        """The wish not to be contacted, unless they have since said that it is welcome."""
        wish = self.told(DirectionKind.NO_CONTACT, unless=DirectionKind.CHECK_IN_WELCOME)
        if wish is None or self.promise is None or self.promise.expecting is not Expecting.A_QUESTION:
            return wish
        return None if self.promise.mail.at >= wish.mail.at else wish

    @once
    def lost_interest(self) -> bool:
        """Whether the user noted last that they no longer want the job."""
        noted = [text for about, text in self.case.facts if about.partition(":")[0] == "interested"]
        return noted[-1:] == ["no"]

    @once
    def foreign_replies(self) -> tuple[tuple[str, str], ...]:
        """Whose answers would go elsewhere, by their last mail, and to which address."""
        last = {e.author.address: e.foreign_reply_to for e in self.mails if e.author and e.author.address}
        return tuple((address, elsewhere) for address, elsewhere in last.items() if elsewhere)

    @once
    def watched_from(self) -> datetime | None:
        """The moment before which nothing is raised."""
        began = self.case.observed_from
        return began - timedelta(days=self.policy.look_back) if began else None

    # Questions rules ask

    def told(self, kind: DirectionKind, *, unless: DirectionKind | None = None) -> Wish | None:
        """Return the latest direction of that kind, unless the other kind was given after it."""
        for wish in self.wishes:
            if wish.direction.kind in (kind, unless):
                return wish if wish.direction.kind is kind else None
        return None

    def thanked(self, person: Person | None, meeting: Meeting | None) -> bool:
        """Return whether the user has thanked that person since then, or who can pass it on."""
        known = person if person and person.address else self.contact
        if known is None or meeting is None:
            return False
        since = meeting.interview.start
        return any(e.act is Act.THANKS and e.at > since and known.address in e.to for e in self.mine)

    def called_off(self, draft: Draft) -> bool:
        """Return whether the interview a thank-you of ours is for does not stand any more."""
        return not any(draft.key.endswith(m.key) for m in self.meetings)

    def debriefed(self, met: tuple[Meeting, ...]) -> bool:
        """Return whether questions about one of these interviews were laid already."""
        laid = (d for d in self.case.drafts if d.note is Note.DEBRIEF and d.state not in TAKEN_BACK)
        return any(draft.key.endswith(meeting.key) for draft in laid for meeting in met)

    def overtook(self, draft: Draft) -> bool:
        """Return whether they have written, or the user has asked, since the draft was laid."""
        return draft.at <= max([self._last_word, *self.asked])

    def left_alone(self, due: datetime) -> bool:
        """Return whether that lay too long before we began to watch."""
        return self.watched_from is not None and due < self.watched_from

    def decides_by(self, moment: datetime) -> bool:
        """Return whether they said that they decide by then."""
        day = self.promise.day if self.promise else None
        return day is not None and day <= self.policy.day(moment)

    # Days

    @property
    def next_question(self) -> date | None:
        """The first day on which one may ask again: at the pace agreed to, else at the policy's."""
        if not self.asked:
            return None
        welcome = self.told(DirectionKind.CHECK_IN_WELCOME, unless=DirectionKind.NO_CONTACT)
        if welcome and welcome.direction.every_days:
            return self.policy.day(self.asked[-1]) + timedelta(days=welcome.direction.every_days)
        return self.workday(self.asked[-1], self.policy.status_between)

    def free(self, day: date) -> date:
        """Return that day, or the first after it on which one may ask the contact again."""
        return self.after_return(max(day, self.next_question or day))

    def after_return(self, day: date) -> date:
        """Return that day, or the first business day after the contact's return if they are away then."""
        return self.workday(self.back, 1) if self.back and self.back > day else day

    def after_named(self, moment: datetime) -> date:
        """Return the day of that moment, or the latest day they named where that is later."""
        by_a_day = self.promise and self.promise.expecting is Expecting.NEWS_BY_A_DAY
        named = (said.day for said in (self.promise if by_a_day else None, self.silence_means_no) if said)
        return max([self.policy.day(moment), *(day for day in named if day)])

    def workday(self, day: date | datetime, count: int) -> date:
        """Return the `count`-th business day after that day."""
        return self.policy.workday(self.policy.day(day) if isinstance(day, datetime) else day, count)

    def morning(self, day: date) -> datetime:
        """Return the hour of that day at which status checks and stops fall due."""
        return self.policy.moment(day, self.policy.status_hour)

    def evening(self, day: date) -> datetime:
        """Return the hour at which that day is over for us."""
        return self.policy.moment(day, self.policy.stop_hour)

    @once
    def _last_word(self) -> datetime:
        return self.word.at if self.word else LONG_AGO

    def _overtaken(self, promise: Promise) -> bool:
        """Return whether the wait began anew after what was promised had run out."""
        said = promise.mail.at
        later = [e for e in self.words if e.at > said]
        met = [m for m in self.held if m.end > said]
        if promise.mail.kind in NO_WORD and (later or met):
            return True  # what an acknowledgement promises is kept by the first real word
        day = date(promise.january, 1, 1) if promise.january else promise.day
        if day is None:
            return bool(met) or any(e.kind in NEXT_STEPS for e in later)
        answered = [e for e in self.mine if e.act is Act.ANSWER and e.at > said]
        latest = max([e.at for e in (*later, *answered)], default=None)
        if latest and day <= self.policy.day(latest):
            return True
        return any(day < self.policy.day(m.end) for m in met)

    def _is_contact(self, author: Person | None) -> bool:
        return author is None or self.contact is None or author.address == self.contact.address
