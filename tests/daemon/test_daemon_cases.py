"""Folding readings into a case: facts join, order does not matter."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from daemon.cases import Ledger, fold
from daemon.reading.model import Address, Reading
from policies.case import Act, Interview, Kind, Note, Part, Party, Person

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TUESDAY_10 = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
MAYA = Address("Maya Ruiz", "maya@acme.example")
ME = Address("Sam Rivera", "sam@mail.example")


def mail(days: float, kind: Kind = Kind.EMPLOYER_UPDATE, **more: object) -> Reading:
    """A mail of the coordinator's, `days` after Monday 2 March."""
    base = Reading(
        key=f"k{days}",
        message_id=f"k{days}",
        date=MONDAY + timedelta(days=days),
        outgoing=False,
        kind=kind,
        confidence=0.9,
        sender=MAYA,
        subject="Interview",
        to=(ME,),
        personal=True,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def interview(start: datetime = TUESDAY_10, *people: Person, **more: object) -> Interview:
    return replace(Interview(start, start + timedelta(hours=1), people=people), **more)  # type: ignore[arg-type]


def test_a_name_finds_its_address_in_a_later_mail() -> None:
    """An interviewer first named without an address gets it once they write."""
    invited = mail(0, Kind.INTERVIEW_INVITATION, interviews=(interview(TUESDAY_10, Person("Priya Shah")),))
    wrote = mail(9, sender=Address("Priya Shah", "priya@acme.example"))
    case = fold("c", [invited, wrote])
    assert case.interviews[0].people == (Person("Priya Shah", "priya@acme.example"),)


def test_a_first_name_joins_the_full_name() -> None:
    """ "Priya" and "Priya Shah" are one person where nobody else is called so."""
    invited = mail(0, people=(Person("Priya Shah", "priya@acme.example", Part.INTERVIEWER), Person("Priya")))
    assert [p.name for p in fold("c", [invited]).people if p.name and "Priya" in p.name] == ["Priya Shah"]


def test_two_people_of_one_first_name_stay_two() -> None:
    """An address on each side that differs keeps two people apart."""
    one, two = Person("Tom Okafor", "tom.o@acme.example"), Person("Tom Lind", "tom.l@acme.example")
    assert set(fold("c", [mail(0, people=(one, two, Person("Tom")))]).people) >= {one, two}


def test_a_calendar_update_moves_the_interview() -> None:
    """The higher SEQUENCE of one UID replaces the time (RFC 5546 2.1.4); an older one stays away."""
    first = mail(0, Kind.INTERVIEW_INVITATION, interviews=(interview(uid="u", sequence=0),))
    later = TUESDAY_10 + timedelta(days=2)
    moved = mail(3, Kind.INTERVIEW_RESCHEDULE, interviews=(interview(later, uid="u", sequence=1),))
    stale = mail(4, Kind.INTERVIEW_INVITATION, interviews=(interview(uid="u", sequence=0),))
    assert [i.start for i in fold("c", [first, moved, stale]).interviews] == [later]


def test_a_move_in_words_cancels_the_old_time() -> None:
    """A reschedule without a calendar part takes the next interview's place."""
    first = mail(0, Kind.INTERVIEW_INVITATION, interviews=(interview(),))
    later = TUESDAY_10 + timedelta(days=2)
    moved = mail(3, Kind.INTERVIEW_RESCHEDULE, interviews=(interview(later),))
    assert [(i.start, i.cancelled) for i in fold("c", [first, moved]).interviews] == [
        (TUESDAY_10, True),
        (later, False),
    ]


def test_a_cancellation_leaves_later_rounds_alone() -> None:
    """A cancellation without a time means the day that comes next."""
    second = TUESDAY_10 + timedelta(days=7)
    first = mail(0, Kind.INTERVIEW_INVITATION, interviews=(interview(), interview(second)))
    gone = mail(3, Kind.INTERVIEW_CANCELLATION)
    assert [i.cancelled for i in fold("c", [first, gone]).interviews] == [True, False]


def test_an_apology_after_the_hour_means_it_did_not_take_place() -> None:
    """A move written within two days after the start cancels that interview."""
    first = mail(0, Kind.INTERVIEW_INVITATION, interviews=(interview(),))
    sorry = mail(8.1, Kind.INTERVIEW_RESCHEDULE)
    assert fold("c", [first, sorry]).interviews[0].cancelled


def test_taking_an_offered_slot_makes_the_interview() -> None:
    """The user's answer with one of the offered times arranges it."""
    slots = (interview(), interview(TUESDAY_10 + timedelta(days=1)))
    offered = mail(0, Kind.SCHEDULING_REQUEST, slots=slots, asks=True)
    taken = mail(1, Kind.OTHER, outgoing=True, sender=ME, to=(MAYA,), act=Act.ANSWER, slots=(slots[1],))
    assert [i.start for i in fold("c", [offered, taken]).interviews] == [slots[1].start]


def test_robots_speak_for_nobody() -> None:
    """Auto-replies and automatic mail of no kind are the robot's, never the employer's word."""
    case = fold("c", [mail(0, Kind.AUTO_REPLY), mail(1, Kind.OTHER, automatic=True), mail(2)])
    assert [e.by for e in case.history] == [Party.ROBOT, Party.ROBOT, Party.EMPLOYER]


def test_the_employer_is_the_name_said_most() -> None:
    """Two spellings of one name count together, in the latest spelling; a stray name loses."""
    said = [mail(0, employer="Acme Ltd."), mail(1, employer="Mailer"), mail(2, employer="ACME")]
    assert fold("c", said).employer == "ACME"


@given(st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(order: random.Random) -> None:
    """The same mails make the same case, shuffled and repeated."""
    slots = (interview(TUESDAY_10 + timedelta(days=20)),)
    mails = [
        mail(
            0,
            Kind.INTERVIEW_INVITATION,
            interviews=(interview(TUESDAY_10, Person("Priya")),),
            employer="Acme",
        ),
        mail(3, Kind.INTERVIEW_RESCHEDULE, interviews=(interview(TUESDAY_10 + timedelta(days=1)),)),
        mail(9, sender=Address("Priya Shah", "priya@acme.example")),
        mail(10, Kind.SCHEDULING_REQUEST, slots=slots),
        mail(11, Kind.OTHER, outgoing=True, sender=ME, to=(MAYA,), slots=slots),
        mail(12, Kind.REJECTION, role="Engineer"),
    ]
    shuffled = mails + mails[:2]
    order.shuffle(shuffled)
    assert fold("c", shuffled) == fold("c", mails)


def test_a_note_of_ours_is_what_it_was_laid_as() -> None:
    """A status check the user sent is a question, whatever its words look like."""
    sent = mail(3, outgoing=True, act=Act.ANSWER)
    case = fold("c", [mail(1), sent], Ledger(notes=((sent.message_id, Note.STATUS_CHECK),)))
    assert [event.act for event in case.history] == [None, Act.QUESTION]


def test_a_note_of_ours_made_into_a_withdrawal_is_one() -> None:
    """What the user wrote into our draft to end the case counts more than what it was laid as."""
    sent = mail(3, outgoing=True, act=Act.WITHDRAWAL)
    case = fold("c", [mail(1), sent], Ledger(notes=((sent.message_id, Note.STATUS_CHECK),)))
    assert case.history[-1].act is Act.WITHDRAWAL
