"""What the user's own mails do, in seven languages."""

from __future__ import annotations

import re

import pytest

from daemon.drafting import templates
from daemon.reading import speech
from daemon.reading.acts_phrase import plain
from daemon.reading.message import parse
from daemon.reading.model import Me
from daemon.reading.read import read_message
from policies.case import Act, Note

LANGUAGES = ("en", "de", "fr", "es", "nl", "pt", "it")
EXAMPLES = [(language, phrase) for language in LANGUAGES for phrase in speech.phrases(language).phrases]
ME = Me(frozenset({"sam@mail.example"}), "Sam Rivera", "America/New_York", "US")


@pytest.mark.parametrize(
    ("language", "phrase"), EXAMPLES, ids=lambda x: x if isinstance(x, str) else x.example[:40]
)
def test_every_phrase_finds_its_example(language: str, phrase: object) -> None:
    """The sentence beside a phrase in the lexicon shows it."""
    assert phrase.pattern.search(plain(phrase.example))  # type: ignore[attr-defined]


def mail(text: str, subject: str = "Re: Interview", reply: bool = True) -> Act | None:
    thread = "In-Reply-To: <1@acme.example>\n" if reply else ""
    octets = (
        f"From: Sam Rivera <sam@mail.example>\nTo: Priya Shah <priya@acme.example>\nSubject: {subject}\n"
        f"Date: Tue, 10 Mar 2026 17:00:00 -0400\nMessage-ID: <2@mail.example>\n{thread}"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
    return read_message(parse(octets.encode()), ME).act


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Dear Priya,\n\nThank you for your time today. I enjoyed our conversation.\n\nSam", Act.THANKS),
        ("Hi Priya, it was great to meet you and the team yesterday.", Act.THANKS),
        ("Thanks for inviting me to interview. Tuesday at 2pm works for me.", Act.ANSWER),
        ("Thank you again for the interview. Could you tell me where you are in the process?", Act.QUESTION),
        (
            "Hi Maya, I just wanted to see if there is any update on the role. Thanks for your time!",
            Act.QUESTION,
        ),
        ("Please find attached my solution to the take-home test.", Act.ANSWER),
        ("I have accepted another position and would like to withdraw my application.", Act.WITHDRAWAL),
        ("I'm thrilled to accept your offer!", Act.ACCEPTANCE),
        ("Ok.", Act.ANSWER),
        ("Vielen Dank für das nette Gespräch heute Morgen.", Act.THANKS),
        ("Guten Tag, gibt es schon etwas Neues zu meiner Bewerbung?", Act.QUESTION),
        ("Je vous remercie pour notre échange d'hier.", Act.THANKS),
        ("Quería saber si hay novedades sobre el proceso.", Act.QUESTION),
        ("Bedankt voor het fijne gesprek van vanmiddag.", Act.THANKS),
    ],
)
def test_replies(text: str, act: Act) -> None:
    """A reply of the user's is understood as they meant it."""
    assert mail(text) == act


def test_a_first_mail_with_a_cv_applies() -> None:
    """Writing first, with a CV, is an application; in a reply the same words are not."""
    text = "Dear team,\n\nI am writing to apply for the position of planner. My CV is attached.\n\nSam"
    assert mail(text, "Planner", reply=False) == Act.APPLICATION
    assert mail(text) != Act.APPLICATION


def test_ordinary_mail_does_nothing() -> None:
    """A mail about something else is other."""
    assert mail("Shall we have lunch at the usual place?", "Lunch", reply=False) == Act.OTHER


HOLES = re.compile(r"\{\{[^{}]*? if decided else \"([^\"]*)\" \}\}|\{[{%].*?[}%]\}", re.DOTALL)
OURS = {Note.STATUS_CHECK: Act.QUESTION, Note.THANK_YOU: Act.THANKS, Note.WITHDRAWAL: Act.WITHDRAWAL}


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_notes_are_known_again(language: str) -> None:
    """What this program drafted is understood after it was sent, whatever the client made of its identity."""
    for note, act in OURS.items():
        for letter in templates.builtin().letters(language, note.value):
            text = HOLES.sub(lambda hole: hole[1] or "", letter.replace("{{ job }}", "designer"))
            assert mail(text) == act, text


ASKED = {
    "en": ("How are things looking at your end?", "Has there been any movement on your side?"),
    "de": ("Darf ich fragen, wie es im Moment aussieht?", "Gibt es schon etwas Neues?"),
    "fr": ("Où en êtes-vous de votre côté ?", "Avez-vous eu le temps de prendre une décision ?"),
    "es": ("¿Cómo va todo por ahora?", "¿Han podido decidir algo ya?"),
    "nl": ("Hoe staat het er bij jullie voor?", "Hebben jullie al iets besloten?"),
    "pt": ("Como está o processo por aí?", "Já foi tomada alguma decisão?"),
    "it": ("A che punto siete?", "È già stata presa una decisione?"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_is_heard_in_other_words(language: str) -> None:
    """Who asks where things stand has asked, also in words no phrase foresaw."""
    for text in ASKED[language]:
        assert Act.QUESTION in speech.acts((text,), language), text
