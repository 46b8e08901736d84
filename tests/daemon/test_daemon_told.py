"""What the user writes down is read like the employer's words, in every language, and nothing is made up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon import told
from daemon.drafting.profile import About, Fact
from daemon.reading.model import Me
from policies.case import DirectionKind, Person

MET = datetime(2026, 3, 2, 15, tzinfo=UTC)


def me(language: str = "en") -> Me:
    return Me(frozenset({"ana@mail.example"}), "Ana Ruiz", "UTC", "", language)


@pytest.mark.parametrize(
    ("language", "said", "latest"),
    [
        ("en", "by the end of next week", "2026-03-13"),
        ("en", "they said they'd get back within two weeks", "2026-03-16"),
        ("en", "Friday", "2026-03-06"),
        ("de", "bis Ende nächster Woche", "2026-03-13"),
        ("fr", "sous deux semaines", "2026-03-16"),
        ("es", "antes del viernes", "2026-03-06"),
        ("nl", "binnen twee weken", "2026-03-16"),
        ("pt", "em duas semanas", "2026-03-16"),
        ("it", "entro venerdì", "2026-03-06"),
    ],
)
def test_a_time_in_the_users_words(language: str, said: str, latest: str) -> None:
    """Bare or in a sentence, counted from the interview, with the user's words as the quote."""
    (found,) = told.noted("note", [Fact(About.WHEN, said)], MET, me(language)).timelines
    assert str(found.latest) == latest
    assert found.quote == f"you wrote down: {said}"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "please don't call"),
        ("de", "bitte nicht anrufen"),
        ("fr", "ne pas appeler"),
        ("es", "por favor, no llamar"),
        ("nl", "niet bellen graag"),
        ("pt", "por favor não ligue"),
        ("it", "per favore non chiamare"),
    ],
)
def test_a_wish_in_the_users_words(language: str, said: str) -> None:
    """What they asked for about contact is heard in the user's language."""
    (found,) = told.noted("note", [Fact(About.ASKED, said)], MET, me(language)).directions
    assert found.kind is DirectionKind.NO_CALLS


def test_addresses_belong_to_whom_they_are_told_of() -> None:
    """One address is the person's; of several nobody says whose; the user's own is nobody's."""
    one = Fact(About.TALKED, "Lyon. Her address is Kim.Lee@acme.example.", "Kim Lee")
    two = Fact(About.NOTE, "kim@acme.example or jobs@acme.example, I am ana@mail.example", "Kim Lee")
    assert told.noted("note", [one], MET, me()).people == (Person("Kim Lee", "kim.lee@acme.example"),)
    assert told.noted("note", [two], MET, me()).people == (
        Person(None, "kim@acme.example"),
        Person(None, "jobs@acme.example"),
    )


def test_talk_is_no_promise() -> None:
    """A time in what was talked about is not the employer's word."""
    found = told.noted("note", [Fact(About.TALKED, "the launch in two weeks")], MET, me())
    assert found.timelines == ()


@given(st.text(max_size=400), st.sampled_from(list(About)))
def test_any_text(text: str, about: About) -> None:
    """Any text at all is read without an exception, and never names the user's own address."""
    found = told.noted("note", [Fact(about, text)], MET, me())
    assert "ana@mail.example" not in {person.address for person in found.people}
