"""Time zones: the words people write for them, and the one a sender sits in.

Knows the words (`lexicon/zones.toml`) and the IANA rules, never dates or interviews.  A zone that cannot
be told is said to be unknown (`known` is false), with the likeliest one beside it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from daemon.reading.lexicon import load

_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+−–-])\s?(\d{1,2})(?::?([0-5]\d))?$")
_IANA = re.compile(r"[A-Z][a-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?$")
_UTC = ZoneInfo("Etc/UTC")
_TEXT_LIMIT = 20_000  # characters searched for dialling codes


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone, whether it was told or only assumed, and the words that told it."""

    rules: dt.tzinfo
    known: bool = True
    words: str = ""


@cache
def _words() -> Mapping[str, Any]:
    return load("zones")


@cache
def named(name: str) -> ZoneInfo | None:
    """Return the zone with this IANA or Windows name, or None where there is none (or it is a path)."""
    name = name.strip().strip("/\"'")
    if " " in name:  # Windows' names have spaces, IANA's have not
        from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # 0.3 s to load

        name = WINDOWS_TO_OLSON.get(name, "")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def _pattern() -> re.Pattern[str]:
    """One pattern for every way a zone is written, as the group `zone`."""
    words = _words()
    places = _alternatives(words["places"])
    named_words = _alternatives(name for name in words["names"] if " " in name)
    regions = _alternatives(name for name in words["names"] if " " not in name)
    owners = _alternatives(chain(words["owners"]["yours"], words["owners"]["ours"]))
    return re.compile(
        r"(?P<zone>"
        r"(?:UTC|GMT)\s?[+−–-]\s?\d{1,2}(?::?[0-5]\d)?(?!\d)"
        rf"(?:\)\s(?i:(?:{regions})(?:\stime)?|{places})\b)?"
        r"|(?<=[\s(])[+−-](?:0\d|1[0-4]):?[0-5]\d(?!\d)"
        rf"|\b(?:{_alternatives(words['abbreviations'])})\b(?!-)"
        r"|\b(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Z][A-Za-z_]{2,30}"
        r"(?:/[A-Z][A-Za-z_]{2,30})?"
        rf"|(?i:\b(?:{regions})(?:\s(?:standard|daylight|summer))?\stime\b(?:\s-\s(?:{places})\b)?)"
        rf"|(?i:\b(?:{named_words})\b)"
        rf"|(?i:\b(?:{owners})\b(?:\s(?:in|à|en)\s(?:{places})\b)?)"
        rf"|(?i:\b(?:{places})(?:\s(?:local\s)?time\b|er\szeit\b|-zeit\b|\stijd\b))"
        rf"|(?i:\b(?:heure|hora|horário|ora|zeit|tijd|time)\s(?:locale?\s)?(?:de\s|di\s|do\s|da\s|d'|in\s)?(?:{places})\b)"
        rf"|(?i:\b(?:{regions})\b)(?!\s[A-Z])"
        r")"
    )


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def mentions(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, words) of every zone written in `text`."""
    for match in _pattern().finditer(text):
        yield match.start("zone"), match.end("zone"), match["zone"]


def understand(words: str, home: Zone, reader: str = "") -> Zone | None:
    """Return the zone `words` name; None for "your time" where the reader's zone is not known.

    `home` is the sender's zone, which tells "our time" and which of several zones an abbreviation
    means; `reader` the user's IANA zone.
    """
    lexicon = _words()
    lower = " ".join(words.lower().split())
    if (offset := _OFFSET.match(words)) is not None:
        return Zone(_fixed(offset), True, words)
    if ")" in words:  # "(GMT-05:00) Eastern Time": the offset is the winter's all year, the name is right
        lower = lower.partition(")")[2].strip()
    if words in lexicon["abbreviations"]:
        return Zone(_abbreviated(words, home), True, words)
    if _IANA.match(words):
        zone = named(words)
        return Zone(zone, True, words) if zone else None
    if any(lower.startswith(name) for name in lexicon["owners"]["yours"]):
        place = _by_name(lower, lexicon["places"], anywhere=True) or _reader(reader)
        return Zone(place, True, words) if place else None
    if any(lower.startswith(name) for name in lexicon["owners"]["ours"]):
        place = _by_name(lower, lexicon["places"], anywhere=True)
        return Zone(place, True, words) if place else Zone(home.rules, home.known, words)
    found = _by_name(lower, lexicon["names"]) or _by_name(lower, lexicon["places"], anywhere=True)
    return Zone(found, True, words) if found else None


def _by_name(lower: str, names: Mapping[str, str], *, anywhere: bool = False) -> ZoneInfo | None:
    for name in sorted(names, key=len, reverse=True):
        if lower.startswith(name) or (anywhere and re.search(rf"\b{re.escape(name)}\b", lower)):
            return named(names[name])
    return None


def _fixed(match: re.Match[str]) -> dt.tzinfo:
    sign = 1 if match[1] == "+" else -1
    hours = int(match[2])
    minutes = int(match[3] or 0)
    if hours > 14:
        return dt.UTC
    return dt.timezone(sign * dt.timedelta(hours=hours, minutes=minutes))


def _abbreviated(words: str, home: Zone) -> dt.tzinfo:
    """The zone an abbreviation means to a sender in `home`: "IST" is not only India's."""
    for other in _words()["second"]:
        if other["abbreviation"] == words and getattr(home.rules, "key", "") == other["zone"]:
            return home.rules
    zone = named(_words()["abbreviations"][words])
    return zone or _UTC


