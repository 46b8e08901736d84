"""How and where an interview is held: video, phone or on site, told by links, places and words.

Reads words only (`lexicon/when_mode.toml`); knows nothing of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from daemon.reading.lexicon import load
from policies.case import Mode

_LIMIT = 4_000  # characters of one text that are looked at


@cache
def _patterns() -> tuple[tuple[Mode, re.Pattern[str]], ...]:
    """The words of each mode in all languages; the words that settle it come before the mere hints."""
    lexicon = load("when_mode")
    order = (
        (Mode(name), lexicon[strength][name]) for strength in ("sure", "hint") for name in lexicon[strength]
    )
    return tuple(
        (mode, re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)) for mode, words in order
    )


def of(texts: Iterable[str]) -> Mode | None:
    """Return the mode told by `texts`, nearest evidence first; None where none tells.

    Give what stands with the interview first (its place, its sentence), the rest of the mail last.
    """
    for text in texts:
        text = text[:_LIMIT]
        for mode, pattern in _patterns():
            if pattern.search(text):
                return mode
    return None
