"""Names fit for a greeting, and cleaned text fit for a draft.

Gender is never guessed from a name: a title is used only where the name carries one or the employer's
own mail writes it before the surname.  Nothing here knows a language's letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from daemon.reading.lexicon import load

_TITLES = {
    "ms": "ms mrs miss frau mme madame mlle sra señora mevrouw mevr mw senhora signora sig.ra".split(),
    "mr": "mr mister herr herrn monsieur sr señor meneer dhr senhor signor sig".split(),
}  # not "M." or "Don": an initial, a first name
_TITLE_OF = {word: title for title, words in _TITLES.items() for word in words}
_DEGREES = ("dr", "prof", "professor", "dra", "profa", "dott", "dott.ssa", "dottoressa", "dottor")
_ROLES = frozenset(
    "team human resources recruiting recruitment recruiter talent acquisition careers jobs hiring hr people "
    "noreply no-reply "
    "bewerbung bewerbungen personal personalabteilung karriere recrutement rh emploi seleccion selección "
    "empleo vacatures werving recrutamento vagas selezione risorse umane office info kontakt contact "
    "support admin notifications interview interviews candidates scheduling".split()
)
_PARTICLES = frozenset(
    "von van de der den zu zur del della di da dos das do la le du al bin ibn ter ten vom".split()
)
_TAIL = re.compile(r"\s*(?:\(.*|\[.*|\||\s[-–—@/]\s|\bvia\b|\bat\b|\bfrom\b|\bvon der\b).*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Addressee:
    """How to greet somebody.  `title` is `ms` or `mr`, `degree` "Dr." and the like; all may be empty."""

    full: str = ""
    first: str = ""
    last: str = ""
    title: str = ""
    degree: str = ""


def clean(value: object, cap: int = 200) -> str:
    """Return `value` as one line of plain text: no controls, no bidi or zero-width characters, capped.

    Template marks and our own gap marks are taken out, so that a received value can never look like one.
    """
    text = unicodedata.normalize("NFC", str(value)[: cap * 4])
    text = "".join(" " if char in "\r\n\t\v\f\x85\u2028\u2029" else char for char in text)
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    for mark in ("[[", "]]", "{{", "}}", "{%", "%}"):
        text = text.replace(mark, "")
    return " ".join(text.split())[:cap].strip()


def addressee(name: str | None, texts: str = "") -> Addressee:
    """Return how to greet the person of that display name; empty for teams, robots and no name.

    `texts` are the employer's own words, searched for a title before the surname ("Frau Weber").
    """
    words = _words(name)
    title, degrees, words = _leading(words)
    if not words or any(word.lower().strip(".") in _ROLES for word in words) or _is_system(words):
        return Addressee()
    first, last = words[0], _surname(words)
    full = " ".join(words)
    if len(words) == 1 and (title or degrees):
        first, last = "", words[0]
    return Addressee(full, first, last, title or _title_in(last, texts), " ".join(degrees))


@cache
def _systems() -> frozenset[str]:
    data = load("ats")
    return frozenset(brand.lower() for kind in ("ats", "schedulers", "boards") for brand in data[kind])


def _is_system(words: Sequence[str]) -> bool:
    """Whether the name is that of a system that carries mail ("Workday"), not a person's."""
    return " ".join(words).lower() in _systems()


def _words(name: str | None) -> list[str]:
    text = _TAIL.sub("", clean(name or "", 80)).strip(" \"'“”,;")
    if "@" in text or any(char.isdigit() for char in text):
        return []
    family, comma, given = text.partition(",")
    if comma and given.strip() and len(family.split()) <= 3:
        text = f"{given.strip()} {family}"
    words = text.split()
    if len(words) > 1 and words[0].isupper() and len(words[0]) > 2 and not words[-1].isupper():
        capital = [word for word in words if word.isupper()]  # French usage: BESNARD Capucine
        words = [word for word in words if not word.isupper()] + capital
    return [word.title() if word.isupper() and len(word) > 2 and "." not in word else word for word in words]


def _leading(words: list[str]) -> tuple[str, list[str], list[str]]:
    """Return title, degrees and the rest of the name's words."""
    title, degrees = "", []
    while words:
        word = words[0].lower().rstrip(".")
        if word in _TITLE_OF and len(words) > 1:
            title = title or _TITLE_OF[word]
        elif word in _DEGREES:
            degrees.append(words[0])
        else:
            break
        words = words[1:]
    return title, degrees, words


def _surname(words: list[str]) -> str:
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[start:])


def _title_in(last: str, texts: str) -> str:
    """Return the title the texts write before that surname, if they agree on one."""
    if not last:
        return ""
    found = re.findall(
        rf"\b([\w.]{{1,9}}) (?:(?:Dr|Prof)\.? ){{0,2}}(?i:{re.escape(last)})\b", texts[:100_000]
    )
    words = {
        word.lower().rstrip(".") for word in found if word[0].isupper() or len(word) > 5
    }  # "we miss Lee"
    titles = {_TITLE_OF[word] for word in words if word in _TITLE_OF}
    return titles.pop() if len(titles) == 1 else ""
