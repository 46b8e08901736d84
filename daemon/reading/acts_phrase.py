"""The notation phrases are written in, and how a phrase finds its words in a sentence.

A phrase is plain words; case, accents, apostrophes and punctuation do not matter.  It knows nothing of
what a phrase means.

    ..        up to three words          ...       up to eight words
    (a|b c|)  one of these               word*     any ending
    <name>    a list of [words]          *word     any beginning
    ~you      the word before is not "you"

Every repetition is bounded and every word starts at a blank, so that a search takes time linear in the
sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

_DEPTH = 4  # lists within lists
_MAYBE_E = "ǁ"  # a letter no mail has; stands after a vowel that was an umlaut
_UMLAUTS = {"ä": "a", "ö": "o", "ü": "u", "Ä": "a", "Ö": "o", "Ü": "u"}
_KEY = 4  # letters of a word's beginning by which phrases are filed
_WORD = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+|\d+(?:[:.]\d+)+|[^\W_]+|[,;:?()–—]")
_MARKS = dict.fromkeys(";()–—", ",")
_APOSTROPHES = str.maketrans("’‘ʼ`´", "'''''")
_NOTATION = re.compile(r"\.\.\.?|[()|]|<\w+>|~\w+|[^\s()|<>]+")
_SHORT = re.compile(
    r"\b(?:(wo|ca|sha)n't|(\w+)n't|can(not)|(let)'s|(it|that|there|here|what|who|she|he|how|when|where)'s"
    r"|\w+'(d|ll|ve|re|m|s))\b"
)
_LONG = {"wo": "will not", "ca": "can not", "sha": "shall not"}
_ENDINGS = {"d": " would", "ll": " will", "ve": " have", "re": " are", "m": " am", "s": ""}


def plain(text: str) -> str:
    """Return `text` as lower-case words without accents, one blank before and after each.

    English short forms are written out ("won't" → "will not"); commas, colons and question marks are
    words of their own; addresses and hyperlinks become `@` and `url`.
    """
    text = text.casefold().translate(_APOSTROPHES)
    if "'" in text or "cannot" in text:
        text = _SHORT.sub(_written_out, text)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        text = text.casefold()  # letters that only now are letters
    return f" {' '.join(_word(word) for word in _WORD.findall(text))} "


def _word(word: str) -> str:
    if len(word) == 1:
        return _MARKS.get(word, word)
    if "@" in word:
        return "@"
    return "url" if word.startswith(("http", "www.")) else word


def _written_out(match: re.Match[str]) -> str:
    irregular, negated, cannot, let, is_, ending = match.groups()
    if irregular:
        return _LONG[irregular]
    if negated:
        return f"{negated} not"
    if cannot:
        return "can not"
    if let:
        return "let us"
    if is_:
        return f"{is_} is"
    return match[0].partition("'")[0] + _ENDINGS[ending]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One compiled phrase: what it is filed under, its words, and the example that shows it.

    Each of `keys` is a set of words or beginnings of words, one of which a sentence must have.  A `weak`
    phrase only hints.
    """

    name: str
    source: str
    example: str
    regex: str
    keys: tuple[frozenset[str], ...]
    weak: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """The compiled words; most phrases are never looked for, so they are compiled at first use."""
        return _compiled(self.regex)


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)


def compile_phrase(
    name: str, source: str, example: str, words: Mapping[str, str], *, weak: bool = False
) -> Phrase:
    """Return the phrase `source` (see the notation above), `words` being the lists it may name.

    Raises ValueError, naming the phrase, for an unknown list or brackets that do not match.
    """
    parser = _Parser(source, words)
    piece = parser.alternatives()
    if parser.rest:
        raise ValueError(f"the phrase {source!r} has a bracket too many")
    return Phrase(name, source, example, piece.regex + r"(?= )", piece.keys, weak)


@dataclass(frozen=True, slots=True)
class _Piece:
    regex: str
    keys: tuple[frozenset[str], ...] = ()


