"""The state as somebody looks at it at a moment: each case with its story and what the policy says now.

Only reads; what it gives are the values of `overview`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from daemon.mind import UserMind
from daemon.overview import Chapter, View, story, view
from daemon.step import Shell
from policies.case import Case
from policies.decision import Decision
from policies.situation import Situation


@dataclass(frozen=True, slots=True)
class Seen:
    """A case, where it stands, what happened in it, and what the policy says now."""

    case: Case
    view: View
    chapters: tuple[Chapter, ...]
    decision: Decision


@dataclass(frozen=True, slots=True)
class Looking:
    """One account's state at the moment `now`, and for whom."""

    mind: UserMind
    shell: Shell
    now: datetime

    @property
    def zone(self) -> str:
        """Return the user's time zone."""
        return self.mind.user.me.zone

    def ids(self) -> list[str]:
        """Return the ids of all cases, the latest opened last."""
        return [row.id for row in self.shell.book.cases()]

    def seen(self, case_id: str) -> Seen:
        """Return where a case stands at this moment."""
        case = self.shell.case(case_id)
        decision = self.mind.decide(case, self.now)
        outcome = Situation(case, self.now, self.mind.user.policy.at(case.employer)).standing.outcome
        drafts, book = self.shell.drafts.of_case(case_id), self.shell.book
        chapters = story(case, book.links(case_id), drafts, book.raised_texts(case_id))
        return Seen(case, view(case, drafts, decision, outcome, self.now), chapters, decision)
