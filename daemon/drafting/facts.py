"""What the user told about a case, kept with the case as plain pairs, and found again for a letter.

Nothing here knows where the user said it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from daemon.drafting.names import addressee, clean
from daemon.drafting.profile import About, Fact
from policies.case import Person

_MAX_WORDS = 16
_SENTENCE_END = re.compile(r"[.!?]\s+\w")


def to_pair(fact: Fact) -> tuple[str, str]:
    """Return a fact as `Case.facts` keeps it: ("talked:de:priya@acme.example:2026-03-03", text)."""
    person = fact.person.replace(":", " ")
    return f"{fact.about}:{fact.language}:{person}:{fact.day}".rstrip(":"), fact.text


def from_pairs(pairs: Iterable[tuple[str, str]]) -> tuple[Fact, ...]:
    """Return the facts of a case; a key of another making is a note."""
    return tuple(_fact(key, text) for key, text in pairs)


def _fact(key: str, text: str) -> Fact:
    about, language, person, day, *_ = (*key.split(":"), "", "", "")
    if about not in frozenset(About):
        return Fact(About.NOTE, text)
    return Fact(About(about), text, person, language, day)


def told(facts: Iterable[Fact], about: About, person: Person | None, day: str = "") -> tuple[Fact, ...]:
    """Return the facts of that sort, those about this person first, then those about nobody in particular.

    With a `day`, what was told of another day's interview is left out.
    """
    of_kind = [fact for fact in facts if fact.about is about and (not day or fact.day in ("", day))]
    own = [fact for fact in of_kind if fact.person and person is not None and _names(fact.person, person)]
    return (*reversed(own), *reversed([fact for fact in of_kind if not fact.person]))


def _names(told_of: str, person: Person) -> bool:
    word, name = told_of.casefold(), addressee(person.name)
    return word in {
        person.address,
        (person.name or "").casefold(),
        name.full.casefold(),
        name.first.casefold(),
    }


def phrase(fact: Fact) -> str:
    """Return the fact as a phrase that fits after "talking about", or "" if it is more than a phrase."""
    said = re.split(r"(?<=[.!?;])\s+", clean(fact.text, 400))
    text = " ".join(one for one in said if "@" not in one).strip(" .;,–-")  # "Her address is …" is for us
    if not text or len(text.split()) > _MAX_WORDS or _SENTENCE_END.search(text):
        return ""
    return text
