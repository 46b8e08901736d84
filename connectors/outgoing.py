"""The one gate for everything that leaves for a server: values of received mail pass it or do not leave.

A line end inside a Message-ID given to SEARCH is a second command on the wire; a NUL in a draft ends it
early on some servers.  It must not know who asks, nor why.
"""

from __future__ import annotations

import re

from connectors.errors import Refused

_LONGEST = 998  # RFC 5322 2.1.1: the longest line there can be, so the longest Message-ID too
_UNSAFE = re.compile(r"[^\x20-\x7e]")
_LONE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")


def quoted(text: str) -> str:
    """Return `text` as an IMAP quoted string (RFC 9051 4.3).

    Raises Refused where it holds anything but printable ASCII, or is empty or longer than a line of mail.
    """
    if not 0 < len(text) <= _LONGEST or _UNSAFE.search(text):
        raise Refused("A Message-ID with characters that no mail may carry was not sent to the server.")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def checked_draft(octets: bytes) -> bytes:
    """Return `octets` if every server can store them as they are: CRLF line ends only, no NUL, a header.

    Raises Refused otherwise, for a draft that was altered on its way could never be told from an edited one.
    """
    if not octets or b"\0" in octets or _LONE_LINE_END.search(octets):
        raise Refused(
            "The draft was not stored: it has line ends other than CRLF, or a NUL.",
            hint="This is a mistake of the program, please report it.",
        )
    return octets
