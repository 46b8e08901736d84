"""Octets into header fields and parts, within fixed caps (RFC 5322, 2045-2047, 2231).

Own splitting instead of the `email` package, which on hostile mail recurses without bound, takes 24 s
for 64,000 addresses and raises on some of Exchange's fields.  Everything here is linear in the octets
and never raises.  Knows octets, not meaning: what a part says is for others.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote_to_bytes

from daemon.reading.charsets import clean, decode

HEADER_OCTETS = 64_000
VALUE_CHARS = 2_000
FIELDS = 400
DEPTH = 32
PARTS = 100
PART_OCTETS = 1_400_000  # what 1 MB of text takes in base64

_END_OF_HEADER = re.compile(rb"\r?\n[ \t]*(?=\r?\n)|\r\r")
_NEWLINE = re.compile(rb"\r\n|\n|\r")
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:[ \t]*")
_ENCODED_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?]{0,4000})\?=(\s+(?==\?))?")
_PARAMETER = re.compile(
    r";\s*([\w!#$&.+^`{}~*-]{1,60})\s*=\s*(?:\"((?:[^\"\\]|\\.)*+)\"?|([^\s;]*+))", re.DOTALL
)
_NOT_BASE64 = bytes(
    one for one in range(256) if not (chr(one).isascii() and chr(one).isalnum()) and one not in b"+/"
)
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


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the MIME tree; `path` are the multiparts and messages it lies in.

    `octets` are still transfer-encoded, capped, and empty for what is neither text nor a calendar.
    """

    kind: str  # "text/plain", lower-case
    parameters: Mapping[str, str]
    encoding: str
    disposition: str
    filename: str
    octets: bytes
    path: tuple[tuple[int, str], ...]  # (number of the multipart, its subtype), outermost first

    @property
    def is_calendar(self) -> bool:
        return self.kind in ("text/calendar", "application/ics") or self.filename.lower().endswith(".ics")


def split_header(octets: bytes) -> tuple[Header, int]:
    """Return the header and the offset at which the body starts."""
    start = 0
    while octets[start : start + 1] in (b"\r", b"\n") and start < HEADER_OCTETS:
        start += 1
    if octets.startswith((b"From ", b">From "), start):  # mbox separator
        end = octets.find(b"\n", start)
        start = end + 1 if end >= 0 else start
    if (blank := _blank_line(octets, start)) is None:
        return _headerless(octets, start)
    end, body = blank
    values, junk, _ = _scan(octets[start : min(end, start + HEADER_OCTETS)])
    defects = []
    if end - start > HEADER_OCTETS:
        defects.append("header longer than 64 kB: the rest was not read")
    if junk:
        defects.append(f"{junk} header lines are no fields")
    return Header(values, octets[start : min(end, start + HEADER_OCTETS)], tuple(defects)), body


def _blank_line(octets: bytes, start: int) -> tuple[int, int] | None:
    """Return where the header ends and where the body starts, or None without a blank line."""
    match = _END_OF_HEADER.search(octets, start, start + HEADER_OCTETS)
    if match is None:  # a longer header is only skipped
        ends = [at for mark in (b"\n\r\n", b"\n\n") if (at := octets.find(mark, start)) >= 0]
        return (min(ends), octets.find(b"\n", min(ends) + 1) + 1) if ends else None
    end = match.end()
    return match.start(), end + (2 if octets.startswith(b"\r\n", end) else 1 if match[0] != b"\r\r" else 0)


def _headerless(octets: bytes, start: int) -> tuple[Header, int]:
    """Read a message without a blank line: the header ends at the first line that is no field."""
    block = octets[start : start + HEADER_OCTETS]
    values, junk, length = _scan(block, stop_at_junk=True)
    defects = ("no blank line between header and body",) if junk else ()
    return Header(values, block[:length], defects), start + length


def _scan(block: bytes, *, stop_at_junk: bool = False) -> tuple[dict[str, tuple[str, ...]], int, int]:
    """Return fields, the number of lines that are none, and how far was read."""
    found: list[tuple[str, list[bytes]]] = []
    junk = position = 0
    for line in block.splitlines(keepends=True):
        match = _FIELD.match(line)
        if line[:1] in (b" ", b"\t") and found:
            found[-1][1].append(line.strip())
        elif match and len(found) < FIELDS:
            found.append((match[1].decode("ascii").lower(), [line[match.end() :].strip()]))
        elif not match and line.strip():
            junk += 1
            if stop_at_junk:
                return _collect(found), junk, position
        position += len(line)
    return _collect(found), junk, position


