"""Octets in, `Reading` out: the one entry to what a mail says.

Composes the readers of this package: each knows one thing, this knows their order.  A mail that cannot
matter is told at a glance and costs no more than that.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from daemon.reading import (
    classify,
    classify_context,
    classify_facts,
    classify_gate,
    directions,
    employer,
    invite,
    jsonld,
    language,
    people,
    sender,
    sentences,
    speech,
    timeline,
    when,
    zones,
)
from daemon.reading.acts import TOPICS, Does, Said, compare, listen
from daemon.reading.classify_context import PREFIX, Context
from daemon.reading.classify_facts import Facts
from daemon.reading.invite import Invites
from daemon.reading.message import read_body, read_header
from daemon.reading.model import Evidence, Me, Message, Reading
from daemon.reading.sender import Sender
from daemon.reading.when import When
from policies.case import Interview, Kind, Timeline, TimelineKind

_HOPELESS = -1.5  # below this context no words make a mail the user's application
_PROMISING = 0.0  # from this context on it may be about a job, also where no phrase says so
_BRIEF = 2_500  # characters; what a case has to say beside its plain mails is said in few
_SILENT = frozenset({Kind.OTHER, Kind.JOB_ALERT, Kind.AUTO_REPLY})
_ASKING = frozenset({Kind.SCHEDULING_REQUEST, Kind.ASSESSMENT_REQUEST, Kind.OFFER})
_OVER = frozenset({Kind.REJECTION, Kind.APPLICATION_ACKNOWLEDGEMENT})  # nobody waits for an answer to these
_WAITS = (Does.ASKS_WHEN, Does.BOOKS, Does.AWAITS, Does.CHECKS, Does.ASSESSES)
_TROUBLE = (ArithmeticError, LookupError, RecursionError, TypeError, ValueError)


def read(octets: bytes, *, me: Me, internal_date: dt.datetime | None = None) -> Reading:
    """Return what the mail in `octets` (RFC 5322) says to `me`; never raises.

    `internal_date` (aware) stands in for a Date field that is missing or not to be trusted.  A mail that
    cannot be read is `other`, and `unreadable` says why.
    """
    return look(octets, me=me, internal_date=internal_date)[0]


def look(
    octets: bytes, *, me: Me, internal_date: dt.datetime | None = None, whole: bool = False
) -> tuple[Reading, Message]:
    """Return what a mail says and the mail itself, as `read` does.

    Without `whole`, a mail that cannot matter by its header is only `glanced` at: its message has no text.
    Whoever knows that it belongs to a case asks for all of it.
    """
    head = read_header(octets, internal_date=internal_date)
    judged = sender.judge(head.message, me)
    if not whole and not judged.outgoing and not classify_gate.may_matter(head.message, judged, me, octets):
        return replace(_bare(head.message, judged), language=me.language, glanced=True), head.message
    message = read_body(head, octets)
    return read_message(message, me), message


def read_message(message: Message, me: Me) -> Reading:
    """Return what a parsed mail says to `me`; never raises."""
    judged = sender.judge(message, me)
    bare = _bare(message, judged)
    if message.sender is None and not message.subject and not message.text:
        return replace(bare, unreadable="; ".join(message.defects) or "the mail is empty")
    try:
        if judged.outgoing:
            return _outgoing(message, bare, judged, me)
        return _received(message, bare, judged, me)
    except _TROUBLE as trouble:  # hostile input met a gap of ours: it costs this mail, not the service
        return replace(bare, unreadable=f"{type(trouble).__name__}: {trouble}"[:200])


def _bare(message: Message, judged: Sender) -> Reading:
    """Return the reading of a mail that says nothing."""
    return Reading(
        key=message.key,
        message_id=message.message_id,
        date=message.date,
        outgoing=judged.outgoing,
        kind=Kind.OTHER,
        confidence=0.99,
        sender=message.sender,
        subject=message.subject,
        to=message.to,
        cc=message.cc,
        in_reply_to=message.in_reply_to,
        references=message.references,
        domain=judged.domain,
        automatic=judged.automatic,
        personal=not judged.automatic and not judged.outgoing,
        foreign_reply_to=judged.foreign_reply_to,
        direct=judged.direct,
        internal=judged.internal,
        doubt=judged.doubt,
    )


def _outgoing(message: Message, bare: Reading, judged: Sender, me: Me) -> Reading:
    spoken = language.detect(f"{message.subject}\n{message.text}", me.language)
    lines = sentences.split(message.text)
    about = employer.find(message, judged, lines, me=me)
    times = _times(message, lines, spoken, judged, me)
    return replace(
        bare,
        act=speech.judge(message, spoken),
        slots=times.interviews or times.slots,
        language=spoken,
        employer=about.name,
        role=about.role,
        requisition=about.requisition,
        tokens=about.tokens,
    )


def _received(message: Message, bare: Reading, judged: Sender, me: Me) -> Reading:
    subject = PREFIX.sub("", message.subject, count=1)
    spoken = language.detect(f"{subject}\n{message.text}", me.language)
    lines = sentences.split(message.text)
    mail = _Mail(message, judged, me, lines, _heard(lines, subject, spoken))
    around = classify_context.surroundings(message, lines, sender=judged, me=me, language=spoken)
    answer = subject != message.subject
    context = classify_context.weigh(mail.said, around, answer=answer)
    promising = context.weight >= _PROMISING
    if promising:
        mail = mail.compared(spoken)
        context = classify_context.weigh(mail.said, around, answer=answer)
    bare = replace(bare, language=spoken)
    alone = _understood(mail, bare, context)
    if alone.kind is not Kind.OTHER or judged.automatic or not judged.direct or len(message.text) > _BRIEF:
        return alone
    mail = mail if promising else mail.compared(spoken)
    within = _understood(mail, bare, classify_context.given(context))
    sure = within.kind not in _SILENT and within.confidence >= classify.SURE
    return replace(alone, within=within) if sure else alone


@dataclass(frozen=True, slots=True)
class _Mail:
    """A received mail taken apart: who sent it to whom, its sentences, and what they do."""

    message: Message
    judged: Sender
    me: Me
    lines: tuple[str, ...]
    said: tuple[Said, ...]

    def compared(self, spoken: str) -> _Mail:
        """Return the mail with what its sentences resemble beside what their phrases say."""
        return replace(self, said=compare(self.said, self.lines, spoken))


def _understood(mail: _Mail, bare: Reading, context: Context) -> Reading:
    """Return what the mail says, being so far about the user's own application."""
    message, judged, me, lines, said = mail.message, mail.judged, mail.me, mail.lines, mail.said
    spoken = bare.language
    if _idle(message, said, context.weight, judged):
        return replace(bare, evidence=context.why[:4])
    invites = invite.find(message, me)
    facts = classify_facts.gather(
        message, said, context, judged, sentences=len(lines), invites=invites, language=spoken
    )
    if classify.hopeless(facts):
        return replace(bare, evidence=context.why[:4])
    times = when.together(
        _times(message, lines, spoken, judged, me), invites, _marked(message, lines, spoken, me)
    )
    anchor = timeline.Anchors(interview=times.interviews[0].start.date() if times.interviews else None)
    stated = timeline.find(lines, message.date, language=spoken, country=me.country, anchors=anchor)
    facts = replace(facts, times=len(times.interviews), slots=len(times.slots), timelines=len(stated.found))
    verdict = classify.decide(facts)
    bare = replace(bare, kind=verdict.kind, confidence=verdict.confidence, evidence=verdict.evidence)
    if verdict.kind is Kind.AUTO_REPLY:
        about = employer.find(message, judged, lines, me=me)
        returns = timeline.absence(lines, message.date, language=spoken)
        return replace(bare, employer=about.name, agency=about.agency, role=about.role, returns=returns)
    if verdict.kind in _SILENT:
        return bare
    return _told(message, bare, judged, me, lines, facts, when.settle(times, verdict.kind), invites, stated)


