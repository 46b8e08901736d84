"""Octets in, Reading out: nothing raises, nothing is lost at the glance, and silence says nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.reading.message import parse
from daemon.reading.model import Me, Reading
from daemon.reading.read import as_json, read, read_message
from policies.case import Act, Kind

MAILS = Path(__file__).parents[1] / "data" / "mail"
FILES = sorted((MAILS / "own").glob("*.eml")) + sorted((MAILS / "dev").glob("*.eml"))
ME = Me(frozenset({"nora.feld@mail.example", "nora@ownfirm.example"}), "Nora Feld", "Europe/London")
NOW = datetime(2026, 3, 10, 9, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def readings() -> dict[str, Reading]:
    return {path.name: read(path.read_bytes(), me=ME) for path in FILES}


def test_the_glance_loses_nothing(readings: dict[str, Reading]) -> None:
    """What the header and a glance put aside could open no case after a full reading either."""
    for path in FILES:
        if readings[path.name].kind is Kind.OTHER:
            full = read_message(parse(path.read_bytes()), ME)
            assert full.kind in (Kind.OTHER, Kind.JOB_ALERT) or full.confidence < 0.5, path.name


def test_a_mail_that_says_nothing_says_nothing(readings: dict[str, Reading]) -> None:
    """`other`, alerts and automatic replies carry no interview, person, timeline or direction.

    Who is away still tells whose mail it is: an automatic reply may carry employer and role.
    """
    for name, reading in readings.items():
        if reading.kind in (Kind.OTHER, Kind.JOB_ALERT, Kind.AUTO_REPLY) and not reading.outgoing:
            whose = () if reading.kind is Kind.AUTO_REPLY else (reading.employer, reading.role)
            assert not any((*whose, reading.interviews, reading.people)), name
            assert not any((reading.timelines, reading.directions, reading.asks)), name


def test_a_reading_survives_the_store(readings: dict[str, Reading]) -> None:
    """Every reading comes back from JSON as it went in."""
    for reading in readings.values():
        assert msgspec.json.decode(msgspec.json.encode(reading), type=Reading) == reading


def test_the_command_lines_object(readings: dict[str, Reading]) -> None:
    """`as_json` has the keys others rely on, and times with their offset."""
    keys = (
        "path message_id kind confidence employer role interviews people timelines vague directions".split()
    )
    for name, reading in readings.items():
        shown = json.loads(json.dumps(as_json(reading, name), default=str))
        assert {*keys, "language", "evidence"} <= shown.keys()
        assert all(datetime.fromisoformat(one["start"]).tzinfo for one in shown["interviews"])
        assert all({"quote", "why"} <= one.keys() for one in shown["evidence"])


def test_the_users_own_mail_acts() -> None:
    """A mail from the user is outgoing, `other`, and says what it does."""
    octets = (
        b"From: Nora Feld <nora.feld@mail.example>\r\nTo: maya@northpier.example\r\nSubject: Thank you\r\n"
        b"Date: Tue, 10 Mar 2026 17:15:00 +0000\r\nMessage-ID: <2@mail.example>\r\n"
        b"In-Reply-To: <1@northpier.example>\r\n"
        b"\r\nDear Maya, thank you for taking the time to talk to me about the analyst role today.\r\n"
    )
    reading = read(octets, me=ME)
    assert (reading.outgoing, reading.kind, reading.act) == (True, Kind.OTHER, Act.THANKS)


def test_an_absence_note_says_when_somebody_is_back() -> None:
    """The return date of an automatic reply is read, and is no timeline."""
    octets = (
        b"From: Maya Lind <maya@northpier.example>\r\nTo: nora.feld@mail.example\r\n"
        b"Subject: Automatic reply: Interview\r\nAuto-Submitted: auto-replied\r\n"
        b"Message-ID: <3@northpier.example>\r\n"
        b"Date: Tue, 10 Mar 2026 17:15:00 +0000\r\n\r\nI am out of the office until Monday 23 March.\r\n"
    )
    reading = read(octets, me=ME)
    assert (reading.kind, reading.returns, reading.timelines) == (Kind.AUTO_REPLY, date(2026, 3, 23), ())
    assert reading.automatic
    assert not reading.personal


@pytest.mark.parametrize("octets", [b"", b"\r\n\r\n", b"\0" * 5_000])
def test_what_is_no_mail_is_unreadable_in_words(octets: bytes) -> None:
    """A mail without header and text is `other`, and says why it could not be read."""
    reading = read(octets, me=ME)
    assert reading.kind is Kind.OTHER
    assert reading.unreadable
    assert as_json(reading, "x")["unreadable"] == reading.unreadable


@given(st.binary(max_size=3_000))
@settings(deadline=None)
def test_no_octets_make_it_raise(octets: bytes) -> None:
    """Any octets give a reading."""
    assert read(octets, me=ME, internal_date=NOW).key


TEXTS = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        [
            "Interview on 31 February at 25:99",
            "BEGIN:VCALENDAR",
            "by " * 300,
            "=?utf-8?q?=00=0D=0A?=",
            "9999-99-99 at 10",
        ]
    ),
)


@given(subject=TEXTS, text=TEXTS, sender=TEXTS, kind=st.sampled_from(["plain", "html", "calendar"]))
@settings(deadline=None, max_examples=150)
def test_no_fields_make_it_raise(subject: str, text: str, sender: str, kind: str) -> None:
    """Whatever stands in the fields and the text, there is a reading with a chance for its confidence."""
    octets = (
        f"From: {sender}\r\nTo: nora.feld@mail.example\r\nSubject: Interview {subject}\r\n"
        f"Date: Tue, 10 Mar 2026 09:15:00 +0000\r\n"
        f"Content-Type: text/{kind}; charset=utf-8; method=REQUEST\r\n\r\n"
        f"We would like to invite you to an interview for the analyst position. {text}\r\n"
    ).encode("utf-8", "surrogateescape")
    reading = read(octets, me=ME, internal_date=NOW)
    assert 0.0 <= reading.confidence <= 1.0
