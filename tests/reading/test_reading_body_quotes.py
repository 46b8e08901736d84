"""The quotation cutter on mail of every common client, in seven languages."""

from __future__ import annotations

import pytest

from daemon.reading import quotes

NEW = "Wednesday suits us.\n\nWe will decide by Friday, 20 March."
OLD = "Would Wednesday be possible? I could also come on 31 March."

ATTRIBUTIONS = {
    "gmail-en": "On Tue, Mar 3, 2026 at 10:04 AM Ann Lee <ann.lee@home.example> wrote:",
    "gmail-en-wrapped": (
        "On Tue, Mar 3, 2026 at 10:04 AM Ann Lee-Featherstonehaugh <\nann.lee@home.example> wrote:"
    ),
    "gmail-en-verb-alone": "On Tue, Mar 3, 2026 at 10:04 AM Ann Lee <ann.lee@home.example>\nwrote:",
    "apple-en": "On 3 Mar 2026, at 10:04, Ann Lee <ann.lee@home.example> wrote:",
    "thunderbird-en": "On 03/03/2026 10:04, Ann Lee wrote:",
    "mutt-en": "On Tue, Mar 03, 2026 at 10:04:11AM +0100, Ann Lee wrote:",
    "old-en": "At 10:04 AM 3/3/2026 +0000, you wrote:",
    "gmail-de": "Am Di., 3. März 2026 um 10:04 Uhr schrieb Ann Lee <ann.lee@home.example>:",
    "thunderbird-de": "Am 03.03.26 um 10:04 schrieb Ann Lee:",
    "apple-de": "Am 03.03.2026 um 10:04 schrieb Ann Lee <ann.lee@home.example>:",
    "webde-de": (
        "Am Dienstag, 3. März 2026, 10:04:11 MEZ hat Ann Lee <ann.lee@home.example> Folgendes geschrieben:"
    ),
    "gmail-fr": "Le mar. 3 mars 2026 à 10:04, Ann Lee <ann.lee@home.example> a écrit :",
    "thunderbird-fr": "Le 03/03/2026 à 10:04, Ann Lee a écrit :",
    "gmail-es": "El mar, 3 mar 2026 a las 10:04, Ann Lee (<ann.lee@home.example>) escribió:",
    "apple-es": "El 3 mar 2026, a las 10:04, Ann Lee <ann.lee@home.example> escribió:",
    "gmail-nl": "Op di 3 mrt 2026 om 10:04 schreef Ann Lee <ann.lee@home.example>:",
    "thunderbird-nl": "Op 03-03-2026 om 10:04 schreef Ann Lee:",
    "gmail-pt": "Em ter., 3 de mar. de 2026 às 10:04, Ann Lee <ann.lee@home.example> escreveu:",
    "gmail-pt-PT": "Ann Lee <ann.lee@home.example> escreveu (terça, 3/03/2026 à(s) 10:04):",
    "gmail-it": "Il giorno mar 3 mar 2026 alle ore 10:04 Ann Lee <ann.lee@home.example> ha scritto:",
    "thunderbird-it": "Il 03/03/2026 10:04, Ann Lee ha scritto:",
    "name-only": "Ann Lee wrote:",
    "unknown-language": "W dniu wt., 3.03.2026 o 10:04 Ann Lee <ann.lee@home.example>\nnapisał(a):",
}

