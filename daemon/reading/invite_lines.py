"""iCalendar's lines (RFC 5545 3.1) as blocks: what an event and a zone say, in the file's own words.

Uses icalendar's lexer, not its component tree, which caches zones per process by their TZID (one mail's
"Customized Time Zone" would answer for another's) and expands recurrences.  Caps everything; knows
nothing of interviews.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_MAX_SIZE = 256 * 1024
_MAX_LINES = 1_200
_MAX_LIKE = 60  # lines of one name in one component (attendees)
_MAX_LINE = 16_384
_MAX_BLOCKS = 40
_MAX_DEPTH = 8
_WANTED = frozenset(("VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT"))
_NAMES = frozenset(
    """
    BEGIN END METHOD X-WR-TIMEZONE TZID TZOFFSETFROM TZOFFSETTO RRULE DTSTART DTEND DURATION UID SEQUENCE
    STATUS SUMMARY LOCATION DESCRIPTION ORGANIZER ATTENDEE URL CONFERENCE X-GOOGLE-CONFERENCE
    X-MICROSOFT-SKYPETEAMSMEETINGURL
    """.split()
)
_NAME = re.compile(r"\s*([\w-]{2,40})[;:]")


@dataclass(frozen=True, slots=True)
class Property:
    """One content line: parameters (names in upper case) and the unescaped value."""

    value: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Block:
    """One component: its name, its lines in order by upper-case name, and the blocks inside."""

    name: str
    lines: dict[str, list[Property]] = field(default_factory=dict)
    inside: list[Block] = field(default_factory=list)

    def first(self, name: str) -> Property | None:
        """Return the first line called `name`, or None."""
        found = self.lines.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """Return the value of the first line called `name`, stripped, or ""."""
        found = self.lines.get(name)
        return found[0].value.strip() if found else ""

    def blocks(self, name: str) -> Iterator[Block]:
        """Yield the blocks called `name` directly inside this one."""
        return (block for block in self.inside if block.name == name)


def read(calendar: str, faults: list[str]) -> Block:
    """Return the VCALENDAR in `calendar`, unknown components left out; faults are said in `faults`."""
    if len(calendar) > _MAX_SIZE:
        faults.append("calendar larger than 256 kB")
        return Block("VCALENDAR")
    root = Block("")
    stack = [root]
    ignored = 0  # how deep we are in a component nobody asked for
    blocks = 0
    for name, prop in _properties(calendar, faults):
        if name == "BEGIN":
            kind = prop.value.strip().upper()
            if ignored or kind not in _WANTED or blocks >= _MAX_BLOCKS or len(stack) > _MAX_DEPTH:
                ignored += 1
            else:
                blocks += 1
                block = Block(kind)
                stack[-1].inside.append(block)
                stack.append(block)
        elif name == "END":
            if ignored:
                ignored -= 1
            elif len(stack) > 1:
                stack.pop()
        elif not ignored and len(stack) > 1:
            like = stack[-1].lines.setdefault(name, [])
            if len(like) < _MAX_LIKE:
                like.append(prop)
    return next(root.blocks("VCALENDAR"), Block("VCALENDAR"))


def _properties(calendar: str, faults: list[str]) -> Iterator[tuple[str, Property]]:
    from icalendar.parser import Contentlines  # 0.3 s to load; most mail has no calendar

    lines = Contentlines.from_ical(calendar)  # type: ignore[no-untyped-call]  # icalendar leaves it untyped
    if len(lines) > _MAX_LINES:
        faults.append(f"calendar of {len(lines)} lines cut at {_MAX_LINES}")
    for line in lines[:_MAX_LINES]:
        named = _NAME.match(line)
        if named is None or named[1].upper() not in _NAMES or len(line) > _MAX_LINE:
            continue
        try:
            name, parameters, value = line.parts()
        except ValueError:
            faults.append("a line of the calendar is no content line")
            continue
        yield name.upper(), Property(value, {key.upper(): _plain(one) for key, one in parameters.items()})


def _plain(parameter: object) -> str:
    return (
        parameter
        if isinstance(parameter, str)
        else ",".join(map(str, parameter))
        if isinstance(parameter, list)
        else ""
    )
