"""The time zone of a calendar's times: known by name, described in the file (VTIMEZONE), or unknown.

A name of the IANA database or of Windows is believed before the file's own description, as calendar
clients do; a description is evaluated for the one moment asked, never expanded (RFC 5545 3.6.5).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping

from daemon.reading import zones
from daemon.reading.invite_lines import Block

_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})")
_BYDAY = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)$")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STATED = re.compile(r"\((?:UTC|GMT)([+-])(\d{2}):?(\d{2})\)")  # "(UTC+01:00) Amsterdam, Berlin"


def rules(tzid: str, described: Mapping[str, Block], moment: dt.datetime) -> dt.tzinfo | None:
    """Return the zone called `tzid` as it holds at the naive local `moment`; None where it is unknown.

    `described` are the VTIMEZONE blocks of the file by TZID.
    """
    if (zone := _named(tzid)) is not None:
        return zone
    block = described.get(tzid)
    if block is not None and (offset := _offset_at(block, moment)) is not None:
        return dt.timezone(offset)
    if stated := _STATED.search(tzid):
        return _fixed(f"{stated[1]}{stated[2]}{stated[3]}")
    return None


def _named(tzid: str) -> dt.tzinfo | None:
    """The zone of that name; also behind a vendor's prefix ("/freeassociation…/Europe/Berlin")."""
    if (zone := zones.named(tzid)) is not None:
        return zone
    parts = tzid.strip("/").split("/")
    for start in range(1, min(len(parts) - 1, 5)):
        if (zone := zones.named("/".join(parts[start:]))) is not None:
            return zone
    return None


def _fixed(offset: str) -> dt.timezone | None:
    delta = _delta(offset)
    return dt.timezone(delta) if delta is not None else None


def _delta(offset: str) -> dt.timedelta | None:
    match = _OFFSET.match(offset)
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        return None
    delta = dt.timedelta(hours=int(match[2]), minutes=int(match[3]))
    return delta if match[1] == "+" else -delta


def _offset_at(zone: Block, moment: dt.datetime) -> dt.timedelta | None:
    """The offset of the observance whose latest onset lies before `moment`."""
    onsets: list[tuple[dt.datetime, str]] = []
    first = ""
    for observance in (*zone.blocks("STANDARD"), *zone.blocks("DAYLIGHT")):
        first = first or observance.text("TZOFFSETFROM")
        for year in (moment.year - 1, moment.year):
            onset = _onset(observance, year)
            if onset is not None and onset <= moment:
                onsets.append((onset, observance.text("TZOFFSETTO")))
    return _delta(max(onsets)[1] if onsets else first)


def _onset(observance: Block, year: int) -> dt.datetime | None:
    """When the observance begins in `year` by its yearly rule, else when it began once for all."""
    begins = _local(observance.text("DTSTART"))
    if begins is None:
        return None
    rule = dict(part.split("=", 1) for part in observance.text("RRULE").upper().split(";") if "=" in part)
    if rule.get("FREQ") != "YEARLY" or year < begins.year:
        return begins
    until = _local(rule.get("UNTIL", ""))
    if until is not None and year > until.year:
        return None
    day = _day_of(rule, year, begins)
    return begins.replace(year=year, month=day.month, day=day.day) if day else None


def _day_of(rule: Mapping[str, str], year: int, begins: dt.datetime) -> dt.date | None:
    month = int(rule["BYMONTH"]) if rule.get("BYMONTH", "").isdecimal() else begins.month
    if not 1 <= month <= 12:
        return None
    byday = _BYDAY.match(rule.get("BYDAY", ""))
    length = calendar.monthrange(year, month)[1]
    if byday is None:
        return dt.date(year, month, min(begins.day, length))
    weekday = _DAYS.index(byday[2])
    days = [day for day in range(1, length + 1) if calendar.weekday(year, month, day) == weekday]
    listed = {int(day) for day in rule.get("BYMONTHDAY", "").split(",") if day.isdecimal()}
    if listed:
        days = [day for day in days if day in listed]
    nth = int(byday[1] or 1)
    index = nth - 1 if nth > 0 else nth
    return dt.date(year, month, days[index]) if days and -len(days) <= index < len(days) else None


def _local(value: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(value.strip().rstrip("Z")[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 (local)
    except ValueError:
        return None