HEADERS = {
    "outlook-en": (
        "From: Ann Lee <ann.lee@home.example>\nSent: Tuesday, March "
        "3, 2026 10:04 AM\nTo: Bo Ek\nSubject: Interview"
    ),
    "outlook-en-bold": (
        "*From:* Ann Lee <ann.lee@home.example>\n*Sent:* Tuesday, March "
        "3, 2026 10:04\n*To:* Bo Ek\n*Subject:* Re"
    ),
    "outlook-en-rule": (
        "________________________________\nFrom: Ann Lee\nSent: Tuesday, "
        "March 3, 2026 10:04\nTo: Bo\nSubject: Re"
    ),
    "original-en": "-----Original Message-----\nFrom: Ann Lee\nSent: Tuesday\nTo: Bo\nSubject: Re",
    "original-only": "----- Original Message -----",
    "apple-mail-header": "From: Ann Lee\nDate: Tuesday, 3 March 2026 at 10:04\nTo: Bo Ek\nSubject: Interview",
    "outlook-de": (
        "Von: Ann Lee <ann.lee@home.example>\nGesendet: Dienstag, 3. "
        "März 2026 10:04\nAn: Bo Ek\nBetreff: AW: Gespräch"
    ),
    "original-de": "-----Ursprüngliche Nachricht-----\nVon: Ann Lee\nGesendet: Dienstag\nAn: Bo\nBetreff: AW",
    "outlook-fr": (
        "De : Ann Lee <ann.lee@home.example>\nEnvoyé : mardi 3 mars "
        "2026 10:04\nÀ : Bo Ek\nObjet : RE: Entretien"
    ),
    "original-fr": "-----Message d'origine-----\nDe : Ann Lee\nEnvoyé : mardi\nÀ : Bo\nObjet : RE",
    "outlook-es": (
        "De: Ann Lee <ann.lee@home.example>\nEnviado el: martes, 3 de "
        "marzo de 2026 10:04\nPara: Bo Ek\nAsunto: RE: Entrevista"
    ),
    "outlook-nl": (
        "Van: Ann Lee <ann.lee@home.example>\nVerzonden: dinsdag 3 maart "
        "2026 10:04\nAan: Bo Ek\nOnderwerp: RE: Gesprek"
    ),
    "outlook-pt": (
        "De: Ann Lee <ann.lee@home.example>\nEnviado: terça-feira, 3 "
        "de março de 2026 10:04\nPara: Bo Ek\nAssunto: RE: Entrevista"
    ),
    "outlook-it": (
        "Da: Ann Lee <ann.lee@home.example>\nInviato: martedì 3 marzo "
        "2026 10:04\nA: Bo Ek\nOggetto: R: Colloquio"
    ),
    "original-it": "-----Messaggio originale-----\nDa: Ann Lee\nInviato: martedì\nA: Bo\nOggetto: R",
}


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_a_quotation_under_its_line_is_not_new_text(attribution: str) -> None:
    """What stands under "… wrote:" with ">" before it is quoted, and so is that line, in every language."""
    found = quotes.cut(f"{NEW}\n\n{attribution}\n\n> {OLD}\n>\n> Ann\n")
    assert found.text == NEW
    assert OLD in found.quoted


@pytest.mark.parametrize(
    "attribution",
    [value for key, value in ATTRIBUTIONS.items() if key not in ("name-only", "unknown-language")],
)
def test_a_quotation_without_marks_ends_the_new_text(attribution: str) -> None:
    """A client that quotes without ">" is understood from the line over the quotation alone."""
    found = quotes.cut(f"{NEW}\n\n{attribution}\n{OLD}\n\nAnn\n")
    assert found.text == NEW
    assert OLD in found.quoted


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_copied_header_ends_the_new_text(header: str) -> None:
    """Outlook's copied header ends the new text, with or without a line of dashes, in every language."""
    found = quotes.cut(f"{NEW}\n\n{header}\n\n{OLD}\n")
    assert found.text == NEW
    assert OLD in found.quoted


def test_answers_between_quoted_lines_are_new_text() -> None:
    """Who answers point by point below quoted lines is heard in full."""
    found = quotes.cut(
        "Hi Ann,\n\nOn 03/03/2026 10:04, Ann Lee wrote:\n> Is Wednesday fine?\n\nYes, at 10.\n\n"
        "> And who will be there?\n\nTom and Priya. We decide by Friday.\n"
    )
    assert found.text == "Hi Ann,\n\nYes, at 10.\n\nTom and Priya. We decide by Friday."
    assert "Is Wednesday fine?" in found.quoted


def test_the_wrapped_end_of_a_quoted_line_stays_quoted() -> None:
    """A word that a mailer broke off a quoted line is no answer."""
    found = quotes.cut(
        "Fine.\n\nAnn Lee wrote:\n> I have another offer that expires "
        "on February 11, is there\nnews\n> on your side?\n"
    )
    assert found.text == "Fine."


