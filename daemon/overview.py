"""What `status` and `explain` tell: a case as a few facts, and as a story.  Pure; values in, values out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from daemon.ledger import LEFT
from daemon.store_book import Linked
from daemon.store_drafts import Entry
from policies.case import Case, DraftState, Event, Party, Timeline
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


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened in a case: when, what, the words it stands on, and why it is here.

    `mail` is the key of the mail, for `afterword case move`.
    """

    at: datetime
    what: str
    quotes: tuple[str, ...] = ()
    why: str = ""
    mail: str = ""


def view(case: Case, entries: tuple[Entry, ...], decision: Decision, outcome: Outcome, now: datetime) -> View:
    """Return where a case stands; `decision` and `outcome` are what the policy says now."""
    words = [e for e in case.history if e.by is Party.EMPLOYER]
    last = words[-1] if words else None
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


def story(case: Case, links: tuple[Linked, ...], entries: tuple[Entry, ...]) -> tuple[Chapter, ...]:
    """Return what happened in a case, oldest first: mails, interviews, drafts."""
    chapters = [_mail(link) for link in links]
    for interview in case.interviews:
        names = ", ".join(p.name or p.address or "?" for p in interview.people)
        what = "interview called off" if interview.cancelled else "interview"
        chapters.append(Chapter(interview.start, f"{what} with {names}" if names else what))
    for entry in entries:
        chapters.append(Chapter(entry.intended_at, f"{entry.note} to {entry.to} drafted"))
        if entry.changed_at != entry.intended_at:
            chapters.append(Chapter(entry.changed_at, f"that draft: {entry.state}", why=entry.reason))
    return tuple(sorted(chapters, key=lambda chapter: chapter.at))


def _mail(link: Linked) -> Chapter:
    reading = link.reading
    who = (reading.sender.name or reading.sender.address) if reading.sender else "somebody"
    what = f"you wrote ({reading.act})" if reading.outgoing else f"{who}: {reading.kind}"
    quotes = dict.fromkeys(
        [
            *(t.quote for t in reading.timelines),
            *(d.quote for d in reading.directions),
            *(e.quote for e in reading.evidence),
        ]
    )
    why = f"put here by you: {link.why}" if link.by_hand else link.why
    return Chapter(reading.date, what, tuple(filter(None, quotes)), why, reading.key)
