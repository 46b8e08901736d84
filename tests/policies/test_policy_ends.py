"""How a case ends, and how it begins again, acted out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from policy_play import ANA, BO, LEA, ROBOT, Person, Play, at, by, day, wish

from policies.case import Act, DirectionKind, DraftState, Kind
from policies.decide import decide
from policies.decision import Action
from policies.policy_files import preset
from policies.settings import Policy


def met() -> Play:
    return Play().invited("25 Feb 10:00", "2 Mar 14:00", BO)


THANKED = "2 Mar 15:00 draft thank-you bo"


def after_thanks(play: Play, until: str = "1 Jul", **how: object) -> list[str]:
    lines = play.until(until, **how)  # type: ignore[arg-type]
    assert lines[0] == THANKED
    return lines[1:]


# Rejections.


def test_thanks_for_a_rejection_four_hours_later() -> None:
    """The person who wrote it is thanked four hours later, in answer to it; then nothing more."""
    play = met().mail("5 Mar 9:00", Kind.REJECTION, LEA)
    assert after_thanks(play) == ["5 Mar 13:00 draft rejection-thanks lea"]
    assert play.decided[1][1].answers == "m2"


def test_a_system_rejects_the_recruiter_is_thanked() -> None:
    """A rejection by a system is answered to who arranged, if a person has written in the case."""
    play = met().mail("5 Mar 9:00", Kind.REJECTION, ROBOT)
    assert after_thanks(play) == ["5 Mar 13:00 draft rejection-thanks mia"]
    faceless = Play().mail("1 Mar 9:00", Kind.APPLICATION_ACKNOWLEDGEMENT, ROBOT)
    assert faceless.mail("5 Mar 9:00", Kind.REJECTION, ROBOT).until("1 Jul") == []


def test_taken_back_within_the_hours() -> None:
    """Taken back before the thanks were due: no thanks, and the case goes on."""
    play = met().mail("5 Mar 9:00", Kind.REJECTION).says("5 Mar 11:00", by("13 Mar"))
    assert after_thanks(play)[0] == "18 Mar 09:00 draft status-check mia"


def test_taken_back_two_days_later() -> None:
    """The untouched thanks are taken back, and the clock starts again."""
    play = met().mail("5 Mar 9:00", Kind.REJECTION).mail("7 Mar 9:00")
    assert after_thanks(play, user="ignores") == [
        "5 Mar 09:00 withdraw thank-you bo",
        "5 Mar 13:00 draft rejection-thanks mia",
        "7 Mar 09:00 withdraw rejection-thanks mia",
        "20 Mar 09:00 draft status-check mia",
        "3 Apr 09:00 stop",
    ]


def test_taken_back_by_an_invitation() -> None:
    """An invitation after the rejection reopens the case with all that follows."""
    play = met().mail("5 Mar 9:00", Kind.REJECTION).invited("9 Mar 9:00", "12 Mar 10:00", ANA)
    assert after_thanks(play)[:3] == [
        "5 Mar 13:00 draft rejection-thanks mia",
        "12 Mar 11:00 draft thank-you ana",
        "26 Mar 09:00 draft status-check mia",
    ]


def test_thanks_for_a_second_chance() -> None:
    """Who wants to may have thanks laid for a rejection taken back, unless they answered by themselves."""
    policy = Policy(thank_for_a_second_chance=True)
    play = met().mail("5 Mar 9:00", Kind.REJECTION).mail("5 Mar 10:00")
    assert after_thanks(play, policy=policy)[0] == "5 Mar 10:00 draft reopened-thanks mia"
    play = met().mail("5 Mar 9:00", Kind.REJECTION).mail("5 Mar 10:00").user("5 Mar 10:00", Act.OTHER)
    assert "reopened" not in after_thanks(play)[0]


def test_who_still_names_a_day_has_not_said_no() -> None:
    """A mail that sounds like a rejection and says when they decide leaves the case open."""
    play = met().mail("5 Mar 9:00", Kind.REJECTION, timelines=(by("13 Mar"),))
    assert after_thanks(play)[0] == "18 Mar 09:00 draft status-check mia"


def test_a_pleasantry_does_not_reopen() -> None:
    """ "All the best to you" after the thanks leaves a rejection a rejection."""
    play = met().mail("5 Mar 9:00", Kind.REJECTION).mail("6 Mar 9:00", Kind.OTHER)
    assert after_thanks(play) == ["5 Mar 13:00 draft rejection-thanks mia"]


def test_a_survey_by_a_system_does_not_reopen() -> None:
    """A system's mail after a rejection does not reopen it."""
    play = met().mail("5 Mar 9:00", Kind.REJECTION).mail("6 Mar 9:00", Kind.EMPLOYER_UPDATE, ROBOT)
    assert after_thanks(play) == ["5 Mar 13:00 draft rejection-thanks mia"]


