"""The grammar of time expressions: a named day or a duration with the words that bound it.

Reads the bounding words before and after ("by", "at the latest", "5 pm"), and between them the longest
core.  Knows no language and nothing of who speaks; a sentence's expressions come out in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from daemon.reading import timeline_calendar as cal
from daemon.reading.timeline_bounds import BOUNDS, Core, Expression, bound
from daemon.reading.timeline_calendar import Span
from daemon.reading.timeline_durations import Duration, anchored, duration, origin_of, precedes, with_origin
from daemon.reading.timeline_points import point
from daemon.reading.timeline_scene import Scene, Words, skip, tag, text

_WIDE = 100  # days a range may span
_HOURS = 12  # fewer, said without a bounding word, are how long a thing takes
_COMPOUNDED = {"year": ("month", "week", "day"), "month": ("week", "day"), "week": ("day",)}
_DAY = timedelta(days=1)
_STARTS = frozenset(
    "number article some half more rel unit weekday month part day quarter date short_date ordinal "
    "period_end holiday isoweek after_unit ref dom edge starting".split()
)  # what a named day or a duration begins with
_NAMED = frozenset({"unit", "weekday"})
_FOLLOWED = _NAMED | {"number", "some"}  # "the following …"
_OPENS = frozenset({"number", "unit", "weekday", "month", "some", "article"})


def expressions(words: Words, scene: Scene) -> Iterator[Expression]:
    """Yield the time expressions of a sentence in order; `scene.mentions` is the caller's to keep."""
    at = 0
    while at < len(words):
        if not words[at].tags:
            at += 1
            continue
        found, end = _expression(words, at, scene)
        if found:
            yield found
        at = max(end, at + 1)


def _expression(words: Words, at: int, scene: Scene) -> tuple[Expression | None, int]:
    """Return the expression that starts at `at`, if any, and the place to go on from."""
    edges, place, clock, close_of_day = _lead(words, at)
    may_start = place < len(words) and not _STARTS.isdisjoint(words[place].tags)
    core = _core(words, place, scene, edges) if may_start else None
    if core is None:
        if not close_of_day or BOUNDS.isdisjoint(edges):
            return None, place
        core = Core(cal.one(scene.base, "today"), place)
    after, end, clock_after = _tail(words, core.end)
    made = bound(core, (*edges, *after), scene)
    last = words[end - 1]
    first = words[at]
    return replace(
        made, first=first.first, last=last.last, start=first.start, end=last.end, clock=clock or clock_after
    ), end


def _lead(words: Words, at: int) -> tuple[tuple[str, ...], int, bool, bool]:
    """Read the bounding words: the edges, the place after them, a time of day, "close of business"."""
    edges: list[str] = []
    clock = close = False
    place = at
    while place < len(words) and not _points_back_or_on(words, place):
        tags = words[place].tags
        opens = not _OPENS.isdisjoint(tags)
        if "edge" in tags and not opens:
            edges.append(tags["edge"])
        elif "number" in tags and "at" in edges[-1:] and not tag(words, place + 1, "month"):  # "at 5"
            clock = bool(edges.pop())
        elif "clock" in tags or "close" in tags:
            clock, close = clock or "clock" in tags, close or "close" in tags
        elif opens or not (_fills(tags) or (edges and words[place].text in ",(-:")):
            break
        place += 1
    return tuple(edges), place, clock, close


def _points_back_or_on(words: Words, at: int) -> bool:
    """Whether a word that could be a bounding one is the core itself ("straight after", "following week")."""
    tags, following = words[at].tags, _tags(words, at + 1)
    if "then" in tags and "edge" in tags:
        return _STARTS.isdisjoint(following)
    return "rel" in tags and not (_NAMED if "edge" in tags else _FOLLOWED).isdisjoint(following)


def _fills(tags: Mapping[str, object]) -> bool:
    return "the" in tags or "of" in tags or "approx" in tags


