"""The grammar of dates: "March 20", "Friday, 20/3", "the 14th of next month", "2-4 February"."""

from __future__ import annotations

from daemon.reading import timeline_calendar as cal
from daemon.reading.timeline_calendar import Span
from daemon.reading.timeline_leaf import day_and_month, may_be_month
from daemon.reading.timeline_scene import Found, Scene, Words, skip, tag, text

_YEARS = range(1990, 2100)


def dated(words: Words, at: int, scene: Scene) -> Found:
    """Read "March 20", "Friday, 20 March 2026", "20.3.", "the 14th of next month", "2-4 February"."""
    weekday, after = _weekday_before(words, at)
    for rule in (_numeric, _day_month, _month_day, _foreign, _day_only):
        if found := rule(words, after, scene, weekday):
            return found
    return None


def _weekday_before(words: Words, at: int) -> tuple[int | None, int]:
    weekday = tag(words, at, "weekday")
    if weekday is None:
        return None, at
    return weekday, skip(words, at + 1, frozenset({"the", "of", "rel", "edge", "dom"}), ",.(")


def _numeric(words: Words, at: int, scene: Scene, weekday: int | None) -> Found:
    if literal := tag(words, at, "date"):
        day, number, year, ambiguous = literal
        return _numbers(scene, day, number, year, ambiguous, weekday, at + 1)
    if short := tag(words, at, "short_date"):
        if text(words, at) == "24/7" and weekday is None and not tag(words, at - 1, "edge"):
            return None
        return _numbers(scene, short[0], short[1], None, short[2], weekday, at + 1)
    dotted = tag(words, at, "dotted")
    if dotted and (weekday is not None or tag(words, at - 1, "edge") or tag(words, at - 1, "dom")):
        if tag(words, at + 1, "unit") or tag(words, at + 1, "clock"):
            return None
        return _numbers(scene, dotted[0], dotted[1], None, False, weekday, at + 1)
    return None


def _numbers(
    scene: Scene, day: int, number: int, year: int | None, ambiguous: bool, weekday: int | None, end: int
) -> Found:
    """Choose the order of a numeric date: the sender's, unless only the other is a date or lies ahead."""
    orders = [(day, number), (number, day)] if ambiguous else [(day, number)]
    if scene.month_first and ambiguous:
        orders.reverse()
    dates = [cal.dated(scene.base, d, m, year, always_ahead=scene.bare) for d, m in orders]
    known = [found for found in dates if found is not None]
    agreeing = [found for found in known if weekday is None or found.weekday() == weekday]
    ahead = [found for found in agreeing if found >= scene.base]
    for choice in (ahead, agreeing, known):
        if choice:
            return cal.one(choice[0], "date"), end
    return None


def _day_month(words: Words, at: int, scene: Scene, weekday: int | None) -> Found:
    """Read "20 March", "the 20th of March 2026", "2 - 4 February"."""
    first = day_number(words, at)
    if first is None:
        return None
    to, last = at + 1, first
    after = (
        skip(words, at + 1, frozenset({"range"}), "-/.")
        if weekday is None or _is_range(words, at + 1)
        else to
    )
    after = skip(words, after, frozenset({"the", "dom", "weekday"}))
    if after > to and (second := day_number(words, after)) is not None and _is_range(words, to):
        last, to = second, after + 1
    to = skip(words, to, frozenset({"of", "the"}), "-.(")
    number = tag(words, to, "month")
    if number is None:
        return None
    year, to = year_at(words, to + 1)
    return _between_days(scene, first, last, number, year, to)


def _is_range(words: Words, at: int) -> bool:
    return (
        bool(tag(words, at, "range"))
        or text(words, at) in ("-", "/")
        or (text(words, at) == "." and text(words, at + 1) == "-")
    )


def _month_day(words: Words, at: int, scene: Scene, weekday: int | None) -> Found:
    """Read "March 20", "March the 20th, 2026", "March 2-4"."""
    number = tag(words, at, "month")
    if number is None:
        return None
    place = skip(words, at + 1, frozenset({"the"}), ".,-" if weekday is None else ".,")
    first = day_number(words, place)
    if first is None or tag(words, place + 1, "unit"):
        return None
    to, last = place + 1, first
    after = skip(words, skip(words, to, frozenset({"range"}), "-"), frozenset({"the"}))
    second = day_number(words, after) if _is_range(words, to) else None
    if second is not None and not tag(words, after + 1, "unit") and not tag(words, after + 1, "month"):
        last, to = second, after + 1
    year, to = year_at(words, to)
    return _between_days(scene, first, last, number, year, to)


