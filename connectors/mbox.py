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

_PIECE = 1 << 16
_SEPARATOR = re.compile(rb"From [^\r\n]{0,300}\b\d\d?:\d\d(?::\d\d)?\b[^\r\n]{0,60}\b(?:19|20)\d\d\b")
_FIELD = re.compile(rb"[!-9;-~]{1,80}[ \t]*:")
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
    doubt = b""
    for line, fresh in _pieces(file):
        if doubt:
            if _FIELD.match(line):
                yield mail.entry()
                mail = _Mail()
            else:
                mail.add(doubt)
            doubt = b""
        if fresh and line[:5] == b"From " and (mail.blank or _SEPARATOR.match(line)):
            doubt = b"" if mail.blank else line
        else:
            mail.add(line)
    mail.add(doubt)
    if not mail.blank:
        yield mail.entry()


def _pieces(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield the lines, very long ones in pieces, and whether a piece begins a line."""
    fresh = True
    while line := file.readline(_PIECE):
        yield line, fresh
        fresh = line.endswith(b"\n")


class _Mail:
    """The mail being read."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._size = 0
        self.blank = True

    def add(self, line: bytes) -> None:
        self.blank = self.blank and not line.strip()
        self._size += len(line)
        if not self.blank and self._size <= MAIL_CAP:
            self._lines.append(line)

    def entry(self) -> Entry:
        """Return the mail, without the empty line the format puts behind it."""
        octets = b"".join(self._lines)
        for end in (b"\r\n\r\n", b"\n\n"):
            if octets.endswith(end):
                octets = octets[: -(len(end) // 2)]
                break
        return Entry(_QUOTED.sub(rb"\1", octets), whole=self._size <= MAIL_CAP)
