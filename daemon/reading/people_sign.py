"""The end of a mail: who signed it, and the lines below the name (title, company).

    find(text, signature) -> Signature

Reads the closing words of `lexicon/people.toml`; knows nothing of the header.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from daemon.reading import names
from daemon.reading.lexicon import load
from policies.case import Part

_TAIL = 10  # last lines of the text that may be the closing
_LINES = 14
_LINE = 120
_BY_ORDER = re.compile(r"^(?:i\.\s?a\.|i\.\s?v\.|ppa\.?|p\.p\.|pp|per)\s+", re.IGNORECASE)
_AFTER_NAME = re.compile(r"\s*[|,–—•·(]\s*|\s+-\s+")


@dataclass(frozen=True, slots=True)
class Signature:
    """The name signed with (may be a given name or ""), the words below it, and all lines of the end."""

    name: str = ""
    about: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@cache
def _closing() -> re.Pattern[str]:
    found = sorted(chain.from_iterable(load("people")["closings"].values()), key=len, reverse=True)
    return re.compile(
        rf"(?:{'|'.join(map(re.escape, found))})(?:\s+(?:from|aus|von|de)\s.{{0,20}})?\W*$", re.IGNORECASE
    )


def find(text: str, signature: str) -> Signature:
    """Return how a mail with this new `text` and cut-off `signature` is signed."""
    end = [line.strip() for line in text[-2_000:].split("\n") if line.strip()][-_TAIL:]
    below = [line.strip() for line in signature[:2_000].split("\n") if line.strip()][:_LINES]
    lines = [line[:_LINE] for line in (*end, *below)]
    closings = [n for n, line in enumerate(lines) if _closing().match(line)]
    last = range(len(lines) - 1, len(lines) - 4, -1)
    for start in (*(n + 1 for n in reversed(closings)), len(end), *last):
        if 0 <= start < len(lines) and (found := _named(lines, start)):
            return found
    for start in range(len(lines) - 1, max(-1, len(lines) - 4), -1):  # "Lucile Arnoux, Talent Partner"
        found = _named(lines, start)
        if found and found.about and part_of(found.about[0]) and "," in lines[start]:
            return found
    return Signature(lines=tuple(lines[-4:]))


def _named(lines: Sequence[str], start: int) -> Signature | None:
    """The signature that begins with a name on line `start`, or None."""
    line = _BY_ORDER.sub("", lines[start])
    name, *rest = _AFTER_NAME.split(line, maxsplit=1)
    name = names.tidy(name.strip(" .!*_"))
    if not names.is_name(name) or names.is_role(name) or len(name.split()) > 5:
        return None
    return Signature(name, (*rest, *lines[start + 1 : start + 5]), tuple(lines[start:]))


@cache
def _titles() -> tuple[tuple[Part, re.Pattern[str]], ...]:
    table = load("people")["titles"]
    return tuple((Part(part), _any(table[part])) for part in ("coordinator", "recruiter", "hiring_manager"))


def _any(words: Sequence[str]) -> re.Pattern[str]:
    found = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)", re.IGNORECASE)


def part_of(title: str) -> Part | None:
    """Return the part a person with this title plays ("Talent Partner" recruits), or None."""
    return next((part for part, pattern in _titles() if pattern.search(title)), None)
