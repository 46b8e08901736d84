"""The header of a message or part: octets into fields, words and parameters (RFC 5322 2.2, 2047, 2231).

Own scanning instead of the `email` package, which on hostile mail takes 24 s for 64,000 addresses and
raises on some of Exchange's fields.  Linear, capped, never raises.  Knows no field's meaning.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from daemon.reading.charsets import clean, decode

HEADER_OCTETS = 64_000
VALUE_CHARS = 2_000
FIELDS = 400

_END_OF_HEADER = re.compile(rb"\r?\n[ \t]*(?=\r?\n)|\r\r")
_FOLD = re.compile(r"[ \t]*+\n[ \t]++")
_FIELD_NAME = re.compile(r"[!-9;-~]{1,100}[ \t]*")
_ENCODED_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?]{0,4000})\?=(\s+(?==\?))?")
_PARAMETER = re.compile(
    r";\s*([\w!#$&.+^`{}~*-]{1,60})\s*=\s*(?:\"((?:[^\"\\]|\\.)*+)\"?|([^\s;]*+))", re.DOTALL
)
_NOT_BASE64 = bytes({*range(256)} - {*b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"})
_Q_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a message or part: the first value of each field, raw but unfolded, and all values."""

    values: Mapping[str, tuple[str, ...]]
    raw: bytes
    defects: tuple[str, ...] = ()

    def first(self, name: str) -> str:
        """Return the first value of field `name` (lower-case), undecoded, or an empty string."""
        values = self.values.get(name)
        return values[0] if values else ""


def split_header(octets: bytes) -> tuple[Header, int]:
    """Return the header and the offset at which the body starts."""
    start = _start(octets)
    blank = _blank_line(octets, start)
    end, body = blank or (len(octets), len(octets))
    values, junk = _fields(octets[start : min(end, start + HEADER_OCTETS)])
    defects = []
    if blank is None and junk:
        defects.append("no blank line between header and body")
        end = body = _first_junk(octets, start)
        values, junk = _fields(octets[start:end])
    if end - start > HEADER_OCTETS:
        defects.append("header longer than 64 kB: the rest was not read")
    if junk:
        defects.append(f"{junk} header lines are no fields")
    return Header(values, octets[start : min(end, start + HEADER_OCTETS)], tuple(defects)), body


def _start(octets: bytes) -> int:
    """Return where the first field begins: after blank lines and the separator of an mbox file."""
    start = 0
    while octets[start : start + 1] in (b"\r", b"\n") and start < HEADER_OCTETS:
        start += 1
    if octets.startswith((b"From ", b">From "), start):
        end = octets.find(b"\n", start)
        start = end + 1 if end >= 0 else start
    return start


def _blank_line(octets: bytes, start: int) -> tuple[int, int] | None:
    """Return where the header ends and where the body starts, or None without a blank line."""
    match = _END_OF_HEADER.search(octets, start, start + HEADER_OCTETS)
    if match is None:  # a longer header is only skipped
        ends = [at for mark in (b"\n\r\n", b"\n\n") if (at := octets.find(mark, start)) >= 0]
        return (min(ends), octets.find(b"\n", min(ends) + 1) + 1) if ends else None
    end = match.end()
    return match.start(), end + (2 if octets.startswith(b"\r\n", end) else 1 if match[0] != b"\r\r" else 0)


def _first_junk(octets: bytes, start: int) -> int:
    """Return where the first line stands that is neither a field nor goes on with one."""
    position = start
    for line in octets[start : start + HEADER_OCTETS].splitlines(keepends=True):
        if line[:1] not in b" \t" and _field(decode(line, "utf-8")) is None:
            break
        position += len(line)
    return position


def _fields(block: bytes) -> tuple[dict[str, tuple[str, ...]], int]:
    """Return the values of each field, undecoded, and the number of lines that are no fields."""
    text = decode(block, "utf-8")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    values: dict[str, tuple[str, ...]] = {}
    junk = count = 0
    for line in _FOLD.sub(" ", text).split("\n"):
        if (field := _field(line)) is None:
            junk += bool(line.strip())
        elif (count := count + 1) <= FIELDS:
            values[field[0]] = (*values.get(field[0], ()), field[1])
    return values, junk


def _field(line: str) -> tuple[str, str] | None:
    name, colon, value = line.partition(":")
    if not colon or not _FIELD_NAME.fullmatch(name):
        return None
    return name.rstrip().lower(), value.strip()


def decode_words(value: str) -> str:
    """Return `value` with RFC 2047 encoded words decoded, control characters stripped, capped."""
    value = value[: VALUE_CHARS * 4]
    if "=?" in value:
        value = _join_words(value)
    return clean(" ".join(value.split()))[:VALUE_CHARS]


def _join_words(value: str) -> str:
    """Decode encoded words; neighbours of one charset are joined before decoding (split characters)."""
    out: list[str] = []
    pending, charset, position = b"", "", 0
    for match in _ENCODED_WORD.finditer(value):
        between = value[position : match.start()]
        if pending and (between or match[1].lower() != charset):
            out.append(decode(pending, charset))
            pending = b""
        out.append(between)
        charset = match[1].lower()
        pending += _word_octets(match[2], match[3])
        position = match.end()
        if match[4] is None:
            out.append(decode(pending, charset))
            pending = b""
    out.append(decode(pending, charset) if pending else "")
    out.append(value[position:])
    return "".join(out)


def _word_octets(encoding: str, text: str) -> bytes:
    octets = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return _Q_ESCAPE.sub(lambda m: bytes((int(m[1], 16),)), octets.replace(b"_", b" "))
    return decode_base64(octets)


def decode_base64(octets: bytes) -> bytes:
    """Return decoded base64, as much as can be; junk characters and missing padding are forgiven."""
    octets = octets.translate(None, _NOT_BASE64)
    usable = len(octets) - (len(octets) % 4 == 1)
    return binascii.a2b_base64(octets[:usable] + b"=" * (-usable % 4))


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return a structured field's value in lower case and its parameters (RFC 2231 joined and decoded)."""
    main, separator, rest = value[: VALUE_CHARS * 4].partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _PARAMETER.finditer(separator + rest):
        name, text = match[1].lower(), re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
        if "*" in name:
            base, *flags = name.split("*")
            number = int(flags[0]) if flags[0].isdecimal() and len(flags[0]) < 4 else 0
            pieces.setdefault(base, []).append((number, flags[-1] == "", text))
        else:
            plain.setdefault(name, text)
    extended = {name: _join_pieces(found) for name, found in pieces.items()}
    return clean(main.strip().lower()), {name: clean(text) for name, text in (plain | extended).items()}


def _join_pieces(found: list[tuple[int, bool, str]]) -> str:
    """Join RFC 2231 continuations; the first encoded piece names the charset: utf-8'de'na%C3%AFv."""
    found.sort(key=lambda piece: piece[0])
    charset, octets = "utf-8", b""
    for index, (_, encoded, text) in enumerate(found):
        if encoded and index == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        octets += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return decode(octets, charset)
