"""From hostile octets to a draft, through every part of the program: our fields and no others (P5, P6)."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from daemon_process import ADDRESS, invitation
from hand_made import NOW

from connectors.memory import MemoryConnector
from daemon.audit import Audit
from daemon.drafting.profile import Profile
from daemon.mind import User, UserMind
from daemon.reading.model import Me
from daemon.step import Shell
from daemon.store import Store
from policies.settings import Policy

FIELDS = ["From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "X-Afterword",
          "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]  # fmt: skip
THIEF = b"thief@evil.example"
HOSTILE = {
    "encoded line ends in the subject": (
        b"Subject: Interview at Acme: Data Analyst",
        b"Subject: Interview at Acme: =?utf-8?q?Data=0D=0ABcc:_thief=40evil.example?= Analyst",
    ),
    "another charset's line ends in the subject": (
        b"Subject: Interview at Acme: Data Analyst",
        b"Subject: Interview at Acme: =?utf-7?q?+AA0ACg-Bcc:_thief=40evil.example?= Data Analyst",
    ),
    "base64 with line ends in the name": (
        b"From: Lou Park <",
        b"From: =?utf-8?b?TG91DQpCY2M6IHRoaWVmQGV2aWwuZXhhbXBsZQ0K?= <",
    ),
    "an address in the name": (b"From: Lou Park <", b'From: "Lou Park <thief@evil.example>" <'),
    "a second mailbox in From": (b"From: Lou Park <", b"From: thief@evil.example, Lou Park <"),
    "a field in the Message-ID": (
        b"Message-ID: <invitation@acme.example>",
        b"Message-ID: <invitation@acme.example>\n\tBcc: thief@evil.example <x@y>",
    ),
    "a Message-ID with quotes and blanks": (
        b"Message-ID: <invitation@acme.example>",
        b'Message-ID: <"a\\"> Bcc: thief@evil.example <b"@acme.example>',
    ),
    "junk in the References": (
        b"References: <application@mail.example>",
        b"References: <a@b>\n Bcc: thief@evil.example\n <c@d\x00\x0d> <<e@f>> " + b"<g@h>" * 400,
    ),
    "bidi controls": (b"From: Lou Park <", "From: Lou \u202ekraP\u2066 <".encode()),
    "raw octets": (
        b"Subject: Interview at Acme: Data Analyst",
        b"Subject: Interview at Acme: Data \xff\xfe Analyst",
    ),
    "a Reply-To of another's": (b"MIME-Version: 1.0", b"Reply-To: thief@evil.example\nMIME-Version: 1.0"),
    "our own field": (
        b"MIME-Version: 1.0",
        b"X-Afterword: 00000000\nBcc: thief@evil.example\nMIME-Version: 1.0",
    ),
    "a longer name than a line": (b"From: Lou Park <", b"From: " + b"Lou Park " * 300 + b"<"),
}


def drafts(octets: bytes) -> list[bytes]:
    """Return what lies in Drafts after the mail was read and everything due was done."""
    me = Me(frozenset({ADDRESS}), "Ana Ruiz", "Europe/Madrid")
    account, book = MemoryConnector(lambda: NOW), Store.memory().account(ADDRESS, NOW)
    mind = UserMind(User(me, ADDRESS, Profile("Ana Ruiz"), Policy(zone="Europe/Madrid")))
    shell = Shell(account, book, Audit(book.store, None), mind)
    account.deliver(octets, NOW)
    for batch in account.changes(None, NOW - timedelta(days=1)):
        shell.take(batch.messages, NOW, batch.cursor)
    shell.tick(NOW)
    return [stored.octets for stored in account.drafts()]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_invitation_yields_our_fields_or_no_draft(name: str) -> None:
    """Whatever its header says: each draft has our fields once, one recipient of the case, and no other."""
    old, new = HOSTILE[name]
    mail = invitation(NOW - timedelta(hours=1)).replace(b"\r\n", b"\n")
    assert old in mail
    for octets in drafts(mail.replace(old, new, 1).replace(b"\n", b"\r\n")):
        read: EmailMessage = BytesParser(policy=default).parsebytes(octets)
        assert [field for field in FIELDS if field in read.keys()] == read.keys()  # noqa: SIM118  # in order, once
        (to,) = read["To"].addresses
        assert to.addr_spec.endswith("@acme.example")
        assert read["From"].addresses[0].addr_spec == ADDRESS
        assert not re.search(rb"(?m)^(?:Bcc|Cc|Reply-To):", octets.partition(b"\r\n\r\n")[0])
        assert not re.search(rb"[^\r]\n|\r[^\n]|\0", octets)


def test_an_honest_invitation_yields_a_draft_for_each_interviewer() -> None:
    """The same pipeline, the same mail without malice: two drafts."""
    assert len(drafts(invitation(NOW - timedelta(hours=1)))) == 2