@pytest.mark.parametrize(
    "mark",
    [
        (
            "---------- Forwarded message ---------\nFrom: Loop Bot <loop@acme.example>"
            "\nDate: Tue, 3 Mar 2026\nSubject: Loop\nTo: Bo"
        ),
        (
            "-------- Forwarded Message --------\nSubject: \tLoop\nDate: "
            "\tTue, 3 Mar 2026 10:04:11 +0000\nFrom: \tLoop Bot\nTo: \tBo"
        ),
        (
            "Begin forwarded message:\n\nFrom: Loop Bot <loop@acme.example>"
            "\nSubject: Loop\nDate: 3 March 2026 at 10:04:11 GMT\nTo: Bo"
        ),
        "---------- Weitergeleitete Nachricht ---------\nVon: Loop Bot\nGesendet: Dienstag\nBetreff: Ablauf",
        (
            "Anfang der weitergeleiteten Nachricht:\n\nVon: Loop Bot\nBetreff: "
            "Ablauf\nDatum: 3. März 2026\nAn: Bo"
        ),
        "---------- Message transféré ---------\nDe : Loop Bot\nDate : mar. 3 mars 2026\nObjet : Planning",
        "---------- Mensaje reenviado ---------\nDe: Loop Bot\nFecha: mar, 3 mar 2026\nAsunto: Plan",
        "---------- Doorgestuurd bericht ---------\nVan: Loop Bot\nDatum: di 3 mrt 2026\nOnderwerp: Schema",
        (
            "---------- Mensagem encaminhada ---------\nDe: Loop Bot\nData: "
            "ter., 3 de mar. de 2026\nAssunto: Plano"
        ),
        "---------- Messaggio inoltrato ---------\nDa: Loop Bot\nData: mar 3 mar 2026\nOggetto: Piano",
    ],
)
def test_a_forwarded_schedule_is_content(mark: str) -> None:
    """What somebody forwards is what the mail says; only the copied header is laid aside."""
    found = quotes.cut(f"See below.\n\n{mark}\n\n09:00 Delphine\n10:00 Sunniva\n")
    assert found.text.replace("\n\n", "\n") == "See below.\n09:00 Delphine\n10:00 Sunniva"
    assert "Loop Bot" in found.quoted


def test_an_apple_forward_in_quotation_marks_is_content() -> None:
    """Apple Mail forwards as a quotation; it is content all the same."""
    found = quotes.cut(
        "FYI\n\nBegin forwarded message:\n\n> From: Loop Bot\n> Subject: Loop\n> \n> 09:00 Delphine\n"
    )
    assert "09:00 Delphine" in found.text
    assert "Loop Bot" not in found.text


def test_a_forwarded_appointment_keeps_its_time() -> None:
    """When and Where of an appointment that Outlook forwards are content, not header."""
    found = quotes.cut(
        "FYI\n\n-----Original Appointment-----\nFrom: Loop Bot\nSent: "
        "Monday, March 2\nTo: Bo\nSubject: Loop\n"
        "When: Thursday, March 12, 2026 2:00 PM\nWhere: Teams\n",
        forwarded=True,
    )
    assert "When: Thursday, March 12, 2026 2:00 PM" in found.text
    assert "Sent: Monday" not in found.text


def test_the_subject_tells_an_outlook_forward_from_a_reply() -> None:
    """Outlook copies the same header over forwards and replies; below the first one, all is quoted again."""
    header = "From: Loop Bot\nSent: Tuesday\nTo: Bo\nSubject: Loop\n"
    text = f"See below.\n\n{header}\n09:00 Delphine\n\n{header}\nOlder words.\n"
    found = quotes.cut(text, forwarded=True)
    assert "09:00 Delphine" in found.text
    assert "Older words." not in found.text
    assert quotes.cut(text).text == "See below."


def test_a_mail_that_begins_with_a_copied_header_says_what_it_copies() -> None:
    """Nothing new stands above it: the copy is the mail."""
    found = quotes.cut("From: Loop Bot\nSent: Tuesday\nTo: Bo\nSubject: Loop\n\n09:00 Delphine\n")
    assert found.text == "09:00 Delphine"


@pytest.mark.parametrize(
    "text",
    [
        "Please send the following by Friday:\n- your CV\n- two references",
        "From: 10:00\nTo: 11:00\nRoom: 204",
        "As I wrote on Monday, the panel meets on 12 March.",
        "Agenda:\n10:00 Priya\n11:00 Tom",
        "On Monday 9 March you will meet three people:\nPriya, Tom and Ada.",
        "-----\nThe panel meets on 12 March.\n-----",
        ">From April on we work in Leeds.",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    """Lists, labels and talk of writing are no quotations."""
    assert quotes.cut(text).text == text
