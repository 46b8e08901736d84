"""Times of day and lengths written in a sentence: "2:30–3:15 PM", "um halb drei", "10h30", "45 minutes".

    find(sentence, words, taken, dated=...) -> the times, in order, ranges joined
    lengths(sentence, words) -> the lengths in minutes

A bare number is an hour only where the words around it say so.  Hours without a meridiem are read as
people mean them in working life: "at 3" is 15:00, "at 9" is 9:00.  Knows nothing of days or interviews.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from daemon.reading.when_words import Words, any_of

_EARLIEST = 7  # o'clock: a smaller hour without a meridiem is one of the afternoon
_BEFORE = 24  # characters before a bare number that may say it is an hour
_SLOT = 120  # minutes: "between" two times further apart is no slot
_GAP = 16  # characters between the ends of a range
_MAX = 60  # times looked at in one sentence
_ZONE = r"(?:\s?\(?[A-Z]{2,4}\)?)?"
_DASH = r"\s{0,2}(?:[-–—−]|->|→){1,2}\s{0,2}"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as written, or a range of them: its span and the wall times.

    `window` marks "between 10 and 4": a span in which something may be, not its start and end.
    """

    start: int
    end: int
    begins: dt.time
    ends: dt.time | None = None
    window: bool = False


@dataclass(frozen=True, slots=True)
class _Raw:
    """A number that may be a time.  `sure` means it is one wherever it stands."""

    start: int
    end: int
    hour: int
    minute: int
    meridiem: str
    sure: bool
    dotted: bool = False
    padded: bool = False  # "09", "14": written on the 24-hour clock


@cache
def _pattern(words: Words) -> re.Pattern[str]:
    meridiem, hour = any_of(words.meridiems), words.alternatives["hour"]
    number = rf"(?:2[0-4]|[01]?\d|{any_of(words.numbers)})"
    spoken = "|".join(
        re.escape(text).replace(r"\{\}", rf"(?P<s{n}>{number})").replace(r"\ ", r"\s+")
        for n, (text, _) in enumerate(words.spoken)
    )
    return re.compile(
        rf"(?<!\w)(?:{spoken})(?!\w)(?:\s?(?P<mer0>{meridiem})(?!\w))?"
        rf"|(?<!\w)(?P<noon>{words.alternatives['noon']})(?!\w)"
        rf"|(?<![\w.:/+-])(?P<mil>(?:[01]\d|2[0-3])[0-5]\d)(?=\s?(?:hrs|hours|h|uhr)(?!\w))\s?(?:hrs|hours|h|uhr)"
        rf"|(?<![\w:/+#€$£])(?<!\d[.,])(?P<h>2[0-4]|[01]?\d)(?!\d)"
        rf"(?:(?P<sep>\s?[:.,]|\s?h(?:eures?)?\s?)(?P<m>[0-5]\d)(?![\d:]))?"
        rf"(?:\s?(?P<hw>{hour})(?!\w))?(?:\s?(?P<mer>{meridiem})(?![\w]))?(?:\s(?P<hw2>{hour})(?!\w))?"
        rf"|(?<!\w)(?P<word>{any_of(words.numbers)})(?:\s(?P<hw3>{hour}))?(?:\s(?P<mer2>{meridiem}))?(?!\w)",
        re.IGNORECASE,
    )


