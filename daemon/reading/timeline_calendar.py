"""Days, weeks, months and holidays as people in an office count them.

Pure calendar arithmetic on local dates: weeks run from Monday to Friday, a month has an early, a middle
and a late part, and a named day lies ahead.  Knows no words and no mail.  `docs/timelines.md` states the
conventions for readers.
"""

from __future__ import annotations

import calendar
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

_YEARS = range(1970, 2201)
HORIZON = 366  # days; nothing an employer says about when they will act lies further ahead
_SIX_MONTHS = 183
REACH = 300  # a named holiday further ahead than this was meant in the past

FIXED_HOLIDAYS = {
    "all_saints": (11, 1), "april_fools": (4, 1), "armistice": (11, 11), "assumption": (8, 15),
    "australia_day": (1, 26), "bastille_day": (7, 14), "boxing_day": (12, 26), "canada_day": (7, 1),
    "christmas": (12, 25), "christmas_eve": (12, 24), "epiphany": (1, 6), "german_unity": (10, 3),
    "halloween": (10, 31), "immaculate": (12, 8), "independence_day": (7, 4), "juneteenth": (6, 19),
    "kings_day": (4, 27), "liberation_it": (4, 25), "liberation_nl": (5, 5), "may_day": (5, 1),
    "new_year": (1, 1), "new_years_eve": (12, 31), "portugal_day": (6, 10), "republic_it": (6, 2),
    "sinterklaas": (12, 5), "spain_day": (10, 12), "st_patrick": (3, 17), "valentine": (2, 14),
    "veterans_day": (11, 11),
}  # fmt: skip
EASTER_HOLIDAYS = {
    "ascension": 39, "carnival": -47, "corpus_christi": 60, "easter": 0, "easter_monday": 1,
    "good_friday": -2, "maundy_thursday": -3, "palm_sunday": -7, "pentecost": 49, "whit_monday": 50,
}  # fmt: skip
NTH_HOLIDAYS = {  # month, weekday, which one of the month (-1: the last)
    "columbus_day": (10, 0, 2), "early_may": (5, 0, 1), "fathers_day": (6, 6, 3), "labor_day": (9, 0, 1),
    "memorial_day": (5, 0, -1), "mlk_day": (1, 0, 3), "mothers_day": (5, 6, 2), "presidents_day": (2, 0, 3),
    "spring_bank": (5, 0, -1), "summer_bank": (8, 0, -1), "thanksgiving": (11, 3, 4),
}  # fmt: skip
_OFF_EVERYWHERE = frozenset({(1, 1), (12, 25)})


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `start` to `end`, both included; `grain` is what it was said as.

    `other` is a second reading of `end`.  `rule` names what read it; `holidays` marks "after the
    holidays" and "in the new year".
    """

    start: date
    end: date
    grain: str = "day"
    rule: str = ""
    other: date | None = None
    holidays: bool = False


def one(day: date, rule: str, other: date | None = None) -> Span:
    """Return the span of a single day."""
    return Span(day, day, "day", rule, other)


def workday(base: date) -> date:
    """Return `base`, or the Monday after it where it lies on a weekend."""
    return base + timedelta(days=(7 - base.weekday()) if base.weekday() > 4 else 0)


def week_of(day: date, rule: str = "week") -> Span:
    """Return Monday to Friday of the calendar week of `day`."""
    monday = day - timedelta(days=day.weekday())
    return Span(monday, monday + timedelta(days=4), "week", rule)


def week(base: date, ahead: int) -> Span:
    """Return the working week `ahead` weeks after that of `base`.

    Said on a weekend, "this week" and "next week" are the coming Monday to Friday; the other reading of
    "next week" is a week later.
    """
    found = week_of(base + timedelta(weeks=ahead))
    if base.weekday() > 4 and ahead <= 0:
        return shift(found, 7)
    if base.weekday() > 4 and ahead == 1:
        return replace(found, other=found.end + timedelta(weeks=1))
    return found


def weekend(base: date, ahead: int) -> Span:
    """Return Saturday and Sunday of the working week `ahead` weeks after that of `base`."""
    saturday = week(base, ahead).start + timedelta(days=5)
    return Span(saturday, saturday + timedelta(days=1), "weekend", "weekend", saturday - timedelta(days=1))


def shift(span: Span, days: int) -> Span:
    """Return `span` moved by `days`."""
    by = timedelta(days=days)
    return replace(span, start=span.start + by, end=span.end + by, other=span.other and span.other + by)


def iso_week(base: date, number: int) -> Span | None:
    """Return the working week with this ISO 8601 number, in this year or the next; None if there is none."""
    for year in (base.year, base.year + 1):
        try:
            found = week_of(date.fromisocalendar(year, number, 1), "week number")
        except ValueError:
            return None
        if found.end >= base:
            return found
    return None


def month(year: int, number: int, rule: str = "month") -> Span:
    """Return the whole month; `number` may run over the year's ends (13 is the next January)."""
    year, index = year + (number - 1) // 12, (number - 1) % 12 + 1
    last = calendar.monthrange(year, index)[1]
    return Span(date(year, index, 1), date(year, index, last), "month", rule)


