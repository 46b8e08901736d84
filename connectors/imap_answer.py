"""What a server answers to FETCH, read from the wire as it comes (RFC 9051 7.5.2).

Octets in, values out.  The server has them from whoever wrote the mail: depth and number are capped, and
nothing recurses.  It must not know which items were asked for, nor why.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

Value = bytes | None | tuple["Value", ...]
"""A string, an atom or a number as octets; NIL; or a parenthesised list."""

BEGINNING = re.compile(rb"\* \d{1,10} FETCH ", re.IGNORECASE)
"""How a line begins with which such an answer begins."""

_TOKEN = re.compile(
    rb"""\ *(?:
        (?P<open>\()
      | (?P<close>\))
      | "(?P<quoted>(?:[^"\\\r\n]|\\.)*)"
      | ~?\{(?P<literal>\d{1,12})\}\r?\n
      | (?P<atom>(?:[^\s()"{\[]|\[[^\]\r\n]*\])+)
    )""",
    re.VERBOSE,
)
_ESCAPED = re.compile(rb"\\(.)")
_DEEPEST = 64
_MOST = 20_000

_DATE = re.compile(rb" ?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS = b"jan feb mar apr may jun jul aug sep oct nov dec".split()


class Source(NamedTuple):
    """Where an answer is read from: the octets of a literal, and the line after it."""

    read: Callable[[int], bytes]
    readline: Callable[[], bytes]


class Nonsense(ValueError):
    """The answer is none; nobody knows what the octets after it are."""


def items(line: bytes, source: Source) -> dict[bytes, Value]:
    """Return the items of the answer that begins with `line`, by their names in capitals.

    Raises Nonsense, and whatever `source` raises.
    """
    begun = BEGINNING.match(line)
    position = begun.end() if begun else 0
    lists: list[list[Value]] = [[]]
    for _ in range(_MOST):
        token = _TOKEN.match(line, position)
        if token is None or (len(lists) == 1 and token.lastgroup != "open"):
            break
        position = token.end()
        kind, value = token.lastgroup, token[token.lastgroup or 0]
        if kind == "literal":
            lists[-1].append(source.read(int(value)))
            line, position = source.readline(), 0
        elif kind == "open":
            if len(lists) > _DEEPEST:
                break
            lists.append([])
        elif kind == "close":
            inner = lists.pop()
            if len(lists) == 1:
                return _pairs(inner)
            lists[-1].append(tuple(inner))
        else:
            lists[-1].append(_ESCAPED.sub(rb"\1", value) if kind == "quoted" else _atom(value))
    raise Nonsense("an answer to FETCH that is none")


def _atom(value: bytes) -> bytes | None:
    return None if value.upper() == b"NIL" else value


def _pairs(found: list[Value]) -> dict[bytes, Value]:
    pairs = zip(found[::2], found[1::2], strict=False)
    return {name.upper(): value for name, value in pairs if isinstance(name, bytes)}


def number(value: Value) -> int:
    """Return a number, or 0 where it is none."""
    return int(value) if isinstance(value, bytes) and value.isdigit() and len(value) <= 20 else 0


def moment(value: Value) -> datetime | None:
    """Return an INTERNALDATE in UTC (RFC 9051 `date-time`), or None where it makes no sense."""
    found = _DATE.fullmatch(value) if isinstance(value, bytes) else None
    if found is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    try:
        ahead = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == b"-" else 1)
        date = (int(year), _MONTHS.index(month.lower()) + 1, int(day), int(hour), int(minute), int(second))
        return datetime(*date, tzinfo=timezone(ahead)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