def test_a_rejection_said_twice_is_thanked_once() -> None:
    """The system's copy of a personal rejection changes nothing."""
    play = met().mail("5 Mar 9:00", Kind.REJECTION, LEA).mail("6 Mar 9:00", Kind.REJECTION, ROBOT)
    assert after_thanks(play) == ["5 Mar 13:00 draft rejection-thanks lea"]


def test_an_answered_rejection_is_not_thanked_for() -> None:
    """Who answered on their own needs no draft."""
    play = met().mail("5 Mar 9:00", Kind.REJECTION).user("5 Mar 10:00", Act.OTHER)
    assert after_thanks(play) == []


# Other ends.


@pytest.mark.parametrize("act", [Act.WITHDRAWAL, Act.ACCEPTANCE])
def test_the_users_decision_is_final(act: Act) -> None:
    """After the user withdrew or accepted nothing is written, whatever they answer."""
    play = met().user("5 Mar 9:00", act).mail("6 Mar 9:00").mail("9 Mar 9:00", Kind.REJECTION)
    assert after_thanks(play) == []


def test_an_offer_ends_it() -> None:
    """Nothing more after an offer; a waiting draft is taken back."""
    play = met().mail("17 Mar 9:00", Kind.OFFER)
    assert after_thanks(play, user="ignores")[1:] == [
        "16 Mar 09:00 draft status-check mia",
        "17 Mar 09:00 withdraw status-check mia",
    ]


def test_no_longer_interested() -> None:
    """A note to the case that one has lost interest turns every note into a withdrawal (Q6)."""
    play = met().change(at("3 Mar 9:00"), lambda case: replace(case, facts=(("interested", "no"),)))
    assert after_thanks(play) == ["3 Mar 09:00 draft withdrawal mia"]
    play = met().change(at("2 Mar 14:30"), lambda case: replace(case, facts=(("interested", "no"),)))
    assert play.mail("4 Mar 9:00").until("9 Mar", user="ignores") == ["2 Mar 14:30 draft withdrawal mia"]


# Stops.


def test_a_stop_is_said_once_and_final_until_they_write() -> None:
    """After the stop nothing is raised, whatever the user does, until the employer writes."""
    play = met().user("10 Apr 9:00", Act.QUESTION).user("20 Apr 9:00", Act.ANSWER)
    assert after_thanks(play)[-1] == "30 Mar 09:00 stop"
    play = met().says("1 Apr 9:00", by("3 Apr"))
    assert after_thanks(play)[1:] == [
        "30 Mar 09:00 stop",
        "8 Apr 09:00 draft status-check mia",
        "22 Apr 09:00 stop",
    ]


def test_an_unsent_status_check_stops_too() -> None:
    """A status check left unsent for ten business days: stop, and the reason says so."""
    play = met()
    assert after_thanks(play, user="ignores")[-1] == "30 Mar 09:00 stop"
    assert "not sent" in play.decided[-1][1].text


@pytest.mark.parametrize("state", [DraftState.EDITED, DraftState.DISCARDED])
def test_an_edited_or_deleted_status_check_stops_too(state: DraftState) -> None:
    """A status check the user edited and kept, or deleted, is not asked either; nothing is drafted again."""
    play = met().draft("17 Mar 9:00", state)
    assert after_thanks(play, user="ignores")[1:] == [
        "16 Mar 09:00 draft status-check mia",
        "30 Mar 09:00 stop",
    ]


def test_an_absence_note_to_the_question_is_no_reply() -> None:
    """The stop comes as planned, but not before the contact is back."""
    assert after_thanks(met().away("16 Mar 9:01", "20 Mar"))[-1] == "30 Mar 09:00 stop"
    assert after_thanks(met().away("16 Mar 9:01", "6 Apr"))[-1] == "7 Apr 09:00 stop"


def test_a_process_that_drags_on_is_crossed_off() -> None:
    """Forty business days after the first interview, they write and decide nothing: told once (Q7)."""
    play = met()
    for when in ("13 Mar 9:00", "27 Mar 9:00", "10 Apr 9:00", "24 Apr 9:00", "8 May 9:00"):
        play = play.mail(when)
    lines = after_thanks(play, "15 May")
    assert [line for line in lines if "advise" in line] == ["27 Apr 09:00 advise"]
    assert [line for line in after_thanks(met().mail("24 Apr 9:00"), "15 May") if "advise" in line] == []
    assert "Cross it off" in next(d for _, d in play.decided if d.action is Action.ADVISE).text


def test_a_no_show_the_user_asked_about() -> None:
    """Nobody came, the user wrote, nobody answered: no thanks, a stop ten business days later."""
    play = met().user("2 Mar 14:20", Act.QUESTION)
    assert play.until("1 Jul") == ["16 Mar 09:00 stop"]


# What lay before afterword began to watch.


def watched_from(play: Play, when: str) -> Play:
    play.case = replace(play.case, observed_from=at(when))
    return play


def test_an_interview_that_just_ended_is_thanked_for_on_the_first_run() -> None:
    """The policy's window still allows a thank-you for an interview of yesterday."""
    play = watched_from(met(), "3 Mar 12:00")
    assert play.until("9 Mar", start="3 Mar 12:00") == ["3 Mar 12:00 draft thank-you bo"]


