"""Phrases of words, matched longest first in the words of a sentence.

A phrase's word may end or begin with "*" (any letters), "…" stands for a few words, and a set of phrases
may stand for each other at one place.  The cost is linear in the sentence: a phrase has a few words, and a
gap in it spans at most `_GAP`.  Knows no language and no meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_GAP = 5  # words an ellipsis may stand for
_END = ";:.?!"  # no gap reaches over these


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase found: the value it was added with, and the words it covers, [first, last)."""

    value: Any
    first: int
    last: int


class Phrases:
    """A trie of phrases; every node is one, so that what may follow a phrase is matched the same way."""

    __slots__ = ("_loose", "exact", "gap", "sets", "stems", "tails", "value")

    def __init__(self) -> None:
        self.exact: dict[str, Phrases] = {}
        self.stems: dict[int, dict[str, Phrases]] = {}
        self.tails: dict[int, dict[str, Phrases]] = {}
        self.sets: list[tuple[Phrases, Phrases]] = []  # phrases that may stand here, and what follows them
        self.gap: Phrases | None = None
        self.value: Any = None
        self._loose = False  # whether anything but `exact` may follow

    def add(self, words: Iterable[str | Phrases]) -> Phrases:
        """Return the node at the end of a phrase, made if need be; its `value` is the caller's to set."""
        node = self
        for word in words:
            node = node._step_to(word)
        return node

    def _step_to(self, word: str | Phrases) -> Phrases:
        if isinstance(word, str) and word != "…" and "*" not in word:
            return self.exact.setdefault(word, Phrases())
        self._loose = True
        if isinstance(word, Phrases):
            known = [after for phrases, after in self.sets if phrases is word]
            if not known:
                self.sets.append((word, Phrases()))
            return known[0] if known else self.sets[-1][1]
        if word == "…":
            self.gap = self.gap or Phrases()
            return self.gap
        letters = word.strip("*")
        shapes = self.tails if word.startswith("*") else self.stems
        return shapes.setdefault(len(letters), {}).setdefault(letters, Phrases())

    def longest(self, words: Sequence[str], at: int) -> tuple[int, Any]:
        """Return where the longest phrase that starts at `at` ends, and its value; (at, None) without one."""
        node, best = self, (at, self.value)
        while not node._loose:
            following = node.exact.get(words[at]) if at < len(words) else None
            if following is None:
                return best
            node, at = following, at + 1
            if node.value is not None:
                best = (at, node.value)
        for found in node._onward(words, at):
            if found[1] is not None and (best[1] is None or found[0] > best[0]):
                best = found
        return best

    def _onward(self, words: Sequence[str], at: int) -> Iterator[tuple[int, Any]]:
        """Yield the longest phrase by every way that leads on from here."""
        if at < len(words):
            for node in self._steps(words[at]):
                yield node.longest(words, at + 1)
        for phrases, after in self.sets:
            end, known = phrases.longest(words, at)
            if known is not None:
                yield after.longest(words, end)
        if self.gap:
            yield self.gap._over(words, at)

    def _steps(self, word: str) -> Iterator[Phrases]:
        if word in self.exact:
            yield self.exact[word]
        for length, stems in self.stems.items():
            if word[:length] in stems:
                yield stems[word[:length]]
        for length, tails in self.tails.items():
            if word[-length:] in tails and len(word) > length:
                yield tails[word[-length:]]

    def _over(self, words: Sequence[str], at: int) -> tuple[int, Any]:
        """Return the longest phrase from here on that skips the fewest words of the clause."""
        for skipped in range(min(_GAP + 1, len(words) - at)):
            found = self.longest(words, at + skipped)
            if found[1] is not None:
                return found
            if words[at + skipped] in _END:
                break
        return at, None

    def first_words(self) -> Iterator[str]:
        """Yield the whole words that phrases begin with."""
        yield from self.exact
        for phrases, _ in self.sets:
            yield from phrases.first_words()

    def starts(self, word: str) -> bool:
        """Whether any phrase begins with this word."""
        if word in self.exact:
            return True
        if not self._loose:
            return False
        return any(True for _ in self._steps(word)) or any(phrases.starts(word) for phrases, _ in self.sets)


def find(phrases: Phrases, words: Sequence[str]) -> Iterator[Said]:
    """Yield the phrases that stand in a sentence, in order.

    A phrase inside another is left out; of two that overlap in part the longer counts, or both.
    """
    last: Said | None = None
    for at, word in enumerate(words):
        if not phrases.starts(word):
            continue
        end, value = phrases.longest(words, at)
        if value is None or (last and end <= last.last):
            continue
        longer = (end - at) - (last.last - last.first) if last and at < last.last else 0
        if longer < 0:
            continue
        if last and not longer:
            yield last
        last = Said(value, at, end)
    if last:
        yield last
