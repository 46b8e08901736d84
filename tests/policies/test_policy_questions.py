"""When to ask where things stand, and when not, acted out.

An hour's interview on Monday, 2 March 2026, at 14:00; the thank-you is sent at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from policy_play import (
    AFTER_THE_HOLIDAYS,
    ANA,
    BO,
    LEA,
    MIA,
    ON_HOLD,
    REX,
    ROBOT,
    TEAM,
    Play,
    at,
    by,
    day,
    follow_up_on,
    wish,
)

from policies.case import Act, DirectionKind, DraftState, Kind, Part, Person, Timeline, TimelineKind
from policies.decide import decide
from policies.policy_files import preset
from policies.settings import Policy

THANKED = "2 Mar 15:00 draft thank-you bo"


def met(author: Person = MIA) -> Play:
    return Play().invited("25 Feb 10:00", "2 Mar 14:00", BO, author=author)


def after_thanks(play: Play, until: str = "1 Jul", **how: object) -> list[str]:
    """What is done besides the first thank-you."""
    lines = play.until(until, **how)  # type: ignore[arg-type]
    assert lines[0] == THANKED
    return lines[1:]


def test_after_silence_on_the_tenth_business_day_and_stop_ten_later() -> None:
    """Nobody says when: asked once on the 10th business day after the last word, then stop."""
    assert after_thanks(met()) == ["16 Mar 09:00 draft status-check mia", "30 Mar 09:00 stop"]


def test_on_the_third_business_day_after_the_stated_day() -> None:
    """ "By Friday, 13 March" means Wednesday the 18th."""
    play = met().says("3 Mar 9:00", by("13 Mar"))
    assert after_thanks(play)[0] == "18 Mar 09:00 draft status-check mia"
    status = next(d for _, d in play.decided if d.note == "status-check")
    assert status.because[0].quote == "by 13 Mar"
    assert status.answers == "m2"
    assert status.number == 1


def test_a_stated_weekend_counts_as_it_stands() -> None:
    """ "By Sunday, 15 March" means the third business day after it: Wednesday the 18th."""
    assert after_thanks(met().says("3 Mar 9:00", by("15 Mar")))[0] == "18 Mar 09:00 draft status-check mia"


def test_public_holidays_do_not_count() -> None:
    """A public holiday of the user's country puts the day off by one."""
    policy = Policy().located("UTC", "XX", frozenset({date(2026, 3, 17)}))
    play = met().says("3 Mar 9:00", by("13 Mar"))
    assert after_thanks(play, policy=policy)[0] == "19 Mar 09:00 draft status-check mia"


def test_due_in_the_morning_where_the_user_lives() -> None:
    """Nine o'clock in New York is 13:00 UTC in summer time."""
    policy = Policy().located("America/New_York")
    assert after_thanks(met(), policy=policy)[0] == "16 Mar 13:00 draft status-check mia"


def test_vague_counts_as_none() -> None:
    """ "We will be in touch soon" is a word, and no timeline."""
    soon = Timeline("soon", None, None, TimelineKind.VAGUE)
    play = met().says("5 Mar 9:00", soon, vague=True)
    assert after_thanks(play)[0] == "19 Mar 09:00 draft status-check mia"


def test_a_later_mail_without_a_timeline_does_not_cancel_the_day() -> None:
    """The stated day lies ahead still: it counts."""
    play = met().says("3 Mar 9:00", by("13 Mar")).mail("10 Mar 9:00")
    assert after_thanks(play)[0] == "18 Mar 09:00 draft status-check mia"


def test_a_later_timeline_replaces_the_earlier() -> None:
    """The newer day counts, also when it is earlier."""
    later = met().says("3 Mar 9:00", by("13 Mar")).says("10 Mar 9:00", by("27 Mar"))
    assert after_thanks(later)[0] == "1 Apr 09:00 draft status-check mia"
    earlier = met().says("3 Mar 9:00", by("27 Mar")).says("10 Mar 9:00", by("13 Mar"))
    assert after_thanks(earlier)[0] == "18 Mar 09:00 draft status-check mia"


def test_a_day_that_has_passed_is_spent() -> None:
    """A word after the stated day begins a new wait (W10)."""
    play = met().says("3 Mar 9:00", by("5 Mar")).mail("6 Mar 9:00")
    assert after_thanks(play)[0] == "20 Mar 09:00 draft status-check mia"


