"""What each sentence of a mail does: invites, asks when, declines, promises, and so on.

Phrases and examples are data (`lexicon/acts.<language>.toml`, `lexicon/examples.<language>.toml`); here is
what holds in every language: a negated invitation is none, "if your profile matches, we will invite you"
invites nobody, and "should you need to reschedule" moves nothing.  Knows sentences only: not who wrote, and
not what the mail as a whole is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from daemon.reading.acts_phrase import Phrase, PhraseBook, compile_phrase, compile_words, plain
from daemon.reading.acts_similar import Examples
from daemon.reading.language import LANGUAGES
from daemon.reading.lexicon import load

_LONGEST = 1_200  # characters of a sentence that are listened to
_MOST = 120  # sentences of a mail that are listened to
_QUOTE = 240
_FAINT = 0.12  # how like examples a sentence must be to be worth a guess
_ALIKE = 0.33  # ... to count as a hint
_CLEAR = 0.75  # ... to count in full
_LONG = 25  # sentences; in longer mails much resembles something by chance
_COMPARED = 60  # sentences of a mail that are compared with examples
_CLAUSE = re.compile(r"(?<=[.!?])\s+")
_GRAMMAR = ("negations", "harmless", "conditions", "courtesies", "chances", "generals")


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
    AWAITS = "awaits"  # waits for an answer, a signature
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
    NOTHING = "nothing"

    JOB = "job"
    APPLYING = "applying"  # for a job, or for something else
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
    SUBMISSION = "submission"  # a paper, a talk, an entry
    PRACTICE = "practice"  # of interviews
    LEARNING = "learning"
    SHOPPING = "shopping"
    OFFICIAL = "official"
    PRIVATE = "private"


ABOUT_A_JOB = frozenset({Does.JOB, Does.APPLYING, Does.WORK})
ABOUT_SOMETHING_ELSE = frozenset(tuple(Does)[list(Does).index(Does.PRESS) :])
TOPICS = ABOUT_A_JOB | ABOUT_SOMETHING_ELSE

# Those in whose mail an application, an interview or an offer is another thing.
OTHER_BUSINESS = frozenset(
    {
        Does.PRESS,
        Does.RESEARCH,
        Does.STUDY,
        Does.HOUSING,
        Does.HEALTH,
        Does.MONEY,
        Does.OFFICIAL,
        Does.SUBMISSION,
    }
)

# What is not done to an applicant where its words name another business: "your loan application".
_OF_OTHER_BUSINESS = ABOUT_A_JOB | {
    Does.INVITES, Does.FIXES, Does.OFFERS, Does.DECLINES, Does.RECEIVED, Does.REVIEWS, Does.CANCELS,
    Does.MOVES,
}  # fmt: skip

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


# "The decision was pushed to March" moves no interview, "thanks for coming in on Tuesday" settles none:
# what one sentence does besides hides the other.
_HIDDEN_BY: Mapping[Does, frozenset[Does]] = {
    Does.MOVES: frozenset({Does.STILL_WORKING, Does.HOLDS}),
    Does.INVITES: frozenset({Does.DECLINES}),
    Does.FIXES: frozenset({Does.WELCOMES}),
    Does.OFFERS: frozenset({Does.INVITES, Does.CHECKS}),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing done by one sentence.  `words` are the plain words that did it; `place` counts
    sentences from 0, the subject being -1; `weak` words only hint."""

    does: Does
    quote: str
    words: str
    place: int
    weak: bool = False


@dataclass(frozen=True, slots=True)
class _Grammar:
    negations: re.Pattern[str]
    harmless: re.Pattern[str]  # negations that negate nothing
    conditions: re.Pattern[str]
    courtesies: re.Pattern[str]  # conditions that set none: "if that suits you"
    chances: re.Pattern[str]  # conditions on the employer's choice
    generals: re.Pattern[str]  # what holds for applicants in general


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The phrases and the grammar of one language."""

    phrases: tuple[Phrase, ...]
    book: PhraseBook
    subjects: PhraseBook
    examples: Examples
    grammar: _Grammar
    negative: frozenset[str]  # examples of phrases that may hold a negation themselves


@cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of `language`; English where there is none."""
    language = language if language in LANGUAGES else "en"
    data: dict[str, Any] = dict(load(f"acts.{language}"))
    words: dict[str, str] = data.pop("words", {})
    grammar: dict[str, str] = data.pop("grammar")
    alike: list[str] = data.pop("alike", {}).get("words", [])
    subjects = tuple(_phrases(data.pop("subject", {}), words))
    body = tuple(_phrases({name: table["phrases"] for name, table in data.items()}, words))
    known = [(one.name, one.example) for one in body if one.name not in TOPICS]
    known += [(name, text) for name, texts in load(f"examples.{language}").items() for text in texts]
    patterns = {name: compile_words(grammar[name], words) for name in _GRAMMAR}
    turns = _Grammar(**patterns)
    return Lexicon(
        phrases=body + subjects,
        book=PhraseBook(body),
        subjects=PhraseBook(subjects),
        examples=Examples(known, alike),
        grammar=turns,
        negative=frozenset(
            one.example for one in body if turns.negations.search(plain(f"{one.example} {one.source}"))
        ),
    )


def _phrases(tables: Mapping[str, Iterable[Sequence[str]]], words: Mapping[str, str]) -> Iterator[Phrase]:
    for name, pairs in tables.items():
        for source, example, *strength in pairs:
            yield compile_phrase(Does(name), source, example, words, weak=strength == ["weak"])


