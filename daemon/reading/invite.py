"""Interviews from calendar parts: iCalendar (RFC 5545) as calendars send it (RFC 5546).

    find(message, me) -> Invites

`Invites.interviews` are the timed events of a REQUEST or PUBLISH, `slots` those of a COUNTER (a time
proposed), `cancelled_uids` those called off.  Whether an event is an interview at all is not known here.
A zone that is not known is said so (`zone_known`), never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from daemon.reading import invite_lines, invite_zones, names, sender, when_mode, zones
from daemon.reading.invite_lines import Block, Property
from daemon.reading.model import Me, Message
from policies.case import Interview, Person

_MAX_CALENDARS = 5
_MAX_SIZE = 256 * 1024
_MAX_EVENTS = 20
_MAX_ATTENDEES = 60
_MAX_TEXT = 20_000
_NOT_PEOPLE = frozenset(("ROOM", "RESOURCE", "GROUP"))
_DURATION = re.compile(r"P(?:(\d{1,3})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:\d{1,5}S)?)?$")
_LINK = re.compile(r"https?://[^\s<>\"]{4,500}")


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One VEVENT.  `start` and `end` are aware; `start` is None for an all-day event (then `day` is set).

    `invited` means the user is among the attendees, `mine` that the user is the organizer.  `attendees`
    are people, without the user, rooms and robots; `organizer` is None for a robot or the user.
    """

    uid: str
    sequence: int
    method: str
    start: dt.datetime | None
    end: dt.datetime | None
    zone_known: bool
    summary: str
    location: str
    description: str
    organizer: Person | None
    attendees: tuple[Person, ...]
    status: str
    day: dt.date | None = None
    invited: bool = False
    mine: bool = False

    @property
    def cancelled(self) -> bool:
        """Whether the event was called off (METHOD:CANCEL, or STATUS:CANCELLED in an update)."""
        return self.method == "CANCEL" or self.status == "CANCELLED"


@dataclass(frozen=True, slots=True)
class Invites:
    """What the calendar parts of a mail say.  `method` is that of the first (upper case, "" for none)."""

    events: tuple[CalendarEvent, ...] = ()
    interviews: tuple[Interview, ...] = ()
    slots: tuple[Interview, ...] = ()
    cancelled_uids: tuple[str, ...] = ()
    method: str = ""
    faults: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[Person, ...]:
        """The organizers and attendees of all events, without the user, rooms and robots."""
        found = [one for event in self.events for one in (event.organizer, *event.attendees) if one]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Calendar:
    """One file while it is read."""

    block: Block
    method: str
    home: zones.Zone
    me: Me
    described: dict[str, Block] = field(default_factory=dict)


def find(message: Message, me: Me) -> Invites:
    """Return what the calendar parts of `message` say to `me`; empty without any.  Never raises."""
    if not message.calendars:
        return Invites()
    faults: list[str] = []
    home = _home(message, me)
    events: dict[tuple[str, dt.datetime | None], CalendarEvent] = {}
    for calendar in _within_size(message.calendars):
        for event in _events(invite_lines.read(calendar, faults), home, me, faults):
            known = events.get((event.uid, event.start))
            if known is None or event.sequence > known.sequence:
                events[event.uid, event.start] = event
    found = tuple(_believed(event, message, faults) for event in events.values())
    live = [event for event in found if event.start and not event.cancelled]
    return Invites(
        events=found,
        interviews=tuple(_interview(e) for e in live if e.method in ("REQUEST", "PUBLISH", "")),
        slots=tuple(_interview(e) for e in live if e.method == "COUNTER"),
        cancelled_uids=tuple(dict.fromkeys(e.uid for e in found if e.cancelled and e.uid)),
        method=found[0].method if found else "",
        faults=tuple(dict.fromkeys(faults)),
    )


def _believed(event: CalendarEvent, message: Message, faults: list[str]) -> CalendarEvent:
    """Return an event without its organizer's address where that is not of the sender's house (FAULTS 21).

    Systems and free mail have no house: who organizes through them is believed.
    """
    organizer = event.organizer
    if organizer is None or organizer.address is None or message.sender is None:
        return event
    theirs, ours = (sender.mail_domain(one) for one in (organizer.address, message.sender.address))
    if not theirs or not ours or theirs.partition(".")[0] == ours.partition(".")[0]:
        return event
    faults.append(f"the organizer's address is on {theirs}, the sender's on {ours}")
    unknown = replace(organizer, address=None) if organizer.name else None
    return replace(event, organizer=unknown)


def _within_size(calendars: tuple[str, ...]) -> Iterator[str]:
    """The first calendar parts, up to 256 kB in all; one that is larger says so itself."""
    left = _MAX_SIZE
    for calendar in calendars[:_MAX_CALENDARS]:
        if left > 0:
            yield calendar
        left -= len(calendar)


def _home(message: Message, me: Me) -> zones.Zone:
    """The zone floating times are read in and UTC times are shown in."""
    domain = message.sender.address.rpartition("@")[2] if message.sender else ""
    home = zones.home(message.date, reader=me.zone, domain=domain, language=me.language)
    return home if message.date.utcoffset() else replace(home, known=False)


