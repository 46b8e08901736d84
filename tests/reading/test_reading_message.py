"""Header fields into a clean Message."""

from __future__ import annotations

import datetime as dt

import pytest

from daemon.reading import message
from daemon.reading.model import Address

ARRIVED = dt.datetime(2026, 3, 3, 10, 5, tzinfo=dt.UTC)


def mail(*fields: str, body: str = "Hello.") -> bytes:
    return ("\r\n".join(fields) + "\r\n\r\n" + body).encode("utf-8", "surrogateescape")


def test_the_fields_of_an_ordinary_mail_are_read() -> None:
    """An ordinary mail comes out whole: ids, addresses, subject, date in the sender's own offset."""
    found = message.parse(
        mail(
            "Message-ID: <abc@acme.example>",
            "From: Priya Shah <Priya.Shah@ACME.example>",
            'To: "Lee, Ann" <ann@home.example>, Bo <bo@home.example>',
            "Cc: Tom <tom@acme.example>",
            "Reply-To: jobs@acme.example",
            "Subject: Your\r\n interview",
            "In-Reply-To: <q@home.example>",
            "References: <p@home.example>\r\n <q@home.example>",
            "Date: Tue, 3 Mar 2026 10:04:00 -0500",
            "X-Mailer: Post 1.0",
        )
    )
    assert found.key == found.message_id == "abc@acme.example"
    assert found.sender == Address("Priya Shah", "priya.shah@acme.example")
    assert found.to == (Address("Lee, Ann", "ann@home.example"), Address("Bo", "bo@home.example"))
    assert found.cc == (Address("Tom", "tom@acme.example"),)
    assert found.reply_to == (Address("", "jobs@acme.example"),)
    assert found.subject == "Your interview"
    assert found.in_reply_to == ("q@home.example",)
    assert found.references == ("p@home.example", "q@home.example")
    assert found.date.isoformat() == "2026-03-03T10:04:00-05:00"
    assert found.date_trusted
    assert found.fields["x-mailer"] == "Post 1.0"
    assert found.text == "Hello."
    assert found.defects == ()


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        ("=?utf-8?q?Gespr=C3=A4ch_am_10=2E_M=C3=A4rz?=", "Gespräch am 10. März"),
        ("=?UTF-8?B?R2VzcHLDpGNo?= =?UTF-8?B?IHVtIDEw?=", "Gespräch um 10"),
        ("=?iso-8859-1?Q?R=E9ponse?=", "Réponse"),
        ("=?windows-1252?Q?Offer_=96_=8030k?=", "Offer – €30k"),
        ("=?utf-8*en?q?Hi?= there", "Hi there"),
        ("=?no-such-charset?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("Grüße, unencoded", "Grüße, unencoded"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("=?utf-8?q?two=0D=0ABcc:_x@evil.example?=", "two Bcc: x@evil.example"),
        ("evil \u202etxt.exe\u202c \u200bname", "evil txt.exe name"),
    ],
)
def test_subjects_are_decoded_and_cleaned(raw: str, subject: str) -> None:
    """Encoded words are decoded in any charset; line ends, controls and invisible characters are gone."""
    assert message.parse(mail(f"Subject: {raw}")).subject == subject


def test_a_split_character_in_neighbouring_encoded_words_is_whole() -> None:
    """A mailer may cut a character in two between encoded words (RFC 2047 forbids it; it happens)."""
    assert message.parse(mail("Subject: =?utf-8?q?M=C3?=\r\n =?utf-8?q?=A4rz?=")).subject == "März"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("ann@home.example", [("", "ann@home.example")]),
        ("<ann@home.example>", [("", "ann@home.example")]),
        ("ann@home.example (Ann Lee)", [("Ann Lee", "ann@home.example")]),
        ('"Ann \\"A.\\" Lee" <ann@home.example>', [('Ann "A." Lee', "ann@home.example")]),
        ("Ann Lee via Ashby <no-reply@ashby.example>", [("Ann Lee via Ashby", "no-reply@ashby.example")]),
        ("Panel: a@x.example, B <b@x.example>;", [("", "a@x.example"), ("B", "b@x.example")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:ann@home.example>", [("", "ann@home.example")]),
        (
            "=?utf-8?q?Ann=2C_Lee_=3Cboss=40evil=2Eexample=3E?= <a@x.example>",
            [("Ann, Lee <boss@evil.example>", "a@x.example")],
        ),
        ('"boss@acme.example" <eve@evil.example>', [("boss@acme.example", "eve@evil.example")]),
        ("Ann <ann@home.example", [("Ann", "ann@home.example")]),
        ("Ann <ann @home.example>", []),
        ("'ann@home.example' <ann@home.example>", [("", "ann@home.example")]),
        ("Jörg Müller <joerg@home.example>", [("Jörg Müller", "joerg@home.example")]),
        ("\u202eAnn\u202c <ann@home.example>", [("Ann", "ann@home.example")]),
        ("not an address", []),
    ],
)
def test_addresses_are_read_as_clients_show_them(value: str, found: list[tuple[str, str]]) -> None:
    """Names, comments, groups and routes are understood; nothing inside a name can pose as an address."""
    assert [(one.name, one.address) for one in message.parse(mail(f"To: {value}")).to] == found


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("Tue, 3 Mar 2026 10:04:00 +0530", "2026-03-03T10:04:00+05:30"),
        ("3 Mar 2026 10:04 GMT", "2026-03-03T10:04:00+00:00"),
        ("Tue, 03 Mar 2026 10:04:00 -0000", "2026-03-03T10:04:00+00:00"),
        ("Tue, 3 Mar 2026 10:04:00", "2026-03-03T10:04:00+00:00"),
        ("Tue, 3 Mar 2026 05:04:00 EST", "2026-03-03T05:04:00-05:00"),
        ("Tue, 3 Mar 2026 10:04:00 +0100 (CET)", "2026-03-03T10:04:00+01:00"),
        ("Tue, 3 Mar 26 10:04:60 +0000", "2026-03-03T10:04:59+00:00"),
    ],
)
def test_dates_keep_the_senders_offset(value: str, iso: str) -> None:
    """The Date field is read in all usual forms, in its own offset; without a zone it is UTC."""
    found = message.parse(mail(f"Date: {value}"), internal_date=ARRIVED)
    assert found.date.isoformat() == iso
    assert found.date_trusted


