"""The interviews of a case: which stand, when they end, and who held them.

What must not be known here: what follows from an interview.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from policies import people
from policies.case import Act, Case, Event, Interview, Kind, Part, Party, Person
from policies.settings import Policy

ARRANGING = frozenset({Kind.INTERVIEW_INVITATION, Kind.SCHEDULING_REQUEST, Kind.INTERVIEW_RESCHEDULE})
INTERVIEWING = frozenset({Part.INTERVIEWER, Part.HIRING_MANAGER})

WAITING_ALONE = frozenset({Act.QUESTION, Act.OTHER})
"""What somebody writes who waits in an empty call: "am I in the right place?"."""

LATE = timedelta(minutes=5)
"""Before this somebody may still be joining."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """An interview that was not called off: when it ends, whether nobody came to it.

    `key` names it in the keys of decisions, by its start.
    """

    interview: Interview
    end: datetime
    missed: bool
    key: str


def standing(case: Case, policy: Policy) -> tuple[Meeting, ...]:
    """Return the interviews that were not called off, in order of their ends."""
    found = (_meeting(case, i, policy) for i in case.interviews if not i.cancelled)
    return tuple(sorted(found, key=lambda m: (m.end, m.interview.start)))


def interviewers(
    case: Case, meetings: tuple[Meeting, ...], policy: Policy
) -> tuple[tuple[Meeting, Person], ...]:
    """Return every interview with every interviewer, the same person once a day.

    Interviewers whom no interview names belong to the first that names nobody, and stay there when more
    interviews follow.
    """
    once: dict[tuple[str | None, str | None, date], tuple[Meeting, Person]] = {}
    unnamed = next((m for m in meetings if not m.interview.people), None)
    for meeting in meetings:
        named = _spoken_of(case, meetings) if meeting is unnamed else meeting.interview.people
        day = policy.day(meeting.end)
        for person in _held_by(case, meeting, named):
            who = (person.address, None if person.address else person.name, day)
            once.setdefault(who, (meeting, person))
    return tuple(once.values())


def invitation(case: Case, meeting: Meeting) -> Event | None:
    """Return the mail that arranged the interview, as well as can be told: the last before it."""
    start = meeting.interview.start
    before = [e for e in case.history if e.by is Party.EMPLOYER and e.at <= start and not e.noted]
    return next((e for e in reversed(before) if e.kind in ARRANGING), before[-1] if before else None)


def _meeting(case: Case, interview: Interview, policy: Policy) -> Meeting:
    end = interview.end
    if end is None or end <= interview.start:
        end = interview.start + timedelta(minutes=policy.interview_length)
    key = f"interview:{interview.start.astimezone(UTC).isoformat(timespec='minutes')}"
    return Meeting(interview, end, _nobody_came(case, interview.start, end), key)


def _spoken_of(case: Case, meetings: tuple[Meeting, ...]) -> tuple[Person, ...]:
    """Return the interviewers whom no interview names."""
    named = {p for m in meetings for p in m.interview.people}
    return tuple(p for p in case.people if p.part in INTERVIEWING and p not in named)


def _nobody_came(case: Case, start: datetime, end: datetime) -> bool:
    """Who sends a mail well into an interview is not in it, unless they are answered at once."""
    wrote = [e.at for e in case.history if e.act in WAITING_ALONE and start + LATE <= e.at < end]
    words = (e.at for e in case.history if e.by is Party.EMPLOYER)
    return bool(wrote) and not any(wrote[0] < at < end for at in words)


def _held_by(case: Case, meeting: Meeting, named: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return who held the interview: those named, without who only arranges it, else who invited."""
    if not named:
        return (_host(case, meeting),)
    mail = invitation(case, meeting) if any(p.part in INTERVIEWING for p in named) else None
    inviting = mail.author.address if mail and mail.author else None
    return tuple(p for p in named if not _only_arranges(p, inviting)) or named


def _only_arranges(person: Person, inviting: str | None) -> bool:
    """Return whether the person is named for arranging it; who invites others to be met is, by default."""
    return person.part in people.ARRANGES or (
        person.part is None and inviting is not None and person.address == inviting
    )


def _host(case: Case, meeting: Meeting) -> Person:
    """Return who invited, if a person did who may have held the interview; else somebody."""
    mail = invitation(case, meeting)
    if mail is None or not mail.personal or mail.author is None:
        return people.SOMEBODY
    host = people.known(case, mail.author)
    return people.SOMEBODY if host.part is Part.COORDINATOR else host
