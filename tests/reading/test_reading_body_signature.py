"""Closing formulas, names, disclaimers and footers, told from text."""

from __future__ import annotations

import pytest

from daemon.reading import quotes

TEXT = "Dear Ann,\n\nthe panel meets on 12 March and we will write to you by the 20th."

CLOSINGS = [
    "Best regards,\nPriya Shah",
    "Kind regards\n\nPriya Shah\nHead of Data\nAcme Ltd\n+44 20 7946 0000",
    "Best, Priya",
    "Many thanks,\nPriya",
    "Thanks!\nPriya",
    "Cheers\nP.",
    "Looking forward to meeting you,\nPriya",
    "Have a lovely weekend,\nPriya",
    "Yours sincerely\n\n\nDr Priya Shah\nDean",
    "Mit freundlichen Grüßen\ni. A. Priya Shah",
    "Viele Grüße aus Hamburg\nPriya Shah",
    "LG Priya",
    "Cordialement,\nPriya Shah\nResponsable RH",
    "Bien à vous,\n\nPriya",
    "Un saludo,\nPriya",
    "Saludos cordiales,\n\nPriya Shah\nRecursos Humanos",
    "Met vriendelijke groet,\n\nPriya Shah",
    "Groetjes Priya",
    "Atenciosamente,\nPriya Shah",
    "Com os melhores cumprimentos,\nPriya Shah",
    "Cordiali saluti,\nPriya Shah",
    "A presto,\nPriya",
    "Priya",
    "Priya Shah\nHead of Data",
    "-- \nPriya Shah\nHead of Data",
    "P.\n\nSent from my iPhone",
    "The Acme Recruiting Team",
]


@pytest.mark.parametrize("closing", CLOSINGS)
def test_the_signature_is_told_from_the_text(closing: str) -> None:
    """The formula and the lines under it are the signature, in every language; the text keeps the rest."""
    found = quotes.cut(f"{TEXT}\n\n{closing}\n", author=("priya", "shah"))
    assert found.text == TEXT
    assert found.signature.split() == closing.removeprefix("-- ").split()


@pytest.mark.parametrize(
    "footer",
    [
        "This email and any attachments are confidential and may be legally privileged. If you are not the\n"
        "intended recipient, please delete this email.",
        "CONFIDENTIALITY NOTICE: this message is for the addressee only.",
        "You are receiving this email because you applied at Acme.\nUnsubscribe | Privacy policy",
        "Powered by Greenhouse",
        "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen.",
        "Acme GmbH, Sitz der Gesellschaft: Köln, HRB 12345",
        "Ce message est confidentiel et destiné exclusivement à son destinataire.",
        "Si usted no es el destinatario, elimine este mensaje.",
        "Dit bericht is uitsluitend bestemd voor de geadresseerde.",
        "Esta mensagem pode conter informações confidenciais.",
        (
            "Il presente messaggio contiene informazioni riservate ed è "
            "destinato esclusivamente al destinatario."
        ),
    ],
)
def test_footers_are_not_text(footer: str) -> None:
    """Disclaimers, company lines and mailing footers are cut, in every language."""
    found = quotes.cut(f"{TEXT}\n\n{footer}\n")
    assert found.text == TEXT
    assert footer.split("\n")[0] in found.signature


def test_a_banner_of_the_mail_gateway_is_not_text() -> None:
    """A warning put above the text by a gateway is cut."""
    banner = "CAUTION: This email originated from outside of the organization. Do not click links."
    assert quotes.cut(f"{banner}\n\n{TEXT}").text == TEXT


def test_a_postscript_is_text() -> None:
    """What stands under "P.S." counts, also when it stands under the signature."""
    found = quotes.cut(f"{TEXT}\n\nBest,\nPriya\n\nP.S. We also pay the train.\n", author=("priya",))
    assert found.text.endswith("P.S. We also pay the train.")
    assert found.signature == "Best,\nPriya"


def test_a_meeting_block_below_the_signature_is_text() -> None:
    """The link and time that a meeting system adds below the name are not lost."""
    block = "Topic: Interview Ann Lee\nTime: Mar 12, 2026 02:00 PM London\nJoin Zoom Meeting\nhttps://zoom.example/j/1"
    found = quotes.cut(f"{TEXT}\n\nBest,\nPriya\n\n{block}\n", author=("priya",))
    assert block in found.text


def test_a_sentence_below_the_name_is_text() -> None:
    """A whole sentence under the name is no signature line."""
    more = "One more thing: the panel would like to see a portfolio of your work on the day."
    found = quotes.cut(f"{TEXT}\n\nBest,\nPriya\n\n{more}\n", author=("priya",))
    assert more in found.text


@pytest.mark.parametrize(
    "text",
    [
        "Ciao Giulia,\n\nti scriviamo entro venerdì.",
        "Thanks Ann,\n\nthat works for us.",
        "Hi Ann,\n\nThank you for your time.\nWe will write by Friday.",
        "You will meet:\n\nTom Okafor\nAda Brandt",
        "Two slots are free:\n\nTuesday 10 March\nThursday 12 March",
        "If you no longer wish to be considered, let us know.",
        "Quedo a la espera de tu respuesta.",
    ],
)
def test_text_is_not_mistaken_for_a_signature(text: str) -> None:
    """Greetings, thanks, lists of people and slots stay in the text."""
    assert quotes.cut(text, author=("priya", "shah")).text == text
