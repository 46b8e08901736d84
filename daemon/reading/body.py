"""Which parts of a mail are its words, and which of the words are new."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

from daemon.reading import html, mime, quotes
from daemon.reading.charsets import clean, decode
from daemon.reading.model import Link
from daemon.reading.sentences import unwrap

TEXT_OCTETS = 1_000_000
CALENDAR_OCTETS = 256_000


@dataclass(frozen=True, slots=True)
class Content:
    """What the parts of a mail hold."""

    text: str = ""
    signature: str = ""
    quoted: str = ""
    calendars: tuple[str, ...] = ()
    jsonld: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()


def read(header: mime.Header, octets: bytes, start: int) -> Content:
    plain, rich, calendars = [], [], []
    for part in mime.leaves(header, octets, start):
        if part.kind == "text/plain" and part.disposition != "attachment":
            plain.append(text_of(part))
        elif part.kind == "text/html" and part.disposition != "attachment":
            rich.append(text_of(part))
        elif part.kind == "text/calendar" or part.filename.lower().endswith(".ics"):
            calendars.append(text_of(part))
    text = "\n".join(plain)
    if rich and (len(text) < 40 or "html" in text[:200].lower()):
        text = "\n".join(html.crude(one) for one in rich)
    new, signature, quoted = quotes.cut(text)
    return Content(text=unwrap(new), signature=signature, quoted=quoted, calendars=tuple(calendars))


def text_of(part: mime.Part) -> str:
    octets = part.octets[: TEXT_OCTETS * 4 // 3]
    if part.encoding == "base64":
        octets = mime.decode_base64(octets)
    elif part.encoding == "quoted-printable":
        octets = binascii.a2b_qp(octets)
    text = decode(octets[:TEXT_OCTETS], part.parameters.get("charset", ""))
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))
