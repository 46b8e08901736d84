"""The debrief comes back from any mail client, and its answers are found."""

from __future__ import annotations

import textwrap
from dataclasses import replace

import pytest
from drafting_scene import CASE, CONTEXT, PANEL, PROFILE, decision
from hypothesis import given
from hypothesis import strategies as st

from daemon.drafting import debrief
from daemon.drafting.compose import compose
from daemon.drafting.profile import About, Fact
from daemon.drafting.templates import LANGUAGES
from daemon.reading import message
from policies.case import Note

NAMES = tuple(str(person.name) for person in PANEL)
ANSWERS = (
    "the move to weekly releases",
    "Lyon",
    "-",
    "by the end of Q4.",
    "please don’t call",
    "yes, very much",
)


def asked(language: str = "en") -> str:
    context = replace(CONTEXT, profile=replace(PROFILE, language=language))
    octets = compose(decision(Note.DEBRIEF, None), CASE, context).octets
    read = message.parse(octets)
    return f"{read.text}\n{read.quoted}"


def answered(text: str, answers: tuple[str, ...] = ANSWERS) -> str:
    lines = text.split("\n")
    given_answers = iter(answers)
    return "\n".join(line + " " + next(given_answers) if line.strip()[2:] == ":" else line for line in lines)


EXPECTED = debrief.Debrief(
    (Fact(About.TALKED, ANSWERS[0], NAMES[0]), Fact(About.TALKED, "Lyon", NAMES[1])),
    "by the end of Q4.",
    "please don’t call",
    interested=True,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_in_every_language(language: str) -> None:
    """The answers to our own questions are found, with whom they are about."""
    assert debrief.read(answered(asked(language)), NAMES) == EXPECTED


@pytest.mark.parametrize("language", LANGUAGES)
def test_unanswered(language: str) -> None:
    """A debrief nobody has answered says nothing."""
    assert not debrief.read(asked(language), NAMES).answered


def test_rewrapped_and_quoted() -> None:
    """Hard line ends, quotation marks and answers on a line of their own change nothing."""
    text = answered(asked())
    wrapped = "\n".join(textwrap.fill(line, 40) if line else "" for line in text.split("\n"))
    assert debrief.read(wrapped, NAMES) == EXPECTED
    assert debrief.read("\n".join("> " + line for line in wrapped.split("\n")), NAMES) == EXPECTED
    assert debrief.read(wrapped.replace("A1: ", "A1:\n\n").replace("\n", "\r\n"), NAMES) == EXPECTED


def test_flowed_together() -> None:
    """An answer mark that a client pulled into the line before is still found."""
    assert debrief.read(answered(asked()).replace("\nA", " A"), NAMES) == EXPECTED


def test_questions_taken_out() -> None:
    """Without the questions the answers count in their order."""
    lines = "\n".join(f"A{i}: {answer}" for i, answer in enumerate(ANSWERS, 1))
    assert debrief.read(lines, NAMES) == EXPECTED


@pytest.mark.parametrize(
    ("answer", "interested"),
    [("no", False), ("Nein, lieber nicht", False), ("sí", True), ("Ja!", True), ("hmm", None), ("", None),
     ("Yes, no doubt", True), ("não", False)],
)  # fmt: skip
def test_interested(answer: str, interested: bool | None) -> None:
    """Yes and no are understood in every language; anything else is no answer."""
    assert debrief.read(answered(asked(), (*ANSWERS[:5], answer)), NAMES).interested is interested


def test_facts() -> None:
    """The answers become facts of the case, in the language they were given in."""
    assert debrief.read(answered(asked()), NAMES).facts("en") == (
        Fact(About.TALKED, ANSWERS[0], NAMES[0], "en"),
        Fact(About.TALKED, "Lyon", NAMES[1], "en"),
        Fact(About.WHEN, "by the end of Q4.", "", "en"),
        Fact(About.ASKED, "please don’t call", "", "en"),
        Fact(About.INTERESTED, "yes", "", "en"),
    )


@given(st.text(max_size=2000), st.lists(st.text(max_size=20), max_size=4))
def test_any_text(text: str, names: list[str]) -> None:
    """Any text at all is read without an exception."""
    debrief.read(text, names)


@pytest.mark.parametrize("text", ["A1: " * 25_000, "\n" * 100_000, "> " * 50_000, "Q1. " * 25_000])
def test_hostile_length(text: str) -> None:
    """A hundred kilobytes of marks are read at once."""
    assert not debrief.read(text, NAMES).interested
