"""Answers to FETCH, as servers write them and as they should never be written."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.imap_answer import BEGINNING, Nonsense, Source, Value, items, moment, number


def read(octets: bytes) -> dict[bytes, Value]:
    """Return the items of an answer that is all there."""
    stream = io.BytesIO(octets)
    return items(stream.readline(), Source(stream.read, stream.readline))


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"* 1 FETCH (UID 7 RFC822.SIZE 44)\r\n", {b"UID": b"7", b"RFC822.SIZE": b"44"}),
        (b"* 1 fetch (body[] {5}\r\na\r\nb) uid 7)\r\n", {b"BODY[]": b"a\r\nb)", b"UID": b"7"}),
        (b"* 1 FETCH (BODY[]<0> {0}\r\n BODY[TEXT] NIL)\r\n", {b"BODY[]<0>": b"", b"BODY[TEXT]": None}),
        (b'* 1 FETCH (BODY[FIELDS (A "B C")] "a\\"b")\r\n', {b'BODY[FIELDS (A "B C")]': b'a"b'}),
        (b"* 1 FETCH (FLAGS (\\Seen $Junk x]y) MODSEQ (9))\r\n", {
            b"FLAGS": (b"\\Seen", b"$Junk", b"x]y"), b"MODSEQ": (b"9",),
        }),
        (b"* 1 FETCH (BODY[] ~{1}\r\n\0)\r\n", {b"BODY[]": b"\0"}),
        (b"* 1 FETCH (BODY[] {3}\nabc)\n", {b"BODY[]": b"abc"}),
        (b'* 1 FETCH (X (("a" NIL)((b) {1}\r\nc)))\r\n', {b"X": ((b"a", None), ((b"b",), b"c"))}),
        (b"* 1 FETCH ()\r\n", {}),
    ],
)  # fmt: skip
def test_what_servers_write(octets: bytes, expected: dict[bytes, Value]) -> None:
    """Strings, literals, lists and sections come out as they are meant, in any letter case."""
    assert read(octets) == expected


@pytest.mark.parametrize(
    "octets",
    [
        b"* 1 FETCH UID 7\r\n",
        b"* 1 FETCH (UID 7\r\n",
        b"* 1 FETCH (BODY[] {-5}\r\n",
        b"* 1 FETCH (BODY[] {99999999999999999999}\r\n",
        b'* 1 FETCH (X "open)\r\n',
        b"* 1 FETCH (BODY[ x)\r\n",
        b"* 1 FETCH " + b"(" * 20_000 + b"\r\n",
        b"* 1 FETCH (" + b"a " * 200_000 + b")\r\n",
        b"* 1 FETCH (" + b"[" * 200_000 + b")\r\n",
        b'* 1 FETCH (X "' + b"\\" * 200_001 + b'")\r\n',
    ],
    ids=range(10),
)
def test_what_none_should_write(octets: bytes) -> None:
    """Whatever is no answer is told from one, soon, and without recursion."""
    with pytest.raises(Nonsense):
        read(octets)


@given(st.binary(max_size=200) | st.text('()[]{}" \\\r\n19aUID', max_size=200).map(str.encode))
def test_any_octets(octets: bytes) -> None:
    """Any octets after the beginning are items or nonsense, and nothing else."""
    line = b"* 1 FETCH (" + octets + b"\r\n"
    assert BEGINNING.match(line)
    try:
        found = read(line)
    except Nonsense:
        return
    assert all(isinstance(name, bytes) and name == name.upper() for name in found)


@given(st.dictionaries(st.from_regex(rb"BODY\[[A-Z0-9.]{0,9}\]", fullmatch=True), st.binary(max_size=50)))
def test_literals_round_trip(sections: dict[bytes, bytes]) -> None:
    """What a server sends as literals comes out octet for octet."""
    written = b" ".join(b"%s {%d}\r\n%s" % (name, len(value), value) for name, value in sections.items())
    assert read(b"* 1 FETCH (" + written + b")\r\n") == sections


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"17-Jul-2026 02:44:25 -0700", datetime(2026, 7, 17, 9, 44, 25, tzinfo=UTC)),
        (b" 1-jan-2026 00:00:00 +0530", datetime(2025, 12, 31, 18, 30, tzinfo=UTC)),
        (b"99-Foo-2026 10:00:00 +0000", None),
        (b"31-Feb-2026 10:00:00 +0000", None),
        (b"01-Jan-0001 00:00:00 +0200", None),
        (b"01-Jan-2026 00:00:00 +9999", None),
        (b"", None),
        (None, None),
        ((b"x",), None),
    ],
)
def test_internal_dates(written: Value, expected: datetime | None) -> None:
    """An INTERNALDATE is a moment in UTC, or nothing where it makes no sense."""
    assert moment(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"), [(b"44", 44), (b"-1", 0), (b"x", 0), (None, 0), (b"9" * 30, 0)]
)
def test_numbers(written: Value, expected: int) -> None:
    """A number is one, or 0."""
    assert number(written) == expected
