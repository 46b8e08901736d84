"""Which case a mail belongs to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from daemon.linking import ALIVE, OPENS_AT, Casebook, worth_remembering
from daemon.names import same_organisation, same_role
from daemon.reading.model import Address, Reading
from policies.case import Act, Interview, Kind, Person

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ME = Address("Sam Rivera", "sam@mail.example")


def mail(
    key: str, kind: Kind = Kind.EMPLOYER_UPDATE, who: str = "maya@acme.example", **more: object
) -> Reading:
    base = Reading(
        key=key,
        message_id=key,
        date=START,
        outgoing=False,
        kind=kind,
        confidence=0.9,
        sender=Address(who.partition("@")[0].title(), who),
        subject="",
        to=(ME,),
        domain=who.partition("@")[2],
        personal=True,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def mine(key: str, to: str, **more: object) -> Reading:
    more = {"to": (Address("", to),), "outgoing": True, "sender": ME, "domain": "", **more}
    return mail(key, Kind.OTHER, "sam@mail.example", **more)


@pytest.fixture
def book() -> Casebook:
    """One open case: Acme, Data Engineer."""
    book = Casebook()
    first = mail("m1", Kind.INTERVIEW_INVITATION, employer="Acme", role="Data Engineer")
    book.add("acme-1", first)
    return book


def test_the_thread_is_the_strongest_link(book: Casebook) -> None:
    """An answer in the thread belongs to the case whoever writes it and whatever it is."""
    answer = mail("m2", Kind.OTHER, "someone@gmail.example", in_reply_to=("m1",), domain="")
    assert book.link(answer).case_id == "acme-1"


def test_a_root_that_arrives_late_finds_its_case(book: Casebook) -> None:
    """A mail that a known mail answers belongs to the same case."""
    book.add("acme-1", mail("m3", references=("m0",)))
    assert book.link(mail("m0", who="x@other.example")).case_id == "acme-1"


def test_a_colleague_in_a_new_thread_finds_the_case(book: Casebook) -> None:
    """A reply from anybody at the employer's domain counts."""
    assert book.link(mail("m2", who="lena@acme.example")).case_id == "acme-1"


def test_another_role_is_another_case(book: Casebook) -> None:
    """Two roles at one employer are two cases."""
    link = book.link(mail("m2", Kind.APPLICATION_ACKNOWLEDGEMENT, role="Office Manager", employer="Acme"))
    assert link.opens
    assert link.case_id != "acme-1"


def test_the_same_role_in_other_words_is_the_same_case(book: Casebook) -> None:
    """ "Senior Data Engineer (m/f/d)" and "Data Engineer" at one employer are one application."""
    assert book.link(mail("m2", role="Senior Data Engineer (m/f/d)")).case_id == "acme-1"


def test_a_strangers_ordinary_mail_from_the_domain_is_no_reply(book: Casebook) -> None:
    """A customer newsletter or a landlord at the same company does not answer an application."""
    assert book.link(mail("m2", Kind.OTHER, "shop@acme.example")).case_id is None


def test_free_mail_does_not_join_strangers(book: Casebook) -> None:
    """Two recruiters on one free-mail host have nothing to do with each other."""
    book.add("solo-1", mail("s1", who="ann@gmail.com", domain=""))
    link = book.link(mail("s2", who="bob@gmail.com", domain="", employer="Bolt"))
    assert link.opens


def test_a_calendar_uid_links_without_a_thread(book: Casebook) -> None:
    """A calendar update from a relay finds the case by the event's UID."""
    slot = Interview(START + timedelta(days=8), uid="u-1")
    book.add("acme-1", mail("m2", interviews=(slot,)))
    moved = mail("m9", Kind.INTERVIEW_RESCHEDULE, "bot@relay.example", interviews=(slot,), domain="")
    assert book.link(moved).case_id == "acme-1"


def test_unsure_mail_opens_no_case() -> None:
    """Below the threshold a mail is only a mail."""
    assert not Casebook().link(mail("m1", Kind.REJECTION, confidence=OPENS_AT - 0.01)).opens


@pytest.mark.parametrize("kind", [Kind.JOB_ALERT, Kind.OTHER, Kind.AUTO_REPLY, Kind.RECRUITER_OUTREACH])
def test_these_kinds_open_no_case(kind: Kind) -> None:
    """Alerts, ordinary mail, robots and cold outreach open nothing by themselves."""
    assert Casebook().link(mail("m1", kind)).case_id is None


def test_an_answered_application_becomes_a_case() -> None:
    """The user wrote first; the answer in that thread opens the case with both mails in it."""
    book = Casebook()
    applied = mine("a1", "jobs@bolt.example", act=Act.APPLICATION)
    assert worth_remembering(applied)
    book.remember(applied)
    link = book.link(mail("b1", Kind.OTHER, "kim@bolt.example", in_reply_to=("a1",)))
    assert link.opens
    assert link.with_loose == ("a1",)


