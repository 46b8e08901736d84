"""What kind of mail it is: the votes of its evidence, counted.

Every rule is one line: if this holds, so much speaks for that kind, and why.  The kind with most votes
wins, if the mail is about a job application of the user's at all (`classify_context`).  Nothing is
learnt and nothing is hidden: the evidence of a reading is the list of the rules that spoke for it.

Knows values only: no mail format, no clock, no case.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from daemon.reading.acts import Does
from daemon.reading.classify_facts import Facts
from daemon.reading.model import Evidence
from policies.case import Kind

SURE = 0.5
"""A reading at or above this confidence may open a case; below it only joins one already open."""

DOUBTFUL = 0.3
"""Below this confidence a mail is `other`."""


_PLAIN = (0.9, 3.0)  # how much of a job there must be, and how many votes, for a mail to open a case
_TIMED = (0.3, 2.0)  # ... where a time for an interview is settled: naming the role is enough
_JOINS = 0.48  # the most that a mail can have which may only join a case
_BULK = 2.5  # job alerts come in bulk, which speaks against every other kind
_SEVERAL = 2  # jobs
_TIMES = 2.0  # votes that times and timelines can add


_BUSY = tuple(
    Does(name)
    for name in "invites fixes moves cancels declines offers assesses approaches received holds".split()
)  # what nobody does in an absence note


_ELSE = tuple(
    Does(name) for name in "cancels declines moves assesses received lists_jobs welcomes".split()
)  # with these, a time may be another's than that of an interview to come


@dataclass(frozen=True, slots=True)
class Vote:
    """If `when` holds, `weight` speaks for `kind`, because `why`; `acts` are the sentences to quote."""

    kind: Kind
    weight: float
    why: str
    when: Callable[[Facts], bool]
    acts: tuple[Does, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind, how sure (0..1), and the words it stands on."""

    kind: Kind
    confidence: float
    evidence: tuple[Evidence, ...]


def _says(kind: Kind, weight: float, why: str, *acts: Does) -> Vote:
    return Vote(kind, weight, why, lambda facts: facts.has(*acts), acts)


def _meets(facts: Facts) -> bool:
    return facts.has(Does.INVITES, Does.FIXES, Does.ASKS_WHEN, Does.BOOKS)


def _asks(facts: Facts) -> bool:
    return facts.has(Does.ASKS_WHEN, Does.BOOKS) or facts.linked or facts.slots > 1


def _settled(facts: Facts) -> bool:
    choice = facts.choice or (facts.times > 1 and facts.firmly(Does.ASKS_WHEN))
    return facts.times > 0 and facts.slots < 2 and not (choice and not facts.method)


def _does_else(facts: Facts) -> bool:
    moved = facts.method == "REQUEST" and facts.sequence > 0
    return moved or facts.method == "CANCEL" or facts.has(*_ELSE) or _meets(facts)


def _live_invitation(facts: Facts) -> bool:
    asks = facts.firmly(Does.ASKS_WHEN, Does.BOOKS) or facts.linked or facts.slots > 1
    firm = facts.firmly(Does.INVITES, Does.FIXES)
    return (firm and asks) or (facts.has(Does.INVITES, Does.FIXES) and _settled(facts))


def _stands(facts: Facts) -> bool:
    """Whether a time is settled that nothing in the subject or the calendar takes back."""
    settles = _settled(facts) and facts.firmly(Does.FIXES, Does.INVITES)
    return settles and Does.CANCELS not in facts.titled and facts.method != "CANCEL"


def _describes(facts: Facts) -> bool:
    """Whether it only says what will happen to an application that has come in."""
    heard = facts.firmly(Does.RECEIVED) and facts.has(Does.REVIEWS)
    return heard and not facts.firmly(Does.INVITES)


def _first_word(facts: Facts) -> bool:
    return facts.has(Does.RECEIVED) and not facts.firmly(Does.HOLDS, Does.CHECKS, Does.WELCOMES)


def _by_appointment(facts: Facts) -> bool:
    """Whether doctors, schools or landlords write, and nothing names a job."""
    return facts.elsewhere and facts.job <= 0 and not facts.reply


_I, _S = Kind.INTERVIEW_INVITATION, Kind.SCHEDULING_REQUEST
_M, _C = Kind.INTERVIEW_RESCHEDULE, Kind.INTERVIEW_CANCELLATION
_MEETINGS = frozenset({_I, _S, _M, _C})
_A, _R, _O, _U = Kind.APPLICATION_ACKNOWLEDGEMENT, Kind.REJECTION, Kind.OFFER, Kind.EMPLOYER_UPDATE
_T, _X, _J = Kind.ASSESSMENT_REQUEST, Kind.RECRUITER_OUTREACH, Kind.JOB_ALERT

