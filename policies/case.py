"""The facts a policy may look at: one application to one employer for one role.

A case is a value: an append-only history of what was said and done, and what follows from it
(interviews, people).  It holds no opinion; opinions are in `rules.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a received mail is."""

    INTERVIEW_INVITATION = "interview_invitation"
    SCHEDULING_REQUEST = "scheduling_request"
    INTERVIEW_RESCHEDULE = "interview_reschedule"
    INTERVIEW_CANCELLATION = "interview_cancellation"
    APPLICATION_ACKNOWLEDGEMENT = "application_acknowledgement"
    REJECTION = "rejection"
    OFFER = "offer"
    EMPLOYER_UPDATE = "employer_update"
    ASSESSMENT_REQUEST = "assessment_request"
    RECRUITER_OUTREACH = "recruiter_outreach"
    JOB_ALERT = "job_alert"
    AUTO_REPLY = "auto_reply"
    OTHER = "other"


class Act(StrEnum):
    """What a mail of the user's own does."""

    THANKS = "thanks"  # thanks somebody for an interview; asks for no answer
    QUESTION = "question"  # asks the employer where things stand
    ANSWER = "answer"  # gives what the employer asked for: availability, documents, a hand-in
    APPLICATION = "application"
    ACCEPTANCE = "acceptance"  # takes an offer
    WITHDRAWAL = "withdrawal"  # the user is no longer interested
    OTHER = "other"


class Party(StrEnum):
    """Who speaks."""

    EMPLOYER = "employer"  # a person or a system speaking for the employer or the agency
    USER = "user"
    ROBOT = "robot"  # out-of-office, bounce, receipt: speaks for nobody


class DirectionKind(StrEnum):
    """What the employer asked for about contact."""

    NO_CALLS = "no_calls"
    CALL_WELCOME = "call_welcome"
    NO_CONTACT = "no_contact"
    SILENCE_MEANS_NO = "silence_means_no"
    CHECK_IN_WELCOME = "check_in_welcome"
    USE_PORTAL = "use_portal"
    CONTACT_PERSON = "contact_person"
    STICK_TO_TIMELINE = "stick_to_timeline"


class Part(StrEnum):
    """The part a person plays in a case."""

    INTERVIEWER = "interviewer"
    COORDINATOR = "coordinator"
    RECRUITER = "recruiter"
    HIRING_MANAGER = "hiring_manager"


class Mode(StrEnum):
    """How an interview is held."""

    VIDEO = "video"
    PHONE = "phone"
    ONSITE = "onsite"


