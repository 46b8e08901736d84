"""What a rule may say, and what a rule is.

A rule is a name, one sentence, its sources, and a few lines that look at a situation and say `Write`,
`Never`, `Stop` or `Advise`.  Stop wins over never; never wins over write.  No rule knows of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from policies.articles import ADVICE, OURS
from policies.case import Draft, Note, Person
from policies.decision import Finding
from policies.meetings import Meeting
from policies.settings import Policy, worded
from policies.situation import Situation


@dataclass(frozen=True, slots=True)
class Write:
    """A note is to be written once `due` has come, and not after `until`.  `quote` is why."""

    note: Note
    to: Person | None
    due: datetime
    key: str
    answers: str = ""
    meeting: Meeting | None = None
    until: datetime | None = None
    late_from: datetime | None = None
    number: int = 1
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Never:
    """Notes of these kinds are not to be written: to anybody or only `to`, always or between two moments.

    With a `key` only that very note is meant; `older_than` spares notes that fell due later.  A never
    without an end also takes back what lies untouched in Drafts.  `instead` is told to the user at the
    moment at which the note would have been due.
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
        return self._means(write.note, write.to.address if write.to else None, write.key) and (
            self.older_than is None or write.due < self.older_than
        )

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
Verdicts = Iterator[Verdict]
Body = Callable[[Situation], Verdicts]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the policy.  An optional one is switched by the setting of its name."""

    name: str
    says: str
    sources: tuple[str, ...]
    body: Body
    optional: bool = False

    def applies(self, policy: Policy) -> bool:
        """Return whether the policy has it switched on."""
        return not self.optional or bool(getattr(policy, self.name))

    def finding(self, policy: Policy, quote: str = "") -> Finding:
        """Return the rule as a reason, with the policy's numbers in its sentence."""
        return Finding(self.name, worded(self.says, policy), self.sources, quote)


class Rulebook:
    """The rules in the order they are written down."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def __call__(self, says: str, sources: str, *, optional: bool = False) -> Callable[[Body], Body]:
        """Return a decorator that enters a function as a rule under its own name.

        `sources` are ids of advice (`articles.py`), or OURS for a choice that no article makes.
        """
        cited = tuple(i if i == OURS else str(ADVICE[i]) for i in sources.split())

        def enter(body: Body) -> Body:
            self.rules.append(Rule(body.__name__, says, cited, body, optional))
            return body

        return enter
