"""The grammar of named days: "Friday", "early next week", "the first week of April".

Every rule reads marked words from one place on and answers with the span meant and where the words end.
Word order is free where the languages differ ("end of next week", "fin de semaine prochaine").  Knows
no language and nothing of who speaks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from daemon.reading import timeline_calendar as cal
from daemon.reading.timeline_calendar import Span
from daemon.reading.timeline_dates import dated, day_number, next_day, year_at
from daemon.reading.timeline_scene import Found, Scene, Words, skip, tag, text

_PERIODS = ("week", "month", "quarter", "year", "weekend")
_PERIOD_STARTS = frozenset({"unit", "rel", "month", "quarter", "number", "ordinal", "isoweek"})


def point(words: Words, at: int, scene: Scene) -> Found:
    """Return the longest named span that starts at `at` (fillers before it are read over)."""
    at = skip(words, at)
    best: Found = None
    tags = words[at].tags if at < len(words) else {}
    for rule, starts in _RULES:
        found = None if starts.isdisjoint(tags) else rule(words, at, scene)
        if found and (best is None or found[1] > best[1]):
            best = found
    return best


def _weekday(words: Words, at: int, scene: Scene) -> Found:
    """Read "Friday", "next Friday", "Friday of next week", "Friday week", "the Friday after next"."""
    rel, place = _rel(words, at)
    if rel is None and tag(words, at, "edge") == "every":
        rel, place = "every", at + 1
    weekday = tag(words, place, "weekday")
    if rel and weekday is None:
        return _weekday_after_week(words, at, scene)
    if weekday is None or not _strong(words, place, scene):
        return None
    place += 1
    place += text(words, place) == "." and bool(tag(words, place + 1, "number"))
    if rel is None:
        rel, place = _rel(words, place)
    inside = skip(words, place, frozenset({"of", "the", "edge"}), ",(")
    if (found := _unit_with_rel(words, inside, scene)) and found[0].grain == "week" and rel is None:
        day = found[0].start - timedelta(days=found[0].start.weekday()) + timedelta(days=weekday)
        return cal.one(day, "weekday of a week", found[0].other and day + timedelta(weeks=1)), found[1]
    if rel is None and text(words, place) == "week":
        return cal.one(cal.weekday_after(scene.base, weekday) + timedelta(weeks=1), "weekday week"), place + 1
    if rel is None and tag(words, place, "unit") == "fortnight":
        return cal.one(cal.weekday_after(scene.base, weekday) + timedelta(weeks=2), "weekday week"), place + 1
    return _weekday_by(scene, weekday, rel), place


def _weekday_after_week(words: Words, at: int, scene: Scene) -> Found:
    """Read "next week Friday", "nächste Woche am Freitag"."""
    found = _unit_with_rel(words, at, scene)
    if found is None or found[0].grain != "week":
        return None
    place = skip(words, found[1], frozenset({"edge", "the"}), ",")
    weekday = tag(words, place, "weekday")
    if weekday is None or "until" in words[place].tags.values() or not _strong(words, place, scene):
        return None
    return cal.one(found[0].start + timedelta(days=weekday), "weekday of a week"), place + 1


def _weekday_by(scene: Scene, weekday: int, rel: str | None) -> Span:
    base, nearest = scene.base, cal.weekday_after(scene.base, weekday)
    same = base.weekday() == weekday
    if rel == "this":
        return cal.one(base if same else nearest, "weekday", nearest if same else None)
    if rel in ("next", "after_next"):
        monday = cal.week(base, 1).start
        day, weeks = monday + timedelta(days=weekday), timedelta(weeks=rel == "after_next")
        other = nearest if nearest != day else (cal.week(base, 1).other and day + timedelta(weeks=1))
        return cal.one(day + weeks, "next weekday", other and other + weeks)
    if rel in ("following", "that", "same") and scene.mention:
        return cal.one(cal.weekday_after(scene.mention.end, weekday), "weekday after")
    if rel == "last":
        return cal.one(nearest - timedelta(weeks=1), "past")
    if rel is None and scene.beside and (later := _weekday_beside(scene.beside, weekday)) > nearest:
        return cal.one(later, "weekday after", nearest)
    return cal.one(nearest, "weekday", base if same else None)


def _weekday_beside(beside: Span, weekday: int) -> date:
    """Return the weekday meant next to another day: in the week named, or after the event named."""
    inside = beside.start - timedelta(days=1) if beside.grain == "week" else beside.end
    return cal.weekday_after(inside, weekday)


def _strong(words: Words, at: int, scene: Scene) -> bool:
    """Whether an ambiguous short form ("mon", "may", "mar") stands where only a date can."""
    word = words[at]
    if scene.bare or not word.tags.get("weak"):
        return True
    before, after = words[at - 1].tags if at else {}, words[at + 1].tags if at + 1 < len(words) else {}
    numeric = any(
        kind in tags for kind in ("number", "ordinal", "date", "short_date") for tags in (before, after)
    )
    led = any(kind in before for kind in ("edge", "part", "rel", "of", "range", "starting"))
    return numeric or (led and (word.capital or "weekday" in word.tags))


def _rel(words: Words, at: int) -> tuple[str | None, int]:
    """Return a relation ("this", "next") and the place after it; "next next" is the one after next."""
    rel = tag(words, at, "rel")
    if rel is None:
        return None, at
    if rel == "next" and tag(words, at + 1, "rel") == "next":
        return "after_next", at + 2
    return rel, at + 1


def _unit_with_rel(words: Words, at: int, scene: Scene) -> Found:
    """Read "next week", "la semaine prochaine", "the month after next", "that week", "this quarter"."""
    at = skip(words, at)
    rel, place = _rel(words, at)
    unit = tag(words, place, "unit")
    if unit is None:
        return None
    place += 1
    if rel is None:
        rel, place = _rel(words, place)
    if rel is None or unit not in (*_PERIODS, "day"):
        return None
    span = _unit_by(scene, unit, rel)
    return (span, place) if span else None


def _unit_by(scene: Scene, unit: str, rel: str) -> Span | None:
    """Return the day, week, month, quarter or year in this relation to the mail or to the last mention."""
    mention = scene.mention
    if mention and (rel in ("that", "same", "following") or (rel == "next" and unit == "day")):
        onward = rel in ("following", "next")
        origin, ahead = mention.end if onward else mention.start, int(onward)
    else:
        ahead = {"this": 0, "that": 0, "same": 0, "last": -1, "after_next": 2}.get(rel, 1)
        origin = scene.base
    if unit == "day":
        return cal.one(origin + timedelta(days=ahead), "day after" if ahead else "that day")
    if unit == "weekend":
        return cal.weekend(origin, int(rel in ("next", "after_next")) + (rel == "after_next"))
    if unit == "week":
        span = cal.week(origin, ahead) if origin == scene.base else cal.shift(cal.week_of(origin), 7 * ahead)
    else:
        span = {
            "month": lambda: cal.month(origin.year, origin.month + ahead),
            "quarter": lambda: cal.quarter(origin.year, (origin.month - 1) // 3 + 1 + ahead),
            "year": lambda: cal.year_span(origin.year + ahead),
        }[unit]()
    return replace(span, rule=f"{rel.replace('_', ' ')} {unit}")


def _bare_unit(words: Words, at: int, scene: Scene) -> Span | None:
    """Return the running period of a unit without a relation, for "end of the month"."""
    unit = tag(words, at, "unit")
    if unit == "week" and scene.beside and scene.beside.grain == "week":
        return cal.week_of(scene.beside.start)
    return _unit_by(scene, unit, "this") if unit in _PERIODS else None


def _weekend(words: Words, at: int, scene: Scene) -> Found:
    """Read "the weekend" where a bounding word leads to it."""
    led = tag(words, at - 1, "edge") or (tag(words, at - 1, "the") and tag(words, at - 2, "edge"))
    return (cal.weekend(scene.base, 0), at + 1) if led and tag(words, at, "unit") == "weekend" else None


def _month(words: Words, at: int, scene: Scene) -> Found:
    """Read "March", "next March", "March 2027"."""
    rel, place = _rel(words, at)
    number = tag(words, place, "month")
    if number is None or not _strong(words, place, scene) or tag(words, place, "weekday") is not None:
        return None
    year, end = year_at(words, place + 1)
    if year is not None:
        return cal.month(year, number), end
    span = cal.next_month(scene.base, number)
    late = rel == "next" and span.start <= scene.base
    return (cal.month(span.start.year + 1, number) if late else span), end


def _quarter(words: Words, at: int, scene: Scene) -> Found:
    """Read "Q3", "the third quarter", "Q4 2026"."""
    number, place = tag(words, at, "quarter"), at + 1
    if number is None and tag(words, at, "ordinal") and tag(words, at + 1, "unit") == "quarter":
        number, place = words[at].tags["ordinal"], at + 2
    if number is None or not 1 <= int(number) <= 4:
        return None
    year, place = year_at(words, place)
    of = skip(words, place, frozenset({"of", "the"}))
    if year is None and of > place and tag(words, of, "unit") == "year":
        place = of + 1
    span = cal.quarter(year or scene.base.year, int(number))
    return (
        cal.quarter(span.start.year + 1, int(number)) if year is None and span.end < scene.base else span
    ), place


def _year_named(words: Words, at: int, scene: Scene) -> Found:  # noqa: ARG001  # called like its siblings
    value = tag(words, at, "number")
    led = tag(words, at - 1, "edge") or tag(words, at - 1, "of") or tag(words, at - 1, "part")
    return (cal.year_span(int(value)), at + 1) if value in range(2000, 2100) and led else None


def _period(words: Words, at: int, scene: Scene) -> Found:
    """Read a whole period that a part can be taken of."""
    at = skip(words, at)
    if at >= len(words) or _PERIOD_STARTS.isdisjoint(words[at].tags):
        return None
    best: Found = None
    for rule in (_week_of, _unit_with_rel, _month, _quarter, _year_named, _nth, _numbered_week):
        found = rule(words, at, scene)
        if found and (best is None or found[1] > best[1]):
            best = found
    if best is None and (span := _bare_unit(words, at, scene)):
        return span, at + 1
    return best


def _part(words: Words, at: int, scene: Scene) -> Found:
    """Read "early next week", "mid-April", "the end of the month", "Feb end", "fin de mois"."""
    part = tag(words, at, "part")
    if part:
        place = skip(words, at + 1, frozenset({"of", "the", "approx"}), "-")
        place = skip(words, place, frozenset({"edge"})) if tag(words, place, "edge") == "in" else place
        found = _period(words, place, scene)
        if found is None:
            return None
        return cal.part_of(found[0], part), found[1]
    found = _period(words, at, scene)
    if found is None:
        return None
    after = skip(words, found[1], frozenset({"edge", "the", "of"}), "-'")
    part = tag(words, after, "part")
    if part and _period(words, skip(words, after + 1, frozenset({"of", "the"})), scene) is None:
        return cal.part_of(found[0], part), after + 1
    return None


def _week_of(words: Words, at: int, scene: Scene) -> Found:
    """Read "the week of March 23", "w/c 8 June", "la semaine du 8 juin", "week of the 18th"."""
    if tag(words, at, "unit") != "week":
        return None
    place = skip(words, at + 1, frozenset({"of", "the", "edge", "dom", "starting"}), ",.:(")
    if place == at + 1 and not tag(words, at, "starting"):
        return None
    back = place - 1 if tag(words, place - 1, "dom") or tag(words, place - 1, "the") else place
    found = dated(words, place, scene) or dated(words, back, scene) or _day_after_of(words, place, scene)
    if found is None and (tag(words, place, "weekday") is not None or tag(words, place, "holiday")):
        found = _weekday(words, place, scene) or _holiday(words, place, scene)
    if found is None:
        return None
    span = found[0]
    if span.grain != "day":
        return span, found[1]
    week = cal.week_of(cal.workday(span.start) if span.start.weekday() == 6 else span.start, "week of a date")
    return week, found[1]


def _day_after_of(words: Words, at: int, scene: Scene) -> Found:
    """Read the bare day number of "the week of 23": there it cannot count anything."""
    day = day_number(words, at)
    return next_day(scene, day, None, at + 1) if day and not tag(words, at + 1, "unit") else None


def _numbered_week(words: Words, at: int, scene: Scene) -> Found:
    """Read "KW 13", "week 36", "semaine 12": weeks by ISO 8601."""
    if tag(words, at, "unit") != "week" and not tag(words, at, "isoweek"):
        return None
    value = tag(words, at + 1, "number")
    if value is None or not 1 <= value <= 53 or tag(words, at + 2, "unit") or tag(words, at + 2, "month"):
        return None
    span = cal.iso_week(scene.base, int(value))
    return (span, at + 2) if span else None


def _nth(words: Words, at: int, scene: Scene) -> Found:
    """Read "the first week of April", "the last Friday in May", "the last working day of the month"."""
    which, place = tag(words, at, "ordinal"), at + 1
    if which is None or which > (31 if tag(words, place, "unit") == "day" else 5):
        return None
    full = bool(tag(words, place, "full"))
    place += full
    count = tag(words, place, "number")
    place += count is not None
    unit, weekday = tag(words, place, "unit"), tag(words, place, "weekday")
    if unit is None and weekday is None:
        return None
    within = _within_period(words, place + 1, scene)
    if within is None:
        return None
    span, end = within
    if span.grain not in ("month", "quarter", "year"):
        return None
    return _nth_of(span, which, unit, weekday, count, full, end)


def _within_period(words: Words, at: int, scene: Scene) -> Found:
    """Read the period after "of" or "in"; without one it is the running month."""
    place = skip(words, at, frozenset({"of", "the", "edge"}))
    for rule in (_unit_with_rel, _month, _quarter, _year_named):
        if found := rule(words, place, scene):
            return found
    if place > at and tag(words, place, "unit") in ("month", "quarter", "year"):
        span = _bare_unit(words, place, scene)
        return (span, place + 1) if span else None
    return None


def _nth_of(
    span: Span, which: int, unit: str | None, weekday: int | None, count: float | None, full: bool, end: int
) -> Found:
    if weekday is not None:
        day = cal.nth_weekday(span, weekday, which)
        return (cal.one(day, "nth weekday"), end) if day else None
    singular = (unit or "").removesuffix("s")
    if singular == "business_day":
        day = cal.nth_workday(span, which)
        return (cal.one(day, "nth working day"), end) if day else None
    if singular == "week":
        if count and which == 1:
            return Span(
                span.start, span.start + timedelta(days=7 * int(count) - 1), "part", "first weeks"
            ), end
        week = cal.nth_week(span, which, full=full)
        return (week, end) if week else None
    if singular == "day":
        if count and count <= 20:
            edge = timedelta(days=int(count) - 1)
            part = (span.start, span.start + edge) if which == 1 else (span.end - edge, span.end)
            return Span(*part, "part", "first days"), end
        day = span.end if which == -1 else span.start + timedelta(days=which - 1)
        return cal.one(day, "nth day"), end
    return None


def _today(words: Words, at: int, scene: Scene) -> Found:
    """Read "today", "tomorrow", "übermorgen"."""
    offset = tag(words, at, "day")
    if offset is None:
        return None
    return cal.one(scene.base + timedelta(days=offset), "today" if offset == 0 else "day named"), at + 1


def _end_of_period(words: Words, at: int, scene: Scene) -> Found:
    """Read "EOM", "month-end", "EOW", "year-end"."""
    unit = tag(words, at, "period_end")
    if unit is None:
        return None
    of = skip(words, at + 1, frozenset({"of", "the"}))
    if (found := _period(words, of, scene)) and found[0].grain == unit:
        return cal.part_of(found[0], "end"), found[1]
    span = _unit_by(scene, unit, "this")
    return (cal.part_of(span, "end"), at + 1) if span else None


def _holiday(words: Words, at: int, scene: Scene) -> Found:
    """Read "Christmas", "Easter", "Labor Day"; "the holidays" and "the new year" are 2 to 10 January."""
    name = tag(words, at, "holiday")
    if name is None:
        return None
    if name in ("the_holidays", "turn_of_year"):
        if name == "the_holidays" and 2 <= scene.base.month <= 9:
            return None
        return replace(cal.new_year_window(scene.base), grain=name), at + 1
    year, end = year_at(words, at + 1)
    day = cal.holiday(scene.base, name, scene.country, year, reach=cal.HORIZON if scene.bare else cal.REACH)
    return (Span(day, day, "holiday", "holiday"), end) if day else None


_DATES = frozenset({"number", "ordinal", "month", "weekday", "date", "short_date", "dom"})
_RULES: tuple[tuple[Callable[[Words, int, Scene], Found], frozenset[str]], ...] = (
    (dated, _DATES),
    (_weekday, frozenset({"weekday", "rel", "unit", "edge"})),
    (_today, frozenset({"day"})),
    (_part, frozenset({"part", *_PERIOD_STARTS})),
    (_unit_with_rel, frozenset({"rel", "unit"})),
    (_week_of, frozenset({"unit"})),
    (_weekend, frozenset({"unit"})),
    (_numbered_week, frozenset({"unit", "isoweek"})),
    (_nth, frozenset({"ordinal"})),
    (_month, frozenset({"month", "rel"})),
    (_quarter, frozenset({"quarter", "ordinal"})),
    (_year_named, frozenset({"number"})),
    (_end_of_period, frozenset({"period_end"})),
    (_holiday, frozenset({"holiday"})),
)  # each rule with the tags it may begin at
