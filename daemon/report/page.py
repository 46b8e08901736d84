"""The page: cases as values in, one self-contained document of HTML out.

No script, no link to elsewhere, nothing fetched; every word of a mail is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from daemon.overview import Chapter, Sign, View
from daemon.report.picture import Picture, picture
from policies.decision import Action, Decision

WORDS = {
    Sign.EMPLOYER: "they wrote",
    Sign.ROBOT: "an automatic mail",
    Sign.USER: "you wrote",
    Sign.INTERVIEW: "interview",
    Sign.CALLED_OFF: "interview called off",
    Sign.WAITING: "draft waiting for you",
    Sign.SENT: "draft you sent",
    Sign.GONE: "draft that is gone",
    Sign.TURNED: "what became of a draft",
    Sign.ADVICE: "advice",
    Sign.STOP: "stop, no reply",
}
"""What each sign means, as the legend says it."""


@dataclass(frozen=True, slots=True)
class CasePage:
    """All the page tells of one case."""

    view: View
    chapters: tuple[Chapter, ...]
    decision: Decision
    picture: Picture

    @property
    def title(self) -> str:
        """Return the employer, or the case's id where nobody knows."""
        return self.view.employer or self.view.case

    @property
    def open(self) -> bool:
        """Return whether something may still come of it."""
        return self.decision.action is Action.WAIT or bool(self.view.drafts)


def case_page(
    view: View, chapters: tuple[Chapter, ...], decision: Decision, now: datetime, zone: ZoneInfo
) -> CasePage:
    """Return a case with its picture."""
    return CasePage(view, chapters, decision, picture(chapters, now, view.next_at, zone))


def render(cases: Sequence[CasePage], account: str, now: datetime, zone: ZoneInfo) -> str:
    """Return the document; cases with drafts waiting come first, closed ones last, the latest word first."""
    environment = Environment(
        loader=PackageLoader("daemon.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def moment(at: datetime) -> str:
        return f"{at.astimezone(zone):%a %-d %b %Y, %H:%M}"

    def day(on: date | str) -> str:
        return f"{date.fromisoformat(str(on)):%-d %b}"

    ordered = sorted(cases, key=lambda each: each.view.last_word or now, reverse=True)
    ordered.sort(key=lambda each: (not each.view.drafts, not each.open))
    return environment.get_template("page.html.j2").render(
        cases=ordered, account=account, now=now, moment=moment, day=day, words=WORDS
    )
