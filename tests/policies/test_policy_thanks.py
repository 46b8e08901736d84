"""Thanks after an interview, acted out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from policy_play import ANA, BO, LEA, MIA, REX, ROBOT, Play, at, by, wish

from policies.case import Act, DirectionKind, DraftState, Interview, Kind, Note, Part, Person
from policies.decide import decide
from policies.decision import Action
from policies.settings import Policy

BEFORE_ANY_QUESTION = "12 Mar"


def met(*people: Person, author: Person = MIA) -> Play:
    """An hour's interview on Monday, 2 March, at 14:00."""
    return Play().invited("25 Feb 10:00", "2 Mar 14:00", *people, author=author)


def test_one_thank_you_as_soon_as_it_ends() -> None:
    """The thank-you is due at the interview's end and answers the mail of the person, else the invitation."""
    play = met(BO)
    assert play.until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 draft thank-you bo"]
    decision = play.decided[0][1]
    assert decision.due == at("2 Mar 15:00")
    assert decision.answers == "m1"
    assert decision.interview == play.case.interviews[0]


def test_at_night_too() -> None:
    """A draft may be laid at any hour: an interview that ends late gets its thank-you at once."""
    play = Play().invited("25 Feb 10:00", "2 Mar 22:30", BO)
    assert play.until(BEFORE_ANY_QUESTION) == ["2 Mar 23:30 draft thank-you bo"]


def test_everyone_of_a_panel() -> None:
    """Each of a panel gets their own thank-you (T1), who only arranged it none."""
    assert met(BO, ANA, LEA, MIA).until(BEFORE_ANY_QUESTION) == [
        "2 Mar 15:00 draft thank-you ana",
        "2 Mar 15:00 draft thank-you bo",
        "2 Mar 15:00 draft thank-you lea",
    ]


def test_who_invites_others_to_be_met_only_arranges() -> None:
    """The organizer of a calendar entry, of no known part, is not thanked where interviewers are named."""
    organizer = Person("Sol Reyes", "sol@acme.example")
    assert met(organizer, BO, author=organizer).until(BEFORE_ANY_QUESTION) == [
        "2 Mar 15:00 draft thank-you bo"
    ]
    assert met(organizer, author=organizer).until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 draft thank-you sol"]


def test_a_recruiter_who_interviewed_alone_is_thanked() -> None:
    """A phone screen with the recruiter is an interview too (Q1)."""
    assert met(REX, author=REX).until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 draft thank-you rex"]


def test_nobody_named_thanks_who_invited() -> None:
    """Where no interviewer is named, the person who invited is thanked, unless they only arrange."""
    host = Person("Pat Doe", "pat@acme.example")
    assert met(author=host).until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 draft thank-you pat"]
    play = met(author=MIA)
    assert play.until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 advise thank-you"]
    assert "ask Mia Chen" in play.decided[0][1].text


def test_a_next_round_changes_nothing_for_the_first() -> None:
    """Who interviewed is known from the mails only; an invitation to a second round adds no thanks."""
    play = met().invited("3 Mar 9:00", "10 Mar 10:00", ANA)
    play.case = replace(play.case, people=(BO,))
    assert play.until("11 Mar") == ["2 Mar 15:00 draft thank-you bo", "10 Mar 11:00 draft thank-you ana"]


def test_no_address_is_never_guessed() -> None:
    """An interviewer without an address gives advice to ask the coordinator (T4), once; no draft."""
    play = met(BO, Person("Zed Poe", None, Part.INTERVIEWER))
    assert play.until(BEFORE_ANY_QUESTION) == [
        "2 Mar 15:00 draft thank-you bo",
        "2 Mar 15:00 advise thank-you",
    ]
    assert "Zed Poe" in play.decided[1][1].text
    assert "ask Mia Chen" in play.decided[1][1].text


def test_an_address_learnt_in_time_is_used() -> None:
    """When the address turns up within the window, the thank-you follows."""
    zed = Person("Zed Poe", None, Part.INTERVIEWER)
    play = met(zed).change(
        at("3 Mar 12:00"),
        lambda case: replace(
            case,
            interviews=tuple(
                replace(i, people=(replace(zed, address="zed@acme.example"),)) for i in case.interviews
            ),
        ),
    )
    assert play.until(BEFORE_ANY_QUESTION)[-1] == "3 Mar 12:00 draft thank-you zed"