def _heard(lines: tuple[str, ...], subject: str, spoken: str) -> tuple[Said, ...]:
    """Return what the sentences do; English is understood in every mail."""
    said = listen(lines, spoken, subject=subject)
    return said if spoken == "en" else said + listen(lines, "en", subject=subject)


def _idle(message: Message, said: tuple[Said, ...], weight: float, judged: Sender) -> bool:
    """Return whether nothing more can come of the mail: it does nothing, or is about something else."""
    if judged.bounce or judged.auto_reply or _absent(said):
        return False
    if weight < _HOPELESS:
        return True
    does = any(one.does not in TOPICS and not one.weak for one in said)
    return weight < _PROMISING and not does and not message.calendars and not message.jsonld


def _absent(said: tuple[Said, ...]) -> bool:
    return any(one.does in (Does.ABSENT, Does.BOUNCED) for one in said)


def _times(message: Message, lines: tuple[str, ...], spoken: str, judged: Sender, me: Me) -> When:
    return when.find(
        lines,
        message.date,
        language=spoken,
        zone=me.zone,
        domain=judged.domain,
        subject=message.subject,
        earlier=message.quoted.split("\n"),
        links=[link.href for link in message.links],
    )


def _marked(message: Message, lines: tuple[str, ...], spoken: str, me: Me) -> tuple[Interview, ...]:
    if not message.jsonld:
        return ()
    zone = zones.home(message.date, reader=me.zone, language=spoken, text="\n".join(lines))
    return jsonld.find(message, zone=zone)


