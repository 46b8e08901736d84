"""Public holidays of countries and their parts."""

from __future__ import annotations

from datetime import date

import pytest

from daemon.holidays_of import holiday_dates


def test_holidays_of_countries_and_their_parts() -> None:
    """England has the Spring Bank Holiday, New York the state's days."""
    assert date(2026, 5, 25) in holiday_dates("GB-ENG", [2026])
    assert date(2026, 11, 26) in holiday_dates("us-ny", range(2026, 2028))


@pytest.mark.parametrize(("place", "nearest"), [("GB-ENGL", "GB-ENG"), ("USS", "US"), ("US-NYC", "US-NY")])
def test_an_unknown_place_names_the_nearest(place: str, nearest: str) -> None:
    """A place nobody knows is an error with the nearest one."""
    with pytest.raises(ValueError, match=f"Did you mean {nearest}"):
        holiday_dates(place, [2026])
