"""Interviews from calendar parts: right hours, whoever wrote the file, and no harm from any of them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from least_time import least_time

from daemon.reading import invite
from daemon.reading.model import Address, Me, Message
from policies.case import Mode, Person

ME = Me(frozenset(("noor@post.example",)), "Noor Castellan", zone="Europe/Madrid")
SENT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=-5)))

EVENT = """BEGIN:VEVENT
UID:one@acme.example
SEQUENCE:2
DTSTART;TZID={zone}:20260310T143000
DTEND;TZID={zone}:20260310T151500
SUMMARY:Interview\\, round two
LOCATION:https://acme.zoom.us/j/1
ORGANIZER;CN="Shah, Priya":mailto:Priya.Shah@acme.example
ATTENDEE;CUTYPE=INDIVIDUAL;CN=Tom Okafor:mailto:tom@acme.example
ATTENDEE;CUTYPE=ROOM;CN=Beacon:mailto:beacon@acme.example
ATTENDEE;CN=Noor Castellan:mailto:noor@post.example
END:VEVENT
"""

OWN_ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:{summer}
TZOFFSETTO:{winter}
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:{winter}
TZOFFSETTO:{summer}
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*blocks: str, method: str = "REQUEST") -> str:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:{method}\n{''.join(blocks)}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    )


def mail(*calendars: str) -> Message:
    sender = Address("Priya Shah", "priya.shah@acme.example")
    return Message("k", "k", SENT, True, sender, "Interview", "", calendars=calendars)


def read(*calendars: str) -> invite.Invites:
    return invite.find(mail(*calendars), ME)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_a_request_is_an_interview_with_all_it_says() -> None:
    """A REQUEST gives start, end, mode, place, uid and sequence."""
    (interview,) = read(calendar(EVENT.format(zone="America/New_York"))).interviews
    assert interview.start == at("2026-03-10T14:30-04:00")
    assert interview.end == at("2026-03-10T15:15-04:00")
    assert (interview.mode, interview.uid, interview.sequence) == (Mode.VIDEO, "one@acme.example", 2)
    assert interview.zone_known


def test_people_are_attendees_without_the_user_rooms_and_robots() -> None:
    """Rooms and the user are no people; names are put in the order they are said."""
    assert read(calendar(EVENT.format(zone="Europe/Berlin"))).people == (
        Person("Priya Shah", "priya.shah@acme.example"),
        Person("Tom Okafor", "tom@acme.example"),
    )


def test_a_robot_that_organizes_is_nobody() -> None:
    """A scheduler's address is no person."""
    text = EVENT.format(zone="UTC").replace("Priya.Shah@acme.example", "no-reply@scheduler.example")
    assert [one.name for one in read(calendar(text)).people] == ["Tom Okafor"]


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("Eastern Standard Time", "-04:00"),
        ("W. Europe Standard Time", "+01:00"),
        ("/freeassociation.sourceforge.net/Europe/Paris", "+01:00"),
        ('"(UTC-08:00) Somewhere"', "-08:00"),
    ],
)
def test_zone_names_of_others_are_known(zone: str, offset: str) -> None:
    """Windows' names, a vendor's prefix and a stated offset give the hour meant."""
    (interview,) = read(calendar(EVENT.format(zone=zone))).interviews
    assert interview.start == at(f"2026-03-10T14:30{offset}")
    assert interview.zone_known


def test_a_zone_described_in_the_file_is_never_taken_from_another_mail() -> None:
    """Two mails that call different zones by one name each get their own hours."""
    event = EVENT.format(zone="Customized Time Zone")
    east = OWN_ZONE.format(name="Customized Time Zone", winter="-0500", summer="-0400")
    west = OWN_ZONE.format(name="Customized Time Zone", winter="-0800", summer="-0700")
    assert read(calendar(east, event)).interviews[0].start == at("2026-03-10T14:30-04:00")
    assert read(calendar(west, event)).interviews[0].start == at("2026-03-10T14:30-07:00")


@pytest.mark.parametrize(
    ("day", "offset"), [("20260307", "-05:00"), ("20260309", "-04:00"), ("20261102", "-05:00")]
)
def test_a_described_zone_changes_its_clocks(day: str, offset: str) -> None:
    """The observance in force at the moment counts, not the first one described."""
    zone = OWN_ZONE.format(name="Here", winter="-0500", summer="-0400")
    event = f"BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Here:{day}T100000\nEND:VEVENT\n"
    (interview,) = read(calendar(zone, event)).interviews
    assert interview.start == at(f"{day[:4]}-{day[4:6]}-{day[6:]}T10:00{offset}")


def test_an_unknown_zone_is_said_and_not_guessed() -> None:
    """A zone nobody knows marks the time, and the fault says which."""
    invites = read(calendar(EVENT.format(zone="Middle Earth")))
    assert not invites.interviews[0].zone_known
    assert invites.faults == ("unknown time zone 'Middle Earth'",)


def test_a_floating_time_is_the_readers() -> None:
    """RFC 5545 3.3.5: a time without a zone is the same hour wherever it is read."""
    (interview,) = read(calendar("BEGIN:VEVENT\nUID:a\nDTSTART:20260310T143000\nEND:VEVENT\n")).interviews
    assert interview.start == at("2026-03-10T14:30+01:00")
    assert not interview.zone_known


def test_a_utc_time_is_shown_in_the_senders_hour() -> None:
    """The moment stays; the offset is that of the sender on that day."""
    (interview,) = read(calendar("BEGIN:VEVENT\nUID:a\nDTSTART:20260310T183000Z\nEND:VEVENT\n")).interviews
    assert interview.start.isoformat() == "2026-03-10T14:30:00-04:00"


