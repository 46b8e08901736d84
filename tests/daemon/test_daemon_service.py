"""The loop over accounts, through every failure, by a simulated clock."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from hand_made import ANA, NOW, HandMade, mail

from connectors.connector import Batch, Cursor, Listening
from connectors.errors import ConnectorError, Refused, Unavailable, Vanished
from connectors.memory import MemoryConnector
from daemon.audit import Audit
from daemon.clock import SimulatedClock
from daemon.outside import LAP, Outside, StateLock
from daemon.service import Ending, Service
from daemon.step import Done, Shell
from daemon.store import Store
from daemon.watch import LOGIN_PAUSE, SLOWEST, Backoff, State, Watch

DAY = timedelta(days=1)


class Scripted(MemoryConnector):
    """An account in memory that fails as it is told."""

    def __init__(self, clock: SimulatedClock) -> None:
        super().__init__(clock.now)
        self.clock = clock
        self.failures: list[Exception] = []  # raised by `changes`, one a lap
        self.broken_waits: list[Exception] = []
        self.false_news = False
        self.laps = 0
        self.closed = 0
        self.on_listen: Callable[[], None] = lambda: None

    def changes(self, cursor: Cursor | None, since: datetime) -> Iterator[Batch]:
        self.laps += 1
        if self.failures:
            raise self.failures.pop(0)
        yield from super().changes(cursor, since)

    def listen(self) -> Listening:
        self.on_listen()
        return Listening(LAP)

    def heard(self) -> bool:
        if self.broken_waits:
            raise self.broken_waits.pop(0)
        if self.false_news:
            self.clock.advance(timedelta(seconds=0.01))
        return self.false_news

    def close(self) -> None:
        self.closed += 1


class Ticking(SimulatedClock):
    """A simulated clock that remembers how long the service waited, and calls somebody each time."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.waits: list[float] = []
        self.on_wait: Callable[[], None] = lambda: None

    def pause(self, wait: Callable[[float], object], seconds: float) -> None:
        self.waits.append(seconds)
        self.on_wait()
        super().pause(wait, seconds)


class Scene:
    """A service over a scripted account that ends after so many laps."""

    def __init__(self, laps: int = 3, store: Store | None = None) -> None:
        self.clock = Ticking()
        self.mails = Scripted(self.clock)
        self.store = store or Store.memory()
        self.done: list[Done] = []
        self.book = self.store.account(ANA, NOW)
        lock = StateLock()
        connector = Outside(self.mails, lock)
        self.watch = Watch(
            connector,
            Shell(connector, self.book, Audit(self.store, None), HandMade()),
            self.clock,
            observe=30 * DAY,
            backoff=Backoff(random.Random(7).uniform),
            reported=lambda _, done: self.done.append(done),
        )
        self.renewed: list[datetime] = []
        self.service = Service(self.clock, lock, fingerprint=self._fingerprint, renew=self._renew)
        self.lock = lock
        self.service.add(self.watch)
        self.statuses: list[dict[str, object]] = []
        self.until = laps
        self.change_after: timedelta | None = None
        self.clock.on_wait = self._look_on

    def _look_on(self) -> None:
        self.statuses.append(self.book.status())
        if self.mails.laps >= self.until or self.clock.now() - NOW > 40 * DAY:
            self.service.end()

    def _renew(self, _: Service) -> None:
        self.renewed.append(self.clock.now())

    def _fingerprint(self) -> object:
        return self.change_after is not None and self.clock.now() - NOW > self.change_after

    @property
    def states(self) -> list[object]:
        return [status["state"] for status in self.statuses]

    def run(self) -> Ending:
        return self.service.run()

    def once(self) -> tuple[Done, ...]:
        with self.lock:
            return self.watch.once()


def test_a_quiet_account_is_looked_at_every_lap() -> None:
    """Without news and due moments the account is looked at every five minutes, and nothing else happens."""
    scene = Scene(laps=4)
    assert scene.run() is Ending.STOP
    assert scene.clock.waits == [LAP] * 4
    assert scene.done == []
    assert scene.book.status()["state"] == State.STOPPED
    assert scene.mails.closed


def test_what_arrives_is_acted_on() -> None:
    """A delivered invitation whose interview is over yields a draft in the same lap."""
    scene = Scene(laps=1)
    scene.mails.deliver(mail("inv@acme.example", "interview 1", NOW), NOW)
    scene.run()
    assert [d.decision.action for d in scene.done] == ["draft"]
    assert len(scene.mails.drafts()) == 1


def test_a_due_moment_ends_the_wait() -> None:
    """The wait is never longer than the time to the next due moment."""
    scene = Scene(laps=2)
    later = NOW - timedelta(minutes=58)
    scene.mails.deliver(mail("inv@acme.example", "interview -1", later), later)
    scene.run()
    assert scene.clock.waits[0] == pytest.approx(120, abs=1)
    assert [d.decision.action for d in scene.done] == ["draft"]


def test_an_account_out_of_reach_is_tried_ever_more_rarely() -> None:
    """The pauses double with jitter from two seconds to a quarter of an hour, and never beyond."""
    scene = Scene(laps=41)
    scene.mails.failures = [Unavailable("The server does not answer.") for _ in range(40)]
    scene.run()
    assert scene.clock.now() - NOW > timedelta(hours=2)
    assert scene.clock.now() - NOW < 40 * timedelta(seconds=SLOWEST) + timedelta(minutes=5)
    assert State.BACKING_OFF in scene.states


