"""Who is who in a mail: complete addresses, nobody twice, nobody who is not there."""

from __future__ import annotations

import re
import tomllib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from least_time import least_time

from daemon.reading import employer, invite, message, names, people, people_text, sender, sentences
from daemon.reading.model import Me, Message
from policies.case import Interview, Part, Person

MAILS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "samples" / "mails.toml").read_text("utf-8")
)["mail"]
ME = Me(frozenset(("noor.castellan@post.example",)), "Noor Castellan")
_PERSON = re.compile(r"(.*?)(?:\s<([^>]+)>)?(?:\s(interviewer|coordinator|recruiter|hiring_manager))?$")


def parse(sample: dict[str, Any]) -> Message:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sample["from"], sample.get("subject", "")
    mail["To"] = sample.get("to", "Noor Castellan <noor.castellan@post.example>")
    mail["Date"], mail["Message-ID"] = "Mon, 02 Mar 2026 09:15:00 +0100", "<sample@mails.example>"
    if "cc" in sample:
        mail["Cc"] = sample["cc"]
    mail.set_content(sample["text"].lstrip())
    return message.parse(mail.as_bytes())


def read(sample: dict[str, Any]) -> tuple[Person, ...]:
    mail = parse(sample)
    judged, lines = sender.judge(mail, ME), sentences.split(mail.text)
    company = employer.find(mail, judged, lines, me=ME).name
    return people.find(mail, lines, ME, judged=judged, company=company, language=sample.get("language", "en"))


@pytest.mark.parametrize("sample", MAILS, ids=lambda sample: sample["says"])
def test_samples(sample: dict[str, Any]) -> None:
    """Each mail gives exactly the people it names, with address and part where it shows them."""
    found = {(one.name, one.address): one.part for one in read(sample)}
    matches = [match.groups() for match in map(_PERSON.match, sample["people"]) if match]
    assert set(found) == {(name, address) for name, address, _ in matches}
    assert all(found[name, address] == part for name, address, part in matches if part)


def test_one_person_said_in_many_ways_is_one() -> None:
    """A given name in the text, an invitation and a family name first are one person with the address."""
    mail = parse({"from": "Ana Lim <ana@acme.example>", "text": "You will meet Tom."})
    calendar = (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260310T100000Z\r\n"
        "ATTENDEE;CN=Okafor Tom:mailto:t.okafor@acme.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    invites = invite.find(Message("k", "k", mail.date, True, mail.sender, "", "", calendars=(calendar,)), ME)
    judged = sender.judge(mail, ME)
    found = people.find(mail, sentences.split(mail.text), ME, judged=judged, invites=invites)
    assert found[1:] == (Person("Tom Okafor", "t.okafor@acme.example", Part.INTERVIEWER),)


def test_sessions_get_their_own_people() -> None:
    """Of several interviews each has the people of its own line; a single one has all interviewers."""
    first, second = Person("Ada Lind", None, Part.INTERVIEWER), Person("Bo Ek", None, Part.INTERVIEWER)
    mail = parse({"from": "a@b.example", "text": "x"})
    early, late = mail.date.replace(day=9), mail.date.replace(day=10)
    quotes = {early: "09:15 Design with Ada Lind", late: "09:15 Coding with Bo Ek"}
    several = people.attach((Interview(early), Interview(late)), (first, second), quotes)
    assert [one.people for one in several] == [(first,), (second,)]
    (alone,) = people.attach((Interview(early),), (first, second), {})
    assert alone.people == (first, second)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("SHAH, Priya", "Priya Shah"),
        ("Priya Shah (she/her)", "Priya Shah"),
        ("Priya Shah | Acme", "Priya Shah"),
        ("Frau Dr. Ulrike Weber", "Frau Dr. Ulrike Weber"),
    ],
)
def test_a_display_name_is_said_as_people_say_it(written: str, said: str) -> None:
    """Given name first, without asides, company and capitals."""
    assert names.tidy(written) == said


@pytest.mark.parametrize(
    "name", ["Talent Team", "HR", "Recruiting", "Personalabteilung", "Human Resources", "Équipe RH"]
)
def test_role_names_are_nobody(name: str) -> None:
    """A department writes as nobody."""
    assert names.is_role(name)
    assert read({"from": f'"{name}" <talent@acme.example>', "text": "Thank you for your application."}) == ()


