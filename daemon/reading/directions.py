"""What the employer asked for about contact: "no calls", "nudge me if …", "write to Ana instead".

Reads the phrases of `lexicon/directions.<language>.toml` in the sentences of a mail; each direction keeps
the sentence it stands in.  Values in, values out: knows no mail and no policy.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from daemon.reading import phrases, timeline
from daemon.reading.lexicon import load
from daemon.reading.phrases import Phrases
from daemon.reading.timeline_words import LANGUAGES, Lexicon, lexicon
from policies.case import Direction, DirectionKind

_SENTENCES = 400
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_NAME = re.compile(r"(?<=[\w,:(?] )[^\W\d_a-zà-ÿ][^\W\d_]+(?: [^\W\d_a-zà-ÿ][\w'’-]+)?")
_NAME_REACH = 60  # characters after the phrase in which the person is named


@dataclass(frozen=True, slots=True)
class Rule:
    """The phrases of one kind of direction, what takes them back, and what must stand beside them."""

    kind: DirectionKind
    forms: Phrases
    not_in: Phrases
    needs: Phrases | None
    named: bool  # an address or a name must follow
    example: str
    written: tuple[str, ...]
    samples: Mapping[str, str]  # a word of each set, for the tests


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a language, and which of them have a phrase that begins with a word."""

    language: str
    rows: tuple[Rule, ...]
    by_word: Mapping[str, tuple[Rule, ...]]


@cache
def rules(language: str) -> Rules:
    """Return the rules of a language, English for one there is none for."""
    language = language if language in LANGUAGES else "en"
    data, words = load(f"directions.{language}"), lexicon(language)
    sets = {f"<{name}>": _phrases(forms, words, {}) for name, forms in data.get("sets", {}).items()}
    rows = tuple(
        Rule(
            kind=DirectionKind(row["kind"]),
            forms=_phrases(row["forms"], words, sets),
            not_in=_phrases(row.get("not_in", ()), words, sets),
            needs=_phrases(row["needs"], words, sets) if "needs" in row else None,
            named=row.get("named", False),
            example=row["example"],
            written=tuple(row["forms"]),
            samples={f"<{name}>": forms[0] for name, forms in data.get("sets", {}).items()},
        )
        for row in data["say"]
    )
    firsts = {word for row in rows for word in row.forms.first_words()}
    return Rules(
        language, rows, {word: tuple(row for row in rows if row.forms.starts(word)) for word in firsts}
    )


def _phrases(forms: Sequence[str], words: Lexicon, sets: Mapping[str, Phrases]) -> Phrases:
    root = Phrases()
    for form in forms:
        parts: list[str | Phrases] = []
        for part in form.split():
            parts += [sets[part]] if part in sets else words.words(part)
        root.add(parts).value = "said"
    return root


def find(
    sentences: Sequence[str], sent: dt.datetime, *, language: str, country: str = ""
) -> tuple[Direction, ...]:
    """Return the directions in `sentences`, each kind once, in the order they were given."""
    found: dict[DirectionKind, Direction] = {}
    known = rules(language)
    for at, sentence in enumerate(sentences[:_SENTENCES]):
        for kind in _heard(sentence, known):
            if kind not in found:
                found[kind] = _direction(kind, sentences[: at + 1], sent, language, country)
    return tuple(found.values())


def _heard(sentence: str, known: Rules) -> Iterator[DirectionKind]:
    """Yield the kinds of direction a sentence gives."""
    words = lexicon(known.language)
    texts = words.tokens(sentence)
    tried: set[int] = set()
    for at, text in enumerate(texts):
        for rule in known.by_word.get(text, ()):
            if id(rule) in tried or rule.forms.longest(texts, at)[1] is None:
                continue
            tried.add(id(rule))
            if _stands(rule, texts) and (
                not rule.named or _names_somebody(sentence, words.place(sentence, at))
            ):
                yield rule.kind


def _stands(rule: Rule, texts: list[str]) -> bool:
    """Whether nothing in the sentence takes a rule back and what it needs is there."""
    if any(phrases.find(rule.not_in, texts)):
        return False
    return rule.needs is None or any(phrases.find(rule.needs, texts))


def _names_somebody(sentence: str, place: int) -> bool:
    """Whether an address or a name stands around a place in a sentence."""
    near = sentence[max(place - _NAME_REACH // 2, 0) : place + 2 * _NAME_REACH]
    return bool(_ADDRESS.search(near) or _NAME.search(near))


def _direction(
    kind: DirectionKind, sentences: Sequence[str], sent: dt.datetime, language: str, country: str
) -> Direction:
    sentence = sentences[-1]
    address = _ADDRESS.search(sentence)
    until = None
    if kind in (DirectionKind.SILENCE_MEANS_NO, DirectionKind.STICK_TO_TIMELINE):
        known = timeline.find(sentences, sent, language=language, country=country).found
        until = max((one.latest for one in known if one.latest), default=None)
    if kind is DirectionKind.SILENCE_MEANS_NO and until is None:
        bare = timeline.resolve(sentence, sent, language=language, country=country)
        until = bare.latest if bare else None
    return Direction(
        kind=kind,
        quote=sentence,
        until=until,
        address=address[0].lower() if address and kind is DirectionKind.CONTACT_PERSON else None,
        every_days=timeline.cadence(sentence, language) if kind is DirectionKind.CHECK_IN_WELCOME else None,
    )
