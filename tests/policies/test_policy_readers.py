"""The readers' situations of the HR column, acted out under the default policy.

Names are ours; the facts are theirs.  Years and days are moved to 2026 where the year does not matter.
"""

from __future__ import annotations

from dataclasses import replace

from policy_play import (
    AFTER_THE_HOLIDAYS,
    ANA,
    BO,
    LEA,
    MIA,
    REX,
    Play,
    at,
    by,
    follow_up_on,
    wish,
)

from policies.case import Act, DirectionKind, Kind, Part, Person
from policies.policy_files import preset


def test_a_while_due_to_the_holidays() -> None:
    """Thanked, and told that it would take a while because of the holidays: early January, not two weeks."""
    play = Play().invited("1 Dec 9:00", "7 Dec 10:00", BO, ANA).user("7 Dec 10:59", Act.THANKS, BO, ANA)
    play = play.says("8 Dec 9:00", AFTER_THE_HOLIDAYS, author=BO)
    assert play.until("1 Mar 2027 0:00")[0] == "6 Jan 09:00 draft status-check mia"


def test_contacted_after_the_holidays() -> None:
    """Told to expect a call after the holidays: the third working day of January, in single digits."""
    play = Play().invited("9 Dec 9:00", "16 Dec 10:00", BO, timelines=(AFTER_THE_HOLIDAYS,))
    assert play.until("1 Mar 2027 0:00") == [
        "16 Dec 11:00 draft thank-you bo",
        "6 Jan 09:00 draft status-check mia",
        "20 Jan 09:00 stop",
    ]


def test_follow_up_after_three_days() -> None:
    """Told by HR to come back after three days: that day, and once."""
    play = Play().invited("2 Mar 9:00", "4 Mar 10:00", BO).says("4 Mar 12:00", follow_up_on("7 Mar"))
    assert play.until("1 Jun") == [
        "4 Mar 11:00 draft thank-you bo",
        "7 Mar 09:00 draft status-check mia",
        "20 Mar 09:00 stop",
    ]


def decides_by_the_end_of_february() -> Play:
    vice_president = Person("Kit Vale", "kit@acme.example", Part.HIRING_MANAGER)
    play = Play().invited("15 Jan 9:00", "22 Jan 10:00", vice_president, author=vice_president)
    play = play.user("22 Jan 10:59", Act.THANKS, vice_president)
    welcome = wish(DirectionKind.CHECK_IN_WELCOME)
    return play.says("22 Jan 15:00", by("28 Feb"), author=vice_president, directions=(welcome,))


def test_a_decision_by_the_end_of_february() -> None:
    """They decide by the end of February and allow follow-ups: once in March, not before."""
    assert decides_by_the_end_of_february().until("1 Jun") == [
        "4 Mar 09:00 draft status-check kit",
        "18 Mar 09:00 stop",
    ]


def test_a_decision_by_the_end_of_february_persistently() -> None:
    """Who takes them at their word asks a second time."""
    assert decides_by_the_end_of_february().until("1 Jun", policy=preset("persistent")) == [
        "4 Mar 09:00 draft status-check kit",
        "11 Mar 09:00 draft status-check kit",
        "25 Mar 09:00 stop",
    ]


def test_still_interviewing() -> None:
    """Two to three weeks, then "still interviewing" each week: recruiting is asked, not the manager."""
    play = Play().invited("20 Feb 9:00", "2 Mar 10:00", LEA, author=REX)
    play = play.user("4 Mar 9:00", Act.THANKS, LEA).says("2 Mar 15:00", by("23 Mar"), author=REX)
    for week in ("9 Mar", "16 Mar", "23 Mar"):
        play = play.user(f"{week} 9:00", Act.QUESTION, REX).mail(f"{week} 16:00", author=REX)
    assert play.until("1 May", start="5 Mar 12:00") == [
        "6 Apr 09:00 draft status-check rex",
        "20 Apr 09:00 stop",
    ]


