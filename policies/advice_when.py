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
    ),
    Advice(
        "W2",
        "Thanks that come late need other words than fresh ones.",
        (CP("often viewed as lazy unless you adjust the messaging"),),
        FOLLOWED,
    ),
    Advice(
        "W3",
        "Ask where things stand only when the time they named has passed.",
        (
            LS("After the timeframe the manager mentioned"),
            CP("keep in mind the timeline the employer may have shared"),
        ),
        FOLLOWED,
    ),
    Advice(
        "W4",
        "Give them some days after the expected decision; the articles differ on how many.",
        (
            MA("follow up several days to a week afterward"),
            LS("If that amount of time passes and you haven’t heard back"),
        ),
        FOLLOWED,
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
        "The default waits two weeks; `prompt` one.",
    ),
    Advice(
        "W6",
        "Leave some days between two attempts.",
        (CP("at least a few days between follow-up attempts"),),
        FOLLOWED,
    ),
    Advice(
        "W7",
        "Holidays stop the clock: “after the holidays” is early January, once they have settled in.",
        (
            HB("certainly while still in single digits"),
            HB("Give them a couple of days to recover"),
        ),
        FOLLOWED,
    ),
    Advice(
        "W8",
        "Call in office hours only.",
        (IG("(during office hours)"),),
        OFFERED,
    ),
    Advice(
        "W9",
        "Post a card only if the decision is days away, and post it the same day.",
        (
            CP("will be made within 24 – 48 hours"),
            LS("mail it the same day as the interview"),
        ),
        OFFERED,
    ),
    Advice(
        "W10",
        "Employers run late: word that they are still at it begins a new wait and is no brush-off.",
        (HB("It’s very possible they’re behind schedule"),),
        FOLLOWED,
    ),
)

WHETHER = (
    Advice(
        "Q1",
        "After any interview, a phone screen too, saying nothing is the worst choice.",
        (
            CP("even if it is a phone screen"),
            HB("Yes, always"),
        ),
        FOLLOWED,
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
    ),
    Advice(
        "Q3",
        "Ask once without an answer, a second time only on their cue, then stop.",
        (
            IG("don’t send more than one message without reply"),
            HB("take cues from them to decide the cadence"),
        ),
        FOLLOWED,
    ),
    Advice(
        "Q4",
        "Whoever was told that checking in is fine may do so at the agreed pace.",
        (HB("would it be ok or appropriate to follow up"),),
        FOLLOWED,
        "Only under `persistent` and `hr-bartender`: by default a permission is no duty.",
    ),
    Advice(
        "Q5",
        "An agency's recruiter may be asked more often.",
        (HB("IF you went through an agent"),),
        FOLLOWED,
        "Only under `persistent` and `hr-bartender`, and by mail, three times; not every day.",
    ),
    Advice(
        "Q6",
        "If you no longer want the job, tell the recruiter instead of following up.",
        (CP("tell the recruiter that you aren’t that in to it"),),
        FOLLOWED,
    ),
    Advice(
        "Q7",
        "When it drags on, cross it off and look to the next one.",
        (MA("cross that position off your list"),),
        FOLLOWED,
    ),
    Advice(
        "Q8",
        "After a rejection a short thanks keeps a door open.",
        (HB("It established a connection and it kept a door open"),),
        FOLLOWED,
    ),
    Advice(
        "Q9",
        "If it does not feel right, leave it: the person decides.",
        (IG("if it doesn’t feel right to follow up, then don’t"),),
        FOLLOWED,
        "Everything is a draft; a deleted draft is a no that stays.",
        by=(
            "decide",
            "drafting",
        ),
    ),
    Advice(
        "Q10",
        "To ask for closure is fair, also when the news is bad.",
        (HB("never be afraid to ask for acknowledgement and closure"),),
        FOLLOWED,
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
    ),
    Advice(
        "T2",
        "Use the same medium for everyone.",
        (CP("Use a consistent approach with everyone"),),
        FOLLOWED,
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
    ),
    Advice(
        "T4",
        "An address you lack you ask for; you do not guess it.",
        (
            MA("call HR to ask for their email address"),
            LS("ask the manager for a business card"),
        ),
        FOLLOWED,
    ),
)
