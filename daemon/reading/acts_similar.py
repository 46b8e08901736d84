"""What a sentence most resembles among sentences whose meaning is known.

Phrases find what was foreseen; this finds what is near to it.  Words and pairs of words are weighed by
how rare they are among the examples, the nearest examples vote, and the answer names the example, so
that a reader can see why.  It knows neither what the names mean nor in which language it is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from daemon.reading.acts_phrase import plain

_STEM = 6  # letters of a word that count
_NEAREST = 15  # examples that vote
_UNKNOWN = 0.6  # what a word no example has weighs, of the most a word can weigh
_NEAR = 0.35  # similarity from which on an example counts in full
_FEWEST = 3  # words a sentence must have to be like another


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a sentence is like: the name, how sure (0..1), and the example nearest to it."""

    name: str
    share: float
    example: str


class Examples:
    """Sentences with the name of what they do."""

    def __init__(self, sentences: Iterable[tuple[str, str]], alike: Iterable[str] = ()) -> None:
        """Learn (name, sentence) pairs; each of `alike` holds words that are taken for its first."""
        self._stems: dict[str, str] = {}
        for group in alike:
            first, *others = plain(group).split()
            self._stems |= dict.fromkeys(others, first[:_STEM])
        self.known = tuple(dict.fromkeys(sentences))
        features = [frozenset(self._features(plain(text).split())) for _, text in self.known]
        seen = Counter(feature for one in features for feature in one)
        self._weights = {feature: math.log(1 + len(features) / count) ** 2 for feature, count in seen.items()}
        self._unknown = (_UNKNOWN * math.log(1 + len(features))) ** 2
        self._lengths = [math.sqrt(sum(self._weights[feature] for feature in one)) for one in features]
        self._having: dict[str, list[int]] = {}
        for place, one in enumerate(features):
            for feature in one:
                self._having.setdefault(feature, []).append(place)

    def like(self, sentence: str) -> Likeness | None:
        """Return what a plain sentence is like, or None where it is like nothing known."""
        words = sentence.split()
        if len(words) < _FEWEST:
            return None
        near = self._nearest(frozenset(self._features(words)))
        if not near:
            return None
        votes: dict[str, float] = {}
        for similarity, place in near:
            name = self.known[place][0]
            votes[name] = votes.get(name, 0.0) + similarity**2
        name = max(votes, key=votes.__getitem__)
        best = max((similarity, place) for similarity, place in near if self.known[place][0] == name)
        share = votes[name] / sum(votes.values()) * min(1.0, best[0] / _NEAR)
        return Likeness(name, share, self.known[best[1]][1])

    def _nearest(self, features: frozenset[str]) -> list[tuple[float, int]]:
        shared: dict[int, float] = {}
        length = 0.0
        for feature in features:
            weight = self._weights.get(feature)
            length += self._unknown if weight is None else weight
            for place in self._having.get(feature, ()):
                shared[place] = shared.get(place, 0.0) + (weight or 0.0)
        length = math.sqrt(length) or 1.0
        near = ((weight / (length * self._lengths[place]), place) for place, weight in shared.items())
        return sorted(near, reverse=True)[:_NEAREST]

    def _features(self, words: Iterable[str]) -> Iterator[str]:
        """Yield the stems of the words, and each with the next and the next but one; numbers are alike."""
        before, previous = "", "^"
        for word in words:
            if word in ",:":
                continue
            stem = "#" if word[0].isdigit() else self._stems.get(word, word[:_STEM])
            yield stem
            yield f"{previous} {stem}"
            if before:
                yield f"{before} _ {stem}"
            before, previous = previous, stem
        yield f"{previous} $"
