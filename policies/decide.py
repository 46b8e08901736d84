"""From a case, a moment and a policy to one decision.

Stop wins over never, never wins over write, and the order of the rules means nothing.  One thing at a
time, the most urgent first: a wrong draft is taken back, then a stop, a note, a word of advice.  Whoever
acts records it in the case and asks again; nothing is then decided twice.  What must not be known here:
what the rules are about, and how a decision is carried out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from policies.case import Case
from policies.decision import Action, Decision
from policies.judgement import Judgement
from policies.rules import rule
from policies.settings import Policy
from policies.situation import Situation


def decide(case: Case, now: datetime, policy: Policy) -> Decision:
    """Return the one thing to do now, or the moment to ask again, and why.

    `key` is made of facts only; for a withdrawal it is the key of the draft meant.  What was done is
    found in the case's drafts, what was said in its `raised` keys: neither is decided again.
    """
    policy = policy.at(case.employer)
    judgement = Judgement(rule.rules, Situation(case, now, policy))
    decision = next(_in_order_of_urgency(judgement))
    return replace(decision, policy=policy.version)


def _in_order_of_urgency(judgement: Judgement) -> Iterator[Decision]:
    for draft, because in judgement.wrong_drafts():
        yield Decision(Action.WITHDRAW, because, draft.key, draft.note, judgement.person(draft.to))
    if judgement.over:
        yield judgement.at_rest(judgement.over)
    for stop, because in judgement.stops_due():
        yield Decision(Action.STOP, because, judgement.stop_key, due=stop.due, text=stop.text)
    for write, due, because, beside in judgement.notes_due():
        yield Decision(
            Action.DRAFT,
            because,
            write.key,
            write.note,
            write.to,
            due,
            write.answers,
            write.late_from is not None and judgement.now > write.late_from,
            write.number,
            beside,
            write.meeting.interview if write.meeting else None,
        )
    for key, note, due, because, text in judgement.advice_due():
        yield Decision(Action.ADVISE, because, key, note, due=due, text=text)
    yield judgement.at_rest(())
