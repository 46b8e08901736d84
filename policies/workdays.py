"""Days on which offices answer: Monday to Friday, without the public holidays given.

What must not be known here: where holidays come from, and why somebody counts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

FRIDAY = 4


def closed(holidays: Iterable[date]) -> tuple[date, ...]:
    """Return those of the holidays that take a weekday away, in order."""
    return tuple(sorted(day for day in holidays if day.weekday() <= FRIDAY))


def add(day: date, count: int, closed: Sequence[date] = ()) -> date:
    """Return the `count`-th business day strictly after `day`; `closed` are weekdays off, in order."""
    end = _add_weekdays(day, count)
    while lost := bisect_right(closed, end) - bisect_right(closed, day):
        day, end = end, _add_weekdays(end, lost)
    return end


def of_january(year: int, nth: int, closed: Sequence[date] = ()) -> date:
    """Return the `nth` business day of January; New Year's Day is none in any country."""
    return add(date(year, 1, 1), nth, closed)


def _add_weekdays(day: date, count: int) -> date:
    weekday = day.weekday()
    past_friday = max(0, weekday - FRIDAY)  # a weekend counts on from its Friday
    weeks, days = divmod(count, FRIDAY + 1)
    over_a_weekend = 2 * (min(weekday, FRIDAY) + days > FRIDAY)
    return day + timedelta(days=7 * weeks + days + over_a_weekend - past_friday)
