"""The policy.  Read the sentences from top to bottom and you know what the program will do.

Each rule is a sentence, its sources, and the few lines that carry it out.  The sources are advice of the
five articles (`articles.py`); `OURS` is a choice no article makes.  The order of the
rules means nothing: stop wins over never, and never wins over write (`decide.py`).  Names in braces are
settings (`settings.py`).  What must not be known here: mails, clocks, files; a rule sees a situation only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from policies import notes, people
from policies.case import DirectionKind, Note, Part
from policies.situation import Expecting, Outcome, Situation
from policies.verdicts import Advise, Never, Rulebook, Stop, Verdicts, Write

rule = Rulebook()

THANK_YOU, STATUS_CHECK, REJECTION_THANKS = Note.THANK_YOU, Note.STATUS_CHECK, Note.REJECTION_THANKS
HOPEFUL = (THANK_YOU, STATUS_CHECK, Note.DEBRIEF)
EVERYTHING = tuple(Note)


# Thanks after an interview.


@rule(
    "Thank everyone who interviewed you, each by name and by mail, as soon as the interview is over:"
    " with other words after {thank_you_late_after}, not at all after {thank_you_window}.",
    "W1 W2 T1 T2 Q1 C1",
    optional=True,
)
def thank_every_interviewer(s: Situation) -> Verdicts:
    for meeting, person in s.interviewers:
        yield notes.thank_you(s, meeting, person)


@rule("Thank nobody twice for the same interview.", "OURS")
def thank_once(s: Situation) -> Verdicts:
    for meeting, person in s.interviewers:
        if s.thanked(person, meeting):
            yield Never((THANK_YOU,), key=notes.thank_you(s, meeting, person).key)


@rule("No thanks for an interview that was called off or moved, or to which nobody came.", "OURS")
def thank_for_what_took_place(s: Situation) -> Verdicts:
    missed = {notes.thank_you(s, m, p).key for m, p in s.interviewers if m.missed}
    standing = {notes.thank_you(s, m, p).key for m, p in s.interviewers}
    called_off = {d.key for d in s.case.drafts if d.note is THANK_YOU} - standing
    yield from (Never((THANK_YOU,), key=key) for key in sorted(missed | called_off))


@rule("Take a thank-you back that still lies untouched after {thank_you_lies}.", "W2 OURS")
def let_old_thanks_go(s: Situation) -> Verdicts:
    for draft in s.case.drafts:
        if draft.note is THANK_YOU:
            yield Never((THANK_YOU,), key=draft.key, since=draft.at + timedelta(days=s.policy.thank_you_lies))


@rule("Where an interviewer's address is unknown, ask the coordinator for it; never guess.", "T4 C4")
def ask_for_the_address(s: Situation) -> Verdicts:
    for meeting, person in s.interviewers:
        if not people.may_write_to(person.address):
            text = f"{_ask(s)} for the address of {person.name or 'whoever interviewed you'}, to say thanks."
            yield Never((THANK_YOU,), key=notes.thank_you(s, meeting, person).key, instead=text)


# When to ask where things stand.


@rule("Where they named a day, ask on the {status_after_stated:th} after it.", "W3 W4 Q10 T3")
def ask_after_the_day_they_named(s: Situation) -> Verdicts:
    if s.expecting is Expecting.NEWS_BY_A_DAY and s.promise and s.promise.day:
        yield notes.status_check(s, s.workday(s.promise.day, s.policy.status_after_stated), s.promise.quote)


@rule("Where they asked you to come back on a day, ask on that day.", "Q2 T3")
def ask_on_the_day_they_asked_for(s: Situation) -> Verdicts:
    if s.expecting is Expecting.A_QUESTION and s.promise and s.promise.day:
        yield notes.status_check(s, s.promise.day, s.promise.quote)


@rule("“After the holidays” means the {status_after_new_year:th} of January.", "W7 T3")
def ask_after_the_holidays(s: Situation) -> Verdicts:
    if s.expecting is Expecting.NEWS_AFTER_THE_HOLIDAYS and s.promise and s.january:
        day = s.policy.workday_of_january(s.january, s.policy.status_after_new_year)
        yield notes.status_check(s, day, s.promise.quote)


@rule("Where it is on hold without a date, ask {status_after_hold} after the last word.", "OURS T3")
def ask_after_a_pause(s: Situation) -> Verdicts:
    if s.expecting is Expecting.A_PAUSE and s.promise and s.clock:
        yield notes.status_check(s, s.workday(s.clock, s.policy.status_after_hold), s.promise.quote)


@rule(
    "Where they named no day, ask on the {status_after_silence:th} after the last word: theirs, or your later"
    " answer to it.",
    "W5 W10 Q1 Q10 T3",
)
def ask_after_a_long_silence(s: Situation) -> Verdicts:
    if s.expecting is Expecting.NOTHING and s.clock:
        yield notes.status_check(s, s.workday(s.clock, s.policy.status_after_silence))


# When not to ask.


@rule("Ask only after an interview has taken place.", "OURS")
def ask_only_after_an_interview(s: Situation) -> Verdicts:
    if not s.held:
        yield Never((STATUS_CHECK,))


@rule("While another interview lies ahead there is nothing to ask.", "OURS")
def wait_for_the_interview(s: Situation) -> Verdicts:
    for meeting in s.ahead:
        yield Never((STATUS_CHECK,), until=meeting.end)


@rule("While they wait for you, there is nothing to ask: first answer, choose a time, hand in.", "OURS")
def answer_first(s: Situation) -> Verdicts:
    if s.owed:
        yield Never((STATUS_CHECK,))


@rule(
    "Ask {status_checks:times} without an answer, {status_checks_welcome:times} where checking in is"
    " welcome, {status_checks_agency:times} where an agency arranges.  Your own questions count.",
    "Q3 Q4 Q5",
)
def ask_no_more_than_allowed(s: Situation) -> Verdicts:
    if len(s.asked) >= _allowed(s):
        yield Never((STATUS_CHECK,))


@rule("Leave {status_between} between two questions, or the time they agreed to.", "W6 Q4")
def leave_days_between_questions(s: Situation) -> Verdicts:
    if s.next_question:
        yield Never((STATUS_CHECK,), until=s.morning(s.next_question))


@rule("Who is away then is asked on the first business day after the return.", "OURS")
def wait_for_who_is_away(s: Situation) -> Verdicts:
    for check in status_checks(s):
        if s.back and s.back > s.policy.day(check.due):
            yield Never((STATUS_CHECK,), until=s.morning(s.workday(s.back, 1)))


@rule("Take a status check back when they have written, or you have asked, since it was laid.", "W10 OURS")
def take_back_what_was_overtaken(s: Situation) -> Verdicts:
    for draft in s.case.drafts:
        if draft.note is STATUS_CHECK and s.overtook(draft):
            yield Never((STATUS_CHECK,), key=draft.key)


# What they asked for.


@rule("Who asks you to keep to their timeline is not asked before it has passed, and only once.", "Q2")
def stick_to_their_timeline(s: Situation) -> Verdicts:
    wish = s.told(DirectionKind.STICK_TO_TIMELINE)
    if wish and s.promise and s.promise.day:
        yield Never((STATUS_CHECK,), wish.quote, until=s.morning(s.workday(s.promise.day, 1)))


@rule(
    "Who wants no contact is not asked.  It is over {stop_no_contact_after_stated} after the day they named,"
    " {stop_no_contact_after_silence} after the last word where they named none.",
    "Q2 OURS",
)
def leave_alone_who_wants_no_contact(s: Situation) -> Verdicts:
    if wish := s.no_contact:
        yield Never((STATUS_CHECK,), wish.quote)
        if s.waiting and s.held and s.clock:
            after_day, after_word = (
                s.policy.stop_no_contact_after_stated,
                s.policy.stop_no_contact_after_silence,
            )
            end = (
                s.workday(s.promise.day, after_day)
                if s.promise and s.promise.day
                else s.workday(s.clock, after_word)
            )
            yield Stop(s.morning(end), "They want no contact, and their time has passed.", wish.quote)


@rule("Where silence means no from a day on, nothing is asked, and it is over at the end of that day.", "Q2")
def take_silence_for_a_no(s: Situation) -> Verdicts:
    if warning := s.silence_means_no:
        yield Never((STATUS_CHECK,), warning.quote)
        if s.waiting and s.no_from:
            evening = s.policy.moment(s.no_from, s.policy.stop_hour)
            yield Stop(evening, "They said that silence by this day means no.", warning.quote)


# When it is over for want of a reply.


@rule("When the last question allowed stays unanswered for {stop_after_status}, it is over.", "Q3 Q7")
def stop_without_an_answer(s: Situation) -> Verdicts:
    if s.waiting and s.mails and len(s.asked) >= max(1, _allowed(s)):
        day = s.workday(max(s.policy.day(s.asked[-1]), s.named_day), s.policy.stop_after_status)
        yield Stop(s.morning(s.free(day)), "Your question stayed without an answer.")


@rule(
    "When a status check is not sent within {stop_after_unsent} of falling due, it is over as well.",
    "OURS Q7",
)
def stop_when_nothing_was_asked(s: Situation) -> Verdicts:
    if s.waiting and s.held and not s.no_contact and not s.silence_means_no and len(s.asked) < _allowed(s):
        for check in status_checks(s):
            laid = [s.morning(s.workday(d.at, s.policy.stop_after_unsent)) for d in s.status_drafts]
            if check.until and not s.left_alone(check.due):
                yield Stop(max([check.until, *laid]), "The status check was not sent.", check.quote)


@rule("A process that is not over {cross_off_after} after the first interview drags on.", "Q7", optional=True)
def cross_it_off(s: Situation) -> Verdicts:
    if s.waiting and s.held:
        due = s.morning(s.workday(s.held[0].end, s.policy.cross_off_after))
        text = "This process drags on.  Cross it off your list and look to the next one."
        yield Advise(text, key=f"cross-off|{s.held[0].key}", due=due)


# How it ends.


@rule(
    "After a rejection thank them {rejection_thanks_after} later, if a person has written in the case.",
    "Q8 OURS",
    optional=True,
)
def thank_after_rejection(s: Situation) -> Verdicts:
    rejection = s.standing.mail if s.standing.outcome is Outcome.REJECTED else None
    if rejection and people.wrote(s.case):
        yield notes.rejection_thanks(s, rejection)


@rule("After a rejection nothing is asked or hoped for.", "OURS")
def let_a_rejection_be(s: Situation) -> Verdicts:
    if s.standing.outcome is Outcome.REJECTED:
        yield Never(HOPEFUL)


@rule("Nobody is thanked for a rejection they took back, nor once you have answered it.", "OURS")
def thank_for_a_rejection_that_stands(s: Situation) -> Verdicts:
    rejection = s.standing.mail if s.standing.outcome is Outcome.REJECTED else None
    if rejection is None or any(mail.at > rejection.at for mail in s.mine):
        yield Never((REJECTION_THANKS,))


@rule("After an offer, an acceptance, or your own withdrawal nothing more is written.", "OURS")
def write_no_more_when_it_is_decided(s: Situation) -> Verdicts:
    if s.standing.outcome in (Outcome.OFFERED, Outcome.ACCEPTED, Outcome.WITHDRAWN):
        yield Never(EVERYTHING)


@rule("If you no longer want the job, tell them so instead of following up.", "Q6", optional=True)
def tell_them_you_are_out(s: Situation) -> Verdicts:
    if s.lost_interest and s.contact and s.word:
        yield notes.withdrawal(s, s.contact)
        yield Never(HOPEFUL)


# Beside a note, where another channel may help; never an action.


@rule("Where they welcome calls, a call in office hours may help.", "C2 C3 W8 Q2", optional=True)
def suggest_a_call(s: Situation) -> Verdicts:
    if wish := s.told(DirectionKind.CALL_WELCOME, unless=DirectionKind.NO_CALLS):
        text = (
            "They welcome calls: one in office hours may do as well; have a message for the voicemail ready."
        )
        yield Advise(text, beside=STATUS_CHECK, quote=wish.quote)


@rule("Where they point to a portal, look there before you ask.", "Q2", optional=True)
def suggest_the_portal(s: Situation) -> Verdicts:
    if wish := s.told(DirectionKind.USE_PORTAL):
        yield Advise(
            "Look into their portal first; it may have the answer.", beside=STATUS_CHECK, quote=wish.quote
        )


@rule("A card may please a hiring manager, if the decision is days away.", "C5 W9", optional=True)
def suggest_a_card(s: Situation) -> Verdicts:
    for meeting, person in s.interviewers:
        if person.part is Part.HIRING_MANAGER and not s.decides_by(meeting.end + timedelta(hours=48)):
            text = "A handwritten card besides the mail may please them, if you post it today."
            yield Advise(text, key=notes.thank_you(s, meeting, person).key, beside=THANK_YOU)


@rule("Who has no known address may be thanked on LinkedIn.", "C4", optional=True)
def suggest_linkedin(s: Situation) -> Verdicts:
    for meeting, person in s.interviewers:
        if not person.address and person.name:
            text = f"An invitation on LinkedIn with a line of thanks reaches {person.name} too."
            yield Advise(text, key=notes.thank_you(s, meeting, person).key, beside=THANK_YOU)


@rule("After an interview, lay a few questions to yourself in Drafts.", "OURS", optional=True)
def debrief(s: Situation) -> Verdicts:
    for meeting in s.meetings:
        if not meeting.missed:
            yield notes.debrief(s, meeting)


# Safety.


@rule("Write only to addresses seen in the case, and never to a machine.", "T4 OURS")
def write_to_people_only(s: Situation) -> Verdicts:
    if s.contact is None:
        yield Never(
            (STATUS_CHECK,), instead="No person's address is known here: look for a telephone or portal."
        )


@rule("Where answers would go to another domain than the sender's, advise; write nothing.", "OURS")
def beware_of_foreign_replies(s: Situation) -> Verdicts:
    for address, elsewhere in s.foreign_replies:
        text = f"Answers to {address} would go to {elsewhere}: make sure who that is before you write."
        yield Never(EVERYTHING, elsewhere, to=address, instead=text)


@rule("What fell due more than {look_back} before afterword began to watch is left alone.", "OURS")
def leave_the_past_alone(s: Situation) -> Verdicts:
    if s.watched_from:
        yield Never(EVERYTHING, older_than=s.watched_from)


def status_checks(s: Situation) -> Iterator[Write]:
    """Yield the status check that falls due, whichever rule says when."""
    for ask in (
        ask_after_the_day_they_named,
        ask_on_the_day_they_asked_for,
        ask_after_the_holidays,
        ask_after_a_pause,
        ask_after_a_long_silence,
    ):
        yield from (v for v in ask(s) if isinstance(v, Write))


def _allowed(s: Situation) -> int:
    """Return how many questions may stay unanswered."""
    welcome = s.told(DirectionKind.CHECK_IN_WELCOME, unless=DirectionKind.NO_CONTACT)
    patient = s.told(DirectionKind.STICK_TO_TIMELINE, unless=DirectionKind.CHECK_IN_WELCOME)
    return max(
        s.policy.status_checks,
        s.policy.status_checks_welcome if welcome and not patient else 0,
        s.policy.status_checks_agency if s.case.agency and not patient else 0,
    )


def _ask(s: Situation) -> str:
    return f"Ask {s.contact.name or s.contact.address}" if s.contact else "Ask whoever arranged it"