def next_month(base: date, number: int) -> Span:
    """Return the month `number` (1-12) that lies ahead of or around `base`."""
    return month(base.year + (number < base.month), number)


def quarter(year: int, number: int) -> Span:
    """Return the calendar quarter; `number` may run over the year's ends."""
    first = month(year, 3 * number - 2)
    return Span(first.start, month(year, 3 * number).end, "quarter", "quarter")


def year_span(year: int) -> Span:
    """Return the whole year."""
    return Span(date(year, 1, 1), date(year, 12, 31), "year", "year")


def weekday_after(base: date, weekday: int) -> date:
    """Return the next such weekday after `base` (the same weekday: in seven days)."""
    return base + timedelta(days=(weekday - base.weekday() - 1) % 7 + 1)


def nth_weekday(within: Span, weekday: int, which: int) -> date | None:
    """Return the `which`-th (-1: the last) such weekday of a span, or None where it has none."""
    days = [day for day in _days(within) if day.weekday() == weekday]
    index = which - 1 if which > 0 else which
    return days[index] if -len(days) <= index < len(days) else None


def nth_workday(within: Span, which: int) -> date | None:
    """Return the `which`-th (-1: the last) day from Monday to Friday of a span."""
    days = [day for day in _days(within) if day.weekday() < 5]
    index = which - 1 if which > 0 else which
    return days[index] if -len(days) <= index < len(days) else None


def _days(within: Span) -> list[date]:
    return [within.start + timedelta(days=n) for n in range((within.end - within.start).days + 1)]


def nth_week(within: Span, which: int, *, full: bool = False) -> Span | None:
    """Return the `which`-th week of a month: days 1-7, 8-14, …, cut to Monday to Friday.

    The other reading is the Friday of the calendar week those days begin in.  The last week is the last
    seven days; a full week lies wholly inside.
    """
    if full:
        monday = nth_weekday(within, 0, which)
        return week_of(monday, "nth week") if monday else None
    start = within.start + timedelta(days=7 * (which - 1)) if which > 0 else within.end - timedelta(days=6)
    end = min(start + timedelta(days=6), within.end)
    if start > within.end:
        return None
    start, end = workday(start), end - timedelta(days=max(0, end.weekday() - 4))
    friday = week_of(start).end
    return Span(start, end, "week", "nth week", friday if friday != end else None)


def shift_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later, or that month's last day."""
    target = month(day.year, day.month + months)
    return target.start.replace(day=min(day.day, target.end.day))


