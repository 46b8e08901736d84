"""What the words of a draft are made of: values only.

Nothing here knows how a draft is written, nor where these values are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from daemon.drafting.templates import Templates, builtin
from daemon.reading.model import Address


@dataclass(frozen=True, slots=True)
class Strength:
    """Something the user can do, and when to say it.

    `words` are words of requirements it answers ("pipelines", "team lead"); without any it answers
    every job.  `claim` is one sentence in the first person.  `language` is the one it is written in,
    empty for the profile's.
    """

    words: tuple[str, ...]
    claim: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """The user as they present themselves.

    `signature` stands below the name instead of the phone, or instead of both where it holds the name;
    `extra` are lines to add there (a web site).
    `language` is the one questions and gaps are asked in.
    """

    name: str
    phone: str = ""
    strengths: tuple[Strength, ...] = ()
    signature: str = ""
    language: str = "en"
    extra: tuple[str, ...] = ()


class About(StrEnum):
    """What a fact tells."""

    TALKED = "talked"  # what was talked about, with one person or with all
    WHEN = "when"  # when they said they would decide, in their words
    ASKED = "asked"  # what they asked for ("no calls"), in their words
    INTERESTED = "interested"  # "yes" or "no"
    NOTE = "note"  # anything else the user wrote down


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the user told us about a case.

    `person` is an address or a name where it concerns one person, else empty.  `language` is the one
    the text is written in, empty where unknown.  `day` (ISO 8601) is that of the interview it was talked
    about in, empty where it may have been any.
    """

    about: About
    text: str
    person: str = ""
    language: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The mail a draft replies to.

    `message_id` and `references` are with or without angle brackets.  `text` is its new text.
    """

    message_id: str = ""
    subject: str = ""
    references: tuple[str, ...] = ()
    author: Address | None = None
    date: datetime | None = None
    text: str = ""
    language: str = ""
    thread_id: str = ""


class Quotation(StrEnum):
    """Whether a reply repeats the mail it answers."""

    NONE = "none"
    CALM = "calm"  # below the signature, at most forty lines


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a draft needs besides the decision and the case.

    `account` is the account's main address: it and the decision's key name the draft for ever.
    `identity` is the name and address the employer wrote to.  `now` is aware and becomes the Date field.
    `wants` are the employer's texts in this case, read only to find which strengths they ask for.
    `others` are the bodies of notes already drafted in this case, so that none is written twice.
    `country` is the user's (`US`, `GB-ENG`), for the way dates are written.
    """

    profile: Profile
    account: str
    identity: Address
    now: datetime
    answered: Answered | None = None
    facts: tuple[Fact, ...] = ()
    wants: str = ""
    others: tuple[str, ...] = ()
    quotation: Quotation = Quotation.NONE
    country: str = ""
    templates: Templates = field(default_factory=builtin)