HOSTILE = (
    "Ab " * 33_000,
    "Aa and " * 14_000,
    "with Aa Bb, " * 8_000,
    "via Roma " * 11_000,
    "a.b@c.d " * 12_000,
    "Aa Bb Cc\n" * 11_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:8].strip())
def test_no_text_takes_long(text: str) -> None:
    """100 kB of names are read within the budget of one mail."""
    mail = parse({"from": "Ana Lim <ana@acme.example>", "text": "Hello"})
    judged, lines = sender.judge(mail, ME), sentences.split(text)
    people.find(mail, (), ME, judged=judged)
    assert least_time(lambda: people.find(mail, lines, ME, judged=judged)) < 0.25


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            (
                "with meet Priya Shah Noor Castellan Dr. and , ( ) <noor.castellan@post.example> "
                "tom@acme.example will join Panel: WHO"
            ).split()
        )
        | st.text(max_size=6),
        max_size=25,
    )
)
def test_the_user_is_never_a_person(words: list[str]) -> None:
    """Whatever is written, the user is nobody's interviewer and no address is said twice."""
    mail = parse({"from": "Ana Lim <ana@acme.example>", "text": "Hello"})
    found = people.find(mail, sentences.split(" ".join(words)), ME, judged=sender.judge(mail, ME))
    shown = [one.address for one in found if one.address]
    assert "noor.castellan@post.example" not in shown
    assert len(shown) == len(set(shown))
    assert not any(one.name == "Noor Castellan" and one.address is None for one in found)


@pytest.mark.parametrize(
    ("text", "name", "part"),
    [
        (
            "Our recruiter Joel Park (joel.park@x.example) will call you on Friday.",
            "Joel Park",
            "interviewer",
        ),
        ("Our recruiter Joel Park will send you the details.", "Joel Park", "recruiter"),
        ("Our CTO (Jonas Adler) wants to grab a coffee with you.", "Jonas Adler", "interviewer"),
        ("Le docteur Maxence Orvault se joindra à nous.", "Maxence Orvault", "interviewer"),
        ("Frau Weber ruft Sie an.", "Frau Weber", "interviewer"),
    ],
)
def test_who_calls_or_joins_is_met(text: str, name: str, part: str) -> None:
    """Whoever will speak with the candidate interviews, whatever else they are called."""
    found = {one.name: one.part for one in people_text.find((text,), people_text.Strangers())}
    assert found == {name: part}


@pytest.mark.parametrize(
    "lines",
    [
        ("Thursday 14 May, 3pm, Café Bruno on Valencia.",),
        ("You are now Thursday 11 March at 09.20, still at the Civic Offices.",),
        ("Thursday 18 June, 13.30", "Haus C, 2. Obergeschoss, Raum C 2.17"),
    ],
)
def test_a_place_is_nobody(lines: tuple[str, ...]) -> None:
    """A café, a building and a room beside a time are not met."""
    assert list(people_text.find(lines, people_text.Strangers(), (lines[0],))) == []


def test_the_line_below_a_session_names_who_is_met() -> None:
    """A schedule may put the people of a session on a line of their own."""
    lines = (
        "11:00 - 11:45 Formal panel, Room B14.",
        "Prof. Niamh Gillespie, Dr Oluwaseun Bakare, Ms Helen Tarr",
    )
    found = people_text.find(lines, people_text.Strangers(), (lines[0],))
    assert [(one.name, one.part) for one in found] == [
        ("Niamh Gillespie", "interviewer"),
        ("Oluwaseun Bakare", "interviewer"),
        ("Helen Tarr", "interviewer"),
    ]


def test_the_author_of_a_forwarded_schedule_is_met() -> None:
    """An agency passes on the client's plan: "me" in it is the client's word, at the client's address."""
    text = (
        "See below!\n\n-----Original Message-----\nFrom: Trujillo, Bea <bea@foundry.example>\n"
        "Sent: Tuesday, August 18, 2026 1:58 PM\nTo: Dana Whitlock <dana@staffing.example>\n"
        "Subject: Onsite agenda\n\n9:30 Sit-down with Curtis and me\n\nBea Trujillo\n"
    )
    mail = parse(
        {"from": "Dana Whitlock <dana@staffing.example>", "subject": "FW: Onsite agenda", "text": text}
    )
    judged = sender.judge(mail, ME)
    found = people.find(mail, sentences.split(mail.text), ME, judged=judged)
    assert ("Bea Trujillo", "bea@foundry.example", "interviewer") in [
        (p.name, p.address, p.part) for p in found
    ]
