"""From a case, a moment and a policy to one decision.

One thing at a time, the most urgent first: a wrong draft is taken back, then a stop, a note, a word of
advice.  Whoever acts records it in the case and asks again; nothing is then decided twice.  What must not
be known here: what the rules are about, and how a decision is carried out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from policies import notes, people
from policies.case import Case, Person
from policies.decision import Action, Decision, Finding
from policies.judgement import Judgement, Pending
from policies.rules import POLICY
from policies.settings import Policy
from policies.situation import Situation


def decide(case: Case, now: datetime, policy: Policy) -> Decision:
    """Return the one thing to do now, or the moment to ask again, and why.

    `key` is made of facts only; for a withdrawal it is the key of the draft meant.  What was done is
    found in the case's drafts, what was said in its `raised` keys: neither is decided again.
    """
    situation = Situation(case, now, policy.at(case.employer))
    return next(_most_urgent_first(Judgement(POLICY, situation), situation))


def _most_urgent_first(all_said: Judgement, s: Situation) -> Iterator[Decision]:
    version = s.policy.version
    for draft, because in all_said.wrong_drafts():
        to = people.known(s.case, Person(None, draft.to))
        yield Decision(Action.WITHDRAW, because, draft.key, draft.note, to, policy=version)
    for stop, because in all_said.stops_due():
        yield Decision(Action.STOP, because, all_said.stop_key, due=stop.due, text=stop.text, policy=version)
    for pending, because, beside in all_said.notes_due():
        yield _draft(s, pending, because, beside)
    for told in all_said.tellings:
        if told.due <= s.now:
            yield Decision(
                Action.ADVISE, told.because, told.key, told.note, due=told.due, text=told.text, policy=version
            )
    moment = all_said.next_moment()
    action = Action.WAIT if moment else Action.NOTHING
    yield Decision(action, all_said.reasons(), due=moment, policy=version)


def _draft(s: Situation, pending: Pending, because: tuple[Finding, ...], beside: str) -> Decision:
    write = pending.write
    return Decision(
        Action.DRAFT,
        because,
        write.key,
        write.note,
        write.to,
        pending.due,
        answers=notes.answers(s, write),
        late=notes.late(s, write),
        number=write.number,
        text=beside,
        interview=write.meeting.interview if write.meeting else None,
        policy=s.policy.version,
    )
