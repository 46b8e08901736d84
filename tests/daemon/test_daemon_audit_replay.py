"""Every decision of the log can be taken again, and one that could not have been taken is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.memory import MemoryConnector
from daemon.audit import Audit
from daemon.audit_chain import lines
from daemon.audit_replay import Again, replay
from daemon.clock import SimulatedClock
from daemon.demo import ADDRESS, START, UNTIL, ZONE, mails
from daemon.drafting.profile import Profile
from daemon.looking import Looking
from daemon.mind import User, UserMind
from daemon.policy_choice import chosen_policy
from daemon.reading.model import Me
from daemon.replay import Replay
from daemon.step import Done, Shell
from daemon.store import Store


def _mind(policy: str = "default") -> UserMind:
    me = Me(frozenset({ADDRESS}), "Sam Rivera", ZONE, "US", "en")
    chosen = chosen_policy(policy, ZONE, "US", (START.year, UNTIL.year))
    return UserMind(User(me, ADDRESS, Profile("Sam Rivera"), chosen))


class Lived:
    """Six weeks of three applications, with the state and the log they left."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "audit"
        self.store = Store.open(directory, START)
        clock = SimulatedClock(START)
        account = MemoryConnector(clock.now)
        audit = Audit(self.store, self.directory)
        audit.begin(START)
        book = self.store.account(ADDRESS, START)
        self.shell = Shell(account, book, audit, _mind())
        for _ in Replay(self.shell, account, account, clock, _sends).play(mails(), UNTIL):
            pass
        audit.flush()

    def again(self, policy: str = "default") -> list[Again]:
        return list(replay(Looking(_mind(policy), self.shell, UNTIL), lines(self.directory)))

    def tell_otherwise(self, event: str, **members: object) -> int:
        """Change the first line of a kind in the log; return its number."""
        path = self.directory / "audit.jsonl"
        told = [json.loads(line) for line in path.read_bytes().splitlines()]
        line = next(each for each in told if each["event"] == event and members.keys() <= each.keys())
        line.update(members)
        path.write_text("".join(json.dumps(each) + "\n" for each in told))
        return int(line["seq"])


def _sends(done: Done) -> bool:
    return done.case.employer != "Halden Robotics"


@pytest.fixture
def lived(tmp_path: Path) -> Iterator[Lived]:
    lived = Lived(tmp_path)
    yield lived
    lived.store.close()


def test_every_decision_is_what_it_was(lived: Lived) -> None:
    """Drafts sent, left lying and taken back, a rejection, a stop: all of it follows again from the facts."""
    taken = lived.again()
    assert len(taken) > 25
    assert [each for each in taken if each.differs or each.skipped] == []


def test_a_decision_that_does_not_follow_is_told_with_its_line(lived: Lived) -> None:
    """A line that claims another action than the rules give is found, and what it should have been."""
    line = lived.tell_otherwise("decided", action="stop", note="status-check")
    (other,) = [each for each in lived.again() if each.differs]
    assert other.seq == line
    assert "action was stop, is" in other.differs


def test_decisions_of_another_policy_are_not_judged(lived: Lived) -> None:
    """What another policy decided is counted and named, not called wrong."""
    taken = lived.again("patient")
    assert all(each.skipped for each in taken)
    assert "decided by default" in taken[0].skipped


def test_a_case_whose_mails_are_not_all_known_is_not_judged(lived: Lived) -> None:
    """Where the log does not say any more which mails there were, nothing is guessed."""
    lived.tell_otherwise("mail_linked", mail="0000000000000000")
    taken = lived.again()
    assert any("not all mails" in each.skipped for each in taken)
    assert not any(each.differs for each in taken if each.skipped)
