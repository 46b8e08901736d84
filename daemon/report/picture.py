"""A case as a picture: where on a line of time each thing stands.  Pure; places are percent of the width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from daemon.overview import Chapter, Sign
from policies.case import Timeline

LANES = {
    Sign.EMPLOYER: 0,
    Sign.ROBOT: 0,
    Sign.INTERVIEW: 1,
    Sign.CALLED_OFF: 1,
    Sign.USER: 2,
    Sign.WAITING: 2,
    Sign.SENT: 2,
    Sign.GONE: 2,
    Sign.ADVICE: 2,
    Sign.STOP: 1,
}
"""On which of three lanes a sign stands: what they said, what was agreed, what you wrote."""

MARGIN = 0.04
"""Of the width, kept free at both ends."""

NEAR = 1.8
"""Percent of the width below which two marks of a lane would cover each other."""

_STEPS = (1, 2, 7, 14, 28, 91, 182, 364)
_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing: where, on which lane, how far pushed aside by its neighbours, and which chapter tells it."""

    x: float
    lane: int
    level: int
    sign: Sign
    chapter: int


@dataclass(frozen=True, slots=True)
class Window:
    """When they said they would act: from `x`, `width` wide, in their words."""

    x: float
    width: float
    timeline: Timeline


@dataclass(frozen=True, slots=True)
class Tick:
    """A day on the line of time."""

    x: float
    day: date


@dataclass(frozen=True, slots=True)
class Picture:
    """A case over time.  `now` and `next` are None where they do not lie on the line."""

    marks: tuple[Mark, ...]
    windows: tuple[Window, ...]
    ticks: tuple[Tick, ...]
    now: float | None
    next: float | None


@dataclass(frozen=True, slots=True)
class _Line:
    """The line of time: from a moment to a later one, with a margin at both ends."""

    start: datetime
    end: datetime

    def at(self, moment: datetime) -> float:
        part = (moment - self.start) / (self.end - self.start)
        return round(100 * (MARGIN + part * (1 - 2 * MARGIN)), 2)

    def holds(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment <= self.end


def picture(chapters: Sequence[Chapter], now: datetime, next_at: datetime | None, zone: ZoneInfo) -> Picture:
    """Return the picture of a story; `next_at` is the next moment at which something may be done."""
    line = _line(chapters, now, next_at, zone)
    return Picture(
        marks=tuple(_marks(chapters, line)),
        windows=tuple(_windows(chapters, line, zone)),
        ticks=tuple(_ticks(line, zone)),
        now=line.at(now) if line.holds(now) else None,
        next=line.at(next_at) if next_at and line.holds(next_at) else None,
    )


def _line(chapters: Sequence[Chapter], now: datetime, next_at: datetime | None, zone: ZoneInfo) -> _Line:
    """Return a line that holds the story, what they announced, and today unless the story is long over."""
    moments = [chapter.at for chapter in chapters]
    moments += [edge for _, first, last in _stated(chapters, zone) for edge in (first, last)]
    if next_at:
        moments.append(next_at)
    start, end = min(moments, default=now), max(moments, default=now)
    if now - end < max(end - start, timedelta(days=14)):
        end = max(end, now)
    return _Line(start, max(end, start + timedelta(days=1)))


def _marks(chapters: Sequence[Chapter], line: _Line) -> Iterator[Mark]:
    """Yield the marks; a draft sent at once needs no second mark for the mail it became."""
    taken: dict[int, list[tuple[float, int]]] = {}
    sent = {line.at(chapter.at) for chapter in chapters if chapter.sign is Sign.SENT}
    for number, chapter in enumerate(chapters):
        x = line.at(chapter.at)
        if (lane := LANES.get(chapter.sign)) is None or (chapter.sign is Sign.USER and x in sent):
            continue
        near = {level for other, level in taken.setdefault(lane, []) if abs(other - x) < NEAR}
        level = next(n for n in range(len(near) + 1) if n not in near)
        taken[lane].append((x, level))
        yield Mark(x, lane, level, chapter.sign, number)


def _stated(chapters: Iterable[Chapter], zone: ZoneInfo) -> Iterator[tuple[Timeline, datetime, datetime]]:
    """Yield what they said about when, from the beginning of its first day to the end of its last."""
    for chapter in chapters:
        for timeline in chapter.timelines:
            first, last = timeline.earliest, timeline.latest or timeline.earliest
            if first and last:
                yield timeline, *_span(first, last, zone)


def _span(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return datetime.combine(first, time.min, zone), datetime.combine(last, time.max, zone)


def _windows(chapters: Sequence[Chapter], line: _Line, zone: ZoneInfo) -> Iterator[Window]:
    for timeline, first, last in _stated(chapters, zone):
        x = line.at(first)
        yield Window(x, round(line.at(last) - x, 2), timeline)


def _ticks(line: _Line, zone: ZoneInfo) -> Iterator[Tick]:
    """Yield at most six days, evenly apart."""
    days = (line.end - line.start).days + 1
    step = next((step for step in _STEPS if days / step <= _MOST_TICKS), days // _MOST_TICKS + 1)
    day = line.start.astimezone(zone).date()
    while (moment := datetime.combine(day, time(12), zone)) <= line.end + timedelta(hours=12):
        yield Tick(min(max(line.at(moment), 0.0), 100.0), day)
        day += timedelta(days=step)
