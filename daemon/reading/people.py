"""Who is who at the employer or agency: interviewers, coordinator, recruiter, hiring manager.

    find(message, sentences, me, *, judged, invites, company, language, sessions) -> tuple[Person, ...]
    attach(interviews, people, quotes) -> the interviews with their interviewers

Joins the header, calendar parts, the signature and the text; the same person said twice is one, with
the address wherever the mail shows it.  The user, role names, rooms and robots are never people.  Give
`company` from `employer.find` and `sessions` from `When.quotes`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from daemon.reading import names, people_sign, people_text, sender
from daemon.reading.employer_names import folded, is_company
from daemon.reading.employer_role import is_job
from daemon.reading.invite import Invites
from daemon.reading.lexicon import load
from daemon.reading.model import Address, Me, Message
from daemon.reading.people_sign import Signature
from daemon.reading.people_text import Mention, Strangers
from daemon.reading.sender import Sender
from policies.case import Interview, Part, Person

_MAX = 40
_MAX_TEXT = 12_000
_FORWARD_LINES = 30
_FORWARD = re.compile(r"\s{0,3}(?:fwd?|wg|tr|rv|enc|i|doorst)\s{0,2}:", re.IGNORECASE)
_FROM = re.compile(
    r"[>*\s]{0,6}(?:from|von|de|van|da)\s?:\*?\s([^<>@]{3,80}?)\s{0,3}[<\[(](?:mailto:)?([\w.+-]{1,64}@[\w.-]{3,100})",
    re.IGNORECASE,
)
_WITH_ME = re.compile(
    r"\b(?:and|with|w/|und|mit|et|avec|y|con|en|met|e|com) (?:me|myself|mir|moi|m[ií]|mij|mim)\b",
    re.IGNORECASE,
)
_RANK = (Part.HIRING_MANAGER, Part.INTERVIEWER, Part.RECRUITER, Part.COORDINATOR)


@dataclass(slots=True)
class _Somebody:
    """One person while the mail is read: the names and address seen, and what speaks for which part."""

    name: str
    address: str | None
    parts: list[Part]

    @property
    def words(self) -> frozenset[str]:
        return frozenset(folded(word) for word in names.bare(self.name).split())


def find(
    message: Message,
    sentences: Sequence[str],
    me: Me,
    *,
    judged: Sender,
    invites: Invites | None = None,
    company: str | None = None,
    language: str = "en",
    sessions: Collection[str] | None = None,
) -> tuple[Person, ...]:
    """Return the people of the employer's side in `message`, in the order they appear in the text."""
    mine = _mine(message, me)
    signed = people_sign.find(message.text, message.signature)
    found: list[_Somebody] = []
    strangers = Strangers(company or "", mine, nouns=language == "de")
    heard = islice(people_text.find(sentences, strangers, sessions), _MAX)
    mentions = [_unsigned(mention, message) for mention in heard]
    for person in _of_header(message, me, judged, signed, sentences, company or ""):
        _add(found, person)
    for mention in mentions:
        _add(found, Person(mention.name, mention.address, mention.part))
    met = any(mention.part in (Part.INTERVIEWER, Part.HIRING_MANAGER) for mention in mentions)
    for person in _of_calendar(invites or Invites(), message, company or "", others=met):
        _add(found, person)
    _give_addresses(found, message, sentences)
    return tuple(_finished(one) for one in found if not _is_user(one, me, mine))[:_MAX]


def _unsigned(mention: Mention, message: Message) -> Mention:
    """Return the mention; of the writer, where the line opens with the name and so signs, without a part."""
    writer = folded(names.tidy(message.sender.name)) if message.sender else ""
    signs = writer == folded(mention.name) and mention.sentence.startswith(mention.name)
    return replace(mention, part=None) if signs else mention


def _mine(message: Message, me: Me) -> frozenset[str]:
    """The folded words of the user's names, also as the mail addresses them."""
    own = [one.name for one in message.to if one.address in me.addresses or len(message.to) == 1]
    return frozenset(folded(word) for name in (me.name, *own) for word in names.tidy(name).split())


def _is_user(one: _Somebody, me: Me, mine: frozenset[str]) -> bool:
    if one.address is not None and sender.is_mine(one.address, me):
        return True
    return bool(one.words) and one.words <= mine and one.address is None


