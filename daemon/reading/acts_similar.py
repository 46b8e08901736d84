"""What a sentence most resembles among sentences whose meaning is known.

Phrases find what was foreseen; this finds what is near to it.  Words and pairs of words speak for what the
sentences that hold them do: complement naive Bayes (Rennie and others, "Tackling the Poor Assumptions of
Naive Bayes Text Classifiers", ICML 2003), learnt by counting when the examples are loaded.  The answer
names the example nearest to the sentence, so that a reader can see why.  It knows neither what the names
mean nor in which language it is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from daemon.reading.acts_phrase import plain

_STEM = 6  # letters of a word that count
_SMOOTH = 0.3  # how much of every word the sentences of a name are taken to have
_SHARP = 4.0  # how fast a lead in score becomes certainty; so fitted, 0.5 is right four times in five
_RAREST = 8  # features by which the nearest example is found
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
        self._weights = {feature: math.log((1 + len(features)) / count) for feature, count in seen.items()}
        self._having: dict[str, list[int]] = {}
        for place, one in enumerate(features):
            for feature in one:
                self._having.setdefault(feature, []).append(place)
        self._learn(features)

    def _learn(self, features: list[frozenset[str]]) -> None:
        """Count how much of each feature stands in the sentences of each name, and in all others."""
        held: dict[str, dict[str, float]] = {}
        of: dict[str, float] = {}
        for (name, _), one in zip(self.known, features, strict=True):
            length = self._length(one)
            for feature in one:
                weight = self._weights[feature] / length
                names = held.setdefault(feature, {})
                names[name] = names.get(name, 0.0) + weight
                of[name] = of.get(name, 0.0) + weight
        room = sum(of.values()) + _SMOOTH * len(held)
        self._rest = {name: math.log(room - count) for name, count in of.items()}
        self._speaks = {feature: tuple(_gains(names)) for feature, names in held.items()}

    def like(self, sentence: str) -> Likeness | None:
        """Return what a plain sentence is like, or None where it is like nothing known."""
        words = sentence.split()
        if len(words) < _FEWEST:
            return None
        every = frozenset(self._features(words))
        features = every & self._speaks.keys()
        if not features:
            return None
        length = self._length(features)
        total = sum(self._weights[feature] for feature in features) / length
        scores = {name: total * rest for name, rest in self._rest.items()}
        for feature in features:
            weight = self._weights[feature] / length
            for name, gain in self._speaks[feature]:
                scores[name] += weight * gain
        name = max(scores, key=scores.__getitem__)
        share = 1 / sum(math.exp(_SHARP * (score - scores[name])) for score in scores.values())
        return Likeness(name, share * self._familiar(every), self._nearest(name, features))

    def _familiar(self, features: Iterable[str]) -> float:
        """Return how much of a sentence's words are known from the examples (0..1)."""
        words = [feature for feature in features if " " not in feature]
        rare = math.log(1 + len(self.known))
        known = sum(self._weights.get(word, 0.0) for word in words)
        return known / (known + rare * sum(word not in self._weights for word in words) or 1.0)

    def _nearest(self, name: str, features: Iterable[str]) -> str:
        """Return an example of a name that shares the rarest of its features with a sentence."""
        rarest = sorted(features, key=self._weights.__getitem__, reverse=True)
        shared: dict[str, float] = {}
        for feature in rarest[:_RAREST]:
            for place in self._having[feature]:
                one, text = self.known[place]
                if one == name:
                    shared[text] = shared.get(text, 0.0) + self._weights[feature]
        return max(shared, key=shared.__getitem__) if shared else name

    def _length(self, features: Iterable[str]) -> float:
        return math.sqrt(sum(self._weights[feature] ** 2 for feature in features)) or 1.0

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


def _gains(held: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield how much a feature, held so much by each name, speaks for each of them."""
    total = sum(held.values()) + _SMOOTH
    for name, count in held.items():
        yield name, math.log(total) - math.log(total - count)
