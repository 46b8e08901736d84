"""The words of a language for days and times of day, compiled from `lexicon/when_*.toml`.

Knows no dates, only words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from daemon.reading.lexicon import load

LANGUAGES = ("en", "de", "fr", "es", "nl", "pt", "it")
CUES = (
    "old",
    "denied",
    "cancel",
    "move",
    "deadline",
    "elsewhere",
    "offer",
    "confirm",
    "settled",
    "aside",
    "arrival",
)
_LISTS = (
    "articles",
    "of",
    "on",
    "at",
    "range",
    "or",
    "hour",
    "noon",
    "minute",
    "hour_unit",
    "ordinals",
)
_MODIFIERS = ("coming", "next", "next_week", "in_a_week")


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One language's vocabulary, equal to itself only (it is a key of caches).

    Mappings are from lower-case words; patterns ignore case.
    """

    weekdays: Mapping[str, int]  # Monday is 0
    months: Mapping[str, int]  # January is 1
    days: Mapping[str, int]  # "tomorrow" → 1
    modifiers: Mapping[str, str]  # "next" → the name of its key in the file
    numbers: Mapping[str, int]
    meridiems: Mapping[str, str]  # → "am" or "pm"
    spoken: tuple[tuple[str, int], ...]  # "half past {}" → minutes after the hour
    lengths: Mapping[str, int]  # "half an hour" → minutes
    alternatives: Mapping[str, str]  # key of the file → a regular expression of its words
    cues: Mapping[str, re.Pattern[str]]
    move_to: re.Pattern[str]
    moved_onto: re.Pattern[str]
    same_time: re.Pattern[str]
    until: re.Pattern[str]
    lasting: re.Pattern[str]
    not_lasting: re.Pattern[str]
    labels: Mapping[str, frozenset[str]]
    bare_day: bool
    month_first: bool  # "March 10" is said


@cache
def of(language: str) -> Words:
    """Return the vocabulary of `language` (English where it is none of ours)."""
    words = load(f"when_{language if language in LANGUAGES else 'en'}")
    return Words(
        weekdays=_indexed(words["weekdays"], 0),
        months=_indexed(words["months"], 1),
        days={w: n for n, key in enumerate(("today", "tomorrow", "after_tomorrow")) for w in words[key]},
        modifiers={word: key for key in _MODIFIERS for word in words[key]},
        numbers={word: index for index, word in enumerate(words["numbers"], 1)},
        meridiems={word: name for name in ("am", "pm") for word in words[name]},
        spoken=tuple((pattern, minutes) for pattern, minutes in words["spoken"]),
        lengths=dict(words["lengths"]),
        alternatives={key: any_of(words[key]) for key in _LISTS},
        cues={cue: _pattern(phrase for phrase, _ in words["cues"][cue]) for cue in CUES},
        move_to=_pattern(words["cues"]["move_to"]),
        moved_onto=_pattern(words["cues"]["moved_onto"]),
        same_time=_pattern(words["same_time"]),
        until=re.compile(rf"(?<!\w)(?:{any_of(words['until'])})\W*(?:\w+\W+)?$", re.IGNORECASE),
        lasting=_pattern(words["lasting"]),
        not_lasting=_pattern(words["not_lasting"]),
        labels={key: frozenset(found) for key, found in words["labels"].items()},
        bare_day=words["bare_day"],
        month_first=language not in LANGUAGES or language == "en",
    )


@cache
def _english() -> re.Pattern[str]:
    """Days and months that no other of the languages shares."""
    words = of("en")
    names = [word for word in (*words.weekdays, *words.months) if len(word) > 4 and word != "april"]
    return _pattern((*names, "noon", "o'clock", "today", "tomorrow"))


@cache
def _dated(language: str) -> re.Pattern[str]:
    words = of(language)
    return _pattern(word for word in (*words.weekdays, *words.months, *words.days) if len(word) > 3)


def of_sentence(sentence: str, language: str) -> Words:
    """Return the vocabulary a sentence is written in: a calendar's English line stands in any mail."""
    if language == "en" or _dated(language).search(sentence) or not _english().search(sentence):
        return of(language)
    return of("en")


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression that matches any of `words`, the longest first.

    A "*" at an end of a word stands for the rest of it; alone it stands for a few words.  "!word" at the
    end says what must not follow.
    """
    parts = (_expression(word) for word in sorted(set(words), key=len, reverse=True) if word)
    return "|".join(parts) or "(?!)"


def _expression(word: str) -> str:
    word, _, forbidden = word.partition(" !")
    unless = rf"(?!\s+{re.escape(forbidden)})" if forbidden else ""
    inside = re.escape(word.removeprefix("*")).replace(r"\ \*\ ", r"\b.{0,60}?\b").replace(r"\*", r"\w*")
    compound = r"[\w-]*" if word.startswith("*") else ""
    return compound + inside.replace(r"\ ", r"\s+").replace("'", "['’]") + unless


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{any_of(phrases)})(?!\w)", re.IGNORECASE)


def _indexed(names: Iterable[str], first: int) -> dict[str, int]:
    return {form: index for index, forms in enumerate(names, first) for form in forms.split("|")}