def _tags(words: Words, at: int) -> Mapping[str, object]:
    return words[at].tags if at < len(words) else {}


def _core(words: Words, at: int, scene: Scene, edges: tuple[str, ...]) -> Core | None:
    """Read the longest of: a duration, "the day after …", a named day or a range of them, "after that"."""
    choices = [
        found
        for rule in (_named, _lasting, _next_to, _after_that, _event)
        if (found := rule(words, at, scene, edges)) is not None
    ]
    return max(choices, key=lambda found: found.end, default=None)


def _named(words: Words, at: int, scene: Scene, edges: tuple[str, ...]) -> Core | None:
    found = point(words, at, scene)
    if found is None:
        return None
    span, end = found
    of = skip(words, end, frozenset({"of", "the"}))
    if span.grain == "day" and tag(words, of, "ref") in ("interview", "meeting"):  # "Monday's meeting"
        return Core(span, of + 1, echo=True, idle="after" not in edges, event=True)
    echo = any(tag(words, n, "rel") in ("that", "same", "following") for n in range(at, end))
    place = skip(words, end, frozenset({"edge"}), ",") if text(words, end) == "," else end
    if _joins(words, place, edges):
        later = skip(words, place + 1, frozenset({"edge", "the", "approx"}))
        second = point(words, later, scene)
        if second and second[0].end < span.start and tag(words, later, "weekday") is not None:
            second = cal.shift(second[0], 7), second[1]
        if second and second[0].end >= span.start and (second[0].end - span.start).days <= _WIDE:
            start, last = span.start, second[0].end
            if second[0].grain == "turn_of_year":  # "between Christmas and New Year"
                last = second[0].start - _DAY
            return Core(Span(start, last, "part", "range", span.end), second[1], echo=echo)
    return Core(span, end, echo=echo)


def _joins(words: Words, at: int, edges: tuple[str, ...]) -> bool:
    """Whether the word at `at` joins two named days into a range."""
    if tag(words, at, "and"):
        return "between" in edges
    if text(words, at) == "-":
        return any(
            kind in _tags(words, at + 1)
            for kind in ("weekday", "month", "ordinal", "date", "short_date", "number")
        )
    return bool(tag(words, at, "range"))


def _lasting(words: Words, at: int, scene: Scene, edges: tuple[str, ...]) -> Core | None:
    found = duration(words, at, scene) or (_whole_unit(words, at) if "within" in edges else None)
    if found is None:
        return None
    lasting, end = found
    if lasting.unit == "hour" and lasting.high < _HOURS and not edges:  # how long a thing takes
        return Core(None, end, idle=True)
    if (
        not lasting.plain
        or tag(words, end, "ago")
        or precedes(words, end, scene)
        or "ago" in edges
        or "since" in edges
    ):
        return Core(None, end + bool(tag(words, end, "ago")), idle=True)
    origin = anchored(words, end, scene, after=bool(tag(words, end - 1, "after_unit")))
    if origin is not None:
        day, end = origin
        return Core(with_origin(lasting, day, scene) if day else None, end, relative=False)
    weekday = skip(words, end, frozenset({"edge", "the"}))
    if tag(words, weekday, "weekday") is not None and lasting.unit == "week" and weekday > end:
        day = cal.weekday_after(scene.base, words[weekday].tags["weekday"])
        return Core(cal.one(cal.add(day, lasting.high, "week"), "weeks on a weekday"), weekday + 1)
    onward = tag(words, skip(words, at), "rel") == "following" and scene.mention
    span = with_origin(lasting, onward.end if onward else scene.base, scene)
    rest = duration(words, skip(words, end, frozenset({"and"}), ","), scene)
    if rest and rest[0].plain and lasting.unit in _COMPOUNDED and rest[0].unit in _COMPOUNDED[lasting.unit]:
        return Core(with_origin(rest[0], span.end, scene), rest[1], relative=True)
    return Core(span, end, relative=True)