def test_a_day_stated_before_the_interview_counts_if_it_lies_after() -> None:
    """ "We decide by the 20th", said in the invitation."""
    play = Play().invited("25 Feb 10:00", "2 Mar 14:00", BO, timelines=(by("20 Mar"),))
    assert after_thanks(play)[0] == "25 Mar 09:00 draft status-check mia"


def test_the_latest_of_several_days_counts() -> None:
    """ "Interviews until the 6th, a decision by the 13th"."""
    play = met().says("3 Mar 9:00", by("6 Mar"), by("13 Mar"))
    assert after_thanks(play)[0] == "18 Mar 09:00 draft status-check mia"


def test_asked_to_come_back_on_a_day() -> None:
    """ "Follow up in three days" means that day, be it a Sunday."""
    play = met().says("5 Mar 9:00", follow_up_on("8 Mar"))
    assert after_thanks(play)[0] == "8 Mar 09:00 draft status-check mia"


def test_after_the_holidays_is_the_third_working_day_of_january() -> None:
    """2027 begins on a Friday: the third working day after New Year's Day is Wednesday, 6 January."""
    play = Play().invited("7 Dec 10:00", "10 Dec 14:00", BO).says("14 Dec 9:00", AFTER_THE_HOLIDAYS)
    lines = play.until("1 Mar 2027 0:00")
    assert lines[1] == "6 Jan 09:00 draft status-check mia"
    dated = replace(AFTER_THE_HOLIDAYS, latest=date(2027, 1, 10), kind=TimelineKind.WINDOW)
    play = Play().invited("7 Dec 10:00", "10 Dec 14:00", BO).says("14 Dec 9:00", dated)
    assert play.until("1 Mar 2027 0:00")[1:] == ["6 Jan 09:00 draft status-check mia", "20 Jan 09:00 stop"]


def test_an_answer_after_new_year_begins_a_new_wait() -> None:
    """They answer the January question without a day: ten business days, not at once again."""
    play = Play().invited("7 Dec 10:00", "10 Dec 14:00", BO).says("14 Dec 9:00", AFTER_THE_HOLIDAYS)
    lines = play.mail("8 Jan 2027 9:00").until("1 Mar 2027 0:00")
    assert lines[1:3] == ["6 Jan 09:00 draft status-check mia", "22 Jan 09:00 draft status-check mia"]


def test_after_other_holidays_the_day_counts() -> None:
    """After the summer holidays there is no January in it."""
    summer = replace(AFTER_THE_HOLIDAYS, latest=day("13 Mar"), kind=TimelineKind.WINDOW)
    assert after_thanks(met().says("3 Mar 9:00", summer))[0] == "18 Mar 09:00 draft status-check mia"


def test_on_hold_without_a_date() -> None:
    """Twenty business days after the last word."""
    play = met().says("4 Mar 9:00", ON_HOLD)
    assert after_thanks(play)[0] == "1 Apr 09:00 draft status-check mia"


def test_on_hold_until_a_date() -> None:
    """A hold with a date is a stated day."""
    until = Timeline("on hold until 13 March", None, day("13 Mar"), TimelineKind.HOLD)
    assert after_thanks(met().says("4 Mar 9:00", until))[0] == "18 Mar 09:00 draft status-check mia"


def test_only_after_an_interview() -> None:
    """An application alone is not asked about."""
    play = Play().mail("2 Mar 9:00", Kind.APPLICATION_ACKNOWLEDGEMENT, ROBOT).mail("4 Mar 9:00")
    assert play.until("1 Jul") == []


def test_the_clock_runs_from_the_users_own_hand_in() -> None:
    """The later of the last word and the user's answer begins the wait."""
    play = met().mail("3 Mar 9:00", Kind.ASSESSMENT_REQUEST).user("9 Mar 20:00", Act.ANSWER)
    assert after_thanks(play)[0] == "23 Mar 09:00 draft status-check mia"


def test_the_ball_in_the_candidates_court() -> None:
    """They wait for an answer: nothing is asked, and nothing stops."""
    assert after_thanks(met().mail("3 Mar 9:00", asks=True)) == []
    assert after_thanks(met().mail("3 Mar 9:00", Kind.SCHEDULING_REQUEST)) == []


