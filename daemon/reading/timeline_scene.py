"""What a sentence is read against, and how its marked words are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from daemon.reading.timeline_calendar import Span
from daemon.reading.timeline_words import Word

Words = Sequence[Word]
Found = tuple[Span, int] | None

FILLERS = frozenset({"the", "of", "approx"})


@dataclass(slots=True)
class Scene:
    """What a sentence is read against: the mail's local day, its sender, and the days named so far.

    `month_first` is the order of numeric dates.  `bare`: nothing but a time expression is read, so every
    short form counts and every day without a year lies ahead, however far.  `mentions` are the spans named
    so far, the newest last.
    """

    base: date
    country: str = ""
    month_first: bool = False
    bare: bool = False
    interview: date | None = None
    closing: date | None = None
    mentions: list[Span] = field(default_factory=list)
    beside: Span | None = None  # the event or week named before in the same sentence
    unit: str = ""  # the unit of the last duration, for "closer to four"

    @property
    def mention(self) -> Span | None:
        """The span named last."""
        return self.mentions[-1] if self.mentions else None


def tag(words: Words, at: int, kind: str) -> Any:
    """Return what the word at `at` means as `kind`, or None."""
    return words[at].tags.get(kind) if 0 <= at < len(words) else None


def text(words: Words, at: int) -> str:
    """Return the folded text of the word at `at`, or an empty string."""
    return words[at].text if 0 <= at < len(words) else ""


def skip(words: Words, at: int, kinds: frozenset[str] = FILLERS, marks: str = "") -> int:
    """Return the first place from `at` on that holds no filler of these kinds and none of these marks."""
    while at < len(words) and (
        (words[at].text in marks and marks)
        or (not kinds.isdisjoint(words[at].tags) and not _holds_more(words[at]))
    ):
        at += 1
    return at


def _holds_more(word: Word) -> bool:
    return "number" in word.tags or "unit" in word.tags
