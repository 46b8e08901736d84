"""Several accounts in one service, with real threads and real time: what one does, no other feels."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from daemon_process import eventually
from hand_made import ANA, HandMade, mail

from connectors.connector import Batch, Cursor, Listening
from connectors.memory import MemoryConnector
from daemon.audit import Audit
from daemon.clock import Clock
from daemon.outside import Outside, StateLock
from daemon.service import Service, summary
from daemon.step import Shell
from daemon.store import Store
from daemon.watch import State, Watch

NOW = datetime.now(UTC)


class Account(MemoryConnector):
    """An account in memory; `before` happens before each look."""

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        super().__init__(lambda: datetime.now(UTC))
        self.before = before
        self.looks = 0
        self.seconds = 0.02

    def changes(self, cursor: Cursor | None, since: datetime) -> Iterator[Batch]:
        self.looks += 1
        self.before()
        yield from super().changes(cursor, since)

    def listen(self) -> Listening:
        return Listening(self.seconds)

    def heard(self) -> bool:
        return False


class House:
    """A service with workers, in a thread of its own."""

    def __init__(self, workers: int = 4) -> None:
        self.lock = StateLock()
        self.store = Store.memory()
        self.clock = Clock()
        self.service = Service(self.clock, self.lock, workers=workers)
        self.watches: dict[str, Watch] = {}
        self._thread = threading.Thread(target=self.service.run)

    def admit(self, label: str, account: Account) -> Watch:
        connector = Outside(account, self.lock)
        with self.lock:
            book = self.store.account(f"{label}@mail.example", NOW - timedelta(days=1))
            shell = Shell(connector, book, Audit(self.store, None), HandMade())
        self.watches[label] = Watch(connector, shell, self.clock, observe=timedelta(days=30), label=label)
        self.service.add(self.watches[label])
        return self.watches[label]

    def __enter__(self) -> House:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.service.end()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def states(self) -> dict[str, State]:
        return {label: watch.state for label, watch in self.watches.items()}


def test_an_account_that_hangs_holds_up_nobody() -> None:
    """While one waits for a server that never answers, the others are looked at and get their drafts."""
    house, never = House(), threading.Event()

    def hang() -> None:
        never.wait(30)

    hanging, lively = Account(hang), Account()
    house.admit("hanging", hanging)
    house.admit("lively", lively)
    lively.deliver(mail("inv@acme.example", "interview 1", NOW), NOW)
    with house:
        eventually(lambda: lively.looks > 10 and len(lively.drafts()) == 1)
        assert hanging.looks == 1
        began = time.monotonic()
        house.service.end()
        never.set()
    assert time.monotonic() - began < 5


def test_an_error_of_our_own_costs_one_account_a_pause() -> None:
    """Whatever goes wrong in a turn is that account's state; it is logged, and tried again."""
    house = House()

    def stumble() -> None:
        raise KeyError("x")

    house.admit("odd", Account(stumble))
    sound = Account()
    house.admit("sound", sound)
    with house:
        eventually(lambda: sound.looks > 5 and house.states()["odd"] is State.BACKING_OFF)
        assert house.states()["sound"] is State.WATCHING
        assert "KeyError in stumble" in house.watches["odd"].reason


def test_what_cannot_be_survived_is_not_hidden() -> None:
    """An error outside of any turn's reach ends the service, so that the service manager starts it anew."""

    class Broken(Watch):
        def turn(self) -> None:  # type: ignore[override]  # it has no rest to return
            raise SystemError("nothing works")

    house = House()
    connector = Outside(Account(), house.lock)
    shell = Shell(connector, house.store.account(ANA, NOW), Audit(house.store, None), HandMade())
    house.service.add(Broken(connector, shell, house.clock, observe=timedelta(days=30), label="a"))
    with pytest.raises(SystemError):
        house.service.run()


def test_an_account_may_be_replaced_and_removed_while_it_has_its_turn() -> None:
    """Its turn comes to its end first; the new one begins after it, and never beside it."""
    house, busy, go = House(), threading.Event(), threading.Event()

    def wait() -> None:
        busy.set()
        go.wait(20)

    first, second = Account(wait), Account()
    house.admit("a", first)
    with house:
        assert busy.wait(10)
        house.admit("a", second)
        assert second.looks == 0
        go.set()
        eventually(lambda: second.looks > 3)
        assert first.looks == 1
        house.service.remove("a")
        eventually(lambda: not list(house.service.watches()))


def test_few_workers_serve_many_accounts() -> None:
    """Each account gets its turns, and none many more than another."""
    house = House(workers=2)
    accounts = [Account() for _ in range(20)]
    for number, account in enumerate(accounts):
        house.admit(f"{number}", account)
    with house:
        eventually(lambda: all(account.looks for account in accounts))
        before = [account.looks for account in accounts]
        eventually(lambda: all(a.looks > count + 20 for a, count in zip(accounts, before, strict=True)))
        gained = [a.looks - count for a, count in zip(accounts, before, strict=True)]
        assert max(gained) < 2 * min(gained)
    assert summary(house.watches.values()) == "20 stopped"