class TimelineKind(StrEnum):
    """How firmly the employer said when."""

    DEADLINE = "deadline"  # by a day: earliest is the mail's day, latest the day
    WINDOW = "window"  # between two days
    VAGUE = "vague"  # "soon": no dates
    HOLD = "hold"  # paused; latest is None unless they said until when


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the employer or agency.  `name` is as written; `address` is lower-case or None."""

    name: str | None
    address: str | None = None
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """What the employer said about when they will act, with the words it was said in.

    Dates are the sender's local dates, inclusive.  `latest` is the reading most people mean;
    `alternative` is the other reading of the same words where two stand, earlier or later: whoever acts
    waits for the later of both.  A `latest` of None with an `earliest` says "not before" and no more ("at
    least two weeks").  `invited`: they asked to be reminded on that day ("follow up after three days").
    `after_holidays`: said as "after the holidays" or "in the new year".  `rule` names the grammar rule
    that read it.
    """

    quote: str
    earliest: date | None
    latest: date | None
    kind: TimelineKind
    rule: str = ""
    alternative: date | None = None
    invited: bool = False
    after_holidays: bool = False


@dataclass(frozen=True, slots=True)
class Direction:
    """What the employer asked for about contact, with its words.

    `until` is the date it names ("if you have not heard by the 14th, consider it closed");
    `address` the person or mailbox to write to instead; `every_days` the cadence agreed for check-ins.
    """

    kind: DirectionKind
    quote: str
    until: date | None = None
    address: str | None = None
    every_days: int | None = None


@dataclass(frozen=True, slots=True)
class Interview:
    """An interview at a time.  `start` and `end` are aware; `end` is None where nobody said it.

    `uid` and `sequence` are iCalendar's (RFC 5545).  `zone_known` is false where the time zone had to
    be assumed.  `people` are the interviewers as far as the mail names them.
    """

    start: datetime
    end: datetime | None = None
    mode: Mode | None = None
    place: str = ""
    zone_known: bool = True
    uid: str = ""
    sequence: int = 0
    people: tuple[Person, ...] = ()
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One mail in the history of a case, reduced to what a policy may look at.

    `key` names the mail (its Message-ID, else a hash of its header).  `kind` is for mails received,
    `act` for the user's own.  `author` is the person or mailbox that wrote.  `to` are the lower-case
    addresses it went to.  `asks` means the ball is in the candidate's court (availability, documents, a
    decision).  `returns` is the day an absent person is back (auto-replies).  `personal` means a human
    being wrote it, not a system.  `foreign_reply_to` is the address answers would go to where that is on
    another registrable domain than the author's.  `doubt` says why the mail only poses as one of the
    employer's; it then counts as a robot's, and says nothing.  `noted`: it is no mail but
    what the user wrote down of an interview; it names times and wishes, and answers nothing.
    """

    at: datetime
    key: str
    by: Party
    kind: Kind = Kind.OTHER
    act: Act | None = None
    author: Person | None = None
    to: tuple[str, ...] = ()
    timelines: tuple[Timeline, ...] = ()
    vague: bool = False
    directions: tuple[Direction, ...] = ()
    asks: bool = False
    returns: date | None = None
    personal: bool = True
    foreign_reply_to: str | None = None
    doubt: str = ""
    noted: bool = False


class Note(StrEnum):
    """A kind of mail the job seeker may write."""

    THANK_YOU = "thank-you"
    STATUS_CHECK = "status-check"
    REJECTION_THANKS = "rejection-thanks"
    WITHDRAWAL = "withdrawal"
    DEBRIEF = "debrief"
    REOPENED_THANKS = "reopened-thanks"  # for a rejection taken back


class DraftState(StrEnum):
    """The life of a draft."""

    INTENDED = "intended"  # written down here, not yet stored in the account
    PLACED = "placed"  # in the drafts mailbox, untouched
    EDITED = "edited"  # the user changed it: theirs
    SENT = "sent"
    DISCARDED = "discarded"  # the user deleted it: a "no" for ever
    SUPERSEDED = "superseded"  # replaced by a better text of ours
    WITHDRAWN = "withdrawn"  # taken back by us, untouched
    BLOCKED = "blocked"  # the account refused to store it


@dataclass(frozen=True, slots=True)
class Draft:
    """A note of ours and what became of it.  `key` is the decision's key; `at` is when it was laid."""

    key: str
    note: Note
    to: str
    state: DraftState
    at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Raised:
    """Something said to the user once (advice, a stop): the decision's key and the moment."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """One application to one employer for one role.

    `history` is in order of time.  `interviews` holds every interview known, cancelled ones marked.
    `people` are those seen in the case, addresses lower-case.  `since` is the start of what was
    observed: nothing is raised for moments that lay before `observed_from` (P8).
    """

    id: str
    employer: str | None = None
    role: str | None = None
    agency: bool = False
    language: str = "en"
    people: tuple[Person, ...] = ()
    interviews: tuple[Interview, ...] = ()
    history: tuple[Event, ...] = ()
    drafts: tuple[Draft, ...] = ()
    raised: tuple[Raised, ...] = ()
    observed_from: datetime | None = None
    facts: tuple[tuple[str, str], ...] = ()