def _reader(reader: str) -> ZoneInfo | None:
    """The user's own zone, None where it is only the default."""
    return named(reader) if reader and reader.upper() not in {"UTC", "ETC/UTC"} else None


def home(
    sent: dt.datetime,
    *,
    reader: str = "",
    country: str = "",
    domain: str = "",
    language: str = "en",
    text: str = "",
) -> Zone:
    """Return the zone a sender sits in, whose mail says it was sent at `sent` in their own offset.

    The offset alone does not tell when clocks change, so the zone is looked for among those of the
    sender's country (given, or told by the domain's ending or a dialling code in `text`), the user's
    own, and those of the language.  An offset of zero without other evidence is often a server's, not a
    person's: the result is then marked as not known.
    """
    offset = sent.utcoffset() or dt.timedelta()
    evidence = list(_countries(country, domain, text))
    for name in evidence:
        for zone in _in_country(name):
            if sent.astimezone(zone).utcoffset() == offset:
                return Zone(zone)
    own = _reader(reader)
    if own is not None and sent.astimezone(own).utcoffset() == offset:
        return Zone(own)
    if not offset and own is not None:
        return Zone(own, known=False)
    for zone in _likely(language):
        if sent.astimezone(zone).utcoffset() == offset:
            return Zone(zone, known=bool(offset))
    return Zone(dt.timezone(offset), known=bool(offset))


def _countries(country: str, domain: str, text: str) -> Iterator[str]:
    lexicon = _words()
    if country:
        yield country.partition("-")[0].upper()
    ending = domain.rpartition(".")[2].lower()
    if len(ending) == 2:
        yield lexicon["tlds"].get(ending, ending.upper())
    for match in re.finditer(r"(?:\+|\b00)(\d{2,3})[\s(./-]", text[:_TEXT_LIMIT]):
        for digits in (match[1], match[1][:2]):
            if digits in lexicon["phones"]:
                yield lexicon["phones"][digits]
                break


@cache
def _in_country(country: str) -> tuple[ZoneInfo, ...]:
    return tuple(filter(None, map(named, _words()["countries"].get(country, ()))))


@cache
def _likely(language: str) -> tuple[ZoneInfo, ...]:
    lexicon = _words()
    countries = lexicon["languages"].get(language, ())
    zones = chain.from_iterable(_in_country(country) for country in countries)
    return (*zones, *filter(None, map(named, lexicon["anywhere"]["zones"])))