def test_thanks_are_no_answer() -> None:
    """A thank-you does not answer what they asked for."""
    play = met().mail("3 Mar 9:00", asks=True).user("4 Mar 9:00", Act.THANKS)
    assert after_thanks(play) == []


def test_they_settle_it_themselves() -> None:
    """A later mail that asks for nothing shows that the question was settled elsewhere."""
    play = met().mail("3 Mar 9:00", asks=True).says("5 Mar 9:00", by("13 Mar"))
    assert after_thanks(play)[0] == "18 Mar 09:00 draft status-check mia"


def test_another_interview_ahead_pauses() -> None:
    """Between two rounds nothing is asked; the clock starts again after the second."""
    play = met().invited("6 Mar 9:00", "30 Mar 10:00", ANA)
    assert after_thanks(play, "20 Apr") == [
        "30 Mar 11:00 draft thank-you ana",
        "13 Apr 09:00 draft status-check mia",
    ]


def test_a_cancelled_second_round_restarts_the_clock() -> None:
    """The cancellation is the last word."""
    play = met().invited("6 Mar 9:00", "30 Mar 10:00", ANA).cancelled("20 Mar 9:00", "30 Mar 10:00")
    assert after_thanks(play)[0] == "3 Apr 09:00 draft status-check mia"


def test_who_is_away_is_asked_after_the_return() -> None:
    """Back on Monday the 23rd, after the due day: asked on Tuesday the 24th."""
    play = met().says("3 Mar 9:00", by("13 Mar")).away("4 Mar 9:00", "23 Mar")
    assert after_thanks(play)[0] == "24 Mar 09:00 draft status-check mia"


def test_who_is_back_by_then_is_asked_as_planned() -> None:
    """A return on or before the due day changes nothing, nor does the absence of somebody else."""
    play = met().says("3 Mar 9:00", by("13 Mar")).away("4 Mar 9:00", "18 Mar")
    assert after_thanks(play)[0] == "18 Mar 09:00 draft status-check mia"
    play = met().says("3 Mar 9:00", by("13 Mar")).away("4 Mar 9:00", "30 Mar", author=BO)
    assert after_thanks(play)[0] == "18 Mar 09:00 draft status-check mia"


def test_bounces_and_robots_are_no_replies() -> None:
    """A bounce, an absence note and an acknowledgement leave the clock alone."""
    play = met().bounce("5 Mar 9:00").away("6 Mar 9:00", "9 Mar")
    play = play.mail("9 Mar 9:00", Kind.APPLICATION_ACKNOWLEDGEMENT, ROBOT)
    assert after_thanks(play)[0] == "16 Mar 09:00 draft status-check mia"


def test_a_system_that_says_where_things_stand_is_a_word() -> None:
    """ "Your application is still under review", written by a system, restarts the clock."""
    play = met().mail("6 Mar 9:00", Kind.EMPLOYER_UPDATE, ROBOT)
    assert after_thanks(play)[0] == "20 Mar 09:00 draft status-check mia"


def test_the_users_own_question_counts() -> None:
    """Who asked already is not asked to ask; ten business days later it is over."""
    assert after_thanks(met().user("12 Mar 9:00", Act.QUESTION)) == ["26 Mar 09:00 stop"]


def test_a_question_before_the_interview_is_none_about_its_outcome() -> None:
    """ "Is there parking?" is answered by the interview."""
    play = met().user("27 Feb 9:00", Act.QUESTION)
    assert after_thanks(play)[0] == "16 Mar 09:00 draft status-check mia"


def test_an_early_question_does_not_stop_before_the_day_they_named() -> None:
    """The wait for an answer lasts ten business days after the stated day, if that is later."""
    play = met().says("3 Mar 9:00", by("31 Mar")).user("4 Mar 9:00", Act.QUESTION)
    assert after_thanks(play) == ["14 Apr 09:00 stop"]


def test_an_answer_to_the_question_begins_a_new_wait() -> None:
    """ "Still interviewing, two more weeks" is a new timeline and allows a new question (W10)."""
    play = met().says("18 Mar 9:00", by("1 Apr"))
    assert after_thanks(play) == [
        "16 Mar 09:00 draft status-check mia",
        "6 Apr 09:00 draft status-check mia",
        "20 Apr 09:00 stop",
    ]


