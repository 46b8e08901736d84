"""What the articles say on when to write, whether, and to whom.

What must not be known here: the rules' code.
"""

from __future__ import annotations

from policies.advice import CP, FOLLOWED, HB, IG, LS, MA, OFFERED, Advice

WHEN = (
    Advice(
        "W1",
        "Thank them within a day of the interview, at best the next morning.",
        (
            CP("Send it within 24 hours"),
            LS("The next morning is usually ideal"),
            IG("make sure you follow up within 24 hours"),
        ),
        FOLLOWED,
        ("thank_every_interviewer",),
    ),
    Advice(
        "W2",
        "Thanks that come late need other words than fresh ones.",
        (CP("often viewed as lazy unless you adjust the messaging"),),
        FOLLOWED,
        ("thank_every_interviewer", "let_old_thanks_go"),
    ),
    Advice(
        "W3",
        "Ask where things stand only when the time they named has passed.",
        (
            LS("After the timeframe the manager mentioned"),
            CP("keep in mind the timeline the employer may have shared"),
        ),
        FOLLOWED,
        ("ask_after_the_day_they_named",),
    ),
    Advice(
        "W4",
        "Give them some days after the expected decision; the articles differ on how many.",
        (
            MA("follow up several days to a week afterward"),
            LS("If that amount of time passes and you haven’t heard back"),
        ),
        FOLLOWED,
        ("ask_after_the_day_they_named",),
        "The default lies between the two; `prompt` and `patient` are the ends.",
    ),
    Advice(
        "W5",
        "Where no time was named, wait two weeks, or one.",
        (
            LS("two weeks is usually a good time to wait"),
            HB("a call in a week if there’s no word back"),
        ),
        FOLLOWED,
        ("ask_after_a_long_silence",),
        "The default waits two weeks; `prompt` one.",
    ),
    Advice(
        "W6",
        "Leave some days between two attempts.",
        (CP("at least a few days between follow-up attempts"),),
        FOLLOWED,
        ("leave_days_between_questions",),
    ),
    Advice(
        "W7",
        "Holidays stop the clock: “after the holidays” is early January, once they have settled in.",
        (HB("certainly while still in single digits"), HB("Give them a couple of days to recover")),
        FOLLOWED,
        ("ask_after_the_holidays",),
    ),
    Advice("W8", "Call in office hours only.", (IG("(during office hours)"),), OFFERED, ("suggest_a_call",)),
    Advice(
        "W9",
        "Post a card only if the decision is days away, and post it the same day.",
        (CP("will be made within 24 – 48 hours"), LS("mail it the same day as the interview")),
        OFFERED,
        ("suggest_a_card",),
    ),
    Advice(
        "W10",
        "Employers run late: word that they are still at it begins a new wait and is no brush-off.",
        (HB("It’s very possible they’re behind schedule"),),
        FOLLOWED,
        ("take_back_what_their_word_overtook", "ask_after_a_long_silence"),
    ),
)

WHETHER = (
    Advice(
        "Q1",
        "After any interview, a phone screen too, saying nothing is the worst choice.",
        (CP("even if it is a phone screen"), HB("Yes, always")),
        FOLLOWED,
        ("thank_every_interviewer", "ask_after_a_long_silence"),
    ),
    Advice(
        "Q2",
        "Do as the employer asks about contact.",
        (
            CP("failure to follow directions can lead to rejection"),
            LS("specifically directs you to call"),
            HB("told me to follow up after 3 days"),
        ),
        FOLLOWED,
        (
            "ask_on_the_day_they_asked_for",
            "stick_to_their_timeline",
            "leave_alone_who_wants_no_contact",
            "take_silence_for_a_no",
            "suggest_a_call",
            "suggest_the_portal",
        ),
    ),
    Advice(
        "Q3",
        "Ask once without an answer, a second time only on their cue, then stop.",
        (
            IG("don’t send more than one message without reply"),
            HB("take cues from them to decide the cadence"),
        ),
        FOLLOWED,
        ("ask_no_more_than_allowed", "stop_without_an_answer"),
    ),
    Advice(
        "Q4",
        "Whoever was told that checking in is fine may do so at the agreed pace.",
        (HB("would it be ok or appropriate to follow up"),),
        FOLLOWED,
        ("ask_no_more_than_allowed",),
        "Only under `persistent` and `hr-bartender`: by default a permission is no duty.",
    ),
    Advice(
        "Q5",
        "An agency's recruiter may be asked more often.",
        (HB("IF you went through an agent"),),
        FOLLOWED,
        ("ask_no_more_than_allowed",),
        "Only under `persistent` and `hr-bartender`, and by mail, three times; not every day.",
    ),
    Advice(
        "Q6",
        "If you no longer want the job, tell the recruiter instead of following up.",
        (CP("tell the recruiter that you aren’t that in to it"),),
        FOLLOWED,
        ("tell_them_you_are_out",),
    ),
    Advice(
        "Q7",
        "When it drags on, cross it off and look to the next one.",
        (MA("cross that position off your list"),),
        FOLLOWED,
        ("stop_without_an_answer", "stop_when_nothing_was_asked", "cross_it_off"),
    ),
    Advice(
        "Q8",
        "After a rejection a short thanks keeps a door open.",
        (HB("It established a connection and it kept a door open"),),
        FOLLOWED,
        ("thank_after_rejection",),
    ),
    Advice(
        "Q9",
        "If it does not feel right, leave it: the person decides.",
        (IG("if it doesn’t feel right to follow up, then don’t"),),
        FOLLOWED,
        ("decide", "drafting"),
        "Everything is a draft; a deleted draft is a no that stays.",
    ),
    Advice(
        "Q10",
        "To ask for closure is fair, also when the news is bad.",
        (HB("never be afraid to ask for acknowledgement and closure"),),
        FOLLOWED,
        ("ask_after_a_long_silence", "ask_after_the_day_they_named"),
    ),
)

TO_WHOM = (
    Advice(
        "T1",
        "Thank everyone who interviewed you, each by name.",
        (
            MA("Send notes to everyone you interviewed with"),
            LS("Send the email to everyone you interviewed with"),
            CP("to the person (or people) that you interviewed with"),
        ),
        FOLLOWED,
        ("thank_every_interviewer",),
    ),
    Advice(
        "T2",
        "Use the same medium for everyone.",
        (CP("Use a consistent approach with everyone"),),
        FOLLOWED,
        ("thank_every_interviewer", "ask_for_the_address"),
        "Everyone gets a mail; for a card the advice names no favourites.",
    ),
    Advice(
        "T3",
        "Questions on the process go to the recruiter or coordinator, not to the hiring manager.",
        (
            CP("always the right people to call to check on the process"),
            IG("taking primary responsibility for the recruitment process"),
        ),
        FOLLOWED,
        ("ask_after_a_long_silence", "ask_after_the_day_they_named"),
    ),
    Advice(
        "T4",
        "An address you lack you ask for; you do not guess it.",
        (MA("call HR to ask for their email address"), LS("ask the manager for a business card")),
        FOLLOWED,
        ("ask_for_the_address",),
    ),
)
