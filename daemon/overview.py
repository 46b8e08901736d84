"""What `status` and `explain` tell: a case as a few facts, and as a story.  Pure; values in, values out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from daemon.ledger import LEFT
from daemon.store_book import Linked
from daemon.store_drafts import Entry
from policies.case import Case, DraftState, Event, Part, Party, Timeline
from policies.decision import Action, Decision
from policies.history import Outcome

_WAITING = (DraftState.PLACED, DraftState.EDITED, DraftState.BLOCKED, DraftState.INTENDED)


@dataclass(frozen=True, slots=True)
class View:
    """A case in one line of a table.  `last_word` is the employer's last mail; `next_at` the next moment."""

    case: str
    employer: str | None
    role: str | None
    stage: str
    last_word: datetime | None
    last_kind: str
    quote: str
    expected: str | None
    next_at: datetime | None
    next_rules: tuple[str, ...]
    drafts: tuple[str, ...]


class Sign(StrEnum):
    """What sort of thing a chapter tells; of one moment, in the order they are told in."""

    EMPLOYER = "employer"
    ROBOT = "robot"
    INTERVIEW = "interview"
    CALLED_OFF = "called-off"
    WAITING = "waiting"  # a draft was laid, and is the user's to send
    SENT = "sent"  # a draft was laid, and sent since
    GONE = "gone"  # a draft was laid, and is there no more
    USER = "user"
    TURNED = "turned"  # what became of a draft
    ADVICE = "advice"
    STOP = "stop"


_ORDER = tuple(Sign)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened in a case: when, what, the words it stands on, and why it is here.

    `mail` is the key of the mail, for `afterword case move`; `timelines` are those stated in it.
    """

    at: datetime
    what: str
    sign: Sign
    quotes: tuple[str, ...] = ()
    why: str = ""
    mail: str = ""
    timelines: tuple[Timeline, ...] = ()


def view(case: Case, entries: tuple[Entry, ...], decision: Decision, outcome: Outcome, now: datetime) -> View:
    """Return where a case stands; `decision` and `outcome` are what the policy says now."""
    words = [e for e in case.history if e.by is Party.EMPLOYER]
    last = next((e for e in reversed(words) if not e.noted), None)
    said = _latest_timeline(words)
    return View(
        case=case.id,
        employer=case.employer,
        role=case.role,
        stage=_stage(case, outcome, now),
        last_word=last.at if last else None,
        last_kind=str(last.kind) if last else "",
        quote=said.quote if said else "",
        expected=said.latest.isoformat() if said and said.latest else None,
        next_at=decision.due if decision.action is Action.WAIT else None,
        next_rules=tuple(finding.rule for finding in decision.because),
        drafts=tuple(_draft(e) for e in entries if e.state in _WAITING or e.reason == LEFT),
    )


def _draft(entry: Entry) -> str:
    said = entry.reason if entry.state is DraftState.BLOCKED or entry.reason == LEFT else entry.state
    return f"{entry.note} to {entry.to} ({said})"


def _latest_timeline(words: list[Event]) -> Timeline | None:
    return next((t for event in reversed(words) for t in event.timelines), None)


def _stage(case: Case, outcome: Outcome, now: datetime) -> str:
    """Return how far the case has come, in a word or two."""
    if outcome is not Outcome.OPEN:
        return outcome.value
    if any(raised.key.startswith("stop") for raised in case.raised):
        return "stopped"
    standing = [i for i in case.interviews if not i.cancelled]
    if any(i.start > now for i in standing):
        return "interview ahead"
    return "interviewed" if standing else "in contact"


Said = tuple[datetime, str, str]
"""Advice or a stop as the store keeps it: when, which, and the text."""


def story(
    case: Case, links: Iterable[Linked], entries: Iterable[Entry], raised: Iterable[Said] = ()
) -> tuple[Chapter, ...]:
    """Return what happened in a case, oldest first: mails, interviews, drafts, advice and the stop."""
    chapters = [_mail(link) for link in links]
    for at, action, text in raised:
        chapters.append(Chapter(at, f"{action}: {text}", Sign.STOP if action == "stop" else Sign.ADVICE))
    for interview in case.interviews:
        met = (p for p in interview.people if p.part is not Part.COORDINATOR)
        names = ", ".join(p.name or p.address or "?" for p in met)
        sign, what = (
            (Sign.CALLED_OFF, "interview called off")
            if interview.cancelled
            else (Sign.INTERVIEW, "interview")
        )
        chapters.append(Chapter(interview.start, f"{what} with {names}" if names else what, sign))
    for entry in entries:
        chapters.append(Chapter(entry.intended_at, f"{entry.note} to {entry.to} drafted", _sign(entry)))
        if entry.changed_at != entry.intended_at:
            said = f"the {entry.note} to {entry.to}: {entry.state}"
            chapters.append(Chapter(entry.changed_at, said, Sign.TURNED, why=entry.reason))
    return tuple(sorted(chapters, key=lambda chapter: (chapter.at, _ORDER.index(chapter.sign))))


def _sign(entry: Entry) -> Sign:
    if entry.state is DraftState.SENT:
        return Sign.SENT
    return Sign.WAITING if entry.state in _WAITING else Sign.GONE


def _mail(link: Linked) -> Chapter:
    reading = link.reading
    who = (reading.sender.name or reading.sender.address) if reading.sender else "somebody"
    whom = ", ".join(address.name or address.address for address in reading.to)
    if reading.noted:
        what = "you wrote down what was said"
    elif reading.outgoing:
        what = f"you wrote to {whom} ({reading.act})"
    else:
        what = f"{who}: {reading.kind.replace('_', ' ')}"
    quotes = [
        *(t.quote for t in reading.timelines),
        *(d.quote for d in reading.directions),
        *(e.quote for e in reading.evidence),
    ]
    why = f"put here by you: {link.why}" if link.by_hand else link.why.replace("_", " ")
    sign = (
        Sign.USER if reading.outgoing or reading.noted else Sign.ROBOT if reading.automatic else Sign.EMPLOYER
    )
    return Chapter(reading.date, what, sign, _longest(quotes), why, reading.key, reading.timelines)


def _longest(quotes: Iterable[str]) -> tuple[str, ...]:
    """Return each quote once, without those another one holds."""
    once = [quote for quote in dict.fromkeys(quotes) if quote]
    return tuple(q for q in once if not any(q in other for other in once if other != q))
