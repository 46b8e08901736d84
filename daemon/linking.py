"""Which case a mail belongs to.

The strongest link wins: the thread, the calendar UID, an ATS's token; then a person, a domain, an
employer's name, told apart by role and requisition.  Pure but for its own memory: it holds an index over
the cases it was told of.  What must not be known here: the policy, the store, the mail account.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from daemon import trust
from daemon.names import organisation, same_organisation, same_role, slug
from daemon.reading.model import Reading
from policies.case import Act, Kind

OPENS_AT = 0.5
"""The confidence from which a mail may open a case by itself; below it is only remembered."""

ALIVE = timedelta(days=120)
"""How long after a case's last mail a word of its people about nothing in particular still belongs to it."""

_HEADER = 65_536
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_ANGLED = re.compile(r"<([^<>\s]{3,500})>")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")

OPENING = frozenset(
    {
        Kind.INTERVIEW_INVITATION,
        Kind.SCHEDULING_REQUEST,
        Kind.INTERVIEW_RESCHEDULE,
        Kind.INTERVIEW_CANCELLATION,
        Kind.APPLICATION_ACKNOWLEDGEMENT,
        Kind.REJECTION,
        Kind.OFFER,
        Kind.EMPLOYER_UPDATE,
        Kind.ASSESSMENT_REQUEST,
    }
)
"""Kinds that tell of a process under way.  Cold outreach and the user's own application are remembered
and join the case once somebody answers."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a mail belongs: a case's id or None, in words why, and whether the case begins with it.

    `others` are cases that might have been meant as well.  `with_loose` are the keys of mails remembered
    earlier that belong to the case it opens.  `doubt` says why the mail's sender may only pose as somebody
    in the case: it lies in the case, and says nothing there.
    """

    case_id: str | None
    why: str
    opens: bool = False
    others: tuple[str, ...] = ()
    with_loose: tuple[str, ...] = ()
    doubt: str = ""


@dataclass(slots=True)
class _Known:
    """What tells one case from another."""

    domains: set[str] = field(default_factory=set)
    roles: list[str] = field(default_factory=list)
    employers: list[str] = field(default_factory=list)
    requisitions: set[str] = field(default_factory=set)
    latest: datetime | None = None


def mentioned(octets: bytes) -> frozenset[str]:
    """Return the Message-IDs and lower-case addresses in a mail's header, found without parsing it."""
    header = _END_OF_HEADER.split(octets[:_HEADER], maxsplit=1)[0].decode("utf-8", "replace")
    ids = _ANGLED.findall(header)
    return frozenset((*ids, *(one.lower() for one in _ADDRESS.findall(header))))


