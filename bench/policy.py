"""How long one decision takes: `decide` on the cases a job seeker has, at the moments it is asked.

    python bench/policy.py

Times are the best of many rounds in one thread, with the collector off; the target is 100 µs.
"""

from __future__ import annotations

import platform
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from timeit import repeat

from policies.case import Act, Case, Event, Interview, Kind, Part, Party, Person, Timeline, TimelineKind
from policies.decide import decide
from policies.policy_files import preset

TARGET = 100
BEGAN = datetime(2026, 3, 2, 14, tzinfo=UTC)
MIA = Person("Mia Chen", "mia@acme.example", Part.COORDINATOR)
PANEL = tuple(Person(name, f"{name.lower()}@acme.example", Part.INTERVIEWER) for name in ("Bo", "Ana", "Lea"))


def application() -> Case:
    """Return an application that was acknowledged, and no more."""
    robot = Person("Acme", "no-reply@acme.example")
    kind = Kind.APPLICATION_ACKNOWLEDGEMENT
    return Case("acme", history=(Event(BEGAN, "m0", Party.EMPLOYER, kind, author=robot, personal=False),))


def interviewed() -> Case:
    """Return a case with an interview by a panel and a stated day."""
    stated = Timeline("by the 13th", BEGAN.date(), date(2026, 3, 13), TimelineKind.DEADLINE)
    invited = Event(BEGAN - timedelta(days=5), "m1", Party.EMPLOYER, Kind.INTERVIEW_INVITATION, author=MIA)
    told = Event(BEGAN + timedelta(days=1), "m2", Party.EMPLOYER, Kind.EMPLOYER_UPDATE, author=MIA)
    meeting = Interview(BEGAN, BEGAN + timedelta(hours=1), people=PANEL)
    history = (*application().history, invited, replace(told, timelines=(stated,)))
    return replace(application(), people=(MIA, *PANEL), interviews=(meeting,), history=history)


def long_one() -> Case:
    """Return a case with forty mails to and fro."""
    case = interviewed()
    for n in range(40):
        at, mine = BEGAN + timedelta(days=2 + n), n % 2
        act, to = (Act.OTHER, (MIA.address or "",)) if mine else (None, ())
        party, kind = (Party.USER, Kind.OTHER) if mine else (Party.EMPLOYER, Kind.EMPLOYER_UPDATE)
        event = Event(at, f"n{n}", party, kind, act, None if mine else MIA, to)
        case = replace(case, history=(*case.history, event))
    return case


MOMENTS = (
    ("an application, nothing to do", application(), BEGAN + timedelta(days=1)),
    ("an interview ahead: wait", interviewed(), BEGAN - timedelta(days=1)),
    ("an interview just over: thank three people", interviewed(), BEGAN + timedelta(hours=1)),
    ("waiting for a stated day", interviewed(), BEGAN + timedelta(days=5)),
    ("the day has come: ask", interviewed(), BEGAN + timedelta(days=16)),
    ("forty mails later", long_one(), BEGAN + timedelta(days=45)),
)


def main() -> None:
    """Print a line for each moment."""
    policy = preset("default").located("America/New_York")
    print(f"Python {platform.python_version()}, {platform.python_compiler()}")
    for what, case, now in MOMENTS:
        rounds = repeat(lambda case=case, now=now: decide(case, now, policy), number=50, repeat=40)
        best = min(rounds) / 50 * 1e6
        print(f"{what:45} {decide(case, now, policy).action:8} {best:6.0f} µs  (target {TARGET})")


if __name__ == "__main__":
    main()
