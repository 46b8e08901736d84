"""Sentences and wrapped lines in seven languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.reading import sentences


@pytest.mark.parametrize(
    "pieces",
    [
        ["We met Dr. Smith at 3 p.m. on Tuesday.", "We will decide by Friday."],
        ["The call is at 3 p.m.", "Please be on time!"],
        ["See you at 10 a.m. ET on Tuesday.", "Thanks."],
        ["You will meet J. Okafor and Mrs. P. Shah.", "It takes an hour."],
        ["Acme Inc. Careers wrote to you.", "Acme Inc.", "We are hiring."],
        ["Bring documents, e.g. your passport.", "Room no. 5 is on the left."],
        ["It starts at 9.30am.", "It ends at 11.00."],
        ["thanks for coming in.", "we will let you know by friday."],
        ["We'll decide soon.", "We'll call you either way."],
        ["Really?", "Yes!", "Great…", "Then Monday it is."],
        ['He said: "We decide on Monday."', "That is all."],
        ["Open https://acme.example/jobs?id=1.2.", "Then click Apply."],
        ["Das Gespräch ist am 10. März um 14.30 Uhr.", "Bitte bringen Sie z. B. Ihren Ausweis mit."],
        ["Wir freuen uns auf die 2. Runde.", "Sie findet im 3. Stock statt."],
        ["Wir melden uns bis zum 14.", "Bis dahin alles Gute!"],
        ["Hr. Dr. Klein ist bis 17 Uhr da.", "Danach ggf. Frau Weiß."],
        ["M. Dupont vous recevra.", "Nous vous répondrons d'ici vendredi."],
        ["La Sra. Vega le llamará.", "Le responderemos antes del 5 de mayo."],
        ["Dhr. de Vries is er om 10.30 uur.", "We laten je z.s.m. iets weten."],
        ["O Dr. Valadares estará presente.", "Daremos uma resposta até sexta."],
        ["Il dott. Rossi la attende.", "Le faremo sapere entro venerdì."],
    ],
)
def test_sentences_end_where_a_reader_would_end_them(pieces: list[str]) -> None:
    """Abbreviations, initials, dates, times and addresses end no sentence; everything else does."""
    assert sentences.split(" ".join(pieces)) == tuple(pieces)


def test_a_missing_blank_after_the_dot_is_forgiven() -> None:
    """Hasty writers forget the blank; a name with a dot is no sentence end."""
    assert sentences.split("We decide soon.We will call.") == ("We decide soon.", "We will call.")
    assert sentences.split("Look at Acme.Org or Node.JS first.") == ("Look at Acme.Org or Node.JS first.",)


def test_lines_are_boundaries_unless_the_sentence_goes_on() -> None:
    """Labels, list items and greetings keep a line of their own; a wrapped sentence is one."""
    text = (
        "Dear Ann,\n\nwe would like to invite you to an interview with\nPriya Shah on Tuesday and hope\n"
        "that suits you.\n\nWhen: Tuesday, 10 March\nWhere: Leeds\n- bring a passport\n- be on time\n"
        "10:00 Priya Shah\n11:00 Tom Okafor"
    )
    assert sentences.split(text) == (
        "Dear Ann,",
        "we would like to invite you to an interview with Priya Shah on Tuesday and hope that suits you.",
        "When: Tuesday, 10 March",
        "Where: Leeds",
        "- bring a passport",
        "- be on time",
        "10:00 Priya Shah",
        "11:00 Tom Okafor",
    )


def test_a_paragraph_wrapped_at_full_width_is_joined_before_capitals_too() -> None:
    """A line that had no room for the next word was wrapped, whatever the next word begins with."""
    text = (
        "Thank you for coming to our office and for the good conversation with\n"
        "Priya and Tom. We were impressed by your work on the new edition of the\n"
        "National Atlas.\nWe write soon."
    )
    assert sentences.unwrap(text).split("\n")[1:] == ["We write soon."]


def test_a_long_address_does_not_hide_the_wrapping() -> None:
    """A link longer than the lines says nothing about how wide the text is."""
    text = (
        "Please choose one of the times that we have set aside for talks with\n"
        "Priya and Tom. Nothing else is needed before we meet; just bring your\n"
        "National Card.\n"
        f"https://cal.example/{'x' * 90}"
    )
    assert len(sentences.unwrap(text).split("\n")) == 2


def test_a_schedule_of_full_lines_is_not_joined() -> None:
    """Lines that begin with a time are a list."""
    text = "10:00 - 10:45 Priya Shah, VP Data (system design, whiteboard), by Zoom\n11:00 - 11:45 Tom Okafor"
    assert sentences.unwrap(text) == text


@given(st.text(max_size=400))
def test_no_letter_is_lost_or_made_up(text: str) -> None:
    """The sentences hold exactly the letters of the text, in order."""
    assert "".join("".join(sentences.split(text)).split()) == "".join(text.split())
