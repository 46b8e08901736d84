"""The words of quoting and signing (lexicon/quotes.toml), made ready to look up."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from daemon.reading import lexicon

_PUNCTUATION = str.maketrans(dict.fromkeys(string.punctuation + "«»“”„‘’–—…·•|", " "))
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases to look for in a text, found by one rare word of each."""

    by_word: Mapping[str, tuple[str, ...]]

    def in_text(self, lower: str, words: frozenset[str]) -> tuple[str, ...]:
        """Return those that occur in `lower`, whose words are `words`."""
        near = [phrase for word in words & self.by_word.keys() for phrase in self.by_word[word]]
        return tuple(phrase for phrase in (*near, *self.by_word.get("", ())) if phrase.lstrip("^") in lower)


def words_of(lower: str) -> frozenset[str]:
    """Return the words of a lower-case text, roughly and fast."""
    return frozenset(lower.translate(_PUNCTUATION).split())


def _phrases(listed: Iterable[str]) -> Phrases:
    by_word: dict[str, tuple[str, ...]] = {}
    for phrase in listed:
        found = _WORD.findall(phrase)
        key = max(found[:-1] or found or [""], key=len)  # the last word may be cut short on purpose
        by_word[key] = (*by_word.get(key, ()), phrase)
    return Phrases(by_word)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The phrases of all seven languages together: a quotation may be in another than the mail."""

    begins: tuple[str, ...]
    wrote: frozenset[str]
    original: tuple[str, ...]
    forwarded: tuple[str, ...]
    telltale: re.Pattern[str]  # found in every text that quotes
    forward_subject: tuple[str, ...]
    labels: dict[str, frozenset[str]]  # a header label → the fields it may stand for
    closings: frozenset[str]
    mobile: tuple[str, ...]
    postscript: frozenset[str]
    schedule: frozenset[str]
    meeting: tuple[str, ...]
    footers: Phrases
    banners: Phrases
    openers: frozenset[str]  # the first words of closings and of mobile notes


@cache
def load() -> Lexicon:
    """Return the phrases, read once."""
    languages = lexicon.load("quotes").values()

    def of(key: str) -> dict[str, None]:
        return dict.fromkeys(phrase for one in languages for phrase in one[key])

    labels: dict[str, set[str]] = {}
    for field in ("from", "sent", "to", "subject", "cc"):
        for label in of(field):
            labels.setdefault(label, set()).add(field)
    from_labels = "|".join(map(re.escape, of("from")))
    return Lexicon(
        begins=tuple(f"{word} " for word in of("begins")),
        wrote=frozenset(of("wrote")),
        original=tuple(of("original")),
        forwarded=tuple(of("forwarded")),
        telltale=re.compile(
            rf"^[ \t]{{0,20}}(?:>|[-_—–=*]{{2}}|\*{{0,2}}(?:{from_labels})\b)|:[ \t]{{0,10}}$",
            re.IGNORECASE | re.MULTILINE,
        ),
        forward_subject=tuple(f"{word}:" for word in of("forward_subject")),
        labels={label: frozenset(fields) for label, fields in labels.items()},
        closings=frozenset(of("closings")),
        mobile=tuple(of("mobile")),
        postscript=frozenset(of("postscript")),
        schedule=frozenset(of("schedule")),
        meeting=tuple(of("meeting")),
        footers=_phrases(of("footers")),
        banners=_phrases(of("banners")),
        openers=frozenset(
            phrase.split()[0].strip(",.") for key in ("closings", "mobile") for phrase in of(key)
        ),
    )
