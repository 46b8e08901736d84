"""The only reader of the clock.  Everybody else is told the moment as an argument."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """The machine's clocks: `now` for policy, `monotonic` for laps and timeouts (it never jumps)."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since some fixed moment; unaffected by changes of the date."""
        return time.monotonic()

    def pause(self, wait: Callable[[float], object], seconds: float) -> None:
        """Let time pass by `wait`, which may come back sooner."""
        wait(seconds)


class SimulatedClock(Clock):
    """A clock that stands still until it is moved; wall and monotonic time can be moved apart."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        """Return the simulated moment, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return the simulated seconds that have passed."""
        return self._elapsed

    def pause(self, wait: Callable[[float], object], seconds: float) -> None:  # noqa: ARG002
        """Let simulated time pass; nobody waits."""
        self.advance(max(timedelta(seconds=seconds), timedelta(microseconds=1)))

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by
        self._elapsed += by.total_seconds()

    def set(self, now: datetime) -> None:
        """Set the date, as an administrator or a time server would: monotonic time is not touched."""
        self._now = now.astimezone(UTC)
