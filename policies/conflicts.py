"""Where the articles disagree, or say too little: the question, who says what, and our choice.

What must not be known here: how the choice is carried out (`by` names the rules).
"""

from __future__ import annotations

from dataclasses import dataclass

from policies.advice import CP, HB, IG, LS, MA, Article


@dataclass(frozen=True, slots=True)
class Conflict:
    """One question: the `positions` in our words with the article that holds each, and our `choice`.

    `presets` are those that choose otherwise; `by` are the rules that carry the choice out.
    """

    question: str
    positions: tuple[tuple[Article, str], ...]
    choice: str
    by: tuple[str, ...]
    presets: tuple[str, ...] = ()


CONFLICTS = (
    Conflict(
        "How long after the day they named may one ask?",
        (
            (LS, "as soon as it has passed"),
            (MA, "several days to a week after it"),
            (CP, "keep to it, and leave some days between attempts"),
        ),
        "Three business days: the one costly mistake is to ask too early.",
        ("ask_after_the_day_they_named",),
        ("prompt", "patient", "lifesavvy", "malone"),
    ),
    Conflict(
        "How long to wait where they named no day?",
        ((LS, "two weeks"), (HB, "a week, then a call")),
        "Ten business days, and a mail.",
        ("ask_after_a_long_silence",),
        ("prompt", "hr-bartender"),
    ),
    Conflict(
        "How often to ask without an answer?",
        (
            (IG, "once, whatever happens"),
            (HB, "again where their cues invite it; a reader: an agent every day"),
        ),
        "Once, then stop.  Presets ask a second time on a cue, and an agency up to three times.",
        ("ask_no_more_than_allowed", "stop_without_an_answer"),
        ("persistent", "hr-bartender"),
    ),
    Conflict(
        "May one say nothing after an interview?",
        ((CP, "the worst choice, also after a phone screen"), (IG, "if it does not feel right, leave it")),
        "A draft is always laid, and the person decides: a deleted draft is a no that stays.",
        ("thank_every_interviewer",),
    ),
    Conflict(
        "Whom to ask where things stand?",
        (
            (CP, "the recruiter or HR person who coordinates, rather than the hiring manager"),
            (IG, "whoever is responsible for the hiring, which may be the manager"),
        ),
        "Who arranges; else who wrote last; interviewers only where nobody else is known.",
        ("ask_after_a_long_silence",),
    ),
    Conflict(
        "May one call?",
        (
            (CP, "at times the best way to check on the process"),
            (LS, "a bad idea unless they told you to"),
            (IG, "if they called you, in office hours"),
            (MA, "it may catch them off guard"),
        ),
        "Never an action.  Said beside the status check where they welcome calls, in office hours.",
        ("suggest_a_call",),
    ),
    Conflict(
        "May one use LinkedIn?",
        (
            (CP, "an alternative where no address is known"),
            (IG, "not before the process is over"),
            (LS, "no connecting; a tool to look people up"),
            (MA, "to look people up"),
        ),
        "To look people up; one preset suggests an invitation.",
        ("ask_for_the_address", "suggest_linkedin"),
        ("contingent-plan",),
    ),
    Conflict(
        "Is a handwritten card a good idea?",
        (
            (CP, "well received if done well, above all by senior people"),
            (MA, "a matter of taste; after a mail it may be added"),
            (HB, "it can help to stand out"),
            (LS, "sparingly, and posted the same day"),
            (IG, "only where it surely fits"),
        ),
        "Said beside the thank-you to a hiring manager, where the decision is days away.",
        ("suggest_a_card",),
        ("lifesavvy", "careers-guide"),
    ),
    Conflict(
        "May one drop in?",
        ((LS, "no"), (IG, "only if it is practical and surely fits")),
        "It is not spoken of.",
        (),
    ),
)
