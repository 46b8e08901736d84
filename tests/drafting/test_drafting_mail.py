"""What a finished draft is on the wire: our fields and no others, whatever the received mail said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from drafting_scene import CASE, CONTEXT, NOW, PRIYA, decision
from hypothesis import given
from hypothesis import strategies as st

from daemon.drafting import mail
from daemon.drafting.compose import compose
from daemon.drafting.mail import DraftFault, Letter
from daemon.drafting.profile import Answered, Quotation
from daemon.reading.model import Address
from policies.case import Direction, DirectionKind, Event, Note, Party

FIELDS = [
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "X-Afterword",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
]  # fmt: skip
LETTER = Letter(
    Address("Sam Lee", "sam@mailbox.example"),
    Address("Priya Shah", "priya@northwind.example"),
    "Re: Your interview",
    NOW,
    "aw.abc@mailbox.example",
    "Dear Priya,\n\nthank you.\n",
    "0123",
)


def read(octets: bytes) -> EmailMessage:
    message = BytesParser(policy=default).parsebytes(octets)
    assert isinstance(message, EmailMessage)
    return message


def test_fields() -> None:
    """A draft has exactly our fields, once each, in one order."""
    assert read(compose(decision(Note.THANK_YOU), CASE, CONTEXT).octets).keys() == FIELDS


def test_thread() -> None:
    """A draft answers the employer's mail: In-Reply-To, References with it last, Re: once."""
    answered = replace(
        CONTEXT.answered or Answered(), references=("<a@x>", "<b@x>"), subject="AW: RE: Re: Hello"
    )
    draft = read(compose(decision(Note.THANK_YOU), CASE, replace(CONTEXT, answered=answered)).octets)
    assert draft["In-Reply-To"] == "<inv1@northwind.example>"
    assert draft["References"].split() == ["<a@x>", "<b@x>", "<inv1@northwind.example>"]
    assert draft["Subject"] == "Re: Hello"


def test_new_thread() -> None:
    """Where there is no mail to answer the draft begins a thread with a subject of its own."""
    draft = read(compose(decision(Note.THANK_YOU), CASE, replace(CONTEXT, answered=None)).octets)
    assert "In-Reply-To" not in draft
    assert "References" not in draft
    assert draft["Subject"] == "Thank you for our conversation about the Data Analyst role"


def test_message_id_is_for_ever() -> None:
    """The Message-ID depends on the account and the decision alone, so lost state makes no second draft."""
    one = compose(decision(Note.THANK_YOU), CASE, CONTEXT)
    later = replace(CONTEXT, now=NOW + timedelta(days=9), answered=None)
    assert compose(decision(Note.THANK_YOU), replace(CASE, role=None), later).message_id == one.message_id
    assert compose(decision(Note.STATUS_CHECK), CASE, CONTEXT).message_id != one.message_id
    assert mail.message_id("other@mailbox.example", decision(Note.THANK_YOU).key) != one.message_id


def test_same_octets() -> None:
    """The same decision in the same context gives the same octets."""
    one, other = (compose(decision(Note.THANK_YOU), CASE, CONTEXT).octets for _ in range(2))
    assert one == other


def test_one_line_paragraphs() -> None:
    """Paragraphs stay single lines, so that no client shows a ragged edge."""
    body = read(compose(decision(Note.THANK_YOU), CASE, CONTEXT).octets).get_content()
    assert max(map(len, body.splitlines())) > 100


@pytest.mark.parametrize(
    ("received", "reply"),
    [
        ("Interview", "Re: Interview"),
        ("Re: RE: re: Interview", "Re: Interview"),
        ("AW: Antw: Interview", "Re: Interview"),
        ("TR : RE : Entretien", "Re: Entretien"),
        ("SV: VS: Haastattelu", "Re: Haastattelu"),
        ("Re[2]: Re(3): Interview", "Re: Interview"),
        ("R: I: Colloquio", "Re: Colloquio"),
        ("Fwd: FW: Interview", "Re: Interview"),
        ("[EXT] Re: Interview", "Re: [EXT] Interview"),
        ("[Jobs] Interview", "Re: [Jobs] Interview"),
        ("Research role: next steps", "Re: Research role: next steps"),
        ("Interview re: 3 March", "Re: Interview re: 3 March"),
        ("", "Re:"),
    ],
)
def test_reply_subject(received: str, reply: str) -> None:
    """However many clients have put their prefix before it, a reply says Re: once."""
    assert mail.reply_subject(received) == reply


