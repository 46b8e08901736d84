"""A mind whose reading is made by hand, for tests of what surrounds it; it decides and writes like ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path

import msgspec

from connectors.connector import Batch
from connectors.memory import MemoryConnector
from daemon.audit import Audit
from daemon.audit_chain import lines
from daemon.drafting.profile import Profile
from daemon.mind import User, UserMind
from daemon.reader import Read
from daemon.reading.model import Address, Me, Reading
from daemon.step import Done, Shell
from daemon.store import Store
from policies.case import Act, Case, DraftState, Interview, Kind, Part, Person
from policies.decision import Decision
from policies.settings import Policy

ANA = "ana@mail.example"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def mail(key: str, kind: str, at: datetime, sender: str = "lou@acme.example", answers: str = "") -> bytes:
    """Return a mail whose subject says how it is to be read."""
    thread = f"In-Reply-To: <{answers}>\r\n" if answers else ""
    to = ANA if sender != ANA else "kim@acme.example"
    return (
        f"From: {sender}\r\nTo: {to}\r\nMessage-ID: <{key}>\r\nSubject: {kind}\r\n"
        f"Date: {at:%a, %d %b %Y %H:%M:%S +0000}\r\n{thread}\r\nText.\r\n"
    ).encode()


class HandMade(UserMind):
    """Reads a mail by its subject: a kind, or `interview HOURS` for one that ended so many hours before."""

    def __init__(self, policy: Policy | None = None) -> None:
        me = Me(frozenset({ANA}), "Ana Ruiz", "Europe/Madrid", "", "en")
        super().__init__(User(me, ANA, Profile("Ana Ruiz"), policy or Policy(zone="Europe/Madrid")))
        self.read_mails: list[str] = []
        self.asked: list[str] = []

    def read(self, octets: bytes, internal_date: datetime, whole: bool = True) -> Read:
        """Return what the subject says."""
        header = BytesHeaderParser().parsebytes(octets)
        subject = str(header["Subject"])
        key = str(header["Message-ID"]).strip("<>")
        self.read_mails.append(key)
        sender = parseaddr(str(header["From"]))[1]
        reading = _reading(key, subject, sender, header["In-Reply-To"], internal_date)
        to = Address("", parseaddr(str(header["To"]))[1])
        return Read(replace(reading, to=(to,)), "Text.")

    def decide(self, case: Case, now: datetime) -> Decision:
        """Return what the policy decides, and remember that it was asked."""
        self.asked.append(case.id)
        return super().decide(case, now)


def _reading(key: str, subject: str, sender: str, answers: str | None, at: datetime) -> Reading:
    word, _, hours = subject.partition(" ")
    outgoing = sender == ANA
    domain = "acme.example" if outgoing else sender.rpartition("@")[2]
    kim = Person("Kim Lee", f"kim@{domain}", Part.INTERVIEWER)
    lou = Person("Lou Park", f"lou@{domain}", Part.RECRUITER)
    interviews: tuple[Interview, ...] = ()
    if word == "interview":
        end = at - timedelta(hours=float(hours or 1))
        interviews = (Interview(end - timedelta(hours=1), end, people=(kim,)),)
    kind = Kind.INTERVIEW_INVITATION if interviews else Kind.OTHER if outgoing else Kind(word)
    return Reading(
        key=key,
        message_id=key,
        date=at,
        outgoing=outgoing,
        kind=kind,
        confidence=0.9,
        sender=Address("Lou Park" if not outgoing else "Ana Ruiz", sender),
        subject="Interview at Acme",
        in_reply_to=(answers.strip("<>"),) if answers else (),
        act=Act.THANKS if outgoing else None,
        employer=None if kind is Kind.OTHER else domain.partition(".")[0].capitalize(),
        domain=domain,
        interviews=interviews,
        people=(kim, lou) if interviews else (),
        personal=not outgoing,
    )


class Account:
    """An account in memory, its state, and a shell that can be thrown away and made anew."""

    def __init__(
        self, mind: HandMade | None = None, store: Store | None = None, log: Path | None = None
    ) -> None:
        self.log = log
        self.now = NOW
        self.mind = mind or HandMade()
        self.mails = MemoryConnector(lambda: self.now)
        self.store = store or Store.memory()
        self.restart()

    def restart(self) -> None:
        """Begin with a new shell on the same state, as after a crash."""
        self.book = self.store.account(ANA, self.now)
        audit = Audit(self.store, self.log)
        audit.begin(self.now)
        self.shell = Shell(self.mails, self.book, audit, self.mind)

    def batches(self) -> list[Batch]:
        return list(self.mails.changes(self.book.cursor(), self.now - 30 * DAY))

    def step(self, at: datetime | None = None) -> tuple[Done, ...]:
        self.now = at or self.now
        for batch in self.batches():
            self.shell.take(batch.messages, self.now, batch.cursor)
        return self.shell.tick(self.now)

    def drafts(self) -> list[DraftState]:
        return [entry.state for row in self.book.cases() for entry in self.shell.drafts.of_case(row.id)]

    def said(self, event: str) -> list[dict[str, object]]:
        assert self.log
        return [line for line in map(msgspec.json.decode, lines(self.log)) if line["event"] == event]


def deliver(account: Account, key: str, kind: str, **more: str) -> None:
    sender = more.get("sender", "lou@acme.example")
    box = "Sent" if sender == ANA else "INBOX"
    octets = mail(key, kind, account.now, sender, more.get("answers", ""))
    account.mails.deliver(octets, account.now, box)
