"""Interviews from schema.org markup (JSON-LD), as schedulers and Gmail's "EventReservation" write it.

    find(message, *, zone=...) -> tuple[Interview, ...]

Looks only at events with a start; never follows a link or a context.  https://schema.org/EventReservation,
https://schema.org/Event
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from daemon.reading import names, when_mode, zones
from daemon.reading.model import Message
from policies.case import Interview, Person

_MAX_SCRIPTS = 5
_MAX_SIZE = 64 * 1024
_MAX_DEPTH = 6
_MAX_NODES = 200
_EVENT = re.compile(r"(?:[A-Z][a-z]+)?Event$|Interview")
_CANCELLED = ("EventCancelled", "ReservationCancelled")


def find(message: Message, *, zone: zones.Zone) -> tuple[Interview, ...]:
    """Return the events marked up in `message`, in order; those called off are marked `cancelled`.

    `zone` is the sender's, for times without an offset; `zone_known` is then false.  Never raises.
    """
    found: dict[dt.datetime, Interview] = {}
    for script in message.jsonld[:_MAX_SCRIPTS]:
        for node, cancelled in _events(_decoded(script)):
            interview = _interview(node, zone, cancelled=cancelled)
            if interview is not None:
                found.setdefault(interview.start, interview)
    return tuple(found.values())


def _decoded(script: str) -> Any:
    if len(script) > _MAX_SIZE:
        return None
    try:
        return msgspec.json.decode(script.strip())
    except (msgspec.DecodeError, RecursionError):
        return None


def _events(root: Any) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield every event in the tree, and whether it or the reservation around it was called off."""
    queue: list[tuple[Any, int, bool]] = [(root, 0, False)]
    for _ in range(_MAX_NODES):
        if not queue:
            return
        node, depth, cancelled = queue.pop(0)
        if depth > _MAX_DEPTH:
            continue
        if isinstance(node, list):
            queue.extend((child, depth + 1, cancelled) for child in node[:_MAX_NODES])
        elif isinstance(node, dict):
            cancelled = cancelled or any(
                word in _text(node.get(key))
                for key in ("eventStatus", "reservationStatus")
                for word in _CANCELLED
            )
            if _EVENT.search(_text(node.get("@type"))) and _text(node.get("startDate")):
                yield node, cancelled
            else:
                inside = (child for child in node.values() if isinstance(child, dict | list))
                queue.extend((child, depth + 1, cancelled) for child in inside)


def _interview(node: dict[str, Any], zone: zones.Zone, *, cancelled: bool) -> Interview | None:
    start, known = _moment(node.get("startDate"), zone)
    if start is None:
        return None
    end, _ = _moment(node.get("endDate"), zone)
    place = _place(node.get("location"))
    return Interview(
        start=start,
        end=end if end is not None and end > start else None,
        mode=when_mode.of(place=place, near=(_text(node.get("name")), _text(node.get("description")))),
        place=place,
        zone_known=known,
        people=tuple(_people(node.get("performer")) | _people(node.get("organizer"))),
        cancelled=cancelled,
    )


def _moment(value: Any, zone: zones.Zone) -> tuple[dt.datetime | None, bool]:
    text = _text(value)
    try:
        moment = dt.datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        return None, False
    if moment is None or moment.tzinfo is not None:
        return moment, True
    return moment.replace(tzinfo=zone.rules), False


def _place(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        return _text(value)
    address = value.get("address")
    street = address.get("streetAddress") if isinstance(address, dict) else address
    parts = (value.get("name"), street, value.get("url"))
    return ", ".join(part for part in map(_text, parts) if part)


def _people(value: Any) -> dict[Person, None]:
    nodes = value if isinstance(value, list) else [value]
    found: dict[Person, None] = {}
    for node in nodes[:20]:
        if isinstance(node, dict) and "Person" in _text(node.get("@type")):
            name = names.tidy(_text(node.get("name")))
            address = _text(node.get("email")).removeprefix("mailto:").lower()
            if names.is_name(name):
                found[Person(name, address if "@" in address else None)] = None
    return found


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(item for item in value if isinstance(item, str))[:500]
    return value.strip()[:500] if isinstance(value, str) else ""
