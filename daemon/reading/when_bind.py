"""Which day and which zone each time of day in a text belongs to.

    moments(sentences, context) -> the moments said, in order of the text

A time takes the day said nearest before it in its sentence, else the one said after it, else the day a
heading or label above (or just below) names.  Knows nothing of interviews: deadlines and old times are
moments too.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from daemon.reading import when_clock, when_dates, when_words, zones
from daemon.reading.when_clock import Clock
from daemon.reading.when_dates import Day
from daemon.reading.when_words import Words

_MAX_SENTENCES = 400
_MAX_TEXT = 20_000  # characters of the whole text that are looked at
_MAX_MOMENTS = 40
_MAX_LENGTH = 1_200  # characters of one sentence that are looked at
_REACH_UP = 8  # lines a heading's day reaches down over a list
_REACH_DOWN = 3
_HEADING = 90  # characters: a longer sentence is no heading
_WORTH_A_LOOK = re.compile(
    r"\d|\b(?:noon|midday|midi|mezzogiorno|mittags|mediod[ií]a|meio-dia)\b", re.IGNORECASE
)
_ZONE_GAP = re.compile(r"[\s,]{0,2}[(\[]?\s?")
_SAME_AGAIN = re.compile(
    r"[\s)\],]{0,3}(?:[/|=(,·–-]"
    r"|\(?\s?(?:or|that is|that's|which is|i\.e\.|d\.h\.|bzw\.|soit|es decir|ossia|ou seja))?[\s(]{0,2}"
    r"(?:that is|that's|which is|i\.e\.|d\.h\.|=|entspricht|soit)?\s?(?:at\s)?$",
    re.IGNORECASE,
)
_ZONE_LIKE = re.compile(
    r"(?-i:\b[A-Z]{2,5}\b)|[+/]|eastern|central|mountain|pacific|atlantic|(?:time|zeit|heure|hora|horário|tijd|ora)\b",
    re.IGNORECASE,
)
_ALL_TIMES = re.compile(
    r"\b(?:times|time ?zone|zeiten|zeitzone|horaires|fuseau|horas|huso|tijden|tijdzone|horários"
    r"|fuso|orari)\b",
    re.IGNORECASE,
)
_SHORT = 60  # characters of a line that may be nothing but a zone
_ALONE = 14  # characters beside the zone in such a line
_YOURS = re.compile(r"\W*(?:your|ihrer|deiner|votre|tu|su|jouw|uw|seu|sua|tuo)\b", re.IGNORECASE)
_ISO = re.compile(r"\b(20\d\d-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")  # RFC 3339
_ON = re.compile(r"[\s,(]*(?:\S{1,9}\s){0,2}$")


@dataclass(frozen=True, slots=True)
class Context:
    """What the mail tells about its times: when and where it was sent, and the reader's zone.

    `before` are texts that may hold the day of a time said without one: the subject, quoted mail.
    """

    sent: dt.datetime
    language: str
    home: zones.Zone
    reader: str = ""
    month_first: bool = False
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as said: naive wall time, its zone, and where in which sentence it stands.

    `start` and `end` span the time and the day if that is in the same sentence.
    """

    line: int
    start: int
    end: int
    begins: dt.datetime
    ends: dt.datetime | None
    zone: zones.Zone
    sentence: str
    clock: Clock
    said_day: bool

    @property
    def at(self) -> dt.datetime:
        """The aware start."""
        return self.begins.replace(tzinfo=self.zone.rules)


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence taken apart."""

    index: int
    sentence: str
    words: Words
    days: tuple[Day, ...]
    clocks: tuple[Clock, ...]
    zones: tuple[tuple[int, int, str], ...] = ()


@dataclass(slots=True)
class _Bound:
    """A time and its day, before the zone is known."""

    line: Line
    clock: Clock
    day: Day
    date: dt.date
    own_day: bool
    zone: zones.Zone | None = None
    drop: bool = False
    zone_end: int = 0


def lines(sentences: Sequence[str], context: Context) -> list[Line]:
    """Return the sentences taken apart into days and times; cut where they are absurdly long or many."""
    found: list[Line] = []
    dated = False  # whether a day was said not far above
    since = 0
    left = _MAX_TEXT
    for index, sentence in enumerate(sentences[:_MAX_SENTENCES]):
        sentence = _ISO.sub(r"\1 \2 UTC\3", sentence[: min(_MAX_LENGTH, left)]).replace("UTCZ", "UTC")
        left -= len(sentence)
        words = when_words.of_sentence(sentence, context.language)
        days = _meant(when_dates.find(sentence, words), sentence, words)
        since = 0 if days else since + 1
        dated = bool(days) or (dated and since <= _REACH_UP) or bool(context.before)
        clocks: tuple[Clock, ...] = ()
        said: tuple[tuple[int, int, str], ...] = ()
        if (days or _WORTH_A_LOOK.search(sentence)) and not labelled(sentence, words, "length"):
            said = tuple(zones.mentions(sentence)) if _ZONE_LIKE.search(sentence) else ()
            taken = [(day.start, day.end) for day in days]
            taken += [(start, end) for start, end, zone in said if any(map(str.isdigit, zone))]
            clocks = when_clock.find(sentence, words, taken, dated=dated)
        found.append(Line(index, sentence, words, days, clocks, said))
    return found


def _meant(days: tuple[Day, ...], sentence: str, words: Words) -> tuple[Day, ...]:
    """The days of a sentence without those it denies beside others: "Tuesday (not Thursday)"."""
    if len(days) < 2:
        return days
    denied = {match.end() for match in words.cues["denied"].finditer(sentence)}
    meant = tuple(day for day in days if day.start - 1 not in denied)
    return meant or days


def labelled(sentence: str, words: Words, key: str) -> bool:
    """Whether `sentence` begins with a label of that kind ("Duration: …")."""
    label, colon, _ = sentence[:60].partition(":")
    return bool(colon) and label.strip(" \t*•-").lower() in words.labels[key]


def moments(parts: Sequence[Line], context: Context) -> tuple[Moment, ...]:
    """Return the moments said in `parts`, in order of the text, one said in two zones only once."""
    bound = list(islice(_bound(parts, context), _MAX_MOMENTS))
    _join_ends(bound)
    floating = _floating(parts, context) if bound else {}
    for one in bound:
        one.zone = _zone_after(one, context) or floating.get(one.line.index)
    _drop_repeated(bound)
    general = floating.get(-1)
    return tuple(_moment(one, one.zone or general or context.home) for one in bound if not one.drop)


def _moment(one: _Bound, zone: zones.Zone) -> Moment:
    begins = dt.datetime.combine(one.date, one.clock.begins)
    ends = dt.datetime.combine(one.date, one.clock.ends) if one.clock.ends else None
    spans = (one.clock.start, one.clock.end)
    if one.own_day:
        spans = (min(one.day.start, spans[0]), max(one.day.end, spans[1]))
    return Moment(one.line.index, *spans, begins, ends, zone, one.line.sentence, one.clock, one.own_day)


def _bound(parts: Sequence[Line], context: Context) -> Iterator[_Bound]:
    heading: tuple[int, Day] | None = None
    last: Clock | None = None
    elsewhere = _day_before(context) if any(line.clocks for line in parts) else None
    for position, line in enumerate(parts):
        for clock in line.clocks:
            own = _day_in(line, clock)
            day = own or _day_near(parts, position, heading) or elsewhere
            date = _resolved(day, context) if day else None
            if day is not None and date is not None:
                yield _Bound(line, clock, day, date, own is not None)
                if own is None and heading is not None:
                    heading = (position, heading[1])
        if line.days:
            heading = (position, line.days[-1])
            again = _same_time(line, last)
            if again is not None and (date := _resolved(line.days[-1], context)):
                yield _Bound(line, again, line.days[-1], date, own_day=True)
        last = line.clocks[-1] if line.clocks else last


def dates(line: Line, context: Context) -> Iterator[dt.date]:
    """Yield the calendar days a line names."""
    yield from filter(None, (_resolved(day, context) for day in line.days))


def _resolved(day: Day, context: Context) -> dt.date | None:
    return when_dates.resolve(day, context.sent, month_first=context.month_first)


def _same_time(line: Line, last: Clock | None) -> Clock | None:
    """The time said last, where this line names a new day and "same time"."""
    said = None if line.clocks else line.words.same_time.search(line.sentence)
    return replace(last, start=said.start(), end=said.end()) if said and last else None


def _day_in(line: Line, clock: Clock) -> Day | None:
    """The day a time takes in its own sentence: "Tuesday at 2", "at 2 on Tuesday"."""
    before = [day for day in line.days if day.end <= clock.start]
    after = [day for day in line.days if day.start >= clock.end]
    if before and after:
        gap = line.sentence[clock.end : after[0].start]
        served = any(before[-1].end <= other.start and other.end <= clock.start for other in line.clocks)
        if (
            served
            and len(gap) <= 14
            and not re.search(r"[;,.]|\b(?:or|oder|ou|o|of|and|und|et|y|e|en)\b", gap)
        ):
            return after[0]
        return before[-1]
    if before:
        return before[-1]
    return after[0] if after else None


def _day_near(parts: Sequence[Line], position: int, heading: tuple[int, Day] | None) -> Day | None:
    """The day a time without one takes from the lines around."""
    if heading is not None and position - heading[0] <= _REACH_UP:
        above = parts[heading[0]]
        close = position - heading[0] <= 2
        if close or len(above.sentence) <= _HEADING or above.sentence.rstrip().endswith(":") or above.clocks:
            return heading[1]
    for line in parts[position + 1 : position + 1 + _REACH_DOWN]:
        if line.days and not line.clocks:
            return line.days[0]
    return None


def _day_before(context: Context) -> Day | None:
    """The first day the subject or the quoted mail names."""
    for text in context.before:
        text = text[:_MAX_LENGTH]
        if days := when_dates.find(text, when_words.of_sentence(text, context.language)):
            return days[0]
    return None


def _join_ends(bound: list[_Bound]) -> None:
    """Join "Start: Apr 29 1:15 PM" with "End: Apr 29 2:00 PM", and "Apr 29 1:15 PM - Apr 29 2:00 PM"."""
    for first, second in pairwise(bound):
        if (
            first.drop
            or first.clock.ends
            or second.clock.begins <= first.clock.begins
            or first.date != second.date
        ):
            continue
        if first.line.index == second.line.index:
            gap = first.line.sentence[first.clock.end : second.clock.start]
            joined = (
                len(gap) < 50
                and bool(re.match(r"\W*(?:[A-Z]{2,4}\W*)?(?:[-–—]|to\b|bis\b)", gap))
                and second.own_day
            )
        else:
            joined = labelled(second.line.sentence, second.line.words, "end")
        if joined:
            first.clock = replace(first.clock, ends=second.clock.begins)
            second.drop = True


def _zone_after(one: _Bound, context: Context) -> zones.Zone | None:
    """The zone written right after the time, or after the day that follows it."""
    sentence = one.line.sentence
    ends = [one.clock.end]
    if one.own_day and one.day.start >= one.clock.end and _ON.match(sentence[one.clock.end : one.day.start]):
        ends.append(one.day.end)
    for end in ends:
        for start, stop, words in one.line.zones:
            if start >= end and _ZONE_GAP.fullmatch(sentence[end:start]):
                one.zone_end = stop
                return zones.understand(words, context.home, context.reader)
    return None


def _floating(parts: Sequence[Line], context: Context) -> dict[int, zones.Zone]:
    """Zones said apart from a time, by the line whose times they hold for; -1 is the whole mail.

    "All times are Eastern", a calendar's line "Pacific Time - Los Angeles", an "ET." cut off by "p.m.".
    """
    found: dict[int, zones.Zone] = {}
    for position, line in enumerate(parts):
        general = bool(_ALL_TIMES.search(line.sentence))
        if not (general or len(line.sentence) <= _SHORT) or not _ZONE_LIKE.search(line.sentence):
            continue
        for start, stop, words in line.zones or zones.mentions(line.sentence):
            zone = zones.understand(words, context.home, context.reader)
            if zone is None or words.lower().startswith(("your", "our", "my")):
                continue
            if start == 0 and position and parts[position - 1].clocks and not line.clocks:
                found[position - 1] = zone
            if general or len(line.sentence) - (stop - start) <= _ALONE:
                found.setdefault(-1, zone)
    return found


def _drop_repeated(bound: list[_Bound]) -> None:
    """Drop a time that says the one before it again in another zone: "2:30 PM PT / 5:30 PM ET"."""
    for first, second in pairwise(bound):
        if first.line.index != second.line.index or second.drop:
            continue
        sentence = first.line.sentence
        gap = sentence[max(first.clock.end, first.zone_end) : second.clock.start]
        in_brackets = gap.strip() == "=" or (gap.strip() == "(" and first.zone is not None)
        foreign = second.zone is not None or in_brackets or _YOURS.match(sentence, second.clock.end)
        if foreign and _SAME_AGAIN.match(gap) and _differ(first, second):
            second.drop = True


def _differ(first: _Bound, second: _Bound) -> bool:
    if first.zone is None or second.zone is None:
        return True
    naive = dt.datetime.combine(first.date, first.clock.begins)
    return (
        naive.replace(tzinfo=first.zone.rules).utcoffset()
        != naive.replace(tzinfo=second.zone.rules).utcoffset()
    )
