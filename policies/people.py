"""Whom one may write to in a case, and who of them is asked where things stand.

Only addresses seen in the case are ever returned, and never one that belongs to a machine.  What must not
be known here: what is written, and when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from policies.case import Case, DirectionKind, Event, Part, Party, Person

ARRANGES = frozenset({Part.COORDINATOR, Part.RECRUITER})
SOMEBODY = Person(None)
"""Whoever it is: no mail says."""

_MACHINE = re.compile(
    r"no.?reply|do.?not.?reply|nicht.?antworten|ne.?pas.?repondre|nao.?responda|no.?responder|non.?rispondere"
    r"|mailer.?daemon|postmaster|bounces?|notifications?|automated|auto.?confirm|job.?alerts?"
)
_TEAM = re.compile(
    r"(^|[._+-])(hr|jobs?|careers?|talent|team|recruit(ing|ment)?|hiring|people|apply|applications?|info"
    r"|contact|office|bewerbung(en)?|karriere|personal|recrutement|emplois?|empleo|vacatures?|lavoro)($|[._+-])"
)


@lru_cache(maxsize=4096)
def may_write_to(address: str | None) -> bool:
    """Return whether the address can belong to a person (FAULTS: robots, look-alike domains)."""
    if not address or not address.isascii() or "@" not in address:
        return False
    local, _, domain = address.rpartition("@")
    return "xn--" not in domain and not _MACHINE.search(local)


@lru_cache(maxsize=4096)
def is_team(address: str | None) -> bool:
    """Return whether the address looks like a mailbox several people read."""
    return bool(_TEAM.search((address or "").partition("@")[0]))


def authors(case: Case) -> Iterator[Person]:
    """Yield the people at the employer who wrote, once for each mail, the latest first."""
    for event in reversed(case.history):
        if event.by is Party.EMPLOYER and event.personal and event.author:
            yield known(case, event.author)


def last_mail_of(case: Case, address: str | None) -> Event | None:
    """Return the latest mail that came from that address."""
    mails = (e for e in reversed(case.history) if e.by is Party.EMPLOYER)
    return next((e for e in mails if e.author and e.author.address == address), None) if address else None


def contact(case: Case) -> Person | None:
    """Return who is asked where things stand: the one they named, who arranges, else who wrote last.

    A mailbox read by a team comes after every person; interviewers who never wrote come last (T3).
    """
    return next((p for p in _in_order_of_being_asked(case) if may_write_to(p.address)), None)


def _in_order_of_being_asked(case: Case) -> Iterator[Person]:
    yield from _named_as_contact(case)
    yield from (p for p in authors(case) if p.part in ARRANGES and not is_team(p.address))
    yield from (p for p in reversed(case.people) if p.part in ARRANGES and not is_team(p.address))
    yield from (p for p in authors(case) if not is_team(p.address))
    yield from authors(case)
    yield from (p for p in case.people if p.part in ARRANGES)
    yield from (p for i in reversed(case.interviews) for p in i.people if not i.cancelled)


def _named_as_contact(case: Case) -> Iterator[Person]:
    """Yield whom they asked to write to, the latest first, where the case knows the domain."""
    for event in reversed(case.history):
        if not event.directions or event.by is not Party.EMPLOYER:
            continue
        for direction in event.directions:
            named = direction.address if direction.kind is DirectionKind.CONTACT_PERSON else None
            if named and _domain(named) in {_domain(p.address) for p in (*case.people, *authors(case))}:
                yield known(case, Person(None, named))


def _domain(address: str | None) -> str:
    return (address or "").rpartition("@")[2]


def known(case: Case, person: Person) -> Person:
    """Return the person as the case knows them by their address."""
    return next((p for p in case.people if p.address and p.address == person.address), person)