@pytest.mark.parametrize(
    "hostile",
    [
        "Hello\r\nBcc: thief@evil.example",
        "Hello\nBcc: thief@evil.example",
        "Hello\rBcc: thief@evil.example",
        "Hello\x0b\x0cBcc: thief@evil.example",
        "Hello\u2028Bcc: thief@evil.example\x85X-Evil: yes",
        "=?utf-8?q?Hello=0D=0ABcc:_thief@evil.example?=",
        "=?utf-7?q?+AA0ACg-Bcc:?= x",
        "\u202ehello\u202c \u200b\ufeff",
        "\0\0" + "x" * 5000,
        "}} {{ ''.__class__ }} {% raw %}",
    ],
)
def test_injection_through_the_answered_mail(hostile: str) -> None:
    """Nothing that subject, names, ids, roles or employers say becomes a field or a recipient."""
    answered = Answered(
        f"<id@x>{hostile}",
        hostile,
        (hostile, f"<a@b> {hostile}"),
        Address(hostile, "x@y.example"),
        NOW,
        hostile,
    )
    case = replace(CASE, employer=hostile, role=hostile[:60])
    context = replace(CONTEXT, answered=answered, quotation=Quotation.CALM)
    for note in (Note.THANK_YOU, Note.STATUS_CHECK, Note.REJECTION_THANKS):
        octets = compose(decision(note, replace(PRIYA, name=hostile)), case, context).octets
        draft = read(octets)
        assert [name for name in draft.keys() if name not in FIELDS] == []  # noqa: SIM118  # repeated ones too
        assert draft["To"].addresses[0].addr_spec == PRIYA.address
        assert b"\nBcc" not in octets
        assert not re.search(rb"[^\r]\n|\r[^\n]|\0", octets)


@given(
    subject=st.text(max_size=300),
    name=st.text(max_size=200),
    body=st.text(max_size=600),
    ids=st.lists(st.text(max_size=80), max_size=30),
    offset=st.integers(-14 * 60, 14 * 60),
)
def test_anything_reads_back(subject: str, name: str, body: str, ids: list[str], offset: int) -> None:
    """Whatever text the fields are made of, the draft is 7-bit, CRLF, and reads back as it was meant."""
    letter = replace(
        LETTER,
        to=Address(name, "priya@northwind.example"),
        subject=mail.reply_subject(subject),
        body=body,
        date=NOW.astimezone(timezone(timedelta(minutes=offset))),
        in_reply_to=mail.bare_id(ids[0]) if ids else "",
        references=mail.threaded(ids, "x@y"),
    )
    octets = mail.octets(letter)
    assert octets.isascii()
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    assert read(octets)["To"].addresses[0].addr_spec == "priya@northwind.example"


def test_short_lines() -> None:
    """Header lines keep to 78 characters where their words allow it (RFC 5322 2.1.1)."""
    letter = replace(
        LETTER,
        to=Address("Wolfeschlegelsteinhausenbergerdorff Ünvér " * 2, "w@northwind.example"),
        subject="Re: Überaus lange Überschrift " * 6,
        references=tuple(f"{i}.{'x' * 40}@northwind.example" for i in range(12)),
    )
    assert max(map(len, mail.octets(letter).split(b"\r\n"))) <= 78


def test_references_are_capped() -> None:
    """A thread of hundreds keeps its first and its last ids, the parent at the end."""
    kept = mail.threaded([f"{i}@x" for i in range(500)], "parent@x")
    assert (kept[0], kept[-1], len(kept)) == ("0@x", "parent@x", 20)


def test_international_domain() -> None:
    """A domain outside ASCII is written in its A-labels (RFC 5890)."""
    assert mail.checked_address("jo@bücher.example") == "jo@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "address",
    ["jürgen@x.example", "a b@x.example", '"a"@x.example', "a@b", "a@-x.example", "@x.example", "",
     "a@x..example", "a@x.example,b@y.example", "a@x.example\r\nBcc: c@d.example", "<a@x.example>",
     "a" * 65 + "@x.example"],
)  # fmt: skip
def test_refused_address(address: str) -> None:
    """An address that cannot be written to plainly is refused with a sentence, not mended."""
    with pytest.raises(DraftFault, match=r"cannot be written to|no valid domain"):
        mail.checked_address(address)


def test_nobody_to_write_to() -> None:
    """A decision without an address makes no draft."""
    with pytest.raises(DraftFault, match="nobody"):
        compose(decision(Note.THANK_YOU, replace(PRIYA, address=None)), CASE, CONTEXT)


def test_only_to_addresses_of_the_case() -> None:
    """An address that no mail of the case showed gets no draft, whoever decided it (P6)."""
    stranger = replace(PRIYA, address="priya@n0rthwind.example")
    with pytest.raises(DraftFault, match="never seen"):
        compose(decision(Note.THANK_YOU, stranger), CASE, CONTEXT)
    told = Direction(DirectionKind.CONTACT_PERSON, "write to", address="priya@n0rthwind.example")
    case = replace(CASE, history=(Event(NOW, "m", Party.EMPLOYER, directions=(told,)),))
    assert compose(decision(Note.THANK_YOU, stranger), case, CONTEXT).letter.to.address == stranger.address


def test_naive_date() -> None:
    """A moment without a zone is refused: the Date field would be a guess."""
    with pytest.raises(DraftFault, match="time zone"):
        mail.octets(replace(LETTER, date=datetime(2026, 3, 4, tzinfo=UTC).replace(tzinfo=None)))


def test_quotation() -> None:
    """A calm quotation stands below the signature, capped and marked; by default there is none."""
    text = "\n".join(f"line {i}" for i in range(100))
    answered = Answered("a@b", "Hi", author=Address("Priya Shah", "p@x"), date=NOW, text=text)
    quoting = replace(CONTEXT, answered=answered, quotation=Quotation.CALM)
    body = compose(decision(Note.STATUS_CHECK), CASE, quoting).body
    assert body.index("Sam Lee") < body.index("On 4 March, Priya Shah wrote:\n> line 0")
    assert body.count("\n>") == 40
    assert ">" not in compose(decision(Note.STATUS_CHECK), CASE, replace(CONTEXT, answered=answered)).body
