"""What each sentence of a mail does: invites, asks when, declines, promises, and so on.

The phrases are data (`lexicon/acts.<language>.toml`); here is what holds in every language: a negated
invitation is none, "if your profile matches, we will invite you" invites nobody, and "should you need to
reschedule" moves nothing.  Knows sentences only: not who wrote, and not what the mail as a whole is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from daemon.reading.acts_phrase import Phrase, PhraseBook, compile_phrase, compile_words, plain
from daemon.reading.language import LANGUAGES

_LONGEST = 1_200  # characters of a sentence that are listened to
_MOST = 400  # sentences of a mail that are listened to
_QUOTE = 240
_GRAMMAR = ("negations", "harmless", "conditions", "courtesies", "chances")


class Does(StrEnum):
    """What a sentence does, or (the last two groups) what it shows the mail to be about."""

    INVITES = "invites"
    FIXES = "fixes"  # settles or confirms a time
    ASKS_WHEN = "asks_when"
    BOOKS = "books"  # offers a calendar to book in
    MOVES = "moves"
    CANNOT_MAKE = "cannot_make"
    CANCELS = "cancels"
    RECEIVED = "received"  # thanks for an application
    REVIEWS = "reviews"  # says what happens to applications
    DECLINES = "declines"
    REGRETS = "regrets"
    CONSOLES = "consoles"
    OFFERS = "offers"
    ADVANCES = "advances"
    PROMISES = "promises"  # says that or when they will act
    STILL_WORKING = "still_working"
    HOLDS = "holds"
    CHECKS = "checks"  # references, background, papers
    ASSESSES = "assesses"
    APPROACHES = "approaches"  # a recruiter's first word to a stranger
    LISTS_JOBS = "lists_jobs"
    ABSENT = "absent"
    BOUNCED = "bounced"
    TICKET = "ticket"
    WELCOMES = "welcomes"  # you're welcome, it was good to meet you

    JOB = "job"
    WORK = "work"

    PRESS = "press"
    RESEARCH = "research"
    STUDY = "study"
    HOUSING = "housing"
    HEALTH = "health"
    MONEY = "money"
    SELLING = "selling"
    PANEL = "panel"  # the user is the one who hires
    COLLEAGUES = "colleagues"
    LEARNING = "learning"
    SHOPPING = "shopping"
    OFFICIAL = "official"
    PRIVATE = "private"


ABOUT_A_JOB = frozenset({Does.JOB, Does.WORK})
ABOUT_SOMETHING_ELSE = frozenset(tuple(Does)[list(Does).index(Does.PRESS) :])
_TOPICS = ABOUT_A_JOB | ABOUT_SOMETHING_ELSE

# "We cannot offer you", "unless you need to move it": what a turn of the sentence undoes.
_UNDONE_BY_NEGATION = frozenset(
    {
        Does.INVITES, Does.FIXES, Does.ASKS_WHEN, Does.BOOKS, Does.MOVES, Does.CANCELS, Does.OFFERS,
        Does.ADVANCES, Does.ASSESSES,
    }
)  # fmt: skip
_UNDONE_BY_CHANCE = frozenset(
    {
        Does.INVITES, Does.FIXES, Does.ASKS_WHEN, Does.BOOKS, Does.OFFERS, Does.DECLINES, Does.ADVANCES,
        Does.ASSESSES, Does.MOVES, Does.CANCELS, Does.CANNOT_MAKE, Does.CHECKS,
    }
)  # fmt: skip
_UNDONE_BY_CONDITION = frozenset({Does.MOVES, Does.CANCELS, Does.CANNOT_MAKE, Does.DECLINES, Does.OFFERS})


@dataclass(frozen=True, slots=True)
class Said:
    """One thing done by one sentence.  `words` are the plain words that did it; `place` counts
    sentences from 0, the subject being -1."""

    does: Does
    quote: str
    words: str
    place: int


@dataclass(frozen=True, slots=True)
class _Grammar:
    negations: re.Pattern[str]
    harmless: re.Pattern[str]  # negations that negate nothing
    conditions: re.Pattern[str]
    courtesies: re.Pattern[str]  # conditions that set none: "if that suits you"
    chances: re.Pattern[str]  # conditions on the employer's choice


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The phrases and the grammar of one language."""

    phrases: tuple[Phrase, ...]
    book: PhraseBook
    subjects: PhraseBook
    grammar: _Grammar
    negative: frozenset[str]  # examples of phrases that hold a negation themselves


@cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of `language`; English where there is none."""
    language = language if language in LANGUAGES else "en"
    path = files("daemon.reading.lexicon").joinpath(f"acts.{language}.toml")
    data: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    words: dict[str, str] = data.pop("words", {})
    grammar: dict[str, str] = data.pop("grammar")
    subjects = tuple(_phrases(data.pop("subject", {}), words))
    body = tuple(_phrases({name: table["phrases"] for name, table in data.items()}, words))
    patterns = {name: compile_words(grammar[name], words) for name in _GRAMMAR}
    turns = _Grammar(**patterns)
    return Lexicon(
        phrases=body + subjects,
        book=PhraseBook(body),
        subjects=PhraseBook(subjects),
        grammar=turns,
        negative=frozenset(one.example for one in body if turns.negations.search(plain(one.example))),
    )


def _phrases(tables: Mapping[str, Iterable[Sequence[str]]], words: Mapping[str, str]) -> Iterator[Phrase]:
    for name, pairs in tables.items():
        for source, example in pairs:
            yield compile_phrase(Does(name), source, example, words)


def listen(sentences: Sequence[str], language: str, *, subject: str = "") -> tuple[Said, ...]:
    """Return what the sentences do, in order, the subject first."""
    spoken = lexicon(language)
    said = list(_hear(subject, -1, spoken)) if subject else []
    for place, sentence in enumerate(sentences[:_MOST]):
        said.extend(_hear(sentence, place, spoken))
    return tuple(said)


def _hear(sentence: str, place: int, spoken: Lexicon) -> Iterator[Said]:
    words = plain(sentence[:_LONGEST])
    quote = sentence.strip()[:_QUOTE]
    books = (spoken.book, spoken.subjects) if place < 0 else (spoken.book,)
    turn: _Turn | None = None
    done: set[tuple[str, str]] = set()
    for book in books:
        for phrase, match in book.search(words):
            does = Does(phrase.name)
            found = match[0].strip()
            if (does, found) in done:
                continue
            done.add((does, found))
            if does not in _TOPICS:
                turn = turn or _Turn.of(words, spoken.grammar)
                if turn.undoes(does, match, negative=phrase.example in spoken.negative):
                    continue
            yield Said(does, quote, found, place)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What turns a sentence round: negations, conditions, chances."""

    words: str
    negations: tuple[int, ...]
    conditional: bool
    chance: bool

    @classmethod
    def of(cls, words: str, grammar: _Grammar) -> _Turn:
        bare = grammar.harmless.sub(_blank, words)
        chance = bool(grammar.chances.search(bare))
        return cls(
            words=words,
            negations=tuple(match.end() for match in grammar.negations.finditer(bare)),
            conditional=chance or bool(grammar.conditions.search(grammar.courtesies.sub(_blank, bare))),
            chance=chance,
        )

    def undoes(self, does: Does, match: re.Match[str], *, negative: bool) -> bool:
        """Whether the sentence takes back what `match` does; a `negative` phrase holds its own "not"."""
        if self.chance and does in _UNDONE_BY_CHANCE:
            return True
        if self.conditional and does in _UNDONE_BY_CONDITION:
            return True
        if does not in _UNDONE_BY_NEGATION:
            return False
        clause = max(self.words.rfind(" , ", 0, match.start() + 1), 0)
        last = match.start() if negative else match.end()
        return any(clause < end <= last for end in self.negations)


def _blank(match: re.Match[str]) -> str:
    return " " + "_" * (len(match[0]) - 1)