class _Parser:
    """Reads the notation from left to right."""

    def __init__(self, source: str, words: Mapping[str, str], depth: int = 0) -> None:
        self.source = source
        self.words = words
        self.depth = depth
        self.rest = _NOTATION.findall(source)

    def alternatives(self) -> _Piece:
        options = [self._sequence()]
        while self.rest and self.rest[0] == "|":
            self.rest.pop(0)
            options.append(self._sequence())
        if len(options) == 1:
            return options[0]
        regex = f"(?:{'|'.join(option.regex for option in options)})"
        if not all(option.keys for option in options):
            return _Piece(regex)
        return _Piece(regex, (frozenset[str]().union(*(_longest(option.keys) for option in options)),))

    def _sequence(self) -> _Piece:
        pieces: list[_Piece] = []
        while self.rest and self.rest[0] not in ("|", ")"):
            pieces.append(self._item(self.rest.pop(0)))
        return _Piece("".join(piece.regex for piece in pieces), sum((piece.keys for piece in pieces), ()))

    def _item(self, part: str) -> _Piece:
        if part in ("..", "..."):
            return _Piece(r"(?: [^ ?]+){0,3}?" if part == ".." else r"(?: [^ ?]+){0,8}?")
        if part == "(":
            inside = self.alternatives()
            if not self.rest or self.rest.pop(0) != ")":
                raise ValueError(f"the phrase {self.source!r} has a bracket too few")
            return inside
        if part.startswith("<"):
            return self._list(part[1:-1])
        if part.startswith("~"):
            return _Piece(f"(?<! {plain(part[1:]).strip()})")
        return _literal(part)

    def _list(self, name: str) -> _Piece:
        if name not in self.words or self.depth > _DEPTH:
            raise ValueError(f"the phrase {self.source!r} names the list <{name}>, which does not exist")
        return _Parser(self.words[name], self.words, self.depth + 1).alternatives()


def _longest(keys: tuple[frozenset[str], ...]) -> frozenset[str]:
    return max(keys, key=lambda one: (min(map(len, one)), -len(one)))


def _literal(part: str) -> _Piece:
    """Return the piece for one written word; umlauts also match their spelling with an e."""
    begins, ends = part.endswith("*"), part.startswith("*")
    for umlaut, vowel in _UMLAUTS.items():
        part = part.replace(umlaut, vowel + _MAYBE_E)
    words = plain(part.strip("*")).split()
    regex = "".join(" " + re.escape(word) for word in words).replace(_MAYBE_E, "e?")
    if ends:
        regex = " [^ ]*" + regex[1:]
    keys = [] if ends else [_spelled(word) for word in (words[:-1] if begins else words)]
    if begins:
        regex += "[^ ]*"
        if len(words[-1]) >= _KEY and not (ends and len(words) == 1):
            keys.append(frozenset(word[:_KEY] + "*" for word in _spelled(words[-1])))
    return _Piece(regex, tuple(keys))


def _spelled(word: str) -> frozenset[str]:
    return frozenset(word.replace(_MAYBE_E, e) for e in ("", "e"))


class PhraseBook:
    """Many phrases, found quickly: each is filed under its rarest words."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self.phrases = tuple(phrases)
        common = Counter(key for phrase in self.phrases for key in _keys_in(plain(phrase.example)))
        self._filed: dict[str, list[Phrase]] = {}
        self._always: list[Phrase] = []
        for phrase in self.phrases:
            if not phrase.keys:
                self._always.append(phrase)
                continue
            for key in min(phrase.keys, key=lambda keys: sum(common[key] for key in keys)):
                self._filed.setdefault(key, []).append(phrase)

    def search(self, sentence: str, repeated: Container[str] = ()) -> Iterator[tuple[Phrase, re.Match[str]]]:
        """Yield every phrase found in a plain sentence, with where its words stand.

        A phrase counts once, those filed under a `repeated` name as often as they stand there.
        """
        keys = _keys_in(sentence)
        candidates = {id(phrase): phrase for phrase in self._always}
        for key in keys & self._filed.keys():
            candidates.update((id(phrase), phrase) for phrase in self._filed[key])
        for phrase in candidates.values():
            if any(keys.isdisjoint(needed) for needed in phrase.keys):
                continue
            if phrase.name in repeated:
                yield from ((phrase, match) for match in phrase.pattern.finditer(sentence))
            elif match := phrase.pattern.search(sentence):
                yield phrase, match


def _keys_in(sentence: str) -> set[str]:
    """Return the words of a plain sentence and, with a star, their beginnings."""
    words = set(sentence.split())
    return words | {word[:_KEY] + "*" for word in words}


def compile_words(source: str, words: Mapping[str, str]) -> re.Pattern[str]:
    """Return the pattern of a list of words written in the notation."""
    return compile_phrase("", source, "", words).pattern