def test_a_reply_takes_the_untouched_draft_back() -> None:
    """They wrote while it lay in Drafts: it is withdrawn, and the next one is for the new wait."""
    play = met().mail("18 Mar 9:00")
    assert after_thanks(play, "10 Apr", user="ignores") == [
        "9 Mar 15:00 withdraw thank-you bo",
        "16 Mar 09:00 draft status-check mia",
        "18 Mar 09:00 withdraw status-check mia",
        "1 Apr 09:00 draft status-check mia",
    ]


def test_an_edited_draft_is_left_and_said_once() -> None:
    """They wrote while the user was editing: the draft stays theirs, and they are told once."""
    play = met().draft("17 Mar 9:00", DraftState.EDITED).mail("18 Mar 9:00")
    assert after_thanks(play, "25 Mar", user="ignores")[1:] == [
        "16 Mar 09:00 draft status-check mia",
        "18 Mar 09:00 advise status-check",
    ]


def test_the_users_question_takes_the_draft_back() -> None:
    """The user asked in their own words while the draft lay there."""
    play = met().user("17 Mar 9:00", Act.QUESTION)
    assert after_thanks(play, user="ignores")[1:] == [
        "16 Mar 09:00 draft status-check mia",
        "17 Mar 09:00 withdraw status-check mia",
        "31 Mar 09:00 stop",
    ]


def test_a_sent_note_of_ours_is_what_it_is() -> None:
    """A status check that reads like an answer is a question all the same, once."""
    play = met()
    play.until("16 Mar 12:00")
    misread = (replace(e, act=Act.ANSWER) if e.act is Act.QUESTION else e for e in play.case.history)
    play.case = replace(play.case, history=tuple(misread))
    assert decide(play.case, at("17 Mar"), preset("persistent")).due == at("30 Mar 9:00")


# Whom to ask.


def test_the_coordinator_also_when_a_team_mailbox_wrote_last() -> None:
    """Asked is who arranges, in their own thread."""
    play = met().says("3 Mar 9:00", by("13 Mar"), author=TEAM)
    assert after_thanks(play)[0] == "18 Mar 09:00 draft status-check mia"
    assert next(d for _, d in play.decided if d.note == "status-check").answers == "m1"


def test_not_the_hiring_manager_who_wrote_last() -> None:
    """A hiring manager's friendly word does not make them the one to ask (T3)."""
    play = met().says("3 Mar 9:00", by("13 Mar"), author=LEA)
    assert after_thanks(play)[0] == "18 Mar 09:00 draft status-check mia"


def test_who_wrote_last_where_nobody_arranges() -> None:
    """Without a recruiter or coordinator the last person who wrote is asked."""
    play = met(author=LEA).says("3 Mar 9:00", by("13 Mar"), author=BO)
    assert after_thanks(play)[0] == "18 Mar 09:00 draft status-check bo"


def test_a_person_before_a_team_and_a_team_before_nobody() -> None:
    """A mailbox of many is asked where no person is known to write to."""
    play = Play().invited("25 Feb 10:00", "2 Mar 14:00", Person("Zed Poe"), author=TEAM)
    assert play.until("20 Mar")[-1] == "16 Mar 09:00 draft status-check talent"


def test_never_a_robot() -> None:
    """Where a system invited, the interviewer is the only person one can ask."""
    play = Play().invited("25 Feb 10:00", "2 Mar 14:00", BO, author=ROBOT)
    assert after_thanks(play)[0] == "16 Mar 09:00 draft status-check bo"


def test_nobody_to_ask() -> None:
    """Without any person's address there is advice at the moment, a stop later, and never a draft."""
    play = Play().invited("25 Feb 10:00", "2 Mar 14:00", author=ROBOT)
    assert play.until("1 Jul") == [
        "2 Mar 15:00 advise thank-you",
        "16 Mar 09:00 advise status-check",
        "30 Mar 09:00 stop",
    ]


def test_whom_they_named() -> None:
    """ "Please turn to Kim" is obeyed where Kim's address belongs to somebody's domain in the case."""
    kim = wish(DirectionKind.CONTACT_PERSON, address="kim@acme.example")
    assert after_thanks(met().asks_for("3 Mar 9:00", kim))[0] == "17 Mar 09:00 draft status-check kim"
    stranger = wish(DirectionKind.CONTACT_PERSON, address="help@tool.example")
    assert after_thanks(met().asks_for("3 Mar 9:00", stranger))[0] == "17 Mar 09:00 draft status-check mia"


