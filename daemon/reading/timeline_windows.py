"""The grammar of windows: a named day or a duration with the words that bound it ("by", "not before").

Knows no language and nothing of who speaks; a sentence's expressions come out in order, each with the
words it covers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from daemon.reading import timeline_calendar as cal
from daemon.reading.timeline_calendar import Span
from daemon.reading.timeline_durations import Duration, anchored, duration, origin_of, precedes, with_origin
from daemon.reading.timeline_points import point
from daemon.reading.timeline_scene import Scene, Words, skip, tag, text

_DEADLINES = ("by", "until", "within")
_BOUNDS = frozenset({"by", "until", "before", "within"})
_WIDE = 100  # days; a longer window without a deadline is no help to anybody
_HOURS = 12
_COMPOUNDED = {"year": ("month", "week", "day"), "month": ("week", "day"), "week": ("day",)}
_DAY = timedelta(days=1)
_STARTS = frozenset(
    "number article some half more rel unit weekday month part day quarter date short_date ordinal "
    "period_end holiday isoweek after_unit ref dom edge starting".split()
)
_NAMED = frozenset({"unit", "weekday"})
_FOLLOWED = _NAMED | {"number", "some"}  # "the following …"
_OPENS = frozenset({"number", "unit", "weekday", "month", "some", "article"})


@dataclass(frozen=True, slots=True)
class Expression:
    """A time expression: the days it may mean and how it was put.

    `earliest` and `latest` are None where nothing can be said.  `edges` are the bounding words before
    and after it.  `missing`: it is counted from a day nobody named.  `idle`: no time ahead (the past, a
    habit, a measure).  `clock`: with a time of day.  `first` and `last` are the tokens it covers.
    """

    earliest: date | None
    latest: date | None
    rule: str
    first: int
    last: int
    start: int
    end: int
    edges: tuple[str, ...] = ()
    other: date | None = None
    holidays: bool = False
    missing: bool = False
    idle: bool = False
    clock: bool = False
    relative: bool = False  # counted from the mail's day
    day: bool = False  # a single named day
    echo: bool = False  # points back at a day named before ("that week", "then")
    habit: bool = False  # "every Thursday": its next day
    whole: Span | None = None  # the days without their bounding words

    @property
    def bounded(self) -> bool:
        """Whether it sets an end ("by", "until", "before")."""
        return not _BOUNDS.isdisjoint(self.edges)


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
        if not close_of_day or _BOUNDS.isdisjoint(edges):
            return None, place
        core = _Core(cal.one(scene.base, "today"), place)
    after, end, clock_after = _tail(words, core.end)
    made = _bound(core, (*edges, *after), scene)
    last = words[end - 1]
    first = words[at]
    return replace(
        made, first=first.first, last=last.last, start=first.start, end=last.end, clock=clock or clock_after
    ), end


@dataclass(frozen=True, slots=True)
class _Core:
    span: Span | None
    end: int
    relative: bool = False
    idle: bool = False
    echo: bool = False
    event: bool = False  # the day of something that happens, not of a promise


def _lead(words: Words, at: int) -> tuple[tuple[str, ...], int, bool, bool]:
    """Read the bounding words: the edges, the place after them, a time of day, "close of business"."""
    edges: list[str] = []
    clock = close = False
    place = at
    while place < len(words):
        tags = words[place].tags
        if "then" in tags and "edge" in tags and _STARTS.isdisjoint(_tags(words, place + 1)):
            break
        following = _tags(words, place + 1)
        if "rel" in tags and not (_NAMED if "edge" in tags else _FOLLOWED).isdisjoint(following):
            break
        if "edge" in tags and not _starts_core(tags):
            edges.append(tags["edge"])
        elif "clock" in tags:
            clock = True
        elif "close" in tags:
            close = True
        elif "number" in tags and "at" in edges[-1:] and not tag(words, place + 1, "month"):
            clock = True
            edges.pop()
        elif not ("the" in tags or "of" in tags or "approx" in tags) or _starts_core(tags):
            if not (words[place].text in ",(-:" and edges and place > at):
                break
        place += 1
    return tuple(edges), place, clock, close


def _tags(words: Words, at: int) -> Mapping[str, object]:
    return words[at].tags if at < len(words) else {}


def _starts_core(tags: Mapping[str, object]) -> bool:
    return not _OPENS.isdisjoint(tags)


def _core(words: Words, at: int, scene: Scene, edges: tuple[str, ...]) -> _Core | None:
    """Read the longest of: a duration, "the day after …", a named day or a range of them, "after that"."""
    choices = [
        found
        for rule in (_named, _lasting, _next_to, _after_that, _event)
        if (found := rule(words, at, scene, edges)) is not None
    ]
    return max(choices, key=lambda found: found.end, default=None)


def _named(words: Words, at: int, scene: Scene, edges: tuple[str, ...]) -> _Core | None:
    found = point(words, at, scene)
    if found is None:
        return None
    span, end = found
    of = skip(words, end, frozenset({"of", "the"}))
    if span.grain == "day" and tag(words, of, "ref") in ("interview", "meeting"):  # "Monday's meeting"
        return _Core(span, of + 1, echo=True, idle="after" not in edges, event=True)
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
            return _Core(Span(start, last, "part", "range", span.end), second[1], echo=echo)
    return _Core(span, end, echo=echo)


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


def _lasting(words: Words, at: int, scene: Scene, edges: tuple[str, ...]) -> _Core | None:
    found = duration(words, at, scene) or (_whole_unit(words, at) if "within" in edges else None)
    if found is None:
        return None
    lasting, end = found
    if lasting.unit == "hour" and lasting.high < _HOURS and not edges:  # how long a thing takes
        return _Core(None, end, idle=True)
    if (
        not lasting.plain
        or tag(words, end, "ago")
        or precedes(words, end, scene)
        or "ago" in edges
        or "since" in edges
    ):
        return _Core(None, end + bool(tag(words, end, "ago")), idle=True)
    origin = anchored(words, end, scene, after=bool(tag(words, end - 1, "after_unit")))
    if origin is not None:
        day, end = origin
        return _Core(with_origin(lasting, day, scene) if day else None, end, relative=False)
    weekday = skip(words, end, frozenset({"edge", "the"}))
    if tag(words, weekday, "weekday") is not None and lasting.unit == "week" and weekday > end:
        day = cal.weekday_after(scene.base, words[weekday].tags["weekday"])
        return _Core(cal.one(cal.add(day, lasting.high, "week"), "weeks on a weekday"), weekday + 1)
    onward = tag(words, skip(words, at), "rel") == "following" and scene.mention
    span = with_origin(lasting, onward.end if onward else scene.base, scene)
    rest = duration(words, skip(words, end, frozenset({"and"}), ","), scene)
    if rest and rest[0].plain and lasting.unit in _COMPOUNDED and rest[0].unit in _COMPOUNDED[lasting.unit]:
        return _Core(with_origin(rest[0], span.end, scene), rest[1], relative=True)
    return _Core(span, end, relative=True)


def _whole_unit(words: Words, at: int) -> tuple[Duration, int] | None:
    """Read the bare unit of "within the week": one of it."""
    unit = tag(words, skip(words, at), "unit")
    return (Duration(1, 1, unit), skip(words, at) + 1) if unit in ("week", "fortnight", "month") else None


def _next_to(
    words: Words,
    at: int,
    scene: Scene,
    edges: tuple[str, ...],  # noqa: ARG001  # called like its siblings
) -> _Core | None:
    """Read "the day after the interview", "the week after", "le lendemain": next to a day named or known."""
    unit = tag(words, at, "after_unit")
    if unit is None:
        return None
    if tag(words, at + 1, "rel") == "next" and unit == "week":  # "the week after next"
        return _Core(cal.week(scene.base, 2), at + 2)
    origin = anchored(words, at + 1, scene, after=True)
    end = at + 1
    day: date | None
    if origin:
        day, end = origin
    else:
        day = scene.mention.end if scene.mention else scene.base
    if day is None:
        return _Core(None, end)
    if unit == "week":
        return _Core(replace(cal.shift(cal.week_of(day), 7), rule="week after"), end, echo=not origin)
    span = cal.month(day.year, day.month + 1) if unit == "month" else cal.one(day + _DAY, "day after")
    return _Core(span, end, echo=not origin)


def _after_that(words: Words, at: int, scene: Scene, edges: tuple[str, ...]) -> _Core | None:
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
    return _Core(replace(span, rule="that day", other=None), at + 1, echo=True)


def _event(words: Words, at: int, scene: Scene, edges: tuple[str, ...]) -> _Core | None:
    """Read "(after) the meeting on Monday": the day of an event."""
    if "after" not in edges or tag(words, at, "ref") not in ("interview", "meeting"):
        return None
    place = skip(words, at + 1, frozenset({"edge", "of", "the"}))
    found = point(words, place, scene) if place > at + 1 else None
    return _Core(found[0], found[1], echo=True) if found and found[0].grain == "day" else None


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


def _bound(core: _Core, edges: tuple[str, ...], scene: Scene) -> Expression:
    """Return the days a core and its bounding words mean."""
    span, base = core.span, scene.base
    blank = Expression(None, None, "", 0, 0, 0, 0, edges, idle=core.idle, echo=core.echo, habit=core.event)
    if span is None:
        return replace(blank, missing=not core.idle)
    if edges[-1:] == ("every",) and span.grain == "day" and span.end >= base:
        return replace(blank, idle=True, habit=True, earliest=span.start, latest=span.end)
    if span.rule == "past" or {"since", "ago"} & set(edges) or edges[-1:] == ("every",) or span.end < base:
        return replace(blank, idle=True, earliest=span.start, latest=span.end)
    made = replace(
        blank, whole=span, earliest=max(span.start, base), latest=span.end, rule=span.rule, other=span.other,
        holidays=span.holidays, relative=core.relative, day=span.grain == "day",
    )  # fmt: skip
    if (
        made.earliest is not None
        and (span.end - made.earliest).days > _WIDE
        and not {"by", "before", "within"} & set(edges)
        and not scene.bare
    ):
        return replace(blank, missing=True)
    if "at_least" in edges:
        return replace(made, latest=None, rule=f"at least {span.rule}")
    if "after" in edges and not core.relative and span.grain != "duration":
        return _after(made, span, scene)
    if "before" in edges and not set(edges) & set(_DEADLINES):
        return replace(
            made, earliest=base, latest=_before(span, base), rule=f"before {span.rule}", other=None
        )
    if set(edges) & set(_DEADLINES):
        start = span.start if span.grain == "duration within" else base
        other = span.start if span.grain == "month" and span.start > base else made.other
        return replace(made, earliest=start, other=other, rule=f"by {span.rule}")
    if edges[-1:] == ("at",) and span.grain in ("day", "week", "month"):
        return replace(blank, idle=True)
    if (span.end - base).days > cal.HORIZON and not scene.bare:
        return replace(blank, idle=True)
    return made


def _after(made: Expression, span: Span, scene: Scene) -> Expression:
    if span.grain in ("the_holidays", "turn_of_year") or (span.start.month, span.start.day) == (1, 1):
        window = cal.new_year_window(scene.base)
    elif span.grain == "holiday":
        window = cal.after_holiday(span.end, cal.days_off(scene.country, scene.base))
        window = replace(window, holidays=(span.start.month, span.start.day) in ((12, 25), (12, 26)))
    elif made.echo:
        return replace(made, rule="after that day")
    elif span.grain == "week":
        window = replace(cal.shift(cal.week_of(span.start), 7), rule="after a week")
    else:
        window = replace(cal.after_holiday(span.end, frozenset()), rule="after a day")
    return replace(
        made, earliest=max(window.start, scene.base), latest=window.end, rule=window.rule, other=None,
        holidays=window.holidays,
    )  # fmt: skip


def _before(span: Span, base: date) -> date:
    """Return the last day before a span; a single day and the end of a period count themselves."""
    if span.grain in ("the_holidays", "turn_of_year"):
        last = date(span.start.year - 1, 12, 31)
        return last - timedelta(days=7) if span.grain == "the_holidays" else last
    if span.grain == "week":
        return max(span.start - timedelta(days=3), base)
    if span.grain in ("weekend", "holiday", "month", "quarter", "year"):
        return max(span.start - _DAY, base)
    return span.end


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