def _foreign(words: Words, at: int, scene: Scene, weekday: int | None) -> Found:
    """Read "by 20 avril" in an English mail: the month is none of this language's."""
    led = weekday is not None or any(tag(words, at - 1, kind) for kind in ("edge", "dom", "the"))
    day, name = day_number(words, at), skip(words, at + 1, frozenset({"of"}))
    if day is None or not led or name >= len(words) or words[name].tags or not may_be_month(words[name].text):
        return None
    found = day_and_month(f"{day} {words[name].text}")
    if found is None:
        return None
    year, end = year_at(words, name + 1)
    return _between_days(scene, day, day, found[1], year, end)


def _between_days(scene: Scene, first: int, last: int, number: int, year: int | None, end: int) -> Found:
    start = cal.dated(scene.base, first, number, year, always_ahead=scene.bare)
    if start is None:
        return None
    if last == first:
        return cal.one(start, "date"), end
    finish = cal.dated(start, last, number if last > first else number % 12 + 1, always_ahead=True)
    return (Span(start, finish, "part", "dates"), end) if finish and finish >= start else None


def _day_only(words: Words, at: int, scene: Scene, weekday: int | None) -> Found:
    """Read "the 14th", "Friday the 14th", "le 20", "dia 20", "the 14th of next month"."""
    place = at
    marked = weekday is not None or bool(tag(words, at - 1, "the")) or bool(tag(words, at - 1, "dom"))
    if tag(words, place, "dom") and not tag(words, place, "weekday"):
        place, marked = place + 1, True
    day = day_number(words, place)
    if day is None or not marked or _names_something(words, place):
        return None
    plain = tag(words, place, "ordinal") is None
    if plain and weekday is None and not tag(words, place - 1, "dom"):
        return None
    end = place + 1
    of = skip(words, end, frozenset({"of", "the"}))
    if of > end and tag(words, of, "rel") == "next" and tag(words, of + 1, "unit") == "month":
        inside = cal.dated(cal.month(scene.base.year, scene.base.month + 1).start, day)
        return (cal.one(inside, "day of month"), of + 2) if inside else None
    if of > end and tag(words, of, "unit") == "month":
        end = of + 1
    end += text(words, end) == "inst"
    return next_day(scene, day, weekday, end)


def next_day(scene: Scene, day: int, weekday: int | None, end: int) -> Found:
    """Return the next such day of a month; with a weekday, the next one on which both agree."""
    found = cal.dated(scene.base, day)
    if found is None:
        return None
    for ahead in range(12 if scene.bare else 4):
        other = cal.dated(cal.month(found.year, found.month + ahead).start, day)
        if other and other >= scene.base and (weekday is None or other.weekday() == weekday):
            return cal.one(other, "day of month"), end
    return cal.one(found, "day of month"), end


def _names_something(words: Words, at: int) -> bool:
    """Whether a number counts or orders a thing ("the 3rd round") rather than naming a day."""
    after = at + 1
    if after >= len(words) or tag(words, at, "clock"):
        return False
    following = words[after]
    if following.tags.get("unit") or following.tags.get("weekday") is not None:
        return True
    plain = following.text[:1].isalpha() and not following.tags
    return plain and tag(words, at - 1, "edge") is None and text(words, after) not in ("inst", "we", "i")


def day_number(words: Words, at: int) -> int | None:
    """Return a day of the month written as digits, an ordinal or a word; None if it is none."""
    value = tag(words, at, "ordinal")
    if value is None:
        value = tag(words, at, "number")
    if value is None or tag(words, at, "month") or value != int(value) or not 1 <= value <= 31:
        return None
    return int(value)


def year_at(words: Words, at: int) -> tuple[int | None, int]:
    place = skip(words, at, frozenset({"of"}), ",-.'")
    value = tag(words, place, "number")
    if value in _YEARS:
        return int(value), place + 1
    return None, at
