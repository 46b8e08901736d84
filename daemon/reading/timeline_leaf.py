"""Dates whose month is written in a language that the mail is not in: "by 20 avril", "do 20 marca".

The last resort of the date grammar, by dateparser, which takes half a second to load: it is loaded only
once a word stands beside a day number that may be a month.  Only the day and the month are taken from it;
the year and the past are the grammar's own business.
"""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from typing import Any

_LANGUAGES = ["en", "de", "fr", "es", "nl", "pt", "it", "pl", "sv", "da", "nb", "fi", "cs"]
_BASE = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # dateparser wants it naive; a leap year
_BEGINNINGS = frozenset(
    "abr apr aou aug avr bre cer cze dec dez dic dub elo ene feb fev gen giu gru hei hel huh jan jui jul jun "
    "kes kve kwi led lip lis lok lut maa mag mai maj mar mei mrt oct okt ott out paz ago pro srp sty syy tam "
    "set sep tou uno wrz zar".split()
)  # of the months' names without accents


def may_be_month(word: str) -> bool:
    """Whether a folded word begins like the name of a month in some language."""
    return len(word) > 3 and word[:3] in _BEGINNINGS


@lru_cache(maxsize=256)
def day_and_month(text: str) -> tuple[int, int] | None:
    """Return the day and the month of a short text such as "20 avril", or None if it is no such date."""
    data = _parser().get_date_data(text)
    found = data.date_obj
    return (found.day, found.month) if found and data.period == "day" else None


@cache
def _parser() -> Any:
    from dateparser.date import DateDataParser  # half a second, and few mails need it

    settings = {
        "RELATIVE_BASE": _BASE,
        "PREFER_DATES_FROM": "future",
        "REQUIRE_PARTS": ["day", "month"],
        "PARSERS": ["absolute-time"],
    }
    return DateDataParser(languages=_LANGUAGES, settings=settings)
