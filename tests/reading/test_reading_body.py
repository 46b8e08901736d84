"""Which parts are the text: alternatives, nesting, encodings, format=flowed."""

from __future__ import annotations

import base64

import pytest

from daemon.reading import message
from daemon.reading.model import Message

PLAIN = "Dear Ann,\n\nthe panel meets on 12 March and we will write to you soon after."
HTML = "<p>Dear Ann,</p><p>the panel meets on 12 March and we will write to you soon after.</p>"
OTHER = "<p>Dear Ann,</p><p>your interview is on Monday at ten, with Priya and Tom, in room 204.</p>"


def part(kind: str, text: str, *more: str) -> str:
    return "\r\n".join([f"Content-Type: {kind}; charset=utf-8", *more, "", text])


def multi(kind: str, *parts: str, mark: str = "b1", more: str = "") -> str:
    inner = "".join(f"--{mark}\r\n{one}\r\n" for one in parts)
    return f"Content-Type: multipart/{kind}; boundary={mark}{more}\r\n\r\n{inner}--{mark}--\r\n"


def parse(structure: str) -> Message:
    return message.parse(
        f"From: p@acme.example\r\nDate: Tue, 3 Mar 2026 10:04:00 +0000\r\n{structure}".encode()
    )


def test_the_plain_text_counts_where_it_says_the_same() -> None:
    """Of two alternatives that say the same the plain one is read."""
    found = parse(multi("alternative", part("text/plain", PLAIN), part("text/html", HTML)))
    assert found.text == PLAIN


@pytest.mark.parametrize(
    "stub",
    [
        "",
        "Your mail program cannot display HTML. Please open this message in your browser.",
        "View online: https://news.acme.example/v/1234",
        "Ihr E-Mail-Programm unterstützt leider kein HTML.",
        "Nothing about it here, but many other words that the reader of the HTML part never gets to see.",
    ],
)
def test_the_html_counts_where_the_plain_text_is_a_stub(stub: str) -> None:
    """A plain text that does not say what the HTML shows is not what the reader sees."""
    found = parse(multi("alternative", part("text/plain", stub), part("text/html", OTHER)))
    assert "your interview is on Monday at ten" in found.text
    assert stub[:20] not in found.text or not stub


def test_markup_that_calls_itself_plain_is_read_as_markup() -> None:
    """A mailer that labels its HTML as plain text is understood."""
    assert "<p>" not in parse(part("text/plain", f"<html><body>{OTHER}</body></html>")).text


def test_related_and_mixed_around_an_alternative_are_seen_through() -> None:
    """Pictures and attachments around the text do not hide it."""
    inner = multi("alternative", part("text/plain", PLAIN), part("text/html", HTML), mark="b3")
    picture = part("image/png", "AAAA", "Content-ID: <logo>", "Content-Transfer-Encoding: base64")
    pdf = part("application/pdf", "AAAA", 'Content-Disposition: attachment; filename="plan.pdf"')
    found = parse(multi("mixed", multi("related", inner, picture, mark="b2"), pdf))
    assert found.text == PLAIN
    assert found.attachments == ("plan.pdf",)


def test_several_inline_texts_are_read_in_order() -> None:
    """A mail may hold text, a picture and more text."""
    found = parse(
        multi("mixed", part("text/plain", "One."), part("image/png", "AA"), part("text/plain", "Two."))
    )
    assert found.text == "One.\n\nTwo."


def test_an_attached_text_is_an_attachment() -> None:
    """A text file that is attached is not the text of the mail."""
    notes = part("text/plain", "secret", "Content-Disposition: attachment; filename=notes.txt")
    found = parse(multi("mixed", part("text/plain", PLAIN), notes))
    assert found.text == PLAIN
    assert found.attachments == ("notes.txt",)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("attachment; filename*=utf-8''Einladung%20M%C3%A4rz.pdf", "Einladung März.pdf"),
        ('attachment; filename*0="Ein"; filename*1="ladung.pdf"', "Einladung.pdf"),
        ("attachment; filename*0*=iso-8859-1''M%E4; filename*1=rz.pdf", "März.pdf"),
        ('attachment; filename="=?utf-8?q?M=C3=A4rz=2Epdf?="', "März.pdf"),
        ('attachment; filename="a;b\\"c.pdf"', 'a;b"c.pdf'),
        ('attachment; filename="x\u202egpj.exe"', "xgpj.exe"),
    ],
)
def test_file_names_are_decoded(disposition: str, name: str) -> None:
    """File names are read as RFC 2231 and as the usual breaches of it write them."""
    found = parse(
        multi(
            "mixed",
            part("text/plain", "x"),
            part("application/pdf", "A", f"Content-Disposition: {disposition}"),
        )
    )
    assert found.attachments == (name,)


def test_a_calendar_is_found_wherever_it_lies() -> None:
    """Calendars are read as alternative, as attachment and by their file name, each once."""
    event = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR"
    coded = base64.b64encode(event.encode()).decode()
    found = parse(
        multi(
            "mixed",
            multi(
                "alternative",
                part("text/plain", PLAIN),
                part("text/calendar; method=REQUEST", event),
                mark="b2",
            ),
            part(
                "application/ics",
                coded,
                "Content-Transfer-Encoding: base64",
                "Content-Disposition: attachment; filename=invite.ics",
            ),
            part(
                "application/octet-stream",
                event.replace("REQUEST", "CANCEL"),
                "Content-Disposition: attachment; filename=x.ICS",
            ),
        )
    )
    assert [one.split("\n")[1] for one in found.calendars] == ["METHOD:REQUEST", "METHOD:CANCEL"]


