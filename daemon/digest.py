"""The weekly digest, a letter to oneself: when its moment is, and what it says.

Pure: values in, values out.  Where it is laid, and when it is taken back, is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from daemon.drafting.names import clean
from daemon.overview import View
from policies.history import Outcome

WEEK = timedelta(days=7)

OVER = frozenset({Outcome.REJECTED.value, Outcome.ACCEPTED.value, Outcome.WITHDRAWN.value, "stopped"})
"""Stages of a case that has ended; after an offer it is the user's turn, so that one is open."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """A moment that comes every week: a day (Monday is 0) and an hour, by the clocks of a zone."""

    weekday: int
    hour: int
    zone: str

    def day(self, now: datetime) -> date:
        """Return the day of the latest such moment that is not after `now`."""
        today = now.astimezone(ZoneInfo(self.zone)).date()
        day = today - timedelta(days=(today.weekday() - self.weekday) % 7)
        return day if self.on(day) <= now else day - WEEK

    def on(self, day: date) -> datetime:
        """Return the moment on a day, in UTC."""
        return datetime.combine(day, time(self.hour), ZoneInfo(self.zone)).astimezone(UTC)

    def next(self, now: datetime) -> datetime:
        """Return the first such moment after `now`, in UTC."""
        return self.on(self.day(now) + WEEK)


def key(day: date) -> str:
    """Return what names the digest of a day's week: the same for ever, also after the state was lost."""
    year, week, _ = day.isocalendar()
    return f"digest {year}-W{week:02}"


def subject(day: date) -> str:
    """Return the subject of the digest of a day's week."""
    year, week, _ = day.isocalendar()
    return f"Your applications, week {week} of {year}"


def text(going: Sequence[View], ended: Sequence[View], zone: str) -> str:
    """Return the letter: what is open, each with its next moment and its drafts, and what ended."""
    parts = ["OPEN", *("\n".join(_open(view, zone)) for view in going)]
    if ended:
        parts += ["ENDED SINCE THE LAST DIGEST", "\n".join(f"{_name(view)}: {view.stage}" for view in ended)]
    parts.append("afterword laid this here for you alone; next week's takes its place, unless you change it.")
    return "\n\n".join(parts) + "\n"


def _open(view: View, zone: str) -> Iterator[str]:
    yield f"{_name(view)}: {view.stage}"
    if view.quote:
        until = f" ({date.fromisoformat(view.expected):%d %b %Y})" if view.expected else ""
        yield f"- they said: “{clean(view.quote)}”{until}"
    yield from (f"- waits for you: {clean(draft)}" for draft in view.drafts)
    if view.next_at:
        yield f"- next moment: {view.next_at.astimezone(ZoneInfo(zone)):%a %d %b %Y, %H:%M}"


def _name(view: View) -> str:
    employer = clean(view.employer or "", 80) or view.case
    return f"{employer}, {clean(view.role, 80)}" if view.role else employer
