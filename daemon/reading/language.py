"""Which of the seven languages a text is written in.

A vote of small function words, each worth more the fewer languages share it.  Knows nothing of mail.
"""

from __future__ import annotations

import re
from functools import cache

from daemon.reading import lexicon

LANGUAGES = ("en", "de", "fr", "es", "nl", "pt", "it")

_WORDS = re.compile(r"[^\W\d_]+")
_ENOUGH = 2_000  # characters that settle it
_SHARE = 0.06  # of the words: fewer known ones tell nothing


@cache
def _weights() -> dict[str, tuple[tuple[str, float], ...]]:
    """Return word → ((language, weight), …) from lexicon/language.toml."""
    data = lexicon.load("language")
    owners: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for word in set(data[language]["words"].split()):
            owners.setdefault(word, []).append(language)
    return {word: tuple((name, 1 / len(names)) for name in names) for word, names in owners.items()}


def _is_address(word: str) -> bool:
    return "://" in word or "@" in word or word.startswith("www.")


def detect(text: str, default: str = "en") -> str:
    """Return the language of `text` (`en de fr es nl pt it`), or `default` where nothing tells."""
    weights = _weights()
    scores = dict.fromkeys(LANGUAGES, 0.0)
    words = _WORDS.findall(" ".join(one for one in text[:_ENOUGH].lower().split() if not _is_address(one)))
    for word in words:
        for language, weight in weights.get(word, ()):
            scores[language] += weight
    best = max(scores.values())
    if best < 0.5 or best < _SHARE * len(words) or scores.get(default) == best:
        return default
    return max(scores, key=scores.__getitem__)
