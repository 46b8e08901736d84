"""Structured header fields into values: addresses, Message-IDs, dates (RFC 5322 3.3, 3.4, 3.6.4).

Lenient where mailers are sloppy, linear and capped where they are hostile; never raises.
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_tz

from daemon.reading.charsets import clean
from daemon.reading.mime_header import decode_words
from daemon.reading.model import Address

ADDRESSES = 200
ADDRESS_FIELD_CHARS = 32_000
IDS = 100

_PLAIN = re.compile(
    r"\s*(?:\"([^\"\\<>]*)\"|([^\"<>(),;:@\\\[\]]*))\s*<([^<>\s(),\"]{1,254}@[^<>\s(),\"@]{1,253})>\s*"
)
_TOKEN = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"?|<([^<>]*+)>?|([,;])|([()])|\\?([^\"<>,;()\\]+|.)", re.DOTALL)
_ADDR_SPEC = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@[^\s@<>\"(),;:\\/]{1,253}")
_QUOTED_SPEC = re.compile(r"\"[^\"\\\r\n]{1,62}\"@[\w.-]{1,253}")
_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")


def addresses(value: str) -> tuple[Address, ...]:
    """Return the addresses of an undecoded From, To, Cc or Reply-To value, at most ADDRESSES.

    Names are decoded after the split, so that nothing inside an encoded word can pose as an address.
    """
    if match := _PLAIN.fullmatch(value[:1000]):
        return _address(match[1] or match[2] or "", match[3])
    found: list[Address] = []
    words: list[str] = []
    comment: list[str] = []
    spec = None
    depth = 0
    for match in _TOKEN.finditer(value[:ADDRESS_FIELD_CHARS]):
        quoted, angle, separator, bracket, other = match.groups()
        if bracket:
            depth = max(0, depth + (1 if bracket == "(" else -1))
        elif depth:
            comment.append(match[0])
        elif separator:
            found += _one(words, comment, spec)
            words, comment, spec = [], [], None
            if len(found) >= ADDRESSES:
                break
        elif angle is not None:
            spec = spec or angle
        else:
            words.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else other)
    else:
        found += _one(words, comment, spec)
    return tuple(found[:ADDRESSES])


def _one(words: list[str], comment: list[str], spec: str | None) -> tuple[Address, ...]:
    """Return the address made of these pieces, or nothing (a group name, an empty piece)."""
    name = "".join(words).strip()
    if spec is None:
        name = name.rpartition(":")[2].strip() if "@" in name else ""  # a group: "Team: a@x, b@x;"
        bare = _ADDR_SPEC.search(name)
        return _address("".join(comment), bare[0]) if bare else ()
    return _address(name or "".join(comment), spec)


def _address(name: str, spec: str) -> tuple[Address, ...]:
    spec = (
        clean(spec).rpartition(":")[2].strip().rstrip(".").lower()
    )  # <@route:user@host>, <mailto:user@host>
    if len(spec) > 320 or not (_ADDR_SPEC.fullmatch(spec) or _QUOTED_SPEC.fullmatch(spec)):
        return ()
    name = decode_words(name[:1000]).strip().strip("'\"").strip()
    return (Address("" if name.lower() == spec else name[:200], spec),)


def message_ids(value: str) -> tuple[str, ...]:
    """Return the Message-IDs of an In-Reply-To or References value, without brackets, oldest first."""
    value = value[:ADDRESS_FIELD_CHARS]
    found = _ID.findall(value) or [one for one in re.split(r"[\s<>,;]+", value) if "@" in one]
    ids = dict.fromkeys(message_id(one) for one in found[-IDS:])
    ids.pop("", None)
    return tuple(ids)


def message_id(value: str) -> str:
    """Return a Message-ID without brackets, white space and controls, at most 500 characters."""
    value = "".join(clean(value).split())
    match = _ID.search(value)
    return (match[1] if match else value.strip("<>"))[:500]


def date(value: str) -> dt.datetime | None:
    """Return an RFC 5322 date as an aware datetime in its own offset, or None.

    A missing or unknown zone and "-0000" (RFC 5322 3.3: no local time is known) count as UTC.
    """
    try:
        parsed = parsedate_tz(clean(value[:200]))
        if parsed is None or parsed[0] < 100:
            return None
        offset = parsed[9] or 0
        zone = dt.timezone(dt.timedelta(seconds=offset)) if offset else dt.UTC
        return dt.datetime(*parsed[:5], min(parsed[5], 59), tzinfo=zone)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def received_date(values: tuple[str, ...]) -> dt.datetime | None:
    """Return the date of the newest Received field that has one (it stands after the last semicolon)."""
    for value in values[:10]:
        if found := date(value.rpartition(";")[2]):
            return found
    return None