@pytest.mark.parametrize(
    "value",
    [
        "Sat, 1 Jan 0000 00:00:00 +0000",
        "Tue, 3 Mar 2015 10:04:00 +0000",
        "Tue, 9 Mar 2027 1:00",
        "tomorrow",
        "",
        "1 Jan 99999999 9:99 +9999999",
    ],
)
def test_an_implausible_date_gives_way_to_the_arrival(value: str) -> None:
    """A Date more than two days from the arrival, or none, is not trusted; the defect is said."""
    found = message.parse(mail(f"Date: {value}"), internal_date=ARRIVED)
    assert found.date == ARRIVED
    assert not found.date_trusted
    assert any("Date" in one for one in found.defects)


def test_without_any_date_the_newest_received_field_tells() -> None:
    """Where neither Date nor arrival is known, the topmost Received field is the next best."""
    received = "Received: from a by b; Tue, 3 Mar 2026 10:05:00 +0000"
    older = "Received: from c by a; Mon, 2 Mar 2026 10:05:00 +0000"
    found = message.parse(mail(received, older))
    assert found.date == ARRIVED
    assert not found.date_trusted


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("<[abc@acme.example]>", "[abc@acme.example]"),
        ("<abc@acme.example>\r\n ", "abc@acme.example"),
        ("abc@acme.example", "abc@acme.example"),
        ("  <a b\r\n c@acme.example>", "abc@acme.example"),
        ("<abc\x00\x1b@acme.example>", "abc@acme.example"),
    ],
)
def test_the_key_is_the_message_id_without_brackets(raw: str, key: str) -> None:
    """Exchange's square brackets, folds, blanks and controls in a Message-ID do no harm."""
    assert message.parse(mail(f"Message-ID: {raw}")).key == key


def test_a_mail_without_message_id_has_the_hash_of_its_header_as_key() -> None:
    """The key of a mail without Message-ID is stable and differs from other mails'."""
    one, other = (message.parse(mail("From: a@x.example", f"Subject: {text}")) for text in ("a", "b"))
    assert one.key.startswith("sha256:")
    assert one.message_id == ""
    assert one.key != other.key
    assert one.key == message.parse(mail("From: a@x.example", "Subject: a")).key


def test_lines_that_are_no_fields_are_skipped_and_said() -> None:
    """A broken line in the header costs that line only."""
    found = message.parse(b"From: a@x.example\nthis is broken\nSubject: Hi\n\nText")
    assert found.subject == "Hi"
    assert found.text == "Text"
    assert any("no fields" in one for one in found.defects)


def test_a_mail_without_a_blank_line_still_has_its_text() -> None:
    """Where the blank line is missing, the text begins at the first line that is no field."""
    found = message.parse(b"From: a@x.example\nSubject: Hi\nWe meet on Friday.\nBring nothing.")
    assert found.subject == "Hi"
    assert found.text == "We meet on Friday.\nBring nothing."


@pytest.mark.parametrize("prefix", [b"From ann@home Tue Mar  3 10:04:00 2026\n", b"\r\n\r\n", b">From x\n"])
def test_what_mailboxes_put_before_a_mail_is_skipped(prefix: bytes) -> None:
    """The separator of an mbox file and leading blank lines are not part of the mail."""
    assert message.parse(prefix + b"Subject: Hi\n\nText").subject == "Hi"


def test_line_ends_of_any_kind_are_read() -> None:
    """CRLF, LF and CR line ends give the same mail."""
    octets = b"Subject: Hi\r\nTo: a@x.example\r\n\r\nOne.\r\nTwo.\r\n"
    forms = [octets, octets.replace(b"\r\n", b"\n"), octets.replace(b"\r\n", b"\r")]
    assert {message.parse(one).text for one in forms} == {"One.\nTwo."}


def test_the_first_of_a_doubled_field_counts() -> None:
    """A second From or Subject cannot override the first."""
    found = message.parse(mail("From: a@x.example", "From: b@evil.example", "Subject: one", "Subject: two"))
    assert (found.sender, found.subject) == (Address("", "a@x.example"), "one")


def test_the_header_can_be_read_before_the_body() -> None:
    """Reading the header first and the body later gives the mail that reading it at once gives."""
    octets = mail("From: a@x.example", "Subject: Hi", body="We meet on Friday.")
    head = message.read_header(octets)
    assert (head.message.subject, head.message.text) == ("Hi", "")
    assert octets[head.start :] == b"We meet on Friday."
    assert message.read_body(head, octets) == message.parse(octets)
