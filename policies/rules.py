"""The policy.  Read the sentences from top to bottom and you know what the program will do.

A wish says what we would like to write; a rule says never, stop, or what to advise.  Each has its
sentence, its sources, and the few lines that carry it out.  Sources are advice of the five articles
(`articles.py`); OURS is a choice that no article makes.  The order means nothing: stop wins over never,
and never wins over write (`judgement.py`).  Names in braces are settings (`settings.py`).  What must not
be known here: mails, clocks, files; a rule sees a situation only.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from policies import notes, people
from policies.case import DirectionKind, Note, Part
from policies.history import Expecting, Outcome
from policies.situation import Situation
from policies.verdicts import Advise, Limits, Never, Rulebook, Stop, Wishes

POLICY = Rulebook()
chapter, wish, rule = POLICY.chapter, POLICY.wish, POLICY.rule

THANK_YOU, STATUS_CHECK, REJECTION_THANKS = Note.THANK_YOU, Note.STATUS_CHECK, Note.REJECTION_THANKS
ABOUT_A_MEETING = (THANK_YOU, Note.DEBRIEF)
HOPEFUL = (THANK_YOU, STATUS_CHECK, Note.DEBRIEF, Note.REOPENED_THANKS)
EVERYTHING = tuple(Note)


chapter("Thanks after an interview")


@wish(
    "Thank everyone who interviewed you, each by name and by mail, as soon as the interview is over:"
    " with other words after {thank_you_late_after}, not at all after {thank_you_window}.",
    "W1 W2 T1 T2 Q1 C1",
    optional=True,
)
def thank_every_interviewer(s: Situation) -> Wishes:
    for meeting, person in s.to_thank:
        yield notes.thank_you(s, meeting, person)


@rule("Thank nobody twice for the same interview.", "OURS")
def thank_once(s: Situation) -> Limits:
    for note in s.wanted[THANK_YOU]:
        if s.thanked(note.to, note.meeting):
            yield Never((THANK_YOU,), key=note.key)


@rule("No thanks for an interview to which nobody came.", "OURS")
def thank_for_what_took_place(s: Situation) -> Limits:
    for note in s.wanted[THANK_YOU]:
        if note.meeting and note.meeting.missed:
            yield Never((THANK_YOU,), key=note.key)


@rule("Take a thank-you back when the interview was called off or moved.", "OURS")
def take_back_what_was_called_off(s: Situation) -> Limits:
    for draft in s.case.drafts:
        if draft.note in ABOUT_A_MEETING and s.called_off(draft):
            yield Never(ABOUT_A_MEETING, key=draft.key)


@rule("Take a thank-you back that still lies untouched after {thank_you_lies}.", "W2 OURS")
def let_old_thanks_go(s: Situation) -> Limits:
    for draft in s.case.drafts:
        if draft.note in ABOUT_A_MEETING:
            since = draft.at + timedelta(days=s.policy.thank_you_lies)
            yield Never(ABOUT_A_MEETING, key=draft.key, since=since)


@rule("Where an interviewer's address is unknown, ask the coordinator for it; never guess.", "T4 C4")
def ask_for_the_address(s: Situation) -> Limits:
    for note in s.wanted[THANK_YOU]:
        if note.to and not people.may_write_to(note.to.address):
            yield Never((THANK_YOU,), key=note.key, instead=_ask_for_address_of(note.to.name, s))


@wish(
    "After a day's interviews, lay a few questions to yourself in Drafts, once, unless you noted something.",
    "OURS",
    optional=True,
)
def debrief(s: Situation) -> Wishes:
    for met, thanked in s.untold:
        if not s.debriefed(met):
            yield notes.debrief(s, met, thanked)


chapter("When to ask where things stand")


@wish("Where they named a day, ask on the {status_after_stated:th} after it.", "W3 W4 Q10 T3 C1")
def ask_after_the_day_they_named(s: Situation) -> Wishes:
    if (promise := s.expecting(Expecting.NEWS_BY_A_DAY)) and promise.day:
        yield notes.status_check(s, s.workday(promise.day, s.policy.status_after_stated), promise.quote)


@wish("Where they asked you to come back on a day, ask on that day.", "Q2 T3 C1")
def ask_on_the_day_they_asked_for(s: Situation) -> Wishes:
    if (promise := s.expecting(Expecting.A_QUESTION)) and promise.day:
        yield notes.status_check(s, promise.day, promise.quote)


@wish("“After the holidays” means the {status_after_new_year:th} of January.", "W7 T3 C1")
def ask_after_the_holidays(s: Situation) -> Wishes:
    if promise := s.expecting(Expecting.NEWS_AFTER_THE_HOLIDAYS):
        day = s.policy.workday_of_january(promise.january, s.policy.status_after_new_year)
        yield notes.status_check(s, day, promise.quote)


@wish("Where it is on hold without a date, ask {status_after_hold} after the last word.", "OURS T3 C1")
def ask_after_a_pause(s: Situation) -> Wishes:
    if (promise := s.expecting(Expecting.A_PAUSE)) and s.clock:
        yield notes.status_check(s, s.workday(s.clock, s.policy.status_after_hold), promise.quote)


@wish(
    "Where they named no day, ask on the {status_after_silence:th} after the last word, or after what you"
    " handed in later.",
    "W5 W10 Q1 Q10 T3 C1",
)
def ask_after_a_long_silence(s: Situation) -> Wishes:
    if s.met and s.clock and not s.promise:
        yield notes.status_check(s, s.workday(s.clock, s.policy.status_after_silence))


chapter("When not to ask")


@rule("Ask only after an interview has taken place.", "OURS")
def ask_only_after_an_interview(s: Situation) -> Limits:
    if not s.met:
        yield Never((STATUS_CHECK,))


@rule("While another interview lies ahead there is nothing to ask.", "OURS")
def wait_for_the_interview(s: Situation) -> Limits:
    for meeting in s.ahead:
        yield Never((STATUS_CHECK,), until=meeting.end)


@rule("While they wait for you there is nothing to ask: first answer, choose a time, hand in.", "OURS")
def answer_first(s: Situation) -> Limits:
    if s.owed:
        yield Never((STATUS_CHECK,))


@rule(
    "Ask {status_checks:times} without an answer, {status_checks_welcome:times} where checking in is"
    " welcome, {status_checks_agency:times} where an agency arranges.  Your own questions count.",
    "Q3 Q4 Q5",
)
def ask_no_more_than_allowed(s: Situation) -> Limits:
    if len(s.asked) >= _allowed(s):
        yield Never((STATUS_CHECK,))


@rule("Leave {status_between} between two questions, or the time they agreed to.", "W6 Q4")
def leave_days_between_questions(s: Situation) -> Limits:
    if s.next_question:
        yield Never((STATUS_CHECK,), until=s.morning(s.next_question))


@rule("Who is away on that day is asked on the first business day after the return.", "OURS")
def wait_for_who_is_away(s: Situation) -> Limits:
    for note in s.wanted[STATUS_CHECK]:
        if s.back and s.back > s.policy.day(note.due):
            yield Never((STATUS_CHECK,), until=s.morning(s.workday(s.back, 1)))


@rule("Take a status check back when they have written, or you have asked, since it was laid.", "W10 OURS")
def take_back_what_was_overtaken(s: Situation) -> Limits:
    for draft in s.case.drafts:
        if draft.note is STATUS_CHECK and s.overtook(draft):
            yield Never((STATUS_CHECK,), key=draft.key)


chapter("What they asked for")


@rule("Who asks you to keep to their timeline is not asked before it has passed, and no second time.", "Q2")
def stick_to_their_timeline(s: Situation) -> Limits:
    demand = s.told(DirectionKind.STICK_TO_TIMELINE)
    if demand and s.promise and s.promise.day:
        yield Never((STATUS_CHECK,), demand.quote, until=s.morning(s.workday(s.promise.day, 1)))


@rule(
    "Who wants no contact is not asked; it is over {stop_no_contact_after_stated} after the day they named,"
    " or {stop_no_contact_after_silence} after the last word where they named none.",
    "Q2 OURS",
)
def leave_alone_who_wants_no_contact(s: Situation) -> Limits:
    if s.no_contact:
        yield Never((STATUS_CHECK,), s.no_contact.quote)
        if s.waiting and s.met and s.clock:
            yield Stop(
                s.morning(_end_without_contact(s.clock, s)), "They want no contact.", s.no_contact.quote
            )


@rule("Where silence means no from a day on, nothing is asked, and it is over when that day is.", "Q2")
def take_silence_for_a_no(s: Situation) -> Limits:
    if warning := s.silence_means_no:
        yield Never((STATUS_CHECK,), warning.quote)
        if s.waiting and (day := _last_day_of_hope(s)):
            yield Stop(s.evening(day), "They said that silence until this day means no.", warning.quote)


chapter("When it is over for want of a reply")


@rule("When the last question allowed stays unanswered for {stop_after_status}, it is over.", "Q3 Q7")
def stop_without_an_answer(s: Situation) -> Limits:
    if s.waiting and s.mails and s.asked and len(s.asked) >= _allowed(s):
        day = s.workday(s.after_named(s.asked[-1]), s.policy.stop_after_status)
        yield Stop(s.morning(s.after_return(day)), "Your question stayed without an answer.")


@rule("When a status check is not sent within {stop_after_unsent} of falling due, it is over too.", "OURS Q7")
def stop_when_nothing_was_asked(s: Situation) -> Limits:
    if s.waiting and s.met and not (s.no_contact or s.silence_means_no or len(s.asked) >= _allowed(s)):
        laid = [s.morning(s.workday(d.at, s.policy.stop_after_unsent)) for d in s.status_drafts]
        for note in s.wanted[STATUS_CHECK]:
            if not s.left_alone(note.due):
                yield Stop(max([note.until, *laid]), "The status check was not sent.", note.quote)


@rule(
    "When they write again and again and it is not over {cross_off_after} after the first interview, cross it"
    " off and look to the next one.",
    "Q7 W10",
    optional=True,
)
def cross_it_off(s: Situation) -> Limits:
    if s.waiting and s.held and not s.asked:
        first = s.held[0]
        if sum(mail.at > first.end for mail in s.words) > 1:
            text = "This process drags on.  Cross it off your list and look to the next one."
            due = s.morning(s.workday(first.end, s.policy.cross_off_after))
            yield Advise(text, key=f"cross-off|{first.key}", due=due)


chapter("How it ends")


@wish(
    "Thank them for a rejection {rejection_thanks_after} later, if a person has written in the case.",
    "Q8 OURS",
    optional=True,
)
def thank_after_rejection(s: Situation) -> Wishes:
    if s.rejection and any(people.may_write_to(p.address) for p in people.authors(s.case)):
        yield notes.rejection_thanks(s, s.rejection)


@rule("Nobody is thanked for a rejection they took back, nor once you have answered it.", "OURS")
def thank_for_what_stands(s: Situation) -> Limits:
    laid = any(draft.note is REJECTION_THANKS for draft in s.case.drafts)
    answered = s.rejection and any(mail.at > s.rejection.at for mail in s.mine)
    if answered or (laid and not s.rejection):
        yield Never((REJECTION_THANKS,))


@wish("Thank them when they take a rejection back.", "OURS", optional=True)
def thank_for_a_second_chance(s: Situation) -> Wishes:
    if s.reopened and not any(mail.at > s.reopened.at for mail in s.mine):
        yield notes.reopened_thanks(s, s.reopened)


@rule("After a rejection nothing is asked or hoped for.", "OURS")
def let_a_rejection_be(s: Situation) -> Limits:
    if s.rejection:
        yield Never(HOPEFUL)


@rule("After an offer, an acceptance, or your own withdrawal nothing more is written.", "OURS")
def write_no_more_when_it_is_decided(s: Situation) -> Limits:
    if s.standing.outcome in (Outcome.OFFERED, Outcome.ACCEPTED, Outcome.WITHDRAWN):
        yield Never(EVERYTHING)


@wish("If you no longer want the job, tell them so.", "Q6", optional=True)
def tell_them_you_are_out(s: Situation) -> Wishes:
    if s.lost_interest and s.contact and s.word:
        yield notes.withdrawal(s, s.contact)


@rule("Take your withdrawal back while it lies untouched, if you want the job after all.", "OURS")
def stay_if_you_want_to(s: Situation) -> Limits:
    if not s.lost_interest and any(draft.note is Note.WITHDRAWAL for draft in s.case.drafts):
        yield Never((Note.WITHDRAWAL,))


@rule("If you no longer want the job, follow up on nothing else.", "Q6")
def hope_for_no_more(s: Situation) -> Limits:
    if s.lost_interest:
        yield Never(HOPEFUL)


chapter("What is said beside a note, and never done")


@rule("Where they welcome calls, a call in office hours may help.", "C2 C3 W8 Q2", optional=True)
def suggest_a_call(s: Situation) -> Limits:
    if welcome := s.told(DirectionKind.CALL_WELCOME, unless=DirectionKind.NO_CALLS):
        text = "They welcome calls: one in office hours may do as well; prepare words for the voicemail."
        yield Advise(text, beside=STATUS_CHECK, quote=welcome.quote)


@rule("Where they point to a portal, look there before you ask.", "Q2", optional=True)
def suggest_the_portal(s: Situation) -> Limits:
    if pointer := s.told(DirectionKind.USE_PORTAL):
        text = "Look into their portal first; it may have the answer."
        yield Advise(text, beside=STATUS_CHECK, quote=pointer.quote)


@rule("A card may please a hiring manager, if the decision is days away.", "C5 W9", optional=True)
def suggest_a_card(s: Situation) -> Limits:
    for note in s.wanted[THANK_YOU]:
        senior = note.to and note.to.part is Part.HIRING_MANAGER
        if senior and not s.decides_by(note.due + timedelta(hours=48)):
            text = "A handwritten card besides the mail may please them, if you post it today."
            yield Advise(text, key=note.key, beside=THANK_YOU)


@rule("Who has no known address may be thanked on LinkedIn.", "C4", optional=True)
def suggest_linkedin(s: Situation) -> Limits:
    for note in s.wanted[THANK_YOU]:
        if note.to and note.to.name and not note.to.address:
            text = f"An invitation on LinkedIn with a line of thanks reaches {note.to.name} too."
            yield Advise(text, key=note.key, beside=THANK_YOU)


chapter("Safety")


@rule("Write only to addresses seen in the case, and never to a machine.", "T4 OURS")
def write_to_people_only(s: Situation) -> Limits:
    if s.contact is None:
        text = "No person's address is known here: look for a telephone number or a portal."
        yield Never((STATUS_CHECK, REJECTION_THANKS, Note.REOPENED_THANKS), instead=text)


@rule("Where answers would go to another domain than the sender's, you are told; nothing is written.", "OURS")
def beware_of_foreign_replies(s: Situation) -> Limits:
    for address, elsewhere in s.foreign_replies:
        text = f"Answers to {address} would go to {elsewhere}: make sure who that is before you write."
        yield Never(EVERYTHING, elsewhere, to=address, instead=text)


@rule("What fell due more than {look_back} before afterword began to watch is left alone.", "OURS")
def leave_the_past_alone(s: Situation) -> Limits:
    if s.watched_from:
        yield Never(EVERYTHING, older_than=s.watched_from)


def _allowed(s: Situation) -> int:
    """Return how many questions may stay unanswered."""
    welcome = s.told(DirectionKind.CHECK_IN_WELCOME, unless=DirectionKind.NO_CONTACT)
    if s.told(DirectionKind.STICK_TO_TIMELINE, unless=DirectionKind.CHECK_IN_WELCOME):
        return s.policy.status_checks
    return max(
        s.policy.status_checks,
        s.policy.status_checks_welcome if welcome else 0,
        s.policy.status_checks_agency if s.case.agency else 0,
    )


def _end_without_contact(clock: datetime, s: Situation) -> date:
    if s.promise and s.promise.day:
        return s.workday(s.promise.day, s.policy.stop_no_contact_after_stated)
    return s.workday(clock, s.policy.stop_no_contact_after_silence)


def _last_day_of_hope(s: Situation) -> date | None:
    """Return the day they named, else the one on which one would have asked."""
    named = (said.day for said in (s.silence_means_no, s.promise) if said and said.day)
    asking = s.workday(s.clock, s.policy.status_after_silence) if s.clock else None
    return next(named, asking)


def _ask_for_address_of(name: str | None, s: Situation) -> str:
    whom = (s.contact.name or s.contact.address) if s.contact else "whoever arranged it"
    return (
        f"To thank {name or 'whoever interviewed you'}, ask {whom} for the address, or to pass it on;"
        " LinkedIn helps to look a name up."
    )