def _told(
    message: Message,
    bare: Reading,
    judged: Sender,
    me: Me,
    lines: tuple[str, ...],
    facts: Facts,
    times: When,
    invites: Invites,
    stated: timeline.Timelines,
) -> Reading:
    """Return the reading of a mail that speaks for an employer."""
    about = employer.find(message, judged, lines, me=me)
    somebody = people.find(
        message,
        lines,
        me,
        judged=judged,
        invites=invites,
        company=about.name,
        language=bare.language,
        sessions=tuple(times.quotes.values()),
    )
    held = [
        one
        for one in stated.found
        if (one.kind is TimelineKind.HOLD or one.latest) and not _is_the_meeting(one, times)
    ]
    return replace(
        bare,
        evidence=(*bare.evidence, *(Evidence(fault, "is wrong in the calendar") for fault in invites.faults)),
        employer=about.name,
        agency=about.agency,
        role=about.role,
        requisition=about.requisition,
        tokens=about.tokens,
        interviews=people.attach(times.interviews, somebody, times.quotes),
        people=somebody,
        slots=times.slots,
        cancelled_uids=invites.cancelled_uids,
        timelines=tuple(held),
        vague=stated.vague and not held,
        directions=directions.find(lines, message.date, language=bare.language, country=me.country),
        asks=bare.kind in _ASKING or (bare.kind not in _OVER and facts.firmly(*_WAITS)),
    )


def _is_the_meeting(said: Timeline, times: When) -> bool:
    """Return whether a day is only that of an interview, named in the sentence that sets it."""
    return any(start.date() == said.latest and said.quote in line for start, line in times.quotes.items())


def as_json(reading: Reading, path: str) -> dict[str, Any]:
    """Return the object `afterword read --json` prints for a mail (times ISO 8601, dates ISO)."""
    found = {
        "path": path,
        "message_id": reading.message_id,
        "kind": reading.kind.value,
        "confidence": reading.confidence,
        "employer": reading.employer,
        "role": reading.role,
        "interviews": [_interview(one) for one in reading.interviews],
        "people": [{"name": one.name, "address": one.address, "part": one.part} for one in reading.people],
        "timelines": [timeline.as_json(one) for one in reading.timelines],
        "vague": reading.vague,
        "directions": [one.kind.value for one in reading.directions],
        "language": reading.language,
        "evidence": [{"quote": one.quote, "why": one.why} for one in reading.evidence],
    }
    return found | ({"unreadable": reading.unreadable} if reading.unreadable else {})


def _interview(one: Interview) -> dict[str, Any]:
    return {
        "start": one.start.isoformat(),
        "end": one.end.isoformat() if one.end else None,
        "mode": one.mode.value if one.mode else None,
        "zone_known": one.zone_known,
    }
