"""Business days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import workdays

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def plainly(day: date, count: int, holidays: frozenset[date]) -> date:
    """Count one day after the other."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in holidays
    return day


@given(DAYS, st.integers(1, 80), st.frozensets(st.integers(0, 60), max_size=12))
def test_counting_is_counting(day: date, count: int, offs: frozenset[int]) -> None:
    """The quick way gives what counting day by day gives, whatever is closed."""
    holidays = frozenset(day + timedelta(days=n) for n in offs)
    assert workdays.add(day, count, workdays.closed(holidays)) == plainly(day, count, holidays)


def test_from_a_weekend() -> None:
    """The first business day after a Friday, Saturday or Sunday is the Monday."""
    for day in (date(2026, 3, 13), date(2026, 3, 14), date(2026, 3, 15)):
        assert workdays.add(day, 1) == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("year", "third"),
    [(2025, date(2025, 1, 6)), (2026, date(2026, 1, 6)), (2027, date(2027, 1, 6)), (2028, date(2028, 1, 5))],
)
def test_the_third_working_day_of_january(year: int, third: date) -> None:
    """It lies in single digits, after a couple of days to recover (W7)."""
    assert workdays.of_january(year, 3) == third
