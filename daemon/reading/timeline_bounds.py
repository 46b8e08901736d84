"""What the words around a named day make of it: "by Friday", "not before", "after the holidays".

The core is the day or the duration itself; its bounding words say how far it reaches.  Knows no words, only
their meanings.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from daemon.reading import timeline_calendar as cal
from daemon.reading.timeline_calendar import Span
from daemon.reading.timeline_scene import Scene

BOUNDS = frozenset({"by", "until", "before", "within"})
_DEADLINES = frozenset({"by", "until", "within"})
_WIDE = 100  # days; a longer window without a deadline is no help to anybody
_DAY = timedelta(days=1)
_YEAR_ENDS = ("the_holidays", "turn_of_year")
_CHRISTMAS = ((12, 25), (12, 26))


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
        return not BOUNDS.isdisjoint(self.edges)


@dataclass(frozen=True, slots=True)
class Core:
    """A named day or a duration, and the place after it.

    `relative`: counted from the mail's day.  `idle`: no time ahead.  `echo`: it points back at a day named
    before.  `event`: the day of something that happens, not of a promise.
    """

    span: Span | None
    end: int
    relative: bool = False
    idle: bool = False
    echo: bool = False
    event: bool = False


def bound(core: Core, edges: tuple[str, ...], scene: Scene) -> Expression:
    """Return the days a core and its bounding words mean."""
    span, base = core.span, scene.base
    blank = Expression(None, None, "", 0, 0, 0, 0, edges, idle=core.idle, echo=core.echo, habit=core.event)
    if span is None:
        return replace(blank, missing=not core.idle)
    if _lies_behind(span, edges, base):
        habit = edges[-1:] == ("every",) and span.grain == "day" and span.end >= base
        return replace(blank, idle=True, habit=habit, earliest=span.start, latest=span.end)
    if not scene.bare and (span.end - base).days > cal.HORIZON:
        return replace(blank, idle=True)
    if not scene.bare and _is_wide(span, edges, base):
        return replace(blank, missing=True)
    made = replace(
        blank, whole=span, earliest=max(span.start, base), latest=span.end, rule=span.rule, other=span.other,
        holidays=span.holidays, relative=core.relative, day=span.grain == "day",
    )  # fmt: skip
    return _reach(made, span, scene)


def _lies_behind(span: Span, edges: tuple[str, ...], base: date) -> bool:
    """Whether an expression is about the past or about what always happens."""
    return span.rule == "past" or span.end < base or "since" in edges or edges[-1:] == ("every",)


def _is_wide(span: Span, edges: Collection[str], base: date) -> bool:
    wide = (span.end - max(span.start, base)).days > _WIDE
    return wide and not {"by", "before", "within"} & set(edges)


def _reach(made: Expression, span: Span, scene: Scene) -> Expression:
    """Return an expression with the reach its bounding words give it."""
    edges, base = set(made.edges), scene.base
    if "at_least" in edges:
        return replace(made, latest=None, rule=f"at least {span.rule}")
    if "after" in edges and not made.relative and span.grain != "duration":
        return _after(made, span, scene)
    if "before" in edges and not edges & _DEADLINES:
        last = max(_before(span), base)
        return replace(made, earliest=base, latest=last, rule=f"before {span.rule}", other=None)
    if edges & _DEADLINES:
        start = span.start if span.grain == "duration within" else base
        other = span.start if span.grain == "month" and span.start > base else made.other
        last = max(_before(span), base) if span.grain in _YEAR_ENDS else span.end
        return replace(made, earliest=start, latest=last, other=other, rule=f"by {span.rule}")
    if made.edges[-1:] == ("at",) and span.grain in ("day", "week", "month"):
        return replace(made, idle=True)
    return made


def _after(made: Expression, span: Span, scene: Scene) -> Expression:
    """Return what follows a span: early January, the week after, or the working days after."""
    if span.grain in _YEAR_ENDS or (span.start.month, span.start.day) == (1, 1):
        window = cal.new_year_window(scene.base)
    elif span.grain == "holiday":
        window = cal.after_holiday(span.end, cal.days_off(scene.country, scene.base))
        window = replace(window, holidays=(span.start.month, span.start.day) in _CHRISTMAS)
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


def _before(span: Span) -> date:
    """Return the last day before a span; a single day and the end of a period count themselves."""
    if span.grain in _YEAR_ENDS:
        last = date(span.start.year - 1, 12, 31)
        return last - timedelta(days=7) if span.grain == "the_holidays" else last
    if span.grain == "week":
        return span.start - timedelta(days=3)
    if span.grain in ("weekend", "holiday", "month", "quarter", "year"):
        return span.start - _DAY
    return span.end
