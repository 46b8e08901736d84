"""A sentence as marked words: the lexicon's phrases found in it, with what they mean.

A phrase file (`lexicon/timeline.<language>.toml`) says which words mean what; here they are matched,
longest first, without regard to case or accents.  Knows no dates and no grammar.  The cost is linear in
the sentence: every phrase has a few words, and a gap in it spans at most `_GAP` of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any

from daemon.reading import phrases
from daemon.reading.lexicon import load
from daemon.reading.phrases import Phrases, Said
from daemon.reading.timeline_leaf import may_be_month

LANGUAGES = ("en", "de", "fr", "es", "nl", "pt", "it")
_SENTENCE_LIMIT = 1_500  # characters read of a sentence; a longer one is not a promise
_ELIDING = frozenset({"fr", "it", "pt", "es"})  # languages whose apostrophe ends a word ("l'", "d'")
_INTEGERS = frozenset({"number", "ordinal", "weekday", "month", "day", "quarter"})
_TIMES = frozenset(
    {"weekday", "month", "unit", "day", "period_end", "holiday", "after_unit", "quarter", "isoweek", "close"}
    | {"then", "edge:revise", "repeated"}
)  # a sentence without any of these names no time

_LITERALS = frozenset({"iso", "dmy", "dm", "ordinal"})

_WORD = {
    True: r"[^\W\d_]+'?",
    False: r"[^\W\d_]+(?:'(?!s\b)[^\W\d_]+)*|'s\b",
}
_REST = (
    r"|(?P<iso>\d{4}([-/.])\d{1,2}\3\d{1,2}(?!\d))"
    r"|(?P<dmy>\d{1,2}([-/.])\d{1,2}\5\d{2}(?:\d{2})?(?!\d))"
    r"|(?P<clock>\d{1,2}(?:[:.]\d{2})?\s?(?:[ap]\.?m\b\.?|uhr\b|uur\b|o'clock)|\d{1,2}:\d{2}"
    r"|(?:[01]?\d|2[0-4])h\d{2}\b)"
    r"|(?P<dm>\d{1,2}\.\d{1,2}\.(?!\d)|\d{1,2}/\d{1,2}(?![/\d]))"
    r"|(?P<ordinal>\d{1,2}(?:st|nd|rd|th|er|re|e|eme|ste|de|º|ª|°|\.º)(?!\w)|\d{1,2}\.(?=\s[^\W\d]|\s?[,)]))"
    r"|(?P<number>\d{1,6}(?:[.,]\d{1,2}(?!\d))?)"
    r"|(?P<mark>[^\w\s]|_)"
)
_ASIDES = frozenset(
    {"neg", "once", "vague", "cond", "return", "footer", "silence"}
)  # may stand inside other phrases
_TOKEN = {eliding: re.compile(f"(?P<word>{word}){_REST}") for eliding, word in _WORD.items()}


@dataclass(slots=True)
class Word:
    """A word or phrase of a sentence: its folded text, its place in the sentence, and what it may mean.

    `first` and `last` say which tokens it covers: [first, last).
    """

    text: str
    start: int
    end: int
    tags: Mapping[str, Any] = field(default_factory=dict)
    capital: bool = False
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Phrases of one meaning, with an example sentence ("{}" stands for the phrase) and how it reads."""

    means: str
    forms: tuple[str, ...]
    example: str
    reads: str


class _Folding(dict[int, str | int]):
    """Characters without accents, one for one, so that places in the folded text are places in the text."""

    def __missing__(self, code: int) -> str | int:
        plain = unicodedata.normalize("NFKD", chr(code))[0]
        self[code] = plain if plain.isalpha() or code > 0x2FFF else chr(code)
        return self[code]


_FOLD = _Folding({ord("’"): "'", ord("‘"): "'", ord("–"): "-", ord("—"): "-", ord("−"): "-", 0xA0: " "})


def fold(text: str) -> str:
    """Return `text` (NFC) in lower case without accents, character for character."""
    return text.lower() if text.isascii() else text.translate(_FOLD).lower()


