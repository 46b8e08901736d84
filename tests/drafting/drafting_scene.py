"""One application to write about, for the tests of drafting."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from daemon.drafting.profile import Answered, Context, Profile, Strength
from daemon.reading.model import Address
from policies.case import Case, Interview, Note, Part, Person
from policies.decision import Action, Decision

NOW = datetime(2026, 3, 4, 8, 30, tzinfo=UTC)
PRIYA = Person("Priya Shah", "priya@northwind.example", Part.INTERVIEWER)
TOM = Person("Tom Okafor", "tom@northwind.example", Part.INTERVIEWER)
ANA = Person("Ana Ruiz", "ana@northwind.example", Part.INTERVIEWER)
MARTA = Person("Marta Lind", "marta@northwind.example", Part.COORDINATOR)
PANEL = (PRIYA, TOM, ANA)
INTERVIEW = Interview(datetime(2026, 3, 3, 14, 0, tzinfo=UTC), people=PANEL)
CASE = Case("one", "Northwind", "Data Analyst", people=(*PANEL, MARTA), interviews=(INTERVIEW,))
PROFILE = Profile(
    "Sam Lee", "+44 20 7946 0000", (Strength(("data",), "I have run forty nightly pipelines."),)
)
ANSWERED = Answered("inv1@northwind.example", "Your interview", text="Dear Sam, see you on Tuesday.")
CONTEXT = Context(PROFILE, "sam@mailbox.example", Address("Sam Lee", "sam@mailbox.example"), NOW, ANSWERED)


def decision(note: Note, to: Person | None = PRIYA, **more: object) -> Decision:
    """Return a decision to draft that note, as the policy would make it."""
    interview = INTERVIEW if note in (Note.THANK_YOU, Note.DEBRIEF) else None
    address = to.address if to else ""
    base = Decision(Action.DRAFT, key=f"{note}|{address}", note=note, to=to, interview=interview)
    return replace(base, **more)  # type: ignore[arg-type]  # only fields of Decision are given
