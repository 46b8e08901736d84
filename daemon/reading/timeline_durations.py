"""The grammar of durations: "two to three weeks", "the next few days", "a week from Friday"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from daemon.reading import timeline_calendar as cal
from daemon.reading.timeline_calendar import Span
from daemon.reading.timeline_points import point
from daemon.reading.timeline_scene import Found, Scene, Words, skip, tag, text

_BOUNDING = ("by", "until", "within", "in", "before", "revise")
_NEXT = ("next", "coming")
_AHEAD = (*_NEXT, "following")
_BEFORE_COUNT = frozenset({"the", "of", "approx", "more"})
_AFTER_COUNT = frozenset({"of", "approx", "more", "full"})
_FEW = {"week": (3, 4), "month": (3, 4)}
_DAYS = {"day": 1, "business_day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
_LONGEST = {
    "hour": 1_000, "day": 370, "business_day": 260, "week": 53, "fortnight": 26, "month": 13, "quarter": 8,
    "year": 10,
}  # fmt: skip  # of each unit; a longer time is not about answering


@dataclass(frozen=True, slots=True)
class Duration:
    """From `low` to `high` units; `within`: any day of them ("the next three days").

    `plain` is false where it is no time from now: "two-week", "20 days of leave", "two days a week".
    """

    low: float
    high: float
    unit: str
    within: bool = False
    plain: bool = True

    def span(self, origin: date, country: str) -> Span:
        """Return the days it ends on, counted from `origin`; the other reading skips public holidays."""
        start, end = cal.add(origin, self.low, self.unit), cal.add(origin, self.high, self.unit)
        rule = f"{self.unit.replace('_', ' ')}s"
        if self.unit == "business_day" and country:
            other = cal.add_workdays(origin, int(self.high), cal.days_off(country, origin))
            return Span(start, end, "duration", rule, other if other != end else None)
        return Span(start, end, "duration", rule)


@dataclass(frozen=True, slots=True)
class _Count:
    """How many: from `low` to `high`, or "a few"; `end` is the place after it."""

    low: float
    high: float
    end: int
    few: bool = False


Lasting = tuple[Duration, int] | None


def duration(words: Words, at: int, scene: Scene) -> Lasting:
    """Read a duration that starts at `at`; None where there is none."""
    place = skip(words, at, _BEFORE_COUNT)
    ahead = tag(words, place, "rel") in _AHEAD
    place = skip(words, place + ahead, _BEFORE_COUNT)
    if tag(words, place, "unit") and (value := tag(words, place, "number")) is not None:  # "huitaine"
        return _of_unit(words, place, _Count(value, value, place), ahead)
    count = _count(words, place)
    if count is None:
        after = tag(words, place + 1, "rel") in _AHEAD
        return _uncounted(words, place, after=after) if ahead or after else None
    ahead = ahead or tag(words, count.end, "rel") in _NEXT
    place = skip(words, count.end, _AFTER_COUNT | {"rel"}, "-")
    if tag(words, place, "unit") or _unit_after(words, place):
        return _of_unit(words, place, count, ahead)
    return _without_unit(words, at, place, scene, count)


def _unit_after(words: Words, at: int) -> str | None:
    """Return the unit of "a week after …"; "the week after" is a named week and no duration."""
    return None if text(words, at).startswith("the ") else tag(words, at, "after_unit")


def _of_unit(words: Words, place: int, count: _Count, ahead: bool) -> Lasting:
    """Read a count's unit at `place` and what may follow it."""
    unit = (tag(words, place, "unit") or words[place].tags["after_unit"]).removesuffix("s")
    hyphen = text(words, place - 1) == "-"
    low, high = _FEW.get(unit, (3, 5)) if count.few else (count.low, count.high)
    ahead_after = tag(words, place + 1, "rel") in _NEXT
    low, high, unit, end = _more(words, place + 1 + ahead_after, (low, high, unit))
    if unit not in _LONGEST and unit != "minute":
        return None
    if high > _LONGEST.get(unit, 0):
        return Duration(0, 0, "day", plain=False), end
    return Duration(low, high, unit, ahead or ahead_after, _is_plain(words, end, hyphen)), end


