"""What employers ask for about contact is heard in seven languages, and courtesies are not taken for it."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from daemon.reading import directions
from daemon.reading.timeline_words import LANGUAGES
from policies.case import DirectionKind

WEDNESDAY = dt.datetime.fromisoformat("2026-03-11T10:00:00+00:00")
DATA = Path(__file__).parent.parent / "data" / "timelines" / "directions.tsv"
RULES = [
    pytest.param(language, rule, id=f"{language}-{rule.kind}-{at}")
    for language in LANGUAGES
    for at, rule in enumerate(directions.rules(language).rows)
]


def kinds(text: str, language: str = "en") -> set[str]:
    return {str(one.kind) for one in directions.find([text], WEDNESDAY, language=language)}


def statements() -> list[tuple[str, str, str]]:
    with DATA.open(encoding="utf-8") as file:
        return [
            (row["language"], row["directions"], row["text"]) for row in csv.DictReader(file, delimiter="\t")
        ]


@pytest.mark.parametrize(("language", "wanted", "text"), statements())
def test_reading_directions_of_the_own_statements_are_heard(language: str, wanted: str, text: str) -> None:
    """Each statement gives the directions it is labelled with, and no other."""
    assert kinds(text, language) == set(filter(None, wanted.split("+")))


@pytest.mark.parametrize(("language", "rule"), RULES)
def test_reading_directions_every_form_is_heard_in_its_example(language: str, rule: directions.Rule) -> None:
    """Whichever form of a direction is used, its example sentence gives it."""
    missed = []
    for form in rule.written:
        said = " ".join(rule.samples.get(word, word).replace("*", "") for word in form.split() if word != "…")
        text = rule.example.replace("{}", said)
        if str(rule.kind) not in kinds(text[0].upper() + text[1:], language):
            missed.append(text)
    assert not missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_reading_directions_are_known_in_every_language(language: str) -> None:
    """Every language has phrases for every kind of direction."""
    assert {rule.kind for rule in directions.rules(language).rows} == set(DirectionKind)


def test_reading_directions_keep_their_sentence() -> None:
    """A direction quotes the sentence it was heard in."""
    (found,) = directions.find(["Thanks!", "Please do not call the office."], WEDNESDAY, language="en")
    assert found.quote == "Please do not call the office."


def test_reading_directions_silence_has_its_date() -> None:
    """ "If you have not heard by the 20th, consider it closed" keeps the 20th."""
    text = "If you have not heard from us by March 20, please consider your application closed."
    (found,) = directions.find([text], WEDNESDAY, language="en")
    assert (found.kind, found.until) == (DirectionKind.SILENCE_MEANS_NO, dt.date(2026, 3, 20))


def test_reading_directions_silence_by_then_means_the_day_named_before() -> None:
    """ "If you haven't heard by then, assume …" means the timeline of the sentences before."""
    found = directions.find(
        ["We decide by March 27.", "If you have not heard by then, please assume the role was filled."],
        WEDNESDAY,
        language="en",
    )
    assert [one.until for one in found if one.kind is DirectionKind.SILENCE_MEANS_NO] == [
        dt.date(2026, 3, 27)
    ]


def test_reading_directions_another_person_has_an_address() -> None:
    """ "Write to Ana instead" keeps Ana's address where it stands there."""
    (found,) = directions.find(
        ["Please direct questions to Ana (Ana@Firm.example)."], WEDNESDAY, language="en"
    )
    assert (found.kind, found.address) == (DirectionKind.CONTACT_PERSON, "ana@firm.example")


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        ("en", "You are welcome to check in every two weeks.", 14),
        ("en", "Feel free to check in weekly.", 7),
        ("en", "Feel free to check in.", None),
        ("de", "Fragen Sie gerne jede Woche nach.", 7),
    ],
)
def test_reading_directions_check_ins_keep_their_cadence(language: str, text: str, days: int | None) -> None:
    """A cadence agreed for check-ins is kept in days."""
    (found,) = directions.find([text], WEDNESDAY, language=language)
    assert (found.kind, found.every_days) == (DirectionKind.CHECK_IN_WELCOME, days)