def test_a_duration_gives_the_end() -> None:
    """DURATION stands for DTEND."""
    event = "BEGIN:VEVENT\nUID:a\nDTSTART:20260310T140000Z\nDURATION:PT1H15M\nEND:VEVENT\n"
    assert read(calendar(event)).interviews[0].end == at("2026-03-10T15:15+00:00")


def test_an_all_day_event_is_no_interview() -> None:
    """A day without an hour is kept as an event only."""
    invites = read(calendar("BEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20260310\nEND:VEVENT\n"))
    assert invites.interviews == ()
    assert invites.events[0].day == dt.date(2026, 3, 10)


@pytest.mark.parametrize("how", ["METHOD", "STATUS"])
def test_what_is_called_off_is_no_interview(how: str) -> None:
    """A CANCEL, or STATUS:CANCELLED, gives the uid and no interview."""
    event = EVENT.format(zone="UTC")
    if how == "STATUS":
        text = calendar(event.replace("SUMMARY", "STATUS:CANCELLED\nSUMMARY"))
    else:
        text = calendar(event, method="CANCEL")
    assert (read(text).interviews, read(text).cancelled_uids) == ((), ("one@acme.example",))


def test_a_counter_is_an_offer_and_a_reply_nothing() -> None:
    """COUNTER proposes a time; REPLY only says who comes."""
    event = EVENT.format(zone="UTC")
    assert len(read(calendar(event, method="COUNTER")).slots) == 1
    reply = read(calendar(event, method="REPLY"))
    assert (reply.interviews, reply.slots) == ((), ())


def test_the_same_event_twice_is_one_and_the_higher_sequence_counts() -> None:
    """A part and an attachment with one event give one interview."""
    older = EVENT.format(zone="UTC")
    newer = older.replace("SEQUENCE:2", "SEQUENCE:3").replace("round two", "round three")
    invites = read(calendar(older), calendar(newer))
    assert [(event.sequence, event.summary) for event in invites.events] == [(3, "Interview, round three")]


def test_recurrences_are_never_expanded() -> None:
    """An RRULE gives the one event written."""
    event = EVENT.format(zone="UTC").replace("SUMMARY", "RRULE:FREQ=SECONDLY\nSUMMARY")
    assert len(read(calendar(event)).interviews) == 1


def test_the_user_as_organizer_is_known() -> None:
    """An event the user called is marked: it may be an interview the user holds."""
    event = EVENT.format(zone="UTC").replace("Priya.Shah@acme.example", "noor@post.example")
    (found,) = read(calendar(event)).events
    assert (found.mine, found.organizer) == (True, None)


BOMBS = {
    "many events": calendar(
        *(f"BEGIN:VEVENT\nUID:{n}\nDTSTART:20260309T100000Z\nEND:VEVENT\n" for n in range(3000))
    ),
    "deep nesting": "BEGIN:VCALENDAR\r\n" * 14_000,
    "one long line": calendar("BEGIN:VEVENT\nSUMMARY:" + "x" * 250_000 + "\nEND:VEVENT\n"),
    "parameters": calendar("BEGIN:VEVENT\nATTENDEE" + ";A=b" * 60_000 + ":mailto:a@b.example\nEND:VEVENT\n"),
    "attendees": calendar(
        "BEGIN:VEVENT\nDTSTART:20260309T100000Z\n",
        *(f"ATTENDEE:mailto:a{n}@b.example\n" for n in range(8000)),
    ),
    "folds": calendar("BEGIN:VEVENT\nSUMMARY:x\n" + " y\n" * 60_000 + "END:VEVENT\n"),
    "a zone of seconds": calendar(
        OWN_ZONE.format(name="Bomb", winter="+0000", summer="+0100").replace("YEARLY", "SECONDLY"),
        EVENT.format(zone="Bomb"),
    ),
    "too large": "x" * 300_000,
    "nothing but NUL": "\0" * 200_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_calendar_takes_long(name: str) -> None:
    """Five copies of a hostile calendar are read or refused within the budget of one mail."""
    read(calendar(EVENT.format(zone="UTC")))  # loads the library
    assert least_time(lambda: read(*[BOMBS[name]] * 5)) < 0.25


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            EVENT.format(zone="Europe/Berlin").splitlines()
            + OWN_ZONE.splitlines()
            + ["", ":", ";=:", "DTSTART:99999999T999999", "END:VCALENDAR"]
        )
        | st.text(max_size=40),
        max_size=30,
    )
)
def test_no_calendar_raises(lines: list[str]) -> None:
    """Whatever the lines, in whatever order, reading ends with aware times in the right order."""
    for interview in read(calendar("\n".join(lines) + "\n")).interviews:
        assert interview.start.tzinfo is not None
        assert interview.end is None or interview.end > interview.start


@pytest.mark.parametrize(
    ("organizer", "believed"),
    [("priya@acme.example", True), ("priya@acme.co.uk", True), ("priya@evil.example", False)],
)
def test_an_organizer_of_another_house_gives_no_address(organizer: str, believed: bool) -> None:
    """An ORGANIZER that is not of the sender's domain is named, said, and never written to (FAULTS 21)."""
    event = EVENT.format(zone="America/New_York").replace("Priya.Shah@acme.example", organizer)
    found = invite.find(mail(calendar(event)), ME)
    first = found.interviews[0].people[0]
    assert first == Person("Priya Shah", organizer if believed else None)
    assert bool(found.faults) is not believed