def _more(words: Words, at: int, so_far: tuple[float, float, str]) -> tuple[float, float, str, int]:
    """Read what may follow the unit: "or two", "and a half", "to a month"."""
    low, high, unit = so_far
    place = skip(words, at, frozenset({"range", "and"}), ",")
    ranged = bool(tag(words, at, "range")) and not tag(words, at, "and")
    if place == at:
        return low, high, unit, at
    if tag(words, place, "half"):
        return low + 0.5, high + 0.5, unit, place + 1
    value = _number(words, place)
    if value is not None and not tag(words, place + 1, "unit"):
        return (low, value, unit, place + 1) if ranged and low < value <= low + 3 else (low, high, unit, at)
    count = _count(words, place)
    other = (tag(words, count.end, "unit") or "").removesuffix("s") if count else ""
    if count is None or not ranged or unit not in _DAYS or other not in _DAYS:
        return low, high, unit, at
    if other == unit:
        return low, max(high, count.high), unit, count.end + 1
    if count.high * _DAYS[other] > low * _DAYS[unit]:  # "two weeks to a month"
        return low * _DAYS[unit], count.high * _DAYS[other], "day", count.end + 1
    return low, high, unit, at


def _count(words: Words, at: int) -> _Count | None:
    """Read "two", "2-3", "two or three", "ten (10)", "a", "a few", "half a"."""
    some = tag(words, at, "some")
    if some and _number(words, at + 1) is None:
        end = skip(words, at + 1, _AFTER_COUNT)
        return _Count(2, 2, end) if some == "couple" else _Count(3, 5, end, few=True)
    at += bool(some)  # "unas tres semanas"
    if tag(words, at, "half"):
        return _Count(0.5, 0.5, skip(words, at + 1, frozenset({"of", "article"})))
    if (low := _number(words, at)) is None:
        return None
    place = at + 1
    if text(words, place) == "(" and text(words, place + 2) == ")" and _number(words, place + 1) is not None:
        return _Count(low, low, place + 3)
    to = skip(words, place, frozenset({"range", "and", "approx"}), "-/")
    high = _number(words, to) if to > place else None
    if high is not None and high > low and not tag(words, to, "article"):
        return _Count(low, high, to + 1)
    more = tag(words, place, "range") and tag(words, to, "more")  # "two or more"
    return _Count(low, low, to + 1 if more else place)


def _number(words: Words, at: int) -> float | None:
    value = tag(words, at, "number")
    if value is None:
        return 1 if tag(words, at, "article") else None
    return float(value)


def _uncounted(words: Words, at: int, *, after: bool) -> Lasting:
    """Read "the coming days", "les jours qui viennent", "the next day or two" from the unit on."""
    unit = tag(words, at, "unit")
    if unit is None or unit in ("year", "years", "quarter", "weekend"):
        return None
    if unit.endswith("s"):
        low, high = _FEW.get(unit.removesuffix("s"), (3, 5))
        return Duration(low, high, unit.removesuffix("s"), within=True), at + 1 + after
    least, most, unit, end = _more(words, at + 1, (1, 1, unit))
    if most > 1 or unit == "fortnight":
        return Duration(least, most, unit, within=True), end
    return None


def _without_unit(words: Words, start: int, at: int, scene: Scene, count: _Count) -> Lasting:
    """Read the bare number of "closer to four": its unit was said before."""
    led = "revise" in (tag(words, start, "edge"), tag(words, start - 1, "edge"))
    closed = at >= len(words) or text(words, at) in (".", ",", ";", "!", ")", "-")
    if led and closed and scene.unit and count.high <= 30:
        return Duration(count.low, count.high, scene.unit), at
    return None


