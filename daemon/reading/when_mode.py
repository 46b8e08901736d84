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


_ADDRESS = re.compile(r"\d|,")


@cache
def _patterns(strength: str) -> tuple[tuple[Mode, re.Pattern[str]], ...]:
    """The words of each mode in all languages, those that settle it (`sure`) or merely hint."""
    words = load("when_mode")[strength]
    return tuple(
        (Mode(name), re.compile(rf"(?<!\w)(?:{'|'.join(words[name])})(?!\w)", re.IGNORECASE))
        for name in words
    )


def _told(text: str, strength: str) -> Mode | None:
    text = text[:_LIMIT]
    return next((mode for mode, pattern in _patterns(strength) if pattern.search(text)), None)


def of(*, place: str = "", near: Iterable[str] = (), rest: Iterable[str] = ()) -> Mode | None:
    """Return the mode told by an interview's place, else by the texts near it, else by the mail's rest.

    A mere hint ("call", "building") counts only in the place and near it.  A place with a number or a
    comma that is no link is a street address.
    """
    if place:
        mode = _told(place, "sure") or _told(place, "hint")
        if mode is not None:
            return mode
        if "://" not in place and _ADDRESS.search(place):
            return Mode.ONSITE
    near = tuple(near)
    tries = [(text, strength) for text in near[:1] for strength in ("sure", "hint")]
    tries += [(text, strength) for strength in ("sure", "hint") for text in near[1:]]
    tries += [(text, "sure") for text in rest]
    mode = next((mode for text, strength in tries if (mode := _told(text, strength)) is not None), None)
    if mode is None and any(_patterns("place")[0][1].search(text[:_LIMIT]) for text in rest):
        return Mode.ONSITE
    return mode
