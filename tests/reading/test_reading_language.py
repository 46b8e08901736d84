"""The language of short and long texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.reading import language

SAMPLES = {
    "en": [
        "Thanks for your time today.",
        "Your interview is confirmed",
        "Hi Ann, quick update from our side.",
        "Could you do Tuesday?",
    ],
    "de": [
        "Vielen Dank für Ihre Bewerbung.",
        "Passt, bis Dienstag!",
        "Termin bestätigt",
        "Leider müssen wir Ihnen absagen.",
    ],
    "fr": [
        "Merci pour votre candidature.",
        "Entretien confirmé",
        "À mardi !",
        "Nous revenons vers vous rapidement.",
    ],
    "es": [
        "Gracias por tu candidatura.",
        "Entrevista confirmada",
        "Le escribiremos antes del viernes.",
        "Hasta el martes",
    ],
    "nl": [
        "Bedankt voor je sollicitatie.",
        "Uitnodiging voor een gesprek",
        "Tot dinsdag!",
        "We laten het je snel weten.",
    ],
    "pt": [
        "Obrigada pela sua candidatura.",
        "Até terça!",
        "Daremos notícias na próxima semana.",
        "Não temos ainda uma decisão.",
    ],
    "it": [
        "Grazie per la sua candidatura.",
        "Colloquio confermato",
        "A martedì!",
        "Le faremo sapere entro venerdì.",
    ],
}


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in SAMPLES.items() for text in texts]
)
def test_one_line_is_enough(code: str, text: str) -> None:
    """A single ordinary line tells its language."""
    assert language.detect(text, default="en" if code != "en" else "de") == code


def test_names_addresses_and_foreign_crumbs_tell_nothing() -> None:
    """Where nothing tells, the default stands."""
    for text in (
        "",
        "Priya Shah",
        "https://www.acme.example/de/der/die/das",
        "+44 20 7946 0000",
        "会议",
        "x@der.example",
    ):
        assert language.detect(text, default="nl") == "nl"


def test_a_foreign_greeting_does_not_make_a_foreign_mail() -> None:
    """The bulk of the words decides."""
    assert (
        language.detect("Bonjour Ann, thanks for your patience. We will be in touch next week. Merci!")
        == "en"
    )


@given(st.text(max_size=300))
def test_any_text_has_one_of_the_languages(text: str) -> None:
    """Whatever the text, the answer is one of the seven or the default."""
    assert language.detect(text, default="xx") in {*language.LANGUAGES, "xx"}