def test_the_users_fresh_mail_to_the_recruiter_belongs_to_the_case(book: Casebook) -> None:
    """A question to the employer counts also in a new thread."""
    assert book.link(mine("a1", "maya@acme.example")).case_id == "acme-1"
    assert book.link(mine("a2", "hr@acme.example")).case_id == "acme-1"
    assert book.link(mine("a3", "friend@elsewhere.example")).case_id is None


def test_an_agency_keeps_its_employers_apart() -> None:
    """One recruiter, two employers: the employer's name decides."""
    book = Casebook()
    agent = "eve@agency.example"
    book.add("one", mail("m1", who=agent, employer="Acme", agency=True))
    book.add("two", mail("m2", who=agent, employer="Bolt", agency=True))
    assert book.link(mail("m3", who=agent, employer="Acme GmbH")).case_id == "one"
    assert book.link(mail("m4", who=agent, employer="Corvid")).opens


def test_an_ambiguous_link_names_the_others() -> None:
    """Where nothing tells two cases apart the latest is taken, and the other is named."""
    book = Casebook()
    book.add("old", mail("m1", role="Cook"))
    book.add("new", replace(mail("m2", role="Waiter"), date=START + timedelta(days=3)))
    link = book.link(mail("m3", people=(Person("Maya"),)))
    assert (link.case_id, link.others) == ("new", ("old",))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Acme Ltd.", "ACME", True),
        ("Acme Robotics", "Acme", True),
        ("Café Müller GmbH", "Cafe Muller", True),
        ("Acme", "Bolt", False),
        ("SA", "Sable", False),
    ],
)
def test_employers_by_name(one: str, other: str, same: bool) -> None:
    """Legal forms, case and accents do not make another employer."""
    assert same_organisation(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Sr. Data Engineer", "Senior Data Engineer", True),
        ("Data Engineer (m/w/d)", "Data Engineer", True),
        ("Data Engineer", "Data Analyst", False),
    ],
)
def test_roles_by_name(one: str, other: str, same: bool) -> None:
    """Grades written short and gender marks do not make another role."""
    assert same_role(one, other) is same


def test_a_word_from_a_person_of_the_case_belongs_to_it(book: Casebook) -> None:
    """What a recruiter writes to the user alone belongs to the case, whatever it says."""
    assert book.link(mail("m2", Kind.OTHER)).case_id == "acme-1"


@pytest.mark.parametrize(
    "more",
    [
        {"direct": False},
        {"automatic": True},
        {"internal": True},
        {"date": START + ALIVE + timedelta(days=1)},
    ],
    ids=["to-many", "by-a-machine", "by-a-colleague", "long-after"],
)
def test_ordinary_mail_of_a_known_person_stays_ordinary(book: Casebook, more: dict[str, object]) -> None:
    """A list, a machine, a colleague and an old acquaintance do not make mail about nothing a reply."""
    assert book.link(mail("m2", Kind.OTHER, **more)).case_id is None


def test_the_users_own_house_attracts_nothing_by_its_name(book: Casebook) -> None:
    """Where the user has an address at the domain themselves, its mail needs a thread or a person."""
    theirs = {"who": "lena@acme.example", "internal": True, "employer": "Acme"}
    assert book.link(mail("m2", **theirs)).opens  # type: ignore[arg-type]
    own = replace(mine("m3", "lena@acme.example"), sender=Address("", "sam@acme.example"))
    assert book.link(own).case_id is None


def test_a_look_alike_lies_in_the_case_and_is_not_believed(book: Casebook) -> None:
    """A domain that only looks like the case's is in doubt, and teaches the case nothing (FAULTS 19)."""
    false = mail("m2", Kind.REJECTION, "maya@acrne.example", in_reply_to=("m1",))
    link = book.link(false)
    assert link.case_id == "acme-1"
    assert "looks like acme.example" in link.doubt
    book.add("acme-1", false)
    assert book.link(mail("m3", Kind.OTHER, "maya@acrne.example")).case_id is None


def test_a_disowned_mail_opens_no_case() -> None:
    """What the user's own server found to be forged begins nothing."""
    link = Casebook().link(mail("m1", Kind.OFFER, doubt="dmarc=fail"))
    assert link.case_id is None
    assert "dmarc=fail" in link.why


def test_the_other_top_level_of_a_company_is_no_look_alike(book: Casebook) -> None:
    """A company writes from its .com and its .de; the thread joins them without a doubt."""
    assert book.link(mail("m2", who="lena@acme.de", in_reply_to=("m1",))).doubt == ""
