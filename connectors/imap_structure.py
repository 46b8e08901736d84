"""The text of a mail too large to fetch: which parts to ask for, and the smaller mail made of them.

Octets in, octets out; it must not know the connection.  The structure comes from the server, who has it
from the sender: depth and number are capped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

PART_CAP = 1 << 18
"""At most so many octets of one part."""

HEADER_CAP = 1 << 16
_MOST_PARTS = 100
_DEEPEST = 32
_KEPT = {"text/plain", "text/html", "text/calendar", "application/ics"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a mail: its section number (RFC 9051 6.4.5), its type, and the parts inside it.

    `section` is empty for the mail itself.  `boundary` is set for a multipart.
    """

    section: str
    kind: str
    boundary: bytes = b""
    inside: tuple[Part, ...] = ()

    @property
    def kept(self) -> bool:
        """Return whether its content is fetched; other parts keep their header only."""
        return self.kind in _KEPT

    def walk(self) -> Iterator[Part]:
        """Yield this part and all inside it, in the order they are written."""
        yield self
        for part in self.inside:
            yield from part.walk()


def tree(structure: Any) -> Part:
    """Return the parts of a mail from its BODYSTRUCTURE (RFC 9051 7.5.2), nested tuples of octets.

    Raises ValueError where that makes no sense or is more than anybody writes.
    """
    root = _part(structure, "", _DEEPEST)
    if sum(1 for _ in root.walk()) > _MOST_PARTS:
        raise ValueError("too many parts")
    return root


def _part(structure: Any, section: str, depth: int) -> Part:
    if not depth or not isinstance(structure, tuple) or len(structure) < 2:
        raise ValueError("no such structure")
    parts = tuple(takewhile(lambda each: isinstance(each, tuple), structure))
    kind, *parameters = structure[len(parts) :] or (None,)
    if not parts:
        major, minor = _word(kind), _word(parameters[0])
        if not minor or major == "multipart":
            raise ValueError("a multipart without parts")
        return Part(section, f"{major}/{minor}")
    prefix = f"{section}." if section else ""
    inside = tuple(_part(each, f"{prefix}{number}", depth - 1) for number, each in enumerate(parts, start=1))
    boundary = _parameter(parameters[0] if parameters else None, b"boundary")
    if not boundary:
        raise ValueError("a multipart without a boundary")
    return Part(section, f"multipart/{_word(kind)}", boundary, inside)


def _word(value: Any) -> str:
    return value.decode("ascii", "replace").lower() if isinstance(value, bytes) else ""


def _parameter(parameters: Any, name: bytes) -> bytes:
    """Return a value of a parenthesised list `name value name value` (RFC 9051 7.5.2), or nothing."""
    flat = parameters if isinstance(parameters, tuple) else ()
    pairs = zip(flat[::2], flat[1::2], strict=False)
    found = (v for k, v in pairs if isinstance(k, bytes) and isinstance(v, bytes) and k.lower() == name)
    return next(found, b"")


def items(root: Part) -> tuple[str, ...]:
    """Return what to FETCH: the header, every part's own header, and the beginning of every text."""
    wanted = [f"BODY.PEEK[HEADER]<0.{HEADER_CAP}>"]
    if root.kept:
        wanted.append(f"BODY.PEEK[TEXT]<0.{PART_CAP}>")
    for part in root.walk():
        if part.section:
            wanted.append(f"BODY.PEEK[{part.section}.MIME]<0.{HEADER_CAP}>")
            if part.kept:
                wanted.append(f"BODY.PEEK[{part.section}]<0.{PART_CAP}>")
    return tuple(wanted)


def rebuild(root: Part, answer: Mapping[bytes, Any]) -> bytes:
    """Return a mail of the same shape with only the texts in it, from the answer to `items`."""
    header = _header(_section(answer, "HEADER"))
    body = _section(answer, "TEXT") if not root.inside else _multipart(root, answer)
    return header + body


def _multipart(part: Part, answer: Mapping[bytes, Any]) -> bytes:
    """Return the body of a multipart (RFC 2046 5.1.1)."""
    delimiter = b"--" + part.boundary
    written = [delimiter + b"\r\n" + _inner(each, answer) + b"\r\n" for each in part.inside]
    return b"".join(written) + delimiter + b"--\r\n"


def _inner(part: Part, answer: Mapping[bytes, Any]) -> bytes:
    body = _multipart(part, answer) if part.inside else _section(answer, part.section) if part.kept else b""
    return _header(_section(answer, f"{part.section}.MIME")) + body


def _section(answer: Mapping[bytes, Any], name: str) -> bytes:
    """Return one section of the answer; servers write the origin of a partial one, or do not."""
    for key in (f"BODY[{name}]<0>", f"BODY[{name}]"):
        value = answer.get(key.encode("ascii"))
        if isinstance(value, bytes):
            return value
    return b""


def _header(octets: bytes) -> bytes:
    """Return a header with its closing empty line; of one cut short, the whole lines."""
    if len(octets) >= HEADER_CAP:
        octets = octets[: octets.rfind(b"\r\n") + 2]
    return octets.rstrip(b"\r\n") + b"\r\n\r\n" if octets.strip() else b"\r\n"