def test_a_mail_forwarded_as_attachment_is_content() -> None:
    """The text of an attached mail is part of what is said."""
    inner = (
        "Content-Type: message/rfc822\r\n\r\nFrom: loop@acme.example\r\n"
        "Subject: Loop\r\n\r\n09:00 Delphine\r\n"
    )
    found = parse(multi("mixed", part("text/plain", "See below."), inner))
    assert found.text == "See below.\n\n09:00 Delphine"


def test_a_bounce_does_not_repeat_what_the_user_wrote() -> None:
    """What a delivery report returns is not text of the report."""
    returned = "Content-Type: message/rfc822\r\n\r\nSubject: Thank you\r\n\r\nYou said by Friday.\r\n"
    status = part("message/delivery-status", "Status: 5.1.1")
    found = parse(
        multi(
            "report",
            part("text/plain", "Not delivered."),
            status,
            returned,
            more="; report-type=delivery-status",
        )
    )
    assert found.text == "Not delivered."
    assert found.report_type == "delivery-status"


@pytest.mark.parametrize(
    ("charset", "octets"),
    [
        ("utf-8", "Grüße – 30 €".encode()),
        ("iso-8859-1", b"Gr\xfc\xdfe \x96 30 \x80"),
        ("windows-1252", b"Gr\xfc\xdfe \x96 30 \x80"),
        ("us-ascii", "Grüße – 30 €".encode()),
        ("us-ascii", b"Gr\xfc\xdfe \x96 30 \x80"),
        ("utf-8", b"Gr\xfc\xdfe \x96 30 \x80"),
        ("x-unknown", "Grüße – 30 €".encode()),
        ("idna", "Grüße – 30 €".encode()),
        ('"utf-8"', "Grüße – 30 €".encode()),
        ("utf-16", "Grüße – 30 €".encode("utf-16")),
        ("utf-7", "Grüße – 30 €".encode("utf-7")),
    ],
)
def test_charsets_true_false_and_unknown(charset: str, octets: bytes) -> None:
    """Text is read in its charset; where that is wrong or none, as UTF-8 or windows-1252, whichever fits."""
    head = f"From: a@x.example\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode()
    assert message.parse(head + octets).text == "Grüße – 30 €"


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("base64", b"SGVs\r\nbG8=", "Hello"),
        ("base64", b"SGVs!!bG8", "Hello"),
        ("BASE64", b"SGVsbG8", "Hello"),
        ("quoted-printable", b"Hel=\r\nlo =3D =C3=BC =ZZ", "Hello = ü =ZZ"),
        ("8bit", "ü".encode(), "ü"),
        ("x-none-such", b"Hello", "Hello"),
    ],
)
def test_transfer_encodings_even_broken_ones(encoding: str, body: bytes, text: str) -> None:
    """Broken base64 and quoted-printable give what can be read."""
    head = (
        f"From: a@x.example\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    assert message.parse(head.encode() + body).text == text


def test_flowed_text_is_joined() -> None:
    """Soft line breaks of format=flowed are undone, quotation marks kept apart (RFC 3676)."""
    body = (
        "The panel meets on \r\n12 March and \r\nwrites soon.\r\n\r\n"
        "Ann Lee wrote:\r\n> Is there \r\n> news?\r\n"
    )
    found = parse("Content-Type: text/plain; format=flowed\r\n\r\n" + body)
    assert found.text == "The panel meets on 12 March and writes soon."
    assert "> Is there news?" in found.quoted


def test_flowed_text_with_delsp_joins_words() -> None:
    """With delsp=yes the blank before a soft break is not part of the text."""
    found = parse("Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nVorstellungs \r\ngespräch\r\n")
    assert found.text == "Vorstellungsgespräch"


def test_a_hard_wrapped_paragraph_is_one_line() -> None:
    """A paragraph wrapped at 72 columns comes out as one line; lists and labels keep theirs."""
    found = parse(
        "Content-Type: text/plain\r\n\r\n"
        "Thank you for taking the time to talk with us last Tuesday about the\r\n"
        "role of data analyst. We have two more people to see and expect to\r\n"
        "decide by Friday, 20 March.\r\n\r\n"
        "When: Tuesday\r\nWhere: Leeds\r\n- bring your passport\r\n- be on time\r\n"
    )
    first, _, *rest = found.text.split("\n")
    assert first.startswith("Thank you")
    assert first.endswith("20 March.")
    assert rest == ["When: Tuesday", "Where: Leeds", "- bring your passport", "- be on time"]


def test_links_written_out_are_found_with_the_words_before_them() -> None:
    """A plain text gives its links too, without the mark that ends the sentence."""
    found = parse("Content-Type: text/plain\r\n\r\nBook a time: https://cal.example/ann?x=1. Thanks\r\n")
    assert [(one.text, one.href) for one in found.links] == [("Book a time", "https://cal.example/ann?x=1")]


def test_an_encrypted_mail_says_so() -> None:
    """What cannot be read is said."""
    found = parse(multi("encrypted", part("application/pgp-encrypted", "Version: 1")))
    assert found.text == ""
    assert "the text is encrypted" in found.defects


def test_a_multipart_without_its_boundary_is_read_as_text() -> None:
    """A broken multipart still shows its words."""
    assert "Hello" in parse("Content-Type: multipart/mixed\r\n\r\nHello\r\n").text
    assert "Hello" in parse("Content-Type: multipart/mixed; boundary=b\r\n\r\nHello\r\n").text


def test_a_boundary_that_begins_another_is_not_mixed_up() -> None:
    """Inner delimiters that only begin like the outer one do not end it."""
    inner = multi("alternative", part("text/plain", PLAIN), mark="b10")
    assert parse(multi("mixed", inner, part("text/plain", "After."), mark="b1")).text == f"{PLAIN}\n\nAfter."