def _of_header(
    message: Message, me: Me, judged: Sender, signed: Signature, sentences: Sequence[str], company: str
) -> Iterator[Person]:
    """The writer, and whoever else of the employer's side the mail went to."""
    if (writer := _writer(message, judged, signed, company)) is not None:
        yield replace(writer, part=_writer_part(signed, sentences, judged))
    yield from _forwarded(message)
    for one in (*message.cc, *message.to):
        if sender.is_mine(one.address, me) or sender.is_robot(one.address):
            continue
        if one in message.to and not _colleague(one, message):
            continue
        name = names.tidy(one.name) or names.from_address(one.address)
        if names.is_name(name) and not names.is_role(name):
            yield Person(names.bare(name), one.address)


def _forwarded(message: Message) -> Iterator[Person]:
    """Who wrote the mail that was passed on; "me" in it is their word, and the candidate meets them."""
    if not _FORWARD.match(message.subject):
        return
    met = Part.INTERVIEWER if _WITH_ME.search(message.text[:_MAX_TEXT]) else None
    for line in message.quoted[:_MAX_TEXT].split("\n")[:_FORWARD_LINES]:
        if written := _FROM.match(line):
            name = names.tidy(written[1])
            if names.is_name(name) and not names.is_role(name):
                yield Person(names.bare(name), written[2].lower(), met)


def _colleague(one: Address, message: Message) -> bool:
    home = message.sender.address.rpartition("@")[2] if message.sender else ""
    return one.address.rpartition("@")[2] == home


def _writer(message: Message, judged: Sender, signed: Signature, company: str) -> Person | None:
    """The person who wrote, by the display name, else the signature; None for an unsigned system."""
    if message.sender is None or judged.outgoing:
        return None
    address = message.sender.address
    name = names.tidy(message.sender.name)
    own = names.is_name(name) and not names.is_role(name) and folded(name) != folded(judged.relay)
    robot = judged.robot_address or sender.is_robot(address)
    if (
        own
        and not (robot and " " not in name)
        and folded(name) != folded(company)
        and not is_company(name)
        and not is_job(name)
        and not (judged.relay and folded(name).startswith(folded(judged.relay)))
    ):
        return Person(names.bare(name), None if robot else address)
    if (
        not signed.name
        or folded(signed.name) in folded(company)
        or is_company(signed.name)
        or is_job(signed.name)
    ):
        return None
    if " " in signed.name or (signed.name and not judged.automatic):
        shown = None if robot or names.is_mailbox(address) or judged.relay else address
        return Person(names.bare(signed.name), shown) if " " in signed.name or shown else None
    return None


@cache
def _self() -> tuple[tuple[Part, re.Pattern[str]], ...]:
    table = load("people")["self"]
    order = (Part.HIRING_MANAGER, Part.COORDINATOR, Part.RECRUITER, Part.INTERVIEWER)
    return tuple((part, people_text.phrases(table[part])) for part in order)


def _writer_part(signed: Signature, sentences: Sequence[str], judged: Sender) -> Part | None:
    """What the writer says of themselves, else what their title says."""
    for part, pattern in _self():
        if any(pattern.search(sentence[:600]) for sentence in sentences[:60]):
            return part
    del judged
    return people_sign.part_of(" | ".join(signed.about[:3])) if signed.about else None


def _of_calendar(invites: Invites, message: Message, company: str, *, others: bool) -> Iterator[Person]:
    """The people of calendar parts: attendees are met, who only organizes arranges."""
    writer = message.sender.address if message.sender else ""
    organizers = {event.organizer for event in invites.events}
    for person in invites.people:
        if person.name and company and folded(person.name) in folded(company):
            continue
        if person.name is None and person.address and names.is_mailbox(person.address):
            continue
        arranges = person in organizers and (others or any(event.attendees for event in invites.events))
        part = Part.COORDINATOR if arranges else Part.INTERVIEWER
        yield replace(person, part=None if person.address == writer else part)


def _add(found: list[_Somebody], person: Person) -> None:
    """Add a person, or what is new of them to the one already known."""
    name = names.bare(person.name or "")
    known = _same(found, name, person.address)
    if known is None:
        found.append(_Somebody(name, person.address, [person.part] if person.part else []))
        return
    if len(name.split()) > len(known.name.split()) and not name.isupper():
        known.name = _given_first(name, known.name)
    known.address = known.address or person.address
    if person.part:
        known.parts.append(person.part)