def _collect(found: list[tuple[str, list[bytes]]]) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for name, lines in found:
        values[name] = (*values.get(name, ()), decode(b" ".join(lines), "utf-8"))
    return values


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


def leaves(header: Header, octets: bytes, start: int) -> Iterator[Part]:
    """Yield the leaves of the MIME tree in order, at most PARTS of them, no deeper than DEPTH."""
    todo: list[tuple[Header, int, int, tuple[tuple[int, str], ...], str]]
    todo = [(header, start, len(octets), (), "text/plain")]
    seen = 0
    while todo and seen < PARTS:
        head, begin, end, path, default = todo.pop()
        seen += 1
        kind, args = parameters(head.first("content-type") or default)
        major, _, minor = kind.partition("/")
        boundary = args.get("boundary", "")[:200].encode("utf-8", "replace")
        if major == "multipart":
            spans = split_multipart(octets, begin, end, boundary) if boundary and len(path) < DEPTH else []
            inner = "message/rfc822" if minor == "digest" else "text/plain"
            for child in reversed(spans):
                sub, body = _sub_header(octets, *child)
                todo.append((sub, body, child[1], (*path, (seen, minor)), inner))
            if spans:
                continue
            kind = "text/plain"  # without its delimiters it is read as text
        elif kind in ("message/rfc822", "message/global") and len(path) < DEPTH:
            sub, body = _sub_header(octets, begin, end)
            todo.append((sub, body, end, (*path, (seen, "rfc822")), "text/plain"))
            continue
        yield _leaf(kind, args, head, octets, begin, end, path)


def _leaf(
    kind: str,
    args: dict[str, str],
    head: Header,
    octets: bytes,
    begin: int,
    end: int,
    path: tuple[tuple[int, str], ...],
) -> Part:
    disposition, more = parameters(head.first("content-disposition"))
    part = Part(
        kind=kind if "/" in kind else "text/plain",
        parameters=args,
        encoding=head.first("content-transfer-encoding").strip().lower()[:40],
        disposition=disposition,
        filename=decode_words(more.get("filename") or args.get("name", ""))[:255],
        octets=b"",
        path=path,
    )
    if part.kind.startswith("text/") or part.is_calendar:
        part = replace(part, octets=octets[begin : min(end, begin + PART_OCTETS)])
    return part


def _sub_header(octets: bytes, start: int, end: int) -> tuple[Header, int]:
    """Return the header of a part and where its body starts; a part may have an empty header."""
    if octets[start : start + 1] in (b"\r", b"\n"):
        return Header({}, b""), start + (2 if octets.startswith(b"\r\n", start) else 1)
    head, body = split_header(octets[start : min(end, start + HEADER_OCTETS * 2)])
    return head, start + body


def split_multipart(octets: bytes, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
    """Return the spans between the delimiter lines of `boundary`, at most PARTS (RFC 2046 5.1.1)."""
    mark = b"--" + boundary
    spans: list[tuple[int, int]] = []
    open_at: int | None = None
    at = start if octets.startswith(mark, start) else _next_mark(octets, mark, start, end)
    for _ in range(PARTS * 20):  # lines that only begin like the delimiter count too
        if at < 0 or len(spans) >= PARTS:
            break
        after = at + len(mark)
        line_end = octets.find(b"\n", after, min(after + 200, end))
        tail = octets[after : line_end if line_end >= 0 else min(after + 200, end)].strip()
        if tail in (b"", b"--"):
            if open_at is not None:
                spans.append((open_at, _before_newline(octets, open_at, at)))
            if tail:
                return spans
            open_at = line_end + 1 if line_end >= 0 else end
        at = _next_mark(octets, mark, after, end)
    if open_at is not None and len(spans) < PARTS:
        spans.append((open_at, end))
    return spans


def _next_mark(octets: bytes, mark: bytes, start: int, end: int) -> int:
    """Return where the next line begins that starts with `mark`, or -1."""
    at = octets.find(b"\n" + mark, start, end)
    return at + 1 if at >= 0 else -1


def _before_newline(octets: bytes, start: int, at: int) -> int:
    """Return `at` without the line end before it, which belongs to the delimiter."""
    if at > start and octets[at - 1 : at] == b"\n":
        at -= 1
    if at > start and octets[at - 1 : at] == b"\r":
        at -= 1
    return at