class Casebook:
    """An index over all cases of one account, fed with every linked reading by `add`."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._by_id: dict[str, str] = {}
        self._wanted: dict[str, str] = {}
        self._by_token: dict[str, str] = {}
        self._by_person: defaultdict[str, set[str]] = defaultdict(set)
        self._by_domain: defaultdict[str, set[str]] = defaultdict(set)
        self._by_employer: defaultdict[str, set[str]] = defaultdict(set)
        self._loose: dict[str, Reading] = {}

    def link(self, reading: Reading) -> Link:
        """Return where the reading belongs, without changing anything."""
        if _to_oneself(reading):
            return Link(None, "the user's own mail, to themselves")
        weak = self._outgoing if reading.outgoing else self._incoming
        link = self._strong(reading) or weak(reading) or self._new(reading)
        if link.case_id is None:
            return link
        return replace(link, doubt=self._doubt(link.case_id, reading))

    def add(self, case_id: str, reading: Reading) -> None:
        """Remember that the reading belongs to the case; of one in doubt, only that."""
        known = self._known.setdefault(case_id, _Known())
        self._loose.pop(reading.message_id, None)
        self.claim(case_id, reading.message_id)
        for wanted in (*reading.in_reply_to, *reading.references):
            self._wanted.setdefault(wanted, case_id)
        if not self._doubt(case_id, reading):
            self._learn(case_id, known, reading)

    def _learn(self, case_id: str, known: _Known, reading: Reading) -> None:
        """Remember what will tell this case's further mails."""
        for token in _tokens(reading):
            self._by_token.setdefault(token, case_id)
        for address in _people(reading):
            self._by_person[address].add(case_id)
        for domain in trust.domains(reading):
            known.domains.add(domain)
            self._by_domain[domain].add(case_id)
        if reading.employer:
            known.employers.append(reading.employer)
            self._by_employer[organisation(reading.employer)].add(case_id)
        if reading.role:
            known.roles.append(reading.role)
        if reading.requisition:
            known.requisitions.add(reading.requisition)
        known.latest = max(known.latest or reading.date, reading.date)

    def _doubt(self, case_id: str, reading: Reading) -> str:
        known = self._known.get(case_id)
        return trust.doubt(reading, known.domains if known else ())

    def knows(self, mentioned: Iterable[str]) -> bool:
        """Return whether any of these Message-IDs and addresses has to do with a case."""
        return any(
            one in self._by_id
            or one in self._wanted
            or one in self._loose
            or one in self._by_person
            or any(host in self._by_domain for host in _hosts(one))
            for one in mentioned
        )

    def claim(self, case_id: str, message_id: str) -> None:
        """Remember that mails in the thread of this Message-ID belong to the case (our own drafts too)."""
        if message_id:
            self._by_id[message_id] = case_id

    def remember(self, reading: Reading) -> None:
        """Keep a mail that belongs to no case yet; an answer to it will bring it in."""
        if reading.message_id:
            self._loose[reading.message_id] = reading

    def _strong(self, reading: Reading) -> Link | None:
        for message_id in (*reading.in_reply_to, *reversed(reading.references)):
            if case_id := self._by_id.get(message_id):
                return Link(case_id, "answers a mail of this case")
        if case_id := self._wanted.get(reading.message_id):
            return Link(case_id, "a mail of this case answers it")
        for token in _tokens(reading):
            if case_id := self._by_token.get(token):
                return Link(case_id, f"carries the same id ({token.partition(':')[0]})")
        return None

    def _incoming(self, reading: Reading) -> Link | None:
        by_person = self._by_person.get(reading.sender.address, set()) if reading.sender else set()
        if reading.kind in (Kind.OTHER, Kind.JOB_ALERT):
            return self._choose(
                reading, self._in_touch(by_person, reading), "a word from a person of this case"
            )
        if reading.kind is Kind.RECRUITER_OUTREACH and reading.role is None:
            return None
        found = self._choose(reading, by_person, "written by a person of this case")
        if found is None and reading.domain and not reading.internal:
            found = self._choose(reading, self._by_domain[reading.domain], "from the employer's domain")
        if found is None and reading.employer and not reading.internal:
            named = self._by_employer.get(organisation(reading.employer), set())
            found = self._choose(reading, named, "names the same employer")
        return found

    def _in_touch(self, cases: set[str], reading: Reading) -> set[str]:
        """Return those of a person's cases that a mail of theirs about nothing in particular belongs to.

        A colleague's ordinary mail, a list's and a machine's belong to none, nor does a word to many, or
        one that comes long after the case fell silent.
        """
        if reading.automatic or reading.internal or not reading.direct:
            return set()
        return {one for one in cases if reading.date - (self._known[one].latest or reading.date) <= ALIVE}

    def _outgoing(self, reading: Reading) -> Link | None:
        recipients = [a.address for a in (*reading.to, *reading.cc)]
        people = set().union(*(self._by_person.get(a, set()) for a in recipients))
        found = self._choose(reading, people, "written to a person of this case")
        if found is None:
            domains = set().union(*(self._by_domain.get(d, set()) for d in trust.domains(reading)))
            found = self._choose(reading, domains, "written to the employer's domain")
        return found

    def _choose(self, reading: Reading, candidates: set[str], why: str) -> Link | None:
        fitting = [c for c in candidates if self._fits(c, reading)]
        if not fitting:
            return None
        fitting.sort(key=lambda c: self._closeness(c, reading), reverse=True)
        return Link(fitting[0], why, others=tuple(fitting[1:]))

    def _fits(self, case_id: str, reading: Reading) -> bool:
        """Return whether nothing says that the mail is about something else."""
        known = self._known[case_id]
        if reading.requisition and known.requisitions:
            return reading.requisition in known.requisitions
        name = reading.employer
        if name and known.employers and not any(same_organisation(name, e) for e in known.employers):
            return False
        if reading.role and known.roles:
            return any(same_role(reading.role, r) for r in known.roles)
        return True

    def _closeness(self, case_id: str, reading: Reading) -> tuple[bool, float, str]:
        known = self._known[case_id]
        role = bool(reading.role) and any(same_role(reading.role or "", r) for r in known.roles)
        return (role, known.latest.timestamp() if known.latest else 0.0, case_id)

    def _new(self, reading: Reading) -> Link:
        if reading.outgoing:
            return Link(None, "the user's own mail, to nobody in a case")
        if reading.doubt:
            return Link(None, f"not believed: {reading.doubt}")
        loose = self._loose_thread(reading)
        opens = reading.kind in OPENING and reading.confidence >= OPENS_AT
        answered = reading.kind is not Kind.AUTO_REPLY and not reading.automatic
        if opens or (loose and answered):
            why = "answers the user's first mail" if loose and not opens else f"first mail: {reading.kind}"
            return Link(case_id_for(reading), why, opens=True, with_loose=loose)
        return Link(None, f"no case for this mail ({reading.kind})")

    def _loose_thread(self, reading: Reading) -> tuple[str, ...]:
        ids = dict.fromkeys((*reading.in_reply_to, *reading.references))
        return tuple(self._loose[i].key for i in ids if i in self._loose)