def _events(block: Block, home: zones.Zone, me: Me, faults: list[str]) -> Iterator[CalendarEvent]:
    described = {zone.text("TZID"): zone for zone in block.blocks("VTIMEZONE")}
    calendar = _Calendar(block, block.text("METHOD").upper(), home, me, described)
    for event in list(block.blocks("VEVENT"))[:_MAX_EVENTS]:
        yield _event(event, calendar, faults)


def _event(block: Block, calendar: _Calendar, faults: list[str]) -> CalendarEvent:
    start, day, known = _moment(block.first("DTSTART"), calendar, faults)
    organizer = block.first("ORGANIZER")
    attendees = block.lines.get("ATTENDEE", [])[:_MAX_ATTENDEES]
    mine = calendar.me.addresses
    return CalendarEvent(
        uid=block.text("UID")[:500],
        sequence=int(block.text("SEQUENCE")) if re.fullmatch(r"\d{1,6}", block.text("SEQUENCE")) else 0,
        method=calendar.method,
        start=start,
        end=_end(block, start, calendar, faults) if start else None,
        zone_known=known,
        summary=block.text("SUMMARY")[:500],
        location=_location(block),
        description=block.text("DESCRIPTION")[:_MAX_TEXT],
        organizer=_person(organizer, mine) if organizer else None,
        attendees=tuple(person for one in attendees if (person := _person(one, mine))),
        status=block.text("STATUS").upper(),
        day=day,
        invited=any(_address(one) in mine for one in attendees),
        mine=organizer is not None and _address(organizer) in mine,
    )


def _moment(
    prop: Property | None, calendar: _Calendar, faults: list[str]
) -> tuple[dt.datetime | None, dt.date | None, bool]:
    """The moment, or else the day, of a DTSTART or DTEND, and whether its zone is known."""
    if prop is None:
        return None, None, False
    value = prop.value.strip()
    try:
        if len(value) == 8:
            return None, dt.datetime.strptime(value, "%Y%m%d").date(), True  # noqa: DTZ007 (a day has no zone)
        naive = dt.datetime.strptime(value.rstrip("Zz")[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 (zone below)
    except ValueError:
        faults.append(f"calendar time {value[:30]!r} cannot be read")
        return None, None, False
    if value[-1] in "Zz":
        return naive.replace(tzinfo=dt.UTC).astimezone(_shown(calendar)), None, True
    tzid = prop.parameters.get("TZID", "") or calendar.block.text("X-WR-TIMEZONE")
    zone = invite_zones.rules(tzid, calendar.described, naive) if tzid else None
    if zone is None:
        faults.append(f"unknown time zone {tzid[:60]!r}" if tzid else "floating time in the calendar")
        return naive.replace(tzinfo=_floating(calendar)), None, False
    return naive.replace(tzinfo=zone), None, True


def _shown(calendar: _Calendar) -> dt.tzinfo:
    """The zone a UTC time is shown in: the same moment, with the hour people say."""
    return calendar.home.rules if calendar.home.known else zones.named(calendar.me.zone) or dt.UTC


def _floating(calendar: _Calendar) -> dt.tzinfo:
    """RFC 5545 3.3.5: a floating time is meant in the zone of whoever reads it; ours may be unset."""
    own = zones.named(calendar.me.zone)
    return own if own is not None and calendar.me.zone.upper() != "UTC" else calendar.home.rules


def _end(block: Block, start: dt.datetime, calendar: _Calendar, faults: list[str]) -> dt.datetime | None:
    end, _, _ = _moment(block.first("DTEND"), calendar, faults)
    if end is None and (match := _DURATION.match(block.text("DURATION").lstrip("+"))):
        weeks, days, hours, minutes = (int(group or 0) for group in match.groups())
        end = start + dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    return end if end is not None and end > start else None


def _location(block: Block) -> str:
    """The LOCATION, else the link of a conference."""
    for name in ("LOCATION", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "CONFERENCE", "URL"):
        if value := block.text(name):
            return value[:500]
    return ""


def _address(prop: Property) -> str:
    value = prop.value.strip()
    if value[:7].lower() == "mailto:":
        value = value[7:]
    return value.lower() if "@" in value else prop.parameters.get("EMAIL", "").lower()


def _person(prop: Property, mine: frozenset[str]) -> Person | None:
    """The person a calendar address is, or None for the user, a room, a group or a robot."""
    address = _address(prop)
    if address in mine or prop.parameters.get("CUTYPE", "").upper() in _NOT_PEOPLE:
        return None
    name = names.tidy(prop.parameters.get("CN", ""))
    if not address or sender.is_robot(address) or names.is_role(name, address):
        return None
    return Person(name if names.is_name(name) else None, address)


def _interview(event: CalendarEvent) -> Interview:
    assert event.start is not None
    link = _LINK.search(event.description)
    place = event.location or (link[0] if link else "")
    return Interview(
        start=event.start,
        end=event.end,
        mode=when_mode.of(place=place, near=(event.summary, event.description)),
        place=place,
        zone_known=event.zone_known,
        uid=event.uid,
        sequence=event.sequence,
        people=tuple(dict.fromkeys(p for p in (event.organizer, *event.attendees) if p)),
    )