def _given_first(name: str, known: str) -> str:
    """A full name in the order it is said: a calendar's "Okafor Tom" is the text's Tom."""
    *family, given = name.split()
    return " ".join((given, *family)) if folded(given) == folded(known) else name


def _same(found: list[_Somebody], name: str, address: str | None) -> _Somebody | None:
    """The person already found who has this address or name (also a given name, a surname, an initial)."""
    if address:
        for one in found:
            if one.address == address:
                return one
    if not name:
        return None
    spelled = frozenset(folded(word) for word in name.split() if not _is_title(word))
    fitting = [one for one in found if _fits(one, spelled) and not (address and one.address)]
    exact = [one for one in fitting if one.words == spelled]
    return exact[0] if exact else fitting[0] if len(fitting) == 1 else None


def _is_title(word: str) -> bool:
    return names.is_title(word)


def _fits(one: _Somebody, spelled: frozenset[str]) -> bool:
    known = frozenset(word for word in one.words if not _is_title(word))
    if not known or not spelled:
        return False
    if known <= spelled or spelled <= known:
        return True
    if len(known) < 2 or len(spelled) < 2 or not known & spelled:
        return False
    rest = [*(known - spelled), *(spelled - known)]  # "T. Marlowe" is Tobias Marlowe
    return len(rest) == 2 and min(map(len, rest)) == 1 and rest[0][0] == rest[1][0]


def _give_addresses(found: list[_Somebody], message: Message, sentences: Sequence[str]) -> None:
    """Give people named without an address the one in the mail that spells their name."""
    shown = [address for address, _ in people_text.addresses(sentences)]
    shown += [
        link.href[7:].partition("?")[0].lower()
        for link in message.links
        if link.href[:7].lower() == "mailto:"
    ]
    shown += [address for address, _ in people_text.addresses(message.signature.split("\n"))]
    taken = {one.address for one in found}
    for address in dict.fromkeys(shown):
        if address in taken or names.is_mailbox(address):
            continue
        fitting = [one for one in found if one.address is None and _spells(address, one.name)]
        if len(fitting) == 1:
            fitting[0].address = address


def _spells(address: str, name: str) -> bool:
    """Whether the local part of `address` is made of `name`: priya, priya.shah, pshah, priyas, shah."""
    local = folded(address.partition("@")[0].partition("+")[0])
    words = [folded(word) for word in names.bare(name).split() if not _is_title(word)]
    if not words or not local:
        return False
    given, family = words[0], words[-1]
    forms = {given, "".join(words)}
    if len(words) > 1:
        forms |= {
            family,
            given + family,
            family + given,
            given[0] + family,
            family + given[0],
            given + family[0],
        }
    return local in forms


def _finished(one: _Somebody) -> Person:
    part = min(one.parts, key=_RANK.index) if one.parts else None
    return Person(one.name or None, one.address, part)


def attach(
    interviews: Iterable[Interview], people: Sequence[Person], quotes: Mapping[dt.datetime, str]
) -> tuple[Interview, ...]:
    """Return `interviews` with the people met in each: those of its own line, else all interviewers.

    `quotes` are `When.quotes`.  People of a calendar part stay; their names and parts are completed.
    """
    met = tuple(one for one in people if one.part in (Part.INTERVIEWER, Part.HIRING_MANAGER))
    interviews = tuple(interviews)
    return tuple(
        replace(one, people=_met(one, people, met, quotes, several=len(interviews) > 1)) for one in interviews
    )


def _met(
    interview: Interview,
    people: Sequence[Person],
    met: tuple[Person, ...],
    quotes: Mapping[dt.datetime, str],
    *,
    several: bool,
) -> tuple[Person, ...]:
    quote = quotes.get(interview.start, "")
    here = tuple(one for one in met if one.name and one.name in quote)
    if several and here:
        return here
    invited = {one.address for one in interview.people}
    known = tuple(one for one in people if one.address in invited and one.address)
    return tuple(dict.fromkeys((*(known if not here else ()), *here, *(met if not several else ()))))