def test_only_a_healthy_lap_resets_the_pauses() -> None:
    """A server that lets us in and drops us in the wait is not hammered."""
    scene = Scene(laps=31)
    scene.mails.broken_waits = [Unavailable("BYE") for _ in range(30)]
    scene.run()
    assert scene.clock.now() - NOW > timedelta(hours=1)


def test_pauses_have_full_jitter() -> None:
    """Pauses differ, lie between two seconds and the limit, and begin small."""
    backoff = Backoff(random.Random(1).uniform)
    pauses = [backoff.next() for _ in range(200)]
    assert pauses[0] <= 4
    assert min(pauses) >= 2
    assert max(pauses) <= SLOWEST
    assert len(set(pauses)) > 100
    backoff.reset()
    assert backoff.next() <= 4


def test_refused_credentials_are_one_state_and_no_loop() -> None:
    """A refused login is tried again after an hour, not before."""
    scene = Scene(laps=2)
    scene.mails.failures = [Refused("The password was refused.", hint="Check it.", credentials=True)]
    scene.run()
    assert scene.mails.laps == 2
    assert scene.clock.now() - NOW >= timedelta(seconds=LOGIN_PAUSE)
    assert State.AUTH_FAILED in scene.states


def test_a_changed_credential_is_tried_at_once() -> None:
    """When the password file changes, it is tried again within half a minute."""
    scene = Scene(laps=2)
    scene.mails.failures = [Refused("No.", credentials=True) for _ in range(9)]
    scene.change_after = timedelta(minutes=3)
    scene.run()
    assert scene.renewed[0] - NOW < timedelta(minutes=4)
    assert scene.mails.laps == 2


def test_a_refusal_that_only_the_user_can_mend_is_kept_visible() -> None:
    """A missing Drafts mailbox is a state with its reason and hint, tried again with growing pauses."""
    scene = Scene(laps=3)
    scene.mails.failures = [Refused("There is no drafts mailbox.", hint="Set `drafts`.") for _ in range(2)]
    scene.run()
    assert scene.statuses[0]["state"] == State.REFUSED
    assert scene.statuses[0]["hint"] == "Set `drafts`."


def test_a_lost_memory_of_the_server_begins_again_from_the_window() -> None:
    """After UIDVALIDITY changed, everything is looked at again, and nothing is drafted twice."""
    scene = Scene(laps=3)
    scene.mails.deliver(mail("inv@acme.example", "interview 1", NOW), NOW)
    renumbered: list[bool] = []

    def renumber() -> None:
        if not renumbered:
            scene.mails.renumber("INBOX")
            renumbered.append(True)
        if scene.mails.laps >= 4:
            scene.service.end()

    scene.mails.on_listen = renumber
    assert scene.service.run() is Ending.STOP
    assert len(scene.done) == 1
    assert len(scene.mails.drafts()) == 1


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("database or disk is full"), OSError(28, "No space left on device")]
)
def test_a_full_disk_ends_nothing(error: Exception) -> None:
    """When the state or the audit log cannot be written, the work goes on once it can."""
    scene = Scene(laps=3)
    scene.mails.failures = [error]
    scene.mails.deliver(mail("inv@acme.example", "interview 1", NOW), NOW)
    scene.run()
    assert State.STORAGE_FAILED in scene.states
    assert len(scene.mails.drafts()) == 1


def test_a_server_that_cries_wolf_is_not_believed_for_ever() -> None:
    """News that are none make no busy loop: after ten empty laps comes a pause."""
    scene = Scene(laps=100)
    scene.mails.false_news = True
    scene.run()
    assert scene.clock.now() - NOW > timedelta(minutes=4)


def test_a_clock_that_jumps_back_raises_nothing_twice() -> None:
    """After the date was set back and forward again, everything said before stays said."""
    scene = Scene(laps=6)
    scene.mails.deliver(mail("inv@acme.example", "interview 1", NOW), NOW)
    jumps = iter([-3 * DAY, 9 * DAY, -8 * DAY, 2 * DAY])

    def jump() -> None:
        if by := next(jumps, None):
            scene.clock.set(scene.clock.now() + by)
        if scene.mails.laps >= scene.until:
            scene.service.end()

    scene.mails.on_listen = jump
    scene.service.run()
    keys = [d.decision.key for d in scene.done if d.decision.action == "draft"]
    assert len(keys) == len(set(keys))


def test_once_looks_once_and_says_what_is_wrong() -> None:
    """A single look raises the account's own error and lets go of the connection."""
    scene = Scene()
    scene.mails.failures = [Unavailable("The server does not answer.")]
    with pytest.raises(ConnectorError):
        scene.once()
    assert scene.mails.closed
    scene.mails.failures = [Vanished("numbered anew")]
    scene.mails.deliver(mail("inv@acme.example", "interview 1", NOW), NOW)
    assert len(scene.once()) == 1


def test_the_state_of_the_account_is_written_down() -> None:
    """What `status` shows: the state, why, what to do, and when it is tried again."""
    scene = Scene(laps=2)
    scene.mails.failures = [Unavailable("The server does not answer.", hint="Check the name.")]
    scene.run()
    found = scene.statuses[0]
    assert found["state"] == "backing_off"
    assert found["reason"] == "The server does not answer."
    assert found["hint"] == "Check the name."
    assert "retry_at" in found
