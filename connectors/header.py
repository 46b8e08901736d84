"""The two or three header fields a connector itself needs; everything else belongs to the reading.

It must not know what a mail means.  Input is hostile: the look is capped, linear, and never raises.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

HEADER_CAP = 65536

_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")


def fields(octets: bytes, name: str) -> tuple[str, ...]:
    """Return the values of every field `name` in the header, unfolded, in order (RFC 5322 2.2.3)."""
    head = octets[:HEADER_CAP]
    end = _END.search(head)
    lines = _FOLD.sub(b"", head[: end.start()] if end else head).splitlines()
    wanted = name.lower().encode() + b":"
    return tuple(
        line[len(wanted) :].decode("utf-8", "replace").strip()
        for line in lines
        if line[: len(wanted)].lower() == wanted
    )


def bare_id(text: str) -> str:
    """Return a Message-ID without its angle brackets and the blanks around them."""
    return text.strip().removeprefix("<").removesuffix(">").strip()


def message_id(octets: bytes) -> str:
    """Return the mail's Message-ID without brackets, or nothing."""
    return next((bare_id(value) for value in fields(octets, "Message-ID")), "")


def moment(octets: bytes) -> datetime | None:
    """Return when the mail arrived: the topmost Received field's time, else its Date; None if neither.

    The topmost Received was written by the last server it passed (RFC 5321 4.4), a sent mail has none.
    """
    stamps = [value.rpartition(";")[2] for value in fields(octets, "Received")[:1]]
    for stamp in (*stamps, *fields(octets, "Date")[:1]):
        try:
            found = parsedate_to_datetime(stamp.strip()[:200])
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None
