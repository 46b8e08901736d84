"""Fold what the mails of one case say into the facts a policy may look at.

Pure: the same readings give the same case, in whatever order they arrived.  What must not be known here:
the policy's rules, the store, the mail account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from daemon import trust
from daemon.names import organisation, words
from daemon.reading.model import Reading
from policies.case import (
    Act,
    Case,
    Draft,
    Event,
    Interview,
    Kind,
    Note,
    Part,
    Party,
    Person,
    Raised,
)

NO_SHOW = timedelta(hours=48)
"""A mail that moves or cancels an interview within this time after its start means it did not take place."""

ACT_OF = {
    Note.THANK_YOU: Act.THANKS,
    Note.STATUS_CHECK: Act.QUESTION,
    Note.REJECTION_THANKS: Act.THANKS,
    Note.REOPENED_THANKS: Act.THANKS,
    Note.WITHDRAWAL: Act.WITHDRAWAL,
}
"""What a note of ours does once the user has sent it, whatever its words."""

FINAL = frozenset({Act.WITHDRAWAL, Act.ACCEPTANCE})
"""What a note may say after the user changed it, and not be what it was any more."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the program itself has done in a case, as the store remembers it.

    `notes` are the Message-IDs of its drafts with what they were laid as.
    """

    drafts: tuple[Draft, ...] = ()
    notes: tuple[tuple[str, Note], ...] = ()
    raised: tuple[Raised, ...] = ()
    observed_from: datetime | None = None
    facts: tuple[tuple[str, str], ...] = ()


def fold(case_id: str, readings: Iterable[Reading], ledger: Ledger = Ledger()) -> Case:
    """Return the case these readings make, in order of their dates.

    A mail that says nothing by itself is taken for what it says if it belongs to the case: it does.
    """
    ordered = sorted({r.key: r.within or r for r in readings}.values(), key=lambda r: (r.date, r.key))
    doubts = trust.doubts(ordered)
    believed = [r for r in ordered if r.key not in doubts]
    people = _People()
    interviews = _Interviews()
    for reading in believed:
        people.see(reading)
        interviews.see(reading)
    named = people.all()
    notes = dict(ledger.notes)
    return Case(
        id=case_id,
        employer=_most_said([r.employer for r in believed], organisation),
        role=_most_said([r.role for r in believed], lambda role: "".join(words(role))),
        agency=any(r.agency for r in believed),
        language=_language(believed),
        people=named,
        interviews=tuple(_with_people(i, people) for i in interviews.all()),
        history=tuple(
            _impostor(r, doubts[r.key]) if r.key in doubts else _event(r, people, notes) for r in ordered
        ),
        drafts=ledger.drafts,
        raised=ledger.raised,
        observed_from=ledger.observed_from,
        facts=(*(fact for r in ordered for fact in r.told), *ledger.facts),
    )


def _most_said(said: Sequence[str | None], key: Callable[[str], str]) -> str | None:
    """Return the name said most often, in its latest spelling; the latest where two are equal."""
    names = [name for name in said if name]
    if not names:
        return None
    counts = Counter(key(name) for name in names)
    latest = {key(name): position for position, name in enumerate(names)}
    best = max(counts, key=lambda k: (counts[k], latest[k]))
    return names[latest[best]]


def _language(ordered: Sequence[Reading]) -> str:
    """Return the language the employer writes in: that of the latest mail by a person, else the latest."""
    theirs = [r for r in ordered if not (r.outgoing or r.noted) and r.kind is not Kind.AUTO_REPLY]
    by_people = [r for r in theirs if r.personal] or theirs or list(ordered)
    return by_people[-1].language if by_people else "en"


def _event(reading: Reading, people: _People, notes: Mapping[str, Note]) -> Event:
    author = reading.sender
    return Event(
        at=reading.date,
        key=reading.key,
        by=_party(reading),
        kind=reading.kind,
        act=_act(reading, notes) if reading.outgoing else None,
        author=people.find(Person(author.name or None, author.address)) if author else None,
        to=tuple(a.address for a in (*reading.to, *reading.cc)),
        timelines=reading.timelines,
        vague=reading.vague,
        directions=reading.directions,
        asks=reading.asks,
        returns=reading.returns,
        personal=reading.personal,
        foreign_reply_to=reading.foreign_reply_to,
        noted=reading.noted,
    )


def _impostor(reading: Reading, doubt: str) -> Event:
    """Return a mail whose sender only poses as somebody: it speaks for nobody, and says nothing."""
    return Event(at=reading.date, key=reading.key, by=Party.ROBOT, personal=False, doubt=doubt)


def _act(reading: Reading, notes: Mapping[str, Note]) -> Act:
    said = reading.act or Act.OTHER
    note = notes.get(reading.message_id)
    return said if note is None or said in FINAL else ACT_OF.get(note, said)


def _party(reading: Reading) -> Party:
    if reading.outgoing:
        return Party.USER
    if reading.kind is Kind.AUTO_REPLY or (
        reading.automatic and reading.kind in (Kind.OTHER, Kind.JOB_ALERT)
    ):
        return Party.ROBOT
    return Party.EMPLOYER


@dataclass(slots=True)
class _People:
    """The people of a case: the same person under name, first name or address is one."""

    found: list[Person] = field(default_factory=list)

    def see(self, reading: Reading) -> None:
        for interview in (*reading.interviews, *reading.slots):
            for person in interview.people:
                self._add(person)
        for person in reading.people:
            self._add(person)
        if reading.sender and reading.personal and not reading.outgoing:
            self._add(Person(reading.sender.name or None, reading.sender.address))

    def all(self) -> tuple[Person, ...]:
        return tuple(self.found)

    def find(self, person: Person) -> Person:
        """Return what is known about this person by now, else the person as given."""
        position = self._position(person)
        return person if position is None else self.found[position]

    def _add(self, person: Person) -> None:
        if not person.name and not person.address:
            return
        position = self._position(person)
        if position is None:
            self.found.append(person)
        else:
            self.found[position] = _merged(self.found[position], person)

    def _position(self, person: Person) -> int | None:
        if person.address:
            for position, known in enumerate(self.found):
                if known.address == person.address:
                    return position
        if not person.name:
            return None
        fits = [n for n, known in enumerate(self.found) if _same_person(known, person)]
        return fits[0] if len(fits) == 1 else None


def _same_person(known: Person, person: Person) -> bool:
    """Return whether two mentions without a contradiction in address name one person."""
    if known.address and person.address and known.address != person.address:
        return False
    if not known.name or not person.name:
        return False
    a, b = words(known.name), words(person.name)
    return a == b or (bool(a and b) and (len(a) == 1 or len(b) == 1) and a[0] == b[0])


def _merged(known: Person, person: Person) -> Person:
    """Return the two mentions as one: the fuller name, the address, and the part that says most."""
    names = [n for n in (known.name, person.name) if n]
    return Person(
        name=max(names, key=lambda n: len(words(n)), default=None),
        address=known.address or person.address,
        part=_stronger(known.part, person.part),
    )


def _stronger(one: Part | None, other: Part | None) -> Part | None:
    """Return the newer part; but who interviews stays an interviewer when they only arrange it."""
    if one is Part.INTERVIEWER and other in (None, Part.COORDINATOR, Part.RECRUITER):
        return one
    return other or one


def _with_people(interview: Interview, people: _People) -> Interview:
    seen = dict.fromkeys(people.find(p) for p in interview.people)
    return replace(interview, people=tuple(seen))


@dataclass(slots=True)
class _Interviews:
    """The interviews of a case as mails arrange, move and cancel them."""

    found: list[Interview] = field(default_factory=list)
    offered: list[Interview] = field(default_factory=list)

    def all(self) -> tuple[Interview, ...]:
        return tuple(sorted(self.found, key=lambda i: i.start))

    def see(self, reading: Reading) -> None:
        if reading.outgoing:
            self._accept(reading)
            return
        if reading.kind is Kind.INTERVIEW_CANCELLATION:
            self._cancel(reading)
            return
        if reading.kind is Kind.INTERVIEW_RESCHEDULE:
            self._move(reading)
        for interview in reading.interviews:
            self._add(interview)
        if reading.slots:
            self.offered = list(reading.slots)

    def _add(self, interview: Interview) -> None:
        for position, known in enumerate(self.found):
            if _same_interview(known, interview):
                self.found[position] = _joined(known, interview)
                return
        self.found.append(interview)

    def _accept(self, reading: Reading) -> None:
        """The user takes an offered slot: the interview is on as soon as they say so."""
        wanted = {(*reading.interviews, *reading.slots)[0].start} if _says_one_time(reading) else set()
        for slot in self.offered:
            if slot.start in wanted:
                self._add(slot)
                self.offered = []
                return

    def _cancel(self, reading: Reading) -> None:
        gone = {i.start for i in (*reading.interviews, *reading.slots)}
        uids = set(filter(None, reading.cancelled_uids))
        named = [n for n, i in enumerate(self.found) if i.uid in uids or i.start in gone]
        self._mark(named or self._concerned(reading.date))

    def _move(self, reading: Reading) -> None:
        kept = {i.start for i in reading.interviews}
        uids = {i.uid for i in reading.interviews if i.uid}
        if any(i.uid in uids for i in self.found if i.uid):
            return  # `_add` replaces it by its uid (RFC 5546 2.1.4)
        self._mark([n for n in self._concerned(reading.date) if self.found[n].start not in kept])

    def _concerned(self, at: datetime) -> list[int]:
        """Return which interviews a mail without a time means: the next day's, else one just missed."""
        standing = [n for n, i in enumerate(self.found) if not i.cancelled]
        ahead = [n for n in standing if self.found[n].start >= at]
        if ahead:
            day = min(self.found[n].start for n in ahead).date()
            return [n for n in ahead if self.found[n].start.date() == day]
        return [n for n in standing if at - self.found[n].start <= NO_SHOW]

    def _mark(self, positions: Iterable[int]) -> None:
        for position in positions:
            self.found[position] = replace(self.found[position], cancelled=True)


def _says_one_time(reading: Reading) -> bool:
    return len({i.start for i in (*reading.interviews, *reading.slots)}) == 1


def _same_interview(known: Interview, other: Interview) -> bool:
    if known.uid and other.uid:
        return known.uid == other.uid
    return known.start == other.start


def _joined(known: Interview, newer: Interview) -> Interview:
    """Return the newer state of an interview (RFC 5546 2.1.4: the higher SEQUENCE stands)."""
    if newer.sequence < known.sequence and known.uid == newer.uid:
        return known
    names = {words(p.name or ""): p for p in known.people}
    people = (*known.people, *(p for p in newer.people if words(p.name or "") not in names or p.address))
    return replace(
        newer,
        end=newer.end or (known.end if newer.start == known.start else None),
        mode=newer.mode or known.mode,
        place=newer.place or known.place,
        zone_known=newer.zone_known or known.zone_known,
        uid=newer.uid or known.uid,
        people=people,
    )
