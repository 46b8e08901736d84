"""The draft to oneself after an interview: once a day, while nothing is noted, and never a nuisance."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from policy_play import Play, at, by

from policies.case import Case, DraftState, Event, Kind, Note, Party, Person
from policies.decide import decide
from policies.decision import Action, Decision
from policies.settings import Policy

ASKING = Policy().asking(debrief=True)
BO = Person("Bo Lin", "bo@acme.example")
DI = Person("Di Roy", "di@acme.example")


def noting(play: Play, when: str, about: str, text: str) -> Play:
    """Let the user note something about the case."""
    return play.change(at(when), lambda case: replace(case, facts=(*case.facts, (about, text))))


def debriefs(lines: list[str]) -> list[str]:
    return [line for line in lines if "debrief" in line]


def test_one_debrief_for_a_day_of_interviews_once_the_last_is_over() -> None:
    """Two interviews on one day give one debrief, which asks about everybody met; the next day its own."""
    play = Play().invited("25 Feb 10:00", "2 Mar 10:00", BO).invited("25 Feb 11:00", "2 Mar 14:00", DI)
    play.invited("25 Feb 12:00", "3 Mar 14:00", BO)
    assert debriefs(play.until("5 Mar", policy=ASKING, user="ignores")) == [
        "2 Mar 15:00 draft debrief",
        "3 Mar 15:00 draft debrief",
    ]
    first = next(d for _, d in play.decided if d.note is Note.DEBRIEF)
    assert first.to is None
    assert first.interview is not None
    assert first.interview.people == (BO, DI)


def test_no_debrief_unless_it_is_asked_for() -> None:
    """The policy alone lays nothing to oneself; the configuration asks for it."""
    play = Play().invited("25 Feb 10:00", "2 Mar 14:00", BO)
    assert not debriefs(play.until("1 Apr"))


def test_no_debrief_about_what_is_noted_or_needs_no_thanks() -> None:
    """Who noted what was talked about on that day, or has thanked everybody, is asked nothing."""
    play = noting(
        Play().invited("25 Feb 10:00", "2 Mar 14:00", BO), "2 Mar 14:50", "talked:en::2026-03-02", "Lyon"
    )
    assert not debriefs(play.until("1 Apr", policy=ASKING))
    earlier = noting(
        Play().invited("25 Feb 10:00", "2 Mar 14:00", BO), "2 Mar 14:50", "talked:en::2026-02-20", "Lyon"
    )
    assert debriefs(earlier.until("1 Apr", policy=ASKING))


def test_an_untouched_debrief_goes_after_a_week_and_a_touched_one_is_never_spoken_of() -> None:
    """A debrief is no duty: it leaves by itself, and an edited one is the user's own affair."""
    ignored = Play().invited("25 Feb 10:00", "2 Mar 14:00", BO)
    assert debriefs(ignored.until("1 Apr", policy=ASKING, user="ignores")) == [
        "2 Mar 15:00 draft debrief",
        "9 Mar 15:00 withdraw debrief",
    ]
    edited = Play().invited("25 Feb 10:00", "2 Mar 14:00", BO)
    edited.draft("2 Mar 16:00", DraftState.EDITED, Note.DEBRIEF)
    assert debriefs(edited.until("1 Apr", policy=ASKING, user="ignores")) == ["2 Mar 15:00 draft debrief"]


def test_an_interview_called_off_takes_its_debrief_back() -> None:
    """Nothing is asked about what did not take place."""
    play = Play().invited("25 Feb 10:00", "2 Mar 14:00", BO).cancelled("2 Mar 17:00", "2 Mar 14:00")
    assert debriefs(play.until("8 Mar", policy=ASKING, user="ignores"))[-1] == "2 Mar 17:00 withdraw debrief"


def test_what_the_user_wrote_down_counts_as_the_employers_word_about_time() -> None:
    """A day named in the interview moves the status check; the interview stays the last word."""

    def told(case: Case) -> Case:
        event = Event(
            at("2 Mar 15:00"),
            "told",
            Party.EMPLOYER,
            Kind.EMPLOYER_UPDATE,
            timelines=(by("13 Mar"),),
            noted=True,
        )
        return replace(case, history=(*case.history, event))

    play = Play().invited("25 Feb 10:00", "2 Mar 14:00", BO).change(at("2 Mar 18:00"), told)
    silent = Play().invited("25 Feb 10:00", "2 Mar 14:00", BO)
    asked = next((when, d) for when, d in _decided(play) if d.note is Note.STATUS_CHECK)
    plain = next((when, d) for when, d in _decided(silent) if d.note is Note.STATUS_CHECK)
    assert asked[0] == at("18 Mar 9:00")
    assert asked[1].key == plain[1].key
    assert asked[1].because[0].quote == "by 13 Mar"


def _decided(play: Play) -> list[tuple[datetime, Decision]]:
    play.until("1 Apr")
    return play.decided


def test_no_longer_interested_turns_thanks_into_a_withdrawal_and_back() -> None:
    """After a "no" the thank-you goes and a withdrawal comes; after a later "yes" that goes again."""
    play = Play().invited("25 Feb 10:00", "2 Mar 14:00", BO)
    noting(play, "2 Mar 18:00", "interested:en", "no")
    lines = play.until("2 Mar 19:00", user="ignores")
    assert lines == [
        "2 Mar 15:00 draft thank-you bo",
        "2 Mar 18:00 withdraw thank-you bo",
        "2 Mar 18:00 draft withdrawal mia",
    ]
    again = replace(play.case, facts=(*play.case.facts, ("interested:en", "yes")))
    after = decide(again, at("2 Mar 20:00"), Policy())
    assert (after.action, after.note) == (Action.WITHDRAW, Note.WITHDRAWAL)