def add(base: date, count: float, unit: str) -> date:
    """Return the day `count` units after `base`.

    Business days skip weekends only; hours count up to whole days.
    """
    whole = int(count)
    if unit == "business_day":
        return add_workdays(base, whole)
    if unit == "hour":
        return base + timedelta(days=-(-whole // 24) if whole >= 24 else 0)
    if unit in ("month", "quarter", "year"):
        months = round(count * {"month": 1, "quarter": 3, "year": 12}[unit])
        return shift_months(base, months)
    return base + timedelta(days=round(count * {"day": 1, "week": 7, "fortnight": 14, "weekend": 7}[unit]))


def add_workdays(base: date, count: int, off: Container[date] = frozenset()) -> date:
    """Return the `count`-th day after `base` that is neither on a weekend nor in `off`."""
    day = base
    for _ in range(min(count, HORIZON)):
        day += timedelta(days=1)
        while day.weekday() > 4 or day in off:
            day += timedelta(days=1)
    return day


def part_of(span: Span, part: str) -> Span:
    """Return the early, mid, late, first-half or second-half part of a span, or its very end.

    Weeks: Monday-Tuesday, Tuesday-Thursday, Thursday-Friday.  Months: 1-10, 11-20, 21 to the last day.
    Years: January-March, June-July, October-December; quarters: their months.  "end": the last day (of a
    week: Thursday-Friday).
    """
    day = timedelta(days=1)
    rule = f"{part} {span.rule}"
    if span.grain == "week" and part != "rest":
        low, high = {"early": (0, 1), "mid": (1, 3), "h1": (0, 2), "h2": (2, 4)}.get(part, (3, 4))
        other = span.start + day * 2 if part == "early" else span.other
        return Span(span.start + day * low, span.start + day * high, "part", rule, other)
    if part == "rest":
        return Span(span.start, span.end, "part", rule, span.other)
    if part == "end":
        return Span(span.end, span.end, "part", rule, span.other)
    if span.grain == "month":
        last = span.end.day
        low, high = {"early": (1, 10), "mid": (11, 20), "h1": (1, 15), "h2": (16, last)}.get(part, (21, last))
        return Span(span.start.replace(day=low), span.start.replace(day=high), "part", rule)
    months = (span.end.year - span.start.year) * 12 + span.end.month - span.start.month + 1
    low, high = _months_of(part, months)
    first = month(span.start.year, span.start.month + low)
    return Span(first.start, month(span.start.year, span.start.month + high - 1).end, "part", rule)


def _months_of(part: str, months: int) -> tuple[int, int]:
    """Return the first month of a part of so many months, and the one after its last, from 0."""
    half, third = max(1, months // 2), max(1, min(months // 3, 3))
    middle = (5, 7) if months == 12 else (third, max(months - third, third + 1))
    parts = {"early": (0, third), "mid": middle, "h1": (0, half), "h2": (half, months)}
    return parts.get(part, (months - third, months))


def dated(
    base: date, day: int, number: int | None = None, year: int | None = None, *, always_ahead: bool = False
) -> date | None:
    """Return the date meant by a day, a month number and a year, of which the last two may be missing.

    Without a year it is the nearest one: a date some weeks ago stays in the past, it does not jump a
    year ahead, unless `always_ahead`.  None where there is no such day.
    """
    if number is None:
        return _day_of_month(base, day)
    if year is not None:
        return _date(year + 2000 if year < 100 else year, number, day)
    found = _date(base.year, number, day)
    if found is None or found >= base:
        late = found is not None and (found - base).days > 366 - _SIX_MONTHS + 90
        before = _date(base.year - 1, number, day) if late and not always_ahead else None
        return before if before and (base - before).days < 60 else found or _date(base.year + 1, number, day)
    if always_ahead or (base - found).days > _SIX_MONTHS:
        return _date(base.year + 1, number, day)
    return found


def _day_of_month(base: date, day: int) -> date | None:
    for ahead in range(4):
        within = month(base.year, base.month + ahead)
        if day <= within.end.day and (found := within.start.replace(day=max(day, 1))) >= base:
            return found
    return None


def _date(year: int, number: int, day: int) -> date | None:
    if year not in _YEARS:
        return None
    try:
        return date(year, number, day)
    except ValueError:
        return None


def easter(year: int) -> date:
    """Return Easter Sunday (Western), by the anonymous Gregorian algorithm."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    return date(year, (h + k - 7 * m + 114) // 31, (h + k - 7 * m + 114) % 31 + 1)


def holiday(
    base: date, name: str, country: str = "", year: int | None = None, *, reach: int = REACH
) -> date | None:
    """Return the next such holiday on or after `base` (or that of `year`); None if it is too far ahead."""
    if year is not None:
        return _holiday(name, year, country)
    for candidate in (base.year, base.year + 1):
        found = _holiday(name, candidate, country)
        if found and found >= base:
            return found if (found - base).days <= reach else None
    return None


def _holiday(name: str, year: int, country: str) -> date | None:
    if name in FIXED_HOLIDAYS:
        return date(year, *FIXED_HOLIDAYS[name])
    if name in EASTER_HOLIDAYS:
        return easter(year) + timedelta(days=EASTER_HOLIDAYS[name])
    if name == "thanksgiving" and country.startswith("CA"):
        return nth_weekday(month(year, 10), 0, 2)
    if name in NTH_HOLIDAYS:
        number, weekday, which = NTH_HOLIDAYS[name]
        return nth_weekday(month(year, number), weekday, which)
    return None


@lru_cache(maxsize=64)
def public_holidays(country: str, years: tuple[int, ...]) -> frozenset[date]:
    """Return the public holidays of a country ("US", "GB-ENG"); none for a country nobody knows."""
    if not country:
        return frozenset()
    import holidays  # takes 40 ms, and few mails need it

    code, _, part = country.upper().partition("-")
    try:
        return frozenset(holidays.country_holidays(code, subdiv=part or None, years=years))
    except NotImplementedError:  # what the library raises for a country or a part it does not have
        return frozenset() if not part else public_holidays(code, years)


def days_off(country: str, base: date) -> frozenset[date]:
    """Return the public holidays around `base`: its year and the next."""
    return public_holidays(country, (base.year, base.year + 1))


def after_holiday(day: date, off: Container[date]) -> Span:
    """Return the next working day after a holiday and the five working days that follow it."""
    start = day + timedelta(days=1)
    while start.weekday() > 4 or start in off or (start.month, start.day) in _OFF_EVERYWHERE:
        start += timedelta(days=1)
    return Span(start, add_workdays(start, 5), "window", "after a holiday")


def new_year_window(base: date) -> Span:
    """Return 2 to 10 January: "after the holidays" means early January, the date still in single digits."""
    year = base.year + (base.month > 1 or base.day > 10)
    return Span(date(year, 1, 2), date(year, 1, 10), "window", "after the holidays", holidays=True)
