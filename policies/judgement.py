"""All verdicts of the rules on one situation, weighed: stop wins over never, never wins over write.

What must not be known here: what any single rule is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from policies import people
from policies.case import Draft, DraftState, Note, Person
from policies.decision import Action, Decision, Finding
from policies.situation import TAKEN_BACK, Situation
from policies.verdicts import Advise, Never, Rule, Stop, Write

UNTOUCHED = frozenset({DraftState.INTENDED, DraftState.PLACED, DraftState.BLOCKED})

Because = tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """A note that some rule wants, when it is open to be written, and what stands against it for good."""

    rule: Rule
    write: Write
    due: datetime
    delays: tuple[tuple[Rule, Never], ...]
    against: tuple[tuple[Rule, Never], ...]

    @property
    def possible(self) -> bool:
        """Return whether it may be written one day."""
        in_time = self.write.until is None or self.due <= self.write.until
        return in_time and not self.against

    @property
    def advised(self) -> bool:
        """Return whether something is told to the user in its stead."""
        in_time = self.write.until is None or self.due <= self.write.until
        return in_time and bool(self.against) and all(never.instead for _, never in self.against)


class Judgement:
    """The verdicts on a situation and what follows from them."""

    def __init__(self, rules: Sequence[Rule], situation: Situation) -> None:
        self.s = situation
        self.now = situation.now
        self._writes: list[tuple[Rule, Write]] = []
        self._nevers: list[tuple[Rule, Never]] = []
        self._stops: list[tuple[Rule, Stop]] = []
        self._advice: list[tuple[Rule, Advise]] = []
        for rule in rules:
            if rule.applies(situation.policy):
                self._enter(rule)

    def _enter(self, rule: Rule) -> None:
        for verdict in rule.body(self.s):
            match verdict:
                case Write():
                    self._writes.append((rule, verdict))
                case Never():
                    self._nevers.append((rule, verdict))
                case Stop():
                    self._stops.append((rule, verdict))
                case Advise():
                    self._advice.append((rule, verdict))

    @property
    def stop_key(self) -> str:
        """What names the stop: the last word it follows on."""
        return f"stop|{self.s.epoch}"

    @cached_property
    def over(self) -> Because:
        """Why the case is at rest after a stop: said before, or due before we began to watch."""
        began = self.s.case.observed_from
        if self.s.raised(self.stop_key):
            return (Finding("over", "The stop was given; it is over until they write.", ("OURS",)),)
        return tuple(
            self._finding(rule, stop.quote) for rule, stop in self._stops if began and stop.due < began
        )

    def wrong_drafts(self) -> Iterator[tuple[Draft, Because]]:
        """Yield the untouched drafts that a rule takes back, the oldest first."""
        for draft in sorted(self.s.case.drafts, key=lambda d: (d.at, d.key)):
            because = self._against(draft) if draft.state in UNTOUCHED else ()
            if because and not self.s.raised(draft.key):
                yield draft, because

    def stops_due(self) -> Iterator[tuple[Stop, Because]]:
        """Yield the stops that have come, the earliest first."""
        for rule, stop in sorted(self._stops, key=lambda pair: pair[1].due):
            if stop.due <= self.now:
                yield stop, (self._finding(rule, stop.quote),)

    def notes_due(self) -> Iterator[tuple[Write, datetime, Because, str]]:
        """Yield the notes to write now with what to say beside them, the earliest first."""
        for pending in self._pending:
            if pending.possible and pending.due <= self.now and not self._too_late(pending.write):
                beside = self._beside(pending.write)
                yield (
                    pending.write,
                    pending.due,
                    (
                        self._finding(pending.rule, pending.write.quote),
                        *(self._finding(r, n.quote) for r, n in pending.delays),
                        *(self._finding(r, a.quote) for r, a in beside),
                    ),
                    " ".join(a.text for _, a in beside),
                )

    def advice_due(self) -> Iterator[tuple[str, Note | None, datetime, Because, str]]:
        """Yield what to tell the user now, once each."""
        for key, note, due, because, text in sorted(self._to_tell(), key=lambda told: (told[2], told[0])):
            if due <= self.now and not self.s.raised(key):
                yield key, note, due, because, text

    def at_rest(self, because: Because) -> Decision:
        """Return when to ask again, or that nothing will come by itself; always with the reasons."""
        because = because or self._reasons()
        moments = sorted(m for m in self._moments() if m > self.now)
        if moments:
            return Decision(Action.WAIT, because, due=moments[0])
        return Decision(Action.NOTHING, because)

    def person(self, address: str) -> Person:
        """Return the person with that address as the case knows them."""
        return people.known(self.s.case, Person(None, address))

    @cached_property
    def _pending(self) -> tuple[Pending, ...]:
        """The notes that are wanted and not done, in order of their being due."""
        wanted = (self._weigh(rule, write) for rule, write in self._writes if not self._done(write))
        return tuple(sorted(wanted, key=lambda p: (p.due, p.write.key)))

    def _weigh(self, rule: Rule, write: Write) -> Pending:
        forbidding = [(r, n) for r, n in self._nevers if n.forbids(write)]
        delays = tuple((r, n) for r, n in forbidding if n.until and n.until > max(self.now, write.due))
        against = tuple((r, n) for r, n in forbidding if n.until is None and n.in_force(self.now))
        due = max([write.due, *(n.until for _, n in delays if n.until)])
        return Pending(rule, write, due, delays, against)

    def _done(self, write: Write) -> bool:
        """Return whether it was laid before, also under another key, or another draft is in its place."""
        drafts = self.s.case.drafts
        if any(d.key == write.key for d in drafts):
            return True
        if write.note is Note.STATUS_CHECK:
            return any(
                d.state is not DraftState.SENT and not self.s.overtook(d) for d in self.s.status_drafts
            )
        to = write.to.address if write.to else None
        same = (d for d in drafts if d.note is write.note and d.to == to and d.state not in TAKEN_BACK)
        return any(d.at >= write.due for d in same)

    def _too_late(self, write: Write) -> bool:
        return write.until is not None and self.now > write.until

    def _against(self, draft: Draft) -> Because:
        found = ((r, n) for r, n in self._nevers if n.takes_back(draft) and n.in_force(self.now))
        return tuple(self._finding(r, n.quote) for r, n in found)

    def _beside(self, write: Write) -> list[tuple[Rule, Advise]]:
        meant = ((r, a) for r, a in self._advice if a.beside is write.note)
        return [(r, a) for r, a in meant if a.key in ("", write.key)]

    def _to_tell(self) -> Iterator[tuple[str, Note | None, datetime, Because, str]]:
        """Yield all there is to tell by itself: advice, what is told instead of notes, stale drafts."""
        for rule, advice in self._advice:
            if advice.due and not self.s.left_alone(advice.due):
                yield (
                    f"advise|{advice.key}",
                    None,
                    advice.due,
                    (self._finding(rule, advice.quote),),
                    advice.text,
                )
        for pending in self._pending:
            if pending.advised and not self._too_late(pending.write):
                because = tuple(self._finding(r, n.quote) for r, n in pending.against)
                texts = [n.instead for _, n in pending.against]
                texts += [a.text for _, a in self._beside(pending.write)]
                key, note = f"advise|{pending.write.key}", pending.write.note
                yield key, note, pending.due, because, " ".join(dict.fromkeys(texts))
        for draft in self.s.case.drafts:
            because = self._against(draft) if draft.state is DraftState.EDITED else ()
            if because:
                text = (
                    f"Your {draft.note} to {draft.to} is out of date; it is yours, so it was left in Drafts."
                )
                yield f"stale|{draft.key}", draft.note, draft.changed_at, because, text

    def _moments(self) -> Iterator[datetime]:
        """Yield the moments at which the answer may change by time alone."""
        untouched = [d for d in self.s.case.drafts if d.state in UNTOUCHED]
        for _, never in self._nevers:
            if never.since and any(never.takes_back(d) for d in untouched):
                yield never.since
        if self.over:
            return
        yield from (m.end for m in self.s.ahead)
        yield from (stop.due for _, stop in self._stops)
        yield from (p.due for p in self._pending if p.possible)
        yield from (due for key, _, due, *_ in self._to_tell() if not self.s.raised(key))

    def _reasons(self) -> Because:
        """Return what is waited for, and what stands against the notes that will not be written."""
        coming = [p for p in self._pending if p.possible and p.due > self.now]
        found = [self._finding(p.rule, p.write.quote) for p in coming]
        found += [self._finding(r, n.quote) for p in coming for r, n in p.delays]
        found += [self._finding(r, n.quote) for p in self._pending for r, n in p.against]
        found += [self._finding(r, stop.quote) for r, stop in self._stops if stop.due > self.now]
        nothing = Finding(
            "at_rest", "All that is to be done here was done, or nothing calls for a note.", ("OURS",)
        )
        return tuple(dict.fromkeys(found)) or (nothing,)

    def _finding(self, rule: Rule, quote: str) -> Finding:
        return rule.finding(self.s.policy, quote)
