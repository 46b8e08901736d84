"""Interviews from schema.org markup: read where it is sound, left where it is not."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from least_time import least_time

from daemon.reading import jsonld, zones
from daemon.reading.model import Message
from policies.case import Interview, Mode, Person

SENT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
RESERVATION = {
    "@context": "http://schema.org",
    "@type": "EventReservation",
    "reservationStatus": "http://schema.org/Confirmed",
    "reservationFor": {
        "@type": "Event",
        "name": "Interview",
        "startDate": "2026-03-10T14:30:00-04:00",
        "endDate": "2026-03-10T15:15:00-04:00",
        "performer": {"@type": "Person", "name": "Priya Shah", "email": "Priya@acme.example"},
        "location": {"@type": "Place", "name": "Acme", "address": {"streetAddress": "12 Mill Lane"}},
    },
}


def read(*markup: Any) -> tuple[Interview, ...]:
    scripts = tuple(one if isinstance(one, str) else json.dumps(one) for one in markup)
    zone = zones.Zone(dt.timezone(dt.timedelta(hours=1)))
    return jsonld.find(Message("k", "k", SENT, True, None, "", "", jsonld=scripts), zone=zone)


def test_a_reservation_is_an_interview() -> None:
    """An EventReservation gives start, end, place, mode and people."""
    (found,) = read(RESERVATION)
    assert found.start == dt.datetime.fromisoformat("2026-03-10T14:30-04:00")
    assert found.end == dt.datetime.fromisoformat("2026-03-10T15:15-04:00")
    assert (found.mode, found.place) == (Mode.ONSITE, "Acme, 12 Mill Lane")
    assert found.people == (Person("Priya Shah", "priya@acme.example"),)


def test_a_time_without_offset_is_the_senders_and_marked() -> None:
    """A local time is read in the sender's zone, which is then not known."""
    (found,) = read({"@type": "BusinessEvent", "startDate": "2026-03-10T14:30:00"})
    assert found.start == dt.datetime.fromisoformat("2026-03-10T14:30+01:00")
    assert not found.zone_known


def test_a_reservation_called_off_is_marked() -> None:
    """A cancelled reservation gives a cancelled interview, not a coming one."""
    (found,) = read({**RESERVATION, "reservationStatus": "http://schema.org/ReservationCancelled"})
    assert found.cancelled


@pytest.mark.parametrize(
    "markup",
    [
        {"@type": "Event", "startDate": "2026-03-10"},
        {"@type": "Event", "startDate": "tomorrow T"},
        {"@type": "FlightReservation", "departureTime": "2026-03-10T14:30:00Z"},
        "{not json",
        "[" * 60_000,
        "null",
    ],
    ids=["day only", "no date", "a flight", "broken", "deep", "null"],
)
def test_what_is_no_timed_event_is_nothing(markup: Any) -> None:
    """Days, flights and broken scripts give no interview and no error."""
    assert read(markup) == ()


def test_no_script_takes_long() -> None:
    """Large and repeated markup stays within the budget of one mail."""
    markup = [[RESERVATION] * 100] * 9
    assert len(read(*markup)) <= 1
    assert least_time(lambda: read(*markup)) < 0.25
