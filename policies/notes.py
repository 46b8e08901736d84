"""How a note of each kind is proposed: to whom, from when until when, by which key, in answer to what.

A key is made of facts only (note, address, interview or mail, number), so that the same note has the same
key for ever.  What must not be known here: whether the note is a good idea.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from policies import people
from policies.case import Event, Note, Person
from policies.meetings import Meeting, invitation
from policies.situation import Situation
from policies.verdicts import Write


def thank_you(s: Situation, meeting: Meeting, person: Person) -> Write:
    """Return the thank-you to a person for an interview."""
    due = meeting.end + timedelta(minutes=s.policy.thank_you_after)
    until = meeting.end + timedelta(days=s.policy.thank_you_window)
    return Write(Note.THANK_YOU, person, due, until, _key(Note.THANK_YOU, person, meeting.key), meeting)


def status_check(s: Situation, day: date, quote: str = "") -> Write:
    """Return the next status check, falling due on that day."""
    to, number = s.contact or people.SOMEBODY, len(s.asked) + 1
    until = s.workday(s.free(day), s.policy.stop_after_unsent)
    key = _key(Note.STATUS_CHECK, to, s.epoch, str(number))
    return Write(Note.STATUS_CHECK, to, s.morning(day), s.morning(until), key, number=number, quote=quote)


def rejection_thanks(s: Situation, rejection: Event) -> Write:
    """Return the thanks for a rejection: to the person who wrote it, else to who is asked otherwise."""
    due = rejection.at + timedelta(hours=s.policy.rejection_thanks_after)
    return _to_author(s, Note.REJECTION_THANKS, rejection, due)


def reopened_thanks(s: Situation, mail: Event) -> Write:
    """Return the thanks for a rejection taken back by that mail."""
    return _to_author(s, Note.REOPENED_THANKS, mail, mail.at)


def withdrawal(s: Situation, to: Person) -> Write:
    """Return the note by which the user leaves the process, due as soon as they say so, once in a case."""
    return Write(Note.WITHDRAWAL, to, s.now, s.now, _key(Note.WITHDRAWAL, to, s.case.history[0].key))


def debrief(s: Situation, met: tuple[Meeting, ...], thanked: tuple[Person, ...]) -> Write:
    """Return the draft to the user's own self about a day's interviews, and those thanked for them."""
    due = met[-1].end + timedelta(minutes=s.policy.thank_you_after)
    until = met[-1].end + timedelta(days=s.policy.thank_you_window)
    known = tuple(person for person in thanked if person.name)
    meeting = replace(met[-1], interview=replace(met[-1].interview, people=known))
    return Write(Note.DEBRIEF, None, due, until, _key(Note.DEBRIEF, thanked[0], met[0].key), meeting)


def answers(s: Situation, write: Write) -> str:
    """Return the key of the mail the note replies to: the person's last, else the one it is about."""
    if write.to is None:
        return ""
    mail = people.last_mail_of(s.case, write.to.address)
    if mail is None and write.meeting:
        mail = invitation(s.case, write.meeting)
    if mail is None and write.note is Note.REJECTION_THANKS:
        mail = s.standing.mail
    if mail is None and s.words:
        mail = s.words[-1]
    return mail.key if mail else ""


def late(s: Situation, write: Write) -> bool:
    """Return whether a thank-you comes so late that it needs other words."""
    fresh = timedelta(hours=s.policy.thank_you_late_after)
    return write.note is Note.THANK_YOU and write.meeting is not None and s.now > write.meeting.end + fresh


def _to_author(s: Situation, note: Note, mail: Event, due: datetime) -> Write:
    """Return a note to the person who wrote a mail, else to who is asked otherwise."""
    author = mail.author if mail.personal else None
    to = people.known(s.case, author) if author and people.may_write_to(author.address) else s.contact
    to = to or people.SOMEBODY
    until = due + timedelta(days=s.policy.rejection_thanks_window)
    return Write(note, to, due, until, _key(note, to, mail.key))


def _key(note: Note, to: Person, *facts: str) -> str:
    return "|".join([note, to.address or (to.name or "somebody").casefold(), *facts])