def test_old_mail_raises_nothing() -> None:
    """A case that would have ended long ago, with or without a question, stays quiet."""
    assert watched_from(met(), "1 May").until("1 Jul", start="1 May 12:00") == []
    asked = met().user("16 Mar 9:00", Act.QUESTION)
    assert watched_from(asked, "1 May").until("1 Jul", start="1 May 12:00") == []


def test_a_question_long_due_is_left_alone() -> None:
    """Due a week before the first run: neither drafted nor stopped; due two days before: drafted."""
    assert watched_from(met(), "24 Mar").until("1 Jul", start="24 Mar 12:00") == []
    fresh = watched_from(met(), "18 Mar").until("1 Jul", start="18 Mar 12:00")
    assert fresh == ["18 Mar 12:00 draft status-check mia", "1 Apr 09:00 stop"]


def test_a_stop_still_to_come_is_said() -> None:
    """The user asked before the first run, and the stop falls due after it."""
    asked = watched_from(met().user("16 Mar 9:00", Act.QUESTION), "20 Mar")
    assert asked.until("1 Jul", start="20 Mar 12:00") == ["30 Mar 09:00 stop"]


def test_a_new_word_wakes_an_old_case() -> None:
    """When they write after all, the case lives again."""
    play = watched_from(met(), "1 May").says("4 May 9:00", by("8 May"))
    assert play.until("1 Jul", start="1 May 12:00") == [
        "13 May 09:00 draft status-check mia",
        "27 May 09:00 stop",
    ]


# Reasons.


def test_every_answer_has_its_reasons() -> None:
    """Nothing and wait are explained as well."""
    rejected = met().mail("5 Mar 9:00", Kind.REJECTION)
    rejected.until("1 Jul")
    decision = decide(rejected.case, at("1 Jul"), Policy())
    assert decision.action is Action.NOTHING
    assert "let_a_rejection_be" in {f.rule for f in decision.because}
    owed = met().mail("3 Mar 9:00", asks=True)
    owed.until("1 Apr")
    assert "answer_first" in {f.rule for f in decide(owed.case, at("1 Apr"), Policy()).because}


def test_reasons_carry_the_policys_numbers_and_its_version() -> None:
    """Sentences name the numbers in force, and every decision the policy's version."""
    policy = replace(Policy(), status_after_stated=1)
    play = met().says("3 Mar 9:00", by("13 Mar"))
    play.until("20 Mar", policy=policy)
    status = play.decided[-1][1]
    assert "1st business day" in status.because[0].says
    assert {d.policy for _, d in play.decided} == {policy.version}


def test_keys_are_made_of_facts() -> None:
    """A lost state gives the same keys, and another case the same for the same facts."""
    one, other = met(), met()
    other.case = replace(other.case, id="another-id")
    one.until("1 Jul")
    other.until("1 Jul")
    assert [d.key for _, d in one.decided] == [d.key for _, d in other.decided]
    assert [d.key for _, d in one.decided] == [
        "thank-you|bo@acme.example|interview:2026-03-02T14:00+00:00",
        "status-check|mia@acme.example|interview:2026-03-02T14:00+00:00|1",
        "stop|interview:2026-03-02T14:00+00:00",
    ]


def test_linkedin_only_where_the_policy_says_so() -> None:
    """Under `contingent-plan` a missing address brings LinkedIn into the advice (C4)."""
    play = Play().invited("25 Feb 10:00", "2 Mar 14:00", Person("Zed Poe"))
    play.until("3 Mar", policy=preset("contingent-plan"))
    assert "invitation on LinkedIn" in play.decided[0][1].text


def test_the_portal_is_only_mentioned() -> None:
    """Where they point to a portal the question comes with a hint."""
    play = met().asks_for("3 Mar 9:00", wish(DirectionKind.USE_PORTAL))
    play.until("1 Apr")
    assert "portal" in play.decided[1][1].text


def test_silence_without_a_day_is_over_when_one_would_have_asked() -> None:
    """ "If you hear nothing, we chose somebody else", without a day."""
    play = met().asks_for("3 Mar 9:00", wish(DirectionKind.SILENCE_MEANS_NO))
    assert after_thanks(play) == ["17 Mar 18:00 stop"]
    play = met().says("3 Mar 9:00", by("13 Mar"), directions=(wish(DirectionKind.SILENCE_MEANS_NO),))
    assert after_thanks(play) == ["13 Mar 18:00 stop"]


def test_their_word_undoes_the_warning() -> None:
    """A newer timeline after the warning counts instead of it."""
    no = wish(DirectionKind.SILENCE_MEANS_NO, until=day("13 Mar"))
    play = met().asks_for("3 Mar 9:00", no).says("12 Mar 9:00", by("20 Mar"))
    assert after_thanks(play)[0] == "25 Mar 09:00 draft status-check mia"
