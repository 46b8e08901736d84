"""How a note of each kind is proposed: to whom, from when until when, in answer to which mail, by which key.

A key is made of facts only (note, address, interview or mail, number), so that the same note has the same
key for ever.  What must not be known here: whether the note is a good idea.
"""

from __future__ import annotations

from datetime import date, timedelta

from policies import people
from policies.case import Event, Note, Person
from policies.meetings import Meeting, invitation
from policies.situation import Situation
from policies.verdicts import Write


def thank_you(s: Situation, meeting: Meeting, person: Person) -> Write:
    """Return the thank-you to a person for an interview."""
    policy = s.policy
    return Write(
        Note.THANK_YOU,
        person,
        due=meeting.end + timedelta(minutes=policy.thank_you_after),
        until=meeting.end + timedelta(days=policy.thank_you_window),
        late_from=meeting.end + timedelta(hours=policy.thank_you_late_after),
        key=_key(Note.THANK_YOU, person, meeting.key),
        answers=_answers(s, person, invitation(s.case, meeting)),
        meeting=meeting,
    )


def status_check(s: Situation, day: date, quote: str = "") -> Write:
    """Return the next status check, falling due on that day."""
    to = s.contact or Person(None)
    number = len(s.asked) + 1
    return Write(
        Note.STATUS_CHECK,
        to,
        due=s.morning(day),
        until=s.morning(s.workday(s.free(day), s.policy.stop_after_unsent)),
        key=_key(Note.STATUS_CHECK, to, s.epoch, str(number)),
        answers=_answers(s, to, s.words[-1] if s.words else None),
        number=number,
        quote=quote,
    )


def rejection_thanks(s: Situation, rejection: Event) -> Write:
    """Return the thanks for a rejection: to the person who wrote it, else to who is asked otherwise."""
    author = rejection.author if rejection.personal else None
    to = people.known(s.case, author) if author and people.may_write_to(author.address) else s.contact
    due = rejection.at + timedelta(hours=s.policy.rejection_thanks_after)
    return Write(
        Note.REJECTION_THANKS,
        to or Person(None),
        due=due,
        until=due + timedelta(days=s.policy.rejection_thanks_window),
        key=_key(Note.REJECTION_THANKS, to or Person(None), rejection.key),
        answers=_answers(s, to or Person(None), rejection),
    )


def withdrawal(s: Situation, to: Person) -> Write:
    """Return the note by which the user leaves the process."""
    key = _key(Note.WITHDRAWAL, to, s.epoch)
    return Write(Note.WITHDRAWAL, to, due=s.now, key=key, answers=_answers(s, to, None))


def debrief(s: Situation, meeting: Meeting) -> Write:
    """Return the draft to the user's own self with questions about an interview."""
    return Write(
        Note.DEBRIEF,
        None,
        due=meeting.end,
        until=meeting.end + timedelta(days=s.policy.thank_you_window),
        key=f"{Note.DEBRIEF}|{meeting.key}",
        meeting=meeting,
    )


def _key(note: Note, to: Person, *facts: str) -> str:
    return "|".join([note, to.address or (to.name or "somebody").casefold(), *facts])


def _answers(s: Situation, to: Person, fallback: Event | None) -> str:
    mail = people.last_mail_of(s.case, to.address) if to.address else None
    answered = mail or fallback
    return answered.key if answered else ""
