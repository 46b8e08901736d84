"""Days on which offices answer: Monday to Friday, without the public holidays given.

What must not be known here: where holidays come from, and why somebody counts.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta

DAY = timedelta(days=1)
SATURDAY = 5


def is_workday(day: date, holidays: Set[date] = frozenset()) -> bool:
    """Return whether offices are open on that day."""
    return day.weekday() < SATURDAY and day not in holidays


def add(day: date, count: int, holidays: Set[date] = frozenset()) -> date:
    """Return the `count`-th business day strictly after `day`; `day` itself for a count of 0."""
    while count > 0:
        day += DAY
        count -= is_workday(day, holidays)
    return day


def first(day: date, holidays: Set[date] = frozenset()) -> date:
    """Return `day` if it is a business day, else the next one."""
    return day if is_workday(day, holidays) else add(day, 1, holidays)


def of_january(year: int, nth: int, holidays: Set[date] = frozenset()) -> date:
    """Return the `nth` business day of January; New Year's Day never counts, whatever the country."""
    return add(date(year, 1, 1), nth, holidays)
