"""All verdicts on one situation, weighed: stop wins over never, never wins over write.

What must not be known here: what any single rule is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from policies.case import Draft, DraftState, Note
from policies.decision import Finding
from policies.situation import TAKEN_BACK, UNTOUCHED, Situation
from policies.verdicts import Advise, Never, Rule, Rulebook, Stop, Write

OVER = Finding("over", "You were told to stop here; it is over until they write again.", ("OURS",))
AT_REST = Finding("at_rest", "All that this case calls for was done.", ("OURS",))

Because = tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """A note that a rule wants and that is not done.

    `delays` put it off until `due`; `against` are the rules that forbid it for good.
    """

    rule: Rule
    write: Write
    due: datetime
    delays: tuple[tuple[Rule, Never], ...]
    against: tuple[tuple[Rule, Never], ...]

    @property
    def instead(self) -> str:
        """What is told in its place, where all that forbids it has something to tell."""
        told = [never.instead for _, never in self.against]
        return " ".join(dict.fromkeys(told)) if all(told) else ""


@dataclass(frozen=True, slots=True)
class Telling:
    """Something to tell the user by itself, once."""

    key: str
    text: str
    due: datetime
    because: Because
    note: Note | None = None


class Judgement:
    """What the rules say to a situation, and what follows from it.

    `pending` are the notes wanted and not done, `tellings` what is to be told and was not yet, both in
    order of their being due; `over` is why the case is at rest after a stop, empty where it is not.
    """

    def __init__(self, rulebook: Rulebook, s: Situation) -> None:
        self.s = s
        self.now = s.now
        self._raised = {raised.key for raised in s.case.raised}
        wishing, limiting = rulebook.in_force(s.policy)
        wishes = [(r, w) for r in wishing for w in r.body(s) if isinstance(w, Write)]
        for _, write in wishes:
            s.wanted[write.note].append(write)
        limits = [(r, v) for r in limiting for v in r.body(s)]
        self._nevers = [(r, v) for r, v in limits if isinstance(v, Never)]
        self._stops = [(r, v) for r, v in limits if isinstance(v, Stop)]
        self._advice = [(r, v) for r, v in limits if isinstance(v, Advise)]
        self.pending = [self._weigh(rule, write) for rule, write in wishes if not self._done(write)]
        self.pending.sort(key=lambda p: (p.due, p.write.key))
        self.stop_key = f"stop|{s.epoch}"
        self.over = self._over()
        fresh = () if self.over else (t for t in self._tellings() if t.key not in self._raised)
        self.tellings = sorted(fresh, key=lambda t: (t.due, t.key))

    def wrong_drafts(self) -> Iterator[tuple[Draft, Because]]:
        """Yield the untouched drafts that a rule takes back, the oldest first."""
        for draft in sorted(self.s.case.drafts, key=lambda d: (d.at, d.key)):
            because = self._takes_back(draft) if draft.state in UNTOUCHED else ()
            if because and draft.key not in self._raised:
                yield draft, because

    def stops_due(self) -> Iterator[tuple[Stop, Because]]:
        """Yield the stops that have come, the earliest first."""
        for rule, stop in sorted(self._stops, key=lambda pair: pair[1].due):
            if stop.due <= self.now and not self.over:
                yield stop, (self._finding(rule, stop.quote),)

    def notes_due(self) -> Iterator[tuple[Pending, Because, str]]:
        """Yield the notes to write now and what to say beside them, the earliest first."""
        for pending in self.pending:
            if not pending.against and pending.due <= self.now and not self.over:
                beside = self._beside(pending.write)
                because = (*self._wanted_by(pending), *(self._finding(r, a.quote) for r, a in beside))
                yield pending, because, " ".join(advice.text for _, advice in beside)

    def next_moment(self) -> datetime | None:
        """Return the next moment at which the answer may change by time alone."""
        return min((moment for moment in self._moments() if moment > self.now), default=None)

    def reasons(self) -> Because:
        """Return what is waited for, and what stands against the notes that are not written."""
        if self.over:
            return self.over
        found = [f for p in self.pending for f in (self._forbidden_by(p) or self._wanted_by(p))]
        if not self.pending:
            found = [self._finding(r, n.quote) for r, n in self._nevers if n.key is None and not n.older_than]
        found += [self._finding(rule, stop.quote) for rule, stop in self._stops]
        return tuple(dict.fromkeys(found)) or (AT_REST,)

    def _over(self) -> Because:
        """Why the case is at rest after a stop: told before, or due before we began to watch."""
        if self.stop_key in self._raised:
            return (OVER,)
        began = self.s.case.observed_from
        return tuple(self._finding(r, stop.quote) for r, stop in self._stops if began and stop.due < began)

    def _weigh(self, rule: Rule, write: Write) -> Pending:
        forbidding = [pair for pair in self._nevers if pair[1].forbids(write)]
        if not forbidding:
            return Pending(rule, write, write.due, (), ())
        delays = tuple((r, n) for r, n in forbidding if n.until and n.until > max(self.now, write.due))
        against = tuple((r, n) for r, n in forbidding if n.until is None and n.in_force(self.now))
        due = max([write.due, *(never.until for _, never in delays if never.until)])
        return Pending(rule, write, due, delays, against)

    def _done(self, write: Write) -> bool:
        """Return whether it was laid, or another lies in its place, or it is too late."""
        drafts = self.s.case.drafts
        if self.now > write.until or any(draft.key == write.key for draft in drafts):
            return True
        if write.note is Note.STATUS_CHECK:
            unsent = (draft for draft in self.s.status_drafts if draft.state is not DraftState.SENT)
            return any(not self.s.overtook(draft) for draft in unsent)
        to = write.to.address if write.to else None
        same = (d for d in drafts if d.note is write.note and d.to == to and d.state not in TAKEN_BACK)
        return any(draft.at >= write.due for draft in same)

    def _tellings(self) -> Iterator[Telling]:
        for rule, advice in self._advice:
            if advice.due and not self.s.left_alone(advice.due):
                because = (self._finding(rule, advice.quote),)
                yield Telling(f"advise|{advice.key}", advice.text, advice.due, because)
        for p in self.pending:
            if p.against and p.instead:
                text = " ".join([p.instead, *(advice.text for _, advice in self._beside(p.write))])
                yield Telling(f"advise|{p.write.key}", text, p.due, self._forbidden_by(p), p.write.note)
        for draft in self.s.case.drafts:
            touched = draft.state is DraftState.EDITED and draft.note is not Note.DEBRIEF
            stale = self._takes_back(draft) if touched else ()
            if stale:
                text = f"Your {draft.note} to {draft.to} is out of date; it is yours, so it stays in Drafts."
                yield Telling(f"stale|{draft.key}", text, draft.changed_at, stale, draft.note)

    def _moments(self) -> Iterator[datetime]:
        untouched = [draft for draft in self.s.case.drafts if draft.state in UNTOUCHED]
        for _, never in self._nevers:
            if never.since and any(never.takes_back(draft) for draft in untouched):
                yield never.since
        if not self.over:
            yield from (meeting.end for meeting in self.s.ahead)
            yield from (stop.due for _, stop in self._stops)
            yield from (p.due for p in self.pending if not p.against)
            yield from (telling.due for telling in self.tellings)

    def _takes_back(self, draft: Draft) -> Because:
        found = [(r, n) for r, n in self._nevers if n.takes_back(draft) and n.in_force(self.now)]
        return tuple(self._finding(rule, never.quote) for rule, never in found)

    def _beside(self, write: Write) -> list[tuple[Rule, Advise]]:
        meant = ((r, a) for r, a in self._advice if a.beside is write.note)
        return [(rule, advice) for rule, advice in meant if advice.key in ("", write.key)]

    def _wanted_by(self, p: Pending) -> Because:
        delays = (self._finding(rule, never.quote) for rule, never in p.delays)
        return (self._finding(p.rule, p.write.quote), *delays)

    def _forbidden_by(self, p: Pending) -> Because:
        return tuple(self._finding(rule, never.quote) for rule, never in p.against)

    def _finding(self, rule: Rule, quote: str) -> Finding:
        return rule.finding(self.s.policy, quote)
