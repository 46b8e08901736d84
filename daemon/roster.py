"""Whose turn it is.  Values and times only: the moment is an argument, nobody waits here.

Turns are given in the order they are wanted.  Logins are kept apart: they begin one after the other with a
pause between them, and take at most half of the workers, so that neither a thousand accounts at the start
nor a dead server keeps the connected ones waiting.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from dataclasses import dataclass, field

SPREAD = 0.1
"""Seconds between the beginnings of two logins."""


@dataclass(slots=True)
class _Lane:
    """Who waits for a turn, first come first served, and how many have one."""

    room: int
    waiting: deque[str] = field(default_factory=deque)
    working: int = 0

    def open(self) -> bool:
        return bool(self.waiting) and self.working < self.room


class Roster:
    """The turns of any number of accounts among so many workers."""

    def __init__(self, workers: int, spread: float = SPREAD) -> None:
        self._workers = workers
        self._spread = spread
        self._logins = _Lane(max(workers // 2, 1))
        self._others = _Lane(workers)
        self._next_login = -math.inf
        self._timers: list[tuple[float, str]] = []
        self._resting: dict[str, tuple[float, bool]] = {}  # until when, and whether a login comes first
        self._working: dict[str, _Lane] = {}
        self._called: set[str] = set()

    def rest(self, name: str, until: float, *, login: bool) -> None:
        """Let an account rest until then."""
        self._resting[name] = (until, login)
        heapq.heappush(self._timers, (until, name))

    def call(self, name: str) -> None:
        """End an account's rest: it wants its turn now."""
        if name in self._resting:
            _, login = self._resting.pop(name)
            self._called.add(name)
            (self._logins if login else self._others).waiting.append(name)

    def drop(self, name: str) -> None:
        """Forget an account that rests or waits."""
        self._resting.pop(name, None)
        if name in self._called:
            self._called.discard(name)
            lane = self._logins if name in self._logins.waiting else self._others
            lane.waiting.remove(name)

    def next(self, now: float) -> str | None:
        """Give somebody a turn, where somebody wants one and there is room."""
        self._wake(now)
        if len(self._working) >= self._workers:
            return None
        if self._logins.open() and now >= self._next_login:
            self._next_login = now + self._spread
            return self._begin(self._logins)
        return self._begin(self._others) if self._others.open() else None

    def done(self, name: str) -> None:
        """Take the turn back."""
        self._working.pop(name).working -= 1

    def working(self) -> int:
        """Return how many have a turn."""
        return len(self._working)

    def seconds(self, now: float) -> float:
        """Return for how long `next` has nothing to give, if nobody calls and no turn ends before."""
        self._wake(now)
        if len(self._working) < self._workers:
            if self._others.open():
                return 0.0
            if self._logins.open():
                return max(min(self._next_login, self._timers[0][0] if self._timers else math.inf) - now, 0.0)
        return max(self._timers[0][0] - now, 0.0) if self._timers else math.inf

    def _begin(self, lane: _Lane) -> str:
        name = lane.waiting.popleft()
        self._called.discard(name)
        lane.working += 1
        self._working[name] = lane
        return name

    def _wake(self, now: float) -> None:
        """Call everybody whose time has come; forget timers that hold no more."""
        while self._timers:
            until, name = self._timers[0]
            holds = self._resting.get(name, (math.nan, False))[0] == until
            if holds and until > now:
                return
            heapq.heappop(self._timers)
            if holds:
                self.call(name)