def test_a_machine_is_never_written_to() -> None:
    """An address that belongs to a machine is as good as none."""
    play = met(ROBOT)
    assert play.until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 advise thank-you"]


def test_not_whom_the_user_thanked_already() -> None:
    """Whoever the user has thanked since the interview began gets no draft; the others do."""
    play = met(BO, ANA).user("2 Mar 14:59", Act.THANKS, BO)
    assert play.until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 draft thank-you ana"]


def test_thanks_before_the_interview_do_not_count() -> None:
    """ "Thanks for the invitation" is no thank-you for the interview."""
    play = met(BO).user("26 Feb 9:00", Act.THANKS, BO)
    assert play.until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 draft thank-you bo"]


def test_taken_back_when_the_user_thanks_on_their_own() -> None:
    """An untouched draft goes when the user has thanked the same person in their own words."""
    play = met(BO).user("2 Mar 18:00", Act.THANKS, BO)
    assert play.until(BEFORE_ANY_QUESTION, user="ignores") == [
        "2 Mar 15:00 draft thank-you bo",
        "2 Mar 18:00 withdraw thank-you bo",
    ]


def test_taken_back_also_after_the_window() -> None:
    """A draft still lying on the fifth day goes as well when the user thanks then."""
    play = met(BO).user("7 Mar 9:00", Act.THANKS, BO)
    assert play.until("8 Mar", user="ignores")[-1] == "7 Mar 09:00 withdraw thank-you bo"


def test_untouched_for_a_week_is_taken_back() -> None:
    """A thank-you that nobody touched for seven days is taken back, and not drafted again."""
    assert met(BO).until(BEFORE_ANY_QUESTION, user="ignores") == [
        "2 Mar 15:00 draft thank-you bo",
        "9 Mar 15:00 withdraw thank-you bo",
    ]


@pytest.mark.parametrize("state", [DraftState.EDITED, DraftState.DISCARDED])
def test_the_users_own_is_left_alone(state: DraftState) -> None:
    """A draft the user edited is theirs; one they deleted is a no for ever."""
    play = met(BO).draft("3 Mar 9:00", state, Note.THANK_YOU)
    lines = play.until(BEFORE_ANY_QUESTION, user="ignores")
    assert [line for line in lines if "draft" in line or "withdraw" in line] == [
        "2 Mar 15:00 draft thank-you bo"
    ]


@pytest.mark.parametrize(
    ("woken", "line"),
    [
        ("4 Mar 14:00", "4 Mar 14:00 draft thank-you bo"),
        ("4 Mar 15:30", "4 Mar 15:30 draft thank-you bo (late)"),
        ("5 Mar 14:59", "5 Mar 14:59 draft thank-you bo (late)"),
    ],
)
def test_late_thanks_use_other_words(woken: str, line: str) -> None:
    """After two days the note is marked late (W2)."""
    assert met(BO).until(BEFORE_ANY_QUESTION, start=woken)[0] == line


def test_very_late_thanks_are_not_raised() -> None:
    """More than three days late there is no thank-you."""
    assert met(BO).until(BEFORE_ANY_QUESTION, start="5 Mar 15:01") == []


def test_not_for_a_cancelled_interview() -> None:
    """An interview called off gets no thanks."""
    assert met(BO).cancelled("1 Mar 9:00", "2 Mar 14:00").until("9 Apr") == []


def test_moved_interviews_count_once_and_later() -> None:
    """A moved interview is thanked for after its new time only."""
    play = met(BO).moved("2 Mar 9:00", "2 Mar 14:00", "4 Mar 10:00", BO)
    assert play.until(BEFORE_ANY_QUESTION) == ["4 Mar 11:00 draft thank-you bo"]


def test_nobody_came() -> None:
    """The employer did not show up: they move it after the fact, and the draft is taken back."""
    play = met(BO).moved("2 Mar 16:00", "2 Mar 14:00", "4 Mar 10:00", BO)
    assert play.until(BEFORE_ANY_QUESTION, user="ignores")[:3] == [
        "2 Mar 15:00 draft thank-you bo",
        "2 Mar 16:00 withdraw thank-you bo",
        "4 Mar 11:00 draft thank-you bo",
    ]


