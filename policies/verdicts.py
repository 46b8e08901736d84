"""What a rule may say, and what a rule is.

A wish says what we would like to `Write`; a rule says `Never`, `Stop` or `Advise`.  Stop wins over never;
never wins over write.  What must not be known here: any single rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from policies.articles import ADVICE, OURS
from policies.case import Draft, Note, Person
from policies.decision import Finding
from policies.settings import Policy, worded

if TYPE_CHECKING:
    from policies.meetings import Meeting
    from policies.situation import Situation


@dataclass(frozen=True, slots=True)
class Write:
    """A note is to be written from `due` until `until`, to a person (None: to the user's own self).

    `key` is what the decision will be known by.  A thank-you is for a `meeting`, status checks have a
    `number` from 1; `quote` are the employer's words it rests on.
    """

    note: Note
    to: Person | None
    due: datetime
    until: datetime
    key: str
    meeting: Meeting | None = None
    number: int = 1
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Never:
    """Notes of these kinds are not to be written: to anybody or only `to`, always or between two moments.

    With a `key` only that very note is meant; `older_than` spares notes that fell due later.  A never
    without an end also takes back what lies untouched in Drafts.  `instead` is told to the user when the
    note would have been due.
    """

    notes: tuple[Note, ...]
    quote: str = ""
    to: str | None = None
    key: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    older_than: datetime | None = None
    instead: str = ""

    def forbids(self, write: Write) -> bool:
        """Return whether the note is meant, whenever."""
        if write.note not in self.notes or (self.older_than and write.due >= self.older_than):
            return False
        return self._means(write.note, write.to.address if write.to else None, write.key)

    def takes_back(self, draft: Draft) -> bool:
        """Return whether the draft is meant, and for good."""
        for_good = self.until is None and self.older_than is None
        return for_good and self._means(draft.note, draft.to, draft.key)

    def in_force(self, now: datetime) -> bool:
        """Return whether it holds at that moment."""
        return (self.since is None or self.since <= now) and (self.until is None or now < self.until)

    def _means(self, note: Note, to: str | None, key: str) -> bool:
        return note in self.notes and self.to in (None, to) and self.key in (None, key)


@dataclass(frozen=True, slots=True)
class Stop:
    """The case is over for want of a reply from `due` on; `text` says so to the user."""

    due: datetime
    text: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Advise:
    """Something to tell the user once: by itself from `due` on, or beside a note of that kind.

    `key` names what is told, or the very note it is told beside.
    """

    text: str
    key: str = ""
    due: datetime | None = None
    beside: Note | None = None
    quote: str = ""


Verdict = Write | Never | Stop | Advise
Wishes = Iterator[Write]
Limits = Iterator[Never | Stop | Advise]
W = TypeVar("W", bound=Callable[["Situation"], Wishes])
L = TypeVar("L", bound=Callable[["Situation"], Limits])


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the policy.  An optional one is switched by the setting of its name."""

    chapter: str
    name: str
    says: str
    sources: tuple[str, ...]
    body: Callable[[Situation], Iterator[Verdict]]
    wishes: bool
    optional: bool

    def finding(self, policy: Policy, quote: str = "") -> Finding:
        """Return the rule as a reason, with the policy's numbers in its sentence."""
        return Finding(self.name, worded(self.says, policy), self.sources, quote)


class Rulebook:
    """The rules in the order they are written down.

    Both decorators enter a function under its own name, with its sentence and its sources: ids of advice
    (`articles.py`), or OURS for a choice that no article makes.
    """

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._chapter = ""
        self._in_force: dict[str, tuple[tuple[Rule, ...], tuple[Rule, ...]]] = {}

    def chapter(self, title: str) -> None:
        """Begin a chapter: the rules that follow belong to it."""
        self._chapter = title

    def wish(self, says: str, sources: str, *, optional: bool = False) -> Callable[[W], W]:
        """Return a decorator for a rule that writes."""

        def enter(body: W) -> W:
            self.rules.append(Rule(self._chapter, body.__name__, says, _cited(sources), body, True, optional))
            return body

        return enter

    def rule(self, says: str, sources: str, *, optional: bool = False) -> Callable[[L], L]:
        """Return a decorator for a rule that forbids, stops or advises."""

        def enter(body: L) -> L:
            self.rules.append(
                Rule(self._chapter, body.__name__, says, _cited(sources), body, False, optional)
            )
            return body

        return enter

    def in_force(self, policy: Policy) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """Return the rules the policy has switched on: those that wish, and those that limit."""
        known = self._in_force.get(policy.version)
        if known is None:
            on = [r for r in self.rules if not r.optional or getattr(policy, r.name)]
            known = tuple(r for r in on if r.wishes), tuple(r for r in on if not r.wishes)
            self._in_force[policy.version] = known
        return known


def _cited(sources: str) -> tuple[str, ...]:
    return tuple(s if s == OURS else str(ADVICE[s]) for s in sources.split())
