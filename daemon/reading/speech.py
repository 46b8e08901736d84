"""What the user's own mail does: thanks, asks, answers, applies, accepts or withdraws.

The phrases are data (`lexicon/speech.toml`).  Values only: knows no case and no policy.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from daemon.reading import sentences
from daemon.reading.acts_phrase import PhraseBook, compile_phrase, plain
from daemon.reading.lexicon import load
from daemon.reading.model import Message
from policies.case import Act

_MOST = 60  # sentences

# The weightier act counts where a mail does several: who thanks and asks, asks.
_ORDER = (Act.WITHDRAWAL, Act.ACCEPTANCE, Act.APPLICATION, Act.QUESTION, Act.THANKS, Act.ANSWER)


@cache
def phrases(language: str) -> PhraseBook:
    """Return the phrases of a language; English where there is none."""
    lexicon = load("speech")
    table = lexicon.get(language, lexicon["en"])["acts"]
    return PhraseBook(
        compile_phrase(act, source, example, {}) for act, pairs in table.items() for source, example in pairs
    )


def judge(message: Message, language: str) -> Act:
    """Return what a mail the user wrote does; a reply that does nothing else answers."""
    reply = bool(message.in_reply_to)
    lines = sentences.split(message.text)[:_MOST]
    said = acts(lines if reply else (message.subject, *lines), language)
    if reply:
        said -= {Act.APPLICATION}  # "my application for" in a reply speaks of it, and does not make it
    return next((act for act in _ORDER if act in said), Act.ANSWER if reply else Act.OTHER)


def acts(lines: Iterable[str], language: str) -> frozenset[Act]:
    """Return everything the sentences do.  Thanks for an invitation are no thanks for an interview."""
    book, invitation = phrases(language), _invitation(language)
    found = set()
    for line in lines:
        words = plain(line)
        done = {Act(phrase.name) for phrase, _ in book.search(words)}
        found |= done - {Act.THANKS} if any(f" {word}" in words for word in invitation) else done
    return frozenset(found)


@cache
def _invitation(language: str) -> tuple[str, ...]:
    lexicon = load("speech")
    return tuple(lexicon.get(language, lexicon["en"])["invitation"].split())
