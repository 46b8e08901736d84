"""Reading an mbox of any size, mail by mail, holding one mail in memory.

Python's own `mailbox` opens the file for writing, walks through all of it first, splits mails at any line
that begins with "From ", and reads a mail whole whatever its size; this reader does none of that.
It must not know what a mail means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

MAIL_CAP = 1 << 25
"""Of a mail longer than this (octets) the beginning is kept."""

_CHUNK = 1 << 20
_LOOK = 1 << 10  # a separator and the field name behind it fit into this
_SEPARATOR = re.compile(
    rb"\nFrom [^\r\n]{0,300}\b\d\d?:\d\d(?::\d\d)?\b[^\r\n]{0,60}\b(?:19|20)\d\d\b[^\r\n]{0,60}\r?\n"
    rb"(?=[!-9;-~]{1,80}[ \t]*:)"
)
_FIRST = re.compile(rb"\s*From [^\n]*\n")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


class Entry(NamedTuple):
    """One mail of an mbox, without its separator; `whole` unless it was too long."""

    octets: bytes
    whole: bool


def begins_mbox(head: bytes) -> bool:
    """Return whether a file that begins so is an mbox rather than a single mail."""
    return head.lstrip(b"\r\n").startswith(b"From ")


def entries(file: BinaryIO) -> Iterator[Entry]:
    """Yield the mails of an mbox, in linear time.

    A separator is a line `From ` with a time and a year on it, before a field of a header; so a sentence
    that begins with "From " is none, whether or not its writer quoted it.
    """
    mail = _Mail()
    for octets, ended in _stretches(file):
        mail.add(octets)
        if ended and not mail.blank:
            yield mail.entry()
            mail = _Mail()
    if not mail.blank:
        yield mail.entry()


def _stretches(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield what stands between separators, in one or more stretches, and whether a mail ends there."""
    held = file.read(_CHUNK)
    first = _FIRST.match(held)
    start = first.end() if first else 0
    while held:
        more = file.read(_CHUNK)
        safe = len(held) - _LOOK if more else len(held)
        while (found := _SEPARATOR.search(held, start)) and found.start() < safe:
            yield held[start : found.start() + 1], True
            start = found.end()
        safe = max(start, safe)
        yield held[start:safe], False
        held, start = held[safe:] + more, 0


class _Mail:
    """The mail being read."""

    def __init__(self) -> None:
        self._stretches: list[bytes] = []
        self._size = 0
        self.blank = True

    def add(self, octets: bytes) -> None:
        self.blank = self.blank and not octets.strip()
        room = max(MAIL_CAP - self._size, 0)
        self._size += len(octets)
        if not self.blank and room:
            self._stretches.append(octets[:room])

    def entry(self) -> Entry:
        """Return the mail, without the empty line the format puts behind it."""
        octets = b"".join(self._stretches)
        for end in (b"\r\n\r\n", b"\n\n"):
            if octets.endswith(end):
                octets = octets[: -(len(end) // 2)]
                break
        plain = _QUOTED.sub(rb"\1", octets) if b">From " in octets else octets
        return Entry(plain, whole=self._size <= MAIL_CAP)
