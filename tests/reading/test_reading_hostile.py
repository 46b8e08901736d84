"""No mail, however hostile, stops the reading, takes long or takes much memory (FAULTS 18-21)."""

from __future__ import annotations

import dataclasses
import re
import time
import tracemalloc

import pytest
from hostile_mails import MAILS
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.reading import language, message, sender, sentences
from daemon.reading.model import Me, Message

ME = Me(frozenset({"ann@home.example"}))
SECONDS = 0.25
MEGABYTES = 64
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def read(octets: bytes) -> Message:
    found = message.parse(octets)
    sentences.split(found.text)
    language.detect(found.text)
    sender.judge(found, ME)
    return found


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    read(b"From: a@mail.acme.example\r\nContent-Type: text/html\r\n\r\n<p>Thanks, unsubscribe.</p>")


def strings(value: object) -> list[str]:
    """Return every string inside a value."""
    if isinstance(value, str):
        return [value]
    if dataclasses.is_dataclass(value):
        return [one for field in dataclasses.fields(value) for one in strings(getattr(value, field.name))]
    if isinstance(value, dict):
        return [one for item in value.items() for one in strings(item)]
    if isinstance(value, tuple):
        return [one for item in value for one in strings(item)]
    return []


@pytest.mark.parametrize("name", MAILS)
def test_a_hostile_mail_is_read_in_time(name: str) -> None:
    """Every mail of the corpus is read without an exception in a quarter of a second of the processor."""
    taken = []
    for _ in range(3):  # the best of three: other programs run on this machine too
        start = time.process_time()
        read(MAILS[name])
        taken.append(time.process_time() - start)
        if taken[-1] < SECONDS:
            return
    pytest.fail(f"{name}: {min(taken):.3f} s")


@pytest.mark.parametrize("name", MAILS)
def test_a_hostile_mail_takes_little_memory(name: str) -> None:
    """No mail takes more than 64 MB beyond its own size, and nothing invisible is left in any value."""
    tracemalloc.start()
    found = read(MAILS[name])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEGABYTES * 1_000_000 + len(MAILS[name])
    assert not any(FORBIDDEN.search(one) for one in strings(found))
    assert found.key


FIELD_NAMES = (
    "From To Cc Reply-To Subject Date Message-ID References In-Reply-To Received Content-Type"
    " Content-Transfer-Encoding Content-Disposition Auto-Submitted X-"
).split()
CRUMBS = [
    *b'a@x.example < > " ( ) , ; : =?utf-8?q? ?= =?x?b? multipart/mixed ;boundary=b text/html utf-16'.split(),
    *b"message/rfc822 text/calendar ;charset= idna base64 quoted-printable ;filename*0*= ''%41".split(),
    *b"10:00:00 +9999 \\ 1 =".split(),
    *(b"\r\n ", b"Tue, 3 Mar 2026", b"\xff", b"\0", "ü".encode(), "\u202e".encode()),
]
BODIES = [
    *b"<div> </div> <td> <tr> <table> <style> </style> <!-- --> <a href=' '> &#x &amp; > =3D = -- https://".split(),
    *b"Thanks, Priya P.S. unsubscribe <blockquote -----Original Message----- type=cite>".split(b" "),
    *(b"--b\r\n", b"--b--\r\n", b"\r\n", b"\n", b"\r", b"\t", b" ", b"-- ", b"> ", b"Dr. ", b"10. ", b"We "),
    *(b"Content-Type: text/html\r\n\r\n", b"Content-Type: message/rfc822\r\n\r\n", b"\xff\xfe", "ß".encode()),
    *(b"On 1 Jan 2026 A wrote:", b"From: A", b"Sent: B", b"To: C", b"<p style='display:none'>"),
]


@settings(max_examples=250, deadline=None)
@given(
    fields=st.lists(
        st.tuples(st.sampled_from(FIELD_NAMES), st.lists(st.sampled_from(CRUMBS), max_size=8)), max_size=8
    ),
    body=st.lists(st.sampled_from(BODIES), max_size=30),
)
def test_no_structure_raises(fields: list[tuple[str, list[bytes]]], body: list[bytes]) -> None:
    """However fields, parts, markup and quotations are put together, a clean Message comes out."""
    head = b"".join(name.encode() + b": " + b"".join(value) + b"\r\n" for name, value in fields)
    found = read(head + b"\r\n" + b"".join(body))
    assert found.key
    assert found.date.tzinfo is not None
    assert not any(FORBIDDEN.search(one) for one in strings(found))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000))
def test_no_octets_raise(octets: bytes) -> None:
    """Any octets give a Message."""
    assert read(octets).key
