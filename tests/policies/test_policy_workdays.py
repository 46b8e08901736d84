"""Business days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.holidays_of import holiday_dates
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


def test_holidays_of_countries_and_their_parts() -> None:
    """England has the Spring Bank Holiday, New York the state's days."""
    assert date(2026, 5, 25) in holiday_dates("GB-ENG", [2026])
    assert date(2026, 11, 26) in holiday_dates("us-ny", range(2026, 2028))


@pytest.mark.parametrize(("place", "nearest"), [("GB-ENGL", "GB-ENG"), ("USS", "US"), ("US-NYC", "US-NY")])
def test_an_unknown_place_names_the_nearest(place: str, nearest: str) -> None:
    """A place nobody knows is an error with the nearest one."""
    with pytest.raises(ValueError, match=f"Did you mean {nearest}"):
        holiday_dates(place, [2026])