def test_rejected_by_mistake() -> None:
    """An agency rejects by mistake and takes it back: more rounds, references, a new promise."""
    head = Person("Uma Roy", "uma@acme.example", Part.HIRING_MANAGER)
    play = Play()
    play.case = replace(play.case, agency=True)
    play = play.invited("2 Feb 9:00", "6 Feb 10:00", BO, author=REX)
    play = play.user("9 Feb 9:00", Act.QUESTION, REX).mail("10 Feb 9:00", author=REX)
    play = play.invited("11 Feb 9:00", "16 Feb 10:00", ANA, author=REX)
    play = play.mail("23 Feb 9:00", Kind.REJECTION, REX).user("23 Feb 10:00", Act.THANKS, REX)
    play = play.mail("25 Feb 9:00", author=REX).invited("25 Feb 9:05", "5 Mar 10:00", head, author=REX)
    play = play.mail("5 Mar 12:00", author=ANA, asks=True).user("5 Mar 20:00", Act.ANSWER, ANA)
    play = play.says("6 Mar 9:00", by("9 Mar"), author=REX)
    assert play.until("1 May") == [
        "6 Feb 11:00 draft thank-you bo",
        "16 Feb 11:00 draft thank-you ana",
        "5 Mar 11:00 draft thank-you uma",
        "12 Mar 09:00 draft status-check rex",
        "26 Mar 09:00 stop",
    ]


def test_nine_business_days_after_the_second_interview() -> None:
    """An offer was promised aloud; the user asked and heard nothing: wait, then it is over."""
    owner = Person("Ira Stone", "ira@acme.example", Part.HIRING_MANAGER)
    play = Play().invited("12 Mar 9:00", "13 Mar 10:00", owner).mail("13 Mar 18:00", Kind.ASSESSMENT_REQUEST)
    play = play.user("13 Mar 20:00", Act.THANKS, owner).user("15 Mar 21:00", Act.ANSWER)
    play = play.mail("16 Mar 9:00").invited("20 Mar 9:00", "23 Mar 10:00", LEA, owner)
    play = play.user("23 Mar 20:00", Act.THANKS, LEA, owner).mail("24 Mar 9:00", author=LEA, asks=True)
    play = play.user("24 Mar 12:00", Act.ANSWER, LEA).user("31 Mar 9:00", Act.QUESTION, MIA)
    lines = play.until("1 Jun", user="ignores", start="24 Mar 13:00")
    assert lines == ["14 Apr 09:00 stop"]


def test_a_week_ago_both_thanked() -> None:
    """Both interviewers were thanked a week ago: wait for the second week to pass, then a mail, no call."""
    play = Play().invited("25 Feb 9:00", "2 Mar 10:00", BO, ANA).user("2 Mar 18:00", Act.THANKS, BO, ANA)
    assert play.until("17 Mar", start="9 Mar 9:00") == ["16 Mar 09:00 draft status-check mia"]


def test_will_call_if_there_is_anything() -> None:
    """A brush-off is no timeline: asked once after an interview, and never about an application."""
    play = Play().mail("2 Mar 9:00", Kind.APPLICATION_ACKNOWLEDGEMENT).mail("4 Mar 9:00", vague=True)
    assert play.until("1 Jun") == []
    play = Play().invited("25 Feb 9:00", "2 Mar 10:00", BO).mail("4 Mar 9:00", vague=True)
    assert play.until("1 Jun")[1:] == ["18 Mar 09:00 draft status-check mia", "1 Apr 09:00 stop"]


def test_a_stronger_candidate_was_chosen() -> None:
    """A friendly answer to a rejection keeps the door open; another role a month later begins anew."""
    play = Play().invited("25 Feb 9:00", "2 Mar 10:00", BO).mail("9 Mar 9:00", Kind.REJECTION)
    play = play.invited("6 Apr 9:00", "9 Apr 10:00", ANA)
    assert play.until("10 Apr") == [
        "2 Mar 11:00 draft thank-you bo",
        "9 Mar 13:00 draft rejection-thanks mia",
        "9 Apr 11:00 draft thank-you ana",
    ]


def test_a_recruiter_says_after_a_week() -> None:
    """One of the two recruiters would call after a week: the preset made of them asks then, by mail."""
    play = Play().invited("25 Feb 9:00", "2 Mar 10:00", BO)
    assert play.until("1 Apr", policy=preset("hr-bartender"))[1] == "9 Mar 09:00 draft status-check mia"


def test_through_an_agent() -> None:
    """Through an agent one may ask more often: three times under the preset, not every day."""
    play = Play().invited("25 Feb 9:00", "2 Mar 10:00", BO, author=REX)
    play.case = replace(play.case, agency=True)
    lines = play.until("1 Jun", policy=preset("hr-bartender"))
    assert len([line for line in lines if "status-check rex" in line]) == 3
    assert at("2 Mar") < play.decided[0][0]