@pytest.mark.parametrize("act", [Act.QUESTION, Act.OTHER])
def test_who_writes_during_the_interview_is_not_in_it(act: Act) -> None:
    """A mail the user sends at a quarter past means that nobody came: no thanks."""
    assert met(BO).user("2 Mar 14:15", act).until(BEFORE_ANY_QUESTION) == []


def test_who_is_answered_at_once_was_in_it() -> None:
    """ "I am so sorry, joining now": the interview took place after all."""
    play = met(BO).user("2 Mar 14:10", Act.QUESTION).mail("2 Mar 14:12", Kind.OTHER, BO)
    assert play.until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 draft thank-you bo"]


def test_what_is_handed_in_meanwhile_was_asked_for() -> None:
    """A document sent during the interview, and a word that one is a minute late, do not mean that."""
    play = met(BO).user("2 Mar 14:30", Act.ANSWER).user("2 Mar 14:01", Act.OTHER)
    assert play.until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 draft thank-you bo"]


def test_the_same_person_once_a_day() -> None:
    """Two talks with one person on one day make one thank-you, on two days two."""
    same = met(BO).invited("25 Feb 11:00", "2 Mar 16:00", BO)
    assert same.until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 draft thank-you bo"]
    other = met(BO).invited("25 Feb 11:00", "4 Mar 16:00", BO)
    assert other.until(BEFORE_ANY_QUESTION) == [
        "2 Mar 15:00 draft thank-you bo",
        "4 Mar 17:00 draft thank-you bo",
    ]


def test_an_interview_without_an_end_lasts_an_hour() -> None:
    """Where nobody said when it ends, the policy's length counts."""
    play = met().change(
        at("26 Feb"), lambda c: replace(c, interviews=(Interview(at("2 Mar 14:00"), people=(BO,)),))
    )
    assert play.until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 draft thank-you bo"]
    shorter = replace(Policy(), interview_length=30)
    fresh = replace(play.case, drafts=(), history=play.case.history[:1])
    assert decide(fresh, at("2 Mar 14:30"), shorter).action is Action.DRAFT


def test_a_word_after_the_interview_does_not_hinder_thanks() -> None:
    """ "Good to meet you, we decide by the 13th" leaves the thank-you in place."""
    play = met(BO).says("2 Mar 16:00", by("13 Mar"), author=BO)
    assert play.until("9 Mar", user="ignores") == ["2 Mar 15:00 draft thank-you bo"]


@pytest.mark.parametrize("kind", [Kind.REJECTION, Kind.OFFER])
def test_an_end_takes_the_thanks_back(kind: Kind) -> None:
    """A rejection or an offer takes an untouched thank-you back."""
    assert met(BO).mail("3 Mar 9:00", kind).until("3 Mar 10:00", user="ignores") == [
        "2 Mar 15:00 draft thank-you bo",
        "3 Mar 09:00 withdraw thank-you bo",
    ]


def test_no_contact_allows_thanks() -> None:
    """Who wants no contact may still be thanked once."""
    play = met(BO).asks_for("26 Feb 9:00", wish(DirectionKind.NO_CONTACT))
    assert play.until(BEFORE_ANY_QUESTION) == ["2 Mar 15:00 draft thank-you bo"]


def test_thanks_to_be_passed_on_count() -> None:
    """Who thanked the coordinator needs no advice for an interviewer without an address."""
    play = met(Person("Zed Poe", None, Part.INTERVIEWER)).user("2 Mar 14:59", Act.THANKS, MIA)
    assert play.until(BEFORE_ANY_QUESTION) == []


def test_a_card_is_only_mentioned() -> None:
    """For a hiring manager a card is suggested beside the draft if the decision is days away (C5, W9)."""
    play = met(LEA)
    play.until("3 Mar")
    assert "card" in play.decided[0][1].text
    soon = met(LEA).says("27 Feb 9:00", by("3 Mar"))
    soon.until("3 Mar")
    assert soon.decided[0][1].text == ""
