"""What one would regret about a policy, looking back on a simulation.

Pure.  The archive tells what the employers really did without us; a simulated follow-up they answered "by
themselves" would not have been missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from daemon.step import Done
from policies.case import Act, Case, Event, Kind, Note, Party
from policies.decision import Action

FRESH = timedelta(hours=24)
"""A thank-you laid later than this after the interview is late (advice W1)."""
BY_THEMSELVES = timedelta(days=5)
"""Who writes within this time after a simulated question would have written anyway."""
REPLY_WITHIN = timedelta(days=14)
"""A reply within this time counts as got by the user's own question."""


class Regret(StrEnum):
    """What there may be to regret, or to be glad of."""

    LATE_THANKS = "thank-you too late"
    OVERTAKEN = "draft overtaken by the employer's answer"
    NOT_MISSED = "follow-up nobody would have missed"
    ANSWERED = "reply got after a follow-up"


@dataclass(frozen=True, slots=True)
class Lookback:
    """One thing seen in hindsight: when, in which case, and in words."""

    regret: Regret
    at: datetime
    case: str
    says: str


def look_back(done: Sequence[Done], cases: Iterable[Case]) -> tuple[Lookback, ...]:
    """Return everything there is to say in hindsight, in order of time."""
    by_id = {case.id: case for case in cases}
    found = [each for act in done for each in _of_act(act, by_id.get(act.case.id, act.case))]
    ours = {act.entry.message_id for act in done if act.entry}
    found += [each for case in by_id.values() for each in _answered(case, ours)]
    return tuple(sorted(found, key=lambda each: each.at))


def _of_act(act: Done, case: Case) -> Iterator[Lookback]:
    decision = act.decision
    if (
        decision.action is Action.WITHDRAW
        and decision.note is Note.STATUS_CHECK
        and _they_wrote(case, act.at)
    ):
        yield Lookback(Regret.OVERTAKEN, act.at, case.id, "The employer wrote while the draft was waiting.")
    if decision.action is not Action.DRAFT:
        return
    if decision.note is Note.THANK_YOU and decision.interview:
        end = decision.interview.end or decision.interview.start
        if act.at - end > FRESH:
            yield Lookback(Regret.LATE_THANKS, act.at, case.id, f"{_span(act.at - end)} after the interview.")
    if decision.note is Note.STATUS_CHECK and (word := _next_word(case, act.at, BY_THEMSELVES)):
        yield Lookback(
            Regret.NOT_MISSED, act.at, case.id, f"They wrote by themselves {_span(word.at - act.at)} later."
        )


def _they_wrote(case: Case, at: datetime) -> bool:
    """Return whether the latest mail by then was the employer's, not the user's own."""
    latest = next((event for event in reversed(case.history) if event.at <= at), None)
    return latest is not None and latest.by is Party.EMPLOYER


def _answered(case: Case, ours: set[str]) -> Iterator[Lookback]:
    for event in case.history:
        if event.by is Party.USER and event.act is Act.QUESTION and event.key not in ours:
            word = _next_word(case, event.at, REPLY_WITHIN)
            if word:
                says = f"They answered {_span(word.at - event.at)} after you asked."
                yield Lookback(Regret.ANSWERED, event.at, case.id, says)


def _next_word(case: Case, after: datetime, within: timedelta) -> Event | None:
    """Return the employer's first real mail in that time."""
    for event in case.history:
        real = event.by is Party.EMPLOYER and event.kind is not Kind.APPLICATION_ACKNOWLEDGEMENT
        if real and not event.noted and after < event.at <= after + within:
            return event
    return None


def _span(length: timedelta) -> str:
    hours = round(length.total_seconds() / 3600)
    if hours < 48:
        return "an hour" if hours <= 1 else f"{hours} hours"
    return f"{round(hours / 24)} days"