VOTES: tuple[Vote, ...] = (
    # An interview
    _says(_I, 2.0, "invites", Does.INVITES),
    _says(_I, 2.5, "settles a time", Does.FIXES),
    Vote(_I, 2.5, "states the time of an interview", lambda f: _settled(f) and not _does_else(f), ()),
    Vote(
        _I,
        2.0,
        "states the time of a meeting",
        lambda f: _settled(f) and _meets(f),
        (Does.FIXES, Does.INVITES),
    ),
    Vote(
        _I,
        3.0,
        "carries a calendar entry for an interview",
        lambda f: f.talk and f.method in ("REQUEST", "PUBLISH") and not f.sequence,
    ),
    Vote(_I, -2.5, "still asks when", lambda f: _asks(f) and not f.talk and not _settled(f)),
    Vote(_S, -2.5, "describes the process", _describes),
    _says(_S, 1.5, "invites", Does.INVITES),
    _says(_S, 3.0, "asks when the candidate can", Does.ASKS_WHEN),
    _says(_S, 3.0, "offers a calendar to book in", Does.BOOKS),
    Vote(_S, 1.5, "offers several times", lambda f: f.slots > 1 and _meets(f)),
    Vote(_S, 1.0, "invites without a time", lambda f: f.has(Does.INVITES) and not f.times),
    Vote(_S, -3.0, "the time is settled", lambda f: _settled(f) and not f.linked, ()),
    # A change of it
    _says(_M, 5.5, "moves the interview", Does.MOVES),
    _says(_M, 2.5, "cannot keep the time", Does.CANNOT_MAKE),
    Vote(
        _M, 1.5, "cannot keep the time and asks for another", lambda f: f.has(Does.CANNOT_MAKE) and _asks(f)
    ),
    Vote(
        _M, 4.5, "updates the calendar entry", lambda f: f.talk and f.method == "REQUEST" and f.sequence > 0
    ),
    _says(_C, 5.5, "cancels the interview", Does.CANCELS),
    _says(_C, 1.5, "cannot keep the time", Does.CANNOT_MAKE),
    Vote(_C, -3.0, "a time stands", _stands),
    Vote(_C, 2.0, "says so in the subject", lambda f: Does.CANCELS in f.titled),
    Vote(_M, 1.5, "says so in the subject", lambda f: Does.MOVES in f.titled),
    Vote(_C, 8.0, "withdraws the calendar entry", lambda f: f.talk and f.method == "CANCEL"),
    Vote(
        _C,
        -4.0,
        "names a new time",
        lambda f: f.firmly(Does.MOVES) and (f.times > 0 or _asks(f)) and f.method != "CANCEL",
    ),
    Vote(_M, -1.0, "names no new time", lambda f: f.has(Does.CANCELS) and not f.times and not _asks(f)),
    # The application
    _says(_A, 4.0, "thanks for the application", Does.RECEIVED),
    _says(_A, 1.5, "says what happens to applications", Does.REVIEWS),
    _says(_A, -1.5, "they met before", Does.WELCOMES),
    Vote(_A, -3.0, "it invites", lambda f: _live_invitation(f) or f.firmly(Does.ASKS_WHEN), ()),
    _says(_R, 6.0, "says no", Does.DECLINES),
    _says(_R, 1.0, "regrets", Does.REGRETS),
    _says(_R, 1.5, "consoles", Does.CONSOLES),
    Vote(_R, -6.0, "the no is not about this: it invites", _live_invitation, ()),
    _says(_R, -4.0, "it is the interview that is off", Does.CANCELS),
    _says(_O, 6.0, "offers the job", Does.OFFERS),
    Vote(_O, 1.5, "says so in several ways", lambda f: f.times_said(Does.OFFERS) > 1, (Does.OFFERS,)),
    _says(_O, -4.0, "it says no", Does.DECLINES),
    _says(_U, 3.5, "says where things stand", Does.STILL_WORKING),
    _says(_U, 4.5, "puts things on hold", Does.HOLDS),
    _says(_U, 4.5, "asks for references or papers", Does.CHECKS),
    _says(_U, 2.0, "says when they act", Does.PROMISES),
    _says(_U, 1.5, "says how the candidate fares", Does.ADVANCES),
    Vote(_U, 1.5, "says when they act", lambda f: f.timelines > 0, (Does.PROMISES,)),
    Vote(
        _U,
        1.0,
        "answers the candidate's thanks",
        lambda f: f.has(Does.WELCOMES) and f.reply,
        (Does.WELCOMES,),
    ),
    Vote(_U, -3.0, "it is the first word on an application", _first_word, ()),
    Vote(_U, -4.0, "it invites", _live_invitation, ()),
    _says(_U, -4.0, "it cancels", Does.CANCELS),
    _says(_U, -2.0, "it says no", Does.DECLINES),
    _says(_T, 5.0, "sets a task", Does.ASSESSES),
    Vote(_T, 1.0, "says so in several ways", lambda f: f.times_said(Does.ASSESSES) > 1, (Does.ASSESSES,)),
    Vote(_T, -3.0, "it is part of a visit", lambda f: _settled(f) and f.has(Does.FIXES), ()),
    # Strangers
    _says(_X, 4.0, "a recruiter introduces a job", Does.APPROACHES),
    Vote(_X, 2.5, "says so in several ways", lambda f: f.times_said(Does.APPROACHES) > 1, (Does.APPROACHES,)),
    Vote(_X, 2.0, "says so in several ways", lambda f: f.times_said(Does.APPROACHES) > 2, ()),
    Vote(_X, -4.0, "the candidate applied or wrote before", lambda f: f.reply or f.has(Does.RECEIVED), ()),
    _says(_J, 4.0, "lists jobs", Does.LISTS_JOBS),
    Vote(_J, 2.0, "says so in several ways", lambda f: f.times_said(Does.LISTS_JOBS) > 1, (Does.LISTS_JOBS,)),
    Vote(_J, 2.0, "says so in several ways", lambda f: f.times_said(Does.LISTS_JOBS) > 3, ()),
    Vote(_J, 3.0, "names several jobs to many", lambda f: f.newsletter and f.named >= _SEVERAL),
    Vote(_J, 1.0, "is a bulk mail", lambda f: f.newsletter and f.has(Does.LISTS_JOBS), ()),
)