def _is_plain(words: Words, end: int, hyphen: bool) -> bool:
    """Whether a duration is a time from now and not the measure of a thing or a habit."""
    if tag(words, end, "per"):
        return False
    word = words[end] if end < len(words) else None
    if word is None:
        return True
    if (hyphen or word.text == "-") and word.text[:1].isalpha() and not word.tags:
        return False
    if tag(words, end, "article") and tag(words, end + 1, "unit"):  # "two days a week"
        return False
    if tag(words, end, "edge") == "in":  # "zwei Tage in der Woche"
        unit = skip(words, end + 1, frozenset({"the"}))
        if tag(words, unit, "unit") and not tag(words, unit, "starting") and not tag(words, unit + 1, "rel"):
            return False
    if word.text in ("'", "of") or tag(words, end, "of"):
        thing = words[end + 1] if end + 1 < len(words) else None
        known = {"ref", "the", "number", "weekday", "month", "day", "rel", "ordinal", "date", "receipt"}
        return thing is None or not known.isdisjoint(thing.tags)
    return True


def precedes(words: Words, at: int, scene: Scene) -> bool:
    """Whether "before the session" or "before Friday" follows: a time that runs up to a day, not from now."""
    if tag(words, at, "edge") != "before":
        return False
    place = skip(words, at + 1, frozenset({"the", "of"}))
    return tag(words, place, "ref") == "interview" or point(words, place, scene) is not None


def anchored(words: Words, at: int, scene: Scene, *, after: bool = False) -> tuple[date | None, int] | None:
    """Read what a duration is counted from ("of the interview", "after Friday", "later"); None: nothing.

    The day is None where the anchor is named but its day is not known.  `after`: the "after" stands before.
    """
    if tag(words, at, "later"):
        return (scene.mention.end if scene.mention else scene.base), at + 1
    place = skip(words, at, frozenset({"of", "the", "edge"}))
    if place == at and not after and not tag(words, at, "ref"):
        return None
    if any(tag(words, n, "edge") in _BOUNDING for n in range(at, place)):
        return None
    if ref := tag(words, place, "ref"):
        origin = origin_of(ref, scene)
        named = _date_beside(words, place + 1, scene)
        return (named[0].end, named[1]) if named else (origin, place + 1)
    found = point(words, place, scene)
    if found and found[0].grain in ("day", "part", "holiday"):
        return found[0].end, found[1]
    return None


def _date_beside(words: Words, at: int, scene: Scene) -> Found:
    """Read the date that names the anchor itself: "the closing date (Friday 6 February 2026)"."""
    place = skip(words, at, frozenset({"of", "edge", "the"}), "(,:")
    found = point(words, place, scene) if place > at else None
    if not found or found[0].grain != "day":
        return None
    return found[0], found[1] + (text(words, found[1]) == ")")


def origin_of(ref: str, scene: Scene) -> date | None:
    """Return the day an anchor word stands for: the interview, the closing date, "that", the mail itself."""
    if ref == "closing":
        return scene.closing
    if ref == "interview":
        return scene.interview or (scene.mention.end if scene.mention else scene.base)
    if ref in ("meeting", "that") and scene.mention:
        return scene.mention.end
    return scene.base if ref != "meeting" else scene.interview or scene.base


def with_origin(found: Duration, origin: date, scene: Scene) -> Span:
    """Return the span of a duration from `origin`, remembering its unit for a later correction."""
    scene.unit = found.unit
    span = found.span(origin, scene.country)
    return replace(span, start=origin, grain="duration within") if found.within else span


def every(words: Words, at: int) -> int | None:
    """Return the days of "every week", "once a month", "every two weeks", "weekly" at `at`; else None."""
    if (unit := tag(words, at, "repeated")) is not None:
        return _DAYS[unit]
    if tag(words, at, "edge") != "every":
        return None
    count = _count(words, at + 1)
    high, place = (count.high, count.end) if count else (1.0, skip(words, at + 1))
    unit = (tag(words, place, "unit") or "").removesuffix("s")
    return round(high * _DAYS[unit]) if unit in _DAYS else None
