"""The public holidays of a country or a part of it, as plain dates for the policy.

The library that knows them is imported when asked: it is large.  What must not be known here: what a
holiday means for a due day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches


def holiday_dates(country: str, years: Iterable[int]) -> frozenset[date]:
    """Return the public holidays of a place in those years.

    `country` is an ISO 3166 code, of a country (`US`) or of a part of one (`US-NY`, `GB-ENG`).  Raises
    ValueError, with the nearest code, where there is no such place.
    """
    import holidays

    code, _, part = country.strip().upper().partition("-")
    parts = holidays.list_supported_countries()
    if code not in parts:
        raise ValueError(_no_such_place(country, parts, "a country code such as US, GB-ENG or DE-BY"))
    if part and part not in parts[code]:
        there_are = ", ".join(f"{code}-{each}" for each in sorted(parts[code])) or f"{code} alone"
        raise ValueError(_no_such_place(country, [f"{code}-{each}" for each in parts[code]], there_are))
    return frozenset(holidays.country_holidays(code, subdiv=part or None, years=list(years)))


def _no_such_place(country: str, known: Iterable[str], expected: str) -> str:
    near = get_close_matches(country.strip().upper(), list(known), n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"No public holidays are known for “{country}”.{hint} Expected: {expected}."