def decide(facts: Facts) -> Verdict:
    """Return what kind of mail the facts make it."""
    if robot := _robot(facts):
        return robot
    votes, spoken = _count(facts)
    kind = max(votes, key=votes.__getitem__, default=Kind.OTHER)
    if votes.get(kind, 0.0) <= 0:
        return Verdict(Kind.OTHER, 0.95, ())
    others = max((weight for one, weight in votes.items() if one is not kind), default=0.0)
    context = facts.context + (_BULK if kind is _J and facts.newsletter else 0.0)
    confidence = _confidence(context, votes[kind], max(others, 0.0))
    job, plain = _TIMED if _settled(facts) else _PLAIN
    if facts.job < job or votes[kind] < plain:
        confidence = min(confidence, _JOINS)
    if confidence < DOUBTFUL or (kind in _MEETINGS and _by_appointment(facts)):
        return Verdict(Kind.OTHER, round(1 - confidence, 3), facts.why[:4])
    return Verdict(kind, round(confidence, 3), _evidence(spoken[kind], facts))


def hopeless(facts: Facts) -> bool:
    """Return whether a mail is `other` whatever times it may turn out to name."""
    if _robot(facts):
        return False
    votes, _ = _count(facts)
    best = max(votes.values(), default=0.0)
    return _confidence(facts.context, best + _TIMES, 0.0) < DOUBTFUL


def _count(facts: Facts) -> tuple[dict[Kind, float], dict[Kind, list[Vote]]]:
    """Return the votes for each kind, and those who gave them."""
    votes: dict[Kind, float] = {}
    spoken: dict[Kind, list[Vote]] = {}
    for vote in VOTES:
        if vote.when(facts):
            votes[vote.kind] = votes.get(vote.kind, 0.0) + vote.weight * facts.strength(vote.acts)
            if vote.weight > 0:
                spoken.setdefault(vote.kind, []).append(vote)
    return votes, spoken


def _robot(facts: Facts) -> Verdict | None:
    """Bounces and absence notes speak for nobody, whatever they quote."""
    if facts.bounce:
        return Verdict(Kind.AUTO_REPLY, 0.99, (Evidence("", "a delivery report"),))
    absent = [said for said in facts.said if said.does is Does.ABSENT]
    titled = any(said.place < 0 for said in absent) or facts.auto_reply
    several = len({said.words for said in absent}) > 1 and not facts.firmly(*_BUSY)
    mostly = 2 * len({said.place for said in absent if said.place >= 0}) >= facts.sentences - 1
    told = facts.firmly(Does.ABSENT) and several and mostly and not facts.has(Does.ASSESSES)
    if absent and (titled or told):
        return Verdict(Kind.AUTO_REPLY, 0.97, (Evidence(absent[0].quote, "an absence note"),))
    tickets = [said for said in facts.said if said.does in (Does.TICKET, Does.BOUNCED)]
    if facts.auto_reply and tickets and not facts.has(Does.RECEIVED, Does.DECLINES):
        return Verdict(Kind.AUTO_REPLY, 0.9, (Evidence(tickets[0].quote, "an automatic receipt"),))
    return None


def _evidence(votes: list[Vote], facts: Facts) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for vote in sorted(votes, key=lambda vote: -vote.weight):
        quotes = [said.quote for said in facts.said if said.does in vote.acts]
        found.append(Evidence(quotes[0] if quotes else "", vote.why))
    return tuple(dict.fromkeys(found))[:6] + facts.why[:3]


def _confidence(context: float, best: float, second: float) -> float:
    """Return the chance that a mail is what most votes say, fitted to the mails written for this project."""
    sure = 1.2 * min(max(context, -4.0), 5.0) + 0.32 * min(best, 8.0) + 0.22 * min(best - second, 6.0)
    return 1 / (1 + math.exp(3.4 - sure))