class Lexicon:
    """The phrases of one language, as tries for matching and as groups for the tests."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.groups = tuple(_groups(load(f"timeline.{language}")))
        self.times, self.cues, self.asides = Phrases(), Phrases(), Phrases()
        self.signs: set[str] = set()  # the telling word of every phrase that names a time
        self._dates = _LITERALS  # kinds of tokens that may be a day by themselves
        self._token = _TOKEN[language in _ELIDING]
        for group in self.groups:
            for form in group.forms:
                self._add(group.means, form)
        self._find_signs()
        self.parties = any("party" in group.means for group in self.groups)

    def _find_signs(self) -> None:
        """Gather a telling word of every phrase that names a time: one that does so alone, else rare."""
        alone = {word: set(node.value or ()) for word, node in self.times.exact.items() if node.value}
        plain = {word for word, kinds in alone.items() if _TIMES.isdisjoint(kinds)}
        for group in self.groups:
            kinds = {group.means, *(meaning.partition(":")[0] for meaning in group.means.split())}
            if _TIMES.isdisjoint(kinds):
                continue
            for form in _telling_forms(group):
                words = set(self.words(form.removesuffix("?")))
                telling = {word for word in words if not _TIMES.isdisjoint(alone.get(word, ()))}
                if not telling:
                    self.signs.add(max(words - plain or words, key=len))
                elif len(words) == 1:
                    self.signs |= words

    def _add(self, means: str, form: str) -> None:
        words = self.words(form.removesuffix("?"))
        if means.startswith("cue:"):
            sense = means.removeprefix("cue:")
            if sense not in _ASIDES:
                self.cues.add(words).value = sense
            if sense in _ASIDES or sense == "neutral":
                self.asides.add(words).value = sense
            return
        tags: dict[str, Any] = {"weak": True} if form.endswith("?") else {}
        for meaning in means.split():
            kind, _, value = meaning.partition(":")
            tags[kind] = int(value) if kind in _INTEGERS else value or True
        node = self.times.add(words)
        node.value = {**(node.value or {}), **tags}
        if "dom" in tags:  # "le 20", "dia 20"
            self._dates = _LITERALS | {"number"}

    def tokens(self, sentence: str) -> list[str]:
        """Return the folded words, numbers and marks of a sentence."""
        return [match[0] for match in self._token.finditer(fold(sentence[:_SENTENCE_LIMIT]))]

    def place(self, sentence: str, token: int) -> int:
        """Return where in a sentence its `token`-th word begins."""
        matches = self._token.finditer(fold(sentence[:_SENTENCE_LIMIT]))
        return next(islice(matches, token, None)).start()

    def words(self, phrase: str) -> list[str]:
        """Return the folded words of a phrase as sentences of this language are cut into words."""
        cut: list[str] = []
        for part in phrase.split():
            if part == "…":
                cut.append(part)
                continue
            tokens = [token[0] for token in self._token.finditer(fold(part.strip("*")))]
            tokens[0] = "*" * part.startswith("*") + tokens[0]
            cut += [*tokens[:-1], tokens[-1] + "*" * part.endswith("*")]
        return cut

    def read(self, sentence: str) -> tuple[list[Word], list[Said]]:
        """Return the sentence's words, phrases joined and marked, and the cues in it, both in order.

        There are no words where the sentence names no time.
        """
        folded = fold(sentence[:_SENTENCE_LIMIT])
        matches = list(self._token.finditer(folded))
        texts = [match[0] for match in matches]
        cues = sorted(
            [*phrases.find(self.cues, texts), *phrases.find(self.asides, texts)],
            key=lambda cue: (cue.first, cue.last),
        )
        if self.signs.isdisjoint(texts) and not self._may_name_a_day(matches):
            return [], cues
        return list(self._join(sentence, matches, texts)), cues

    def _may_name_a_day(self, matches: Sequence[re.Match[str]]) -> bool:
        """Whether a sentence without a telling word holds a written date, or a number and a foreign month."""
        kinds = {match.lastgroup for match in matches}
        if not self._dates.isdisjoint(kinds):
            return True
        return "number" in kinds and any(may_be_month(match[0]) for match in matches)

    def _join(self, sentence: str, matches: Sequence[re.Match[str]], texts: list[str]) -> Iterator[Word]:
        at = 0
        while at < len(texts):
            end, tags = at + 1, None
            if texts[at] in self.times.exact:
                end, tags = self.times.longest(texts, at)
            end = end if tags else at + 1
            match = matches[at]
            kind = match.lastgroup
            if kind not in ("word", "mark") and end == at + 1:
                tags = {**_literal(kind, match[0]), **(tags or {})}
            start, stop = match.start(), matches[end - 1].end()
            text = " ".join(texts[at:end]) if end > at + 1 else texts[at]
            yield Word(text, start, stop, tags or {}, sentence[start].isupper(), at, end)
            at = end


def _telling_forms(group: Group) -> Sequence[str]:
    """Return the forms whose words tell of a time: of "then" and its like only the shortest do."""
    if group.means == "edge:revise":
        return group.forms[:1]
    return [form for form in group.forms if "then" not in group.means or len(form.split()) < 3]


@cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of a language, English for one there is none for."""
    return Lexicon(language if language in LANGUAGES else "en")


def _groups(data: Mapping[str, Any]) -> Iterator[Group]:
    for name, table in data.get("tables", {}).items():
        for value, forms in table.items():
            if value != "example":
                yield Group(f"{name}:{value}", tuple(forms), table.get("example", ""), "")
    for row in data.get("say", ()):
        yield Group(row["means"], tuple(row["forms"]), row.get("example", ""), row.get("reads", ""))


def _literal(kind: str | None, text: str) -> dict[str, Any]:
    """Return what a date, an ordinal, a time or a number written in digits may mean."""
    if kind == "number":
        day, dot, month = text.partition(".")
        return {"number": float(text.replace(",", "."))} | ({"dotted": (int(day), int(month))} if dot else {})
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    if kind == "iso":
        return {"date": (numbers[2], numbers[1], numbers[0], False)}
    if kind == "dmy":
        return {"date": (numbers[0], numbers[1], numbers[2], True)}
    if kind == "dm":
        return {"short_date": (numbers[0], numbers[1], "." not in text)}
    return {"ordinal": numbers[0]} if kind == "ordinal" else {"clock": True}