@cache
def _contexts(words: Words) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What stands before an hour, between the ends of a range, between choices, and in a time label."""
    lists = words.alternatives
    at = re.compile(rf"(?:^|[\s(,])(?:{lists['at']})\s?$", re.IGNORECASE)
    between = re.compile(rf"{_ZONE}(?:{_DASH}|\s(?:{lists['range']})\s)(?:{lists['at']})?\s?$", re.IGNORECASE)
    choice = re.compile(
        rf"\s?(?:,|/|{lists['or']}|,\s(?:{lists['or']}))\s(?:{lists['at']})?\s?$", re.IGNORECASE
    )
    label = re.compile(rf"^\W*(?:{any_of((*words.labels['time'], *words.labels['end']))})\W+$", re.IGNORECASE)
    return at, between, choice, label


def find(sentence: str, words: Words, taken: Sequence[tuple[int, int]], *, dated: bool) -> tuple[Clock, ...]:
    """Return the times of day in `sentence`, in order.

    `taken` are spans that are dates; `dated` says a day is known, so that a bare "at 10" is an hour.
    """
    raws = _raws(sentence, words, taken)
    found: list[Clock] = []
    index, accepted_until = 0, -1
    while index < len(raws):
        raw = raws[index]
        other = raws[index + 1] if index + 1 < len(raws) else None
        if (
            other is not None
            and _joined(raw, other, sentence, words)
            and _is_range(raw, other, sentence, words, dated=dated)
        ):
            found.append(_range(raw, other, sentence))
            accepted_until = other.end
            index += 2
            continue
        if raw.sure or _is_time(raw, sentence, words, accepted_until, dated=dated):
            found.append(Clock(raw.start, raw.end, _wall(raw)))
            accepted_until = raw.end
        index += 1
    return tuple(found)


def _raws(sentence: str, words: Words, taken: Sequence[tuple[int, int]]) -> list[_Raw]:
    found: list[_Raw] = []
    for match in _pattern(words).finditer(sentence):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        raw = _raw(match, words)
        if raw is not None:
            found.append(raw)
        if len(found) >= _MAX:
            break
    return found


def _raw(match: re.Match[str], words: Words) -> _Raw | None:
    group = match.groupdict()
    start, end = match.start(), match.start() + len(match[0].rstrip())
    meridiem = _meridiem(group["mer"] or group["mer0"] or group["mer2"] or "", words)
    if group["noon"]:
        return _Raw(start, end, 12, 0, "pm", sure=True)
    if group["mil"]:
        return _Raw(start, end, int(group["mil"][:2]), int(group["mil"][2:]), "", sure=True, padded=True)
    if group["h"]:
        minute, separator = int(group["m"] or 0), (group["sep"] or "").strip()
        dotted = separator in (".", ",")
        sure = bool(meridiem or group["hw"] or group["hw2"]) or (bool(group["m"]) and not dotted)
        hour = int(group["h"])
        return _Raw(start, end, hour, minute, meridiem, sure, dotted, len(group["h"]) == 2 and hour < 10)
    if group["word"]:
        hour = words.numbers[group["word"].lower()]
        return _Raw(start, end, hour, 0, meridiem, sure=bool(meridiem or group["hw3"]))
    for index, (_, minutes) in enumerate(words.spoken):
        if said := group[f"s{index}"]:
            hour = int(said) if said.isdigit() else words.numbers[said.lower()]
            total = hour * 60 + minutes
            return _Raw(start, end, total // 60 % 24, total % 60, meridiem, sure=True)
    return None


def _meridiem(said: str, words: Words) -> str:
    """ "am" or "pm"; a single letter counts only when it is small ("1p", but "Room 3A")."""
    if len(said) == 1 and said.isupper():
        return ""
    return words.meridiems.get(" ".join(said.lower().split()), "")


def _joined(raw: _Raw, other: _Raw, sentence: str, words: Words) -> bool:
    gap = sentence[raw.end : other.start]
    return len(gap) <= _GAP and bool(_contexts(words)[1].match(gap))


def _is_range(raw: _Raw, other: _Raw, sentence: str, words: Words, *, dated: bool) -> bool:
    """Whether two joined numbers are times: one is surely, or they follow "from" or a label."""
    if raw.hour == other.hour and raw.minute == other.minute:
        return False
    return (
        raw.sure
        or other.sure
        or (dated and _led(raw, sentence, words))
        or (raw.dotted and other.dotted and dated)
    )


def _led(raw: _Raw, sentence: str, words: Words) -> bool:
    at, _, _, label = _contexts(words)
    before = sentence[max(0, raw.start - _BEFORE) : raw.start]
    return bool(at.search(before) or label.match(sentence[: raw.start]))


def _is_time(raw: _Raw, sentence: str, words: Words, accepted_until: int, *, dated: bool) -> bool:
    """Whether a number without a mark of an hour is one: after "at", a label, or a time and "or"."""
    if raw.hour > 23 or not dated:
        return False
    if accepted_until >= 0 and _contexts(words)[2].match(sentence[accepted_until : raw.start]):
        return raw.start - accepted_until <= _GAP and _stands_free(raw, sentence)
    return _led(raw, sentence, words) and _stands_free(raw, sentence)


def _stands_free(raw: _Raw, sentence: str) -> bool:
    """Whether no counted thing, name or unit follows ("at 3 sites", "at 10 Downing Street")."""
    rest = sentence[raw.end :]
    return not re.match(
        r"\s?[%°€$£\d]|[.,]\d|[-/]\w|(?:st|nd|rd|th)\b|\s(?:years?|minutes?|days?|weeks?|months?|people|sites|locations|of|hours?|hrs?|Std|Stunden?|heures?|horas?|ore|ora|uur|Jahre\w*|Tage\w*|Minuten|ans|jours|minutos|años|días|jaar|dagen|dias|anos|anni|giorni|minuti)\b|\s[A-ZÄÖÜ][a-zäöü]+\s(?:Street|Road|St|Ave|Lane|Straße)",
        rest,
    )


def _range(raw: _Raw, other: _Raw, sentence: str) -> Clock:
    """The range of two times; a meridiem said once holds for both where that makes sense."""
    if other.meridiem and not raw.meridiem and not raw.padded and raw.hour <= 12:
        both = replace(raw, meridiem=other.meridiem)
        opposite = replace(raw, meridiem="am" if other.meridiem == "pm" else "pm")
        raw = both if _wall(both) < _wall(other) else opposite
    elif raw.meridiem and not other.meridiem and other.hour <= 12:
        both = replace(other, meridiem=raw.meridiem)
        other = both if _wall(both) > _wall(raw) else replace(other, meridiem="pm")
    begins, ends = _wall(raw), _wall(other)
    if ends < begins and not raw.meridiem and not other.meridiem and other.hour < 12:
        ends = ends.replace(hour=other.hour + 12)
    before = sentence[max(0, raw.start - _BEFORE) : raw.start].lower().split()
    between = (bool(before) and before[-1] in _BETWEEN) or (len(before) > 1 and before[-2] in _BETWEEN)
    long = (ends.hour - begins.hour) * 60 + ends.minute - begins.minute > _SLOT
    return Clock(raw.start, other.end, begins, ends if ends > begins else None, between and long)


_BETWEEN = frozenset(("between", "zwischen", "entre", "tussen", "tra", "fra"))


def _wall(raw: _Raw) -> dt.time:
    hour = raw.hour % 24
    if raw.meridiem == "pm" and hour < 12:
        hour += 12
    elif raw.meridiem == "am" and hour == 12:
        hour = 0
    elif not raw.meridiem and 0 < hour < _EARLIEST and not raw.padded:
        hour += 12
    return dt.time(hour, raw.minute)


@cache
def _length_pattern(words: Words) -> re.Pattern[str]:
    minute, hour = words.alternatives["minute"], words.alternatives["hour_unit"]
    return re.compile(
        rf"(?<!\w)(?P<said>{any_of(words.lengths)})(?!\w)"
        rf"|(?<![\w:.])(?P<h>\d)\s?(?:h|:)\s?(?P<hm>[0-5]\d)(?!\w)(?=\W*$)"
        rf"|(?<![\w:.,])(?P<m>\d{{2,3}})(?:\s?[-–]\s?(?P<to>\d{{2,3}}))?[\s-]?(?:{minute})(?!\w)"
        rf"|(?<![\w:.,])(?P<hours>\d(?:[.,]5)?)[\s-]?(?:{hour})(?!\w)(?!\s?\d)",
        re.IGNORECASE,
    )


def lengths(sentence: str, words: Words) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, minutes) of every length of time written in `sentence` as a number or in words."""
    for match in _length_pattern(words).finditer(sentence):
        if match["said"]:
            minutes = words.lengths.get(
                " ".join(match["said"].lower().replace("’", "'").split()), 0
            ) or _wild(match["said"], words)
        elif match["h"]:
            minutes = int(match["h"]) * 60 + int(match["hm"])
        elif match["m"]:
            minutes = int(match["to"] or match["m"])
        else:
            minutes = int(float(match["hours"].replace(",", ".")) * 60)
        if 10 <= minutes <= 600:
            yield match.start(), match.end(), minutes


def _wild(said: str, words: Words) -> int:
    return next(
        (n for word, n in words.lengths.items() if re.fullmatch(any_of([word]), said, re.IGNORECASE)), 0
    )
