"""Octets into the parts of a message, within fixed caps (RFC 2045, 2046).

Own splitting instead of the `email` package, which recurses without bound on nested parts.  Iterative,
linear in the octets, never raises.  Knows structure, not meaning: what a part says is for others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from daemon.reading.mime_header import HEADER_OCTETS, Header, decode_words, parameters, split_header

DEPTH = 32
PARTS = 100
PART_OCTETS = 1_400_000  # what 1 MB of text takes in base64


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
