"""The time machine: what would have been drafted when, and why, had afterword watched these mails.

The mails are replayed by their dates through the daemon's own shell, with an account in memory.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from connectors.memory import MemoryConnector
from daemon.audit import Audit
from daemon.clock import SimulatedClock
from daemon.drafting.profile import Profile
from daemon.intake import known_by, worth_keeping
from daemon.linking import mentioned
from daemon.mind import User, UserMind
from daemon.reader import MOST_TEXT, Read
from daemon.reading.model import Me, Reading
from daemon.reading.read import look
from daemon.replay import Mailing, Moment, Replay
from daemon.step import Done, Shell
from daemon.store import Store
from policies.case import Case
from policies.decision import Action
from policies.settings import Policy

_MANY = 512
"""Mails for which it is worth to start processes that read them."""


class Assume(StrEnum):
    """What the simulated user does with a draft."""

    SENT = "sent"  # sends it at once
    IGNORED = "ignored"  # leaves it lying


@dataclass(frozen=True, slots=True)
class Archive:
    """The mails of an archive that can matter, in order of their dates, and the name the user goes by.

    `known` is what each of them says, by its octets, so that no policy tried on them reads them again.
    """

    mails: tuple[Mailing, ...]
    read: int
    name: str
    known: Mapping[bytes, Read]


def gather(octets: Iterable[bytes], me: Me) -> Archive:
    """Return what matters in an archive, whatever the order of its mails.

    Each mail is read once to leave out what could never belong to a case.  What a glance ruled out is held
    compressed until all is seen: it is read whole if it names what is known of a case.
    """
    names: Counter[str] = Counter()
    mails = []
    known = {}
    aside: list[tuple[frozenset[str], bytes]] = []
    met: set[str] = set()

    def keep(one: bytes, found: Read) -> None:
        names.update(_own_names(found.reading, me))
        if worth_keeping(found.reading):
            met.update(known_by(found.reading))
            mails.append(Mailing(found.reading.date, one, found.reading.outgoing))
            known[one] = found

    count = 0
    for one, found in _read_all(octets, me):
        count += 1
        if found.reading.glanced:
            aside.append((mentioned(one), zlib.compress(one, 1)))
        else:
            keep(one, found)
    while meant := [held for held in aside if not met.isdisjoint(held[0])]:
        aside = [held for held in aside if met.isdisjoint(held[0])]
        for _, packed in meant:
            one = zlib.decompress(packed)
            keep(one, _look(one, me, whole=True))
    mails.sort(key=lambda mail: (mail.at, mail.octets))
    name = min(names, key=lambda name: (-names[name], name), default="")
    return Archive(tuple(mails), count, name, known)


def _read_all(octets: Iterable[bytes], me: Me) -> Iterator[tuple[bytes, Read]]:
    """Yield each mail and what it says; many are read by as many processes as there are processors."""
    mails = iter(octets)
    reader = partial(_look, me=me)
    if len(first := list(islice(mails, _MANY))) < _MANY:
        yield from ((one, reader(one)) for one in first)
        return
    with ProcessPoolExecutor() as pool:
        part = first
        while part:
            yield from zip(part, pool.map(reader, part, chunksize=_MANY // 16), strict=True)
            part = list(islice(mails, _MANY))


def _look(octets: bytes, me: Me, whole: bool = False) -> Read:
    """Return what a mail says by its own date; without `whole`, a glance may do."""
    reading, message = look(octets, me=me, whole=whole)
    return Read(reading, message.text[:MOST_TEXT])


def _own_names(reading: Reading, me: Me) -> Iterator[str]:
    everybody = (*reading.to, *reading.cc, *((reading.sender,) if reading.sender else ()))
    return (a.name for a in everybody if a.address in me.addresses and a.name and "@" not in a.name)


class _Remembering(UserMind):
    """The mind of a step that knows the archive's mails already."""

    def __init__(self, user: User, known: Mapping[bytes, Read]) -> None:
        super().__init__(user)
        self._known = known

    def read(self, octets: bytes, internal_date: datetime, whole: bool = True) -> Read:
        """Return what a mail says, read before or now."""
        return self._known.get(octets) or super().read(octets, internal_date, whole)


@dataclass(slots=True)
class Simulation:
    """One archive under one policy, for the `me` it was gathered for.

    `play` it once; then `cases` holds what became of each application.
    """

    archive: Archive
    me: Me
    account: str
    policy: Policy
    assume: Assume
    cases: tuple[Case, ...] = ()

    def play(self, until: datetime) -> Iterator[Moment]:
        """Yield what happens up to `until` (aware): mails as they arrive, and what is done about them."""
        start = min([mail.at for mail in self.archive.mails], default=until)
        clock = SimulatedClock(start)
        connector = MemoryConnector(clock.now)
        store = Store.memory()
        try:
            shell = self._shell(connector, store, start)
            sends = self.assume is Assume.SENT
            yield from Replay(shell, connector, connector, clock, lambda _: sends).play(
                self.archive.mails, until
            )
            self.cases = tuple(shell.case(row.id) for row in shell.book.cases())
        finally:
            store.close()

    def done(self, until: datetime) -> Iterator[Done]:
        """Yield only what would have been done."""
        for moment in self.play(until):
            yield from (each for each in moment.done if each.decision.action in TOLD)

    def _shell(self, connector: MemoryConnector, store: Store, start: datetime) -> Shell:
        profile = Profile(name=self.me.name or self.archive.name, language=self.me.language)
        mind = _Remembering(User(self.me, self.account, profile, self.policy), self.archive.known)
        return Shell(connector, store.account(self.account, start), Audit(store, None), mind)


TOLD = (Action.DRAFT, Action.WITHDRAW, Action.ADVISE, Action.STOP)


def as_json(done: Done, zone: str) -> dict[str, Any]:
    """Return the line of `afterword simulate --json` for something done (DESIGN: stable interface)."""
    decision, case, composed, entry = done.decision, done.case, done.composed, done.entry
    to = decision.to.address if decision.to else (entry.to or None) if entry else None
    local = ZoneInfo(zone)
    return {
        "at": done.at.astimezone(local).isoformat(),
        "action": decision.action,
        "note": decision.note or (entry.note if entry else None),
        "to": [to] if to else [],
        "in_reply_to": (composed.letter.in_reply_to or None) if composed else None,
        "subject": composed.subject if composed else None,
        "case": case.id,
        "employer": case.employer,
        "role": case.role,
        "due": decision.due.astimezone(local).isoformat() if decision.due else None,
        "rules": [finding.rule for finding in decision.because],
        "because": [
            {"rule": f.rule, "says": f.says, "sources": list(f.sources), "quote": f.quote}
            for f in decision.because
        ],
        "body": composed.body if composed else decision.text or None,
    }
