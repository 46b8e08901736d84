"""Watch any number of accounts: listen to all of them, give turns, end, and begin anew.

Idle connections cost no thread: one selector listens to all.  Turns are taken by a few workers, or where
there are none by the loop itself.  What a turn is, is `watch`'s to know; whose it is, `roster`'s.
"""

from __future__ import annotations

import selectors
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from connectors.alarm import Alarm
from daemon.clock import Clock
from daemon.crew import Crew
from daemon.outside import LAP, StateLock
from daemon.roster import Roster
from daemon.sdnotify import notify
from daemon.watch import Rest, State, Watch

SLICE = 30.0
"""Seconds between two looks at whether refused credentials, or the configuration, have changed."""

STUCK = 900.0
"""Seconds without a sign of life in a turn after which the service manager is told no more that we live."""

PATIENCE = 2.0
"""Seconds that turns under way are given to come to their end when the service ends."""


class Ending(StrEnum):
    """Why the service came to an end."""

    STOP = "stop"
    RELOAD = "reload"


@dataclass(slots=True)
class _Seat:
    """An account in the service: who listens for it, since when it has a turn, and what comes after that."""

    watch: Watch
    source: int | None = None
    since: float | None = None
    leaving: bool = False
    successor: Watch | None = None


class Service:
    """The loop over all accounts, by their labels.

    `fingerprint` changes when the configuration or a credential does; `renew` is then called, and when
    `reload` was: it may `add` and `remove` accounts, or `end` the service.
    """

    def __init__(
        self,
        clock: Clock,
        lock: StateLock,
        *,
        workers: int = 0,
        fingerprint: Callable[[], object] = tuple,
        renew: Callable[[Service], None] = lambda _: None,
    ) -> None:
        self._clock = clock
        self._lock = lock
        self._fingerprint = fingerprint
        self._renew = renew
        self._seats: dict[str, _Seat] = {}
        self._roster = Roster(max(workers, 1))
        self._bell = Alarm()
        self._crew = Crew(workers, self._bell.ring) if workers else None
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._bell.ear, selectors.EVENT_READ)
        self._ending: Ending | None = None
        self._reload = False
        self._known: object = None
        self._said = ""

    def end(self, ending: Ending = Ending.STOP) -> None:
        """Bring the loop to its end soon; safe in a signal handler."""
        self._ending = ending if self._ending is not Ending.STOP else Ending.STOP
        for seat in tuple(self._seats.values()):
            seat.watch.ending = True
        self._bell.ring()

    def reload(self) -> None:
        """Have the configuration read again soon; safe in a signal handler."""
        self._reload = True
        self._bell.ring()

    def watches(self) -> Iterable[Watch]:
        """Return the accounts, as they are now."""
        return [seat.watch for seat in tuple(self._seats.values())]

    def add(self, watch: Watch) -> None:
        """Watch an account, in place of the one with that label where there is one."""
        seat = self._seats.get(watch.label)
        if seat is not None and seat.since is not None:
            self.remove(watch.label)
            seat.successor = watch
            return
        if seat is not None:
            self._leave(seat)
        self._seats[watch.label] = seat = _Seat(watch)
        watch.progress = partial(self._alive, seat)
        self._roster.rest(watch.label, self._clock.monotonic(), login=True)

    def remove(self, label: str) -> None:
        """Watch an account no longer; a turn it has comes to its end first."""
        seat = self._seats[label]
        if seat.since is None:
            self._leave(seat)
        else:
            seat.leaving, seat.successor = True, None
            seat.watch.close()

    def run(self) -> Ending:
        """Watch until somebody ends it; return why."""
        notify("READY=1")
        self._known = self._fingerprint()
        while self._ending is None:
            if self._reload:
                self._begin_anew()
            self._give_turns()
            self._beat()
            self._rest()
        notify("STOPPING=1")
        self._stop()
        return self._ending

    # Turns

    def _give_turns(self) -> None:
        while self._ending is None and (label := self._roster.next(self._clock.monotonic())) is not None:
            seat = self._seats[label]
            self._deafen(seat)
            seat.since = self._clock.monotonic()
            if self._crew:
                self._crew.hand(partial(self._turn, seat))
            else:
                self._turn(seat)()

    def _turn(self, seat: _Seat) -> Callable[[], None]:
        with self._lock:
            rest = seat.watch.turn()
        return partial(self._finish, seat, rest)

    def _finish(self, seat: _Seat, rest: Rest) -> None:
        seat.since = None
        self._roster.done(seat.watch.label)
        if seat.leaving:
            self._leave(seat)
            if seat.successor:
                self.add(seat.successor)
            return
        if rest.source is not None:
            seat.source = rest.source.fileno()
            self._selector.register(seat.source, selectors.EVENT_READ, seat)
        until = self._clock.monotonic() + rest.seconds
        self._roster.rest(seat.watch.label, until, login=not seat.watch.connected)
        self._say()

    def _leave(self, seat: _Seat) -> None:
        self._deafen(seat)
        self._roster.drop(seat.watch.label)
        del self._seats[seat.watch.label]
        seat.watch.close()
        with self._lock:
            seat.watch.become(State.STOPPED)

    # Between turns

    def _rest(self) -> None:
        """Listen until somebody wants a turn."""
        if self._ending is not None:
            return
        seconds = min(self._roster.seconds(self._clock.monotonic()), LAP)
        if any(seat.watch.state is State.AUTH_FAILED for seat in self._seats.values()):
            seconds = min(seconds, SLICE)
            if self._fingerprint() != self._known:
                self._reload = True
                return
        self._clock.pause(self._hear, seconds)

    def _hear(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            seat = key.data
            if seat is None:
                self._bell.hush()
            elif seat.watch.heard():
                self._deafen(seat)
                self._roster.call(seat.watch.label)
        if self._crew:
            self._crew.collect()

    def _deafen(self, seat: _Seat) -> None:
        """Listen for an account no more; its connection may be closed already."""
        if seat.source is not None:
            self._selector.unregister(seat.source)
            seat.source = None

    def _begin_anew(self) -> None:
        """Have the configuration read again; whoever is in trouble tries again at once."""
        self._reload = False
        self._renew(self)
        self._known = self._fingerprint()
        for label, seat in self._seats.items():
            if not seat.watch.healthy:
                self._roster.call(label)

    # What the service manager is told

    def _alive(self, seat: _Seat) -> None:
        """Take note that a turn goes on."""
        seat.since = self._clock.monotonic()
        if not self._crew:
            notify("WATCHDOG=1")

    def _beat(self) -> None:
        """Say that we live, unless a turn has shown no sign of life for long."""
        turns = [seat.since for seat in self._seats.values() if seat.since is not None]
        if not turns or self._clock.monotonic() - min(turns) < STUCK:
            notify("WATCHDOG=1")

    def _say(self) -> None:
        said = summary(seat.watch for seat in self._seats.values())
        if said != self._said:
            self._said = said
            notify(f"STATUS={said}")

    def _stop(self) -> None:
        """Let go of every connection, wait a moment for the turns under way, and write down the end."""
        for seat in self._seats.values():
            seat.watch.close()
        until = self._clock.monotonic() + PATIENCE
        while self._roster.working() and (left := until - self._clock.monotonic()) > 0:
            self._hear(left)
        if self._crew:
            self._crew.dismiss()
        with self._lock, suppress(sqlite3.OperationalError):
            for watch in self.watches():
                watch.become(State.STOPPED)
        self._say()


def summary(watches: Iterable[Watch]) -> str:
    """Return how things stand in one line: the state of one account, the number in each state of several."""
    found = tuple(watches)
    if len(found) == 1 and not found[0].label:
        return f"{found[0].state} {found[0].reason}".strip()
    counted = Counter(watch.state for watch in found)
    return ", ".join(f"{count} {state}" for state, count in counted.most_common()) or "no accounts"