def _hosts(address: str) -> Iterable[str]:
    """Yield the host of an address and the domains it lies in."""
    labels = address.rpartition("@")[2].split(".")
    return (".".join(labels[n:]) for n in range(len(labels) - 1))


def _to_oneself(reading: Reading) -> bool:
    """Return whether the user wrote to their own address alone, in no thread: a digest names many cases."""
    recipients = {address.address for address in (*reading.to, *reading.cc)}
    alone = reading.sender is not None and recipients == {reading.sender.address}
    return reading.outgoing and alone and not (reading.in_reply_to or reading.references)


def worth_remembering(reading: Reading) -> bool:
    """Return whether a mail of no case may become part of one later.

    Who names a time and answers nobody invites: that mail is no candidate's.
    """
    began = reading.act in (Act.APPLICATION, Act.QUESTION, Act.THANKS)
    answered = reading.act is Act.ANSWER and bool(reading.in_reply_to)
    return (reading.outgoing and (began or answered)) or reading.kind is Kind.RECRUITER_OUTREACH


def case_id_for(reading: Reading) -> str:
    """Return the id of a case that begins with this mail: a word for people, four characters for machines."""
    word = slug(reading.employer or "") or slug(reading.domain.partition(".")[0]) or "case"
    return f"{word}-{hashlib.sha256(reading.key.encode()).hexdigest()[:4]}"


def _tokens(reading: Reading) -> Iterable[str]:
    for interview in reading.interviews:
        if interview.uid:
            yield f"calendar:{interview.uid}"
    for uid in reading.cancelled_uids:
        yield f"calendar:{uid}"
    for token in reading.tokens:
        yield f"application:{token}"


def _people(reading: Reading) -> set[str]:
    """Return the addresses of people on the other side of the mail."""
    if reading.outgoing:
        return {a.address for a in (*reading.to, *reading.cc)}
    found = {p.address for p in reading.people if p.address}
    if reading.sender and reading.personal:
        found.add(reading.sender.address)
    return found