def _whole_unit(words: Words, at: int) -> tuple[Duration, int] | None:
    """Read the bare unit of "within the week": one of it."""
    unit = tag(words, skip(words, at), "unit")
    return (Duration(1, 1, unit), skip(words, at) + 1) if unit in ("week", "fortnight", "month") else None


def _next_to(
    words: Words,
    at: int,
    scene: Scene,
    edges: tuple[str, ...],  # noqa: ARG001  # called like its siblings
) -> Core | None:
    """Read "the day after the interview", "the week after", "le lendemain": next to a day named or known."""
    unit = tag(words, at, "after_unit")
    if unit is None:
        return None
    if tag(words, at + 1, "rel") == "next" and unit == "week":  # "the week after next"
        return Core(cal.week(scene.base, 2), at + 2)
    origin = anchored(words, at + 1, scene, after=True)
    end = at + 1
    day: date | None
    if origin:
        day, end = origin
    else:
        day = scene.mention.end if scene.mention else scene.base
    if day is None:
        return Core(None, end)
    if unit == "week":
        return Core(replace(cal.shift(cal.week_of(day), 7), rule="week after"), end, echo=not origin)
    span = cal.month(day.year, day.month + 1) if unit == "month" else cal.one(day + _DAY, "day after")
    return Core(span, end, echo=not origin)


def _after_that(words: Words, at: int, scene: Scene, edges: tuple[str, ...]) -> Core | None:
    """Read "then", "after that", "by then": the day named last, if there is one."""
    ref = tag(words, at, "ref")
    if ref != "that" or not scene.mention:
        return None
    closing = at + 1 >= len(words) or text(words, at + 1) in (".", ",", ";", "!", ")")
    timed = bool(tag(words, at, "then"))
    beside = scene.beside is not None and scene.beside.grain in ("day", "week")
    if not (timed and (closing or edges or beside)) and not ("after" in edges and "within" not in edges):
        return None
    span = scene.mention
    return Core(replace(span, rule="that day", other=None), at + 1, echo=True)


def _event(words: Words, at: int, scene: Scene, edges: tuple[str, ...]) -> Core | None:
    """Read "(after) the meeting on Monday": the day of an event."""
    if "after" not in edges or tag(words, at, "ref") not in ("interview", "meeting"):
        return None
    place = skip(words, at + 1, frozenset({"edge", "of", "the"}))
    found = point(words, place, scene) if place > at + 1 else None
    return Core(found[0], found[1], echo=True) if found and found[0].grain == "day" else None


def _tail(words: Words, at: int) -> tuple[tuple[str, ...], int, bool]:
    """Read what may follow: "at the latest", "5pm", "close of business", "or so"."""
    edges: list[str] = []
    clock, end, place = False, at, at
    while place < len(words) and place - at < 8:
        tags = words[place].tags
        if "latest" in tags:
            edges.append("by")
        elif "clock" in tags:
            clock = True
        elif "close" not in tags and "or_so" not in tags:
            if not (
                words[place].text in ",(@"
                or tags.get("edge") in ("at", "on", "in", "by", "within")
                or "the" in tags
            ):
                break
            place += 1
            continue
        place += 1
        end = place
    if text(words, end) == ")":
        end += 1
    return tuple(edges), end, clock


def after_in_sentence(words: Words, before: int, scene: Scene) -> date | None:
    """Return the day that words before the token `before` count a duration from.

    "After the interview …", "following that meeting …", "… by Friday; we will then need …".
    """
    for at, word in enumerate(words):
        if word.first >= before:
            break
        if "then" in word.tags and scene.mention:
            return scene.mention.end
        if word.tags.get("edge") in ("after", "once"):
            ref = tag(words, skip(words, at + 1, frozenset({"the", "of"})), "ref")
            if ref in ("interview", "meeting", "closing"):
                return origin_of(ref, scene)
    return None
