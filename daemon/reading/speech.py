"""What the user's own mail does: thanks, asks, answers, applies, accepts or withdraws.

The phrases are data (`lexicon/speech.toml`).  Values only: knows no case and no policy.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from daemon.reading import sentences
from daemon.reading.acts_phrase import PhraseBook, compile_phrase, plain
from daemon.reading.acts_similar import Examples
from daemon.reading.lexicon import load
from daemon.reading.model import Message
from policies.case import Act

_MOST = 60  # sentences
_ALIKE = 0.45  # how like examples a sentence without a phrase must be
_WEIGHTY = 0.75  # ... to apply, accept or withdraw

# The weightier act counts where a mail does several: who thanks and asks, asks.
_ORDER = (Act.WITHDRAWAL, Act.ACCEPTANCE, Act.APPLICATION, Act.QUESTION, Act.THANKS, Act.ANSWER)
_LIGHT = frozenset({Act.QUESTION, Act.THANKS, Act.ANSWER})


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
    if reply or (Act.QUESTION in said and not message.attachments):
        said -= {Act.APPLICATION}  # "my application for" in such a mail speaks of it, and does not make it
    return next((act for act in _ORDER if act in said), Act.ANSWER if reply else Act.OTHER)


def acts(lines: Iterable[str], language: str) -> frozenset[Act]:
    """Return everything the sentences do.  Thanks for an invitation are no thanks for an interview."""
    book, invitation, examples = phrases(language), _invitation(language), _examples(language)
    found: set[Act] = set()
    for line in lines:
        words = plain(line)
        done = {Act(phrase.name) for phrase, _ in book.search(words)}
        like = examples.like(words) if not done else None
        if like and like.share >= (_ALIKE if like.name in _LIGHT else _WEIGHTY) and like.name != Act.OTHER:
            done = {Act(like.name)}
        found |= done - {Act.THANKS} if any(f" {word}" in words for word in invitation) else done
    return frozenset(found)


@cache
def _examples(language: str) -> Examples:
    """Return the sentences whose act is known: those beside the phrases, and plain ones."""
    lexicon = load("speech")
    table = lexicon.get(language, lexicon["en"])
    shown = [(act, example) for act, pairs in table["acts"].items() for _, example in pairs]
    return Examples([*shown, *((act, text) for act, texts in table["sentences"].items() for text in texts)])


@cache
def _invitation(language: str) -> tuple[str, ...]:
    lexicon = load("speech")
    return tuple(lexicon.get(language, lexicon["en"])["invitation"].split())
