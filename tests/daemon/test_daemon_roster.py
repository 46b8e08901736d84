"""Whose turn it is: fair, apart, and never two at once for one account."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.roster import Roster


def started(roster: Roster, now: float) -> list[str]:
    """Return who gets a turn at that moment."""
    found = []
    while (name := roster.next(now)) is not None:
        found.append(name)
    return found


def test_whoever_waits_longest_comes_first() -> None:
    """Turns are given in the order they came due, as many at once as there are workers."""
    roster = Roster(2)
    for name, until in (("b", 2.0), ("a", 1.0), ("c", 3.0)):
        roster.rest(name, until, login=False)
    assert started(roster, 0.5) == []
    assert roster.seconds(0.5) == 0.5
    assert started(roster, 5.0) == ["a", "b"]
    roster.done("a")
    assert started(roster, 5.0) == ["c"]


def test_news_ends_a_rest_and_is_no_second_turn() -> None:
    """Who is called has one turn for it, not another one when the rest would have been over."""
    roster = Roster(1)
    roster.rest("a", 300.0, login=False)
    roster.call("a")
    roster.call("a")
    assert started(roster, 1.0) == ["a"]
    roster.call("a")  # while it has its turn: the turn's own rest comes after
    roster.done("a")
    roster.rest("a", 600.0, login=False)
    assert started(roster, 300.0) == []
    assert started(roster, 600.0) == ["a"]


def test_a_thousand_logins_are_spread() -> None:
    """At the start and when a server comes back, logins begin a tenth of a second apart."""
    roster = Roster(8)
    for number in range(1000):
        roster.rest(f"{number}", 0.0, login=True)
    now, seen = 0.0, set[str]()
    while len(seen) < 1000:
        now += roster.seconds(now)
        for name in started(roster, now):
            seen.add(name)
            roster.done(name)
    assert 99 < now < 101


def test_dead_servers_do_not_keep_connected_accounts_waiting() -> None:
    """Logins take at most half of the workers, however long they last."""
    roster = Roster(8)
    for number in range(100):
        roster.rest(f"dead {number}", 0.0, login=True)
    now = 0.0
    for _ in range(50):
        started(roster, now)
        now += 0.1
    assert roster.working() == 4
    roster.rest("alive", now, login=False)
    assert roster.seconds(now) == 0.0
    assert started(roster, now) == ["alive"]


def test_who_has_left_gets_no_turn() -> None:
    """Neither from a rest nor from the queue."""
    roster = Roster(1)
    for name in ("a", "b", "c"):
        roster.rest(name, 0.0, login=name == "c")
    roster.call("b")
    roster.call("c")
    for name in ("a", "b", "c"):
        roster.drop(name)
    assert started(roster, 10.0) == []
    assert roster.seconds(10.0) == float("inf")


NAMES = st.sampled_from("abcdef")
STEP = st.one_of(
    st.tuples(st.just("call"), NAMES),
    st.tuples(st.just("drop"), NAMES),
    st.tuples(st.just("done"), st.floats(0.0, 5.0)),
    st.tuples(st.just("wait"), st.floats(0.0, 3.0)),
)


@settings(max_examples=300)
@given(st.integers(1, 4), st.lists(STEP, max_size=40), st.sets(NAMES))
def test_nobody_has_two_turns_and_nobody_is_forgotten(
    workers: int, steps: list[tuple[str, object]], logins: set[str]
) -> None:
    """In whatever order things happen: never more turns than workers, and all who stay come round again."""
    roster, now = Roster(workers), 0.0
    staying, working = set("abcdef"), list[str]()
    for name in sorted(staying):
        roster.rest(name, 1.0, login=name in logins)
    for what, value in steps:
        if what == "call":
            roster.call(str(value))
        elif what == "drop" and value not in working:
            roster.drop(str(value))
            staying.discard(str(value))
        elif what == "done" and working:
            name = working.pop(0)
            roster.done(name)
            roster.rest(name, now + float(str(value)), login=name in logins)
        elif what == "wait":
            now += float(str(value))
        working += started(roster, now)
        assert len(working) == len(set(working)) == roster.working() <= workers
        assert set(working) <= staying
    for name in working:
        roster.done(name)
        roster.rest(name, now, login=name in logins)
    seen: set[str] = set()
    for _ in range(100):
        now += 0.1
        for name in started(roster, now):
            seen.add(name)
            roster.done(name)
            roster.rest(name, now + 1.0, login=name in logins)
    assert seen == staying