def test_a_foreign_reply_to_gives_advice() -> None:
    """Answers would go to another domain: the user is told, and nothing is written (P6)."""
    play = met().says("3 Mar 9:00", by("13 Mar"), foreign_reply_to="mia@elsewhere.example")
    assert after_thanks(play)[0] == "18 Mar 09:00 advise status-check"
    assert "elsewhere.example" in play.decided[1][1].text


@pytest.mark.parametrize("address", ["mia@аcme.example", "mia@xn--cme-8cd.example"])
def test_look_alike_domains_are_not_written_to(address: str) -> None:
    """A domain in foreign letters is never a recipient."""
    fake = Person("Mia Chen", address, Part.COORDINATOR)
    assert after_thanks(met(author=fake))[0] == "16 Mar 09:00 draft status-check bo"


# What they asked for.


def test_no_contact_is_obeyed() -> None:
    """No question; stop ten business days after their day, twenty after the last word without one."""
    no = wish(DirectionKind.NO_CONTACT)
    play = met().says("3 Mar 9:00", by("13 Mar"), directions=(no,))
    assert after_thanks(play) == ["27 Mar 09:00 stop"]
    assert after_thanks(met().asks_for("3 Mar 9:00", no)) == ["31 Mar 09:00 stop"]


def test_a_later_permission_lifts_no_contact() -> None:
    """Who says "do come back to us" after that may be asked."""
    play = met().asks_for("26 Feb 9:00", wish(DirectionKind.NO_CONTACT))
    play = play.asks_for("4 Mar 9:00", wish(DirectionKind.CHECK_IN_WELCOME))
    assert after_thanks(play)[0] == "18 Mar 09:00 draft status-check mia"
    play = (
        met()
        .asks_for("26 Feb 9:00", wish(DirectionKind.NO_CONTACT))
        .says("4 Mar 9:00", follow_up_on("9 Mar"))
    )
    assert after_thanks(play)[0] == "9 Mar 09:00 draft status-check mia"


def test_silence_means_no() -> None:
    """Stop at the end of that day, and no question, although ten business days passed before."""
    no = wish(DirectionKind.SILENCE_MEANS_NO, until=day("27 Mar"))
    assert after_thanks(met().asks_for("3 Mar 9:00", no)) == ["27 Mar 18:00 stop"]


def test_silence_means_no_without_an_interview() -> None:
    """An acknowledgement that names the day closes an application that led to nothing."""
    no = wish(DirectionKind.SILENCE_MEANS_NO, until=day("27 Mar"))
    play = Play().mail("3 Mar 9:00", Kind.APPLICATION_ACKNOWLEDGEMENT, ROBOT, directions=(no,))
    assert play.until("1 Jul") == ["27 Mar 18:00 stop"]


def test_an_invitation_breaks_the_silence() -> None:
    """What was said for the case of silence is void once they invite."""
    no = wish(DirectionKind.SILENCE_MEANS_NO, until=day("27 Mar"))
    play = Play().mail("3 Feb 9:00", Kind.APPLICATION_ACKNOWLEDGEMENT, ROBOT, directions=(no,))
    play = play.invited("25 Feb 10:00", "2 Mar 14:00", BO)
    assert after_thanks(play) == ["16 Mar 09:00 draft status-check mia", "30 Mar 09:00 stop"]


def test_check_ins_welcome_changes_nothing_by_default() -> None:
    """A permission is no duty: one question, then stop."""
    play = met().asks_for("3 Mar 9:00", wish(DirectionKind.CHECK_IN_WELCOME))
    assert after_thanks(play) == ["17 Mar 09:00 draft status-check mia", "31 Mar 09:00 stop"]


def test_stick_to_their_timeline() -> None:
    """Asked to wait for their timeline, even `prompt` and `persistent` ask after it and once."""
    stick = wish(DirectionKind.STICK_TO_TIMELINE)
    play = met().says("3 Mar 9:00", by("13 Mar"), directions=(stick,))
    assert after_thanks(play, policy=preset("persistent")) == [
        "18 Mar 09:00 draft status-check mia",
        "1 Apr 09:00 stop",
    ]