def listen(sentences: Sequence[str], language: str, *, subject: str = "") -> tuple[Said, ...]:
    """Return what the phrases of the sentences do, in order, the subject first."""
    spoken = lexicon(language)
    said = list(_say(subject, -1, spoken)) if subject else []
    for place, sentence in enumerate(sentences[:_MOST]):
        said.extend(_say(sentence, place, spoken))
    return tuple(said)


def compare(said: Sequence[Said], sentences: Sequence[str], language: str) -> tuple[Said, ...]:
    """Return `said` with what the sentences resemble, for a mail that is likely about a job.

    A sentence that is clearly like others than its phrases say does what those do, and the phrases only hint.
    Where nothing at all is heard, the likeliest counts as a hint.
    """
    spoken = lexicon(language)
    least = _ALIKE if len(sentences) <= _LONG else _CLEAR
    heard: dict[int, set[Does]] = {}
    for one in said:
        if one.does not in TOPICS:
            heard.setdefault(one.place, set()).add(one.does)
    like: list[Said] = []
    doubtful: set[int] = set()
    guess: tuple[float, Said] | None = None
    for place, sentence in enumerate(sentences[:_COMPARED]):
        for one, sure in _resembles(sentence, place, spoken):
            if one.does in heard.get(place, ()):
                continue
            if sure >= _CLEAR:
                doubtful.add(place)
            if sure >= least and one.does is not Does.NOTHING:
                like.append(one)
            elif one.does not in TOPICS | {Does.NOTHING} and (guess is None or sure > guess[0]):
                guess = sure, one
    firm = (replace(one, weak=one.weak or (one.place in doubtful and one.does not in TOPICS)) for one in said)
    silent = not heard and all(one.does in TOPICS for one in like)
    return (*firm, *like, *((guess[1],) if silent and guess else ()))


def _say(sentence: str, place: int, spoken: Lexicon) -> Iterator[Said]:
    words = plain(sentence[:_LONGEST])
    quote = sentence.strip()[:_QUOTE]
    turn: _Turn | None = None
    elsewhere: list[re.Match[str]] = []
    found: dict[tuple[Does, str], tuple[Said, re.Match[str]]] = {}
    for phrase, match in _search(words, place, spoken):
        does = Does(phrase.name)
        if does in ABOUT_SOMETHING_ELSE:
            if does in OTHER_BUSINESS:
                elsewhere.append(match)
        elif does not in TOPICS:
            turn = turn or _Turn.of(words, spoken.grammar)
            if turn.undoes(does, match, negative=phrase.example in spoken.negative):
                continue
        said = Said(does, quote, match[0].strip(), place, phrase.weak)
        if (does, said.words) not in found or not phrase.weak:
            found[does, said.words] = said, match
    for said, match in found.values():
        hiding = _HIDDEN_BY.get(said.does, frozenset())
        if any(other.does in hiding and _overlap(span, match) for other, span in found.values()):
            continue
        if said.does not in _OF_OTHER_BUSINESS or not any(_within(one, match) for one in elsewhere):
            yield said


def _resembles(sentence: str, place: int, spoken: Lexicon) -> Iterator[tuple[Said, float]]:
    """Yield what the clauses of a sentence are like, and how sure that is."""
    for clause in _CLAUSE.split(sentence[:_LONGEST]):
        words = plain(clause)
        like = spoken.examples.like(words)
        if like is None or like.share < _FAINT:
            continue
        does = Does(like.name)
        if not _Turn.of(words, spoken.grammar).sets_condition(does):
            reason = f"reads like “{like.example}”"
            yield Said(does, clause.strip()[:_QUOTE], reason, place, weak=like.share < _CLEAR), like.share


def _overlap(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.start() < other.end() and other.start() < one.end()


def _within(inner: re.Match[str], outer: re.Match[str]) -> bool:
    """Whether one stands in the other: "your loan application" is no application for a job."""
    return outer.start() <= inner.start() and inner.end() <= outer.end()


def _search(words: str, place: int, spoken: Lexicon) -> Iterator[tuple[Phrase, re.Match[str]]]:
    yield from spoken.book.search(words, TOPICS)
    if place < 0:
        yield from spoken.subjects.search(words, TOPICS)


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
        firm = grammar.courtesies.sub(_blank, bare)
        chance = bool(grammar.chances.search(firm) or (" you " not in bare and grammar.generals.search(bare)))
        return cls(
            words=words,
            negations=tuple(match.end() for match in grammar.negations.finditer(bare)),
            conditional=chance or bool(grammar.conditions.search(firm)),
            chance=chance,
        )

    def undoes(self, does: Does, match: re.Match[str], *, negative: bool) -> bool:
        """Whether the sentence takes back what `match` does; a `negative` phrase holds its own "not"."""
        if self.sets_condition(does):
            return True
        if does not in _UNDONE_BY_NEGATION:
            return False
        clause = max(self.words.rfind(" , ", 0, match.start() + 1), 0)
        last = match.start() if negative else match.end()
        return any(clause < end <= last for end in self.negations)

    def sets_condition(self, does: Does) -> bool:
        """Whether the sentence only says what would be if."""
        return (self.chance and does in _UNDONE_BY_CHANCE) or (
            self.conditional and does in _UNDONE_BY_CONDITION
        )


def _blank(match: re.Match[str]) -> str:
    return " " + "_" * (len(match[0]) - 1)
