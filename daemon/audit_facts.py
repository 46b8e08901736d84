"""From the values of the program to the lines of the audit log: ids, hashes, dates and domains only."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Protocol

from daemon.audit_records import Decided, DraftChanged, MailLinked, MailQuarantined
from daemon.linking import Link
from daemon.reading.model import Reading
from daemon.store_drafts import Entry
from policies.case import Case, Party, Timeline
from policies.decision import Decision

_LOCAL_PART = re.compile(r"[\w.+-]+@")


class Names(Protocol):
    """How the log calls what it must not name; and whether it may quote."""

    quotes: bool

    def person(self, address: str) -> str:
        """Return a name for an address."""

    def hash(self, text: str) -> str:
        """Return a name for a text."""


def mail_linked(names: Names, link: Link, reading: Reading, why: str) -> MailLinked:
    """Return the line for a mail that was put into a case, `why` it was."""
    return MailLinked(
        case=link.case_id or "",
        mail=names.hash(reading.key),
        date=_iso(reading.date),
        sender=names.person(reading.sender.address) if reading.sender else "",
        outgoing=reading.outgoing,
        kind=reading.act or "other" if reading.outgoing else reading.kind,
        confidence=round(reading.confidence, 2),
        link=why,
        others=link.others,
        doubt=_LOCAL_PART.sub("…@", link.doubt),
        interviews=tuple(_iso(i.start) for i in reading.interviews),
        timelines=tuple(_timeline(t) for t in reading.timelines),
        directions=tuple(d.kind for d in reading.directions),
        quotes=tuple(e.quote for e in reading.evidence) if names.quotes else (),
    )


def decided(names: Names, case: Case, decision: Decision) -> Decided:
    """Return the line for a decision."""
    return Decided(
        case=case.id,
        action=decision.action,
        rules=tuple(finding.rule for finding in decision.because),
        policy=decision.policy,
        key=names.hash(decision.key),
        note=decision.note or "",
        to=names.person(decision.to.address or "") if decision.to else "",
        answers=names.hash(decision.answers),
        due=_iso(decision.due),
        number=decision.number,
        late=decision.late,
        facts=_facts(names, case),
        quotes=tuple(f.quote for f in decision.because if f.quote) if names.quotes else (),
        text=decision.text if names.quotes else "",
    )


def draft_changed(names: Names, entry: Entry) -> DraftChanged:
    """Return the line for a new state of a draft."""
    return DraftChanged(
        case=entry.case_id,
        key=names.hash(entry.key),
        note=entry.note,
        state=entry.state,
        message_id=entry.message_id,
        reason=entry.reason,
    )


def quarantined(mail: bytes, reason: str) -> MailQuarantined:
    """Return the line for a mail that was put aside."""
    return MailQuarantined(mail=mail.hex(), reason=reason)


def _facts(names: Names, case: Case) -> dict[str, object]:
    """Return the dates a decision stands on; empty ones are left out."""
    theirs = [e.at for e in case.history if e.by is Party.EMPLOYER and not e.noted]
    own = [e.at for e in case.history if e.by is Party.USER]
    facts: dict[str, object] = {
        "interviews": [
            {"start": _iso(i.start), "end": _iso(i.end), "cancelled": i.cancelled} for i in case.interviews
        ],
        "employer_wrote": _iso(max(theirs, default=None)),
        "user_wrote": _iso(max(own, default=None)),
        "timelines": [_timeline(t) for event in case.history for t in event.timelines],
        "directions": [d.kind for event in case.history for d in event.directions],
        "drafts": [{"key": names.hash(d.key), "note": d.note, "state": d.state} for d in case.drafts],
        "raised": [names.hash(r.key) for r in case.raised],
        "told": [name for name, _ in case.facts],
        "mails": len(case.history),
    }
    return {name: value for name, value in facts.items() if value}


def _timeline(timeline: Timeline) -> dict[str, str]:
    found = {
        "kind": timeline.kind,
        "rule": timeline.rule,
        "earliest": _iso(timeline.earliest),
        "latest": _iso(timeline.latest),
    }
    return {name: value for name, value in found.items() if value}


def _iso(at: datetime | date | None) -> str:
    return at.isoformat() if at else ""