def test_calls_are_only_suggested() -> None:
    """Where calls are welcome the question comes with a hint, unless they have since asked for none."""
    play = met().asks_for("3 Mar 9:00", wish(DirectionKind.CALL_WELCOME))
    after_thanks(play)
    assert "office hours" in play.decided[1][1].text
    play = met().asks_for("3 Mar 9:00", wish(DirectionKind.CALL_WELCOME))
    play.asks_for("4 Mar 9:00", wish(DirectionKind.NO_CALLS))
    after_thanks(play)
    assert play.decided[1][1].text == ""


# The other policies.


@pytest.mark.parametrize(
    ("name", "stated", "silent"),
    [("prompt", "16 Mar", "9 Mar"), ("default", "18 Mar", "16 Mar"), ("patient", "20 Mar", "16 Mar")],
)
def test_prompt_and_patient(name: str, stated: str, silent: str) -> None:
    """`prompt` asks on the next business day or after a week, `patient` after five business days."""
    asked = f"{stated} 09:00 draft status-check mia"
    assert after_thanks(met().says("3 Mar 9:00", by("13 Mar")), policy=preset(name))[0] == asked
    assert after_thanks(met(), policy=preset(name))[0] == f"{silent} 09:00 draft status-check mia"


def test_persistent_asks_twice_on_a_cue() -> None:
    """With a cue a second question five business days after the first, then stop; without one, once."""
    play = met().asks_for("3 Mar 9:00", wish(DirectionKind.CHECK_IN_WELCOME))
    assert after_thanks(play, policy=preset("persistent")) == [
        "17 Mar 09:00 draft status-check mia",
        "24 Mar 09:00 draft status-check mia",
        "7 Apr 09:00 stop",
    ]
    assert [d.number for _, d in play.decided if d.note == "status-check"] == [1, 2]
    assert after_thanks(met(), policy=preset("persistent"))[1] == "30 Mar 09:00 stop"


def test_persistent_keeps_the_agreed_pace() -> None:
    """ "You can check in every two weeks" sets the days between."""
    play = met().asks_for("3 Mar 9:00", wish(DirectionKind.CHECK_IN_WELCOME, every_days=14))
    assert after_thanks(play, policy=preset("persistent"))[:2] == [
        "17 Mar 09:00 draft status-check mia",
        "31 Mar 09:00 draft status-check mia",
    ]


def test_agencies_up_to_three_times() -> None:
    """An agency's recruiter may be asked three times under `persistent`, once by default."""

    def agency() -> Play:
        play = met(author=REX)
        play.case = replace(play.case, agency=True)
        return play

    assert after_thanks(agency(), policy=preset("persistent")) == [
        "16 Mar 09:00 draft status-check rex",
        "23 Mar 09:00 draft status-check rex",
        "30 Mar 09:00 draft status-check rex",
        "13 Apr 09:00 stop",
    ]
    assert after_thanks(agency())[1] == "30 Mar 09:00 stop"


def test_an_employer_of_its_own() -> None:
    """One employer may have its own numbers."""
    own = replace(Policy(), employers=(("acme", replace(Policy(), status_after_silence=5)),))
    assert after_thanks(met(), policy=own)[0] == "9 Mar 09:00 draft status-check mia"


def test_the_moment_to_ask_again_is_known() -> None:
    """Waiting names the moment and the reasons."""
    play = met()
    play.until("3 Mar")
    decision = decide(play.case, at("3 Mar"), Policy())
    assert decision.due == at("16 Mar 9:00")
    assert {finding.rule for finding in decision.because} >= {"ask_after_a_long_silence"}


def test_an_interview_only_the_users_thanks_tell_of() -> None:
    """A talk arranged by telephone took place, if the user gave thanks for it: the wait begins then."""
    play = Play().mail("2 Mar 9:00").user("4 Mar 18:00", Act.THANKS)
    assert play.until("1 May") == ["18 Mar 09:00 draft status-check mia", "1 Apr 09:00 stop"]


def test_thanks_for_a_rejection_are_for_no_interview() -> None:
    """Who was rejected unseen, thanked, and is considered again is not asked about an interview."""
    play = Play().mail("2 Mar 9:00", Kind.REJECTION).user("2 Mar 10:00", Act.THANKS).mail("3 Mar 9:00")
    assert play.until("1 May") == []
