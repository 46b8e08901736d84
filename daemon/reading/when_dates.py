"""Days written in a sentence: "Tuesday 10 March", "3/10", "the 9th", "nächste Woche Dienstag", "tomorrow".

    find(sentence, words) -> the days mentioned, in order, each with its span
    resolve(day, sent, ...) -> the calendar day that is meant

A day without a year lies ahead of the mail.  Where day and month could be either, the weekday decides,
then the sender's part of the world.  Knows nothing of times of day or of interviews.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from daemon.reading.when_words import Words, any_of

_PART_OF_DAY = r"(?:vormittag|nachmittag|mittag|morgen|abend|früh|ochtend|middag|avond)"  # glued to a weekday
_GAP = re.compile(r"\s?[,(]?\s?")
_MORNING_GAP = re.compile(
    r"\s?(?:morning|afternoon|evening|matin|après-midi|soir|ochtend|middag|avond|mattina|pomeriggio|sera"
    r"|(?:de|por|à|pela|da|di|in)(?: la)? (?:mañana|tarde|noche|manhã))?\s?[,(–-]\s?",
    re.IGNORECASE,
)
_HORIZON = dt.timedelta(days=330)
_GRACE = dt.timedelta(days=1)  # a day just gone by is meant as that, not as next year's


@dataclass(frozen=True, slots=True)
class Day:
    """A day as written: its span, what was said of it, and the words.

    `numbers` are the two of a numeric date in the order written where `month` is 0.  `offset` is of
    "today" and "tomorrow".
    """

    start: int
    end: int
    words: str
    weekday: int | None = None
    day: int = 0
    month: int = 0
    year: int = 0
    numbers: tuple[int, int] | None = None
    offset: int | None = None
    modifier: str = ""

    @property
    def vague(self) -> bool:
        """Whether only a weekday or a relative word is written, no day of the month."""
        return not self.day and self.numbers is None


@cache
def _pattern(words: Words) -> re.Pattern[str]:
    alternatives = words.alternatives
    weekday, month = any_of(words.weekdays), any_of(words.months)
    modifier, ordinal, of = any_of(words.modifiers), alternatives["ordinals"], alternatives["of"]
    articles, hour = alternatives["articles"], alternatives["hour"]
    meridiem = any_of(words.meridiems)
    later = rf"(?!\s*(?:[:.h]\s?\d|(?:{hour}|{meridiem})(?!\w)|[-–]\s?\d))"  # the number is an hour after all
    ended = r"(?![\w])"
    day_number = r"\d{1,2}"
    alone = rf"(?:(?:{articles})\s*{day_number}(?:\s?(?:{ordinal}))?|{day_number}(?:st|nd|rd|th))"
    if words.bare_day:
        alone += rf"|(?(wd){day_number}|(?!))"
    return re.compile(
        rf"(?<![\w/.:-])(?:(?P<mod>{modifier})\s+)?"
        rf"(?:(?P<wd>{weekday})(?:s?{_PART_OF_DAY})?\b\.?(?:['’]s)?(?:\s+(?P<mod2>{modifier})(?!\w))?)?"
        rf"(?(wd)[\s,;(–-]{{0,3}}(?:(?:{articles})\s*)?|(?:(?:{articles})\s*)?)"
        r"(?:"
        r"(?P<iso>(?P<iy>20\d\d)[-/.](?P<im>\d\d)[-/.](?P<id>\d\d)(?!\d))"
        rf"|(?P<d1>{day_number})(?:\s?(?:{ordinal}))?[\s-]*(?:(?:{of})\s+)?(?P<m1>{month}){ended}\.?"
        rf"(?:[\s,-]{{1,2}}(?:(?:{of})\s+)?(?P<y1>20\d\d)(?!\d))?"
        + (
            rf"|(?P<m2>{month})\.?\s{{1,2}}(?:the\s)?(?P<d2>{day_number})(?:{ordinal})?(?![\d\w]|[:.]\d)"
            r"(?:,?\s{1,2}(?P<y2>20\d\d)(?!:?\d))?"
            if words.month_first
            else ""
        )
        + r"|(?P<a>\d{1,2})\s?(?P<sep>[./-])\s?(?P<b>\d{1,2})"
        r"(?:(?P=sep)\s?(?P<y3>20\d\d|\d\d)(?!:?\d)|(?P<dot>\.)(?!\d))?"
        r"(?![\d/-])"
        rf"|(?P<alone>(?:{alone})){ended}{later}"
        rf"|(?P<rel>{any_of(words.days)}){ended}"
        r"|(?(wd)|(?!))"
        r")",
        re.IGNORECASE,
    )


def find(sentence: str, words: Words) -> tuple[Day, ...]:
    """Return the days written in `sentence`, in order."""
    found: list[Day] = []
    for match in _pattern(words).finditer(sentence):
        day = _day(match, words)
        if day is not None and not _plausible(day, match, sentence, words):
            day = _only_weekday(match, words)  # "Tuesday 10.30": the numbers are an hour
        if day is not None:
            found.append(day)
    return tuple(_merged(found, sentence))


def _merged(days: list[Day], sentence: str) -> Iterator[Day]:
    """Join a weekday to the date beside it: "22/04 (Wednesday)", "Thursday morning, the 12th"."""
    for index, day in enumerate(days):
        before = days[index - 1] if index else None
        after = days[index + 1] if index + 1 < len(days) else None
        if (before and _follows(before, day, sentence)) or (after and _leads(day, after, sentence)):
            continue
        if before and _leads(before, day, sentence):
            day = replace(day, start=before.start, weekday=before.weekday)
        joined = after is not None and _follows(day, after, sentence)
        yield replace(day, end=after.end, weekday=after.weekday) if after and joined else day


def _leads(weekday: Day, date: Day, sentence: str) -> bool:
    """Whether a weekday and a part of the day stand right before the date they belong to."""
    lone = weekday.vague and weekday.weekday is not None
    dated = not date.vague and date.weekday is None
    return lone and dated and bool(_MORNING_GAP.fullmatch(sentence[weekday.end : date.start]))


def _follows(date: Day, weekday: Day, sentence: str) -> bool:
    lone = weekday.vague and weekday.weekday is not None and not weekday.modifier
    return (
        lone
        and not date.vague
        and date.weekday is None
        and bool(_GAP.fullmatch(sentence[date.end : weekday.start]))
    )


def _only_weekday(match: re.Match[str], words: Words) -> Day | None:
    if not match["wd"]:
        return None
    modifier = words.modifiers.get((match["mod"] or match["mod2"] or "").lower(), "")
    end = match.end("mod2") if match["mod2"] else match.end("wd")
    weekday = words.weekdays[match["wd"].lower()]
    return Day(match.start(), end, match["wd"], weekday, modifier=modifier)


def _day(match: re.Match[str], words: Words) -> Day | None:
    group = match.groupdict()
    modifier = words.modifiers.get((group["mod"] or group["mod2"] or "").lower(), "")
    weekday = words.weekdays.get(group["wd"].lower()) if group["wd"] else None
    start, end = match.span()
    written = match[0]
    if group["iso"]:
        return Day(start, end, written, weekday, int(group["id"]), int(group["im"]), int(group["iy"]))
    for day, month, year in (("d1", "m1", "y1"), ("d2", "m2", "y2")):
        if group.get(day):
            number = words.months[group[month].lower()]
            return Day(start, end, written, weekday, int(group[day]), number, int(group[year] or 0))
    if group["a"]:
        said = int(group["y3"] or 0)
        said += 2000 if 0 < said < 100 else 0
        return Day(start, end, written, weekday, numbers=(int(group["a"]), int(group["b"])), year=said)
    if group["alone"]:
        number = int(re.findall(r"\d+", group["alone"])[-1])
        return Day(start, end, written, weekday, number, modifier=modifier)
    if group["rel"]:
        return Day(start, end, written, offset=words.days[" ".join(group["rel"].lower().split())])
    return (
        Day(start, end, written.rstrip(" ,;(–-"), weekday, modifier=modifier) if weekday is not None else None
    )


def _plausible(day: Day, match: re.Match[str], sentence: str, words: Words) -> bool:
    """Whether numbers that look like a date can be one where they stand."""
    if day.day > 31 or day.month > 12:
        return False
    if day.numbers is None:
        return day.vague or day.day > 0
    first, second = day.numbers
    if not ((1 <= first <= 31 and 1 <= second <= 12) or (1 <= first <= 12 and 1 <= second <= 31)):
        return False
    if day.year:
        return True
    before = sentence[: match.start()].rstrip()
    led = match["sep"] is not None and (
        day.weekday is not None
        or bool(re.search(rf"(?:^|[\s(])(?:{words.alternatives['on']}):?$", before, re.IGNORECASE))
        or bool(re.match(rf"(?:{words.alternatives['articles']})\s", match[0], re.IGNORECASE))
    )
    if match["sep"] == "-":
        return False
    if match["sep"] == ".":
        hour = re.match(rf"\s*(?:{words.alternatives['hour']})(?!\w)", sentence[match.end() :], re.IGNORECASE)
        return hour is None and (led or match["dot"] is not None) and first <= 31 and second <= 12
    return (first, second) != (24, 7) and (
        led or not before or before[-1] in "-•*(|" or _time_near(sentence, match)
    )


def _time_near(sentence: str, match: re.Match[str]) -> bool:
    return bool(
        re.search(
            r"\d\s?[:h]\s?\d\d|\d\s?[ap]\.?m?\b", sentence[match.end() : match.end() + 16], re.IGNORECASE
        )
    )


def resolve(day: Day, sent: dt.datetime, *, month_first: bool) -> dt.date | None:
    """Return the calendar day `day` means in a mail of `sent` (in the sender's offset), or None.

    `month_first` settles 3/10 where nothing else does: true where people write the month first.
    """
    today = sent.date()
    if day.offset is not None:
        return today + dt.timedelta(days=day.offset)
    if day.numbers is not None:
        return _numeric(day, today, month_first=month_first)
    if day.month:
        return _yearless(day.day, day.month, day, today)
    if day.day:
        return _monthless(day, today)
    return _weekday(day, today)


def _numeric(day: Day, today: dt.date, *, month_first: bool) -> dt.date | None:
    assert day.numbers is not None
    first, second = day.numbers
    orders = [(second, first), (first, second)]  # (month, day)
    if month_first and "." not in day.words:
        orders.reverse()
    found = [one for month, number in orders if (one := _yearless(number, month, day, today))]
    if day.weekday is not None:
        found.sort(key=lambda one: one.weekday() != day.weekday)
    elif len(found) == 2 and day.year and found[0] < today - _GRACE <= found[1]:
        found.reverse()
    return found[0] if found else None


def _yearless(number: int, month: int, day: Day, today: dt.date) -> dt.date | None:
    """The day of that month in the year written, else in the one that fits the weekday or lies ahead."""
    if day.year:
        return _date(day.year, month, number)
    ahead = [one for year in (today.year, today.year + 1) if (one := _date(year, month, number))]
    fitting = [one for one in ahead if today - _GRACE <= one <= today + _HORIZON]
    if day.weekday is not None:
        fitting.sort(key=lambda one: one.weekday() != day.weekday)
    return fitting[0] if fitting else next(iter(ahead), None)


def _monthless(day: Day, today: dt.date) -> dt.date | None:
    """The next such day of a month ("the 9th"), on the weekday named if one is."""
    months = [(today.year + (today.month - 1 + n) // 12, (today.month - 1 + n) % 12 + 1) for n in range(4)]
    ahead = [one for year, month in months if (one := _date(year, month, day.day)) and one >= today]
    if day.weekday is not None:
        ahead.sort(key=lambda one: one.weekday() != day.weekday)
    return ahead[0] if ahead else None


def _weekday(day: Day, today: dt.date) -> dt.date | None:
    if day.weekday is None:
        return None
    ahead = (day.weekday - today.weekday()) % 7
    if day.modifier in ("next", "next_week"):
        ahead = day.weekday - today.weekday() + 7
    elif day.modifier == "in_a_week":
        ahead = (ahead or 7) + 7
    elif ahead == 0:  # who means the same day says "today"
        ahead = 7
    return today + dt.timedelta(days=ahead)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
