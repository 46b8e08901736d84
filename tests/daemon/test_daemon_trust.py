"""Who only poses as somebody in a case says nothing there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from daemon import trust
from daemon.cases import fold
from daemon.reading.model import Address, Reading
from policies.case import Interview, Kind, Party, Person

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ME = Address("Sam Rivera", "sam@mail.example")
FIRST = Reading(
    key="m1",
    message_id="m1",
    date=START,
    outgoing=False,
    kind=Kind.INTERVIEW_INVITATION,
    confidence=0.9,
    sender=Address("Maya", "maya@acme.example"),
    subject="",
    to=(ME,),
    domain="acme.example",
    personal=True,
    interviews=(Interview(START + timedelta(days=3)),),
    people=(Person("Maya", "maya@acme.example"),),
)
FALSE = replace(
    FIRST,
    key="m2",
    message_id="m2",
    date=START + timedelta(days=1),
    kind=Kind.REJECTION,
    sender=Address("Maya", "maya@acrne.example"),
    domain="acrne.example",
    interviews=(),
    people=(Person("Maya", "maya@acrne.example"),),
)


def test_an_impostor_closes_nothing_and_becomes_no_recipient() -> None:
    """A look-alike's rejection stands in the history as a robot's mail, and its address nowhere."""
    case = fold("acme", (FALSE, FIRST))
    assert [(event.by, event.kind) for event in case.history] == [
        (Party.EMPLOYER, Kind.INTERVIEW_INVITATION),
        (Party.ROBOT, Kind.OTHER),
    ]
    assert "looks like acme.example" in case.history[1].doubt
    assert [person.address for person in case.people] == ["maya@acme.example"]
    assert [interview.cancelled for interview in case.interviews] == [False]


def test_a_disowned_mail_says_nothing_in_its_case() -> None:
    """What the user's own server found forged counts for nothing, also from the right domain."""
    forged = replace(FALSE, sender=FIRST.sender, domain=FIRST.domain, doubt="dmarc=fail")
    assert fold("acme", (FIRST, forged)).history[1].doubt == "dmarc=fail"


def test_whoever_comes_first_is_known() -> None:
    """The order of dates decides whose domain is the case's, not the order of arrival."""
    assert set(trust.doubts((FIRST, FALSE))) == {"m2"}
    assert trust.doubts((FIRST, replace(FALSE, domain="globex.example"))) == {}


def test_the_users_own_mail_is_believed() -> None:
    """Whom the user writes to belongs to the case; their own domain does not."""
    mine = replace(
        FIRST, key="m0", outgoing=True, domain="", sender=Address("", "sam@home.example"),
        to=(Address("", "jobs@acme.example"), Address("", "me@home.example")),
    )  # fmt: skip
    assert trust.domains(mine) == {"acme.example"}
    assert trust.doubt(mine, {"acme.example"}) == ""
