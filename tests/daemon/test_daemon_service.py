"""The loop over one account, through every failure, by a simulated clock."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from hand_made import ANA, NOW, HandMade, mail

from connectors.connector import Batch, Cursor
from connectors.errors import ConnectorError, Refused, Unavailable, Vanished
from connectors.memory import MemoryConnector
from daemon.audit import Audit
from daemon.clock import SimulatedClock
from daemon.service import LAP, LOGIN_PAUSE, SLOWEST, Backoff, Ending, Service, State
from daemon.step import Done, Shell
from daemon.store import Store

DAY = timedelta(days=1)


class Scripted(MemoryConnector):
    """An account in memory that fails as it is told, and whose waiting lets simulated time pass."""

    def __init__(self, clock: SimulatedClock) -> None:
        super().__init__(clock.now)
        self.clock = clock
        self.failures: list[Exception] = []  # raised by `changes`, one a lap
        self.broken_waits: list[Exception] = []
        self.false_news = False
        self.laps = 0
        self.closed = 0
        self.waits: list[float] = []
        self.on_wait: Callable[[], None] = lambda: None

    def changes(self, cursor: Cursor | None, since: datetime) -> Iterator[Batch]:
        self.laps += 1
        if self.failures:
            raise self.failures.pop(0)
        yield from super().changes(cursor, since)

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.on_wait()
        if self.broken_waits:
            raise self.broken_waits.pop(0)
        self.clock.advance(timedelta(seconds=0.01 if self.false_news else seconds))
        return self.false_news

    def close(self) -> None:
        self.closed += 1


class Watch:
    """A service over a scripted account that ends after so many laps."""

    def __init__(self, laps: int = 3, store: Store | None = None) -> None:
        self.clock = SimulatedClock(NOW)
        self.mails = Scripted(self.clock)
        self.store = store or Store.memory()
        self.done: list[Done] = []
        self.mark = 0
        book = self.store.account(ANA, NOW)
        shell = Shell(self.mails, book, Audit(self.store, None), HandMade())
        self.service = Service(
            self.mails,
            shell,
            self.clock,
            observe=30 * DAY,
            fingerprint=self._fingerprint,
            backoff=Backoff(random.Random(7)),
            reported=self.done.append,
        )
        self.book = book
        self.statuses: list[dict[str, object]] = []
        self.until = laps
        self.change_after: timedelta | None = None

    def _fingerprint(self) -> object:
        self.statuses.append(self.book.status())
        if self.clock.now() - NOW > 40 * DAY:
            self.service.end(Ending.STOP)
        return self.change_after is not None and self.clock.now() - NOW > self.change_after

    @property
    def states(self) -> list[object]:
        return [status["state"] for status in self.statuses]

    def run(self) -> Ending:
        def stop_in_time() -> None:
            if self.mails.laps >= self.until:
                self.service.end(Ending.STOP)

        self.mails.on_wait = stop_in_time
        return self.service.run()


def test_a_quiet_account_is_looked_at_every_lap() -> None:
    """Without news and due moments the account is looked at every five minutes, and nothing else happens."""
    watch = Watch(laps=4)
    assert watch.run() is Ending.STOP
    assert watch.mails.waits == [LAP] * 4
    assert watch.done == []
    assert watch.book.status()["state"] == State.STOPPED
    assert watch.mails.closed


def test_what_arrives_is_acted_on() -> None:
    """A delivered invitation whose interview is over yields a draft in the same lap."""
    watch = Watch(laps=1)
    watch.mails.deliver(mail("inv@acme.example", "interview 1", NOW), NOW)
    watch.run()
    assert [d.decision.action for d in watch.done] == ["draft"]
    assert len(watch.mails.drafts()) == 1


def test_a_due_moment_ends_the_wait() -> None:
    """The wait is never longer than the time to the next due moment."""
    watch = Watch(laps=2)
    later = NOW - timedelta(minutes=58)
    watch.mails.deliver(mail("inv@acme.example", "interview -1", later), later)
    watch.run()
    assert watch.mails.waits[0] == pytest.approx(120, abs=1)
    assert [d.decision.action for d in watch.done] == ["draft"]


def test_an_account_out_of_reach_is_tried_ever_more_rarely() -> None:
    """The pauses double with jitter from two seconds to a quarter of an hour, and never beyond."""
    watch = Watch(laps=41)
    watch.mails.failures = [Unavailable("The server does not answer.") for _ in range(40)]
    watch.run()
    assert watch.clock.now() - NOW > timedelta(hours=2)
    assert watch.clock.now() - NOW < 40 * timedelta(seconds=SLOWEST) + timedelta(minutes=5)
    assert State.BACKING_OFF in watch.states


def test_only_a_healthy_lap_resets_the_pauses() -> None:
    """A server that lets us in and drops us in the wait is not hammered."""
    watch = Watch(laps=31)
    watch.mails.broken_waits = [Unavailable("BYE") for _ in range(30)]
    watch.run()
    assert watch.clock.now() - NOW > timedelta(hours=1)


def test_pauses_have_full_jitter() -> None:
    """Pauses differ, lie between two seconds and the limit, and begin small."""
    backoff = Backoff(random.Random(1))
    pauses = [backoff.next() for _ in range(200)]
    assert pauses[0] <= 4
    assert min(pauses) >= 2
    assert max(pauses) <= SLOWEST
    assert len(set(pauses)) > 100
    backoff.reset()
    assert backoff.next() <= 4


def test_refused_credentials_are_one_state_and_no_loop() -> None:
    """A refused login is tried again after an hour, not before."""
    watch = Watch(laps=2)
    watch.mails.failures = [Refused("The password was refused.", hint="Check it.", credentials=True)]
    watch.run()
    assert watch.mails.laps == 2
    assert watch.clock.now() - NOW >= timedelta(seconds=LOGIN_PAUSE)
    assert State.AUTH_FAILED in watch.states


def test_a_changed_credential_is_tried_at_once() -> None:
    """When the password file changes, the service begins anew within half a minute."""
    watch = Watch()
    watch.mails.failures = [Refused("No.", credentials=True) for _ in range(9)]
    watch.change_after = timedelta(minutes=3)
    assert watch.run() is Ending.RELOAD
    assert watch.clock.now() - NOW < timedelta(minutes=4)
    assert watch.mails.laps == 1


def test_a_refusal_that_only_the_user_can_mend_is_kept_visible() -> None:
    """A missing Drafts mailbox is a state with its reason and hint, tried again with growing pauses."""
    watch = Watch(laps=3)
    watch.mails.failures = [Refused("There is no drafts mailbox.", hint="Set `drafts`.") for _ in range(2)]
    watch.run()
    assert watch.statuses[0]["state"] == State.REFUSED
    assert watch.statuses[0]["hint"] == "Set `drafts`."


def test_a_lost_memory_of_the_server_begins_again_from_the_window() -> None:
    """After UIDVALIDITY changed, everything is looked at again, and nothing is drafted twice."""
    watch = Watch(laps=3)
    watch.mails.deliver(mail("inv@acme.example", "interview 1", NOW), NOW)
    renumbered: list[bool] = []

    def renumber() -> None:
        if not renumbered:
            watch.mails.renumber("INBOX")
            renumbered.append(True)
        if watch.mails.laps >= 4:
            watch.service.end(Ending.STOP)

    watch.mails.on_wait = renumber
    assert watch.service.run() is Ending.STOP
    assert len(watch.done) == 1
    assert len(watch.mails.drafts()) == 1


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("database or disk is full"), OSError(28, "No space left on device")]
)
def test_a_full_disk_ends_nothing(error: Exception) -> None:
    """When the state or the audit log cannot be written, the work goes on once it can."""
    watch = Watch(laps=3)
    watch.mails.failures = [error]
    watch.mails.deliver(mail("inv@acme.example", "interview 1", NOW), NOW)
    watch.run()
    assert State.STORAGE_FAILED in watch.states
    assert len(watch.mails.drafts()) == 1


def test_a_server_that_cries_wolf_is_not_believed_for_ever() -> None:
    """News that are none make no busy loop: after ten empty laps comes a pause."""
    watch = Watch(laps=100)
    watch.mails.false_news = True
    watch.run()
    assert watch.clock.now() - NOW > timedelta(minutes=4)


def test_a_clock_that_jumps_back_raises_nothing_twice() -> None:
    """After the date was set back and forward again, everything said before stays said."""
    watch = Watch(laps=6)
    watch.mails.deliver(mail("inv@acme.example", "interview 1", NOW), NOW)
    jumps = iter([-3 * DAY, 9 * DAY, -8 * DAY, 2 * DAY])

    def jump() -> None:
        if by := next(jumps, None):
            watch.clock.set(watch.clock.now() + by)
        if watch.mails.laps >= watch.until:
            watch.service.end(Ending.STOP)

    watch.mails.on_wait = jump
    watch.service.run()
    keys = [d.decision.key for d in watch.done if d.decision.action == "draft"]
    assert len(keys) == len(set(keys))


def test_once_looks_once_and_says_what_is_wrong() -> None:
    """A single look raises the account's own error and lets go of the connection."""
    watch = Watch()
    watch.mails.failures = [Unavailable("The server does not answer.")]
    with pytest.raises(ConnectorError):
        watch.service.once()
    assert watch.mails.closed
    watch.mails.failures = [Vanished("numbered anew")]
    watch.mails.deliver(mail("inv@acme.example", "interview 1", NOW), NOW)
    assert len(watch.service.once()) == 1


def test_the_state_of_the_account_is_written_down() -> None:
    """What `status` shows: the state, why, what to do, and when it is tried again."""
    watch = Watch(laps=2)
    watch.mails.failures = [Unavailable("The server does not answer.", hint="Check the name.")]
    watch.run()
    found = watch.statuses[0]
    assert found["state"] == "backing_off"
    assert found["reason"] == "The server does not answer."
    assert found["hint"] == "Check the name."
    assert "retry_at" in found
